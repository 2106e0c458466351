"""A promise and a fact that disagree, and the life of that disagreement."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from notifier.model.types import TopicType


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
class Summand:
    """One of the rows that a sum or a count is made of."""

    id: str
    amount: str | None = None
    """What it adds, as decimal text; None for a count, and where it is no number."""
    currency: str | None = None
    tax_included: bool | None = None


@dataclass(frozen=True, kw_only=True)
class OtherWord:
    """Who promised the other value, where promises disagree among themselves."""

    source: str
    by: str | None
    """The person or program, where it was recorded."""
    at: datetime
    evidence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """One row that disagrees with the promise. `actual` is canonical text of the topic's type."""

    fact_type: str
    fact_id: str
    actual: str
    surfaces_at: datetime | None
    currency: str | None = None
    tax_included: bool | None = None
    summands: tuple[Summand, ...] = ()
    """The rows that `actual` adds up or counts, by id; empty where it is the value of one row."""
    said: OtherWord | None = None
    """For a promise that disagrees with the promise: who made it. None for a fact."""


@dataclass(frozen=True, kw_only=True)
class PromiseRecord:
    """A promise as one system recorded it."""

    promise_id: str
    promised_by: str
    promised_at: datetime
    evidence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """One per (check, promise), however many systems recorded the promise.

    `promised` and `actual` are canonical text of the topic's type.
    `actual` is the value of the member that surfaces next, None where the promise is broken because nothing happened;
    `surfaces_at` is the deadline: the moment at which the customer would find out. `waived_pair` holds the pairs
    `promised|actual` that a person waived, one per line.
    """

    id: str
    check: str
    promise_id: str
    """The record that it was first found for, or the id of the row that implies the promise: its id is made of it."""
    subject_type: str
    subject_id: str
    customer_id: str | None
    topic: str
    topic_type: TopicType
    promised: str
    currency: str | None = None
    """The currency of the promised amount, ISO 4217."""
    tax_included: bool | None = None
    """Whether the promised amount includes tax; None: not known."""
    actual: str | None
    actual_currency: str | None = None
    actual_tax_included: bool | None = None
    promised_by: str
    """Who said it: `made_by` where known, else the source."""
    promised_at: datetime
    evidence: str | None
    source: str | None = None
    """The source of the promise: sales, quote, contract. None where the state implies it."""
    surfaces_at: datetime | None
    owner: str
    severity: str
    state: ContradictionState
    opened_at: datetime
    changed_at: datetime
    members: tuple[Member, ...] = ()
    records: tuple[PromiseRecord, ...] = ()
    """The records of the promise, by id. None where the state implies it, and where it goes on under another
    contradiction's id."""
    waived_pair: str | None = None
    reason: str = ""
    """Why it is in this state: one sentence."""
    acknowledged_at: datetime | None = field(default=None, compare=False)
    """When somebody took it; None while nobody has."""
    acknowledged_by: str | None = field(default=None, compare=False)
    steps_from: datetime | None = field(default=None, compare=False)
    """From when the steps of its owner count: when it opened, or when an acknowledgement came back."""
    steps_said: int = field(default=0, compare=False)
    """How many of those steps were said since then."""
    waived_until: datetime | None = field(default=None, compare=False)
    """When its waiver ends; None: with one of the two values alone."""
    alerted: str | None = field(default=None, compare=False)
    """The pairs of values of which its owner has, or is about to get, an alert: one per line."""
    group_id: str | None = field(default=None, compare=False)
    """The flood in which it was found; None: it was found alone, or among a few."""
    avoided: str | None = None
    """What its settling spared the company: the name of a cost, once for each of its members. None: nothing known."""
    version: int = field(default=0, compare=False)
    """Counts its writes; 0 if it was never stored. A write carries the version that was read."""

    def changed(self, **values: Any) -> "Contradiction":
        """The same with these values. Said for each of a flood: `dataclasses.replace` sets thirty-five fields one by
        one."""
        contradiction = object.__new__(Contradiction)
        contradiction.__dict__.update(self.__dict__, **values)
        return contradiction
