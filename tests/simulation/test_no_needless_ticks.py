"""A replay ticks where rows come and where something falls due, and nowhere else.

So its cost grows with events, not with days.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.intake.history_events import read_events
from notifier.intake.parsing import ImportContext
from notifier.intake.sources import open_source
from notifier.planning.addressing import Defaults
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.loader import load_project
from notifier.simulation.databases import Databases, temporary_databases
from notifier.simulation.replay import BEFORE, Replayed, replay, span_of

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEXT = "{{ at | datetime }} {{ exit.address }} {{ reference }}"
FILES = {
    "rules/owners.yaml": "owners: { field: { name: Field, email: field@example.com } }",
    "rules/contact_points.yaml": """
        contact_points:
          desk: { channel: phone, address: '+576017945501', human: true, settles: [reschedule] }
        """,
    "rules/visit.yaml": """
        rules:
          - rule: visit-reminder
            about: appointment
            owner: field
            class: service
            when: appointment.status == 'confirmed'
            at: 48h before appointment.starts_at
            until: 3h before appointment.starts_at
            claims: { at: appointment.starts_at }
            template: word
            exit: desk
        """,
    "templates/word/sms.en.txt.j2": TEXT,
    "templates/word/email.en.subject.j2": "A word",
    "templates/word/email.en.txt.j2": TEXT,
}


@pytest.fixture(scope="module")
def databases() -> Iterator[Databases]:
    """For replays."""
    with temporary_databases() as found:
        yield found


@pytest.fixture
def ruleset(tmp_path: Path) -> Ruleset:
    """One rule that speaks two days before a visit."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    project = load_project(tmp_path)
    return ruleset_of(project, Renderer(project, RenderSettings()), Defaults())


def _played(ruleset: Ruleset, databases: Databases, folder: Path, gap: timedelta) -> list[Replayed]:
    """The state after each tick of a replay: of a visit, and of another one after so long."""
    customer = {"id": "C-1", "name": "Ann Lee", "locale": "en-US", "timezone": "UTC", "country": "US"}
    events = [(START, "customer", {**customer, "phone": "+12125550123", "email": "ann@example.com"})]
    for number, at in enumerate((START, START + gap)):
        visit = {"id": f"A-{number}", "customer_id": "C-1", "kind": "visit", "status": "confirmed"}
        events.append((at, "appointment", {**visit, "starts_at": (at + timedelta(days=5)).isoformat()}))
    last = START + gap + timedelta(days=9)
    events.append((last, "customer", {"id": "C-1", "name": "Ann Li"}))
    file = folder / "events.jsonl"
    lines = [json.dumps({"at": at.isoformat(), "set": {entity: [row]}}) for at, entity, row in events]
    file.write_text("\n".join(lines), encoding="utf-8")
    with open_source(file, sys.stdin.buffer) as source:
        history = read_events(source, ImportContext.of(ruleset.project))
    assert not history.problems
    span = span_of(history, None, None)
    assert span is not None
    with databases.fresh() as database:
        found = [
            Replayed(at=done.at, ticks=done.ticks)
            for done in replay(history, ruleset, database, span, every=timedelta())
        ]
    return found[:-1]  # the last one is the end, without a tick


@pytest.mark.parametrize("days", [10, 300])
def test_each_tick_has_its_reason(ruleset: Ruleset, databases: Databases, tmp_path: Path, days: int) -> None:
    gap = timedelta(days=days)
    reasons = {
        START - BEFORE: "the rules are put in force",
        START: "a customer and a visit",
        START + timedelta(days=3): "48h before the first visit",
        START + timedelta(days=5, hours=-3): "from here on a reminder of it would help nobody",
        START + gap: "another visit",
        START + gap + timedelta(days=3): "48h before it",
        START + gap + timedelta(days=5, hours=-3): "the end of that",
        START + gap + timedelta(days=9): "another name",
    }
    played = _played(ruleset, databases, tmp_path, gap)
    assert [done.at for done in played] == list(reasons)
    assert played[-1].ticks == len(reasons)


def test_days_of_nothing_cost_nothing(ruleset: Ruleset, databases: Databases, tmp_path: Path) -> None:
    few, many = (_played(ruleset, databases, tmp_path, timedelta(days=days))[-1].ticks for days in (10, 3_000))
    assert few == many
