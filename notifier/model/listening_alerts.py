"""What owners are alerted of when people get in touch. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from notifier.model.alert_kinds import AlertKind
from notifier.model.holdouts import Holdout
from notifier.model.notices import ClaimValue
from notifier.model.shares import Share
from notifier.model.types import TopicType
from notifier.model.unusual_days import KnownIncident, Usual


@dataclass(frozen=True, kw_only=True)
class UnusualDayAlert:
    """More people got in touch on a day than chance explains."""

    reason: str | None
    """The key of the reason; None for all contacts together, where no single reason explains it."""
    title: str
    """The reason in the words of reasons.yaml; empty for all."""
    day: date
    count: int
    """Up to now, or until `by`."""
    usual: Usual
    limit: int
    """The count above which a day, or the part of it until `by`, is unusual."""
    by: time | None = None
    """The hour until which `count`, `usual` and `limit` go, in the company's zone; None for the whole day."""
    monthly: bool = False
    """Whether days alike have the same day of the month, and not the same weekday."""
    samples: tuple[str, ...] = ()
    """A few of them, the latest first: `contact:K-1`."""
    incidents: tuple[KnownIncident, ...] = ()
    """What was known to be the matter on that day."""

    @property
    def kind(self) -> AlertKind:
        """Always `UNUSUAL_DAY`."""
        return AlertKind.UNUSUAL_DAY

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        facts = {
            "day": ClaimValue(type=TopicType.DATE, value=self.day.isoformat()),
            "count": _number(self.count),
            "usual": ClaimValue(type=TopicType.NUMBER, value=Decimal(str(self.usual.median)).normalize()),
            "days": _number(self.usual.days),
            "limit": _number(self.limit),
        }
        if self.reason is not None:
            facts["about"] = ClaimValue(type=TopicType.TEXT, value=self.title)
        return facts


@dataclass(frozen=True, kw_only=True)
class HoldoutStoppedAlert:
    """A holdout ended before its day, for harm: everybody is told from now on."""

    rule: str
    holdout: Holdout
    told: Share
    """Of the households that were told, those with a contact for one of the reasons."""
    held_out: Share
    """Of those that were not told, likewise."""

    @property
    def kind(self) -> AlertKind:
        """Always `HOLDOUT_STOPPED`."""
        return AlertKind.HOLDOUT_STOPPED

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        counts = {
            "told": self.told.whole,
            "told_contacts": self.told.part,
            "not_told": self.held_out.whole,
            "not_told_contacts": self.held_out.part,
        }
        return {
            "rule": ClaimValue(type=TopicType.TEXT, value=self.rule),
            **{name: _number(count) for name, count in counts.items()},
        }


def _number(value: int) -> ClaimValue:
    return ClaimValue(type=TopicType.NUMBER, value=Decimal(value))
