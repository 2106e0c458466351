"""What a replay found: notices, what they cost, contradictions, and how often the notices were right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from notifier.model.figures import Spans
from notifier.model.shares import Share


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What became of one row in the end, as somebody knows it from outside the replay."""

    subject: str
    """`order:O-1`"""
    due_at: datetime | None = None
    came_at: datetime | None = None
    late: bool | None = None
    """Whether it was late; None where nobody says so."""
    contacts: Sequence["Contacted"] = ()


@dataclass(frozen=True, kw_only=True)
class Contacted:
    """The customer wrote, called, or gave a score."""

    at: datetime | None = None
    """None where only the score is known."""
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Mean:
    """An average, never without its cases. The interval is the normal one of 95 %, from twenty cases on."""

    count: int = 0
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rightness:
    """How right the notices of one rule were, or those of all."""

    precision: Share
    """Of the rows that were told about and whose end is known: how many were late."""
    recall: Share
    """Of the rows that were late: how many were told about before they were due."""
    lead: Spans
    """From the first word until the row was due, of those."""
    before_contact: Share
    """Of the complaints: how many had a word of ours before."""
    contact_lead: Spans
    """From that word until the complaint."""

    @property
    def spoke(self) -> bool:
        """Whether anything was told that can be held against an end."""
        return bool(self.precision.whole or self.before_contact.part)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The whole of what is known from outside."""

    rows: int
    """Rows of which something is known."""
    late: Share
    score_late: Mean
    score_on_time: Mean
    complaints: int
    complaint_score: int
    """The highest score that counts as a complaint."""
    broken_before: Share
    """Of the complaints about rows of which it is known: how many came after the promised time was over and the row had
    not come."""
    broken_lead: Spans
    """From that time until the complaint."""
    all_rules: Rightness
    rules: Mapping[str, Rightness]


@dataclass(frozen=True, kw_only=True)
class RuleTold:
    """What one rule told."""

    rule: str
    verdicts: Mapping[str, int]
    """How many notices, corrections and follow-ups ended in which state."""
    told: int = 0
    customers: int = 0
    """Distinct customers who were told."""
    sms: int = 0
    segments: int = 0
    emails: int = 0
    whatsapps: int = 0
    cost: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, of the messages whose price is known."""


@dataclass(frozen=True, kw_only=True)
class DayTold:
    """One local day."""

    day: str
    """`2017-11-24`"""
    told: int
    verdicts: Mapping[str, int]
    """By state, of what was decided that day."""


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The hour in which most messages went out."""

    begins_at: datetime
    messages: int


@dataclass(frozen=True, kw_only=True)
class CheckFound:
    """What one check found."""

    check: str
    states: Mapping[str, int]
    before: Share
    """Of those that say when the customer would find out: how many were found before."""
    lead: Spans


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a replay could not read earlier, because nobody says when it became known."""

    entity: str
    column: str
    rows: int


ToldKey = tuple[str, str, str, str]
"""The rule, the kind of notice, the subject (`order:O-1`) and the customer."""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What one replay found."""

    since: datetime
    until: datetime
    every_seconds: int
    """How often it looked at what came in; 0: at each instant at which something came."""
    timezone: str
    """IANA: whose days and hours are counted."""
    rows: int
    """Rows that were written, changed or deleted."""
    ticks: int
    rules: Sequence[RuleTold]
    total: RuleTold
    days: Sequence[DayTold]
    """Only those on which something was decided."""
    hours: Sequence[int]
    """Messages by hour of the day, 24 of them."""
    peak: Peak | None
    customers: Sequence[tuple[str, int]]
    """Who was told most often."""
    checks: Sequence[CheckFound]
    alerts: Mapping[str, int]
    """By owner."""
    withheld: Sequence[Kept] = ()
    present_only: Mapping[str, int] = field(default_factory=dict)
    """Rows of which only the present state is known, by entity."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows that were new and lacked what a new one needs, by entity."""
    outcome: Outcome | None = None
    told_at: Mapping["ToldKey", Sequence[datetime]] = field(default_factory=dict)
    """When each rule told whom about what, in the order of time: two replays are compared by it."""
    falls_due_at: datetime | None = None
    """Where nobody was told until the end: when something falls due after it, within the days that are looked at."""
