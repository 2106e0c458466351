"""`lead`: each notice is told at least so long before what it warns of, or its owner hears that it was not."""

from datetime import timedelta
from pathlib import Path

import pytest

from notifier.rules.loader import load_project
from tests.meaning.street import alerts, in_force, play, rule
from tests.rules.projects import HERE, write
from tests.rules.projects import folder as folder
from tests.support.rig import NOW, Rig, visit

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOW + 48 * HOUR
"""Of a visit then, the moment (48 hours before) is now."""


def test_a_notice_in_time_is_none_and_one_that_comes_later_than_the_lead_is_an_incident_once(rig: Rig) -> None:
    in_force(rig, rule(lead="36h"))
    assert len(play(rig, appointment=[visit(starts_at=LATER)])) == 1
    assert alerts(rig) == []
    late = visit(id="A-2", starts_at=NOW + 30 * HOUR)  # it is booked eighteen hours after its moment
    assert len(play(rig, NOW + MINUTE, appointment=[late])) == 1  # the customer hears it all the same
    (alert,) = alerts(rig)
    assert "1d5h59m are left, and the customer was to know 1d12h before" in alert.texts[0]
    assert len(play(rig, NOW + HOUR)) == 0


def test_a_later_moment_of_the_rule_is_meant_to_be_later(rig: Rig) -> None:
    in_force(rig, rule(at=["48h before appointment.starts_at", "20h before appointment.starts_at"], lead="36h"))
    play(rig, appointment=[visit(starts_at=LATER)])
    assert len(play(rig, NOW + 28 * HOUR)) == 1
    assert alerts(rig) == []


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"lead": "72h"}, "no moment is 72h before its anchor, so every notice would come too late"),
        ({"lead": "24h", "born_late": "skip"}, "say born_late: tell"),
        ({"lead": "24h", "at": None}, "'lead' is for a rule with 'at'"),
        ({"lead": "a day"}, "'a day' is not a duration"),
    ],
)
def test_a_lead_that_no_moment_keeps_or_that_leaves_late_rows_untold_is_refused(
    folder: Path, keys: dict[str, str | None], problem: str
) -> None:
    text = (HERE / "project" / "rules" / "good.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not any(line.strip().startswith(f"{key}:") for key in keys)]
    if keys.get("at", "") is None:
        lines.remove("    born_late: tell")
    added = [f"    {key}: {value}" for key, value in keys.items() if value is not None]
    write(folder, "rules/good.yaml", "\n".join([*lines[:2], *added, *lines[2:]]) + "\n")
    (found,) = load_project(folder).problems
    assert problem in found.what


@pytest.mark.parametrize(("at", "lead"), [("1d before appointment.starts_at at 18:00", "40h")])
def test_of_a_moment_at_a_local_time_only_its_days_are_known(folder: Path, at: str, lead: str) -> None:
    text = (HERE / "project" / "rules" / "good.yaml").read_text(encoding="utf-8")
    text = text.replace("48h before appointment.starts_at", at).replace(
        "owner: field\n", f"owner: field\n    lead: {lead}\n"
    )
    write(folder, "rules/good.yaml", text)
    assert load_project(folder).problems == ()
