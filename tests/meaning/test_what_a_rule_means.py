"""Every sentence of "What a rule means", played through the real runtime; the numbers are those of the design."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.notices import ApproveAll, Cancel
from notifier.drafting.rule_pass import LOOKED_AT_ONCE
from notifier.drafting.ruleset import DraftOptions
from notifier.pipeline import draft
from notifier.rules.loader import load_project
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import (
    HELD_ORDER,
    PRICE,
    REMINDER,
    alerts,
    busy,
    charge,
    count,
    happen,
    in_force,
    load_baseline,
    notice,
    play,
    play_live,
    remove,
    retried,
    rule,
    states,
    template,
    too_dear,
    utc,
)
from tests.support.deciding import a_person_decides
from tests.support.house import NOW, House, ana, contract, visit, write_project

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STARTS = NOW + 48 * HOUR
NIGHT = utc(4, 2)
"""21:00 in Bogotá."""
MORNING = utc(4, 13)
"""08:00 in Bogotá."""
WITH_PLAN = REMINDER | {
    "claims": {"starts_at": "appointment.starts_at", "plan": "appointment.contract.plan"},
    "template": "plan",
}
WITH_FOLLOW_UP = REMINDER | {"follow_up": [{"when": "appointment.status == 'cancelled'", "template": "cancelled"}]}


def order(**changes: Any) -> dict[str, Any]:
    return {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW - DAY, "seller": "Marta", **changes}


def customers(number: int) -> list[dict[str, Any]]:
    """This many customers besides Ana."""
    return [ana(id=f"N-{n}", phone=f"+5730020{n:05}", email=f"n{n}@example.com") for n in range(number)]


# -- 1. A rule is a statement that is true or false at `now`, not a job ------------------------------------------------


def test_a_rule_is_true_where_its_when_holds_and_its_unless_does_not(house: House) -> None:
    in_force(house, rule(unless="appointment.contract.status in ['cancelled', 'terminated']"))
    rows = [
        visit(),
        visit(id="A-2", status="initialized"),
        visit(id="A-3", contract_id="K-2"),
    ]
    sent = play(house, contract=[contract(id="K-2", status="terminated")], appointment=rows)
    assert [one.subject for one in sent] == ["A-1"]


def test_it_is_true_from_at_until_just_before_until(house: House) -> None:
    in_force(house, rule(until="3h before appointment.starts_at", class_="safety"))  # safety speaks at any hour
    happen(house, appointment=[visit()])
    assert play(house, STARTS - 48 * HOUR - SECOND) == []
    assert [one.kind for one in play(house, STARTS - 48 * HOUR)] == ["notice"]

    happen(house, appointment=[visit(id="A-2")])
    assert [one.subject for one in play(house, STARTS - 3 * HOUR - SECOND)] == ["A-2"]
    happen(house, appointment=[visit(id="A-3")])
    assert play(house, STARTS - 3 * HOUR) == []


def test_a_null_anchor_is_not_true(house: House) -> None:
    in_force(
        house,
        rule(at="48h before appointment.ends_at", until=None, claims={"place": "appointment.place"}, template="place"),
    )
    assert play(house, appointment=[visit(place="Calle 12", ends_at=None)]) == []
    assert [one.subject for one in play(house, appointment=[visit(place="Calle 12", ends_at=STARTS)])] == ["A-1"]


def test_the_default_until_of_before_is_the_anchor(house: House) -> None:
    in_force(house, rule(until=None, class_="safety"))
    happen(house, appointment=[visit(), visit(id="A-2", starts_at=STARTS + SECOND)])
    assert [one.subject for one in play(house, STARTS)] == ["A-2"]
    assert notice(house, subject_id="A-2").until_at == STARTS + SECOND


def test_the_default_until_of_after_is_24_hours_after_at(house: House) -> None:
    in_force(house, rule(at="2h after appointment.starts_at", until=None, class_="safety"))
    happen(house, appointment=[visit(starts_at=NOW), visit(id="A-2", starts_at=NOW + SECOND)])
    assert play(house, NOW + 2 * HOUR - SECOND) == []
    assert [one.subject for one in play(house, NOW + 26 * HOUR)] == ["A-2"]
    assert notice(house, subject_id="A-2").until_at == NOW + 26 * HOUR + SECOND


def test_without_at_there_is_no_until(house: House) -> None:
    in_force(house, rule(HELD_ORDER, class_="safety"))
    play(house)
    assert [one.subject for one in play(house, NOW + 365 * DAY, order=[order()])] == ["O-1"]
    assert notice(house).until_at is None


def test_a_reminder_cannot_survive_a_cancellation(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.tick()
    assert states(house) == [("notice", "ready")]
    happen(house, appointment=[visit(status="cancelled")])
    assert house.dispatch().accepted == 0  # caught between deciding and sending
    assert play(house) == []
    assert states(house) == [("notice", "cancelled")]
    assert alerts(house) == []


def test_a_tick_missed_for_hours_sends_late_what_still_helps_and_expires_the_rest_and_its_owner_is_told(
    house: House,
) -> None:
    in_force(house, rule())
    soon, later = visit(starts_at=NOW + 52 * HOUR), visit(id="A-2", starts_at=NOW + 72 * HOUR)
    assert play(house, appointment=[soon, later]) == []
    sent = play(house, NOW + 50 * HOUR)  # 12:00 in Bogotá, two days without a tick
    assert [(one.subject, one.channels) for one in sent] == [("A-2", ("email", "sms"))]

    late = notice(house, subject_id="A-1")
    assert (late.state, late.reason, late.spent) == (
        "expired",
        "not sent before its time was over at 2026-03-05 16:00 UTC",
        True,
    )
    (alert,) = alerts(house)
    assert (alert.to, alert.rule) == ("field", "visit-reminder")
    assert late.reference in alert.texts[0]


# -- 2. Occurrence -----------------------------------------------------------------------------------------------------


def test_an_occurrence_is_rule_subject_recipient_and_anchor_to_the_minute(house: House) -> None:
    claims = {"place": "appointment.place"}
    in_force(house, rule(claims=claims, template="place"), rule(rule="other", claims=claims, template="place"))
    house.clock.at = NIGHT  # nothing goes out, so that every occurrence stays unspent
    here = visit(place="Calle 12")
    play(house, appointment=[here])
    assert {row.occurrence for row in house.notices()} == {
        "sandbox|visit-reminder|appointment:A-1||C-1|2026-03-05T15:00Z",
        "sandbox|other|appointment:A-1||C-1|2026-03-05T15:00Z",
    }
    play(house, appointment=[here | {"starts_at": STARTS + 59 * SECOND}])
    assert len(house.notices()) == 2
    play(house, appointment=[here | {"starts_at": STARTS + MINUTE}])
    assert len(house.notices()) == 4
    play(house, customer=[ana(id="C-2")], appointment=[here | {"starts_at": STARTS + MINUTE, "customer_id": "C-2"}])
    assert len(house.notices()) == 6
    assert sorted(state for _, state in states(house)) == ["cancelled"] * 4 + ["deferred"] * 2


def test_an_anchor_that_moves_by_seconds_does_not_tell_again(house: House) -> None:
    in_force(house, rule(claims={"place": "appointment.place"}, template="place"))
    assert len(play(house, appointment=[visit(place="Calle 12")])) == 1
    assert play(house, appointment=[visit(starts_at=STARTS + 59 * SECOND)]) == []
    assert len(play(house, NOW + MINUTE, appointment=[visit(starts_at=STARTS + MINUTE)])) == 1


def test_an_occurrence_is_of_the_row_of_each_too(house: House) -> None:
    in_force(
        house,
        rule(
            HELD_ORDER,
            rule="outage",
            about="incident",
            each={"contract": "incident.contracts"},
            to="contract.customer",
            when="incident.status == 'in_progress'",
            claims={"expected_end_at": "incident.expected_end_at"},
            template="outage",
        ),
    )
    play(house)
    two = [contract(zone="north"), contract(id="K-2", zone="north")]
    power_cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    sent = play(house, contract=two, incident=[power_cut | {"expected_end_at": NOW + DAY}])
    assert [one.to for one in sent] == ["C-1", "C-1"]
    assert {row.each_id for row in house.notices()} == {"K-1", "K-2"}
    assert play(house, contract=[contract(id="K-3", zone="north")])[0].to == "C-1"
    assert count(house, "notice") == 3


def test_without_at_the_anchor_is_nothing_so_a_match_is_told_once(house: House) -> None:
    in_force(house, rule(HELD_ORDER, on_change="ignore"))
    play(house)
    assert len(play(house, order=[order()])) == 1
    assert notice(house).occurrence == "sandbox|order-held|order:O-1||C-1|"
    assert play(house, order=[order(status="shipped", seller="Luis")]) == []
    assert play(house, order=[order()]) == []


def test_what_was_told_in_the_sandbox_is_told_live_once_more(house: House) -> None:
    in_force(house, rule())
    assert len(play(house, appointment=[visit()])) == 1
    assert len(play_live(house)) == 1
    assert play_live(house) == []
    assert [row.occurrence.split("|")[0] for row in house.notices()] in (["sandbox", "live"], ["live", "sandbox"])
    assert len(list((house.folder / "live").iterdir())) == 2


def test_it_is_spent_once_a_message_of_it_was_handed_over(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.tick()
    assert not notice(house).spent
    house.dispatch()
    assert (notice(house).state, notice(house).spent) == ("told", True)
    play(house, appointment=[visit(status="cancelled")])
    assert play(house, appointment=[visit()]) == []


def test_it_is_spent_once_it_expired(house: House) -> None:
    in_force(house, rule(until="1h before appointment.contract.ends_at"))
    happen(house, contract=[contract(ends_at=NOW + 9 * HOUR)], appointment=[visit()])
    play(house, NOW - HOUR)
    assert play(house, NOW + 8 * HOUR) == []
    assert (notice(house).state, notice(house).spent) == ("expired", True)
    assert play(house, contract=[contract(ends_at=NOW + 40 * HOUR)]) == []
    assert states(house) == [("notice", "expired")]


def test_it_is_spent_once_a_person_cancelled_it(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.tick()
    a_person_decides(house.database, Cancel(notice(house).reference), reason="told at the shop", now=house.clock())
    assert play(house) == []
    play(house, appointment=[visit(status="cancelled")])
    assert play(house, appointment=[visit()]) == []
    assert notice(house).reason == "cancelled by marta: told at the shop"


def test_unspent_the_same_row_is_planned_again_whenever_the_rule_is_true_again(house: House) -> None:
    in_force(house, rule())
    happen(house, appointment=[visit()])
    house.tick()
    happen(house, appointment=[visit(status="cancelled")])
    house.tick()
    assert states(house) == [("notice", "cancelled")]
    assert len(play(house, NOW + HOUR, appointment=[visit()])) == 1
    assert states(house) == [("notice", "told")]


# -- 3. Correction -----------------------------------------------------------------------------------------------------


def test_a_changed_claim_is_corrected_exactly_once_and_at_once(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    # Nobody wrote to the appointment: the row read by the notice is its contract.
    (correction,) = play(house, NOW + HOUR, contract=[contract(plan="Fibra 900")])
    assert (correction.kind, correction.channels) == ("correction", ("email", "sms"))
    assert all("Fibra 900" in text for text in correction.texts)
    assert play(house) == []
    assert play(house, NOW + 2 * HOUR) == []
    assert states(house) == [("notice", "told"), ("correction", "told")]


def test_a_further_change_is_corrected_against_what_was_told_last(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(house, NOW + HOUR, contract=[contract(plan="Fibra 900")])
    (back,) = play(house, NOW + 2 * HOUR, contract=[contract(plan="Fibra 400")])
    assert back.kind == "correction"
    (again,) = play(house, NOW + 3 * HOUR, contract=[contract(plan="Fibra 900")])
    assert again.kind == "correction"


def test_a_correction_goes_whatever_at_and_until_say(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    (early,) = play(house, NOW + HOUR, appointment=[visit(starts_at=STARTS + 20 * DAY)])  # long before its `at`
    assert early.kind == "correction"
    after_until = STARTS + 20 * DAY - HOUR
    (late,) = play(house, after_until, appointment=[visit(starts_at=STARTS + 20 * DAY + HOUR)])
    assert late.kind == "correction"


def test_nothing_is_corrected_where_the_condition_no_longer_holds(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    assert play(house, NOW + HOUR, appointment=[visit(starts_at=STARTS + HOUR, status="cancelled")]) == []


def test_nothing_is_corrected_where_no_claim_changed(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    assert play(house, NOW + HOUR, appointment=[visit(place="Calle 99", status="confirmed")]) == []


def test_a_correction_goes_on_the_channels_told_before(house: House) -> None:
    in_force(house, rule())
    (told,) = play(house, customer=[ana(phone=None)], appointment=[visit()])
    assert told.channels == ("email",)
    (correction,) = play(house, NOW + HOUR, customer=[ana()], appointment=[visit(starts_at=STARTS + 5 * DAY)])
    assert (correction.kind, correction.channels) == ("correction", ("email",))


def test_a_correction_is_subject_to_quiet_hours(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    assert play(house, NIGHT, appointment=[visit(starts_at=STARTS + 5 * DAY)]) == []
    assert states(house) == [("notice", "told"), ("correction", "deferred")]
    assert [one.kind for one in play(house, MORNING)] == ["correction"]


def test_a_correction_is_subject_to_holds(house: House) -> None:
    in_force(house, rule(), checks=[PRICE])
    play(house, appointment=[visit()])
    assert play(house, NOW + HOUR, **too_dear(), appointment=[visit(starts_at=STARTS + 5 * DAY)]) == []
    assert states(house) == [("notice", "told"), ("correction", "held")]
    assert [one.kind for one in play(house, NOW + 2 * HOUR, charge=[charge(amount=79900)])] == ["correction"]


@pytest.mark.parametrize(("moved", "useful_until"), [(-20 * HOUR, STARTS), (20 * HOUR, STARTS + 20 * HOUR)])
def test_a_correction_is_useful_until_the_later_of_old_and_new_anchor(
    house: House, moved: timedelta, useful_until: Any
) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    play(house, NIGHT, appointment=[visit(starts_at=STARTS + moved)])
    assert notice(house, kind="correction").until_at == useful_until


def test_what_nobody_can_be_corrected_about_in_time_goes_to_the_owner(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    assert play(house, STARTS + HOUR, appointment=[visit(starts_at=STARTS - HOUR)]) == []
    assert states(house) == [("notice", "told"), ("notice", "expired")]
    assert [one.to for one in alerts(house)] == ["field"]


def test_where_the_new_occurrence_is_due_in_that_same_tick_the_correction_spends_it(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    sent = play(house, NOW + HOUR, appointment=[visit(starts_at=STARTS - 5 * HOUR)])
    assert [one.kind for one in sent] == ["correction"]
    assert play(house, NOW + 3 * HOUR) == []
    spent = notice(house, kind="notice", state="cancelled")
    assert (spent.spent, spent.reason) == (True, "a correction of what was told says it")


def test_a_correction_that_is_cancelled_unsent_does_not_take_the_reminder_with_it(house: House) -> None:
    in_force(house, rule(WITH_PLAN, at=["48h before appointment.starts_at", "37h before appointment.starts_at"]))
    house.set(contract=[contract(plan="Fibra 400")])
    assert [one.kind for one in play(house, appointment=[visit()])] == ["notice"]
    night = STARTS - 37 * HOUR
    assert play(house, night, contract=[contract(plan="Fibra 900")]) == []
    assert play(house, night + HOUR, contract=[contract(plan="Fibra 400")]) == []
    (reminder,) = play(house, night + 11 * HOUR)
    assert reminder.kind == "notice"
    assert all("Fibra 400" in text for text in reminder.texts)


def test_else_the_reminder_still_comes_at_its_time(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    moved = STARTS + 5 * DAY
    assert [one.kind for one in play(house, NOW + HOUR, appointment=[visit(starts_at=moved)])] == ["correction"]
    assert play(house, moved - 48 * HOUR - SECOND) == []
    assert [one.kind for one in play(house, moved - 48 * HOUR)] == ["notice"]


def test_unsent_messages_are_replaced_never_corrected(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    happen(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    house.tick()
    (told,) = play(house, contract=[contract(plan="Fibra 900")])
    assert told.kind == "notice"
    assert all("Fibra 900" in text for text in told.texts)
    assert states(house) == [("notice", "told")]
    assert sorted(row.state for row in house.messages()) == ["accepted", "accepted", "cancelled", "cancelled"]


def test_an_unsent_correction_is_replaced_by_the_next_change(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(house, NIGHT, contract=[contract(plan="Fibra 900")])
    play(house, NIGHT + HOUR, contract=[contract(plan="Fibra 500")])
    (correction,) = play(house, MORNING)
    assert (correction.kind, "Fibra 500" in correction.texts[0]) == ("correction", True)
    assert states(house) == [("notice", "told"), ("correction", "cancelled"), ("correction", "told")]


def test_a_change_back_cancels_an_unsent_correction(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(house, NIGHT, contract=[contract(plan="Fibra 900")])
    play(house, NIGHT + HOUR, contract=[contract(plan="Fibra 400")])
    assert play(house, MORNING) == []
    cancelled = notice(house, kind="correction")
    assert (cancelled.state, cancelled.reason) == ("cancelled", "the facts are again as the customer was told")


def test_after_a_change_back_the_same_change_is_corrected_again(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(house, NIGHT, contract=[contract(plan="Fibra 900")])
    play(house, NIGHT + HOUR, contract=[contract(plan="Fibra 400")])
    play(house, NIGHT + 2 * HOUR, contract=[contract(plan="Fibra 900")])
    assert [one.kind for one in play(house, MORNING)] == ["correction"]


def test_a_change_back_between_deciding_and_sending_sends_no_correction(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    house.clock.forward(hours=1)
    happen(house, contract=[contract(plan="Fibra 900")])
    house.tick()
    assert states(house)[1] == ("correction", "ready")
    happen(house, contract=[contract(plan="Fibra 400")])
    assert house.dispatch().accepted == 0
    assert play(house) == []


def test_the_second_channel_of_a_correction_goes_only_while_it_is_true(house: House) -> None:
    in_force(house, rule(WITH_PLAN))
    rows = [visit(id=f"A-{n}", customer_id=f"N-{n}", contract_id=f"K-{n}") for n in range(3)]
    plans = ["K-0", "K-1", "K-2"]
    happen(house, customer=customers(3), contract=[contract(id=name, plan="Fibra 400") for name in plans])
    play(house, appointment=rows)
    busy(house, calls=3)
    sent = play(house, NOW + HOUR, contract=[contract(id=name, plan="Fibra 900") for name in plans])
    assert [(one.kind, one.channels) for one in sent] == [("correction", ("email",))] * 3
    happen(house, contract=[contract(id="K-1", plan="Fibra 500")], appointment=[rows[2] | {"status": "cancelled"}])
    house.clock.forward(minutes=2)
    house.dispatch()
    assert [message.address for message in retried(house)] == ["+573002000000"]


def test_the_second_channel_of_a_follow_up_goes_only_while_it_is_true(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    rows = [visit(), visit(id="A-2", customer_id="N-0")]
    play(house, customer=customers(1), appointment=rows)
    busy(house, calls=2)
    sent = play(house, NOW + HOUR, appointment=[row | {"status": "cancelled"} for row in rows])
    assert [(one.kind, one.channels) for one in sent] == [("follow_up", ("email",))] * 2
    happen(house, appointment=[rows[1]])
    house.clock.forward(minutes=2)
    house.dispatch()
    assert [message.address for message in retried(house)] == ["+573001234567"]


EDITS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "another expression for a claim": (
        {"claims": {"starts_at": "appointment.ends_at", "plan": "appointment.contract.plan"}},
        {},
    ),
    "another claim": ({"claims": {"starts_at": "appointment.starts_at"}, "template": "visit"}, {}),
    "another moment": ({"at": "24h before appointment.starts_at"}, {}),
    "another condition": ({"when": "appointment.status in ['confirmed', 'initialized']"}, {}),
    "another template": ({}, template("plan", "plan", "starts_at")),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_of_rules_or_templates_never_correct(house: House, edit: str) -> None:
    in_force(house, rule(WITH_PLAN))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit(ends_at=STARTS + HOUR)])
    changes, files = EDITS[edit]
    in_force(house, rule(WITH_PLAN, **changes), files=files)
    assert play(house, NOW + HOUR) == []
    assert play(house, STARTS - 24 * HOUR) == []
    assert states(house) == [("notice", "told")]


def test_a_rule_may_ignore_changes(house: House) -> None:
    in_force(house, rule(WITH_PLAN, on_change="ignore"))
    play(house, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    assert play(house, NOW + HOUR, contract=[contract(plan="Fibra 900")]) == []


def test_a_rule_without_at_corrects_what_it_told(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    play(house)
    play(house, order=[order()])
    (correction,) = play(house, NOW + HOUR, order=[order(seller="Luis")])
    assert (correction.kind, "Luis" in correction.texts[0]) == ("correction", True)


# -- 4. Follow-up ------------------------------------------------------------------------------------------------------


def test_a_follow_up_goes_once_to_those_told_on_the_channels_told(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    one, two, untold = visit(), visit(id="A-2", customer_id="C-2"), visit(id="A-3", starts_at=STARTS + DAY)
    play(house, customer=[ana(id="C-2", phone=None)], appointment=[one, two, untold])
    off = [row | {"status": "cancelled"} for row in (one, two, untold)]
    sent = play(house, NOW + HOUR, customer=[ana(id="C-2")], appointment=off)
    assert [(each.kind, each.to, each.channels) for each in sent] == [
        ("follow_up", "C-1", ("email", "sms")),
        ("follow_up", "C-2", ("email",)),
    ]
    assert play(house, NOW + 2 * HOUR) == []
    play(house, NOW + 3 * HOUR, appointment=[one])
    assert play(house, NOW + 4 * HOUR, appointment=[one | {"status": "cancelled"}]) == []


def test_without_a_follow_up_a_rule_that_turns_false_is_silent(house: House) -> None:
    in_force(house, rule())
    play(house, appointment=[visit()])
    assert play(house, NOW + HOUR, appointment=[visit(status="cancelled")]) == []
    assert states(house) == [("notice", "told")]


def test_nobody_is_followed_up_who_was_not_told(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    play(house, NIGHT, appointment=[visit()])
    assert states(house) == [("notice", "deferred")]
    assert play(house, NIGHT + HOUR, appointment=[visit(status="cancelled")]) == []
    assert play(house, MORNING) == []
    assert states(house) == [("notice", "cancelled")]


def test_a_follow_up_is_subject_to_quiet_hours_and_withdrawn_when_it_turns_false(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    play(house, appointment=[visit()])
    assert play(house, NIGHT, appointment=[visit(status="cancelled")]) == []
    assert states(house) == [("notice", "told"), ("follow_up", "deferred")]
    assert play(house, NIGHT + HOUR, appointment=[visit()]) == []
    assert play(house, MORNING) == []
    assert states(house) == [("notice", "told"), ("follow_up", "cancelled")]


def test_who_was_corrected_is_followed_up_once(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    play(house, appointment=[visit()])
    moved = STARTS + 5 * DAY
    play(house, NOW + HOUR, appointment=[visit(starts_at=moved)])
    (follow_up,) = play(house, NOW + 2 * HOUR, appointment=[visit(starts_at=moved, status="cancelled")])
    assert follow_up.kind == "follow_up"
    assert "March 10" in follow_up.texts[0]


# -- 5. Starting a rule ------------------------------------------------------------------------------------------------


def test_what_is_true_at_the_first_pass_of_a_rule_without_at_is_recorded_counted_and_not_told(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    assert play(house, order=[order(), order(id="O-2")]) == []
    assert count(house, "backlog") == 2
    assert states(house) == []
    assert play(house, NOW + HOUR, order=[order(seller="Luis")]) == []
    assert [one.subject for one in play(house, order=[order(id="O-3")])] == ["O-3"]


def test_what_turns_true_again_after_the_first_pass_is_told(house: House) -> None:
    in_force(house, rule(HELD_ORDER))
    play(house, order=[order()])
    play(house, NOW + HOUR, order=[order(status="in_progress")])
    assert count(house, "backlog") == 0
    assert len(play(house, NOW + 2 * HOUR, order=[order()])) == 1


def test_backlog_tell_tells_what_was_true_before(house: House) -> None:
    in_force(house, rule(HELD_ORDER, backlog="tell"))
    assert len(play(house, order=[order()])) == 1
    assert count(house, "backlog") == 0


def test_a_rule_with_at_tells_what_lies_in_its_window_at_its_first_pass(house: House) -> None:
    in_force(house, rule())
    inside, over, ahead = visit(), visit(id="A-2", starts_at=NOW + HOUR), visit(id="A-3", starts_at=STARTS + HOUR)
    assert [one.subject for one in play(house, appointment=[inside, over, ahead])] == ["A-1"]
    assert alerts(house) == []  # what was over before the rule was in force was not missed by it


def test_a_rule_added_later_starts_from_its_own_first_pass(house: House) -> None:
    in_force(house, rule())
    play(house, order=[order()])
    in_force(house, rule(), rule(HELD_ORDER))
    assert play(house, NOW + HOUR) == []
    assert count(house, "backlog") == 1


def test_a_baseline_tells_nobody_by_rules_without_and_with_at(house: House) -> None:
    in_force(house, rule(), rule(HELD_ORDER))
    play(house)
    load_baseline(house, appointment=[visit()], order=[order()])
    assert play(house) == []
    assert play(house, NOW + HOUR, appointment=[visit(place="Calle 1")], order=[order(total=10, currency="COP")]) == []
    assert count(house, "backlog") == 1


def test_a_baseline_corrects_nothing_and_follows_nothing_up(house: House) -> None:
    in_force(house, rule(WITH_FOLLOW_UP))
    play(house, appointment=[visit(), visit(id="A-2")])
    moved, off = visit(starts_at=STARTS + 5 * DAY), visit(id="A-2", status="cancelled")
    house.clock.at = NOW + HOUR
    load_baseline(house, appointment=[moved, off])
    assert play(house) == []
    assert play(house, NOW + 2 * HOUR) == []


# -- 6. `now` in a condition -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"when": "appointment.starts_at.getHours('UTC') == now.getHours('UTC')"},
            "'now' may stand only in a comparison",
        ),
        ({"when": "now"}, "'now' may stand only in a comparison"),
        (
            {"when": "appointment.starts_at + (now - appointment.ends_at) > appointment.starts_at"},
            "'now' may stand only in a comparison",
        ),
        (
            {"claims": {"starts_at": "now"}},
            "'now' cannot stand in a value: what is told must not change with the clock",
        ),
    ],
)
def test_now_outside_of_a_comparison_with_one_instant_is_a_load_error(
    house: House, changes: dict[str, Any], said: str
) -> None:
    write_project(house.folder, {"rules/visits.yaml": json.dumps({"rules": [rule(**changes)]})})
    project = load_project(house.folder)
    assert [problem.severity for problem in project.problems] == ["error"]
    assert said in str(project.problems[0])
    assert project.rules == {}


@pytest.mark.parametrize(
    "condition",
    [
        "order.placed_at < now - 48h",
        "now - order.placed_at > 48h",
        "order.placed_at + duration('48h') < now",
        "not (order.placed_at >= now - 2d)",
    ],
)
def test_a_comparison_with_now_flips_at_a_known_instant_without_any_change(house: House, condition: str) -> None:
    in_force(house, rule(HELD_ORDER, when=condition))
    flips = NOW + 24 * HOUR
    assert play(house, order=[order()]) == []
    assert play(house, flips) == []  # `<` is not yet true at the very instant
    assert [one.subject for one in play(house, flips + timedelta(microseconds=1))] == ["O-1"]


def test_a_comparison_with_now_flips_inside_exists_and_filter_too(house: House) -> None:
    calls = "order.customer.contacts.filter(c, c.direction == 'inbound' and c.at > now - 24h).size() > 0"
    silent = "not order.customer.contacts.exists(c, c.at > now - 12h)"
    in_force(
        house, rule(HELD_ORDER, rule="called", when=silent), rule(HELD_ORDER, rule="recent", when=f"not ({calls})")
    )
    call = {"id": "T-1", "customer_id": "C-1", "at": NOW, "channel": "phone", "direction": "inbound"}
    assert play(house, contact=[call], order=[order()]) == []
    assert [one.rule for one in play(house, NOW + 12 * HOUR, order=[order(id="O-9", placed_at=NOW)])] == []
    house.clock.at = MORNING + DAY
    assert sorted({one.rule for one in play(house)}) == ["called", "recent"]


# -- 7. Evaluation is incremental and exact ----------------------------------------------------------------------------


def test_a_row_that_a_path_reached_by_its_old_key_is_looked_at_again(house: House) -> None:
    condition = "contract.charges.exists(c, c.kind == 'installation')"
    in_force(house, rule(HELD_ORDER, about="contract", when=f"not {condition}", claims={"seller": "contract.id"}))
    fee = {"id": "X-1", "customer_id": "C-1", "kind": "installation", "amount": 5, "currency": "COP"}
    two = [contract(), contract(id="K-2")]
    assert (
        play(house, contract=two, charge=[fee | {"contract_id": "K-1"}, fee | {"id": "X-2", "contract_id": "K-2"}])
        == []
    )
    sent = play(house, charge=[fee | {"contract_id": "K-2"}])
    assert [one.subject for one in sent] == ["K-1"]
    house.clock.forward(minutes=1)
    remove(house, charge=["X-1", "X-2"])
    assert [one.subject for one in play(house)] == ["K-2"]


def test_a_row_that_a_path_reaches_by_its_new_key_is_looked_at(house: House) -> None:
    in_force(
        house,
        rule(
            HELD_ORDER,
            about="incident",
            to="incident.contracts.customer",
            when="incident.status == 'in_progress'",
            claims={"expected_end_at": "incident.expected_end_at"},
            template="outage",
        ),
    )
    power_cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    play(house, incident=[power_cut | {"expected_end_at": NOW + DAY}])
    assert [one.to for one in play(house, contract=[contract(zone="north")])] == ["C-1"]


def test_a_new_rule_digest_means_one_full_pass(house: House) -> None:
    in_force(house, rule())
    assert play(house, appointment=[visit(status="initialized")]) == []
    in_force(house, rule(when="appointment.status in ['initialized', 'confirmed']"))
    assert len(play(house)) == 1


def test_a_failed_evaluation_means_one_full_pass(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(house, rule())
    play(house)
    happen(house, appointment=[visit()])
    query = house.ruleset.rule_queries["visit-reminder"]
    with monkeypatch.context() as broken:
        broken.setattr(query, "matching", lambda: sa.select(sa.literal_column("no_such_column")))
        report = house.tick()
    assert [failure.name for failure in report.failures] == ["visit-reminder"]
    with house.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM change"))  # only a full pass can find it now
    assert len(play(house)) == 1


# -- 8. Limits ---------------------------------------------------------------------------------------------------------


def visits_to(number: int, of: str = "A") -> list[dict[str, Any]]:
    return [visit(id=f"{of}-{n}", customer_id=f"N-{n}") for n in range(number)]


def test_past_the_limit_the_whole_batch_is_held_for_approval(house: House) -> None:
    in_force(house, rule(limits={"recipients": 3}))
    assert play(house, customer=customers(4), appointment=visits_to(4)) == []
    assert {(row.state, row.reason) for row in house.notices() if row.kind != "alert"} == {
        ("held", "4 recipients in 24 h are more than the rule's limit of 3; a person must approve")
    }
    (alert,) = alerts(house)
    assert alert.to == "field"
    a_person_decides(
        house.database, ApproveAll("visit-reminder", live=False), reason="there are that many", now=house.clock()
    )
    assert len(play(house, NOW + HOUR)) == 4


def test_at_the_limit_nothing_is_held(house: House) -> None:
    in_force(house, rule(limits={"recipients": 3}))
    assert len(play(house, customer=customers(3), appointment=visits_to(3))) == 3


def test_limits_count_distinct_recipients(house: House) -> None:
    in_force(house, rule(limits={"recipients": 1}))
    assert len(play(house, customer=customers(1), appointment=[*visits_to(1), *visits_to(1, of="B")])) == 2


def test_limits_count_the_last_24_hours(house: House) -> None:
    in_force(house, rule(limits={"recipients": 2}))
    people_ = customers(5)
    late = [visit(id=f"B-{n}", customer_id=f"N-{n}", starts_at=STARTS + 2 * DAY) for n in (2, 3, 4)]
    assert len(play(house, customer=people_, appointment=visits_to(2))) == 2
    assert play(house, NOW + 23 * HOUR + 59 * MINUTE, appointment=[visit(id="A-9", customer_id="N-2")]) == []
    assert notice(house, subject_id="A-9").state == "held"
    assert play(house, NOW + 2 * DAY, appointment=late) == []  # A-9 still waits, and counts, so it is three and more


def test_after_24_hours_the_count_starts_again(house: House) -> None:
    in_force(house, rule(limits={"recipients": 2}))
    assert len(play(house, customer=customers(4), appointment=visits_to(2))) == 2
    later = [visit(id=f"B-{n}", customer_id=f"N-{n}") for n in (2, 3)]
    assert len(play(house, NOW + 24 * HOUR, appointment=later)) == 2


def test_limits_are_counted_before_anything_of_the_tick_is_planned(house: House) -> None:
    many = 3 * LOOKED_AT_ONCE
    in_force(house, rule(limits={"recipients": many - 1}))
    house.tick()
    happen(house, customer=customers(many), appointment=visits_to(many))
    with read_only(house.database) as connection:  # however small its batches are
        batches = draft(house.ruleset, Reader(connection, live=False), house.clock(), DraftOptions(batch_size=1))
        drafts = [one for batch in batches for one in batch.drafts if one.kind.value == "notice"]
    assert [one.verdict.state.value for one in drafts] == ["held"] * many


@pytest.mark.parametrize("first_pass", [True, False])
def test_a_pass_says_the_same_in_batches_of_any_size(house: House, first_pass: bool) -> None:
    many = 3 * LOOKED_AT_ONCE
    in_force(house, rule(HELD_ORDER))
    if not first_pass:
        house.tick()
    happen(house, order=[order(id=f"O-{number}") for number in range(many)])
    said: dict[int, list[Any]] = {}
    for size in (1, 4, 500):
        with read_only(house.database) as connection:
            reader = Reader(connection, live=False)
            batches = list(draft(house.ruleset, reader, house.clock(), DraftOptions(batch_size=size)))
        assert max(len(batch.drafts) + len(batch.backlog_added) for batch in batches) == min(size, many)
        assert [batch.first for batch in batches if not batch.is_watermark] == list(range(0, many, size))
        said[size] = [
            [(each.occurrence, each.content_digest) for batch in batches for each in batch.drafts],
            [each for batch in batches for each in batch.backlog_added],
        ]
    assert said[1] == said[4] == said[500]
    assert [len(each) for each in said[500]] == ([0, many] if first_pass else [many, 0])


@pytest.mark.parametrize(("reached", "state"), [(50, "ready"), (51, "held")])
def test_share_applies_above_50_recipients(house: House, reached: int, state: str) -> None:
    in_force(house, rule(limits={"share": "10%"}, channels=["sms"]))
    happen(house, customer=customers(99), appointment=visits_to(reached))
    house.tick()
    assert states(house) == [("notice", state)] * reached
    held = "51 recipients in 24 h are more than 10 % of 100 customers; a person must approve"
    assert {row.reason == held for row in house.notices() if row.kind != "alert"} == {state == "held"}


@pytest.mark.parametrize(("reached", "state"), [(500, "ready"), (501, "held")])
def test_the_default_where_to_crosses_to_many_is_500(house: House, reached: int, state: str) -> None:
    in_force(
        house,
        rule(
            HELD_ORDER,
            about="site",
            to="site.customers",
            when="site.daily_capacity == 0",
            claims={"seller": "site.name"},
            channels=["sms"],
        ),
    )
    shop = {"id": "S-1", "name": "Tienda", "timezone": "America/Bogota", "country": "CO", "opening_hours": "24/7"}
    everybody = [row | {"site_id": "S-1"} for row in customers(reached)]
    play(house, site=[shop | {"daily_capacity": 1}], customer=everybody)
    happen(house, site=[shop | {"daily_capacity": 0}])
    house.tick()
    assert states(house) == [("notice", state)] * reached


def test_a_rule_to_one_recipient_has_no_default_limit(house: House) -> None:
    in_force(house, rule(channels=["sms"]))
    happen(house, customer=customers(501), appointment=visits_to(501))
    house.tick()
    assert states(house) == [("notice", "ready")] * 501


def approved(house: House) -> None:
    """Two reminders wait for approval, and a person approves them."""
    in_force(house, rule(WITH_PLAN, limits={"recipients": 1}))
    play(
        house,
        customer=customers(2),
        contract=[contract(plan="Fibra 400"), contract(id="K-2", plan="Fibra 400")],
        appointment=[visit(customer_id="N-0"), visit(id="A-2", customer_id="N-1", contract_id="K-2")],
    )
    a_person_decides(house.database, ApproveAll("visit-reminder", live=False), reason="right", now=house.clock())


def test_an_approval_binds_to_the_claims(house: House) -> None:
    approved(house)
    sent = play(house, contract=[contract(plan="Fibra 900")])
    assert [one.subject for one in sent] == ["A-2"]
    assert notice(house, subject_id="A-1").state == "held"


def test_an_approval_binds_to_the_claims_up_to_the_moment_of_sending(house: House) -> None:
    approved(house)
    house.tick()
    assert states(house) == [("notice", "ready")] * 2
    sent = play(house, contract=[contract(plan="Fibra 900")])
    assert [one.subject for one in sent] == ["A-2"]
    assert notice(house, subject_id="A-1").state == "held"


def test_an_approval_binds_to_the_rule_digest(house: House) -> None:
    approved(house)
    in_force(house, rule(WITH_PLAN, limits={"recipients": 1}), files=template("plan", "plan", "starts_at"))
    assert play(house) == []
    assert states(house) == [("notice", "held")] * 2


# -- Several moments (decision 0003) and `repeat` ----------------------------------------------------------------------

TWICE = REMINDER | {"at": ["48h before appointment.starts_at", "6h before appointment.starts_at"]}


def test_each_moment_of_a_rule_speaks_once(house: House) -> None:
    in_force(house, rule(TWICE))
    assert len(play(house, appointment=[visit(starts_at=STARTS + 5 * HOUR)])) == 0
    assert len(play(house, NOW + 5 * HOUR)) == 1
    assert play(house, NOW + 30 * HOUR) == []
    assert len(play(house, STARTS - HOUR)) == 1
    assert play(house, STARTS + HOUR) == []


def test_after_a_pause_the_latest_moment_speaks_and_the_earlier_one_expires_visibly(house: House) -> None:
    in_force(house, rule(TWICE))
    starts = STARTS + 5 * HOUR  # at 15:00 in Bogotá
    play(house, appointment=[visit(starts_at=starts)])
    assert len(play(house, starts - 4 * HOUR)) == 1
    assert sorted(state for _, state in states(house)) == ["expired", "told"]
    (alert,) = alerts(house)
    assert notice(house, state="expired").reference in alert.texts[0]


def test_a_rule_that_gains_a_second_moment_does_not_tell_the_first_again(house: House) -> None:
    in_force(house, rule())
    afternoon = STARTS + 5 * HOUR
    assert len(play(house, NOW + 5 * HOUR, appointment=[visit(starts_at=afternoon)])) == 1
    in_force(house, rule(TWICE))
    assert play(house, NOW + 6 * HOUR) == []
    assert len(play(house, afternoon - 6 * HOUR)) == 1


def test_repeat_lets_a_rule_speak_again_while_it_stays_true_at_the_earliest_that_long_after_the_last_time(
    house: House,
) -> None:
    in_force(house, rule(HELD_ORDER, repeat="24h"))
    play(house)
    assert len(play(house, order=[order()])) == 1
    assert play(house, NOW + DAY - SECOND) == []
    assert [one.kind for one in play(house, NOW + DAY)] == ["notice"]
    assert play(house, NOW + DAY + HOUR) == []
    assert play(house, NOW + 2 * DAY + HOUR, order=[order(status="shipped")]) == []


def test_repeat_counts_from_the_last_time_whatever_the_ticks_did(house: House) -> None:
    in_force(house, rule(HELD_ORDER, repeat="24h"))
    play(house)
    play(house, order=[order()])
    assert len(play(house, NOW + 30 * HOUR)) == 1
    assert play(house, NOW + 48 * HOUR) == []
    assert len(play(house, NOW + 54 * HOUR)) == 1


def test_the_second_channel_of_a_repeating_rule_goes_after_its_retry(house: House) -> None:
    in_force(house, rule(HELD_ORDER, repeat="24h"))
    play(house)
    busy(house)
    assert [one.channels for one in play(house, order=[order()])] == [("email",)]
    assert [one.channels for one in play(house, NOW + 2 * MINUTE)] == [("sms",)]
