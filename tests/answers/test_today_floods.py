"""A flood is one line of the day's page, beside what else waits: contradictions, held notices, notices to approve."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.documents.today import today_document
from notifier.answers.speech import speech_for
from notifier.answers.today import today
from notifier.answers.waiting import Matter, Today, Waiting
from notifier.cli.sheets.today import today_sheet
from notifier.decisions.groups import ForGroup
from notifier.decisions.settling import TellFirst
from notifier.drafting import check_pass
from notifier.store.database import read_only
from notifier.store.settling import groups
from tests.meaning.street import happen, in_force, rule, template
from tests.support.deciding import a_person_decides
from tests.support.rig import Rig, ana, contract, open_rig
from tests.tick.test_settling import ADMISSION, CAUSE, CHECK, FILES, HOUR, SORRY, many, tick

PRICE = {"price": {"value": "charge.amount", "topic": "monthly_price"}}
BILL = rule(
    rule="bill", about="charge", when="charge.billed == false", at=None, until=None, claims=PRICE, template="bill"
)
TERMS: Mapping[str, Any] = {"remedy": "You pay 79,900 this month", "next_step": "We mail you the corrected bill"}


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana and her contract, on both databases: which notice is of which flood is asked in SQL."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana()], contract=[contract()])
        yield rig


@pytest.fixture
def flood(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Five bills above what was promised, found in one pass, where three are too many to be said one by one; then one
    more, which has a pass of its own."""
    monkeypatch.setattr(check_pass, "ALONE", 3)
    in_force(rig, ADMISSION, BILL, checks=[CHECK], files=FILES | SORRY | template("bill", "price"))
    people = [ana(id=f"C-{n}", email=f"c{n}@example.com", phone=f"+5730012340{n:02}") for n in range(1, 7)]
    tick(rig)
    happen(rig, customer=people, **many(5))
    tick(rig)
    happen(rig, **{name: [row for row in rows if row["id"].endswith("-6")] for name, rows in many(6).items()})
    tick(rig)
    return rig


def page(rig: Rig, limit: int = 10, owner: str | None = None) -> Today:
    with read_only(rig.database) as connection:
        return today(connection, rig.ruleset.project, rig.clock(), live=False, limit=limit, owner=owner)


def matter(found: Today, name: Matter) -> Waiting:
    (waiting,) = (each for each in found.waiting if each.matter is name)
    return waiting


def name_of(rig: Rig) -> str:
    with read_only(rig.database) as connection:
        ((group, _),) = groups(connection)
    return group.id


@pytest.mark.parametrize(
    ("name", "owner"), [(Matter.SURFACING, None), (Matter.SURFACING, "field"), (Matter.HELD, None)]
)
def test_a_flood_is_one_task_and_hides_nothing_else(flood: Rig, name: Matter, owner: str | None) -> None:
    waiting = matter(page(flood, limit=2, owner=owner), name)
    assert (waiting.count, waiting.shown, sorted(task.count for task in waiting.tasks)) == (6, 6, [1, 5])
    (of_flood,) = (task for task in waiting.tasks if task.flood is not None)
    assert of_flood.command == f"notifier contradictions list --group {name_of(flood)}"
    (alone,) = (task for task in waiting.tasks if task.flood is None)
    assert "K-6" in f"{alone.about} {alone.what}" or "X-6" in f"{alone.about} {alone.what}"


def test_what_is_shown_of_a_flood_is_its_count_its_first_and_what_it_has_in_common(flood: Rig) -> None:
    found = page(flood)
    spanish = str(today_sheet(found, speech_for("es-CO", "America/Bogota"), {}))
    assert "5 contradicciones a la vez, la primera: precio mensual: prometido $79.900" in spanish.replace("\xa0", "")
    assert "en común: charge.written_at" in spanish
    assert "5 avisos, retenidos" in spanish
    (task,) = (task for task in matter(found, Matter.SURFACING).tasks if task.flood is not None)
    assert task.contradiction is not None
    document = today_document(found)
    (said,) = (each for each in document["waiting"] if each["matter"] == Matter.SURFACING)
    (of_flood,) = (each for each in said["tasks"] if each["flood"] is not None)
    assert of_flood["count"] == 5
    assert of_flood["flood"] is not None
    assert (of_flood["flood"]["id"], of_flood["flood"]["found"]) == (name_of(flood), 5)
    assert re.fullmatch(r"charge\.written_at|contract\.plan", of_flood["flood"]["common"][0]["what"])


def test_of_a_flood_with_one_left_the_one_is_shown(flood: Rig) -> None:
    happen(flood, charge=[{"id": f"X-{n}", "amount": "79900", "currency": "COP"} for n in range(1, 5)])
    tick(flood, timedelta(minutes=5))
    waiting = matter(page(flood), Matter.SURFACING)
    assert [task.flood for task in waiting.tasks] == [None, None]


def test_what_a_flood_is_told_first_is_approved_by_one_line(flood: Rig) -> None:
    name = name_of(flood)
    decision = ForGroup(name, 5, TellFirst("", CAUSE, rule="promise-not-kept", **TERMS))
    a_person_decides(flood.database, decision, reason="so decided", now=flood.clock())
    tick(flood, HOUR)
    (task,) = matter(page(flood), Matter.TO_APPROVE).tasks
    assert (task.count, task.command) == (5, f"notifier notices approve --group {name} --by … --reason …")
