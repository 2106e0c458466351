"""Commands for `test_schemas.py` about contacts: why people get in touch, and what follows from it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.model.reasons import DecidedBy, Label
from notifier.store.database import open_engine
from notifier.store.reasons import add_labels
from tests.cli.conftest import Run, load

Print = Callable[..., Any]
FIRST = datetime.fromisoformat("2026-03-02T09:00:00-05:00")
AT = "2026-03-30T10:00:00-05:00"
REASON = """\
reasons:
  line-down: { object: fibre line, step: in use, failure: it went dead, owner: billing, minutes: 6, cost: 900 COP,
               customer: irritating, company: irritating }
"""


def counted(project: Path, run: Run, show: Print) -> None:
    """People write in the chat and have to call; one of them comes back to the chat."""
    file = project / "rules" / "reasons.yaml"
    file.write_text(REASON, encoding="utf-8")
    load(project, run, [{"at": AT, "set": {"contact": _contacts(), "order": _orders()}}])
    engine = open_engine(f"sqlite:///{project / 'notifier.db'}")
    said: Mapping[str, Any] = {"entity": "contact", "decided_by": DecidedBy.WORDS, "decided_at": FIRST}
    with engine.begin() as connection:
        add_labels(connection, [Label(row_id=each["id"], reason="line-down", **said) for each in _contacts()])
    engine.dispose()
    report = show("report", "contacts", "--at", AT)
    for part in ("reasons", "owners", "snowballs", "channels", "circles", "effort"):
        assert report[part], part
    assert report["owners"][0]["amounts"]
    assert report["reasons"][0]["trend"]
    file.unlink()


def _contacts() -> list[dict[str, Any]]:
    rows = []
    for number in range(24):
        for hours, channel in enumerate(("chat", "phone", "chat")[: 3 if number == 1 else 2]):
            at = (FIRST + timedelta(days=number, hours=hours)).isoformat()
            row = {"id": f"LT-{number}-{hours}", "customer_id": "C-1", "at": at, "direction": "inbound"}
            rows.append(row | {"channel": channel, "subject": f"order:LO-{number}"})
    return rows


def _orders() -> list[dict[str, Any]]:
    row = {"customer_id": "C-1", "status": "in_progress"}
    days = (FIRST + timedelta(days=number) for number in range(24))
    return [row | {"id": f"LO-{number}", "placed_at": day.isoformat()} for number, day in enumerate(days)]
