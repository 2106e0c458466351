"""A promise and a fact that disagree, and the life of that disagreement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ContradictionState(StrEnum):
    """open -> acknowledged -> settled | waived | lapsed; another value pair reopens the same id."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"
    WAIVED = "waived"
    LAPSED = "lapsed"


HOLDING = (ContradictionState.OPEN, ContradictionState.ACKNOWLEDGED)
"""States in which notices that would repeat either side are held."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One row that disagrees with the promise. `actual` is canonical text of the topic's type."""

    fact_type: str
    fact_id: str
    actual: str
    surfaces_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """One per (check, promise). `promised` and `actual` are canonical text of the topic's type.

    `actual` is the value of the member that surfaces first; `surfaces_at` is the deadline, the moment at which the
    customer would find out. `waived_pair` is `promised|actual` of the values a person waived.
    """

    id: str
    check: str
    promise_id: str
    subject_type: str
    subject_id: str
    customer_id: str | None
    topic: str
    promised: str
    actual: str | None
    currency: str | None
    promised_by: str
    """Who said it: `made_by` where known, else the source."""
    promised_at: datetime
    evidence: str | None
    surfaces_at: datetime | None
    owner: str
    severity: str
    state: ContradictionState
    opened_at: datetime
    changed_at: datetime
    members: tuple[Member, ...] = ()
    waived_pair: str | None = None
    reason: str = ""
    """Why it is in this state: one sentence."""
