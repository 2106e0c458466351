"""What `preview --json` prints in one process is, byte for byte, what the sandbox receives from a tick in another.

Over the shipped rules and the demo's week: reminders, corrections, follow-ups, an outage, a sale, holds and deferrals.
"""

import email
import email.policy
import hashlib
import json
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from notifier.intake.events import apply_change_set
from notifier.simulation.demo.folder import make_folder
from notifier.simulation.demo.week import read_week
from notifier.wiring import open_house
from tests.cli.conftest import logs_as_before, rows_of, run_command
from tests.support.environment import without_settings
from tests.support.forked import forked_command

__all__ = ["logs_as_before"]

INSTANTS = {
    ("2026-03-03T09:20:00-05:00", "2026-03-04T10:30:00-05:00"): {
        *("notice ready", "notice cancel", "notice suppress", "correction ready", "alert ready")
    },
    ("2026-03-06T10:00:00-05:00", "2026-03-06T16:50:00-05:00"): {
        *("notice ready", "notice defer", "notice told", "follow_up ready")
    },
}
"""The last tick, when to look, and what there must be to see."""


def notifier(folder: Path, *arguments: str) -> str:
    """Run the command in a process of its own."""
    printed, errors = folder.with_name("printed"), folder.with_name("errors")
    done = forked_command(["--project", str(folder), *arguments], folder, without_settings(), printed, errors=errors)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def play(folder: Path, last_tick: str, until: str) -> None:
    """The demo's week up to an instant, a tick after each change set up to the last tick."""
    make_folder(folder)
    week = read_week(folder / "data")
    house = open_house(folder)
    house.tick(week.starts)
    for change in week.changes:
        if change.at <= datetime.fromisoformat(until):
            with house.writing() as connection:
                apply_change_set(connection, change, house.imports)
            if change.at <= datetime.fromisoformat(last_tick):
                house.tick(change.at)
    house.close()


def names(folder: Path) -> set[str]:
    return {file.name for file in (folder / "outbox").iterdir()}


def received(folder: Path, before: set[str]) -> dict[tuple[str, str], bytes]:
    """What the sandbox got since, by reference and channel: `2026-03-04T200000Z-7K3QM-X9T2A-sms.txt`."""
    files = {}
    for name in names(folder) - before:
        reference, channel = Path(name).stem.split("Z-", 1)[1].rsplit("-", 1)
        files[reference, channel] = (folder / "outbox" / name).read_bytes()
    return files


def part(mail: EmailMessage, subtype: str) -> str:
    """A part's text as it is read, with the line ends of this machine."""
    found = mail.get_body((subtype,))
    assert found is not None
    content = found.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


@pytest.mark.parametrize(("last_tick", "at"), INSTANTS)
def test_preview_of_one_process_equals_what_the_sandbox_gets_from_a_tick_in_another(
    tmp_path: Path, last_tick: str, at: str
) -> None:
    folder = tmp_path / "demo"
    play(folder, last_tick, at)
    before = rows_of(folder), (folder / "notifier.db").read_bytes(), names(folder)

    shown: list[dict[str, Any]] = json.loads(notifier(folder, "preview", "--at", at, "--json", "--alerts"))

    assert (rows_of(folder), (folder / "notifier.db").read_bytes(), names(folder)) == before
    assert {f"{draft['kind']} {draft['verdict']}" for draft in shown} == INSTANTS[last_tick, at]

    notifier(folder, "tick", "--at", at)

    files = received(folder, before[2])
    expected = {(draft["reference"], each["channel"]): each for draft in shown for each in draft["messages"]}
    assert files.keys() == expected.keys()
    for key, message in expected.items():
        assert hashlib.sha256(files[key]).hexdigest() == message["sha256"]
        if message["channel"] == "sms":
            assert files[key].decode() == message["text"]
        else:
            mail = email.message_from_bytes(files[key], policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            assert (mail["Subject"], mail["To"]) == (message["subject"], message["to"])
            assert (part(mail, "plain"), part(mail, "html")) == (message["text"], message["html"])

    listed = run_command("notices", "list", "--json", "--limit", 999, project=folder).json
    decided = {one["reference"]: one for one in listed}
    for draft in shown:
        if draft["kind"] != "alert" and draft["verdict"] != "told":
            same = decided[draft["reference"]]
            assert same["verdict"] == ("told" if draft["verdict"] == "ready" else draft["verdict"])
            assert [same[key] for key in ("reason", "claims", "until")] == [
                draft[key] for key in ("reason", "claims", "until")
            ]
