"""SQLite's plans for what is asked every few seconds, and at each receipt: none reads all that was ever sent."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.outlet import Outlet
from notifier.model.receipts import Receipt, ReceiptState
from notifier.model.types import ChannelName
from notifier.store.database import open_engine
from notifier.store.figures import news
from notifier.store.outbox import receipts, unconfirmed
from tests.support.drafts import NOW

RECEIPTS = (
    Receipt(provider="twilio", channel=ChannelName.SMS, provider_id="SM1", status="sent", state=ReceiptState.SENT),
    Receipt(provider="smtp", channel=ChannelName.EMAIL, reference="R-1", status="x", state=ReceiptState.DELIVERED),
)
SMS = Outlet(live=True, channel=ChannelName.SMS)
QUESTIONS: dict[str, Callable[[sa.Connection], object]] = {
    "what a provider is asked about": lambda connection: unconfirmed.unconfirmed(
        connection, SMS, provider="twilio", now=NOW, limit=9
    ),
    "what becomes of messages in the sandbox": lambda connection: unconfirmed.simulated(connection, now=NOW, limit=9),
    "whether a receipt waits for its message": lambda connection: receipts.any_waiting(connection, now=NOW),
    "the messages of receipts that wait": lambda connection: receipts.matched_later(connection, now=NOW),
    "the message of a receipt": lambda connection: receipts.messages_of(connection, RECEIPTS),
    "what receipts say of a message": lambda connection: receipts.move(connection, ["M-1"], now=NOW),
    "what happened since": lambda connection: news(connection, live=True, after=NOW, upto=NOW),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_no_question_reads_all_that_was_sent(migrated_url: str, question: str) -> None:
    engine = open_engine(migrated_url)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((sql, values))

    with engine.begin() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        QUESTIONS[question](connection)
        sa.event.remove(connection, "before_cursor_execute", note)
        steps = [
            str(row[-1])
            for sql, values in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        ]
    engine.dispose()
    assert steps
    reads_all = ("SCAN message", "SCAN receipt", "SCAN notice", "ix_message_queue", "ix_notice_state")
    assert [step for step in steps if any(bad in step for bad in reads_all)] == []
