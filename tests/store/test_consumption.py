"""What a tick took is deleted, and nothing else."""

from collections.abc import Collection

import pytest
import sqlalchemy as sa

from notifier.store.state.changes import write_rows
from notifier.store.state.consumption import delete_changes, take_changes
from notifier.store.tables import CHANGE
from tests.support.drafts import NOW


def written(engine: sa.Engine, *names: str) -> None:
    with engine.begin() as connection:
        write_rows(connection, "customer", [{"id": name, "name": "Ana"} for name in names], NOW)


def left(engine: sa.Engine) -> Collection[str]:
    with engine.connect() as connection:
        return set(connection.execute(sa.select(CHANGE.c.row_id)).scalars())


@pytest.mark.parametrize("later", [(), ("C-3", "C-4")])
def test_a_tick_deletes_what_it_took_and_nothing_that_came_later(engine: sa.Engine, later: tuple[str, ...]) -> None:
    written(engine, "C-1", "C-2")
    with engine.begin() as connection:
        assert take_changes(connection, "tick-1") == 2
    written(engine, *later)
    with engine.begin() as connection:
        delete_changes(connection, "tick-1")
    assert left(engine) == set(later)


def test_a_tick_deletes_nothing_that_another_one_took_since(engine: sa.Engine) -> None:
    written(engine, "C-1")
    with engine.begin() as connection:
        take_changes(connection, "tick-1")
        take_changes(connection, "tick-2")
        delete_changes(connection, "tick-1")
    assert left(engine) == {"C-1"}
