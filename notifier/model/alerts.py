"""What an owner is told: a contradiction that opened, or notices of a rule that did not go out. Values only.

Whoever builds an alert gives typed facts; the words, per locale, are the rendering's. An alert becomes a draft of kind
`ALERT`; `facts` are the claims that the draft keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from notifier.model.contradictions import Contradiction
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType
from notifier.model.values import parse_canonical


class AlertKind(StrEnum):
    """What happened."""

    CONTRADICTION = "contradiction"
    EXPIRED = "expired"
    """Notices were not sent before their time was over."""
    SUPPRESSED = "suppressed"
    """Notices can reach nobody."""
    UNPRINTABLE = "unprintable"
    """Notices could not be rendered, or their channels would not have told the same."""
    APPROVAL = "approval"
    """Notices wait for a person, because the rule passed its limits."""


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """What the company does beside speaking, as the rule's `plan` says it."""

    do: str
    owner: str
    within: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class ContradictionAlert:
    """A promise and a fact disagree, and a customer will find out."""

    contradiction: Contradiction
    holds_rules: tuple[str, ...] = ()
    """The rules whose notices it holds."""
    holds_topics: tuple[str, ...] = ()
    """The topics whose claims it holds, whatever the rule."""

    @property
    def kind(self) -> AlertKind:
        """Always `CONTRADICTION`."""
        return AlertKind.CONTRADICTION

    @property
    def promised(self) -> ClaimValue:
        """The promised value."""
        return self._value(self.contradiction.promised, self.contradiction.currency)

    @property
    def actual(self) -> ClaimValue | None:
        """The fact; None when the promise is broken by nothing happening."""
        if self.contradiction.actual is None:
            return None
        return self._value(self.contradiction.actual, self.contradiction.actual_currency)

    @property
    def difference(self) -> Decimal | None:
        """By how many percent of the promised amount the fact lies above it (negative: below), to one decimal.

        None where that says nothing: other types, another currency, a promise of zero, or no fact.
        """
        promised, actual = self.promised, self.actual
        if actual is None or promised.currency != actual.currency or promised.type is TopicType.DURATION:
            return None
        if not isinstance(promised.value, Decimal) or not isinstance(actual.value, Decimal) or not promised.value:
            return None
        return ((actual.value - promised.value) * 100 / abs(promised.value)).quantize(Decimal("0.1"))

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        found = self.contradiction
        facts = {
            "check": _text(found.check),
            "contradiction": _text(found.id),
            "subject": _text(f"{found.subject_type}:{found.subject_id}"),
            "topic": _text(found.topic),
            "promised": self.promised,
        }
        if self.actual is not None:
            facts["actual"] = self.actual
        if found.surfaces_at is not None:
            facts["surfaces_at"] = ClaimValue(type=TopicType.TIMESTAMP, value=found.surfaces_at)
        return facts

    def _value(self, canonical: str, currency: str | None) -> ClaimValue:
        topic_type = self.contradiction.topic_type
        return ClaimValue(type=topic_type, value=parse_canonical(topic_type, canonical), currency=currency)


@dataclass(frozen=True, kw_only=True)
class StoppedNotice:
    """One notice that did not go out."""

    reference: str
    subject: str
    """`appointment:A-1`."""
    customer_id: str | None
    reason: str
    """The sentence of its verdict."""


@dataclass(frozen=True, kw_only=True)
class NoticesAlert:
    """Notices of one rule that expired, reach nobody, or wait for approval, grouped into one alert."""

    kind: AlertKind
    rule: str
    count: int
    reason: str
    """The sentence of their verdicts where it is the same, else of the first."""
    samples: tuple[StoppedNotice, ...] = ()
    """A few of them, at most `SAMPLES`."""
    plan: tuple[PlanStep, ...] = ()

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "rule": _text(self.rule),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
            "reason": _text(self.reason),
        }


SAMPLES = 5
"""How many notices an alert names: enough to see what they have in common, few enough to read."""

Alert = ContradictionAlert | NoticesAlert


def _text(value: str) -> ClaimValue:
    return ClaimValue(type=TopicType.TEXT, value=value)
