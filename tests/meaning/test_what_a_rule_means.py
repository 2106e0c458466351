"""Every sentence of "What a rule means", played through the real runtime; the numbers are those of the design."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.notices import ApproveAll, Cancel
from notifier.drafting.rule_pass import EVALUATED_TOGETHER
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
    contradictions,
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
from tests.support.rig import NOW, Rig, ana, contract, visit, write_project

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


def test_a_rule_is_true_where_its_when_holds_and_its_unless_does_not(rig: Rig) -> None:
    in_force(rig, rule(unless="appointment.contract.status in ['cancelled', 'terminated']"))
    rows = [
        visit(),
        visit(id="A-2", status="initialized"),
        visit(id="A-3", contract_id="K-2"),
    ]
    sent = play(rig, contract=[contract(id="K-2", status="terminated")], appointment=rows)
    assert [one.subject for one in sent] == ["A-1"]


def test_it_is_true_from_at_until_just_before_until(rig: Rig) -> None:
    in_force(rig, rule(until="3h before appointment.starts_at", class_="safety"))  # safety speaks at any hour
    happen(rig, appointment=[visit()])
    assert play(rig, STARTS - 48 * HOUR - SECOND) == []
    assert [one.kind for one in play(rig, STARTS - 48 * HOUR)] == ["notice"]

    happen(rig, appointment=[visit(id="A-2")])
    assert [one.subject for one in play(rig, STARTS - 3 * HOUR - SECOND)] == ["A-2"]
    happen(rig, appointment=[visit(id="A-3")])
    assert play(rig, STARTS - 3 * HOUR) == []


def test_a_null_anchor_is_not_true(rig: Rig) -> None:
    in_force(
        rig,
        rule(at="48h before appointment.ends_at", until=None, claims={"place": "appointment.place"}, template="place"),
    )
    assert play(rig, appointment=[visit(place="Calle 12", ends_at=None)]) == []
    assert [one.subject for one in play(rig, appointment=[visit(place="Calle 12", ends_at=STARTS)])] == ["A-1"]


def test_the_default_until_of_before_is_the_anchor(rig: Rig) -> None:
    in_force(rig, rule(until=None, class_="safety"))
    happen(rig, appointment=[visit(), visit(id="A-2", starts_at=STARTS + SECOND)])
    assert [one.subject for one in play(rig, STARTS)] == ["A-2"]
    assert notice(rig, subject_id="A-2").until_at == STARTS + SECOND


def test_the_default_until_of_after_is_24_hours_after_at(rig: Rig) -> None:
    in_force(rig, rule(at="2h after appointment.starts_at", until=None, class_="safety"))
    happen(rig, appointment=[visit(starts_at=NOW), visit(id="A-2", starts_at=NOW + SECOND)])
    assert play(rig, NOW + 2 * HOUR - SECOND) == []
    assert [one.subject for one in play(rig, NOW + 26 * HOUR)] == ["A-2"]
    assert notice(rig, subject_id="A-2").until_at == NOW + 26 * HOUR + SECOND


def test_without_at_there_is_no_until(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, class_="safety"))
    play(rig)
    assert [one.subject for one in play(rig, NOW + 365 * DAY, order=[order()])] == ["O-1"]
    assert notice(rig).until_at is None


def test_a_reminder_cannot_survive_a_cancellation(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.tick()
    assert states(rig) == [("notice", "ready")]
    happen(rig, appointment=[visit(status="cancelled")])
    assert rig.dispatch().accepted == 0  # caught between deciding and sending
    assert play(rig) == []
    assert states(rig) == [("notice", "cancelled")]
    assert alerts(rig) == []


def test_a_tick_missed_for_hours_sends_late_what_still_helps_and_expires_the_rest_and_its_owner_is_told(
    rig: Rig,
) -> None:
    in_force(rig, rule())
    soon, later = visit(starts_at=NOW + 52 * HOUR), visit(id="A-2", starts_at=NOW + 72 * HOUR)
    assert play(rig, appointment=[soon, later]) == []
    sent = play(rig, NOW + 50 * HOUR)  # 12:00 in Bogotá, two days without a tick
    assert [(one.subject, one.channels) for one in sent] == [("A-2", ("email", "sms"))]

    late = notice(rig, subject_id="A-1")
    assert (late.state, late.reason, late.spent) == (
        "expired",
        "not sent before its time was over at 2026-03-05 16:00 UTC",
        True,
    )
    (alert,) = alerts(rig)
    assert (alert.to, alert.rule) == ("field", "visit-reminder")
    assert late.reference in alert.texts[0]


# -- 2. Occurrence -----------------------------------------------------------------------------------------------------


def test_an_occurrence_is_rule_subject_recipient_and_anchor_to_the_minute(rig: Rig) -> None:
    claims = {"place": "appointment.place"}
    in_force(rig, rule(claims=claims, template="place"), rule(rule="other", claims=claims, template="place"))
    rig.clock.at = NIGHT  # nothing goes out, so that every occurrence stays unspent
    here = visit(place="Calle 12")
    play(rig, appointment=[here])
    assert {row.occurrence for row in rig.notices()} == {
        "sandbox|visit-reminder|appointment:A-1||C-1|2026-03-05T15:00Z",
        "sandbox|other|appointment:A-1||C-1|2026-03-05T15:00Z",
    }
    play(rig, appointment=[here | {"starts_at": STARTS + 59 * SECOND}])
    assert len(rig.notices()) == 2
    play(rig, appointment=[here | {"starts_at": STARTS + MINUTE}])
    assert len(rig.notices()) == 4
    play(rig, customer=[ana(id="C-2")], appointment=[here | {"starts_at": STARTS + MINUTE, "customer_id": "C-2"}])
    assert len(rig.notices()) == 6
    assert sorted(state for _, state in states(rig)) == ["cancelled"] * 4 + ["deferred"] * 2


def test_an_anchor_that_moves_by_seconds_does_not_tell_again(rig: Rig) -> None:
    in_force(rig, rule(claims={"place": "appointment.place"}, template="place"))
    assert len(play(rig, appointment=[visit(place="Calle 12")])) == 1
    assert play(rig, appointment=[visit(starts_at=STARTS + 59 * SECOND)]) == []
    assert len(play(rig, NOW + MINUTE, appointment=[visit(starts_at=STARTS + MINUTE)])) == 1


def test_an_occurrence_is_of_the_row_of_each_too(rig: Rig) -> None:
    in_force(
        rig,
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
    play(rig)
    two = [contract(zone="north"), contract(id="K-2", zone="north")]
    power_cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    sent = play(rig, contract=two, incident=[power_cut | {"expected_end_at": NOW + DAY}])
    assert [one.to for one in sent] == ["C-1", "C-1"]
    assert {row.each_id for row in rig.notices()} == {"K-1", "K-2"}
    assert play(rig, contract=[contract(id="K-3", zone="north")])[0].to == "C-1"
    assert count(rig, "notice") == 3


def test_without_at_the_anchor_is_nothing_so_a_match_is_told_once(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, on_change="ignore"))
    play(rig)
    assert len(play(rig, order=[order()])) == 1
    assert notice(rig).occurrence == "sandbox|order-held|order:O-1||C-1|"
    assert play(rig, order=[order(status="shipped", seller="Luis")]) == []
    assert play(rig, order=[order()]) == []


def test_what_was_told_in_the_sandbox_is_told_live_once_more(rig: Rig) -> None:
    in_force(rig, rule())
    assert len(play(rig, appointment=[visit()])) == 1
    assert len(play_live(rig)) == 1
    assert play_live(rig) == []
    assert [row.occurrence.split("|")[0] for row in rig.notices()] in (["sandbox", "live"], ["live", "sandbox"])
    assert len(list((rig.folder / "live").iterdir())) == 2


def test_it_is_spent_once_a_message_of_it_was_handed_over(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.tick()
    assert not notice(rig).spent
    rig.dispatch()
    assert (notice(rig).state, notice(rig).spent) == ("told", True)
    play(rig, appointment=[visit(status="cancelled")])
    assert play(rig, appointment=[visit()]) == []


def test_it_is_spent_once_it_expired(rig: Rig) -> None:
    in_force(rig, rule(until="1h before appointment.contract.ends_at"))
    happen(rig, contract=[contract(ends_at=NOW + 9 * HOUR)], appointment=[visit()])
    play(rig, NOW - HOUR)
    assert play(rig, NOW + 8 * HOUR) == []
    assert (notice(rig).state, notice(rig).spent) == ("expired", True)
    assert play(rig, contract=[contract(ends_at=NOW + 40 * HOUR)]) == []
    assert states(rig) == [("notice", "expired")]


def test_it_is_spent_once_a_person_cancelled_it(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.tick()
    a_person_decides(rig.database, Cancel(notice(rig).reference), reason="told at the shop", now=rig.clock())
    assert play(rig) == []
    play(rig, appointment=[visit(status="cancelled")])
    assert play(rig, appointment=[visit()]) == []
    assert notice(rig).reason == "cancelled by marta: told at the shop"


def test_unspent_the_same_row_is_planned_again_whenever_the_rule_is_true_again(rig: Rig) -> None:
    in_force(rig, rule())
    happen(rig, appointment=[visit()])
    rig.tick()
    happen(rig, appointment=[visit(status="cancelled")])
    rig.tick()
    assert states(rig) == [("notice", "cancelled")]
    assert len(play(rig, NOW + HOUR, appointment=[visit()])) == 1
    assert states(rig) == [("notice", "told")]


# -- 3. Correction -----------------------------------------------------------------------------------------------------


def test_a_changed_claim_is_corrected_exactly_once_and_at_once(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    # Nobody wrote to the appointment: the row read by the notice is its contract.
    (correction,) = play(rig, NOW + HOUR, contract=[contract(plan="Fibra 900")])
    assert (correction.kind, correction.channels) == ("correction", ("email", "sms"))
    assert all("Fibra 900" in text for text in correction.texts)
    assert play(rig) == []
    assert play(rig, NOW + 2 * HOUR) == []
    assert states(rig) == [("notice", "told"), ("correction", "told")]


def test_a_further_change_is_corrected_against_what_was_told_last(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(rig, NOW + HOUR, contract=[contract(plan="Fibra 900")])
    (back,) = play(rig, NOW + 2 * HOUR, contract=[contract(plan="Fibra 400")])
    assert back.kind == "correction"
    (again,) = play(rig, NOW + 3 * HOUR, contract=[contract(plan="Fibra 900")])
    assert again.kind == "correction"


def test_a_correction_goes_whatever_at_and_until_say(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    (early,) = play(rig, NOW + HOUR, appointment=[visit(starts_at=STARTS + 20 * DAY)])  # long before its `at`
    assert early.kind == "correction"
    after_until = STARTS + 20 * DAY - HOUR
    (late,) = play(rig, after_until, appointment=[visit(starts_at=STARTS + 20 * DAY + HOUR)])
    assert late.kind == "correction"


def test_nothing_is_corrected_where_the_condition_no_longer_holds(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, appointment=[visit(starts_at=STARTS + HOUR, status="cancelled")]) == []


def test_nothing_is_corrected_where_no_claim_changed(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, appointment=[visit(place="Calle 99", status="confirmed")]) == []


def test_a_correction_goes_on_the_channels_told_before(rig: Rig) -> None:
    in_force(rig, rule())
    (told,) = play(rig, customer=[ana(phone=None)], appointment=[visit()])
    assert told.channels == ("email",)
    (correction,) = play(rig, NOW + HOUR, customer=[ana()], appointment=[visit(starts_at=STARTS + 5 * DAY)])
    assert (correction.kind, correction.channels) == ("correction", ("email",))


def test_a_correction_is_subject_to_quiet_hours(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    assert play(rig, NIGHT, appointment=[visit(starts_at=STARTS + 5 * DAY)]) == []
    assert states(rig) == [("notice", "told"), ("correction", "deferred")]
    assert [one.kind for one in play(rig, MORNING)] == ["correction"]


def test_a_correction_is_subject_to_holds(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, **too_dear(), appointment=[visit(starts_at=STARTS + 5 * DAY)]) == []
    assert states(rig) == [("notice", "told"), ("correction", "held")]
    assert [one.kind for one in play(rig, NOW + 2 * HOUR, charge=[charge(amount=79900)])] == ["correction"]


@pytest.mark.parametrize(("moved", "useful_until"), [(-20 * HOUR, STARTS - 20 * HOUR), (20 * HOUR, STARTS)])
def test_a_correction_is_useful_until_the_earlier_of_old_and_new_moment(
    rig: Rig, moved: timedelta, useful_until: Any
) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    play(rig, NIGHT, appointment=[visit(starts_at=STARTS + moved)])
    assert notice(rig, kind="correction").until_at == useful_until


def test_what_nobody_can_be_corrected_about_in_time_goes_to_the_owner(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    assert play(rig, STARTS + HOUR, appointment=[visit(starts_at=STARTS - HOUR)]) == []
    assert states(rig) == [("notice", "told"), ("correction", "expired")]
    assert [one.to for one in alerts(rig)] == ["field"]


def test_where_the_new_occurrence_is_due_in_that_same_tick_the_correction_spends_it(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    sent = play(rig, NOW + HOUR, appointment=[visit(starts_at=STARTS - 5 * HOUR)])
    assert [one.kind for one in sent] == ["correction"]
    assert play(rig, NOW + 3 * HOUR) == []
    spent = notice(rig, kind="notice", state="cancelled")
    assert (spent.spent, spent.reason) == (True, "a correction of what was told says it")


def test_a_correction_that_is_cancelled_unsent_does_not_take_the_reminder_with_it(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN, at=["48h before appointment.starts_at", "37h before appointment.starts_at"]))
    rig.set(contract=[contract(plan="Fibra 400")])
    assert [one.kind for one in play(rig, appointment=[visit()])] == ["notice"]
    night = STARTS - 37 * HOUR
    assert play(rig, night, contract=[contract(plan="Fibra 900")]) == []
    assert play(rig, night + HOUR, contract=[contract(plan="Fibra 400")]) == []
    (reminder,) = play(rig, night + 11 * HOUR)
    assert reminder.kind == "notice"
    assert all("Fibra 400" in text for text in reminder.texts)


def test_else_the_reminder_still_comes_at_its_time(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    moved = STARTS + 5 * DAY
    assert [one.kind for one in play(rig, NOW + HOUR, appointment=[visit(starts_at=moved)])] == ["correction"]
    assert play(rig, moved - 48 * HOUR - SECOND) == []
    assert [one.kind for one in play(rig, moved - 48 * HOUR)] == ["notice"]


def test_unsent_messages_are_replaced_never_corrected(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    happen(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    rig.tick()
    (told,) = play(rig, contract=[contract(plan="Fibra 900")])
    assert told.kind == "notice"
    assert all("Fibra 900" in text for text in told.texts)
    assert states(rig) == [("notice", "told")]
    assert sorted(row.state for row in rig.messages()) == ["accepted", "accepted", "cancelled", "cancelled"]


def test_an_unsent_correction_is_replaced_by_the_next_change(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(rig, NIGHT, contract=[contract(plan="Fibra 900")])
    play(rig, NIGHT + HOUR, contract=[contract(plan="Fibra 500")])
    (correction,) = play(rig, MORNING)
    assert (correction.kind, "Fibra 500" in correction.texts[0]) == ("correction", True)
    assert states(rig) == [("notice", "told"), ("correction", "cancelled"), ("correction", "told")]


def test_a_change_back_cancels_an_unsent_correction(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(rig, NIGHT, contract=[contract(plan="Fibra 900")])
    play(rig, NIGHT + HOUR, contract=[contract(plan="Fibra 400")])
    assert play(rig, MORNING) == []
    cancelled = notice(rig, kind="correction")
    assert (cancelled.state, cancelled.reason) == ("cancelled", "the facts are again as the customer was told")


def test_after_a_change_back_the_same_change_is_corrected_again(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    play(rig, NIGHT, contract=[contract(plan="Fibra 900")])
    play(rig, NIGHT + HOUR, contract=[contract(plan="Fibra 400")])
    play(rig, NIGHT + 2 * HOUR, contract=[contract(plan="Fibra 900")])
    assert [one.kind for one in play(rig, MORNING)] == ["correction"]


def test_a_change_back_between_deciding_and_sending_sends_no_correction(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    rig.clock.forward(hours=1)
    happen(rig, contract=[contract(plan="Fibra 900")])
    rig.tick()
    assert states(rig)[1] == ("correction", "ready")
    happen(rig, contract=[contract(plan="Fibra 400")])
    assert rig.dispatch().accepted == 0
    assert play(rig) == []


def test_the_second_channel_of_a_correction_goes_only_while_it_is_true(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN))
    rows = [visit(id=f"A-{n}", customer_id=f"N-{n}", contract_id=f"K-{n}") for n in range(3)]
    plans = ["K-0", "K-1", "K-2"]
    happen(rig, customer=customers(3), contract=[contract(id=name, plan="Fibra 400") for name in plans])
    play(rig, appointment=rows)
    busy(rig, calls=3)
    sent = play(rig, NOW + HOUR, contract=[contract(id=name, plan="Fibra 900") for name in plans])
    assert [(one.kind, one.channels) for one in sent] == [("correction", ("email",))] * 3
    happen(rig, contract=[contract(id="K-1", plan="Fibra 500")], appointment=[rows[2] | {"status": "cancelled"}])
    rig.clock.forward(minutes=2)
    rig.dispatch()
    assert [message.address for message in retried(rig)] == ["+573002000000"]


def test_the_second_channel_of_a_follow_up_goes_only_while_it_is_true(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    rows = [visit(), visit(id="A-2", customer_id="N-0")]
    play(rig, customer=customers(1), appointment=rows)
    busy(rig, calls=2)
    sent = play(rig, NOW + HOUR, appointment=[row | {"status": "cancelled"} for row in rows])
    assert [(one.kind, one.channels) for one in sent] == [("follow_up", ("email",))] * 2
    happen(rig, appointment=[rows[1]])
    rig.clock.forward(minutes=2)
    rig.dispatch()
    assert [message.address for message in retried(rig)] == ["+573001234567"]


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
def test_edits_of_rules_or_templates_never_correct(rig: Rig, edit: str) -> None:
    in_force(rig, rule(WITH_PLAN))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit(ends_at=STARTS + HOUR)])
    changes, files = EDITS[edit]
    in_force(rig, rule(WITH_PLAN, **changes), files=files)
    assert play(rig, NOW + HOUR) == []
    assert play(rig, STARTS - 24 * HOUR) == []
    assert states(rig) == [("notice", "told")]


def test_a_rule_may_ignore_changes(rig: Rig) -> None:
    in_force(rig, rule(WITH_PLAN, on_change="ignore"))
    play(rig, contract=[contract(plan="Fibra 400")], appointment=[visit()])
    assert play(rig, NOW + HOUR, contract=[contract(plan="Fibra 900")]) == []


def test_a_rule_without_at_corrects_what_it_told(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER))
    play(rig)
    play(rig, order=[order()])
    (correction,) = play(rig, NOW + HOUR, order=[order(seller="Luis")])
    assert (correction.kind, "Luis" in correction.texts[0]) == ("correction", True)


# -- 4. Follow-up ------------------------------------------------------------------------------------------------------


def test_a_follow_up_goes_once_to_those_told_on_the_channels_told(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    one, two, untold = visit(), visit(id="A-2", customer_id="C-2"), visit(id="A-3", starts_at=STARTS + DAY)
    play(rig, customer=[ana(id="C-2", phone=None)], appointment=[one, two, untold])
    off = [row | {"status": "cancelled"} for row in (one, two, untold)]
    sent = play(rig, NOW + HOUR, customer=[ana(id="C-2")], appointment=off)
    assert [(each.kind, each.to, each.channels) for each in sent] == [
        ("follow_up", "C-1", ("email", "sms")),
        ("follow_up", "C-2", ("email",)),
    ]
    assert play(rig, NOW + 2 * HOUR) == []
    assert play(rig, NOW + 3 * HOUR) == []


def test_without_a_follow_up_the_owner_hears_that_a_rule_turned_false(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, appointment=[visit(status="cancelled")]) == []
    assert states(rig) == [("notice", "told"), ("follow_up", "suppressed")]
    assert len(alerts(rig)) == 1
    assert play(rig, NOW + 2 * HOUR) == []
    assert len(alerts(rig)) == 1


def test_nobody_is_followed_up_who_was_not_told(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, NIGHT, appointment=[visit()])
    assert states(rig) == [("notice", "deferred")]
    assert play(rig, NIGHT + HOUR, appointment=[visit(status="cancelled")]) == []
    assert play(rig, MORNING) == []
    assert states(rig) == [("notice", "cancelled")]


def test_a_follow_up_is_subject_to_quiet_hours_and_withdrawn_when_it_turns_false(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    assert play(rig, NIGHT, appointment=[visit(status="cancelled")]) == []
    assert states(rig) == [("notice", "told"), ("follow_up", "deferred")]
    assert play(rig, NIGHT + HOUR, appointment=[visit()]) == []
    assert play(rig, MORNING) == []
    assert states(rig) == [("notice", "told"), ("follow_up", "cancelled")]


def test_who_was_corrected_is_followed_up_once(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    moved = STARTS + 5 * DAY
    play(rig, NOW + HOUR, appointment=[visit(starts_at=moved)])
    (follow_up,) = play(rig, NOW + 2 * HOUR, appointment=[visit(starts_at=moved, status="cancelled")])
    assert follow_up.kind == "follow_up"
    assert "March 10" in follow_up.texts[0]


# -- 5. Starting a rule ------------------------------------------------------------------------------------------------


def test_what_is_true_at_the_first_pass_of_a_rule_without_at_is_recorded_counted_and_not_told(
    rig: Rig,
) -> None:
    in_force(rig, rule(HELD_ORDER))
    assert play(rig, order=[order(), order(id="O-2")]) == []
    assert count(rig, "backlog") == 2
    assert states(rig) == []
    assert play(rig, NOW + HOUR, order=[order(seller="Luis")]) == []
    assert [one.subject for one in play(rig, order=[order(id="O-3")])] == ["O-3"]


def test_what_turns_true_again_after_the_first_pass_is_told(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER))
    play(rig, order=[order()])
    play(rig, NOW + HOUR, order=[order(status="in_progress")])
    assert count(rig, "backlog") == 0
    assert len(play(rig, NOW + 2 * HOUR, order=[order()])) == 1


def test_backlog_tell_tells_what_was_true_before(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, backlog="tell"))
    assert len(play(rig, order=[order()])) == 1
    assert count(rig, "backlog") == 0


def test_a_rule_with_at_tells_what_lies_in_its_window_at_its_first_pass(rig: Rig) -> None:
    in_force(rig, rule())
    inside, over, ahead = visit(), visit(id="A-2", starts_at=NOW + HOUR), visit(id="A-3", starts_at=STARTS + HOUR)
    assert [one.subject for one in play(rig, appointment=[inside, over, ahead])] == ["A-1"]
    assert alerts(rig) == []  # what was over before the rule was in force was not missed by it


def test_a_rule_added_later_starts_from_its_own_first_pass(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, order=[order()])
    in_force(rig, rule(), rule(HELD_ORDER))
    assert play(rig, NOW + HOUR) == []
    assert count(rig, "backlog") == 1


def test_a_baseline_tells_nobody_by_rules_without_and_with_at(rig: Rig) -> None:
    in_force(rig, rule(), rule(HELD_ORDER))
    play(rig)
    load_baseline(rig, appointment=[visit()], order=[order()])
    assert play(rig) == []
    assert play(rig, NOW + HOUR, appointment=[visit(place="Calle 1")], order=[order(total=10, currency="COP")]) == []
    assert count(rig, "backlog") == 1


def test_a_baseline_tells_what_lies_ahead_however_late_the_first_tick_comes(rig: Rig) -> None:
    in_force(rig, rule(at=["48h before appointment.starts_at", "6h before appointment.starts_at"]))
    play(rig)
    load_baseline(rig, appointment=[visit(starts_at=NOW + 30 * HOUR), visit(id="A-2", starts_at=NOW + 49 * HOUR)])
    assert [one.subject for one in play(rig, NOW + 2 * HOUR)] == ["A-2"]
    assert [one.subject for one in play(rig, NOW + 24 * HOUR)] == ["A-1"]


def test_a_baseline_tells_what_becomes_true_by_the_clock_after_it(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, when="order.status == 'held' and order.promised_at <= now"))
    play(rig)
    soon, past = order(promised_at=NOW + HOUR), order(id="O-2", promised_at=NOW - HOUR)
    load_baseline(rig, order=[soon, past])
    assert [one.subject for one in play(rig, NOW + 2 * HOUR)] == [soon["id"]]
    assert count(rig, "backlog") == 1


def test_a_baseline_hides_no_contradiction(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig)
    load_baseline(rig, **too_dear())
    play(rig)
    assert [one.check for one in contradictions(rig)] == ["promised-price"]


def test_a_baseline_corrects_nothing_and_follows_nothing_up(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit(), visit(id="A-2")])
    moved, off = visit(starts_at=STARTS + 5 * DAY), visit(id="A-2", status="cancelled")
    rig.clock.at = NOW + HOUR
    load_baseline(rig, appointment=[moved, off])
    assert play(rig) == []
    assert play(rig, NOW + 2 * HOUR) == []


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
    rig: Rig, changes: dict[str, Any], said: str
) -> None:
    write_project(rig.folder, {"rules/visits.yaml": json.dumps({"rules": [rule(**changes)]})})
    project = load_project(rig.folder)
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
def test_a_comparison_with_now_flips_at_a_known_instant_without_any_change(rig: Rig, condition: str) -> None:
    in_force(rig, rule(HELD_ORDER, when=condition))
    flips = NOW + 24 * HOUR
    assert play(rig, order=[order()]) == []
    assert play(rig, flips) == []  # `<` is not yet true at the very instant
    assert [one.subject for one in play(rig, flips + timedelta(microseconds=1))] == ["O-1"]


def test_a_comparison_with_now_flips_inside_exists_and_filter_too(rig: Rig) -> None:
    calls = "order.customer.contacts.filter(c, c.direction == 'inbound' and c.at > now - 24h).size() > 0"
    silent = "not order.customer.contacts.exists(c, c.at > now - 12h)"
    in_force(rig, rule(HELD_ORDER, rule="called", when=silent), rule(HELD_ORDER, rule="recent", when=f"not ({calls})"))
    call = {"id": "T-1", "customer_id": "C-1", "at": NOW, "channel": "phone", "direction": "inbound"}
    assert play(rig, contact=[call], order=[order()]) == []
    assert [one.rule for one in play(rig, NOW + 12 * HOUR, order=[order(id="O-9", placed_at=NOW)])] == []
    rig.clock.at = MORNING + DAY
    assert sorted({one.rule for one in play(rig)}) == ["called", "recent"]


# -- 7. Evaluation is incremental and exact ----------------------------------------------------------------------------


def test_a_row_that_a_path_reached_by_its_old_key_is_looked_at_again(rig: Rig) -> None:
    condition = "contract.charges.exists(c, c.kind == 'installation')"
    in_force(rig, rule(HELD_ORDER, about="contract", when=f"not {condition}", claims={"seller": "contract.id"}))
    fee = {"id": "X-1", "customer_id": "C-1", "kind": "installation", "amount": 5, "currency": "COP"}
    two = [contract(), contract(id="K-2")]
    assert (
        play(rig, contract=two, charge=[fee | {"contract_id": "K-1"}, fee | {"id": "X-2", "contract_id": "K-2"}]) == []
    )
    sent = play(rig, charge=[fee | {"contract_id": "K-2"}])
    assert [one.subject for one in sent] == ["K-1"]
    rig.clock.forward(minutes=1)
    remove(rig, charge=["X-1", "X-2"])
    assert [one.subject for one in play(rig)] == ["K-2"]


def test_a_row_that_a_path_reaches_by_its_new_key_is_looked_at(rig: Rig) -> None:
    in_force(
        rig,
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
    play(rig, incident=[power_cut | {"expected_end_at": NOW + DAY}])
    assert [one.to for one in play(rig, contract=[contract(zone="north")])] == ["C-1"]


def test_a_new_rule_digest_means_one_full_pass(rig: Rig) -> None:
    in_force(rig, rule())
    assert play(rig, appointment=[visit(status="initialized")]) == []
    in_force(rig, rule(when="appointment.status in ['initialized', 'confirmed']"))
    assert len(play(rig)) == 1


def test_a_failed_evaluation_means_one_full_pass(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    in_force(rig, rule())
    play(rig)
    happen(rig, appointment=[visit()])
    query = rig.ruleset.rule_queries["visit-reminder"]
    with monkeypatch.context() as broken:
        broken.setattr(query, "matching", lambda: sa.select(sa.literal_column("no_such_column")))
        report = rig.tick()
    assert [failure.name for failure in report.failures] == ["visit-reminder"]
    with rig.database.begin() as connection:
        connection.execute(sa.text("DELETE FROM change"))  # only a full pass can find it now
    assert len(play(rig)) == 1


# -- 8. Limits ---------------------------------------------------------------------------------------------------------


def visits_to(number: int, of: str = "A") -> list[dict[str, Any]]:
    return [visit(id=f"{of}-{n}", customer_id=f"N-{n}") for n in range(number)]


def test_past_the_limit_the_whole_batch_is_held_for_approval(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 3}))
    assert play(rig, customer=customers(4), appointment=visits_to(4)) == []
    assert {(row.state, row.reason) for row in rig.notices() if row.kind != "alert"} == {
        ("held", "4 recipients in 24 h are more than the rule's limit of 3; a person must approve")
    }
    (alert,) = alerts(rig)
    assert alert.to == "field"
    a_person_decides(
        rig.database, ApproveAll("visit-reminder", live=False), reason="there are that many", now=rig.clock()
    )
    assert len(play(rig, NOW + HOUR)) == 4


def test_at_the_limit_nothing_is_held(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 3}))
    assert len(play(rig, customer=customers(3), appointment=visits_to(3))) == 3


def test_limits_count_distinct_recipients(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 1}))
    assert len(play(rig, customer=customers(1), appointment=[*visits_to(1), *visits_to(1, of="B")])) == 2


def test_limits_count_the_last_24_hours(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 2}))
    people_ = customers(5)
    late = [visit(id=f"B-{n}", customer_id=f"N-{n}", starts_at=STARTS + 2 * DAY) for n in (2, 3, 4)]
    assert len(play(rig, customer=people_, appointment=visits_to(2))) == 2
    assert play(rig, NOW + 23 * HOUR + 59 * MINUTE, appointment=[visit(id="A-9", customer_id="N-2")]) == []
    assert notice(rig, subject_id="A-9").state == "held"
    assert play(rig, NOW + 2 * DAY, appointment=late) == []  # A-9 still waits, and counts, so it is three and more


def test_after_24_hours_the_count_starts_again(rig: Rig) -> None:
    in_force(rig, rule(limits={"recipients": 2}))
    assert len(play(rig, customer=customers(4), appointment=visits_to(2))) == 2
    later = [visit(id=f"B-{n}", customer_id=f"N-{n}") for n in (2, 3)]
    assert len(play(rig, NOW + 24 * HOUR, appointment=later)) == 2


def test_limits_are_counted_before_anything_of_the_tick_is_planned(rig: Rig) -> None:
    many = 3 * EVALUATED_TOGETHER
    in_force(rig, rule(limits={"recipients": many - 1}))
    rig.tick()
    happen(rig, customer=customers(many), appointment=visits_to(many))
    with read_only(rig.database) as connection:  # however small its batches are
        batches = draft(rig.ruleset, Reader(connection, live=False), rig.clock(), DraftOptions(batch_size=1))
        drafts = [one for batch in batches for one in batch.drafts if one.kind.value == "notice"]
    assert [one.verdict.state.value for one in drafts] == ["held"] * many


@pytest.mark.parametrize("first_pass", [True, False])
def test_a_pass_says_the_same_in_batches_of_any_size(rig: Rig, first_pass: bool) -> None:
    many = 3 * EVALUATED_TOGETHER
    in_force(rig, rule(HELD_ORDER))
    if not first_pass:
        rig.tick()
    happen(rig, order=[order(id=f"O-{number}") for number in range(many)])
    said: dict[int, list[Any]] = {}
    for size in (1, 4, 500):
        with read_only(rig.database) as connection:
            reader = Reader(connection, live=False)
            batches = list(draft(rig.ruleset, reader, rig.clock(), DraftOptions(batch_size=size)))
        assert max(len(batch.drafts) + len(batch.backlog_added) for batch in batches) == min(size, many)
        assert [batch.first for batch in batches if not batch.is_watermark] == list(range(0, many, size))
        said[size] = [
            [(each.occurrence, each.content_digest) for batch in batches for each in batch.drafts],
            [each for batch in batches for each in batch.backlog_added],
        ]
    assert said[1] == said[4] == said[500]
    assert [len(each) for each in said[500]] == ([0, many] if first_pass else [many, 0])


@pytest.mark.parametrize(("reached", "state"), [(50, "ready"), (51, "held")])
def test_share_applies_above_50_recipients(rig: Rig, reached: int, state: str) -> None:
    in_force(rig, rule(limits={"share": "10%"}, channels=["sms"]))
    happen(rig, customer=customers(99), appointment=visits_to(reached))
    rig.tick()
    assert states(rig) == [("notice", state)] * reached
    held = "51 recipients in 24 h are more than 10 % of 100 customers; a person must approve"
    assert {row.reason == held for row in rig.notices() if row.kind != "alert"} == {state == "held"}


@pytest.mark.parametrize(("reached", "state"), [(500, "ready"), (501, "held")])
def test_the_default_where_to_crosses_to_many_is_500(rig: Rig, reached: int, state: str) -> None:
    in_force(
        rig,
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
    play(rig, site=[shop | {"daily_capacity": 1}], customer=everybody)
    happen(rig, site=[shop | {"daily_capacity": 0}])
    rig.tick()
    assert states(rig) == [("notice", state)] * reached


def test_a_rule_to_one_recipient_has_no_default_limit(rig: Rig) -> None:
    in_force(rig, rule(channels=["sms"]))
    happen(rig, customer=customers(501), appointment=visits_to(501))
    rig.tick()
    assert states(rig) == [("notice", "ready")] * 501


def approved(rig: Rig) -> None:
    """Two reminders wait for approval, and a person approves them."""
    in_force(rig, rule(WITH_PLAN, limits={"recipients": 1}))
    play(
        rig,
        customer=customers(2),
        contract=[contract(plan="Fibra 400"), contract(id="K-2", plan="Fibra 400")],
        appointment=[visit(customer_id="N-0"), visit(id="A-2", customer_id="N-1", contract_id="K-2")],
    )
    a_person_decides(rig.database, ApproveAll("visit-reminder", live=False), reason="right", now=rig.clock())


def test_an_approval_binds_to_the_claims(rig: Rig) -> None:
    approved(rig)
    sent = play(rig, contract=[contract(plan="Fibra 900")])
    assert [one.subject for one in sent] == ["A-2"]
    assert notice(rig, subject_id="A-1").state == "held"


def test_an_approval_binds_to_the_claims_up_to_the_moment_of_sending(rig: Rig) -> None:
    approved(rig)
    rig.tick()
    assert states(rig) == [("notice", "ready")] * 2
    sent = play(rig, contract=[contract(plan="Fibra 900")])
    assert [one.subject for one in sent] == ["A-2"]
    assert notice(rig, subject_id="A-1").state == "held"


def test_an_approval_binds_to_the_rule_digest(rig: Rig) -> None:
    approved(rig)
    in_force(rig, rule(WITH_PLAN, limits={"recipients": 1}), files=template("plan", "plan", "starts_at"))
    assert play(rig) == []
    assert states(rig) == [("notice", "held")] * 2


# -- Several moments (decision 0003) and `repeat` ----------------------------------------------------------------------

TWICE = REMINDER | {"at": ["48h before appointment.starts_at", "6h before appointment.starts_at"]}


def test_each_moment_of_a_rule_speaks_once(rig: Rig) -> None:
    in_force(rig, rule(TWICE))
    assert len(play(rig, appointment=[visit(starts_at=STARTS + 5 * HOUR)])) == 0
    assert len(play(rig, NOW + 5 * HOUR)) == 1
    assert play(rig, NOW + 30 * HOUR) == []
    assert len(play(rig, STARTS - HOUR)) == 1
    assert play(rig, STARTS + HOUR) == []


def test_after_a_pause_the_latest_moment_speaks_and_the_earlier_one_expires_visibly(rig: Rig) -> None:
    in_force(rig, rule(TWICE))
    starts = STARTS + 5 * HOUR  # at 15:00 in Bogotá
    play(rig, appointment=[visit(starts_at=starts)])
    assert len(play(rig, starts - 4 * HOUR)) == 1
    assert sorted(state for _, state in states(rig)) == ["expired", "told"]
    (alert,) = alerts(rig)
    assert notice(rig, state="expired").reference in alert.texts[0]


def test_a_rule_that_gains_a_second_moment_does_not_tell_the_first_again(rig: Rig) -> None:
    in_force(rig, rule())
    afternoon = STARTS + 5 * HOUR
    assert len(play(rig, NOW + 5 * HOUR, appointment=[visit(starts_at=afternoon)])) == 1
    in_force(rig, rule(TWICE))
    assert play(rig, NOW + 6 * HOUR) == []
    assert len(play(rig, afternoon - 6 * HOUR)) == 1


def test_repeat_lets_a_rule_speak_again_while_it_stays_true_at_the_earliest_that_long_after_the_last_time(
    rig: Rig,
) -> None:
    in_force(rig, rule(HELD_ORDER, repeat="24h"))
    play(rig)
    assert len(play(rig, order=[order()])) == 1
    assert play(rig, NOW + DAY - SECOND) == []
    assert [one.kind for one in play(rig, NOW + DAY)] == ["notice"]
    assert play(rig, NOW + DAY + HOUR) == []
    assert play(rig, NOW + 2 * DAY + HOUR, order=[order(status="shipped")]) == []


def test_repeat_counts_from_the_last_time_whatever_the_ticks_did(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, repeat="24h"))
    play(rig)
    play(rig, order=[order()])
    assert len(play(rig, NOW + 30 * HOUR)) == 1
    assert play(rig, NOW + 48 * HOUR) == []
    assert len(play(rig, NOW + 54 * HOUR)) == 1


def test_the_second_channel_of_a_repeating_rule_goes_after_its_retry(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, repeat="24h"))
    play(rig)
    busy(rig)
    assert [one.channels for one in play(rig, order=[order()])] == [("email",)]
    assert [one.channels for one in play(rig, NOW + 2 * MINUTE)] == [("sms",)]
