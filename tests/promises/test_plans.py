"""SQLite's plans for a check: an idle pass, and one after a few changes, use indexes and scan no table.

PostgreSQL plans by its statistics, and a test has too few rows for them.
"""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.promises.check_query import CheckQuery
from notifier.rules.checked_checks import Check
from notifier.store.migrating import ensure_indexes
from tests.promises.conftest import Worlds
from tests.promises.examples import HOUR, NOW
from tests.promises.world import (
    CALLED_BACK,
    ONE_PERIOD,
    SCHEMA,
    PromiseWorld,
    among_promises,
    written_callback,
    written_check,
)

PARAMETERS = {"now": NOW, "since": NOW - HOUR, "promises": ["P-1", "P-2"], "facts": ["X-1"]}
CHECKS = [
    written_check(),
    written_check(on=("charge.contract", "charge.contract.customer", "charge"), surfaces_at=None),
    written_check(when=("charge.bill_at <= now + 6h", "charge.contract.status == 'active'")),
    written_check(actual=ONE_PERIOD),
    written_check(promised=("contract", "0", "contract.status == 'cancelled'")),
    written_callback(CALLED_BACK),
    written_callback("promise.customer.contacts.exists(c, c.at > now - 3h)"),
    among_promises(on=("other.order.contract",), worse="higher"),
]
BUSINESS = {"promise", "charge", "contract", "customer", "contact", "order"}


def plan(world: PromiseWorld, statement: sa.Select[Any]) -> list[str]:
    """The steps of SQLite's plan for the statement."""
    with world.engine.connect() as connection:

        @sa.event.listens_for(connection, "before_cursor_execute", retval=True)
        def explain(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> tuple[str, Any]:
            return f"EXPLAIN QUERY PLAN {sql}", values

        cursor = connection.execute(statement, PARAMETERS).cursor
        assert cursor is not None
        return [row[-1] for row in cursor.fetchall()]


def reads_too_much(step: str) -> bool:
    """Whether the step reads all rows of a business table, or all promises of a topic."""
    kind, alias, *_ = step.split()
    business = any(name in BUSINESS for name in (alias, alias.rpartition("_")[0]))
    return business and (kind == "SCAN" or "ix_promise_topic" in step)


@pytest.mark.parametrize("check", CHECKS, ids=range(len(CHECKS)))
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_nothing_but_a_full_pass_reads_a_whole_table(worlds: Worlds, check: Check) -> None:
    world = worlds(check)
    query = world.queries[check.name]
    with world.engine.begin() as connection:
        ensure_indexes(connection, query.indexed_columns())
    statements: Mapping[str, sa.Select[Any] | None] = {
        "due": query.due_ids(),
        "changed": query.changed_ids(),
        "promises": query.promises(),
        "alike": query.alike(),
        "disagreeing": query.disagreeing(),
        "members": query.members(),
    }
    plans = {name: plan(world, statement) for name, statement in statements.items() if statement is not None}
    assert {name: [step for step in steps if reads_too_much(step)] for name, steps in plans.items()} == {
        name: [] for name in plans
    }
    assert any(reads_too_much(step) for step in plan(world, query.disagreeing_ids())), "the test sees full passes"


def test_rows_that_are_both_facts_and_summed_are_searched_once() -> None:
    of_one_row, of_a_sum = (
        str(CheckQuery(check, SCHEMA).changed_ids()) for check in (written_check(), written_check(actual=ONE_PERIOD))
    )
    assert of_a_sum.count("FROM change AS") == of_one_row.count("FROM change AS")
