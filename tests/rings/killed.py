"""Runs a command, kills it by a signal once a file is there, and waits until nothing is left that it started.

    python killed.py SIGNAL FILE COMMAND…

Whatever loses its parent becomes a child of this process (a "subreaper", prctl(2)), so no process can hide.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 240
"""Seconds for everything to start, and again for everything to end."""


def main(number: str, file: str, *command: str) -> int:
    """0, or 1 with a list of what is left."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    run = subprocess.Popen(command)
    give_up = time.monotonic() + PATIENCE
    while not Path(file).exists():
        if run.poll() is not None or time.monotonic() > give_up:
            run.kill()
            sys.stdout.write("it did not come so far\n")
            return 1
        time.sleep(0.05)
    run.send_signal(int(number))
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return 0


def _give_up(*_: object) -> None:
    children = Path("/proc/thread-self/children").read_text().split()
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        sys.stdout.write(f"left: {child} {command}\n")
        os.kill(int(child), signal.SIGKILL)
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
