"""Prism in front of the Twilio fake: every request is held against Twilio's own description of its API, as is every
answer of the fake, and refused where it does not fit.

Prism comes from npm, pinned in `tests/prism` (`make prism`); it takes about two seconds to start.
"""

import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.kept import kept
from tests.support.twilio_server import ROOT, TwilioServer

PROGRAM = ROOT / "tests" / "prism" / "node_modules" / ".bin" / "prism"
DESCRIPTION = ROOT.parent / "shared" / "data" / "twilio_messages_strict.json"
LISTENING = re.compile(r"Prism is listening on (http://127\.0\.0\.1:\d+)")


class NoPrismError(Exception):
    """Prism cannot be started; the message says what is missing and how to get it."""


@contextmanager
def prism(server: TwilioServer) -> Iterator[str]:
    """The base address of Prism before `server`, on a port that the system chose. Raises NoPrismError."""
    if shutil.which("node") is None:
        raise NoPrismError("Prism needs node (20 or newer), which is not installed")
    if not PROGRAM.exists():
        raise NoPrismError("Prism is not installed; run: make prism")
    if not DESCRIPTION.exists():
        raise NoPrismError("Twilio's description is not here (../shared/data/twilio_messages_strict.json)")
    command: list[str | Path] = [PROGRAM, "proxy", "--errors", "--port", "0", DESCRIPTION, server.url]
    with kept(command, ends_by=signal.SIGKILL, output=subprocess.PIPE) as keeper:
        yield _address(keeper)


def _address(process: "subprocess.Popen[str]") -> str:
    """Where it listens, once it does."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if address := LISTENING.search(line):
            # It stops where nobody reads what it says of each request.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return address[1]
    raise NoPrismError(f"Prism did not start: {said}")
