"""A check and a topic as they were checked: which promise is held against which fact, within what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from notifier.calendars.business_hours import BusinessHours
from notifier.model.problems import Place
from notifier.model.types import TopicType
from notifier.rules.checked_rules import CONTACT, OTHER, PROMISE, UNPLACED, Condition
from notifier.rules.expressions import Count, Expression, Sum


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How far a fact may be from the promise: a share of the promised value, an amount, or a duration."""

    share: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    duration: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What something costs the company once."""

    amount: Decimal
    currency: str
    """ISO 4217."""


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Which notices an open contradiction holds: those of these rules, and those that claim one of these topics."""

    topics: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Implied:
    """What a business row promises by itself, without a recorded promise: a cancelled contract, that nothing is owed.

    Expressions call the row by its entity.
    """

    entity: str
    value: Expression
    currency: Expression | None = None
    tax_included: Expression | None = None
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """A comparison of a promise topic with a fact, or (`kept_when`) with something that must happen in time."""

    name: str
    place: Place
    topic: str
    topic_type: TopicType
    worse: str | None
    """`higher` or `lower`: only a fact on that side of the promise contradicts it. None: either side does."""
    implied: Implied | None = None
    """What is promised, where it is not what promises of the topic say."""
    against: str | None = None
    """The entity of the fact's rows."""
    on: tuple[Expression, ...] = ()
    """Paths from the fact's row (the fact's own name stands for the row itself) to the promise's subject."""
    when: tuple[Condition, ...] = ()
    actual: Expression | None = None
    actual_currency: Expression | None = None
    """Where `actual` is a sum, it is the currency of one of the rows that are added up; likewise whether tax is
    included."""
    actual_tax_included: Expression | None = None
    actual_until: Expression | None = None
    """Of a window, its end; `actual` is its start."""
    unit: str | None = None
    """Of a quantity: what promise and fact are counted in."""
    valid_at: tuple[Expression, ...] = ()
    """What `valid_from` and `valid_until` are held against: the first that has a value, else `surfaces_at`."""
    not_superseded: Condition | None = None
    """That the promise is not superseded by another; None where the state implies it."""
    other_not_superseded: Condition | None = None
    """The same of the promise that it is compared with, where it is compared with promises."""
    kept_when: tuple[Condition, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    surfaces_at: Expression | None = None
    warn: timedelta
    owner: str
    severity: str
    hold: Hold = field(default_factory=Hold)
    avoids: str | None = None
    """What it spares the company when the fact gives way in time: the name of a cost (`rules/policy.yaml`)."""
    digest: str = ""

    @property
    def of_promises(self) -> bool:
        """Whether promises are compared with promises; conditions call the second one `other`."""
        return self.against == PROMISE

    @property
    def of_contacts(self) -> bool:
        """Whether its facts are contacts: each is something that happened, of which the owner hears by itself."""
        return self.against == CONTACT

    @property
    def fact_name(self) -> str:
        """What expressions call the fact's row; empty for a check with `kept_when`."""
        return OTHER if self.of_promises else self.against or ""

    @property
    def summed(self) -> Sum | Count | None:
        """`actual`, where it is a sum or a count of rows."""
        return self.actual if isinstance(self.actual, Sum | Count) else None


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What a promise or a claim is about."""

    name: str
    type: TopicType
    worse: str | None = None
    unit: str | None = None
    """What a quantity is counted in."""
    tolerance: Tolerance | None = None
    """How far a fact may be from a promise, where the check does not say it."""
    due_by_value: bool = False
    """A promise that names no `due_at` is due by its value: at that instant, at the end of that window, or that long
    after it was made."""
    counted_in: BusinessHours | None = None
    """The hours in which a length of time counts that says when a promise is due; None for all hours."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people read for it, by language or locale."""
    place: Place = field(default=UNPLACED, compare=False)
