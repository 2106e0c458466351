"""Every sentence of "What a check means", played through the real runtime; the numbers are those of the design."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.contradictions import Acknowledge, KeepFact, Resolve, Waive
from notifier.decisions.notices import Release
from notifier.model.contradictions import Contradiction
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError
from tests.meaning.street import (
    PRICE,
    REMINDER,
    alerts,
    busy,
    charge,
    contradictions,
    count,
    happen,
    in_force,
    notice,
    play,
    price_promise,
    remove,
    rule,
    states,
    too_dear,
    utc,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, contract, visit

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BILL = NOW + 9 * DAY
CALLED_BACK = (
    "promise.customer.contacts.exists(c, c.direction == 'outbound' and c.outcome == 'answered'"
    " and c.at > promise.made_at)"
)
CALLBACK: dict[str, Any] = {
    "check": "callback-kept",
    "promise": "callback",
    "kept_when": CALLED_BACK,
    "surfaces_at": "promise.due_at",
    "warn": "4h",
    "owner": "field",
}
BILL_IS_READY: dict[str, Any] = REMINDER | {
    "rule": "bill-is-ready",
    "about": "charge",
    "class": "billing",
    "when": "charge.kind == 'recurring'",
    "at": "10d before charge.bill_at",
    "until": None,
    "claims": {"price": {"value": "charge.amount", "topic": "monthly_price"}},
    "template": "price",
}


def check(**changes: Any) -> dict[str, Any]:
    """The price check, which holds nothing unless the test says what; `None` leaves a key out."""
    return {key: value for key, value in {**PRICE, "hold": None, **changes}.items() if value is not None}


def callback(**changes: Any) -> dict[str, Any]:
    """Somebody promised Ana to call her back by tomorrow at ten."""
    return {
        "id": "P-9",
        "customer_id": "C-1",
        "subject": "customer:C-1",
        "topic": "callback",
        "value": NOW + DAY,
        "due_at": NOW + DAY,
        "made_at": NOW - HOUR,
        "source": "agent",
        **changes,
    }


def call(at: datetime, **changes: Any) -> dict[str, Any]:
    """A call that Ana answered."""
    return {
        "id": "T-1",
        "customer_id": "C-1",
        "at": at,
        "channel": "phone",
        "direction": "outbound",
        "outcome": "answered",
        **changes,
    }


def only(rig: Rig) -> Contradiction:
    """The only contradiction there is."""
    (found,) = contradictions(rig)
    return found


def state(rig: Rig) -> str:
    return only(rig).state.value


Decision = Callable[[Rig], Contradiction]


def acknowledged(rig: Rig) -> Contradiction:
    return a_person_decides(rig.database, Acknowledge(only(rig).id), reason="on it", now=rig.clock()).objects[0]


def waived(rig: Rig) -> Contradiction:
    return a_person_decides(rig.database, Waive(only(rig).id), reason="goodwill", now=rig.clock()).objects[0]


def resolved(rig: Rig, *, keep_fact: bool = False) -> Contradiction:
    name, project = only(rig).id, rig.ruleset.project
    decision = KeepFact(name) if keep_fact else Resolve(name, project.checks, project.schema)
    return a_person_decides(rig.database, decision, reason="looked into it", now=rig.clock()).objects[0]


# -- 1. What is compared -----------------------------------------------------------------------------------------------


def test_every_open_promise_of_the_topic_is_compared_with_every_row_for_which_when_holds(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    rows = [charge(), charge(id="X-2", amount=120000), charge(id="X-3", kind="fee"), charge(id="X-4", billed=True)]
    play(rig, promise=[price_promise(), price_promise(id="P-2", made_at=NOW - DAY, value=90000)], charge=rows)
    found = {one.promise_id: {member.fact_id for member in one.members} for one in contradictions(rig)}
    assert found == {"P-1": {"X-1", "X-2"}, "P-2": {"X-1", "X-2"}}


@pytest.mark.parametrize("over", ["kept", "broken", "superseded", "withdrawn"])
def test_a_promise_that_is_not_open_is_not_compared(rig: Rig, over: str) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(state=over)], charge=[charge()])
    assert contradictions(rig) == []


def test_a_promise_of_another_topic_or_about_another_row_is_not_compared(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    other_row = price_promise(id="P-2", subject="contract:K-2")
    other_topic = callback(subject="contract:K-1")
    play(rig, promise=[other_row, other_topic], contract=[contract(id="K-2")], charge=[charge()])
    assert contradictions(rig) == []


@pytest.mark.parametrize(
    ("window", "surfaces_at", "compared"),
    [
        ({}, BILL, True),
        ({"valid_from": BILL}, BILL, True),
        ({"valid_from": BILL}, BILL - SECOND, False),
        ({"valid_until": BILL}, BILL - SECOND, True),
        ({"valid_until": BILL}, BILL, False),
        ({"made_at": BILL}, BILL, True),
        ({"made_at": BILL}, BILL - SECOND, False),
        ({"made_at": BILL + DAY, "valid_from": BILL}, BILL, True),
    ],
)
def test_a_row_is_compared_whose_surfaces_at_lies_in_valid_from_or_made_at_until_just_before_valid_until(
    rig: Rig, window: Mapping[str, datetime], surfaces_at: datetime, compared: bool
) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(**window)], charge=[charge(bill_at=surfaces_at)])
    assert len(contradictions(rig)) == int(compared)


@pytest.mark.parametrize(
    ("window", "compared"),
    [
        ({}, True),
        ({"valid_from": NOW}, True),
        ({"valid_from": NOW + SECOND}, False),
        ({"valid_until": NOW + SECOND}, True),
        ({"valid_until": NOW}, False),
    ],
)
def test_for_a_row_without_surfaces_at_it_is_now_that_counts(
    rig: Rig, window: Mapping[str, datetime], compared: bool
) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(**window)], charge=[charge(bill_at=None)])
    assert len(contradictions(rig)) == int(compared)


def test_a_promise_that_becomes_valid_or_runs_out_is_seen_without_any_change(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    window = price_promise(valid_from=NOW + HOUR, valid_until=NOW + 5 * HOUR)
    play(rig, promise=[window], charge=[charge(bill_at=None)])
    assert contradictions(rig) == []
    play(rig, NOW + HOUR)
    assert state(rig) == "open"
    play(rig, NOW + 5 * HOUR)
    assert state(rig) == "settled"


def test_a_newer_promise_silences_an_older_one_only_when_that_is_marked_superseded(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    newer = price_promise(id="P-2", value=111860, made_at=NOW - DAY)
    play(rig, promise=[price_promise(), newer], charge=[charge()])
    assert [(one.promise_id, one.state.value) for one in contradictions(rig)] == [("P-1", "open")]
    play(rig, NOW + HOUR, promise=[{"id": "P-1", "state": "superseded"}])
    assert (state(rig), only(rig).reason) == ("settled", "the promise is superseded")


def test_different_currencies_always_disagree(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise()], charge=[charge(amount=20, currency="USD")])
    assert (state(rig), only(rig).actual_currency) == ("open", "USD")


@pytest.mark.parametrize(
    ("promised", "billed", "disagree"),
    [(True, False, True), (False, True, True), (None, False, False), (True, None, False)],
)
def test_known_and_different_tax_included_always_disagrees(
    rig: Rig, promised: bool | None, billed: bool | None, disagree: bool
) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(tax_included=promised)], charge=[charge(amount=79900, tax_included=billed)])
    assert len(contradictions(rig)) == int(disagree)


def test_worse_higher_in_the_topic_means_that_a_lower_fact_is_no_contradiction(rig: Rig) -> None:
    both_ways = {"rules/topics.yaml": "topics: { monthly_price: { type: money } }\n"}
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise()], charge=[charge(amount=59900)])
    assert contradictions(rig) == []
    in_force(rig, checks=[check()], files=both_ways)
    play(rig, NOW + HOUR)
    assert state(rig) == "open"


def test_single_recurring_lines_are_compared_never_totals_that_a_proration_lowers(rig: Rig) -> None:
    in_force(rig, checks=[check(when="charge.kind == 'recurring' and not charge.proration")])
    lines = [charge(amount=11186000), charge(id="X-2", amount=-7990000, proration=True)]
    assert sum(line["amount"] for line in lines) < 7990000
    play(rig, promise=[price_promise(value=7990000)], charge=lines)
    assert [(member.fact_id, member.actual) for member in only(rig).members] == [("X-1", "11186000")]


# -- 2. One contradiction per check and promise ------------------------------------------------------------------------


def test_disagreeing_rows_are_members_of_one_contradiction_and_the_earliest_surfaces_at_is_its_deadline(
    rig: Rig,
) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise()], charge=[charge(), charge(id="X-2", bill_at=BILL - DAY)])
    first = only(rig)
    assert [member.fact_id for member in first.members] == ["X-1", "X-2"]
    assert first.surfaces_at == BILL - DAY
    remove(rig, charge=["X-2"])
    play(rig)
    assert (only(rig).id, only(rig).surfaces_at, state(rig)) == (first.id, BILL, "open")


def test_two_promises_are_two_contradictions_each_with_its_alert(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(), price_promise(id="P-2", value=90000)], charge=[charge()])
    assert len({one.id for one in contradictions(rig)}) == 2
    assert [one.to for one in alerts(rig)] == ["field", "field"]


def test_it_opens_at_once_however_far_the_deadline(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise()], charge=[charge(bill_at=NOW + 300 * DAY)])
    assert (state(rig), only(rig).opened_at) == ("open", NOW)
    assert len(alerts(rig)) == 1


def test_a_kept_when_check_opens_warn_before_surfaces_at_while_the_promise_is_not_kept(rig: Rig) -> None:
    in_force(rig, checks=[CALLBACK])
    play(rig, promise=[callback()])
    play(rig, NOW + DAY - 4 * HOUR - SECOND)
    assert contradictions(rig) == []
    play(rig, NOW + DAY - 4 * HOUR)
    assert (state(rig), only(rig).surfaces_at) == ("open", NOW + DAY)
    play(rig, NOW + DAY - 2 * HOUR, contact=[call(NOW + DAY - 2 * HOUR)])
    assert state(rig) == "settled"


@pytest.mark.parametrize("kept", [True, False])
def test_a_promise_that_is_kept_before_the_warning_never_opens(rig: Rig, kept: bool) -> None:
    in_force(rig, checks=[CALLBACK])
    answered = call(NOW + HOUR, outcome="answered" if kept else "unanswered")
    play(rig, NOW + HOUR, promise=[callback()], contact=[answered])
    play(rig, NOW + DAY - HOUR)
    assert len(contradictions(rig)) == int(not kept)


def test_a_callback_that_nobody_makes_lapses_at_its_hour(rig: Rig) -> None:
    in_force(rig, checks=[CALLBACK])
    play(rig, promise=[callback()])
    play(rig, NOW + DAY - HOUR)
    play(rig, NOW + DAY)
    assert state(rig) == "lapsed"
    assert len(alerts(rig)) == 1


def test_the_owner_is_alerted_once_per_id_and_value_pair(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    first = only(rig).id
    play(rig, NOW + HOUR, charge=[charge(bill_at=BILL + DAY)])  # another deadline, the same pair
    assert (only(rig).surfaces_at, len(alerts(rig))) == (BILL + DAY, 1)
    play(rig, NOW + 2 * HOUR, charge=[charge(amount=120000)])
    assert (only(rig).id, len(alerts(rig))) == (first, 2)
    play(rig, NOW + 3 * HOUR, charge=[charge(amount=79900)])
    assert state(rig) == "settled"
    play(rig, NOW + 4 * HOUR, charge=[charge(amount=120000)])
    assert (only(rig).id, state(rig), len(alerts(rig))) == (first, "open", 2)


def test_quiet_hours_do_not_bind_owners(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, utc(4, 7), **too_dear())  # two in the morning in Bogotá
    (alert,) = alerts(rig)
    assert (alert.to, alert.rule, alert.channels) == ("field", "promised-price", ("email",))
    assert only(rig).id in alert.texts[0]


# -- Sums and counts ---------------------------------------------------------------------------------------------------

MONTH = NOW - DAY
ONE_MONTH = (
    "charge.contract.charges.filter(c, c.id == charge.id or charge.period_start != null"
    " and c.period_start == charge.period_start)"
)
SUM = {"actual": f"{ONE_MONTH}.sum(c, c.amount)"}


def line(name: str, **changes: Any) -> dict[str, Any]:
    """A line of one month at the promised price."""
    return charge(id=name, amount=79900, period_start=MONTH, **changes)


def test_a_sum_of_rows_may_be_the_fact_and_its_owner_reads_which_rows_it_is_made_of(rig: Rig) -> None:
    in_force(rig, checks=[check(**SUM)])
    play(rig, promise=[price_promise()], charge=[line("X-1", billed=True), line("X-2")])
    assert only(rig).actual == "159800"
    assert [member.fact_id for member in only(rig).members] == ["X-2"]
    text = "charge X-2 is 159800 COP in 2 rows (X-1, X-2), promised 79900 COP by sales"
    assert only(rig).reason == text
    (alert,) = alerts(rig)
    assert "X-1: 79900 COP, X-2: 79900 COP" in alert.texts[0]


@pytest.mark.parametrize("others", ["c.id != charge.id and ", ""])
def test_a_row_together_with_others_is_one_sum_in_which_it_counts_once(rig: Rig, others: str) -> None:
    same = f"{others}charge.period_start != null and c.period_start == charge.period_start"
    actual = f"charge.amount + charge.contract.charges.filter(c, {same}).sum(c, c.amount)"
    in_force(rig, checks=[check(actual=actual)])
    play(rig, promise=[price_promise()], charge=[line("X-1", billed=True), line("X-2")])
    assert only(rig).reason == "charge X-2 is 159800 COP in 2 rows (X-1, X-2), promised 79900 COP by sales"
    play(rig, NOW + HOUR, charge=[line("X-1") | {"period_start": None}])
    assert state(rig) == "settled"


def test_a_count_of_rows_may_be_the_fact(rig: Rig) -> None:
    topics = {"rules/topics.yaml": "topics: { visits: { type: number, worse: higher } }\n"}
    counting = {"promise": "visits", "against": "contract", "on": "contract", "when": None, "surfaces_at": None}
    in_force(rig, checks=[check(**counting, actual="contract.appointments.size()")], files=topics)
    promised = price_promise(topic="visits", value=1, currency=None)
    play(rig, promise=[promised], appointment=[visit()])
    assert contradictions(rig) == []
    play(rig, NOW + HOUR, appointment=[visit(id="A-2")])
    assert only(rig).reason == "contract K-1 is 2 in 2 rows (A-1, A-2), promised 1 by sales"


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"period_start": None}, {"contract_id": "K-2"}, {"period_start": NOW}, None]
)
def test_a_change_of_one_row_compares_all_that_are_added_up_with_it(rig: Rig, change: dict[str, Any] | None) -> None:
    in_force(rig, checks=[check(**SUM)])
    play(rig, promise=[price_promise(value=79901)], contract=[contract(id="K-2")], charge=[line("X-1"), line("X-2")])
    assert state(rig) == "open"
    rig.clock.at = NOW + HOUR
    if change is None:
        remove(rig, charge=["X-2"])
        play(rig)
    else:
        play(rig, NOW + HOUR, charge=[line("X-2") | change])
    assert state(rig) == "settled"


@pytest.mark.parametrize("amounts", [(79900, 20), (1, 1)])
def test_money_in_several_currencies_is_never_added_up_and_always_disagrees(rig: Rig, amounts: tuple[int, int]) -> None:
    in_force(rig, checks=[check(**SUM)])
    lines = [line("X-1") | {"amount": amounts[0]}, line("X-2") | {"amount": amounts[1], "currency": "USD"}]
    play(rig, promise=[price_promise()], charge=lines)
    assert f"is {amounts[0]} COP and {amounts[1]} USD in 2 rows (X-1, X-2)" in only(rig).reason
    assert (only(rig).actual, only(rig).actual_currency) == (str(amounts[1]), "USD")
    waived(rig)
    assert play(rig, NOW + HOUR, charge=[line("X-1") | {"amount": amounts[0], "billed": True}]) == []
    assert state(rig) == "waived"
    play(rig, NOW + 2 * HOUR, charge=[line("X-1") | {"amount": amounts[0] + 1}])
    assert state(rig) == "open"


@pytest.mark.parametrize(
    ("promised", "of_rows", "disagree"),
    [
        (True, (True, False), True),
        (False, (True, None), True),
        (None, (True, False), False),
        (True, (True, None), False),
    ],
)
def test_a_sum_disagrees_where_one_row_is_known_to_differ_in_whether_tax_is_included(
    rig: Rig, promised: bool | None, of_rows: tuple[bool | None, bool | None], disagree: bool
) -> None:
    in_force(rig, checks=[check(**SUM)])
    lines = [line(f"X-{index}", tax_included=tax) | {"amount": 39950} for index, tax in enumerate(of_rows)]
    play(rig, promise=[price_promise(tax_included=promised)], charge=lines)
    assert len(contradictions(rig)) == int(disagree)


def test_rows_without_an_amount_make_a_sum_unknown_which_contradicts_nothing(rig: Rig) -> None:
    total = {"against": "contract", "on": "contract", "when": None, "surfaces_at": None}
    in_force(rig, checks=[check(**total, actual="contract.orders.sum(o, o.total)")])
    order = {"customer_id": "C-1", "contract_id": "K-1", "status": "completed", "placed_at": NOW}
    priced = {"id": "O-1", "total": 111860, "currency": "COP", **order}
    play(rig, promise=[price_promise()], order=[priced, {"id": "O-2", **order}])
    assert contradictions(rig) == []
    play(rig, NOW + HOUR, order=[priced | {"id": "O-2", "total": 1}])
    assert (state(rig), only(rig).actual) == ("open", "111861")


# -- One promise, recorded by several systems --------------------------------------------------------------------------


def records(rig: Rig) -> list[list[str]]:
    """The records of each contradiction."""
    return [[record.promise_id for record in one.records] for one in contradictions(rig)]


def test_what_several_systems_recorded_is_one_contradiction_with_one_alert(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    copy = price_promise(id="CRM-9", made_at=NOW - 8 * DAY, source="contract", evidence="contract 88")
    play(rig, promise=[price_promise(), copy], charge=[charge()])
    assert (records(rig), len(alerts(rig))) == ([["CRM-9", "P-1"]], 1)
    play(rig, NOW + HOUR, charge=[charge(amount=79900)])
    assert state(rig) == "settled"


@pytest.mark.parametrize(
    ("change", "together"),
    [
        ({"made_at": NOW - 7 * DAY}, True),
        ({"made_at": NOW - 7 * DAY + SECOND}, False),
        ({"customer_id": None}, True),
        ({"customer_id": "C-2"}, False),
        ({"tax_included": True}, True),
        ({"value": 79901}, False),
        ({"currency": "USD"}, False),
        ({"subject": "customer:C-1"}, False),
    ],
)
def test_records_of_one_promise_agree_in_all_they_know_and_were_made_within_two_days(
    rig: Rig, change: dict[str, Any], together: bool
) -> None:
    in_force(rig, checks=[check(on=["charge.contract", "charge.customer"])])
    play(rig, promise=[price_promise(), price_promise(id="P-2", **change)], charge=[charge()])
    assert records(rig) == ([["P-1", "P-2"]] if together else [["P-1"], ["P-2"]])


def test_a_record_that_arrives_later_joins_and_alerts_nobody(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    first = only(rig).id
    play(rig, NOW + HOUR, promise=[price_promise(id="A-0", made_at=NOW - 10 * DAY)])
    assert (only(rig).id, records(rig), len(alerts(rig))) == (first, [["A-0", "P-1"]], 1)


@pytest.mark.parametrize("gone", ["P-1", "P-2"])
@pytest.mark.parametrize("deleted", [True, False])
def test_it_stays_open_while_one_of_its_records_stands(rig: Rig, gone: str, deleted: bool) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(), price_promise(id="P-2")], charge=[charge()])
    first, left = only(rig).id, {"P-1": "P-2", "P-2": "P-1"}[gone]
    rig.clock.at = NOW + HOUR
    if deleted:
        remove(rig, promise=[gone])
        play(rig)
    else:
        play(rig, promise=[{"id": gone, "state": "withdrawn"}])
    assert (only(rig).id, state(rig), records(rig), len(alerts(rig))) == (first, "open", [[left]], 1)
    play(rig, NOW + 2 * HOUR, promise=[{"id": left, "state": "withdrawn"}])
    assert state(rig) == "settled"


def test_keeping_the_fact_withdraws_every_record_and_a_later_one_alarms_nobody(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, promise=[price_promise(), price_promise(id="P-2")], charge=[charge()], appointment=[visit()])
    resolved(rig, keep_fact=True)
    with read_only(rig.database) as connection:
        assert connection.execute(sa.text("SELECT DISTINCT state FROM promise")).scalars().all() == ["withdrawn"]
    assert len(play(rig, NOW + HOUR, promise=[price_promise(id="P-3")])) == 1  # what was held goes
    assert (state(rig), len(alerts(rig))) == ("settled", 1)
    play(rig, NOW + 2 * HOUR, charge=[charge(amount=150000)])
    assert (state(rig), records(rig), len(alerts(rig))) == ("open", [["P-3"]], 2)


def test_a_record_that_arrives_after_a_waiver_alarms_nobody(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    waived(rig)
    play(rig, NOW + HOUR, promise=[price_promise(id="P-2")])
    assert (state(rig), len(alerts(rig))) == ("waived", 1)


def test_records_that_come_to_differ_are_two_and_those_that_come_to_agree_are_one(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(), price_promise(id="P-2")], charge=[charge()])
    first = only(rig).id
    play(rig, NOW + HOUR, promise=[price_promise(id="P-2", value=85000)])
    assert {one.id: one.promised for one in contradictions(rig)}[first] == "79900"
    assert (sorted(records(rig)), len(alerts(rig))) == ([["P-1"], ["P-2"]], 2)
    play(rig, NOW + 2 * HOUR, promise=[price_promise(id="P-2")])
    states_now = {one.id: one.state.value for one in contradictions(rig)}
    assert (states_now.pop(first), list(states_now.values()), len(alerts(rig))) == ("open", ["settled"], 2)


def test_a_promise_is_kept_where_one_of_its_records_is(rig: Rig) -> None:
    in_force(rig, checks=[CALLBACK])
    late = callback(id="P-8", made_at=NOW + HOUR)
    play(rig, NOW + HOUR, promise=[callback(), late], contact=[call(NOW)])
    play(rig, NOW + DAY - HOUR)
    assert contradictions(rig) == []
    remove(rig, contact=["T-1"])
    play(rig)
    assert (state(rig), records(rig), len(alerts(rig))) == ("open", [["P-8", "P-9"]], 1)


# -- What the state promises by itself ---------------------------------------------------------------------------------

NOTHING_OWED: dict[str, Any] = {"promised": {"value": 0, "when": "contract.status == 'cancelled'"}}


def test_what_the_state_promises_needs_no_recorded_promise(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE | NOTHING_OWED])
    play(rig, contract=[contract(status="cancelled")], charge=[charge(), charge(id="X-2")], appointment=[visit()])
    assert (state(rig), only(rig).promised, only(rig).actual, only(rig).subject_id) == ("open", "0", "111860", "K-1")
    assert (states(rig), len(alerts(rig))) == ([("notice", "held")], 1)
    play(rig, NOW + HOUR, contract=[contract(status="active")])
    assert (state(rig), only(rig).reason) == ("settled", "the promise is no longer made")
    play(rig, NOW + 2 * HOUR, contract=[contract(status="cancelled")])
    assert (state(rig), len(contradictions(rig)), len(alerts(rig))) == ("open", 1, 1)
    rig.clock.at = NOW + 3 * HOUR
    remove(rig, contract=["K-1"])
    play(rig)
    assert (state(rig), only(rig).reason) == ("settled", "the contract was deleted")


def test_what_the_state_promises_cannot_be_withdrawn_but_corrected_or_waived(rig: Rig) -> None:
    in_force(rig, checks=[check(**NOTHING_OWED)])
    play(rig, contract=[contract(status="cancelled")], charge=[charge()])
    with pytest.raises(RefusedError, match="contract K-1 itself says so; correct it, or waive the difference"):
        resolved(rig, keep_fact=True)
    with pytest.raises(RefusedError, match="cannot be resolved yet"):
        resolved(rig)
    waived(rig)
    play(rig, NOW + HOUR)
    assert state(rig) == "waived"
    play(rig, NOW + 2 * HOUR, charge=[charge(amount=5)])
    assert state(rig) == "open"


def test_recorded_promises_do_not_matter_to_a_check_of_what_the_state_promises(rig: Rig) -> None:
    in_force(rig, checks=[check(**NOTHING_OWED)])
    play(rig, **too_dear())
    assert contradictions(rig) == []


# -- 3. States ---------------------------------------------------------------------------------------------------------


def test_an_acknowledged_one_holds_on(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear())
    acknowledged(rig)
    assert play(rig, appointment=[visit()]) == []
    assert (state(rig), states(rig)) == ("acknowledged", [("notice", "held")])


def test_it_is_settled_when_the_facts_agree_again(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    play(rig, NOW + HOUR, charge=[charge(amount=79900)])
    assert (state(rig), only(rig).reason) == ("settled", "charge X-1 is 79900 COP, as promised")


def test_resolve_keep_fact_settles_it_and_withdraws_the_promise(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    resolved(rig, keep_fact=True)
    with read_only(rig.database) as connection:
        assert connection.execute(sa.text("SELECT state FROM promise")).scalar_one() == "withdrawn"
    assert len(play(rig, NOW + HOUR)) == 1
    assert state(rig) == "settled"
    play(rig, NOW + 2 * HOUR, charge=[charge(amount=150000)])
    assert state(rig) == "settled"


def test_resolve_while_facts_disagree_and_without_keep_fact_is_refused(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    with pytest.raises(RefusedError, match="cannot be resolved yet"):
        resolved(rig)
    assert (state(rig), count(rig, "intervention")) == ("open", 0)


def test_a_waiver_is_bound_to_the_two_values_and_another_value_reopens_the_same_id(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    assert states(rig) == [("notice", "held")]
    first = waived(rig).id
    assert len(play(rig, NOW + HOUR)) == 1  # what it held goes
    play(rig, NOW + 2 * HOUR, charge=[charge(amount=111860, bill_at=BILL + DAY)])
    assert state(rig) == "waived"
    play(rig, NOW + 3 * HOUR, charge=[charge(amount=120000)])
    assert (only(rig).id, state(rig)) == (first, "open")
    assert len(alerts(rig)) == 2
    play(rig, NOW + 4 * HOUR, charge=[charge(amount=111860)])
    assert state(rig) == "waived"


def test_another_promised_value_reopens_what_was_waived_too(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    first = waived(rig).id
    play(rig, NOW + HOUR, promise=[price_promise(value=69900)])
    assert (only(rig).id, state(rig)) == (first, "open")


def test_it_lapses_when_it_surfaces(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    play(rig, BILL - SECOND)
    assert state(rig) == "open"
    play(rig, BILL)
    assert state(rig) == "lapsed"
    assert len(alerts(rig)) == 1  # its owner knew


def test_a_row_that_leaves_when_is_still_compared_and_never_closes_by_being_billed(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    play(rig, NOW + HOUR, charge=[charge(billed=True)])
    assert state(rig) == "open"
    with pytest.raises(RefusedError, match="cannot be resolved yet"):
        resolved(rig)
    play(rig, NOW + 2 * HOUR, charge=[charge(billed=True, amount=120000)])
    assert (state(rig), only(rig).actual) == ("open", "120000")


def charge_agrees(rig: Rig) -> None:
    play(rig, NOW + 2 * HOUR, charge=[charge(billed=True, amount=79900)])


def charge_is_deleted(rig: Rig) -> None:
    rig.clock.at = NOW + 2 * HOUR
    remove(rig, charge=["X-1"])
    play(rig)


def person_keeps_the_fact(rig: Rig) -> None:
    resolved(rig, keep_fact=True)
    play(rig, NOW + 2 * HOUR)


@pytest.mark.parametrize("closing", [charge_agrees, charge_is_deleted, person_keeps_the_fact])
def test_it_closes_by_agreement_deletion_or_a_person(rig: Rig, closing: Callable[[Rig], None]) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    play(rig, NOW + HOUR, charge=[charge(billed=True)])
    closing(rig)
    assert state(rig) == "settled"


def test_a_promise_deleted_and_imported_again_reopens_the_same_id_without_another_alert(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, **too_dear())
    first = only(rig).id
    rig.clock.at = NOW + HOUR
    remove(rig, promise=["P-1"])
    play(rig)
    assert (state(rig), only(rig).reason) == ("settled", "the promise was deleted")
    play(rig, NOW + 2 * HOUR, promise=[price_promise()])
    assert (only(rig).id, state(rig), len(alerts(rig))) == (first, "open", 1)


# -- 4. Hold -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hold", "bill_held", "visit_held"),
    [
        ({"topics": ["monthly_price"]}, True, False),
        ({"rules": ["visit-reminder"]}, False, True),
        ({"topics": ["monthly_price"], "rules": ["visit-reminder"]}, True, True),
        (None, False, False),
    ],
)
def test_a_notice_is_held_whose_rule_is_in_hold_rules_or_a_claims_topic_in_hold_topics(
    rig: Rig, hold: Any, bill_held: bool, visit_held: bool
) -> None:
    in_force(rig, rule(), rule(BILL_IS_READY), checks=[check(hold=hold)])
    sent = play(rig, **too_dear(), appointment=[visit()])
    held = {row.rule for row in rig.notices() if row.state == "held"}
    expected = {"bill-is-ready": bill_held, "visit-reminder": visit_held}
    assert held == {name for name, is_held in expected.items() if is_held}
    assert {one.rule for one in sent} == expected.keys() - held


def test_a_notice_is_held_whose_row_is_the_subject_or_reaches_it_by_to_one_relations(rig: Rig) -> None:
    about_contract = REMINDER | {
        "rule": "contract-rule",
        "about": "contract",
        "when": "contract.plan == 'Fibra'",
        "at": None,
        "until": None,
        "claims": {"plan": "contract.plan", "starts_at": "contract.started_at"},
        "template": "plan",
    }
    about_customer = about_contract | {
        "rule": "customer-rule",
        "about": "customer",
        "to": "customer",
        "when": "customer.preferred_channel == 'sms'",
        "claims": {"seller": "customer.id"},
        "template": "seller",
    }
    names = ["visit-reminder", "contract-rule", "customer-rule"]
    in_force(rig, rule(), rule(about_contract), rule(about_customer), checks=[check(hold={"rules": names})])
    play(rig, contract=[contract(id="K-2")], **too_dear())
    sent = play(
        rig,
        customer=[{"id": "C-1", "name": "Ana Ruiz", "preferred_channel": "sms"}],
        contract=[contract(plan="Fibra", started_at=NOW), contract(id="K-2", plan="Fibra", started_at=NOW)],
        appointment=[visit(), visit(id="A-2", contract_id="K-2")],
    )
    # The customer has many contracts: that one of them is in dispute is no reason to be silent about all else.
    assert [(one.rule, one.subject) for one in sent] == [
        ("visit-reminder", "A-2"),
        ("customer-rule", "C-1"),
        ("contract-rule", "K-2"),
    ]
    assert {row.subject_id for row in rig.notices() if row.state == "held"} == {"A-1", "K-1"}


@pytest.mark.parametrize("decide", [acknowledged, waived])
def test_open_and_acknowledged_ones_hold_and_no_others(rig: Rig, decide: Decision) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear())
    decided = decide(rig)
    assert len(play(rig, appointment=[visit()])) == int(decided.state.value == "waived")


def test_a_hold_keeps_the_verdict_and_no_bytes(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    held = notice(rig)
    assert (held.state, held.reason_code, held.contradictions) == ("held", "open_contradiction", [only(rig).id])
    assert [row for row in rig.messages() if row.notice_id == held.id] == []


def test_release_runs_draft_again_at_that_now(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(place="Calle 9")])
    reference = notice(rig).reference
    a_person_decides(rig.database, Release(reference), reason="the price is another matter", now=rig.clock())
    night = utc(4, 2)
    assert play(rig, night) == []  # a release is not a reason to wake anybody
    assert notice(rig).reason.startswith("quiet hours until")
    (sent,) = play(rig, utc(4, 13))
    assert (sent.kind, notice(rig).reference, notice(rig).state) == ("notice", reference, "told")


def test_when_the_contradiction_is_settled_the_held_notice_goes_with_what_is_true_then(rig: Rig) -> None:
    in_force(rig, rule(BILL_IS_READY), checks=[check(hold={"topics": ["monthly_price"]})])
    play(rig, **too_dear())
    assert states(rig) == [("notice", "held")]
    (sent,) = play(rig, NOW + HOUR, charge=[charge(amount=79900)])
    assert all("79,900" in text for text in sent.texts)


def test_what_expired_while_held_goes_to_the_owner(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    before = len(alerts(rig))
    assert play(rig, NOW + 45 * HOUR) == []
    held = notice(rig)
    assert (held.state, held.spent) == ("expired", True)
    assert len(alerts(rig)) == before + 1
    assert any(held.reference in alert.texts[0] for alert in alerts(rig))
    waived(rig)
    assert play(rig, NOW + 46 * HOUR) == []


def test_a_contradiction_that_opens_between_deciding_and_sending_holds_the_message(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    happen(rig, appointment=[visit()])
    rig.tick()
    assert states(rig) == [("notice", "ready")]
    assert play(rig, **too_dear()) == []
    assert states(rig) == [("notice", "held")]


def test_a_second_channel_that_waits_for_its_retry_goes_once_a_person_released_the_notice(rig: Rig) -> None:
    in_force(rig, rule(), checks=[PRICE])
    play(rig, **too_dear(), appointment=[visit()])
    a_person_decides(rig.database, Release(notice(rig).reference), reason="agreed", now=rig.clock())
    busy(rig)
    assert [one.channels for one in play(rig)] == [("email",)]
    assert [one.channels for one in play(rig, NOW + 2 * MINUTE)] == [("sms",)]


def test_a_second_channel_that_waits_for_its_retry_is_held_while_the_check_cannot_be_read(rig: Rig) -> None:
    in_force(rig, rule(), checks=[check()])
    play(rig, appointment=[visit(id="A-9", starts_at=NOW + 30 * DAY)])
    busy(rig)
    assert [one.channels for one in play(rig, **too_dear(), appointment=[visit()])] == [("email",)]
    rig.reload({"rules/visits.yaml": json.dumps({"rules": [rule()], "checks": [check(on="charge.contrct")]})})
    assert play(rig, NOW + 2 * MINUTE) == []


def test_a_second_channel_that_waits_for_its_retry_is_held_by_the_row_of_each_too(rig: Rig) -> None:
    outage = REMINDER | {
        "rule": "outage",
        "about": "incident",
        "each": {"contract": "incident.contracts"},
        "to": "contract.customer",
        "when": "incident.status == 'in_progress'",
        "at": None,
        "until": None,
        "claims": {"expected_end_at": "incident.expected_end_at"},
        "template": "outage",
    }
    in_force(rig, rule(outage), checks=[check(hold={"rules": ["outage"]})])
    play(rig, contract=[contract(zone="north")])
    busy(rig)
    power_cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    (sent,) = play(rig, incident=[power_cut | {"expected_end_at": NOW + DAY}])
    assert sent.channels == ("email",)
    assert play(rig, NOW + 2 * MINUTE, **too_dear()) == []
    (message,) = [row for row in rig.messages() if row.channel == "sms"]
    assert message.error.startswith("held by promised-price")


# -- 5. Our own notices ------------------------------------------------------------------------------------------------


def test_checks_never_compare_promises_whose_source_is_notice(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    play(rig, promise=[price_promise(source="notice")], charge=[charge()])
    assert contradictions(rig) == []


def test_promises_whose_source_is_notice_never_supersede(rig: Rig) -> None:
    in_force(rig, checks=[check()])
    ours = price_promise(id="P-2", source="notice", value=111860, made_at=NOW - HOUR)
    play(rig, promise=[price_promise(), ours], charge=[charge()])
    assert [(one.promise_id, one.state.value) for one in contradictions(rig)] == [("P-1", "open")]
