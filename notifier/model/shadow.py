"""What a rule in shadow would have told, and whether it would have been right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notifier.model.figures import Amount
from notifier.model.shares import Share


@dataclass(frozen=True, kw_only=True)
class ShadowSample:
    """One message that would have gone."""

    reference: str
    recipient: str | None
    subject: str
    """`appointment:A-1`."""
    at: datetime
    channel: str
    to: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Another rule told the same people within a day."""

    rule: str
    customers: int
    about_the_same: int
    """To how many of them about the very same row."""


@dataclass(frozen=True, kw_only=True)
class ShadowFigures:
    """One rule in shadow."""

    rule: str
    since: datetime | None = None
    """When it recorded something first."""
    told: int = 0
    """Notices that would have been told for the first time: no corrections and follow-ups."""
    customers: int = 0
    corrections: int = 0
    """Words that would have had to take back what was told."""
    follow_ups: int = 0
    not_told: Mapping[str, int] = field(default_factory=dict)
    """Those that would not have been told, by their state."""
    alerts: int = 0
    """What its owner would have heard."""
    messages: Mapping[str, int] = field(default_factory=dict)
    """By channel."""
    segments: int = 0
    cost: Sequence[Amount] = ()
    came_true: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of what would have been told and is decided, what the rule's `came_true` says came true."""
    has_outcome: bool = False
    """Whether the rule says what it means for its notices to come true."""
    followed: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of what would have been told, that of which a follow-up would have spoken since."""
    joined: int | None = None
    """Notices that would have gone in one message with one of a live rule; None where nothing goes together."""
    overlaps: Sequence[Overlap] = ()
    samples: Sequence[ShadowSample] = ()

    @property
    def corrected(self) -> Share:
        """Of what would have been told, that which would have had to be taken back."""
        return Share(part=min(self.corrections, self.told), whole=self.told)


@dataclass(frozen=True, kw_only=True)
class ShadowReport:
    """All rules that recorded something in shadow."""

    at: datetime
    rules: Sequence[ShadowFigures]
