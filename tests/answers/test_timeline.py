"""A timeline has everything in order, page by page, also where a thousand entries have one instant."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.timeline import Order, Timeline, timeline
from notifier.answers.timeline_sources import EntryKind, parse_key
from notifier.model.types import TopicType
from notifier.store.database import open_engine, read_only
from notifier.store.state.changes import write_rows
from tests.support.drafts import NOW

TOPICS = {"monthly_price": TopicType.MONEY}


@pytest.fixture
def engine(migrated_url: str) -> Iterator[sa.Engine]:
    engine = open_engine(migrated_url)
    yield engine
    engine.dispose()


def contact(number: int, at: datetime = NOW) -> dict[str, Any]:
    known = {"customer_id": "C-1", "channel": "phone", "direction": "inbound"}
    return known | {"id": f"T-{number:05}", "at": at, "reason": f"call {number}"}


def promise(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    about = {"subject_type": "contract", "subject_id": "K-1", "topic": "monthly_price", "value": "79900"}
    return (
        about | {"id": f"P-{number}", "made_at": at, "source": "sales", "currency": "COP", "customer_id": "C-1"} | more
    )


def write(engine: sa.Engine, **entities: Sequence[dict[str, Any]]) -> None:
    with engine.begin() as connection:
        for entity, rows in entities.items():
            write_rows(connection, entity, rows, NOW)


def page(engine: sa.Engine, **options: Any) -> Timeline:
    with read_only(engine) as connection:
        return timeline(connection, "C-1", TOPICS, live=False, **options)


def test_pages_have_every_entry_once_and_in_order_although_all_have_one_instant(engine: sa.Engine) -> None:
    write(
        engine,
        contact=[contact(number) for number in range(23)],
        promise=[promise(number, NOW) for number in range(5)],
    )
    for order in Order:
        seen: list[tuple[str, str]] = []
        after = None
        while True:
            found = page(engine, order=order, limit=7, after=after)
            seen += [(each.kind, each.id) for each in found.entries]
            after = found.next
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 28
        assert seen == sorted(seen, reverse=order is Order.NEWEST)


def test_what_is_older_is_left_out_and_the_end_has_no_next(engine: sa.Engine) -> None:
    write(engine, contact=[contact(number, NOW + timedelta(hours=number)) for number in range(4)])
    found = page(engine, since=NOW + timedelta(hours=2))
    assert [each.id for each in found.entries] == ["T-00003", "T-00002"]
    assert found.next is None
    assert [each.text for each in page(engine, order=Order.OLDEST, limit=1).entries] == ["call 0"]


def test_a_promise_that_names_only_its_row_is_that_rows_customers(engine: sa.Engine) -> None:
    contract = {"id": "K-1", "customer_id": "C-1", "status": "active"}
    write(
        engine,
        contract=[contract, contract | {"id": "K-2", "customer_id": "C-2"}],
        promise=[promise(1, NOW, customer_id=None), promise(2, NOW, customer_id=None, subject_id="K-2")],
    )
    (found,) = page(engine).entries
    assert (found.kind, found.id, found.about) == (EntryKind.PROMISED, "P-1", "contract:K-1")
    assert found.promised is not None
    assert (found.promised.text, found.promised.currency) == ("79900", "COP")


@pytest.mark.parametrize("text", ["", "yesterday/told/1", "2026-03-05T10:00:00Z/sung/1", "2026-03-05T10:00:00/told/1"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place in a timeline"):
        parse_key(text)


def test_ten_thousand_entries_of_one_customer_among_many_are_read_by_the_page(engine: sa.Engine) -> None:
    """A page reads no notice of anybody else, and of this customer no more than the page's."""
    write(engine, contact=[contact(number, NOW + timedelta(seconds=number)) for number in range(10_000)])
    executed: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *each: executed.append(each[2]))
    found = page(engine, limit=50)
    assert [each.id for each in found.entries] == [f"T-{number:05}" for number in range(9_999, 9_949, -1)]
    assert found.next is not None
    assert len([each for each in executed if each.startswith("SELECT")]) <= 5
