"""What real processes print and log, at level debug and through many failures, names nobody and quotes nothing."""

import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from notifier.logs import configure_logs
from notifier.store.database import open_engine, read_only
from notifier.store.sql import table_of
from notifier.store.tables import MessageRow
from tests.cli.conftest import logs_as_before
from tests.support.environment import without_settings
from tests.support.kept import end_with_parent
from tests.support.rig import FILES, write_project
from tests.support.smtp_server import SmtpServerProcess, smtp_server
from tests.support.twilio_server import TwilioServer, twilio_server
from tests.wire.mistaken import NUMBER
from tests.wire.projects import PATIENCE, REPOSITORY, live_settings, write_settings

__all__ = ["logs_as_before"]

NAMES = [
    "Ana Ruiz",
    "Luis Ortega",
    "Marta Peña",
    "Jairo Gil",
    "Rosa Duarte",
    "Iván Quintero",
    "Olga Sáenz",
    "Hugo Mejía",
]
PASSWORD, WRONG_TOKEN, WRONG_PASSWORD = "pa55word-of-the-tests", "wr0ng-token-of-the-tests", "wr0ng-pa55word"
BROKEN = """
rules:
  - rule: broken
    about: appointment
    owner: field
    class: service
    when: appointment.statu == 'write to ana.ruiz@example.com'
    template: visit
    channels: [sms]
    exit: desk
"""
SAFETY = FILES["rules/visits.yaml"].replace("class: service", "class: safety")
"""Told at any hour, so that the test does not depend on when it runs."""
ZONE = {"timezone": "America/Bogota"}
SHORTEST = 8
"""Lines of a body that are shorter could be anybody's."""


def customer(number: int) -> dict[str, Any]:
    name = NAMES[number - 1]
    mail = f"{name.lower().replace(' ', '.').translate(str.maketrans('áéíñ', 'aein'))}@example.com"
    phone = f"+57300100{number:04}"
    return {"id": f"C-{number}", "name": name, "country": "CO", "locale": "en-US", "phone": phone, "email": mail} | ZONE


def visit(number: int, name: str = "A") -> dict[str, Any]:
    at = datetime.now(UTC) + timedelta(hours=40)
    contract = {"customer_id": f"C-{number}", "contract_id": f"K-{number}"}
    return {
        "id": f"{name}-{number}",
        "kind": "installation",
        "status": "confirmed",
        "starts_at": at.isoformat(),
    } | contract


class Process:
    """`notifier …` with both its outputs in a file."""

    def __init__(self, folder: Path, *words: str, module: str = "notifier", **settings: str) -> None:
        self.file = folder / f"printed-{len(list(folder.glob('printed-*')))}.log"
        own = without_settings()
        environment = own | {f"NOTIFIER_{name.upper()}": value for name, value in settings.items()}
        command = [sys.executable, "-m", module, "--project", str(folder), *words]
        with self.file.open("w") as printed:
            self.process = subprocess.Popen(
                command,
                stdout=printed,
                stderr=printed,
                env=environment,
                cwd=REPOSITORY,
                preexec_fn=end_with_parent,
            )

    @property
    def printed(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"it did not happen:\n{self.printed[-6000:]}")
            time.sleep(0.05)

    def until_seen(self, *events: str) -> None:
        self.until(lambda: all(event in self.printed for event in events))


