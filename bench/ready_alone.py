"""`python -m bench.ready_alone URL FOLDER`: one process that makes ready what is due, and says what that took as JSON.

FOLDER is where the project is. A process of its own, because the most that a process ever held cannot be taken back.
"""

import gc
import json
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from bench.due import make_ready
from bench.project import REPOSITORY, load_engine
from notifier.cli.main import GARBAGE
from notifier.store.database import open_engine


@dataclass(frozen=True, kw_only=True)
class Alone:
    """What a process of its own said."""

    ready: int
    cpu: float
    """Processor seconds, its start left out."""
    wall: float
    before: float
    """MB that it held before it began."""
    peak: float
    """MB that it held at most."""


def ready_alone(database: sa.Engine, folder: Path) -> Alone:
    """What a new process says that makes ready what is due in this database."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.ready_alone", url, str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"a process of its own ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return Alone(**json.loads(done.stdout.splitlines()[-1]))


def _held(name: str) -> float:
    """MB of this process. Not `ru_maxrss`, which begins with what the process held that started this one."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def main() -> int:
    """Do it and print it."""
    url, folder = sys.argv[1:]
    gc.set_threshold(*GARBAGE)
    database, engine = open_engine(url), load_engine(Path(folder))
    before, cpu, wall = _held("VmRSS"), time.process_time(), time.perf_counter()
    ready = make_ready(database, engine)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps(asdict(Alone(ready=ready, cpu=cpu, wall=wall, before=before, peak=_held("VmHWM")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
