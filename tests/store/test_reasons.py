"""Why people got in touch, as rows: the last word counts, and what it replaced stays."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import DecidedBy, Label
from notifier.store.reasons import add_labels, labels_of, reason_now
from notifier.store.tables import CONTACT_REASON
from tests.support.drafts import NOW


def label(row: str = "K-1", reason: str = "bill-higher", **more: Any) -> Label:
    values: dict[str, Any] = {"entity": "contact", "decided_by": DecidedBy.WORDS, "decided_at": NOW}
    return Label(**values | {"row_id": row, "reason": reason, "decided_from": "cobran más", "digest": "w1"} | more)


def test_a_later_word_replaces_what_was_said_and_deletes_nothing(engine: sa.Engine) -> None:
    later = NOW + timedelta(days=1)
    first = [label(), label("K-2", "unclear"), label("K-1", "order-late", entity="feedback")]
    person = label(
        reason="bill-understand",
        others=("bill-higher",),
        decided_by=DecidedBy.PERSON,
        decided_from="Ana",
        digest=None,
        decided_at=later,
        was="bill-higher",
        was_by=DecidedBy.WORDS,
        draw="2026-W10",
    )
    with engine.begin() as connection:
        add_labels(connection, first)
        add_labels(connection, [person])
    with engine.connect() as connection:
        assert labels_of(connection, "contact", ["K-1", "K-2", "K-3"]) == {"K-1": person, "K-2": first[1]}
        assert labels_of(connection, "feedback", ["K-1"]) == {"K-1": first[2]}
        now = reason_now("contact")
        asked = sa.select(now.c.row_id, now.c.reason).order_by(now.c.row_id)
        assert [tuple(row) for row in connection.execute(asked)] == [("K-1", "bill-understand"), ("K-2", "unclear")]
        replaced = sa.select(CONTACT_REASON.c.reason).where(CONTACT_REASON.c.replaced_at == later)
        assert connection.execute(replaced).scalars().all() == ["bill-higher"]
