"""`python -m bench.ready_alone URL FOLDER`: one process that makes due notices ready, and prints the cost as JSON.

FOLDER is the project folder. It is a separate process because the peak memory of a process cannot be reset.
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
from bench.project import REPOSITORY, load_ruleset
from notifier.cli.main import GARBAGE
from notifier.store.database import open_engine


@dataclass(frozen=True, kw_only=True)
class Alone:
    """The figures of the separate process."""

    ready: int
    cpu: float
    """CPU seconds, without its start."""
    wall: float
    before: float
    """Memory before it began, in MB."""
    peak: float
    """Peak memory, in MB."""


def ready_alone(database: sa.Engine, folder: Path) -> Alone:
    """Start the process on this database, and return its figures."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.ready_alone", url, str(folder)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"a process of its own ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return Alone(**json.loads(done.stdout.splitlines()[-1]))


def held(name: str) -> float:
    """Memory of this process in MB. Not `ru_maxrss`, which starts with the memory of the parent process."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def main() -> int:
    """Run it and print the figures."""
    url, folder = sys.argv[1:]
    gc.set_threshold(*GARBAGE)
    database, ruleset = open_engine(url), load_ruleset(Path(folder))
    before, cpu, wall = held("VmRSS"), time.process_time(), time.perf_counter()
    ready = make_ready(database, ruleset)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps(asdict(Alone(ready=ready, cpu=cpu, wall=wall, before=before, peak=held("VmHWM")))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
