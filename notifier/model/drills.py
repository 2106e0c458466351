"""What a drill found: who would be affected, who would be told when, and what the day needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifier.model.figures import Spans
from notifier.model.shares import Share


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Of the affected customers, who heard of it."""

    told: Share
    """Of the affected customers: those who had a word of ours before it touched them."""
    lead: Spans
    """From the first word until it touched them."""
    rules: Mapping[str, int]
    """Affected customers who were told, by rule."""
    not_told: Mapping[str, int]
    """The others, by what became of their notice; `no rule speaks` where there is none."""


@dataclass(frozen=True, kw_only=True)
class HourOfDay:
    """One local hour of the day."""

    begins_at: datetime
    arriving: int
    """People."""
    present: int
    """People who are there at any time of the hour."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What the day needs of one thing, and what there is of it."""

    name: str
    owner: str | None
    """Who sees to it."""
    needed: int
    """In the hour that needs most; of what is used up, over the day."""
    at: datetime | None
    """When that hour begins; None for what is used up."""
    have: int
    planned: int
    """What there is with the plan."""
    hours_short: int
    """Hours in which there is too little without the plan; of what is used up, whether there is (0 or 1)."""
    hours_short_planned: int

    @property
    def short(self) -> int:
        """How much is lacking without the plan."""
        return max(self.needed - self.have, 0)

    @property
    def short_planned(self) -> int:
        """How much is lacking with it."""
        return max(self.needed - self.planned, 0)


@dataclass(frozen=True, kw_only=True)
class DrillReport:
    """What a drill found."""

    name: str
    day: str
    """`2026-05-10`, local."""
    timezone: str
    site: str | None
    began_at: datetime
    """When its clock started."""
    rows: int
    """Affected rows."""
    customers: int
    """Affected customers."""
    people: int
    """Expected on the day, announced or not."""
    hours: Sequence[HourOfDay]
    needs: Sequence[Need]
    now: Reached
    planned: Reached | None
    """With the plan's rules; None where the plan changes none."""
    without: Sequence[str] = ()
    added: Sequence[str] = ()
    told: Mapping[str, int] = field(default_factory=dict)
    """Notices told during the drill by the rules as they are, to anybody, by rule."""

    @property
    def is_short(self) -> bool:
        """Whether something is lacking also with the plan."""
        return any(need.short_planned for need in self.needs)
