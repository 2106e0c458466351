"""After any sequence of writes and deletes, tables and change records equal those of a simple model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.model.schema import entities
from notifier.model.state import Change
from notifier.store.sql import table_of
from notifier.store.state.changes import delete_rows, write_rows
from tests.support.drafts import NOW

EXAMPLES = {"sqlite": 150, "postgresql": 40}
Recorded = tuple[str, Any, Any]
"""Row id, old keys, new keys."""
CHANGE = table_of(Change)
COMPLETE = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["I-1", "I-2", "I-3"]),
        "kind": st.just("outage"),
        "status": st.sampled_from(["planned", "in_progress", "closed"]),
        "started_at": st.just(NOW),
    },
    optional={
        "zone": st.sampled_from(["north", "south", None]),
        "site_id": st.sampled_from(["S-1", None]),
        "cause": st.sampled_from(["storm", None]),
    },
)
AT = st.integers(0, 4).map(lambda hours: NOW + timedelta(hours=hours))
STEP = st.tuples(AT, st.one_of(st.lists(COMPLETE, min_size=1, max_size=5), st.sets(st.sampled_from(["I-1", "I-2"]))))


@dataclass
class Model:
    """The model: incidents as plain mappings, one row at a time."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[Recorded] = field(default_factory=list)

    def write(self, row: dict[str, Any], at: datetime) -> None:
        old = self.rows.get(row["id"])
        if old is not None and old["written_at"] > at:
            return
        before = old or {"zone": None, "site_id": None, "cause": None, "status": None, "status_since": None}
        new = {**before, **row, "written_at": at}
        if new["status"] != before["status"]:
            new["status_since"] = at
        self.rows[row["id"]] = new
        if old is None or any(old[name] != new[name] for name in row):
            self.changes.append((row["id"], self._keys(old), self._keys(new)))

    def delete(self, row_id: str, at: datetime) -> None:
        old = self.rows.get(row_id)
        if old is not None and old["written_at"] <= at:
            del self.rows[row_id]
            self.changes.append((row_id, self._keys(old), None))

    @staticmethod
    def _keys(row: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if row is None else {"site_id": row["site_id"], "zone": row["zone"]}


@contextmanager
def rolled_back(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Each example runs in its own transaction, which is rolled back."""
    with engine.connect() as connection, connection.begin() as begun:
        yield connection
        begun.rollback()


def test_tables_and_changes_agree_with_a_plain_model(engine: sa.Engine) -> None:
    @settings(max_examples=EXAMPLES[engine.dialect.name], deadline=None)
    @given(st.lists(STEP, max_size=6))
    def check(steps: list[tuple[datetime, Any]]) -> None:
        model = Model()
        with rolled_back(engine) as connection:
            for at, what in steps:
                if isinstance(what, list):
                    counts = write_rows(connection, "incident", what, at)
                    assert counts.rows == len(what)
                    for row in what:
                        model.write(row, at)
                else:
                    delete_rows(connection, "incident", what, at)
                    for row_id in what:
                        model.delete(row_id, at)
            table = entities()["incident"].table
            names = ("id", "kind", "status", "status_since", "started_at", "zone", "site_id", "cause", "written_at")
            found = connection.execute(sa.select(table)).mappings()
            stored = {row["id"]: {name: row[name] for name in names} for row in found}
            records = connection.execute(sa.select(CHANGE).order_by(CHANGE.c.id))
            recorded = [(row.row_id, row.old_keys, row.new_keys) for row in records]
        assert stored == model.rows
        assert _by_row(recorded) == _by_row(model.changes)

    check()


def _by_row(changes: list[Recorded]) -> dict[str, list[Recorded]]:
    """The changes of each row, in order; the rows of one write have no order among themselves."""
    return {row_id: [change for change in changes if change[0] == row_id] for row_id, _, _ in changes}
