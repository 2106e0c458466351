"""The life of a contradiction: opened, changed, settled, waived, reopened, lapsed; one test per transition."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.types import TopicType
from notifier.promises.assess import ContradictionChange, Event, FactRow, PromiseFacts, assess, contradiction_id
from notifier.promises.compare import ComparedValue
from notifier.promises.wording import value_pair, waivable_pairs
from notifier.rules.checked_checks import Check
from tests.promises.examples import BILL, DAY, HOUR, NOW, amount, callback_check, charge, facts, price_check, promise

CHECK = price_check()


def step(
    found: PromiseFacts, known: Contradiction | None = None, now: datetime = NOW, check: Check = CHECK
) -> ContradictionChange | None:
    """One pass, an hour after the previous one."""
    return assess(check, found, known, now=now, since=now - HOUR)


def opened(*disagreeing: FactRow, now: datetime = NOW) -> Contradiction:
    change = step(facts(*disagreeing), now=now)
    assert change is not None
    assert change.event is Event.OPENED
    return replace(change.contradiction, version=1)


def waived(contradiction: Contradiction) -> Contradiction:
    return replace(contradiction, state=ContradictionState.WAIVED, waived_pair="\n".join(waivable_pairs(contradiction)))


def test_a_fact_beyond_the_tolerance_opens_a_contradiction_at_once() -> None:
    change = step(facts(charge(111860)))
    assert change is not None
    assert change.event is Event.OPENED
    found = change.contradiction
    assert (found.state, found.promised, found.actual, found.currency) == ("open", "79900", "111860", "COP")
    assert (found.owner, found.severity, found.surfaces_at) == ("billing", "high", BILL)
    assert (found.subject_type, found.subject_id, found.customer_id) == ("contract", "K-1", "C-1")
    assert (found.promised_by, found.evidence, found.promised_at) == ("ventas-17", "call 4711", promise().made_at)
    assert found.reason == "charge X-1 is 111860 COP, promised 79900 COP by ventas-17"
    assert [member.fact_id for member in found.members] == ["X-1"]


def test_a_fact_within_the_tolerance_opens_nothing() -> None:
    assert step(facts(charge("80299.50"))) is None


def test_the_same_facts_change_nothing() -> None:
    known = opened(charge())
    assert step(facts(charge(), members=(charge(),)), known) is None


def test_two_charges_are_members_of_one_contradiction_whose_deadline_is_the_earliest() -> None:
    later = charge(95000, "X-2", BILL + 30 * DAY)
    found = opened(later, charge())
    assert [member.fact_id for member in found.members] == ["X-1", "X-2"]
    assert (found.actual, found.surfaces_at) == ("111860", BILL)
    assert found.reason == "charge X-1 and 1 more row disagree: X-1 is 111860 COP, promised 79900 COP by ventas-17"


def test_two_promises_about_one_contract_are_two_contradictions() -> None:
    first = step(facts(charge()))
    second = step(facts(charge(), promise_id="P-2", promise=promise(id="P-2", value="85000")))
    assert first is not None
    assert second is not None
    assert first.contradiction.id != second.contradiction.id
    assert (first.contradiction.promised, second.contradiction.promised) == ("79900", "85000")


def test_the_id_belongs_to_the_check_and_the_promise() -> None:
    assert contradiction_id("a", "P-1") == contradiction_id("a", "P-1")
    assert len({contradiction_id(check, row) for check in ("a", "b") for row in ("P-1", "P-2")}) == 4


def test_a_value_that_changes_is_reported_and_keeps_the_acknowledgement() -> None:
    known = replace(opened(charge()), state=ContradictionState.ACKNOWLEDGED)
    change = step(facts(charge(95000), members=(charge(95000),)), known)
    assert change is not None
    assert (change.event, change.contradiction.actual) == (Event.CHANGED, "95000")
    assert change.contradiction.state is ContradictionState.ACKNOWLEDGED
    assert change.contradiction.opened_at == known.opened_at
    assert change.contradiction.version == known.version


def test_a_deadline_that_moves_is_reported() -> None:
    moved = charge(surfaces_at=BILL + DAY)
    change = step(facts(moved, members=(moved,)), opened(charge()))
    assert change is not None
    assert (change.event, change.contradiction.surfaces_at) == (Event.CHANGED, BILL + DAY)


def test_facts_that_agree_again_settle_it() -> None:
    change = step(facts(members=(charge(79900),)), opened(charge()))
    assert change is not None
    assert (change.event, change.contradiction.state) == (Event.SETTLED, ContradictionState.SETTLED)
    assert change.contradiction.reason == "charge X-1 is 79900 COP, as promised"


def test_it_settles_when_its_rows_are_deleted() -> None:
    change = step(facts(), opened(charge()))
    assert change is not None
    assert change.event is Event.SETTLED
    assert change.contradiction.reason == "charge X-1 is gone, or the promise no longer covers it"


def test_it_settles_when_the_value_is_no_longer_known() -> None:
    unknown = FactRow(
        entity="charge", id="X-1", value=ComparedValue(type=TopicType.MONEY, value=None), surfaces_at=BILL
    )
    change = step(facts(members=(unknown,)), opened(charge()))
    assert change is not None
    assert change.contradiction.reason == "charge X-1 has no value any more"


def test_a_row_that_left_when_is_still_compared() -> None:
    known = opened(charge())
    assert step(facts(members=(charge(),)), known) is None
    change = step(facts(members=(charge(120000),)), known)
    assert change is not None
    assert (change.event, change.contradiction.actual) == (Event.CHANGED, "120000")


def test_it_goes_on_while_one_of_two_rows_still_disagrees() -> None:
    later = charge(95000, "X-2", BILL + 30 * DAY)
    change = step(facts(later, members=(charge(79900), later)), opened(charge(), later))
    assert change is not None
    assert (change.event, change.contradiction.actual) == (Event.CHANGED, "95000")
    assert [member.fact_id for member in change.contradiction.members] == ["X-2"]


def test_what_was_settled_and_disagrees_again_reopens_the_same_id() -> None:
    known = opened(charge())
    settled = step(facts(members=(charge(79900),)), known)
    assert settled is not None
    change = step(facts(charge()), settled.contradiction, NOW + DAY)
    assert change is not None
    assert (change.event, change.contradiction.id) == (Event.REOPENED, known.id)
    assert change.contradiction.opened_at == NOW + DAY


def test_waived_values_stay_quiet_and_another_value_reopens_the_same_id() -> None:
    known = waived(opened(charge()))
    assert step(facts(charge()), known) is None
    change = step(facts(charge(120000)), known)
    assert change is not None
    assert (change.event, change.contradiction.id) == (Event.REOPENED, known.id)
    assert change.contradiction.state is ContradictionState.OPEN


def test_a_waiver_is_bound_to_what_was_promised_too() -> None:
    known = waived(opened(charge()))
    change = step(facts(charge(), promise=promise(value="70000")), known)
    assert change is not None
    assert (change.event, change.contradiction.promised) == (Event.REOPENED, "70000")


def test_a_waiver_is_bound_to_the_currency_too() -> None:
    known = waived(opened(charge()))
    change = step(facts(charge(currency="USD")), known)
    assert change is not None
    assert change.event is Event.REOPENED


def test_a_waiver_covers_all_rows_that_were_there() -> None:
    later = charge(95000, "X-2", BILL + 30 * DAY)
    known = waived(opened(charge(), later))
    assert step(facts(later), known) is None
    assert step(facts(charge(), later), known) is None


def test_values_that_come_back_to_what_was_waived_are_waived_again() -> None:
    reopened = step(facts(charge(120000)), waived(opened(charge())))
    assert reopened is not None
    change = step(facts(charge(), members=(charge(),)), reopened.contradiction)
    assert change is not None
    assert (change.event, change.contradiction.state) == (Event.WAIVED, ContradictionState.WAIVED)


def test_only_the_row_with_another_value_is_a_member_after_a_waiver() -> None:
    known = waived(opened(charge()))
    change = step(facts(charge(), charge(120000, "X-2", BILL + DAY)), known)
    assert change is not None
    assert [member.fact_id for member in change.contradiction.members] == ["X-2"]
    assert change.contradiction.actual == "120000"


def test_a_waived_one_whose_facts_agree_stays_waived() -> None:
    assert step(facts(), waived(opened(charge()))) is None


def test_it_lapses_at_the_very_moment_it_surfaces() -> None:
    known = opened(charge())
    still = facts(charge(), members=(charge(),))
    assert step(still, known, BILL - timedelta(microseconds=1)) is None
    change = step(still, known, BILL)
    assert change is not None
    assert (change.event, change.contradiction.state) == (Event.LAPSED, ContradictionState.LAPSED)
    assert change.contradiction.reason == (
        "it surfaced at 2026-03-05 05:00 UTC: charge X-1 is 111860 COP, promised 79900 COP by ventas-17"
    )


def test_an_acknowledged_one_lapses_too() -> None:
    known = replace(opened(charge()), state=ContradictionState.ACKNOWLEDGED)
    change = step(facts(members=(charge(),)), known, BILL)
    assert change is not None
    assert change.event is Event.LAPSED


def test_the_deadline_moves_on_to_the_next_row_when_the_first_one_surfaced() -> None:
    later = charge(95000, "X-2", BILL + 30 * DAY)
    known = opened(charge(), later)
    change = step(facts(charge(), later, members=(charge(), later)), known, BILL)
    assert change is not None
    assert (change.event, change.contradiction.state) == (Event.CHANGED, ContradictionState.OPEN)
    assert (change.contradiction.actual, change.contradiction.surfaces_at) == ("95000", BILL + 30 * DAY)
    last = step(facts(members=(charge(), later)), change.contradiction, BILL + 30 * DAY)
    assert last is not None
    assert last.event is Event.LAPSED


def test_a_lapsed_one_stays_so_until_a_row_is_to_surface_in_the_future() -> None:
    lapsed = step(facts(members=(charge(),)), opened(charge()), BILL)
    assert lapsed is not None
    known = lapsed.contradiction
    assert step(facts(charge()), known, BILL + DAY) is None
    assert step(facts(), known, BILL + DAY) is None
    following = charge(111860, "X-2", BILL + 30 * DAY)
    change = step(facts(charge(), following), known, BILL + DAY)
    assert change is not None
    assert (change.event, change.contradiction.id) == (Event.REOPENED, known.id)
    assert [member.fact_id for member in change.contradiction.members] == ["X-2"]
    settled = step(
        facts(charge(), members=(replace(following, value=amount(79900)),)), change.contradiction, BILL + DAY
    )
    assert settled is not None
    assert settled.event is Event.SETTLED


def test_what_surfaced_before_the_previous_pass_is_history() -> None:
    assert step(facts(charge()), now=BILL + 2 * HOUR) is None
    assert assess(CHECK, facts(charge()), None, now=BILL, since=None) is None


def test_what_surfaced_between_two_passes_is_recorded_as_lapsed() -> None:
    change = step(facts(charge()), now=BILL + HOUR / 2)
    assert change is not None
    assert (change.event, change.contradiction.state) == (Event.LAPSED, ContradictionState.LAPSED)
    assert step(facts(charge()), change.contradiction, BILL + HOUR / 2) is None


def test_a_fact_that_never_surfaces_has_no_deadline_and_never_lapses() -> None:
    known = opened(charge(surfaces_at=None))
    assert known.surfaces_at is None
    undated = charge(surfaces_at=None)
    assert step(facts(undated, members=(undated,)), known, NOW + 1000 * DAY) is None


def test_a_dated_row_comes_before_one_without_a_date() -> None:
    assert opened(charge(1, "X-0", None), charge()).surfaces_at == BILL


@pytest.mark.parametrize("state", ["withdrawn", "superseded", "kept", "broken"])
def test_a_promise_that_is_no_longer_open_settles_it_with_that_reason(state: str) -> None:
    change = step(facts(promise=promise(state=state), members=(charge(),)), opened(charge()))
    assert change is not None
    assert (change.event, change.contradiction.reason) == (Event.SETTLED, f"the promise is {state}")


def test_a_deleted_promise_settles_it_and_comes_back_with_the_same_id() -> None:
    known = opened(charge())
    change = step(facts(promise=None), known)
    assert change is not None
    assert (change.event, change.contradiction.reason) == (Event.SETTLED, "the promise was deleted")
    back = step(facts(charge()), change.contradiction)
    assert back is not None
    assert (back.event, back.contradiction.id) == (Event.REOPENED, known.id)


def test_a_promise_about_another_topic_now_settles_it() -> None:
    change = step(facts(promise=promise(topic="install_fee"), members=(charge(),)), opened(charge()))
    assert change is not None
    assert change.contradiction.reason == "the promise is about install_fee now"


def test_our_own_notices_are_never_compared() -> None:
    assert step(facts(charge(), promise=promise(source="notice"))) is None


def test_a_promise_whose_topic_changed_its_type_is_named() -> None:
    with pytest.raises(ValueError, match="promise P-1: 'fibre' is no canonical money; import it again as money"):
        step(facts(charge(), promise=promise(value="fibre")))


CALLBACK = promise(topic="callback", value="2026-03-02T17:00:00Z", currency=None, made_by="agent-7")
DUE = datetime.fromisoformat("2026-03-02T17:00:00Z")
NOT_KEPT = FactRow(value=ComparedValue(type=TopicType.TIMESTAMP, value=None), surfaces_at=DUE)


def test_a_promise_kept_by_nothing_opens_without_an_actual_value_and_lapses_when_it_is_due() -> None:
    change = step(facts(NOT_KEPT, promise=CALLBACK), check=callback_check())
    assert change is not None
    found = change.contradiction
    assert (found.actual, found.members, found.surfaces_at) == (None, (), DUE)
    assert found.reason == "callback 2026-03-02T17:00:00Z, promised by agent-7, is not kept"
    assert step(facts(NOT_KEPT, promise=CALLBACK), found, check=callback_check()) is None
    lapsed = step(facts(NOT_KEPT, promise=CALLBACK), found, DUE, callback_check())
    assert lapsed is not None
    assert lapsed.event is Event.LAPSED


def test_a_promise_that_was_kept_in_time_settles() -> None:
    known = step(facts(NOT_KEPT, promise=CALLBACK), check=callback_check())
    assert known is not None
    change = step(facts(promise=CALLBACK), known.contradiction, check=callback_check())
    assert change is not None
    assert (change.event, change.contradiction.reason) == (Event.SETTLED, "the promise was kept, or is due later")


def test_the_pair_of_values_names_amount_currency_and_tax() -> None:
    found = opened(charge(tax_included=True))
    assert value_pair(found) == "79900 COP|111860 COP tax included"


def test_a_difference_of_tax_is_said() -> None:
    change = step(facts(charge(79900, tax_included=False), promise=promise(tax_included=True)))
    assert change is not None
    assert change.contradiction.reason == (
        "charge X-1 is 79900 COP tax excluded, promised 79900 COP tax included by ventas-17"
    )


def test_the_recurring_line_is_caught_where_proration_hides_the_increase_in_the_total() -> None:
    """The total of 3,196,000 is below the promised 7,990,000; the recurring line of 11,186,000 is 40 % above it."""
    promised = promise(value="7990000")
    lines = (charge("11186000", "line-recurring"), charge("-7990000", "line-proration"))
    assert sum(line.value.value for line in lines) == 3196000  # type: ignore[misc]  # amounts are Decimals
    change = step(facts(lines[0], promise=promised))
    assert change is not None
    assert (change.contradiction.promised, change.contradiction.actual) == ("7990000", "11186000")
