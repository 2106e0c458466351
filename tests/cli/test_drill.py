"""`notifier simulate --drill`: a foreseen day on today's customers, with its plan and without it."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run, rows_of

DRILL = """\
drill: busy-thursday
day: 2026-03-05
timezone: America/Bogota
from: 2026-03-03T08:00:00-05:00
happens:
  - at: 2026-03-03T09:00:00-05:00
    set: { appointment: [{ id: A-2, status: cancelled }] }
who:
  - of: appointment
    when: appointment.kind == 'installation' and appointment.status == 'confirmed'
    at: appointment.starts_at
unannounced: { '10': 3, '11': 8 }
stay: 90m
needs:
  technicians: { people_each: 2, have: 3, owner: field-operations }
  routers: { people_each: 1, have: 20, used_up: true }
"""
PLAN = """\
plan:
  have: { technicians: 7 }
  without: [installation-reminder]
"""


@pytest.fixture
def play(loaded: Path, run: Run) -> Any:
    def played(text: str, *options: object) -> Ran:
        (loaded / "day.yaml").write_text(text, encoding="utf-8")
        return run("simulate", "--drill", loaded / "day.yaml", *options)

    return played


def test_it_says_whom_the_day_touches_who_hears_of_it_and_what_is_lacking(play: Any, loaded: Path) -> None:
    before = rows_of(loaded)
    done = play(DRILL, "--json")
    found = done.json
    assert done.code == 1  # five technicians are lacking, and the drill has no plan
    assert (found["affected_rows"], found["affected_customers"], found["people"]) == (2, 2, 13)
    assert (found["now"]["told"]["part"], found["now"]["told"]["whole"]) == (1, 2)
    assert found["now"]["rules"] == {"installation-reminder": 1}
    assert found["now"]["not_told"] == {"suppressed": 1}  # the one without an address
    assert found["now"]["lead"]["median_seconds"] == 48 * 3600
    hours = {hour["begins_at"][11:13]: (hour["arriving"], hour["present"]) for hour in found["hours"]}
    assert (hours["15"], hours["16"], hours["17"]) == ((5, 5), (8, 13), (0, 8))
    people, routers = found["needs"]
    assert (people["needed"], people["at"][11:13], people["short"], people["hours_short"]) == (7, "16", 4, 2)
    assert (routers["needed"], routers["short"], routers["at"]) == (13, 0, None)
    assert found["planned"] is None
    assert rows_of(loaded) == before


def test_the_plan_is_played_too_and_both_are_shown(play: Any, loaded: Path) -> None:
    done = play(DRILL + PLAN)
    assert done.code == 0
    assert "short without the plan: 4 of 7 technicians, field-operations sees to it; enough with it" in done.out
    assert "with the plan (without installation-reminder): hear of it before it touches them" in done.out
    page = loaded / "drill.html"
    assert play(DRILL + PLAN, "--html", page).code == 0
    text = page.read_text(encoding="utf-8")
    assert "<svg" in text
    assert "ninguna regla habla 2" in text
    assert re.findall(r"""(?:src|href)=["'](?!#)[^"']*["']""", text) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("day: 2026-03-05", "day: Thursday", "'Thursday' is no day; write it like 2026-05-10"),
        ("timezone: America/Bogota", "timezone: America/Bogotá", "day.yaml:3"),
        ("of: appointment", "of: apointment", "unknown entity 'apointment'; did you mean 'appointment'?"),
        ("at: appointment.starts_at", "at: appointment.kind", "'at' is an instant of the row"),
        ("appointment.kind ==", "appointment.knd ==", "did you mean 'kind'?"),
        ("'10': 3", "'24': 3", "'24' is no hour of the day"),
        ("'10': 3", "'10': -3", "how many people come is a whole number from 0 on"),
        ("people_each: 2", "people_each: 0", "'people_each' is at least 1"),
        ("owner: field-operations", "owner: field-opertions", "did you mean 'field-operations'?"),
        ("technicians: 7", "technician: 7", "the drill needs no 'technician'"),
        (
            "without: [installation-reminder]",
            "without: [reminder]",
            "day.yaml:19:13: there is no rule or check 'reminder'",
        ),
        ("status: cancelled", "status: canceled", "'canceled'"),
    ],
)
def test_what_is_wrong_in_a_drill_is_said_with_its_place(play: Any, old: str, new: str, says: str) -> None:
    assert old in DRILL + PLAN
    done = play((DRILL + PLAN).replace(old, new))
    assert done.code == 1
    assert says in done.err
