"""A pass that looks only at what changed or fell due finds what a pass over everything finds, after any history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.model.contradictions import HOLDING
from notifier.model.state import Change
from notifier.model.types import TopicType
from notifier.promises.assess import ContradictionChange
from notifier.rules.checked import Tolerance
from notifier.store.contradictions import save
from notifier.store.settling import acknowledge, waive
from notifier.store.sql import table_of
from notifier.store.tables import ContradictionRow, MemberRow
from tests.promises.conftest import Worlds
from tests.promises.examples import DAY, HOUR, NOW
from tests.promises.world import CALLED_BACK, World, written_callback, written_check

CHECKS = (
    written_check(name="price"),
    written_check(
        name="price of the customer",
        on=("charge.contract.customer", "charge.contract"),
        when=("charge.contract.status == 'active'",),
    ),
    written_check(name="price soon", when=("charge.bill_at <= now + 6h", "charge.kind == 'recurring'")),
    written_check(name="price without a date", surfaces_at=None, worse="higher", tolerance=Tolerance()),
    written_callback(CALLED_BACK, "promise.customer.contacts.exists(c, c.at > now - 9h)", topic="callback"),
)
ROWS = [row.__tablename__ for row in (MemberRow, ContradictionRow)]
STATE = ["promise", "charge", "contract", "customer", "contact", "change"]

Deed = Callable[[World, datetime], None]


@dataclass(frozen=True)
class Step:
    """Something happens, some time passes, and perhaps a pass is made."""

    deed: Deed
    later: timedelta
    tick: bool

    def __repr__(self) -> str:
        return f"Step({self.deed.__doc__}, {self.later}, tick={self.tick})"


def deed(text: str, do: Deed) -> Deed:
    do.__doc__ = text
    return do


contracts = st.sampled_from(["K-1", "K-2"])
customers = st.sampled_from(["C-1", "C-2"])
amounts = st.sampled_from(["79900", "80000", "111860"])
moments = st.sampled_from([None, *(NOW + hours * HOUR for hours in (1, 5, 9, 14, 30, 50, 70))])
rarely = st.sampled_from([True, False, False, False, False])


@st.composite
def charges(draw: st.DrawFn) -> Deed:
    columns: dict[str, Any] = {
        "row": draw(st.sampled_from(["X-1", "X-2"])),
        "amount": draw(amounts),
        "contract_id": draw(contracts),
        "bill_at": draw(moments),
        "billed": draw(rarely),
        "kind": "fee" if draw(rarely) else "recurring",
        "currency": "USD" if draw(rarely) else "COP",
    }
    return deed(f"charge {columns}", lambda world, now: world.charge(at=now, **columns))


@st.composite
def promises(draw: st.DrawFn) -> Deed:
    columns: dict[str, Any] = {
        "row": draw(st.sampled_from(["P-1", "P-2", "P-3"])),
        "subject_type": draw(st.sampled_from(["contract", "contract", "customer"])),
        "value": draw(amounts),
        "valid_from": draw(st.none() | moments),
        "valid_until": draw(st.none() | moments),
        "state": "withdrawn" if draw(rarely) else "open",
        "source": "notice" if draw(rarely) else "sales",
    }
    columns["subject_id"] = draw(contracts if columns["subject_type"] == "contract" else customers)
    return deed(f"promise {columns}", lambda world, now: world.promise(at=now, **columns))


@st.composite
def callbacks(draw: st.DrawFn) -> Deed:
    columns: dict[str, Any] = {
        "row": draw(st.sampled_from(["P-4", "P-5"])),
        "topic": "callback",
        "topic_type": TopicType.TIMESTAMP,
        "value": NOW,
        "customer_id": draw(customers),
        "due_at": draw(moments),
        "made_at": NOW - 6 * HOUR,
        "state": draw(st.sampled_from(["open", "open", "kept"])),
    }
    return deed(f"promise {columns}", lambda world, now: world.promise(at=now, **columns))


@st.composite
def calls(draw: st.DrawFn) -> Deed:
    columns: dict[str, Any] = {
        "id": draw(st.sampled_from(["T-1", "T-2"])),
        "customer_id": draw(customers),
        "at": draw(moments.filter(bool)),
        "channel": "phone",
        "direction": "outbound",
        "outcome": draw(st.sampled_from(["answered", "unanswered"])),
    }
    return deed(f"contact {columns}", lambda world, now: world.write("contact", now, **columns))


@st.composite
def moves(draw: st.DrawFn) -> Deed:
    row, customer = draw(contracts), draw(customers)
    status = draw(st.sampled_from(["active", "active", "cancelled"]))
    return deed(
        f"{row} of {customer} is {status}",
        lambda world, now: world.write("contract", now, id=row, customer_id=customer, status=status),
    )


@st.composite
def deletions(draw: st.DrawFn) -> Deed:
    entity, row = draw(
        st.sampled_from(
            [
                ("charge", "X-1"),
                ("charge", "X-2"),
                ("promise", "P-1"),
                ("promise", "P-4"),
                ("contract", "K-1"),
                ("contact", "T-1"),
                ("customer", "C-2"),
            ]
        )
    )
    return deed(f"delete {entity} {row}", lambda world, now: world.delete(entity, row, now))


def _decide(decision: Callable[..., Any], which: int) -> Deed:
    def do(world: World, now: datetime) -> None:
        known = sorted(world.contradictions().values(), key=lambda each: each.id)
        open_ones = [each for each in known if each.state in HOLDING[:1]]
        if open_ones:
            with world.engine.begin() as connection:
                decision(connection, open_ones[which % len(open_ones)].id, by="marta", reason="so decided", now=now)

    return deed(decision.__name__, do)


NOTHING = deed("nothing", lambda *_: None)
people = st.builds(_decide, st.sampled_from([acknowledge, waive]), st.integers(0, 3))
steps = st.builds(
    Step,
    deed=st.one_of(
        st.just(NOTHING),
        st.just(NOTHING),
        charges(),
        charges(),
        promises(),
        promises(),
        callbacks(),
        calls(),
        moves(),
        deletions(),
        people,
    ),
    later=st.sampled_from([timedelta(microseconds=1), HOUR, 3 * HOUR, 7 * HOUR]),
    tick=rarely.map(lambda late: not late),
)


def empty(world: World) -> None:
    """Leave the tables without rows, as a new database is."""
    with world.engine.begin() as connection:
        for table in [*ROWS, "intervention", *STATE]:
            connection.execute(sa.text(f"DELETE FROM {table}"))
    world.since = None


def compared_pass(world: World, now: datetime) -> list[ContradictionChange]:
    """An incremental pass, held against a full one in its place, and one after it."""
    with world.engine.begin() as connection:
        full = world.changes(connection, now, full=True)
        found = world.changes(connection, now, full=False)
        assert sorted(found, key=_key) == sorted(full, key=_key)
        save(connection, [change.contradiction for change in found])
        connection.execute(sa.delete(table_of(Change)))
    world.since = now
    with world.engine.begin() as connection:
        assert world.changes(connection, now, full=True) == []
    return found


def _key(change: ContradictionChange) -> tuple[str, str]:
    return change.contradiction.check, change.contradiction.promise_id


def test_an_incremental_pass_finds_what_a_full_one_finds(worlds: Worlds) -> None:
    world = worlds(*CHECKS)
    events: dict[str, int] = {}

    @settings(
        max_examples=60 if world.engine.dialect.name == "sqlite" else 15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=st.lists(steps, min_size=6, max_size=12))
    def examine(history: list[Step]) -> None:
        empty(world)
        for name in ("C-1", "C-2"):
            world.customer(name)
        for row, customer in (("K-1", "C-1"), ("K-2", "C-2")):
            world.contract(row, customer)
        now = NOW
        world.tick(now - DAY)
        world.promise()
        world.charge(bill_at=NOW + 30 * HOUR)
        for step in [*history, Step(NOTHING, HOUR, True)]:
            step.deed(world, now)
            now += step.later
            if step.tick:
                for change in compared_pass(world, now):
                    events[change.event] = events.get(change.event, 0) + 1

    examine()
    rare = min(events.get(event, 0) for event in ("opened", "reopened", "changed", "settled", "lapsed"))
    assert rare, f"every event must happen: {events}"
