"""Bulk inserts write what SQLAlchemy would write, and nothing twice, on both databases."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.notices import Draft
from notifier.store import bulk_insert
from notifier.store.bulk_insert import insert_rows
from notifier.store.database import read_only
from notifier.store.outbox.notice_rows import message_row, notice_row
from notifier.store.tables import MESSAGE, NOTICE, PAYLOAD
from tests.support.drafts import NOW, draft, mail, sms

AWKWARD = "tab\tbackslash\\ \\N line\nend, 'quotes' \"both\" Ñ 🚀 {}"


def rows_of(*drafts: Draft) -> list[dict[str, Any]]:
    return [notice_row(each, now=NOW, live=False, index=index) for index, each in enumerate(drafts)]


def messages_of(notice: Draft, notice_id: str) -> list[dict[str, Any]]:
    texts = (replace(sms(), text=AWKWARD, cost=Decimal("0.0575"), cost_currency="USD"), mail())
    common: dict[str, Any] = {"notice_id": notice_id, "version": 0, "now": NOW, "live": False, "index": 0}
    return [message_row(notice, each, **common) for each in texts]


def payloads_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    every_byte = bytes(range(256)) + AWKWARD.encode()
    return [{"message_id": row["id"], "content": every_byte, "pattern_id": None} for row in messages]


def stored(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    [key] = table.primary_key
    return [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(key))]


def test_rows_are_written_as_sqlalchemy_writes_them(engine: sa.Engine) -> None:
    notices = rows_of(draft("A-1"), replace(draft("A-2"), evidence={AWKWARD: AWKWARD}))
    messages = messages_of(draft("A-1"), notices[0]["id"])
    payloads = payloads_of(messages)
    with engine.begin() as connection:
        connection.execute(sa.insert(NOTICE), notices)
        connection.execute(sa.insert(MESSAGE), messages)
        connection.execute(sa.insert(PAYLOAD), payloads)
        expected = [stored(connection, table) for table in (NOTICE, MESSAGE, PAYLOAD)]
        connection.execute(sa.delete(PAYLOAD))
        connection.execute(sa.delete(MESSAGE))
        connection.execute(sa.delete(NOTICE))

        assert insert_rows(connection, NOTICE, notices, key="occurrence") == {row["id"] for row in notices}
        assert insert_rows(connection, MESSAGE, messages, key="id") == {row["id"] for row in messages}
        assert insert_rows(connection, PAYLOAD, payloads, key="message_id") == {row["id"] for row in messages}
        assert [stored(connection, table) for table in (NOTICE, MESSAGE, PAYLOAD)] == expected


def test_as_many_rows_are_written_as_there_are(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole statements of several rows, and what is left over."""
    monkeypatch.setattr(bulk_insert, "ROWS_AT_ONCE", 2)
    notices = rows_of(*(draft(f"A-{n}") for n in range(5)))
    with engine.begin() as connection:
        insert_rows(connection, NOTICE, notices, key="occurrence")
        written = stored(connection, NOTICE)
    assert sorted(row["occurrence"] for row in written) == sorted(row["occurrence"] for row in notices)


def test_a_row_that_is_there_is_left_out_and_the_others_are_written(engine: sa.Engine) -> None:
    first, second = rows_of(draft("A-1"), draft("A-2"))
    with engine.begin() as connection:
        insert_rows(connection, NOTICE, [first], key="occurrence")
    with engine.begin() as connection:
        other = {**first, "id": "another", "reference": "AAAAA-AAAAA"}
        assert insert_rows(connection, NOTICE, [other, second], key="occurrence") == {second["id"]}
    with read_only(engine) as connection:
        assert {row["id"] for row in stored(connection, NOTICE)} == {first["id"], second["id"]}


def test_what_breaks_another_key_is_an_error_and_nothing_is_written(engine: sa.Engine) -> None:
    first, second = rows_of(draft("A-1"), draft("A-2"))
    with pytest.raises(sa.exc.IntegrityError, match="reference"), engine.begin() as connection:
        insert_rows(connection, NOTICE, [first, {**second, "reference": first["reference"]}], key="occurrence")
    with read_only(engine) as connection:
        assert stored(connection, NOTICE) == []


def test_no_rows_are_no_statement(engine: sa.Engine) -> None:
    with read_only(engine) as connection:
        assert insert_rows(connection, NOTICE, [], key="occurrence") == ()
