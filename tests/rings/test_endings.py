"""A test run that is ended leaves no server, no daemon and no folder of theirs behind, whatever ends it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.rings.every_server import READY

REPOSITORY = Path(__file__).parents[2]
HERE = "tests/rings"


SIGNALS = (signal.SIGTERM, signal.SIGKILL)


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[signal.Signals, tuple[Path, subprocess.Popen[str]]]]:
    """A run for each signal, both at once: each waits for servers most of its time."""
    with ExitStack() as stack:
        begun = {number: _begun(number, tmp_path_factory.mktemp("run")) for number in SIGNALS}
        for _, process in begun.values():
            stack.enter_context(process)
        yield begun


def _begun(number: signal.Signals, folder: Path) -> tuple[Path, subprocess.Popen[str]]:
    ready = folder / "ready"
    command = [sys.executable, "-I", "-S", f"{HERE}/killed.py", str(int(number)), str(ready)]
    command += [sys.executable, "-m", "pytest", f"{HERE}/every_server.py", "-n", "1", "-p", "no:cacheprovider"]
    command += [f"--basetemp={folder / 'inner'}"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = own | {READY: str(ready)}
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return ready, process


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
@pytest.mark.parametrize("number", SIGNALS)
def test_nothing_is_left_of_a_run_that_is_killed(
    number: signal.Signals, runs: dict[signal.Signals, tuple[Path, subprocess.Popen[str]]]
) -> None:
    ready, process = runs[number]
    said, _ = process.communicate()
    if process.returncode != 0 and (lacking := re.search(r"SKIPPED .*?\.py:\d+: (.*)", said)):
        pytest.skip(lacking[1])
    assert process.returncode == 0, said
    assert [folder for folder in json.loads(ready.read_text()) if Path(folder).exists()] == []
