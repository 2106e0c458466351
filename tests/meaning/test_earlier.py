"""What hours would carry past its use is told earlier: at the last instant before its moment that they allow.

Each test ends with a full pass that must find nothing.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.answers.preview import preview
from notifier.model.notices import Recipient
from notifier.model.types import ChannelName
from notifier.planning.earlier import HOLIDAYS, earlier_moment, lead_of
from notifier.planning.quiet_hours import hours_for, next_allowed
from notifier.store.database import read_only
from notifier.store.next_due import next_due
from notifier.store.reader import Reader
from tests.meaning.street import busy, in_force, notice, play, rule, utc
from tests.support.rig import Rig, ana, visit

SOON = rule(at="2h before appointment.starts_at", until="30m before appointment.starts_at")
STARTS = utc(5, 12, 30)
"""07:30 in Bogotá: it falls due at 05:30, and by 08:00 it helps no more."""
EVENING = utc(5, 0, 45)
"""19:45 in Bogotá, on the evening before."""


def early() -> dict[str, Any]:
    return visit(starts_at=STARTS)


def test_it_is_told_on_the_evening_before(rig: Rig) -> None:
    in_force(rig, SOON)
    assert play(rig, utc(3, 15), appointment=[early()]) == []
    assert rig.notices() == []
    assert play(rig, utc(4, 15)) == []
    row = notice(rig)
    assert (row.state, row.reason_code, row.deferred_until) == ("deferred", "earlier", EVENING)
    assert "2026-03-04 19:45 America/Bogota, before its moment" in row.reason
    assert play(rig, EVENING - timedelta(seconds=1)) == []
    (sent,) = play(rig, EVENING)
    assert sent.rule == "visit-reminder"
    assert "told before, for hours are closed then" in notice(rig).reason
    assert play(rig, utc(5, 10, 31)) == []


def test_a_simulated_clock_stops_there(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(3, 15), appointment=[early()])
    with read_only(rig.database) as connection:
        at = next_due(connection, rig.ruleset, after=utc(3, 15), before=utc(6, 0))
    assert at is not None
    assert at <= EVENING
    rig.clock.at = at
    rig.tick()
    assert notice(rig).deferred_until == EVENING


def test_what_is_no_longer_true_by_then_is_not_told(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(4, 15), appointment=[early()])
    assert play(rig, EVENING, appointment=[early() | {"status": "cancelled"}]) == []
    assert notice(rig).state == "cancelled"


def test_what_moves_into_open_hours_waits_for_its_moment(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(4, 15), appointment=[early()])
    later = early() | {"starts_at": utc(5, 16)}
    assert play(rig, EVENING, appointment=[later]) == []
    (sent,) = play(rig, utc(5, 14))
    assert sent.rule == "visit-reminder"


def test_what_changes_after_it_was_told_is_corrected(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(4, 15), appointment=[early()])
    assert len(play(rig, EVENING)) == 1
    (sent,) = play(
        rig, EVENING + timedelta(minutes=5), appointment=[early() | {"starts_at": STARTS + timedelta(hours=2)}]
    )
    assert sent.kind == "correction"


def test_its_second_channel_goes_early_too(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(4, 15), appointment=[early()])
    busy(rig)
    (mail,) = play(rig, EVENING)
    assert mail.channels == ("email",)
    (sms,) = play(rig, EVENING + timedelta(minutes=3))
    assert sms.channels == ("sms",)


def test_a_rule_may_say_never(rig: Rig) -> None:
    in_force(rig, SOON | {"earlier": "never"})
    assert play(rig, utc(4, 15), appointment=[early()]) == []
    assert play(rig, EVENING) == []
    assert play(rig, utc(5, 10, 31)) == []
    assert notice(rig).reason_code == "quiet_hours_past_until"


def test_what_comes_in_too_late_for_it_goes_to_its_owner(rig: Rig) -> None:
    in_force(rig, SOON)
    assert play(rig, utc(5, 3), appointment=[early()]) == []
    assert notice(rig).reason_code == "quiet_hours_past_until"


def test_over_a_weekend_that_the_law_closes_it_goes_on_saturday(rig: Rig) -> None:
    policy = {"rules/policy.yaml": "contact_limits: { class: service, hours: 'Mo-Fr 08:00-18:00; Sa 09:00-13:00' }\n"}
    monday = rule(at="20h before appointment.starts_at", until="2h before appointment.starts_at")
    in_force(rig, monday, files=policy)
    starts = utc(9, 14)  # Monday, 09:00 in Bogotá: it falls due on Sunday at 13:00, and helps until 07:00
    assert play(rig, utc(6, 15), appointment=[visit(starts_at=starts)]) == []
    assert notice(rig).deferred_until == utc(7, 17, 45)
    (sent,) = play(rig, utc(7, 17, 45))
    assert sent.rule == "visit-reminder"


def test_preview_shows_and_counts_it(rig: Rig) -> None:
    in_force(rig, SOON)
    rig.set(appointment=[early()])
    for at, told, withheld in ((utc(4, 15), 0, {"earlier": 1}), (EVENING, 1, {})):
        with read_only(rig.database) as connection:
            shown = preview(rig.ruleset, Reader(connection, live=False), at)
        assert (shown.told_early, shown.withheld) == (told, withheld)


def test_a_customer_who_moves_to_another_zone_is_told_by_its_hours(rig: Rig) -> None:
    in_force(rig, SOON)
    play(rig, utc(4, 15), appointment=[early()])
    assert notice(rig).deferred_until == EVENING
    rig.set(customer=[ana(timezone="Europe/Madrid")])  # 13:30 there: hours are open when it falls due
    assert play(rig, EVENING) == []
    assert notice(rig).state == "cancelled"
    (sent,) = play(rig, utc(5, 10, 30))
    assert sent.rule == "visit-reminder"


@pytest.mark.parametrize(
    ("changes", "is_ahead"),
    [
        ({}, True),
        ({"at": "48h before appointment.starts_at", "until": None}, False),
        ({"at": "48h before appointment.starts_at", "until": "3h before appointment.starts_at"}, False),
        ({"at": "2h after appointment.starts_at", "until": None, "born_late": None}, False),
        ({"class": "safety"}, False),
        ({"earlier": "never"}, False),
        ({"limits": {"recipients": 5}}, False),
        ({"when": ["appointment.status == 'confirmed'", "appointment.starts_at > now"]}, False),
        ({"at": ["2h before appointment.starts_at", "1h before appointment.starts_at"]}, False),
    ],
)
def test_only_rules_of_which_it_may_happen_are_looked_at_ahead(
    rig: Rig, changes: dict[str, Any], is_ahead: bool
) -> None:
    in_force(rig, {key: value for key, value in (SOON | changes).items() if value is not None})
    street = rig.ruleset.project.rules["visit-reminder"]
    query = rig.ruleset.rule_queries["visit-reminder"]
    assert bool(lead_of(street, rig.ruleset.project.policy, reads_now=query.flips)) is is_ahead


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/Madrid",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
    ],
)
def test_the_earlier_moment_is_allowed_and_the_last_one_on_any_clock(rig: Rig, zone: str) -> None:
    """Over changes of the clocks, midnights and the date line: each quarter of an hour of three weeks."""
    in_force(rig, SOON)
    street, policy = rig.ruleset.project.rules["visit-reminder"], rig.ruleset.project.policy
    person = Recipient(id="C", name="C", locale="en", timezone=zone, country="US", phone="+12025550123", email=None)
    hours = hours_for(policy, "US", street.notice_class, ChannelName.SMS)
    begins = datetime(2026, 3, 1, tzinfo=UTC) if zone != "Europe/Madrid" else datetime(2026, 3, 20, tzinfo=UTC)
    found = 0
    for quarter in range(0, 21 * 96, 7):
        at = begins + quarter * timedelta(minutes=15)
        until = at + timedelta(minutes=90)
        moved = earlier_moment(policy, street, person, at, until, HOLIDAYS)
        opens = next_allowed(hours, zone, at)
        assert (moved is None) == (opens < until)
        if moved is None:
            continue
        found += 1
        local = moved.astimezone(ZoneInfo(zone))
        assert moved < at
        assert 8 <= local.hour < 20
        following = moved + timedelta(minutes=15)
        assert (
            next_allowed(hours, zone, following) != following
            or following >= at
            or (following + timedelta(minutes=5)).astimezone(ZoneInfo(zone)).hour >= 20
        )
    assert found > 50
