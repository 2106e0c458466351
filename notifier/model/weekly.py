"""The weekly letter to an owner: when it goes, and what it says. Values only, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from notifier.model.actions import Action
from notifier.model.alert_kinds import AlertKind
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType

WEEK = timedelta(days=7)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True)
class WeeklyMoment:
    """A weekday and an hour, in the zone of whoever asks."""

    weekday: int
    """0 is Monday."""
    at: time

    def __str__(self) -> str:
        """`monday 08:00`."""
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The last such moment at or before `now`, in UTC."""
        day = now.astimezone(zone).date()
        day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        moment = datetime.combine(day, self.at, tzinfo=zone)
        if moment > now:
            moment = datetime.combine(day - WEEK, self.at, tzinfo=zone)
        return moment.astimezone(now.tzinfo)

    def following(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first such moment after an instant, in UTC."""
        day = self.latest(after, zone).astimezone(zone).date() + WEEK
        return datetime.combine(day, self.at, tzinfo=zone).astimezone(after.tzinfo)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How often one thing went wrong in the week, and in the week before it."""

    name: str
    """The check, the rule or the reason."""
    count: int
    before: int
    state: str = ""
    """Of notices: what became of them."""
    of: int | None = None
    """Of notices: how many of the rule were decided on in the week."""
    people: int | None = None
    """Of contacts: how many customers they came from, in the week."""


@dataclass(frozen=True, kw_only=True)
class Week:
    """What an owner is told of one week: [since, until)."""

    owner: str
    since: datetime
    until: datetime
    contradictions: tuple[Counted, ...] = ()
    """That opened, by check, the most frequent first."""
    notices: tuple[Counted, ...] = ()
    """That reached nobody, failed or came too late, by rule and state."""
    contacts: tuple[Counted, ...] = ()
    """Of customers with the company, by reason."""
    customers: int = 0
    """All that the state has: what `people` is a share of."""
    open: tuple[Action, ...] = ()
    """All that are open at its end, the most overdue first."""
    done: tuple[Action, ...] = ()
    back: tuple[Action, ...] = ()
    """Those that were done, and are open again since this week."""

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to say."""
        return not any((self.contradictions, self.notices, self.contacts, self.open, self.done, self.back))


@dataclass(frozen=True, kw_only=True)
class WeeklyAlert:
    """The weekly letter as an alert, which takes the way of all alerts."""

    week: Week

    @property
    def kind(self) -> AlertKind:
        """Always `WEEKLY`."""
        return AlertKind.WEEKLY

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        week = self.week
        counts = {
            "contradictions_count": sum(each.count for each in week.contradictions),
            "notices_count": sum(each.count for each in week.notices),
            "contacts_count": sum(each.count for each in week.contacts),
            "open_count": len(week.open),
            "late_count": sum(each.is_late(week.until) for each in week.open),
            "done_count": len(week.done),
            "back_count": len(week.back),
        }
        return {
            "since": ClaimValue(type=TopicType.TIMESTAMP, value=week.since),
            "until": ClaimValue(type=TopicType.TIMESTAMP, value=week.until),
            **{name: ClaimValue(type=TopicType.NUMBER, value=Decimal(count)) for name, count in counts.items()},
        }


@dataclass(frozen=True, kw_only=True)
class ActionBackAlert:
    """What an action was to end came back, and the action is open again."""

    action: Action
    count: int
    first_at: datetime

    @property
    def kind(self) -> AlertKind:
        """Always `ACTION_BACK`."""
        return AlertKind.ACTION_BACK

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "action": ClaimValue(type=TopicType.TEXT, value=self.action.id),
            "what": ClaimValue(type=TopicType.TEXT, value=self.action.what),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
            "first_at": ClaimValue(type=TopicType.TIMESTAMP, value=self.first_at),
        }
