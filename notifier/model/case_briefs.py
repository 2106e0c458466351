"""What whoever is alerted of a contact must know before they speak with the customer. Values only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class CaseWord:
    """Something that the customer and the company said to each other."""

    at: datetime
    channel: str | None
    """Of a contact; None for feedback."""
    inbound: bool
    """Whether the customer said it."""
    outcome: str | None = None
    """Of a contact."""
    score: int | None = None
    """Of feedback."""
    text: str = ""
    """As it was written; empty where nothing was kept."""


@dataclass(frozen=True, kw_only=True)
class CaseNotice:
    """A notice that the customer was told."""

    rule: str
    subject: str
    """`order:O-1`."""
    told_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseBrief:
    """The customer of a case, and the last that passed between them and the company."""

    customer_id: str
    name: str | None
    phone: str | None
    email: str | None
    locale: str | None
    words: tuple[CaseWord, ...] = ()
    """The latest first."""
    told: tuple[CaseNotice, ...] = ()
    """The latest first."""
