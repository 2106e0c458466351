"""An incremental pass finds the same as a full pass, after any history.

Histories are random, from a seed that a failure prints, in a small world in which most rows are related, so that most
steps matter.
"""

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.contradictions import Acknowledge, KeepFact, Waive
from notifier.model.contradictions import ContradictionState
from notifier.model.state import Change
from notifier.model.types import TopicType
from notifier.promises import opening_together
from notifier.promises.assess import ContradictionChange, Event
from notifier.rules.checked_checks import Tolerance
from notifier.store.interventions import RefusedError
from notifier.store.sql import table_of
from tests.promises.conftest import Worlds
from tests.promises.examples import DAY, HOUR, NOW
from tests.promises.world import (
    CALLED_BACK,
    ONE_PERIOD,
    PromiseWorld,
    among_promises,
    save_found,
    superseding,
    written_callback,
    written_check,
)
from tests.support.deciding import a_person_decides

HISTORIES = int(os.environ.get("NOTIFIER_TEST_HISTORIES", "16"))
"""On SQLite; on PostgreSQL, where each takes twice as long, it is a quarter of them."""
STEPS = 14
CHECKS = (
    written_check(name="price"),
    written_check(
        name="price of the customer",
        on=("charge.contract.customer", "charge.contract"),
        when=("charge.contract.status == 'active'",),
    ),
    written_check(name="price soon", when=("charge.bill_at <= now + 6h", "charge.kind == 'recurring'")),
    written_check(name="price without a date", surfaces_at=None, worse="higher", tolerance=Tolerance()),
    written_check(name="price of a period", worse="higher", actual=ONE_PERIOD),
    written_check(name="nothing owed", promised=("contract", "0", "contract.status == 'cancelled'")),
    written_check(name="of its own", on=("charge",), promised=("charge", "85000", "charge.bill_at > now + 12h")),
    written_callback(CALLED_BACK, topic="callback", warn=6 * HOUR),
    written_callback("promise.customer.contacts.exists(c, c.at > now - 9h)", name="called lately", topic="callback"),
    superseding(written_check(name="price of a period that began", valid_at=("charge.period_start",))),
    among_promises(name="two prices", on=("other.charge.contract",), worse="higher"),
    among_promises(name="two prices, either way"),
    among_promises(name="two prices of one month", when=("other.made_at > promise.made_at - 3d",)),
)
TABLES = (
    "settling",
    "contradiction_member",
    "contradiction_promise",
    "contradiction",
    "intervention",
    "promise",
    "charge",
    "contract",
    "customer",
)

Deed = Callable[[PromiseWorld, datetime], None]


@dataclass(frozen=True)
class Step:
    """Something happens, some time passes, and perhaps a pass runs."""

    what: str
    deed: Deed
    later: timedelta
    tick: bool

    def __str__(self) -> str:
        return f"{self.what}; {self.later} later{', a pass' if self.tick else ''}"


def moment(random: Random) -> datetime | None:
    """An instant within the history, or shortly after it; sometimes none."""
    return None if random.random() < 0.2 else NOW + random.randint(2, 100) * HOUR / 2


def charged(random: Random) -> tuple[str, Deed]:
    columns: dict[str, Any] = {
        "row": random.choice(["X-1", "X-2"]),
        "amount": random.choice(["79900", "95000", "111860"]),
        "contract_id": random.choice(["K-1", "K-1", "K-1", "K-2"]),
        "bill_at": moment(random),
        "billed": random.random() < 0.2,
        "kind": "fee" if random.random() < 0.1 else "recurring",
        "currency": "USD" if random.random() < 0.1 else "COP",
        "period_start": random.choice([None, NOW, NOW, NOW + DAY]),
        "tax_included": random.choice([None, None, None, True, False]),
    }
    return f"charge {columns}", lambda world, now: world.charge(at=now, **columns)


def promised(random: Random) -> tuple[str, Deed]:
    about = random.choice(
        [("contract", "K-1"), ("contract", "K-1"), ("contract", "K-2"), ("customer", "C-1"), ("charge", "X-1")]
    )
    columns: dict[str, Any] = {
        "row": random.choice(["P-1", "P-2", "P-3"]),
        "subject_type": about[0],
        "subject_id": about[1],
        "value": random.choice(["79900", "79900", "111860"]),
        "valid_from": moment(random) if random.random() < 0.2 else None,
        "valid_until": moment(random) if random.random() < 0.4 else None,
        "state": "withdrawn" if random.random() < 0.1 else "open",
        "source": "notice" if random.random() < 0.1 else random.choice(["sales", "contract", "robot"]),
        "customer_id": random.choice(["C-1", "C-1", "C-1", "C-2", None]),
        "tax_included": random.choice([None, None, None, True, False]),
        "made_at": NOW - random.choice([1, 1, 1, 2, 4, 9]) * DAY,
        "replaces": random.choice([None, None, "P-1", "P-2", "P-3"]),
    }
    return f"promise {columns}", lambda world, now: world.promise(at=now, **columns)


