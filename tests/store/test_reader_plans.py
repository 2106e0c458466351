"""SQLite's plans for what a tick asks of the outbox: none of them reads what was told long ago.

PostgreSQL plans by its statistics, and a test has too few rows for them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.support.drafts import NOW

DAY = timedelta(hours=24)
QUESTIONS: dict[str, Callable[[Reader], object]] = {
    "what fell due": lambda reader: reader.subjects_due("r", NOW, NOW),
    "what was told a day ago": lambda reader: reader.subjects_told("r", NOW - DAY, NOW - DAY),
    "what is unsent": lambda reader: reader.subjects_unsent("r"),
    "whose row is another's": lambda reader: reader.subjects_apart("r"),
    "who was told lately": lambda reader: reader.recipients_counted("r", NOW),
    "which contradictions changed": lambda reader: reader.contradictions_changed(NOW),
    "whether any contradiction holds": lambda reader: reader.any_contradiction_holds(),
    "which contradictions are about a row": lambda reader: reader.contradictions_about("contract", ["K-1"]),
}
READS_ALL = ("SCAN notice", "SCAN contradiction", "ix_notice_rule_subject", "ix_notice_recipient_id")
"""A rule may have told a million, and all of them have a recipient."""


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_no_question_of_a_tick_reads_all_that_was_told(engine: sa.Engine, question: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((sql, values))

    with read_only(engine) as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        QUESTIONS[question](Reader(connection, live=False))
        sa.event.remove(connection, "before_cursor_execute", note)
        steps = [
            (str(row[-1]), values)
            for sql, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    assert steps
    of_all_told = [step for step, values in steps if "told" in values and "state=?" in step]
    assert of_all_told + [step for step, _ in steps if any(bad in step for bad in READS_ALL)] == []
