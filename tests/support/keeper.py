"""Runs a server for tests and ends it with them: `python -I -S keeper.py SIGNAL FOLDERS USER COMMAND…`.

Standard input is a pipe that the test run holds open and writes nothing to. The system closes it when the run ends,
also when it is killed; then the server gets SIGNAL, and FOLDERS (joined by ':') are removed. A server that ends by
itself ends its keeper with its exit code. USER (or '') is whom the server runs as.

This is a program and no module of the tests: it imports little, so that it starts in a hundredth of a second.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

PATIENCE = 10
"""Seconds after which a server that was asked to end is killed."""


def main(number: str, folders: str, user: str, *command: str) -> int:
    """The server's exit code."""
    # A group of its own: what the server started ends with it.
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, user=user or None, cwd="/", process_group=0)
    threading.Thread(target=_end_with_the_run, args=(server.pid, int(number)), daemon=True).start()
    code = server.wait()
    _send(server.pid, signal.SIGKILL)
    for folder in filter(None, folders.split(":")):
        shutil.rmtree(folder, ignore_errors=True)
    return code


def _end_with_the_run(group: int, number: int) -> None:
    os.read(0, 1)  # returns when nobody holds the other end any more
    _send(group, number)
    time.sleep(PATIENCE)
    _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
