"""Figures of reports: counts and shares with what they are of, and how long things took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.model.shares import Share

Group = tuple[str, ...]
"""One value for each dimension, in their order; empty where a row has none."""


@dataclass(frozen=True, kw_only=True)
class Spans:
    """How long something took in `count` cases. None where there is no case."""

    count: int = 0
    tenth: timedelta | None = None
    median: timedelta | None = None
    ninetieth: timedelta | None = None


def spans_of(values: Sequence[timedelta]) -> Spans:
    """Deciles by the nearest rank, as the database computes them."""
    if not values:
        return Spans()
    ordered = sorted(values)

    def at(part: int, whole: int) -> timedelta:
        return ordered[(len(ordered) * part + whole - 1) // whole - 1]

    return Spans(count=len(ordered), tenth=at(1, 10), median=at(1, 2), ninetieth=at(9, 10))


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How far the kept rates of channels lie apart; only channels of which a rate can be said count."""

    lowest: tuple[str, Share]
    highest: tuple[str, Share]
    alarm: bool
    """They lie ten points or more apart, and their 95 % intervals do not touch."""

    @property
    def points(self) -> float:
        """The difference in percentage points."""
        return ((self.highest[1].value or 0) - (self.lowest[1].value or 0)) * 100


@dataclass(frozen=True, kw_only=True)
class Amount:
    """An exact amount of money."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class ValueAtRisk:
    """What the customers whose promises are broken or in danger pay, and what is lost if some of them leave."""

    customers: int
    contracts: int
    months: int
    leaving: Decimal
    """The share of them that is assumed to leave."""
    monthly: Sequence[Amount]
    """The last recurring charge of each such contract, added up by currency."""

    @property
    def at_stake(self) -> Sequence[Amount]:
        """What those contracts pay in that many months."""
        return [Amount(amount=each.amount * self.months, currency=each.currency) for each in self.monthly]

    @property
    def expected_loss(self) -> Sequence[Amount]:
        """The assumed share of it."""
        return [Amount(amount=each.amount * self.leaving, currency=each.currency) for each in self.at_stake]


@dataclass(frozen=True, kw_only=True)
class PromiseFigures:
    """One group of promises, and the contradictions of them."""

    group: Group
    outcomes: Mapping[str, int] = field(default_factory=dict)
    caught_before: int = 0
    """Contradictions that were found before they surfaced, or that never surface by themselves."""
    caught_after: int = 0
    lead: Spans = field(default_factory=Spans)
    """From when they were found until they surfaced, of those found before."""
    own_word: Spans = field(default_factory=Spans)
    """From when they were found until the company's first word to the customer about it."""
    no_word: int = 0
    """Contradictions of which the company said nothing to the customer."""
    company_first: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of the contradictions about which anybody spoke, those of which the company spoke first."""
    silent: int = 0
    """Broken promises about which nobody ever said a word: silent sufferers."""

    @property
    def kept(self) -> Share:
        """Of what was kept or broken, what was kept."""
        kept, broken = self.outcomes.get("kept", 0), self.outcomes.get("broken", 0)
        return Share(part=kept, whole=kept + broken)

    @property
    def caught(self) -> Share:
        """Of the contradictions, those that were found before they surfaced."""
        return Share(part=self.caught_before, whole=self.caught_before + self.caught_after)


@dataclass(frozen=True, kw_only=True)
class Avoided:
    """How often a cost was avoided."""

    cost: str
    """Its name: `truck_roll`."""
    count: int
    """One for each row that gave way: a contract that was cancelled may spare two visits."""
    amount: Decimal | None = None
    """What that comes to; None where `rules/policy.yaml` gives no figure."""
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class PromiseReport:
    """What became of promises."""

    at: datetime
    since: datetime | None
    until: datetime | None
    by: tuple[str, ...]
    total: PromiseFigures
    groups: Sequence[PromiseFigures]
    spread: Spread | None
    """None where the rates of fewer than two channels can be said."""
    value_at_risk: ValueAtRisk
    avoided: Sequence[Avoided]
    """What contradictions that were settled in time spared the company."""
    silent: Sequence[tuple[str, str, str]]
    """Some of the silent sufferers: (customer, contradiction, subject)."""


@dataclass(frozen=True, kw_only=True)
class RuleFigures:
    """One group of notices."""

    group: Group
    notices: int
    """Told, corrections and follow-ups included."""
    told: int
    """Told for the first time: no corrections and follow-ups."""
    customers: int
    not_told: Mapping[str, int] = field(default_factory=dict)
    """Those that were not told, by their state."""
    lead: Spans = field(default_factory=Spans)
    """From when it was told until the moment that it warned of."""
    company_first: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of what was told, that of which the customer had not written or called in the week before."""
    came_true: Share = field(default_factory=lambda: Share(part=0, whole=0))
    """Of what was told and is decided, what the rule says came true."""
    has_outcome: bool = False
    """Whether the rule says what it means for its notices to come true."""

    @property
    def per_customer(self) -> float | None:
        """Notices per customer who got any."""
        return self.notices / self.customers if self.customers else None


@dataclass(frozen=True, kw_only=True)
class ServiceReport:
    """What was told, how early, and whether it was right."""

    at: datetime
    since: datetime | None
    until: datetime | None
    by: tuple[str, ...]
    groups: Sequence[RuleFigures]
