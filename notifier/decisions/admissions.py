"""What a customer is told of first becomes a row, of which an ordinary rule speaks: through every gate, in parity."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.contradictions import Contradiction
from notifier.model.digests import reference
from notifier.model.settling import Settling
from notifier.model.types import TopicType
from notifier.promises.compare import ComparedValue
from notifier.promises.wording import actual_value, in_words, promised_value
from notifier.store.state.changes import write_rows

ENTITY = "admission"
_COLUMNS = {TopicType.MONEY: "amount", TopicType.TIMESTAMP: "at", TopicType.DATE: "date"}
"""Which columns hold a value of a topic's type; `text` holds any other."""


def cannot_admit(found: Contradiction) -> str | None:
    """Why no customer can be told of it; None where one can."""
    if found.customer_id is None:
        return f"{found.id} names no customer to tell: its promise was made to nobody in particular"
    promised, actual = promised_value(found), actual_value(found)
    if found.topic_type is TopicType.MONEY and actual.value is not None and promised.currency != actual.currency:
        return f"{found.id} is about two currencies; tell the customer yourself"
    return None


def admit(connection: sa.Connection, told: Iterable[tuple[Contradiction, Settling]], now: datetime) -> list[Settling]:
    """Write a row for each of them, of which its customer is told; returns the settlings with the ids of the rows."""
    pairs = list(told)
    rows = [_row(found, settling, now) for found, settling in pairs]
    write_rows(connection, ENTITY, rows, now)
    return [replace(settling, admission_id=row["id"]) for (_, settling), row in zip(pairs, rows, strict=True)]


def _row(found: Contradiction, settling: Settling, now: datetime) -> dict[str, Any]:
    promised, actual = promised_value(found), actual_value(found)
    return {
        "id": f"A-{reference(f'admission:{settling.id}:{found.id}')}",
        "customer_id": found.customer_id,
        "contract_id": found.subject_id if found.subject_type == "contract" else None,
        "order_id": found.subject_id if found.subject_type == "order" else None,
        "contradiction_id": found.id,
        "topic": found.topic,
        **_columns("promised", found, promised),
        **_columns("actual", found, actual),
        "credit": settling.credit,
        "currency": settling.currency or promised.currency,
        "remedy": settling.remedy or "",
        "next_step": settling.next_step or "",
        "next_at": settling.due_at,
        "decided_at": now,
        "status": "decided",
    }


def _columns(side: str, found: Contradiction, value: ComparedValue) -> dict[str, Any]:
    if value.value is None:
        return {}
    column = _COLUMNS.get(found.topic_type, "text")
    if column == "text":
        return {f"{side}_text": in_words(found.topic, value)}
    return {f"{side}_{column}": value.value}
