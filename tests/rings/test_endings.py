"""A test run that is ended leaves no server, no daemon and no folder of theirs behind, whatever ends it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rings.every_server import READY

REPOSITORY = Path(__file__).parents[2]
HERE = "tests/rings"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_run_that_is_killed(number: signal.Signals, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    command = [sys.executable, "-I", "-S", f"{HERE}/killed.py", str(int(number)), str(ready)]
    command += [sys.executable, "-m", "pytest", f"{HERE}/every_server.py", "-n", "1", "-p", "no:cacheprovider"]
    command += [f"--basetemp={tmp_path / 'inner'}"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = own | {READY: str(ready)}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [folder for folder in json.loads(ready.read_text()) if Path(folder).exists()] == []
