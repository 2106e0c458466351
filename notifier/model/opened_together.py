"""Contradictions that open together: the rows that will be written, of which one is unpacked where somebody asks.

A price list that was loaded wrongly opens a hundred thousand contradictions in one pass. As values each takes three
objects and two hundred microseconds; as rows in the driver's own form it takes a tenth of that.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifier.model.contradictions import Contradiction
from notifier.model.types import TopicType

OF_CONTRADICTION = (
    *("id", "promise_id", "subject_type", "subject_id", "customer_id", "promised", "currency", "tax_included"),
    *("actual", "actual_currency", "actual_tax_included", "promised_by", "promised_at", "evidence", "source"),
    *("surfaces_at", "reason", "alerted", "group_id"),
)
"""Columns that are columns of the contradiction.

`alerted` is the key of the alert that its owner is about to get, and `group_id` the flood that the alert is of; both
are None where that alert exists already.
"""
OF_FACT = ("fact_id", "summands")
"""Columns of its only member: `summands` is the JSON text of the rows that the fact adds up or counts, or None."""
COLUMNS = (*OF_CONTRADICTION, *OF_FACT)


@dataclass(frozen=True, kw_only=True)
class OpenedTogether:
    """Those that one pass of a check opens at `now`, or a part of them; each has one record and one fact."""

    check: str
    topic: str
    topic_type: TopicType
    fact_type: str
    owner: str
    severity: str
    now: datetime
    columns: Mapping[str, Sequence[Any]]
    """Each of `COLUMNS`; instants are as the driver gave them."""
    unpack: Callable[[Collection[str]], Sequence[Contradiction]]
    """The contradictions of these promises as values, without their alerts; asked for while the pass goes on."""

    def __len__(self) -> int:
        return len(self.columns["id"])

    def all(self) -> Sequence[Contradiction]:
        """All of them as values."""
        return self.unpack(self.columns["promise_id"]) if self else ()
