"""Rows are written and deleted, and only what really changed leaves a record."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.evaluation.dialects import InstantIn
from notifier.model.schema import entities
from notifier.store.state.changes import DeleteCounts, IncompleteRowsError, delete_rows, write_rows
from notifier.store.state.merging import WriteCounts
from tests.support.drafts import NOW
from tests.support.state import changes, stored

LATER = NOW + timedelta(hours=1)
KEYS = {"customer_id": "C-1", "contract_id": None, "replaces": None, "site_id": None}


def write(engine: sa.Engine, *rows: dict[str, Any], entity: str = "order", at: datetime = NOW) -> WriteCounts:
    with engine.begin() as connection:
        return write_rows(connection, entity, rows, at)


def test_a_new_row_is_stored_exactly_and_recorded_with_its_keys(engine: sa.Engine, order: dict[str, Any]) -> None:
    assert write(engine, order) == WriteCounts(inserted=1)
    assert stored(engine, "order") == {"O-1": {**order, "status_since": NOW, "written_at": NOW, "born_at": NOW}}
    assert changes(engine) == [
        {"entity": "order", "row_id": "O-1", "old_keys": None, "new_keys": KEYS, "at": NOW, "baseline": False}
    ]


def test_a_row_that_moves_records_both_the_row_it_left_and_the_row_it_joined(
    engine: sa.Engine, order: dict[str, Any]
) -> None:
    write(engine, {**order, "contract_id": "K-1"})
    assert write(engine, {"id": "O-1", "contract_id": "K-2"}, at=LATER) == WriteCounts(updated=1)
    assert changes(engine)[-1]["old_keys"] == {**KEYS, "contract_id": "K-1"}
    assert changes(engine)[-1]["new_keys"] == {**KEYS, "contract_id": "K-2"}


def test_an_unchanged_row_writes_no_change(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, order)
    assert write(engine, {**order, "total": Decimal("79900.5000")}, at=LATER) == WriteCounts(unchanged=1)
    assert len(changes(engine)) == 1


def test_absent_columns_stay_and_nulls_are_written(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, {**order, "seller": "acme", "promised_at": LATER})
    write(engine, {"id": "O-1", "promised_at": None}, at=LATER)
    row = stored(engine, "order")["O-1"]
    assert row["seller"] == "acme"
    assert "promised_at" not in row


def _histories(engine: sa.Engine, entity: str = "order") -> dict[str, Any]:
    """When each row came to be, and when each of its instants was set after that."""
    table = entities()[entity].table
    fields = ("promised_at", "completed_at")
    instants = [InstantIn(table.c.set_at, sa.literal_column(f"'{name}'", sa.String())) for name in fields]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(table.c.id, table.c.born_at, *instants)).all()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def test_a_row_remembers_when_it_came_to_be_and_when_an_instant_of_it_was_set_later(
    engine: sa.Engine, order: dict[str, Any]
) -> None:
    write(engine, {**order, "promised_at": LATER})
    assert _histories(engine) == {"O-1": (NOW, None, None)}
    write(engine, {"id": "O-1", "seller": "acme", "promised_at": LATER}, at=LATER)
    assert _histories(engine) == {"O-1": (NOW, None, None)}
    write(engine, {"id": "O-1", "promised_at": NOW}, at=LATER)
    assert _histories(engine) == {"O-1": (NOW, LATER, None)}
    later_still = LATER + timedelta(hours=1)
    write(engine, {"id": "O-1", "promised_at": NOW, "completed_at": NOW}, at=later_still)
    assert _histories(engine) == {"O-1": (NOW, LATER, later_still)}
    write(engine, {"id": "O-1", "promised_at": LATER}, at=NOW)
    assert _histories(engine) == {"O-1": (NOW, LATER, later_still)}  # an older write changes nothing


def test_rows_of_a_baseline_were_there_before(engine: sa.Engine, order: dict[str, Any]) -> None:
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW, baseline=True)
        write_rows(connection, "order", [{**order, "id": "O-2"}], NOW, existing=True)
    assert _histories(engine) == {"O-1": (None, None, None), "O-2": (None, None, None)}


def test_status_since_moves_only_with_the_status(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, order)
    write(engine, {"id": "O-1", "seller": "acme"}, at=LATER)
    assert stored(engine, "order")["O-1"]["status_since"] == NOW
    write(engine, {"id": "O-1", "status": "shipped"}, at=LATER)
    assert stored(engine, "order")["O-1"]["status_since"] == LATER


def test_an_older_write_is_ignored_and_counted(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, order, at=LATER)
    assert write(engine, {**order, "status": "shipped"}, at=NOW) == WriteCounts(ignored_older=1)
    assert stored(engine, "order")["O-1"]["status"] == "in_progress"
    assert len(changes(engine)) == 1


def test_an_unchanged_write_still_dates_the_row(engine: sa.Engine, order: dict[str, Any]) -> None:
    """What was confirmed at LATER is not undone by an older write."""
    write(engine, order)
    write(engine, order, at=LATER)
    between = NOW + timedelta(minutes=30)
    assert write(engine, {"id": "O-1", "status": "failed"}, at=between) == WriteCounts(ignored_older=1)


def test_of_rows_with_the_same_id_the_later_wins_whatever_their_columns(
    engine: sa.Engine, order: dict[str, Any]
) -> None:
    counts = write(
        engine, order, {"id": "O-1", "status": "shipped"}, {**order, "id": "O-2"}, {"id": "O-1", "seller": "x"}
    )
    assert counts == WriteCounts(inserted=2, updated=2)
    assert stored(engine, "order")["O-1"] == {
        **order,
        "status": "shipped",
        "seller": "x",
        "status_since": NOW,
        "written_at": NOW,
        "born_at": NOW,
    }


def test_a_new_row_without_a_required_column_is_refused_by_name(engine: sa.Engine) -> None:
    with pytest.raises(
        IncompleteRowsError, match="order O-9 is not there yet, and a new order needs customer_id, placed"
    ):
        write(engine, {"id": "O-9", "status": "shipped"})
    assert stored(engine, "order") == {}


def test_columns_with_a_default_get_it_in_a_new_row(engine: sa.Engine) -> None:
    charge = {"id": "X-1", "customer_id": "C-1", "kind": "recurring", "amount": Decimal(5), "currency": "COP"}
    write(engine, charge, entity="charge")
    assert stored(engine, "charge")["X-1"]["billed"] is False


def test_attributes_are_laid_over_the_stored_ones(engine: sa.Engine) -> None:
    visit = {"id": "A-1", "customer_id": "C-1", "kind": "visit", "status": "confirmed", "starts_at": NOW}
    write(engine, {**visit, "attributes": {"technician": "Luz", "visits": 2}}, entity="appointment")
    update = {"id": "A-1", "attributes": {"visits": None, "deposit": "1.5"}}
    assert write(engine, update, entity="appointment", at=LATER) == WriteCounts(updated=1)
    assert stored(engine, "appointment")["A-1"]["attributes"] == {"technician": "Luz", "deposit": "1.5"}
    assert write(engine, update, entity="appointment", at=LATER) == WriteCounts(unchanged=1)


def test_a_deleted_row_is_recorded_with_the_keys_it_had(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, order)
    with engine.begin() as connection:
        assert delete_rows(connection, "order", ["O-1", "O-7"], LATER) == DeleteCounts(deleted=1, missing=1)
    assert stored(engine, "order") == {}
    assert changes(engine)[-1] == {
        "entity": "order",
        "row_id": "O-1",
        "old_keys": KEYS,
        "new_keys": None,
        "at": LATER,
        "baseline": False,
    }


def test_a_row_written_after_a_delete_was_dated_stays(engine: sa.Engine, order: dict[str, Any]) -> None:
    write(engine, order, at=LATER)
    with engine.begin() as connection:
        assert delete_rows(connection, "order", ["O-1"], NOW) == DeleteCounts(ignored_older=1)
    assert list(stored(engine, "order")) == ["O-1"]


def test_a_baseline_write_marks_its_changes(engine: sa.Engine, order: dict[str, Any]) -> None:
    with engine.begin() as connection:
        write_rows(connection, "order", [order], NOW, baseline=True)
    assert [change["baseline"] for change in changes(engine)] == [True]


def test_more_rows_than_a_batch_are_all_written(engine: sa.Engine, order: dict[str, Any]) -> None:
    rows = [{**order, "id": f"O-{number}"} for number in range(5_500)]
    assert write(engine, *rows) == WriteCounts(inserted=5_500)
    assert write(engine, *rows) == WriteCounts(unchanged=5_500)
    assert len(changes(engine)) == 5_500
