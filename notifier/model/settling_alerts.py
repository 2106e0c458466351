"""What owners are alerted of while contradictions come to their end: floods, steps, what comes back. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from notifier.model.alert_kinds import AlertKind
from notifier.model.contradictions import Contradiction
from notifier.model.notices import ClaimValue
from notifier.model.settling import CauseAgain, CommonCause
from notifier.model.types import TopicType


@dataclass(frozen=True, kw_only=True)
class FloodAlert:
    """One alert for all contradictions that one pass of a check found, where they are too many to read."""

    check: str
    group: str
    """Its id, by which people decide about all of them."""
    count: int
    common: tuple[CommonCause, ...] = ()
    """What they have in common, the most frequent first."""
    samples: tuple[Contradiction, ...] = ()
    """A few of them, those that surface first."""
    holds_rules: tuple[str, ...] = ()
    holds_topics: tuple[str, ...] = ()

    @property
    def kind(self) -> AlertKind:
        """Always `FLOOD`."""
        return AlertKind.FLOOD

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        facts = {
            "check": _text(self.check),
            "group": _text(self.group),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
        }
        first = min((each.surfaces_at for each in self.samples if each.surfaces_at is not None), default=None)
        if first is not None:
            facts["surfaces_at"] = ClaimValue(type=TopicType.TIMESTAMP, value=first)
        return facts


@dataclass(frozen=True, kw_only=True)
class SettlingAlert:
    """Contradictions that need somebody: nobody took them, nobody followed them up, or their waivers end."""

    kind: AlertKind
    """`STEP`, `CAME_BACK` or `WAIVERS_END`."""
    owner: str
    """Whose they are: an owner's name as people read it."""
    count: int
    since: datetime
    """The earliest instant from which they wait; of waivers, the first end."""
    step: int = 0
    samples: tuple[Contradiction, ...] = ()
    """A few of them, the longest waiting first."""

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "whose": _text(self.owner),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
            "since": ClaimValue(type=TopicType.TIMESTAMP, value=self.since),
        }


@dataclass(frozen=True, kw_only=True)
class CauseAgainAlert:
    """A cause of broken promises came back within the time in which it was to stay away."""

    again: CauseAgain
    about: str
    """What went wrong, in the words of causes.yaml."""

    @property
    def kind(self) -> AlertKind:
        """Always `CAUSE_AGAIN`."""
        return AlertKind.CAUSE_AGAIN

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "cause": _text(self.again.cause),
            "about": _text(self.about),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.again.count)),
            "first_at": ClaimValue(type=TopicType.TIMESTAMP, value=self.again.first_at),
        }


def _text(value: str) -> ClaimValue:
    return ClaimValue(type=TopicType.TEXT, value=value)
