"""Nothing is told in a zone that nobody chose: where customer, site and settings have none, the notice is held."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.drafting.ruleset import ruleset_of
from notifier.planning.addressing import Defaults
from tests.meaning.street import alerts, in_force, notice, play, remove, rule, states, utc
from tests.support.rig import NOW, Rig, ana, visit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SHOP = {
    "id": "S-1",
    "name": "Centro",
    "timezone": "America/Bogota",
    "country": "CO",
    "opening_hours": "Mo-Su 00:00-24:00",
}


def nowhere(**changes: Any) -> dict[str, Any]:
    """Ana, whose zone nobody knows."""
    return ana(timezone=None, **changes)


def with_default(rig: Rig, timezone: str | None) -> None:
    """The settings name another default zone."""
    defaults = replace(Defaults(), timezone=timezone)
    rig.ruleset = ruleset_of(rig.ruleset.project, rig.ruleset.renderer, defaults)


def test_without_any_known_zone_the_notice_is_held_and_says_so(rig: Rig) -> None:
    in_force(rig, rule())
    assert play(rig, customer=[nowhere()], appointment=[visit()]) == []
    held = notice(rig)
    assert (held.state, held.reason_code) == ("held", "no_zone")
    assert held.reason == "no zone is known for the customer: give customer.timezone, or set NOTIFIER_DEFAULT_TIMEZONE"


def test_its_owner_hears_of_it_once_a_day_and_a_rule(rig: Rig) -> None:
    in_force(rig, rule())
    visits = [visit(id=f"A-{number}") for number in range(9)]
    play(rig, customer=[nowhere()], appointment=visits)
    play(rig, NOW + HOUR, appointment=[visit(id="A-9", starts_at=NOW + 49 * HOUR)])
    play(rig, NOW + 2 * HOUR)
    (alert,) = alerts(rig)
    assert "9 notices" in alert.texts[0].replace("Notices: 9", "9 notices")
    assert "time zone" in alert.texts[0]
    play(rig, utc(4, 15), appointment=[visit(id="A-10", starts_at=utc(6, 15))])
    assert len(alerts(rig)) == 2


def test_it_goes_on_by_itself_when_the_customer_has_a_zone(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[nowhere()], appointment=[visit()])
    (sent,) = play(rig, NOW + MINUTE, customer=[ana()])
    assert "10:00" in sent.texts[0]


def test_it_goes_on_by_itself_when_the_settings_have_a_zone(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[nowhere()], appointment=[visit()])
    assert play(rig, NOW + MINUTE) == []
    with_default(rig, "America/Bogota")
    (sent,) = play(rig, NOW + 2 * MINUTE)
    assert "10:00" in sent.texts[0]
    assert play(rig, NOW + 3 * MINUTE) == []


def test_a_row_of_a_site_is_told_in_the_zone_of_the_site(rig: Rig) -> None:
    in_force(rig, rule())
    (sent,) = play(rig, site=[SHOP], customer=[nowhere()], appointment=[visit(site_id="S-1")])
    assert "10:00" in sent.texts[0]


def test_it_goes_on_when_the_site_comes_later(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[nowhere()], appointment=[visit(site_id="S-1")])
    assert states(rig) == [("notice", "held")]
    assert len(play(rig, NOW + MINUTE, site=[SHOP])) == 1


def test_what_reaches_nobody_anyway_says_that_instead(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[nowhere(phone=None, email=None)], appointment=[visit()])
    assert notice(rig).reason_code == "no_address"


def test_a_zone_that_is_taken_away_keeps_back_what_was_not_sent(rig: Rig) -> None:
    in_force(rig, rule())
    night = utc(4, 3)
    play(rig, night, appointment=[visit(starts_at=night + 40 * HOUR)])
    play(rig, night + HOUR, customer=[nowhere()])
    assert states(rig) == [("notice", "held")]
    assert play(rig, utc(4, 13)) == []


@pytest.mark.parametrize("kind", ["correction", "follow_up"])
def test_what_corrects_or_follows_up_is_held_as_well(rig: Rig, kind: str) -> None:
    follow_up = [{"when": "appointment.status == 'cancelled'", "template": "cancelled"}]
    in_force(rig, rule(follow_up=follow_up))
    assert len(play(rig, appointment=[visit()])) == 1
    changes = {"starts_at": NOW + 50 * HOUR} if kind == "correction" else {"status": "cancelled"}
    assert play(rig, NOW + HOUR, customer=[nowhere()], appointment=[visit(**changes)]) == []
    assert notice(rig, kind=kind).reason_code == "no_zone"
    assert [one.kind for one in play(rig, NOW + 2 * HOUR, customer=[ana()])] == [kind]


def test_a_time_of_day_of_somebody_without_a_zone_is_kept_in_the_zone_that_comes(rig: Rig) -> None:
    in_force(rig, rule(at="1d before appointment.starts_at at 18:00", until=None))
    play(rig, NOW, customer=[nowhere()], appointment=[visit(starts_at=utc(5, 20))])
    assert play(rig, utc(4, 19)) == []
    assert states(rig) == [("notice", "held")]
    assert play(rig, utc(4, 20), customer=[ana()]) == []  # 15:00 in Bogotá: it is not time yet
    assert [one.kind for one in play(rig, utc(4, 23))] == ["notice"]


def test_safety_is_held_as_well_where_it_could_print_an_hour(rig: Rig) -> None:
    in_force(rig, rule(class_="safety"))
    assert play(rig, customer=[nowhere()], appointment=[visit()]) == []
    remove(rig, appointment=["A-1"])
    play(rig, NOW + HOUR)
    assert states(rig) == [("notice", "cancelled")]