def called_for(random: Random) -> tuple[str, Deed]:
    columns: dict[str, Any] = {
        "row": random.choice(["P-4", "P-5"]),
        "topic": "callback",
        "topic_type": TopicType.TIMESTAMP,
        "value": NOW,
        "customer_id": random.choice(["C-1", "C-2"]),
        "due_at": moment(random),
        "made_at": NOW - 6 * HOUR,
        "state": random.choice(["open", "open", "open", "kept"]),
    }
    return f"callback {columns}", lambda world, now: world.promise(at=now, **columns)


def called(random: Random) -> tuple[str, Deed]:
    columns: dict[str, Any] = {
        "id": random.choice(["T-1", "T-2"]),
        "customer_id": random.choice(["C-1", "C-2"]),
        "at": moment(random) or NOW,
        "channel": "phone",
        "direction": "outbound",
        "outcome": random.choice(["answered", "unanswered"]),
    }
    return f"contact {columns}", lambda world, now: world.write("contact", now, **columns)


def moved(random: Random) -> tuple[str, Deed]:
    columns = {
        "id": random.choice(["K-1", "K-2"]),
        "customer_id": random.choice(["C-1", "C-2"]),
        "status": random.choice(["active", "active", "active", "cancelled"]),
    }
    return f"contract {columns}", lambda world, now: world.write("contract", now, **columns)


def deleted(random: Random) -> tuple[str, Deed]:
    entity, row = random.choice(
        [
            ("charge", "X-1"),
            ("charge", "X-2"),
            ("promise", "P-1"),
            ("promise", "P-2"),
            ("promise", "P-4"),
            ("contract", "K-1"),
            ("contact", "T-1"),
            ("customer", "C-2"),
        ]
    )
    return f"delete {entity} {row}", lambda world, now: world.delete(entity, row, now)


def decided(random: Random) -> tuple[str, Deed]:
    decision, which = random.choice([Acknowledge, Waive, KeepFact]), random.random()

    def do(world: PromiseWorld, now: datetime) -> None:
        open_ones = [name for name, state in world.states().items() if state is ContradictionState.OPEN]
        if open_ones:
            chosen = sorted(open_ones)[int(which * len(open_ones))]
            with suppress(RefusedError):  # what no promise says cannot be withdrawn
                a_person_decides(world.engine, decision(chosen), reason="so decided", now=now)

    return decision.__name__, do


def idle(_random: Random) -> tuple[str, Deed]:
    return "nothing", lambda _world, _now: None


DEEDS = {charged: 5, promised: 5, called_for: 3, called: 2, moved: 2, deleted: 2, decided: 2, idle: 7}


def history(random: Random) -> list[Step]:
    steps = []
    for number in range(STEPS):
        # A history begins with related rows, or little of it would matter.
        draw = charged if number == 0 else promised if number == 1 else random.choices([*DEEDS], [*DEEDS.values()])[0]
        later = random.choice([timedelta(microseconds=1), HOUR, 2 * HOUR, 3 * HOUR, 5 * HOUR])
        steps.append(Step(*draw(random), later, random.random() < 0.85))
    return [*steps, Step(*idle(random), HOUR, True)]


def begun(world: PromiseWorld) -> None:
    """Two customers, a contract each, and a first pass; nothing of an earlier history is left."""
    with world.engine.begin() as connection:
        for table in (*TABLES, "contact", "change"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    world.since = None
    for customer, contract in (("C-1", "K-1"), ("C-2", "K-2")):
        world.customer(customer)
        world.contract(contract, customer)
    world.tick(NOW - DAY)


def compared_pass(world: PromiseWorld, now: datetime) -> list[ContradictionChange]:
    """An incremental pass, compared with a full one instead of it, and one after it."""
    with world.engine.begin() as connection:
        full = world.changes(connection, now, full=True)
        passed = list(world.found(connection, now, full=False))
        found = [change for each in passed for change in each.all()]
        assert sorted(found, key=_name) == sorted(full, key=_name)
        for each in passed:
            save_found(connection, each)
        connection.execute(sa.delete(table_of(Change)))
    world.since = now
    with world.engine.begin() as connection:
        assert world.changes(connection, now, full=True) == []
    return found


def _name(change: ContradictionChange) -> str:
    return change.contradiction.id


def test_an_incremental_pass_finds_what_a_full_one_finds(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_together, "ALIKE", 1)
    world = worlds(*CHECKS)
    world.at_least = 0  # whatever can be opened together is; and `save_found` holds it against what is decided alone
    events: Counter[Event] = Counter()
    for seed in range(HISTORIES if world.engine.dialect.name == "sqlite" else HISTORIES // 4):
        begun(world)
        now, so_far = NOW, []
        for step in history(Random(seed)):
            so_far.append(str(step))
            step.deed(world, now)
            now += step.later
            if not step.tick:
                continue
            try:
                events.update(change.event for change in compared_pass(world, now))
            except AssertionError as error:
                raise AssertionError(f"history {seed}:\n" + "\n".join(so_far)) from error
    rare = {Event.WAIVED} if world.engine.dialect.name == "sqlite" else {Event.WAIVED, Event.REOPENED}
    assert min(events[event] for event in Event if event not in rare) >= 1, events


@pytest.mark.parametrize("draw", DEEDS)
def test_the_histories_are_the_same_in_every_run(draw: Callable[[Random], tuple[str, Deed]]) -> None:
    assert draw(Random(7))[0] == draw(Random(7))[0]
