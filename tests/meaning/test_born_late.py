"""A moment that had passed before its row, or its anchor, came to be: the rule says whether it is told."""

from datetime import timedelta
from typing import Any

import pytest

from tests.meaning.street import (
    REMINDER,
    alerts,
    charge,
    happen,
    in_force,
    load_baseline,
    notice,
    play,
    remove,
    rule,
    states,
    utc,
)
from tests.support.rig import NOW, Rig, ana, visit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SKIP = {"born_late": "skip"}
SOON = NOW + 24 * HOUR
"""Of a visit at that hour, the moment (48 hours before) passed a day ago."""
LATE: dict[str, Any] = REMINDER | {
    "rule": "late-order",
    "about": "order",
    "class": "safety",
    "when": "order.status == 'in_progress'",
    "at": ["2d before order.promised_at", "6h before order.promised_at"],
    "until": "24h after order.promised_at",
    "born_late": "skip",
    "claims": {"starts_at": "order.promised_at"},
}


def order(**changes: Any) -> dict[str, Any]:
    return {"id": "O-1", "customer_id": "C-1", "status": "in_progress", "placed_at": NOW, **changes}


@pytest.mark.parametrize(("born_late", "told"), [("tell", 1), ("skip", 0), (None, 0)])
def test_a_row_that_comes_after_its_moment_is_told_where_the_rule_says_so(
    rig: Rig, born_late: str | None, told: int
) -> None:
    in_force(rig, rule(born_late=born_late))
    play(rig)
    assert len(play(rig, NOW + MINUTE, appointment=[visit(starts_at=SOON)])) == told
    assert len(play(rig, NOW + HOUR)) == 0
    assert alerts(rig) == []


def test_what_is_skipped_is_recorded_with_its_reason_and_never_told(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig, NOW, appointment=[visit(starts_at=SOON)])
    skipped = notice(rig)
    assert (skipped.state, skipped.reason_code, skipped.spent) == ("cancelled", "born_late", True)
    expected = "its moment, 2026-03-02 15:00 UTC, had passed before it came to be (born_late: tell would tell it)"
    assert skipped.reason == expected
    in_force(rig, rule(born_late="tell"))
    assert play(rig, NOW + HOUR) == []


