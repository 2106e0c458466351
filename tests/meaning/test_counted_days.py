"""Every sentence of "Moments" and of quiet hours by weekday, played through the real runtime."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.meaning.street import happen, in_force, play, rule
from tests.support.rig import Rig, visit

POLICY = "quiet_hours: [{ country: CO, class: service, allowed: 'Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off' }]\n"
DECREED = "hours: [{ country: CO, dates: 2026-03-12, hours: 'off', reason: Día cívico }]\n"
SHOP: dict[str, Any] = {"id": "S-1", "name": "Chapinero", "timezone": "America/Bogota", "country": "CO"}
PLACE: dict[str, Any] = {"until": None, "claims": {"place": "appointment.place"}, "template": "place"}


def at(text: str) -> datetime:
    """An instant of March 2026 in Bogotá: `06 10:00`."""
    return datetime.fromisoformat(f"2026-03-{text.replace(' ', 'T')}:00-05:00")


def booked(starts: str, **more: Any) -> dict[str, Any]:
    """A visit that begins then, in Bogotá."""
    return visit(place="Calle 12", starts_at=at(starts), **more)


@pytest.mark.parametrize(
    ("moment", "starts", "due"),
    [
        ("2 working days before appointment.starts_at at 10:00", "10 09:00", "06 10:00"),  # a Tuesday: over the weekend
        ("1 working day before appointment.starts_at at 10:00", "08 09:00", "06 10:00"),  # a Sunday
        ("1 working day before appointment.starts_at at 10:00", "24 09:00", "20 10:00"),  # after a holiday
        ("1 working day after appointment.starts_at at 10:00", "06 09:00", "09 10:00"),
        ("3d before appointment.starts_at at 10:00", "10 09:00", "07 10:00"),
    ],
)
def test_days_before_and_after_are_counted_on_the_calendar_of_the_place(
    rig: Rig, moment: str, starts: str, due: str
) -> None:
    in_force(rig, rule(**PLACE | {"at": moment, "class_": "safety", "born_late": "tell"}))
    happen(rig, appointment=[booked(starts)])
    assert play(rig, at(due) - timedelta(minutes=1)) == []
    assert [one.subject for one in play(rig, at(due))] == ["A-1"]


def test_opening_days_are_those_of_the_site(rig: Rig) -> None:
    in_force(rig, rule(**PLACE, at="1 opening day before appointment.starts_at at 10:00"))
    happen(rig, site=[SHOP | {"opening_hours": "Tu-Sa 10:00-18:00"}], appointment=[booked("10 12:00", site_id="S-1")])
    assert play(rig, at("07 09:59")) == []  # Sunday and Monday the shop is closed
    assert [one.subject for one in play(rig, at("07 10:00"))] == ["A-1"]


def test_a_row_without_a_site_has_no_opening_days(rig: Rig) -> None:
    in_force(rig, rule(**PLACE, at="1 opening day before appointment.starts_at at 10:00"))
    happen(rig, appointment=[booked("10 12:00")])
    assert play(rig, at("09 10:00")) == []
    assert rig.notices() == []


def test_other_hours_of_the_site_move_a_moment_that_is_still_to_come(rig: Rig) -> None:
    in_force(rig, rule(**PLACE, at="1 opening day before appointment.starts_at at 10:00"))
    happen(rig, site=[SHOP | {"opening_hours": "Mo-Sa 10:00-18:00"}], appointment=[booked("12 12:00", site_id="S-1")])
    assert play(rig, at("10 12:00")) == []
    happen(rig, site=[SHOP | {"opening_hours": "Mo-Tu,Th-Sa 10:00-18:00"}])  # no longer on Wednesdays
    assert [one.subject for one in play(rig, at("10 12:01"))] == ["A-1"]


def test_a_decreed_holiday_moves_a_moment_that_is_still_to_come(rig: Rig) -> None:
    counting = rule(**PLACE, at="1 working day before appointment.starts_at at 10:00")
    in_force(rig, counting)
    happen(rig, appointment=[booked("13 12:00")])
    assert play(rig, at("11 12:00")) == []
    in_force(rig, counting, files={"rules/hours.yaml": DECREED})
    assert [one.subject for one in play(rig, at("11 12:01"))] == ["A-1"]


def test_quiet_hours_by_weekday_wait_over_the_weekend_and_a_holiday(rig: Rig) -> None:
    in_force(rig, rule(**PLACE, at="48h before appointment.starts_at"), files={"rules/policy.yaml": POLICY})
    happen(rig, appointment=[booked("24 16:00")])
    assert play(rig, at("22 16:00")) == []  # a Sunday, and Monday is a holiday
    assert [(row.state, row.deferred_until) for row in rig.notices()] == [("deferred", at("24 08:00"))]
    assert play(rig, at("23 16:00")) == []
    assert [one.subject for one in play(rig, at("24 08:00"))] == ["A-1"]
