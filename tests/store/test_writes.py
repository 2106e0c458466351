"""What wrote a row, and what it replaced, is known afterwards: on both databases, exactly, and only where asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.writers import Way, Writer
from notifier.store.state.changes import IncompleteRowsError, delete_rows, write_rows
from notifier.store.state.provenance import drop_former, forget_former, savepoint, sign
from notifier.store.tables import FORMER_VALUE, WRITE_SOURCE
from notifier.store.writes import Write, writes_of
from tests.support.drafts import NOW

WATCHED: Mapping[str, frozenset[str]] = {"charge": frozenset({"amount", "bill_at", "billed", "attributes"})}
COLUMNS = ("amount", "bill_at", "billed")
CHARGE = {
    "id": "X-1",
    "customer_id": "C-1",
    "kind": "recurring",
    "proration": False,
    "amount": Decimal("79900.50"),
    "currency": "COP",
    "bill_at": NOW,
    "billed": False,
    "attributes": {"plan": "Fibra"},
}


def write(engine: sa.Engine, row: dict[str, Any], at: datetime, *, name: str, watched: Any = WATCHED) -> None:
    with engine.begin() as connection:
        sign(connection, Writer(way=Way.IMPORT, name=name, by="marta", at=at), watched)
        write_rows(connection, "charge", [row], at)


def chain(engine: sa.Engine, row_id: str = "X-1") -> Sequence[Write]:
    with engine.begin() as connection:
        return writes_of(connection, [("charge", row_id)], {"charge": COLUMNS})


def test_each_write_says_who_wrote_what_and_what_it_replaced(engine: sa.Engine) -> None:
    later, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    write(engine, CHARGE, NOW, name="march.csv")
    write(engine, {"id": "X-1", "amount": Decimal("111860.25"), "currency": "COP"}, later, name="april.csv")
    write(engine, {"id": "X-1", "bill_at": last}, last, name="dates.csv")

    first, second, third = chain(engine)
    named = [each.writer and each.writer.name for each in (first, second, third)]
    assert named == ["march.csv", "april.csv", "dates.csv"]
    assert (first.before, first.after["amount"], first.dated) == ({}, "79900.5", NOW)
    assert (second.before, second.after, second.dated) == ({"amount": "79900.5"}, {"amount": "111860.25"}, later)
    assert list(third.before) == list(third.after) == ["bill_at"]
    assert third.before["bill_at"] == first.after["bill_at"] != third.after["bill_at"]


def test_a_write_that_replaces_nothing_a_check_reads_is_not_taken_for_its_author(engine: sa.Engine) -> None:
    write(engine, CHARGE, NOW, name="march.csv")
    write(engine, {"id": "X-1", "product": "Fibra 400"}, NOW + timedelta(hours=1), name="products.csv")
    write(engine, {**CHARGE, "product": "Fibra 400"}, NOW + timedelta(hours=2), name="again.csv")
    (only,) = chain(engine)
    assert only.writer is not None
    assert only.writer.name == "march.csv"


def test_a_row_that_went_away_and_came_back_shows_both(engine: sa.Engine) -> None:
    write(engine, CHARGE, NOW, name="march.csv")
    with engine.begin() as connection:
        sign(connection, Writer(way=Way.EVENTS, name="gone.jsonl", by="marta", at=NOW), WATCHED)
        delete_rows(connection, "charge", ["X-1"], NOW + timedelta(hours=1))
    write(engine, CHARGE | {"amount": Decimal(1)}, NOW + timedelta(hours=2), name="back.csv")

    first, gone, back = chain(engine)
    assert (first.after["amount"], gone.deleted, gone.before["amount"]) == ("79900.5", True, "79900.5")
    assert (gone.writer and gone.writer.name, back.writer and back.writer.name) == ("gone.jsonl", "back.csv")
    assert (back.before, back.after["amount"]) == ({}, "1")


@pytest.mark.parametrize("watched", [{}, {"order": frozenset({"status"})}])
def test_nothing_is_kept_where_no_check_reads_it(engine: sa.Engine, watched: Mapping[str, frozenset[str]]) -> None:
    write(engine, CHARGE, NOW, name="march.csv", watched=watched)
    write(engine, CHARGE | {"amount": Decimal(1)}, NOW + timedelta(hours=1), name="april.csv", watched=watched)
    (only,) = chain(engine)
    assert (only.writer and only.writer.name, only.after["amount"]) == ("april.csv", "1")


def test_a_row_that_nobody_signed_for_has_no_writer(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, "charge", [CHARGE], NOW)
        assert connection.execute(sa.select(WRITE_SOURCE.c.id)).first() is None
    assert [each.writer for each in chain(engine)] == [None]


def test_a_signature_that_wrote_nothing_leaves_no_row_and_ends_with_its_transaction(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        sign(connection, Writer(way=Way.DECISION, name="notices release", by="marta", at=NOW), {})
    with engine.begin() as connection:
        write_rows(connection, "charge", [CHARGE], NOW)
        assert connection.execute(sa.select(WRITE_SOURCE.c.id)).first() is None


@pytest.mark.parametrize("row", [CHARGE, CHARGE | {"id": "X-2"}], ids=["the same again", "older than what is there"])
def test_a_write_of_nothing_new_leaves_no_row_of_its_writer(engine: sa.Engine, row: dict[str, Any]) -> None:
    write(engine, CHARGE, NOW, name="march.csv")
    write(engine, CHARGE | {"id": "X-2", "amount": Decimal(1)}, NOW + timedelta(hours=2), name="april.csv")
    write(engine, row, NOW + timedelta(hours=1), name="again.csv")
    with engine.begin() as connection:
        sign(connection, Writer(way=Way.EVENTS, name="gone.jsonl", by="marta", at=NOW), WATCHED)
        delete_rows(connection, "charge", ["X-3"], NOW + timedelta(hours=3))
        named = connection.execute(sa.select(WRITE_SOURCE.c.name).order_by(WRITE_SOURCE.c.id)).scalars().all()
    assert named == ["march.csv", "april.csv"]


def test_a_savepoint_takes_its_writer_back_and_what_follows_has_one_again(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        sign(connection, Writer(way=Way.EVENTS, name="events.jsonl", by="marta", at=NOW), WATCHED)
        with pytest.raises(IncompleteRowsError), savepoint(connection):
            write_rows(connection, "charge", [CHARGE, {"id": "X-3"}], NOW)
        assert connection.execute(sa.select(WRITE_SOURCE.c.id)).first() is None
        for name in ("X-1", "X-2"):
            with savepoint(connection):
                write_rows(connection, "charge", [CHARGE | {"id": name}], NOW)
        assert len(connection.execute(sa.select(WRITE_SOURCE.c.id)).all()) == 1
    assert [each.writer and each.writer.name for name in ("X-1", "X-2") for each in chain(engine, name)] == [
        "events.jsonl",
        "events.jsonl",
    ]


def test_what_was_replaced_long_ago_or_is_a_forgotten_persons_goes(engine: sa.Engine) -> None:
    for number in (1, 2):
        write(engine, CHARGE | {"id": f"X-{number}"}, NOW, name="a.csv")
        write(engine, {"id": f"X-{number}", "billed": True}, NOW + timedelta(days=number), name="b.csv")
    with engine.begin() as connection:
        assert drop_former(connection, NOW + timedelta(days=1, hours=1), 10) == 1
        assert connection.execute(sa.select(FORMER_VALUE.c.row_id)).scalars().all() == ["X-2"]
        forget_former(connection, "charge", ["X-2"])
        assert connection.execute(sa.select(FORMER_VALUE.c.row_id)).first() is None