@contextmanager
def running(folder: Path, *words: str, module: str = "notifier", **settings: str) -> Iterator[Process]:
    """A daemon, ended well."""
    daemon = Process(folder, *words, module=module, **settings)
    try:
        yield daemon
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(PATIENCE) == 0, daemon.printed[-6000:]
    finally:
        daemon.process.kill()
        daemon.process.wait()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """All that a life full of failures printed, and everything personal or secret that it handled."""
    folder = write_project(tmp_path_factory.mktemp("life"), {"rules/visits.yaml": SAFETY, "rules/broken.yaml": BROKEN})
    with twilio_server(folder) as twilio, smtp_server(folder, username="mailer", password=PASSWORD) as smtp:
        pauses = {"tick_seconds": 0.2, "dispatch_seconds": 0.2, "log_level": "debug", "log_format": "json"}
        write_settings(folder, live_settings(twilio, smtp, company="Fibra Andina", **pauses))
        rows = {"customer": list(map(customer, range(1, 9))), "appointment": list(map(visit, range(1, 8)))}
        at = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        (folder / "state.jsonl").write_text(json.dumps({"at": at, "set": rows}, ensure_ascii=False), encoding="utf-8")
        fail(twilio, smtp)

        imported = Process(folder, "import", "events", str(folder / "state.jsonl"))
        assert imported.process.wait(PATIENCE) == 0, imported.printed
        with running(folder, "run", module="tests.wire.mistaken") as daemon:
            daemon.until_seen(
                "rules.problem", "channel.failed", "message.failed", "message.unknown", "message.accepted"
            )
            daemon.until(lambda: len(smtp.mails()) >= 5 and len(twilio.messages()) >= 3)
            database = open_engine(f"sqlite:///{folder / 'notifier.db'}")
            rename(database, "message", "elsewhere")
            daemon.until_seen("no such table")
            rename(database, "elsewhere", "message")
        wrong = {"twilio_auth_token": WRONG_TOKEN, "smtp_password": WRONG_PASSWORD, "log_format": "console"}
        (folder / "state.jsonl").write_text(json.dumps({"at": at, "set": {"appointment": [visit(8, "B")]}}))
        assert Process(folder, "import", "events", str(folder / "state.jsonl")).process.wait(PATIENCE) == 0
        with running(folder, "run", **wrong) as daemon:
            daemon.until(lambda: daemon.printed.count("channel.halted") == 2)

        yield "".join(file.read_text(encoding="utf-8") for file in folder.glob("printed-*")), personal(database, twilio)
        database.dispose()


def fail(twilio: TwilioServer, smtp: SmtpServerProcess) -> None:
    """One customer tells well; the others meet what providers and networks do."""
    twilio.fault("answer", to=customer(2)["phone"], status=400, code=99999)  # whose sentence names the number
    twilio.fault("reset", to=customer(3)["phone"])
    twilio.fault("accept_then_reset", to=customer(4)["phone"])
    twilio.fault("raw", to=customer(5)["phone"], status=400, text=json.dumps(customer(5)))
    smtp.fault("reject", to=customer(2)["email"], code=f"550 5.1.1 <{customer(2)['email']}> of Luis Ortega is unknown,")
    smtp.fault("close_after_data", to=customer(3)["email"])
    smtp.fault("reject", to=customer(6)["email"], code=f"451 4.3.0 try {customer(6)['email']} again,", phase="content")


def rename(database: sa.Engine, table: str, to: str) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")


def personal(database: sa.Engine, twilio: TwilioServer) -> list[str]:
    """Every name, number, address, token and line of a text of this life."""
    people = [customer(number) for number in range(1, 9)]
    found = {value for one in people for value in (one["name"], one["email"], *one["name"].split())}
    found |= {one["phone"].removeprefix("+") for one in people} | {NUMBER, twilio.account.auth_token}
    found |= {PASSWORD, WRONG_TOKEN, WRONG_PASSWORD, "field@example.com", "6017945501"}
    with read_only(database) as connection:
        messages = connection.execute(sa.select(table_of(MessageRow))).all()
    assert len(messages) >= 16
    for message in messages:
        found |= {line.strip() for line in (message.text, message.subject or "") for line in line.splitlines()}
    return sorted(one for one in found if len(one) >= SHORTEST or one in NAMES or one in "".join(NAMES))


def leaks(printed: str, personal: list[str]) -> list[str]:
    return [one for one in personal if one and one.casefold() in printed.casefold()]


def test_nothing_personal_and_no_secret_is_printed_or_logged(printed: tuple[str, list[str]]) -> None:
    said, handled = printed
    assert len(handled) > 60
    assert leaks(said, handled) == []


@pytest.mark.parametrize(
    "event",
    [
        "message.accepted",
        "message.failed",
        "message.unknown",
        "message.retried",
        "channel.failed",
        "channel.halted",
        "rules.problem",
        "no such table",
        "ValueError: [redacted]",
        "which led to",
    ],
)
def test_what_was_looked_through_tells_of_every_failure(printed: tuple[str, list[str]], event: str) -> None:
    assert event in printed[0]


def test_a_line_that_named_somebody_would_be_found(printed: tuple[str, list[str]]) -> None:
    """Each kind of what is personal, planted where redaction cannot know it, and where it does."""
    _, handled = printed
    said = io.StringIO()
    configure_logs(level="debug", json=True, stream=said)
    log = structlog.get_logger()
    for one in handled:
        log.debug("planted", note=one)
    planted = set(leaks(said.getvalue(), handled))
    assert {"Ana Ruiz", "Peña", PASSWORD, WRONG_TOKEN} <= planted
    assert any("we come on" in one for one in planted)
    assert "ana.ruiz@example.com" not in planted
    assert leaks("call 573001000001", handled) == ["573001000001"]
