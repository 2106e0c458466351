"""Checks on a real database: found by change, by time or by a full pass, with every edge case of facts.

On SQLite alone: test_compare_property, test_incremental and test_holds ask the same statements of both databases.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from notifier.model.types import TopicType
from notifier.promises.assess import Event
from notifier.promises.checking import retired
from notifier.rules.checked_checks import Check, Tolerance
from notifier.store.contradictions import save
from notifier.store.reader import Reader
from tests.promises.conftest import Worlds
from tests.promises.examples import BILL, DAY, HOUR, NOW
from tests.promises.world import CALLED_BACK, PromiseWorld, written_callback, written_check
from tests.support.sqlite_alone import migrated_url

__all__ = ["migrated_url"]


def events(found: list[Any]) -> list[tuple[Event, str, str | None]]:
    return [(each.event, each.contradiction.promise_id, each.contradiction.actual) for each in found]


def test_a_charge_above_the_promise_is_found_when_it_arrives(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    assert world.tick(NOW) == []
    world.charge()
    assert events(world.tick(NOW + HOUR)) == [(Event.OPENED, "P-1", "111860")]
    found = world.only()
    assert (found.state, found.surfaces_at, found.currency) == ("open", BILL, "COP")
    assert [(member.fact_type, member.fact_id) for member in found.members] == [("charge", "X-1")]
    assert world.tick(NOW + 2 * HOUR) == []


def test_a_promise_that_arrives_after_the_charge_is_found_too(worlds: Worlds) -> None:
    world = worlds()
    world.charge()
    world.tick(NOW)
    world.promise()
    assert events(world.tick(NOW + HOUR)) == [(Event.OPENED, "P-1", "111860")]


def test_a_first_pass_finds_what_was_there_before(worlds: Worlds) -> None:
    world = worlds(started=None)
    world.promise()
    world.charge()
    assert events(world.tick(NOW)) == [(Event.OPENED, "P-1", "111860")]


def test_a_first_pass_leaves_history_alone(worlds: Worlds) -> None:
    world = worlds(started=None)
    world.promise()
    world.charge()
    assert world.tick(BILL) == []


def test_the_proration_that_hides_the_increase_in_the_total_does_not_hide_it_here(worlds: Worlds) -> None:
    """Invoice total 3,196,000 below the promised 7,990,000; recurring line 11,186,000, 40 % above it."""
    world = worlds()
    world.promise(value="7990000")
    world.charge("line-1", "11186000")
    world.charge("line-2", "-7990000", proration=True)
    assert events(world.tick(NOW)) == [(Event.OPENED, "P-1", "11186000")]
    assert [member.fact_id for member in world.only().members] == ["line-1"]


def test_two_charges_are_one_contradiction_and_two_promises_are_two(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.promise("P-2", "85000")
    world.charge()
    world.charge("X-2", "95000", bill_at=BILL + 30 * DAY)
    world.tick(NOW)
    found = world.contradictions()
    assert {promise: len(each.members) for promise, each in found.items()} == {"P-1": 2, "P-2": 2}
    assert {each.surfaces_at for each in found.values()} == {BILL}


def test_a_newer_promise_silences_an_older_one_only_when_that_is_superseded(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.promise("P-2", "111860", made_at=NOW)
    world.charge()
    assert events(world.tick(NOW)) == [(Event.OPENED, "P-1", "111860")]
    world.promise(state="superseded", at=NOW + HOUR)
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-1", "111860")]
    assert world.only().reason == "the promise is superseded"


@pytest.mark.parametrize("moved", [{"contract_id": "K-2"}, {"contract_id": None}])
def test_a_charge_that_moves_to_another_contract_is_no_fact_about_this_one(
    worlds: Worlds, moved: dict[str, Any]
) -> None:
    world = worlds()
    world.contract("K-2")
    world.promise()
    world.promise("P-2", subject_id="K-2")
    world.charge()
    world.tick(NOW)
    world.charge(at=NOW + HOUR, **moved)
    found = set(events(world.tick(NOW + HOUR)))
    assert (Event.SETTLED, "P-1", "111860") in found
    assert ((Event.OPENED, "P-2", "111860") in found) is (moved["contract_id"] == "K-2")


def test_a_deleted_charge_settles_it(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    world.tick(NOW)
    world.delete("charge", "X-1", NOW + HOUR)
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-1", "111860")]


def test_a_charge_corrected_settles_it_and_raised_again_reopens_the_same_id(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    (first,) = world.tick(NOW)
    world.charge(amount="79900", at=NOW + HOUR)
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-1", "111860")]
    world.charge(amount="90000", at=NOW + 2 * HOUR)
    (again,) = world.tick(NOW + 2 * HOUR)
    assert (again.event, again.contradiction.id) == (Event.REOPENED, first.contradiction.id)


def test_a_charge_that_is_billed_leaves_when_and_is_still_compared(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    world.tick(NOW)
    world.charge(billed=True, at=NOW + HOUR)
    assert world.tick(NOW + HOUR) == []
    assert world.only().state == "open"
    world.charge(billed=True, amount="79900", at=NOW + 2 * HOUR)
    assert events(world.tick(NOW + 2 * HOUR)) == [(Event.SETTLED, "P-1", "111860")]


def test_a_charge_billed_from_the_start_is_never_compared(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge(billed=True)
    assert world.tick(NOW) == []


def test_a_promise_deleted_and_imported_again_has_the_same_id(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    (first,) = world.tick(NOW)
    world.delete("promise", "P-1", NOW + HOUR)
    (gone,) = world.tick(NOW + HOUR)
    assert (gone.event, gone.contradiction.reason) == (Event.SETTLED, "the promise was deleted")
    world.promise(at=NOW + 2 * HOUR)
    (back,) = world.tick(NOW + 2 * HOUR)
    assert (back.event, back.contradiction.id) == (Event.REOPENED, first.contradiction.id)


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ({"valid_from": BILL}, True),
        ({"valid_from": BILL + timedelta(microseconds=1)}, False),
        ({"valid_until": BILL}, False),
        ({"valid_until": BILL + timedelta(microseconds=1)}, True),
        ({"made_at": BILL + HOUR}, False),
        ({"made_at": BILL + HOUR, "valid_from": NOW}, True),
    ],
)
def test_a_promise_covers_what_surfaces_while_it_is_valid(worlds: Worlds, window: dict[str, Any], found: bool) -> None:
    world = worlds()
    world.promise(**window)
    world.charge()
    assert bool(world.tick(NOW)) is found


def test_a_bill_moved_past_the_end_of_the_promise_settles_it(worlds: Worlds) -> None:
    world = worlds()
    world.promise(valid_until=BILL + DAY)
    world.charge()
    world.tick(NOW)
    world.charge(bill_at=BILL + 2 * DAY, at=NOW + HOUR)
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-1", "111860")]


def test_a_fact_without_a_date_is_compared_while_the_promise_is_valid_now(worlds: Worlds) -> None:
    world = worlds()
    world.promise(valid_from=NOW + HOUR, valid_until=NOW + 3 * HOUR)
    world.charge(bill_at=None)
    assert world.tick(NOW) == []
    assert events(world.tick(NOW + HOUR)) == [(Event.OPENED, "P-1", "111860")]
    assert world.only().surfaces_at is None
    assert world.tick(NOW + 2 * HOUR) == []
    assert events(world.tick(NOW + 3 * HOUR)) == [(Event.SETTLED, "P-1", "111860")]


def test_it_lapses_when_it_surfaces_without_any_change(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    world.tick(NOW)
    assert world.tick(BILL - timedelta(microseconds=1)) == []
    assert events(world.tick(BILL)) == [(Event.LAPSED, "P-1", "111860")]
    assert world.tick(BILL + DAY) == []
    world.charge("X-2", bill_at=BILL + 30 * DAY, at=BILL + DAY)
    (again,) = world.tick(BILL + DAY)
    assert again.event is Event.REOPENED
    assert [member.fact_id for member in again.contradiction.members] == ["X-2"]


def test_other_currencies_and_other_tax_always_disagree(worlds: Worlds) -> None:
    world = worlds(written_check(worse="higher"))
    world.promise(tax_included=True)
    world.charge(amount="79900", currency="USD")
    assert events(world.tick(NOW)) == [(Event.OPENED, "P-1", "79900")]
    assert world.only().actual_currency == "USD"
    world.charge(amount="1", tax_included=False, at=NOW + HOUR)
    (changed,) = world.tick(NOW + HOUR)
    assert changed.contradiction.reason == "charge X-1 is 1 COP tax excluded, promised 79900 COP tax included by sales"
    world.charge(amount="1", tax_included=None, at=NOW + 2 * HOUR)
    assert events(world.tick(NOW + 2 * HOUR)) == [(Event.SETTLED, "P-1", "1")]


@pytest.mark.parametrize(
    ("tolerance", "amount", "found"),
    [
        (Tolerance(share=Decimal("0.005")), "80299.5", False),
        (Tolerance(share=Decimal("0.005")), "80299.5001", True),
        (Tolerance(share=Decimal(1)), "159800", False),
        (Tolerance(share=Decimal(1)), "0", False),
        (Tolerance(share=Decimal(1)), "-0.0001", True),
        (Tolerance(amount=Decimal(100), currency="COP"), "79800", False),
        (Tolerance(amount=Decimal(100), currency="COP"), "79799.9999", True),
        (Tolerance(amount=Decimal(100), currency="USD"), "79900.0001", True),
        (Tolerance(), "79900.0001", True),
    ],
)
def test_the_tolerance_is_exact_in_the_database(worlds: Worlds, tolerance: Tolerance, amount: str, found: bool) -> None:
    world = worlds(written_check(tolerance=tolerance))
    world.promise()
    world.charge(amount=amount)
    assert bool(world.tick(NOW)) is found


def test_our_own_notices_are_never_compared(worlds: Worlds) -> None:
    world = worlds()
    world.promise(source="notice")
    world.charge()
    assert world.tick(NOW) == []
    assert world.tick(NOW, full=True) == []


def cancelled_check() -> Check:
    return written_check(
        name="cancelled-but-scheduled",
        topic="cancelled",
        topic_type=TopicType.BOOL,
        tolerance=Tolerance(),
        against="appointment",
        on=("appointment.contract", "appointment"),
        when=("appointment.status in ['initialized', 'confirmed']",),
        actual="appointment.status == 'cancelled'",
        surfaces_at="appointment.starts_at",
    )


def appointment(world: PromiseWorld, status: str = "confirmed", at: datetime = NOW) -> None:
    world.write(
        "appointment",
        at,
        id="A-1",
        customer_id="C-1",
        contract_id="K-1",
        kind="installation",
        status=status,
        starts_at=BILL,
    )


@pytest.mark.parametrize(("subject_type", "subject_id"), [("contract", "K-1"), ("appointment", "A-1")])
def test_a_cancelled_installation_still_on_the_list_is_found_by_every_path(
    worlds: Worlds, subject_type: str, subject_id: str
) -> None:
    world = worlds(cancelled_check())
    appointment(world)
    world.tick(NOW)
    said: dict[str, Any] = {"topic": "cancelled", "topic_type": TopicType.BOOL, "value": "true"}
    world.promise(subject_type=subject_type, subject_id=subject_id, source="agent", **said)
    assert events(world.tick(NOW + HOUR)) == [(Event.OPENED, "P-1", "false")]
    assert world.only().reason == "appointment A-1 is not cancelled, promised cancelled by agent"
    appointment(world, "cancelled", NOW + 2 * HOUR)
    assert events(world.tick(NOW + 2 * HOUR)) == [(Event.SETTLED, "P-1", "false")]


def test_a_promise_about_another_kind_of_row_with_the_same_id_is_left_alone(worlds: Worlds) -> None:
    world = worlds(cancelled_check())
    appointment(world)
    said: dict[str, Any] = {"topic": "cancelled", "topic_type": TopicType.BOOL, "value": "true"}
    world.promise(subject_type="order", subject_id="A-1", **said)
    assert world.tick(NOW) == []


def test_a_customer_is_found_over_two_steps_and_left_when_the_middle_one_moves(worlds: Worlds) -> None:
    world = worlds(written_check(on=("charge.contract.customer",)))
    world.customer("C-2")
    world.promise(subject_type="customer", subject_id="C-1")
    world.charge()
    assert events(world.tick(NOW)) == [(Event.OPENED, "P-1", "111860")]
    world.contract(customer="C-2")
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-1", "111860")]
    world.contract(customer="C-1")
    assert events(world.tick(NOW + 2 * HOUR)) == [(Event.REOPENED, "P-1", "111860")]


def test_a_condition_on_a_related_row_is_followed(worlds: Worlds) -> None:
    world = worlds(written_check(when=("charge.contract.status == 'active'",)))
    world.promise()
    world.contract(status="pending")
    world.charge()
    assert world.tick(NOW) == []
    world.contract(status="active")
    assert events(world.tick(NOW + HOUR)) == [(Event.OPENED, "P-1", "111860")]


def test_a_condition_on_the_clock_is_followed(worlds: Worlds) -> None:
    world = worlds(written_check(when=("charge.bill_at <= now + 24h",)))
    world.promise()
    world.charge()
    assert world.tick(NOW) == []
    assert world.tick(BILL - DAY - timedelta(microseconds=1)) == []
    assert events(world.tick(BILL - DAY)) == [(Event.OPENED, "P-1", "111860")]


@pytest.mark.parametrize(
    ("topic_type", "tolerance", "actual", "promised", "agreeing", "disagreeing"),
    [
        (TopicType.TIMESTAMP, Tolerance(duration=timedelta(minutes=15)), "order.promised_at", "2026-03-05T15:00:00Z",
         datetime.fromisoformat("2026-03-05T15:15:00Z"), datetime.fromisoformat("2026-03-05T15:15:00.000001Z")),
        (TopicType.DURATION, Tolerance(duration=timedelta(minutes=15)), "order.promised_at - order.placed_at", "72h",
         NOW + timedelta(hours=72, minutes=15), NOW + timedelta(hours=72, minutes=15, microseconds=1)),
        (TopicType.DURATION, Tolerance(share=Decimal("0.25")), "order.promised_at - order.placed_at", "72h",
         NOW + timedelta(hours=90), NOW + timedelta(hours=90, microseconds=1)),
        (TopicType.DURATION, Tolerance(), "order.promised_at - order.placed_at", "72h",
         NOW + timedelta(hours=72), NOW + timedelta(hours=72, microseconds=-1)),
    ],
)  # fmt: skip
def test_instants_and_lengths_of_time_are_compared_to_the_microsecond(
    worlds: Worlds,
    topic_type: TopicType,
    tolerance: Tolerance,
    actual: str,
    promised: str,
    agreeing: datetime,
    disagreeing: datetime,
) -> None:
    check = written_check(
        topic_type=topic_type,
        tolerance=tolerance,
        against="order",
        on=("order",),
        when=(),
        actual=actual,
        surfaces_at=None,
    )
    world = worlds(check)
    said: dict[str, Any] = {"topic_type": topic_type, "value": promised, "subject_type": "order", "subject_id": "O-1"}
    world.promise(**said)
    order: dict[str, Any] = {"id": "O-1", "customer_id": "C-1", "status": "shipped", "placed_at": NOW}
    world.write("order", NOW, **order, promised_at=agreeing)
    assert world.tick(NOW) == []
    world.write("order", NOW + HOUR, **order, promised_at=disagreeing)
    assert [change.event for change in world.tick(NOW + HOUR)] == [Event.OPENED]


def test_dates_and_texts_are_compared(worlds: Worlds) -> None:
    dates = written_check(
        name="dates", topic="day", topic_type=TopicType.DATE, tolerance=Tolerance(duration=7 * DAY),
        against="site_day", on=("site_day.site",), when=(), actual="site_day.date", surfaces_at="site_day.starts_at",
    )  # fmt: skip
    plans = written_check(
        name="plans", topic="plan", topic_type=TopicType.TEXT, tolerance=Tolerance(),
        against="contract", on=("contract",), when=(), actual="contract.plan", surfaces_at=None,
    )  # fmt: skip
    world = worlds(dates, plans)
    world.promise("P-day", "2026-12-24", topic="day", topic_type=TopicType.DATE, subject_type="site", subject_id="S-1")
    world.promise("P-plan", "fibre 200", topic="plan", topic_type=TopicType.TEXT)
    world.write("site", id="S-1", name="Centro", timezone="America/Bogota", country="CO", opening_hours="24/7")
    starts = datetime.fromisoformat("2026-12-24T00:00:00-05:00")
    for day in ("2026-12-31", "2027-01-01"):
        world.write(
            "site_day", id=f"S-1/{day}", site_id="S-1", date=day, starts_at=starts, ends_at=starts + DAY, kind="normal"
        )
    world.contract(plan="fibre 100")
    found = world.tick(NOW)
    assert sorted(events(found)) == [(Event.OPENED, "P-day", "2027-01-01"), (Event.OPENED, "P-plan", "fibre 100")]
    world.contract(plan=None)
    assert events(world.tick(NOW + HOUR)) == [(Event.SETTLED, "P-plan", "fibre 100")]


MADE = datetime.fromisoformat("2026-03-02T09:00:00-05:00")
DUE = datetime.fromisoformat("2026-03-02T17:00:00-05:00")


def promise_callback(world: PromiseWorld, due_at: datetime | None = DUE, at: datetime = NOW) -> None:
    said: dict[str, Any] = {"topic": "callback", "topic_type": TopicType.TIMESTAMP, "value": DUE, "source": "agent"}
    world.promise(made_at=MADE, due_at=due_at, at=at, **said)


def call(world: PromiseWorld, at: datetime, outcome: str = "answered") -> None:
    row: dict[str, Any] = {
        "id": f"call {at}",
        "customer_id": "C-1",
        "at": at,
        "channel": "phone",
        "direction": "outbound",
    }
    world.write("contact", at, **row, outcome=outcome)


def test_a_callback_that_nobody_makes_opens_in_time_and_lapses(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world)
    assert world.tick(DUE - 4 * HOUR - timedelta(microseconds=1)) == []
    (opened,) = world.tick(DUE - 4 * HOUR)
    assert (opened.event, opened.contradiction.actual, opened.contradiction.surfaces_at) == (Event.OPENED, None, DUE)
    call(world, DUE - 3 * HOUR, "unanswered")
    assert world.tick(DUE - 3 * HOUR) == []
    assert [change.event for change in world.tick(DUE)] == [Event.LAPSED]


def test_a_callback_that_is_made_settles_it(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world)
    world.tick(DUE - HOUR)
    call(world, DUE - HOUR / 2)
    assert [change.event for change in world.tick(DUE - HOUR / 4)] == [Event.SETTLED]


def test_a_callback_made_early_never_alarms(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world)
    call(world, MADE + HOUR)
    assert world.tick(NOW) == []
    assert world.tick(DUE - HOUR) == []
    assert world.tick(DUE) == []


def test_a_callback_put_off_settles_and_opens_again_before_its_new_hour(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world)
    world.tick(DUE - HOUR)
    promise_callback(world, DUE + DAY, DUE - HOUR / 2)
    assert [change.event for change in world.tick(DUE - HOUR / 2)] == [Event.SETTLED]
    assert world.tick(DUE) == []
    assert [change.event for change in world.tick(DUE + DAY - 4 * HOUR)] == [Event.REOPENED]


def test_a_callback_whose_hour_was_slept_through_is_recorded_as_lapsed(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world)
    world.tick(NOW)
    assert [change.event for change in world.tick(DUE + HOUR)] == [Event.LAPSED]


def test_a_callback_without_an_hour_never_alarms(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK))
    promise_callback(world, None)
    assert world.tick(NOW) == []
    assert world.tick(DUE + DAY, full=True) == []


def test_a_deadline_that_is_calculated_is_found_by_time_too(worlds: Worlds) -> None:
    world = worlds(written_callback(CALLED_BACK, surfaces_at="promise.due_at - 1h"))
    promise_callback(world)
    assert world.tick(DUE - 5 * HOUR - timedelta(microseconds=1)) == []
    (opened,) = world.tick(DUE - 5 * HOUR)
    assert opened.contradiction.surfaces_at == DUE - HOUR


def test_a_pass_in_small_chunks_finds_the_same(worlds: Worlds) -> None:
    world = worlds()
    for number in range(7):
        world.promise(f"P-{number}", value=str(79900 + number))
    world.charge()
    assert len(world.tick(NOW, chunk_size=2)) == 7


def test_records_of_one_promise_in_different_chunks_are_one_contradiction(worlds: Worlds) -> None:
    world = worlds()
    for number in range(7):
        world.promise(f"P-{number}")
    world.charge()
    (opened,) = world.tick(NOW, chunk_size=2)
    assert [record.promise_id for record in opened.contradiction.records] == [f"P-{number}" for number in range(7)]


def test_a_check_that_leaves_the_rules_takes_its_open_contradictions_with_it(worlds: Worlds) -> None:
    world = worlds()
    world.promise()
    world.charge()
    world.tick(NOW)
    with world.engine.begin() as connection:
        reader = Reader(connection, live=False)
        (ended,) = retired("promised-price-vs-billing", reader, now=NOW + HOUR)
        save(connection, [ended.contradiction])
        assert retired("promised-price-vs-billing", reader, now=NOW + HOUR) == ()
    found = world.only()
    assert (found.state, found.reason) == ("settled", "the check promised-price-vs-billing is no longer in the rules")
