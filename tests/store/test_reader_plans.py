"""SQLite's plans for what a tick asks of the outbox: none of them reads what was told long ago.

PostgreSQL plans by its statistics, and a test has too few rows for them.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.types import ChannelName, NoticeClass
from notifier.store.consent import undecided
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.tables import CHANGE, ORDER
from tests.support.drafts import NOW

DAY = timedelta(hours=24)
QUESTIONS: dict[str, Callable[[Reader], object]] = {
    "what fell due": lambda reader: reader.subjects_due("r", NOW, NOW),
    "what was told a day ago": lambda reader: reader.subjects_told("r", NOW - DAY, NOW - DAY),
    "what is unsent": lambda reader: reader.subjects_unsent("r"),
    "whose row is another's": lambda reader: reader.subjects_apart("r"),
    "who was told lately": lambda reader: reader.recipients_counted("r", NOW),
    "how many were told lately": lambda reader: reader.notices_counted("r", NOW),
    "which contradictions changed": lambda reader: reader.contradictions_changed(NOW),
    "whether any contradiction holds": lambda reader: reader.any_contradiction_holds(),
    "which contradictions are about a row": lambda reader: reader.contradictions_about("contract", ["K-1"]),
}
READS_ALL = ("SCAN notice", "SCAN contradiction", "ix_notice_rule_subject", "ix_notice_recipient_id")
"""A rule may have told a million, and all of them have a recipient."""


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_no_question_of_a_tick_reads_all_that_was_told(engine: sa.Engine, question: str) -> None:
    steps = steps_of(engine, QUESTIONS[question])
    of_all_told = [step for step, values in steps if "told" in values and "state=?" in step]
    assert of_all_told + [step for step, _ in steps if any(bad in step for bad in READS_ALL)] == []


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_the_contacts_of_some_people_are_found_by_person_and_by_address(engine: sa.Engine) -> None:
    def contacted(reader: Reader) -> object:
        address = (ChannelName.SMS, "+573001234567")
        return reader.contacted(NoticeClass.MARKETING, ["C-1"], [address], NOW - DAY)

    steps = [step for step, _ in steps_of(engine, contacted) if " notice" in step or " message" in step]
    assert [step for step in steps if "SCAN" in step] == []
    assert any("ix_message_lane (address=? AND channel=? AND live=?" in step for step in steps)
    assert any("ix_notice_recipient_id (recipient_id=?" in step for step in steps)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_who_shares_an_address_is_found_by_it(engine: sa.Engine) -> None:
    def shared(reader: Reader) -> object:
        at = ["+573001234567"]
        of_rows = [reader.words_of_rows("r", {"I-1": {"K-1"}}), reader.words_at("r", at), reader.customers_at(at)]
        return [[*each] for each in of_rows], reader.rows_to("r", ["C-1"])

    steps = [step for step, _ in steps_of(engine, shared)]
    assert [step for step in steps if any(f"SCAN {table}" in step for table in ("notice", "message", "customer"))] == []
    assert any("ix_message_lane (address=?" in step for step in steps)
    assert any("ix_customer_phone (phone=?" in step for step in steps)
    assert any("ix_notice_recipient_id (recipient_id=?" in step for step in steps)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_whether_a_rule_said_anything_about_a_changed_row_is_asked_of_that_row(engine: sa.Engine) -> None:
    changed = sa.select(CHANGE.c.row_id).where(CHANGE.c.entity == "order")
    held = sa.select(ORDER.c.id).where(ORDER.c.status == "held")
    steps = [step for step, _ in steps_of(engine, lambda reader: reader.subjects_that_count("r", changed, held))]
    assert [step for step in steps if "SCAN" in step] == []
    for found in (
        "order USING INDEX sqlite_autoindex_order_1 (id=?",
        "notice USING INDEX ix_notice_rule_subject (rule=? AND subject_id=?",
    ):
        assert any(found in step for step in steps), steps


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_waits_for_a_decision_is_found_without_reading_the_ledger(engine: sa.Engine) -> None:
    steps = [step for step, _ in steps_of(engine, lambda reader: undecided(reader.connection, live=True))]
    assert all("ix_consent_entry" in step for step in steps if "consent_entry" in step)
    assert any("ix_consent_entry_word" in step for step in steps)


def steps_of(engine: sa.Engine, question: Callable[[Reader], object]) -> list[tuple[str, Any]]:
    """What SQLite does to answer a question, with the values of each statement."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((sql, values))

    with read_only(engine) as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        question(Reader(connection, live=False))
        sa.event.remove(connection, "before_cursor_execute", note)
        steps = [
            (str(row[-1]), of_part)
            for sql, values in asked
            for part, of_part in parts_of(sql, values)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {part}", of_part)
        ]
    assert steps
    return steps


def parts_of(sql: str, values: Any) -> Iterator[tuple[str, Any]]:
    """What a UNION ALL is made of, each with its own values: each has a plan of its own."""
    first = 0
    for part in sql.split(" UNION ALL "):
        last = first + part.count("?")
        yield part, values[first:last]
        first = last
