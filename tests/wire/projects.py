"""A live project folder whose settings name a test's own providers, and the processes that work on such folders."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.support.environment import without_settings
from tests.support.kept import end_with_parent
from tests.support.smtp_server import SmtpServerProcess
from tests.support.twilio_server import TwilioServer

PATIENCE = 300
"""Seconds after which a process will never end by itself: only a failing test waits that long."""
REPOSITORY = Path(__file__).parents[2]


def live_settings(twilio: TwilioServer, smtp: SmtpServerProcess, **more: object) -> dict[str, object]:
    """The settings of a live installation, by their names in `Settings`."""
    account, server = twilio.account, smtp.server
    given: dict[str, object] = {
        "live": "true",
        "twilio_account_sid": account.account_sid,
        "twilio_auth_token": account.auth_token,
        "twilio_from": account.sender,
        "twilio_base_url": account.base_url,
        "from_address": server.sender,
        "smtp_host": server.host,
        "smtp_port": server.port,
        "smtp_security": server.security.value,
        "smtp_username": server.username or "",
        "smtp_password": server.password or "",
        # How a queue is paced is not what is looked at here.
        "sms_segments_per_second": 10_000,
    }
    return given | more


def write_settings(folder: Path, settings: Mapping[str, object]) -> None:
    """The folder's `.env`."""
    lines = (f'NOTIFIER_{name.upper()}="{value}"\n' for name, value in settings.items())
    (folder / ".env").write_text("".join(lines), encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A project folder, and the instant at which it is looked at."""

    folder: Path
    at: datetime

    @property
    def previewed(self) -> Path:
        """What `preview --json --alerts` printed."""
        return self.folder / "preview.json"

    @property
    def log(self) -> Path:
        """What the daemon logged, at level debug."""
        return self.folder / "daemon.log"


def work(command: str, moments: Sequence[Moment]) -> None:
    """`preview` or `run` at each moment, one after the other, in one process of its own (`tests.wire.process`)."""
    given = json.dumps([[str(moment.folder), moment.at.isoformat()] for moment in moments])
    own = without_settings()
    done = subprocess.run(
        [sys.executable, "-m", "tests.wire.process", command, given],
        cwd=REPOSITORY,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        preexec_fn=end_with_parent,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
