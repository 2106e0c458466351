"""What people may decide about contradictions: recorded with name and reason, refused where the facts forbid it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from notifier.decisions.contradictions import OBJECT, Acknowledge, KeepFact, Resolve, Waive
from notifier.decisions.decision import Decision
from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.state import Change
from notifier.model.types import TopicType
from notifier.promises.assess import Event
from notifier.rules.checked_checks import Check
from notifier.store.conflicts import ConflictError
from notifier.store.contradictions import save
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.sql import table_of
from tests.promises.examples import BILL, DAY, HOUR, NOW
from tests.promises.world import SCHEMA, PromiseWorld, written_callback, written_check
from tests.support.deciding import a_person_decides

LATER = NOW + HOUR
CHECK = written_check()


def acknowledged(world: PromiseWorld) -> Contradiction:
    return decide(world, Acknowledge(world_id(world)), reason="on it")


def waived(world: PromiseWorld) -> Contradiction:
    return decide(world, Waive(world_id(world)), reason="goodwill")


def resolved(world: PromiseWorld, checks: Sequence[Check] = (CHECK,), *, reason: str = "corrected") -> Contradiction:
    """Resolved in a project that has these checks."""
    known = {check.name: check for check in checks}
    return decide(world, Resolve(world_id(world), known, SCHEMA), reason=reason)


def kept(world: PromiseWorld, *, by: str = "marta", reason: str = "corrected") -> Contradiction:
    """Resolved, keeping the fact."""
    return decide(world, KeepFact(world_id(world)), by=by, reason=reason)


def decide(world: PromiseWorld, decision: Decision[Contradiction], *, by: str = "marta", reason: str) -> Contradiction:
    (found,) = a_person_decides(world.engine, decision, by=by, reason=reason, now=LATER).objects
    return found


def world_id(world: PromiseWorld) -> str:
    return world.only().id


def deeds(world: PromiseWorld) -> list[tuple[str, str, str]]:
    name = world_id(world)
    with world.engine.begin() as connection:
        found = interventions_on(connection, OBJECT, name)
    return [(row.actor, row.verb, row.reason) for row in found]


def test_an_acknowledged_contradiction_stays_and_says_who_works_on_it(world: PromiseWorld) -> None:
    found = acknowledged(world)
    assert (found.state, found.reason) == ("acknowledged", "acknowledge by marta: on it")
    assert world.only() == found
    assert deeds(world) == [("marta", "acknowledge", "on it")]
    assert world.tick(NOW + 2 * HOUR, full=True) == []


def test_only_an_open_one_can_be_acknowledged(world: PromiseWorld) -> None:
    acknowledged(world)
    with pytest.raises(RefusedError, match="is acknowledged; only an open contradiction can be acknowledged"):
        acknowledged(world)
    assert len(deeds(world)) == 1


def test_a_waived_contradiction_stays_quiet_until_a_value_changes(world: PromiseWorld) -> None:
    found = waived(world)
    assert (found.state, found.waived_pair) == ("waived", "79900 COP|111860 COP")
    assert world.tick(LATER, full=True) == []
    world.charge(amount="120000", at=NOW + 2 * HOUR)
    (change,) = world.tick(NOW + 2 * HOUR)
    assert (change.event, change.contradiction.id) == (Event.REOPENED, found.id)
    again = waived(world)
    assert again.waived_pair == "79900 COP|111860 COP\n79900 COP|120000 COP"


def test_what_is_waived_or_settled_cannot_be_waived(world: PromiseWorld) -> None:
    waived(world)
    with pytest.raises(RefusedError, match="is waived; there is nothing to waive"):
        waived(world)


def test_resolving_is_refused_while_the_facts_disagree(world: PromiseWorld) -> None:
    with pytest.raises(RefusedError) as refused:
        resolved(world)
    assert str(refused.value) == (
        f"{world_id(world)} cannot be resolved yet: charge X-1 is 111860 COP, promised 79900 COP by sales. Correct the "
        "fact, or settle it with --keep fact, which withdraws the promise, or waive the difference"
    )
    assert (world.only().state, deeds(world)) == ("open", [])


def test_resolving_is_allowed_once_the_facts_agree_even_before_the_next_pass(world: PromiseWorld) -> None:
    world.charge(amount="79900", at=NOW)
    found = resolved(world)
    assert (found.state, found.reason) == ("settled", "resolve by marta: corrected")
    assert world.tick(NOW + 2 * HOUR) == []
    with pytest.raises(RefusedError, match="is settled already: resolve by marta: corrected"):
        resolved(world)


def test_a_row_that_left_when_still_refuses(world: PromiseWorld) -> None:
    world.charge(billed=True, at=NOW)
    with pytest.raises(RefusedError, match="cannot be resolved yet"):
        resolved(world)


def test_keeping_the_fact_withdraws_the_promise_as_a_change(world: PromiseWorld) -> None:
    found = kept(world, reason="the price list says so")
    assert (found.state, found.reason) == ("settled", "resolve, keeping the fact by marta: the price list says so")
    with world.engine.begin() as connection:
        state = connection.execute(sa.text("SELECT state FROM promise WHERE id = 'P-1'")).scalar_one()
        changes = connection.execute(sa.select(table_of(Change).c.entity, table_of(Change).c.row_id)).all()
    assert (state, changes) == ("withdrawn", [("promise", "P-1")])
    assert world.tick(NOW + 2 * HOUR) == []
    assert world.tick(NOW + 2 * HOUR, full=True) == []


def test_keeping_the_fact_settles_one_whose_promise_was_deleted(world: PromiseWorld) -> None:
    world.delete("promise", "P-1")
    assert kept(world).state == "settled"


def test_a_lapsed_one_can_be_waived_so_that_the_next_bill_is_quiet(world: PromiseWorld) -> None:
    world.tick(BILL)
    assert waived(world).state == "waived"
    world.charge("X-2", bill_at=BILL + 30 * DAY, at=BILL)
    assert world.tick(BILL + HOUR) == []


def test_a_callback_that_was_not_made_can_be_settled_only_by_keeping_the_fact(world: PromiseWorld) -> None:
    check = written_callback("promise.customer.name == 'nobody'")
    with world.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM contradiction_member"))
        connection.execute(sa.text("DELETE FROM contradiction_promise"))
        connection.execute(sa.text("DELETE FROM contradiction"))
    other = PromiseWorld(world.engine.url.render_as_string(hide_password=False), check)
    other.since = NOW
    other.promise("P-2", NOW + HOUR, topic="callback", topic_type=TopicType.TIMESTAMP, due_at=NOW + 2 * HOUR)
    other.tick(LATER)
    with pytest.raises(RefusedError, match="is not kept"):
        resolved(other, [check])
    assert kept(other).state == "settled"
    other.engine.dispose()


def test_one_whose_check_has_left_the_project_can_be_resolved(world: PromiseWorld) -> None:
    assert resolved(world, checks=[]).state == "settled"


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("marta", "  ")])
def test_a_decision_without_a_name_or_a_reason_is_refused_and_leaves_no_trace(
    world: PromiseWorld, by: str, reason: str
) -> None:
    with pytest.raises(RefusedError, match=r"say (who you are|why)"):
        kept(world, by=by, reason=reason)
    assert (world.only().state, deeds(world)) == ("open", [])


def test_an_unknown_id_is_refused(world: PromiseWorld) -> None:
    with pytest.raises(RefusedError, match="there is no contradiction X-NONE"):
        decide(world, Acknowledge("X-NONE"), reason="on it")


def test_a_pass_that_read_before_a_person_decided_is_repeated(world: PromiseWorld) -> None:
    read = world.only()
    waiver = waived(world)
    stale = replace(read, state=ContradictionState.LAPSED)
    with world.engine.begin() as connection, pytest.raises(ConflictError, match="was changed by someone else"):
        save(connection, [stale])
    assert world.only() == waiver