def test_a_row_that_comes_at_its_moment_is_told(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    assert len(play(rig, NOW, appointment=[visit(starts_at=NOW + 48 * HOUR)])) == 1


def test_a_missed_tick_loses_nothing(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    happen(rig, appointment=[visit(starts_at=NOW + 50 * HOUR)])
    assert len(play(rig, NOW + 24 * HOUR)) == 1  # nobody looked while it was due


def test_an_anchor_that_moves_near_is_a_moment_that_was_never_there(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    assert play(rig, NOW, appointment=[visit(starts_at=NOW + 9 * DAY)]) == []
    assert play(rig, NOW + HOUR, appointment=[visit(starts_at=SOON)]) == []
    assert notice(rig).reason_code == "born_late"


def test_an_anchor_that_moves_away_is_told_at_its_new_moment(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig, NOW, appointment=[visit(starts_at=NOW + 3 * DAY)])
    play(rig, NOW + HOUR, appointment=[visit(starts_at=NOW + 5 * DAY)])
    assert len(play(rig, NOW + 3 * DAY)) == 1


def test_another_change_of_the_row_does_not_set_its_anchor(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip", when="appointment.status == 'confirmed' and appointment.place != null"))
    play(rig, NOW, appointment=[visit(starts_at=NOW + 49 * HOUR, place=None)])
    again = visit(starts_at=NOW + 49 * HOUR, place="Calle 12", ends_at=NOW + 51 * HOUR)
    assert len(play(rig, NOW + 2 * HOUR, appointment=[again])) == 1


def test_what_turns_true_later_is_told_where_its_row_was_there_in_time(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig, NOW, appointment=[visit(starts_at=NOW + 49 * HOUR, status="initialized")])
    assert len(play(rig, NOW + 3 * HOUR, appointment=[visit(starts_at=NOW + 49 * HOUR)])) == 1


def test_what_turns_true_later_is_skipped_where_its_row_came_too_late(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig, NOW, appointment=[visit(starts_at=SOON, status="initialized")])
    assert play(rig, NOW + HOUR, appointment=[visit(starts_at=SOON)]) == []


def test_a_new_recipient_is_no_new_row(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    bea = {"id": "C-2", "name": "Bea", "timezone": "America/Bogota", "email": "bea@example.com"}
    play(rig, NOW, customer=[bea], appointment=[visit(starts_at=NOW + 48 * HOUR)])
    sent = play(rig, NOW + HOUR, appointment=[visit(starts_at=NOW + 48 * HOUR, customer_id="C-2")])
    assert "C-2" in [one.to for one in sent]


def test_a_row_that_is_deleted_and_comes_back_came_to_be_then(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip", at="30h before appointment.starts_at"))
    play(rig, NOW, appointment=[visit(starts_at=NOW + 31 * HOUR)])
    remove(rig, appointment=["A-1"])
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(starts_at=NOW + 31 * HOUR)]) == []


def test_the_instant_of_the_business_counts_before_that_of_the_import(rig: Rig) -> None:
    in_force(rig, LATE)
    early = order(placed_at=NOW - 9 * DAY, promised_at=NOW + DAY)
    young = order(id="O-2", placed_at=NOW - HOUR, promised_at=NOW + DAY)
    assert [one.subject for one in play(rig, NOW, order=[early, young])] == ["O-1"]


def test_of_several_moments_each_is_weighed_by_itself(rig: Rig) -> None:
    """An order of noon for the next evening is not late at one minute past noon, but perhaps on the day."""
    in_force(rig, LATE)
    promised = NOW + 30 * HOUR
    assert play(rig, NOW + MINUTE, order=[order(promised_at=promised)]) == []
    assert [one.subject for one in play(rig, promised - 6 * HOUR)] == ["O-1"]
    assert states(rig) == [("notice", "cancelled"), ("notice", "told")]


def test_a_moment_whose_window_ended_before_the_row_came_is_nobodys_fault(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig)
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(starts_at=NOW + 4 * HOUR)]) == []
    assert alerts(rig) == []


def test_a_baseline_was_there_before(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    load_baseline(rig, appointment=[visit(starts_at=NOW + 49 * HOUR)])
    assert play(rig) == []
    assert len(play(rig, NOW + 2 * HOUR)) == 1


def test_after_an_event_it_is_told_also_where_the_event_was_recorded_late(rig: Rig) -> None:
    after = rule(at="1h after appointment.starts_at", until=None, born_late=None, class_="safety")
    in_force(rig, after)
    assert len(play(rig, NOW, appointment=[visit(starts_at=NOW - 3 * HOUR)])) == 1
    in_force(rig, after | {"rule": "other", "born_late": "skip"})
    assert play(rig, NOW + HOUR, appointment=[visit(id="A-2", starts_at=NOW - 3 * HOUR)]) == []


def test_a_moved_row_that_was_told_is_corrected_all_the_same(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig, NOW, appointment=[visit(starts_at=NOW + 48 * HOUR)])
    (sent,) = play(rig, NOW + HOUR, appointment=[visit(starts_at=NOW + 30 * HOUR)])
    assert sent.kind == "correction"
    assert play(rig, NOW + 2 * HOUR) == []


def test_the_second_row_of_a_pair_must_have_been_there_as_well(rig: Rig) -> None:
    pairs = rule(
        rule="visits-of-a-contract",
        about="contract",
        each={"appointment": "contract.appointments"},
        to="appointment.customer",
        when="appointment.status == 'confirmed'",
        at="48h before contract.ends_at",
        until=None,
        born_late="skip",
        claims={"starts_at": "contract.ends_at"},
    )
    in_force(rig, pairs)
    play(rig, NOW, contract=[{"id": "K-1", "customer_id": "C-1", "status": "active", "ends_at": NOW + 49 * HOUR}])
    sent = play(rig, NOW + 30 * MINUTE, appointment=[visit(contract_id="K-1", starts_at=NOW + 90 * HOUR)])
    sent += play(rig, NOW + HOUR)
    assert len(sent) == 1
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(id="A-2", contract_id="K-1", starts_at=NOW + 90 * HOUR)]) == []


def test_a_bill_that_is_made_late_is_announced_where_the_rule_says_so(rig: Rig) -> None:
    bill = rule(
        about="charge",
        when="not charge.billed",
        at="3d before charge.bill_at",
        until=None,
        claims={"price": "charge.amount"},
        template="price",
    )
    in_force(rig, bill | {"born_late": "tell"})
    assert len(play(rig, NOW, charge=[charge(bill_at=NOW + DAY)])) == 1


def test_a_full_pass_finds_nothing_that_the_ticks_did_not(rig: Rig) -> None:
    in_force(rig, rule(born_late="skip"), LATE)
    play(rig, NOW, appointment=[visit(starts_at=SOON)], order=[order(promised_at=NOW + 30 * HOUR)])
    for hours in (1, 7, 25, 31):
        play(rig, NOW + hours * HOUR)
        before = len(rig.notices())
        rig.tick(full=True)
        assert len(rig.notices()) == before
    assert utc(3, 15) == NOW


def test_what_has_an_instant_of_its_own_came_to_be_then_however_late_it_is_imported(rig: Rig) -> None:
    """A promise at `made_at`, a contact, a feedback and a consent at `at`."""
    called = rule(LATE, rule="call", about="contact", when="contact.outcome == 'open'", at="12h before contact.at")
    said = rule(LATE, rule="said", about="promise", when="promise.state == 'open'", at="6h before promise.due_at")
    in_force(
        rig,
        rule(called, until="48h after contact.at", claims={"starts_at": "contact.at"}),
        rule(said, until="48h after promise.due_at", claims={"starts_at": "promise.due_at"}),
    )
    common = {"customer_id": "C-1", "subject": "contract:K-1", "topic": "callback", "source": "agent"}
    due = {"value": NOW + HOUR, "due_at": NOW + HOUR}
    early = {"id": "P-1", "made_at": NOW - 9 * DAY, **common, **due}
    young = {"id": "P-2", "made_at": NOW - HOUR, **common, **due}
    contact = {"id": "T-1", "customer_id": "C-1", "at": NOW - DAY, "channel": "phone", "direction": "inbound"}
    sent = play(rig, NOW, promise=[early, young], contact=[contact | {"outcome": "open"}])
    assert [(one.rule, one.subject) for one in sent] == [("said", "P-1")]
    assert notice(rig, rule="call").reason_code == "born_late"


@pytest.mark.parametrize(("written", "told"), [(NOW - 3 * DAY, 1), (NOW, 0)])
def test_any_other_row_came_to_be_at_its_first_import_which_at_dates(rig: Rig, written: Any, told: int) -> None:
    in_force(rig, rule(born_late="skip"))
    play(rig)
    rig.clock.at = written
    rig.set(appointment=[visit(starts_at=SOON)])
    assert len(play(rig, NOW + MINUTE)) == told


def test_a_field_of_ones_own_counts_as_set_with_its_row(rig: Rig) -> None:
    """Which of them changed when is not recorded: a reminder is told rather than lost."""
    own = rule(at="48h before appointment.attributes.survey_at", until=None, born_late="skip")
    files = {"rules/attributes.yaml": "attributes: { appointment: { survey_at: timestamp } }\n"}
    in_force(rig, own, files=files)
    play(rig, NOW - DAY, appointment=[visit(starts_at=NOW + 9 * DAY)])
    set_now = visit(starts_at=NOW + 9 * DAY, attributes={"survey_at": (NOW + 20 * HOUR).isoformat()})
    assert play(rig, NOW, appointment=[set_now]) == []  # its moment lies before the row
    set_now["attributes"] = {"survey_at": (NOW + 30 * HOUR).isoformat()}
    assert len(play(rig, NOW + HOUR, appointment=[set_now])) == 1  # it lies before the field alone


def test_a_day_of_a_site_was_there_before(rig: Rig) -> None:
    in_force(
        rig,
        rule(
            about="site_day",
            to="site_day.site.customers",
            when="site_day.kind == 'closed'",
            at="48h before site_day.starts_at",
            until=None,
            born_late="skip",
            claims={"date": "site_day.date"},
            template="closed",
        ),
    )
    shop = {"id": "S-1", "name": "Centro", "timezone": "America/Bogota", "country": "CO"}
    holiday = NOW + 18 * DAY  # 23 March is a holiday in Colombia
    play(rig, NOW)
    happen(rig, customer=[ana(site_id="S-1")])
    (sent,) = play(rig, holiday, site=[shop | {"opening_hours": "Mo-Sa 08:00-20:00; PH off"}])
    assert (sent.kind, "March 23" in sent.texts[0]) == ("notice", True)
