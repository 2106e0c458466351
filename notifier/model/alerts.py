"""What owners are alerted to: contradictions, notices that did not go out, halted channels. Values only.

An alert holds typed facts; rendering adds the words, per locale. An alert becomes a draft of kind `ALERT`; its `facts`
are the claims of that draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.model.alert_kinds import AlertKind as AlertKind
from notifier.model.case_briefs import CaseBrief
from notifier.model.contradictions import Contradiction, Member, OtherWord, Summand
from notifier.model.listening_alerts import HoldoutStoppedAlert, UnusualDayAlert
from notifier.model.notices import ClaimValue
from notifier.model.replies import WaitingReply
from notifier.model.rescues import Rescue
from notifier.model.setting_aside import SetAside
from notifier.model.settling_alerts import CauseAgainAlert, FloodAlert, SettlingAlert
from notifier.model.types import ChannelName, TopicType
from notifier.model.values import number_of, parse_canonical
from notifier.model.weekly import ActionBackAlert, WeeklyAlert


@dataclass(frozen=True, kw_only=True)
class PlanStep:
    """What the company does besides sending the notice, from the rule's `plan`."""

    do: str
    owner: str
    within: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class ContradictionAlert:
    """A promise and a fact disagree, and a customer will find out."""

    contradiction: Contradiction
    holds_rules: tuple[str, ...] = ()
    """The rules whose notices the contradiction holds."""
    holds_topics: tuple[str, ...] = ()
    """The topics whose notices it holds, whatever their rule."""
    row: str | None = None
    """`contact:K-1`, where the owner hears of each row by itself."""
    brief: CaseBrief | None = None
    """The case, where the fact is a contact."""

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
        """The fact; None when the promise is broken because nothing happened."""
        if self.contradiction.actual is None:
            return None
        return self._value(self.contradiction.actual, self.contradiction.actual_currency)

    @property
    def rows(self) -> tuple[Summand, ...]:
        """The rows that the fact adds up or counts; empty where it is the value of one row."""
        return () if self._member is None else self._member.summands

    @property
    def said(self) -> OtherWord | None:
        """Who promised the other value, where promises disagree among themselves; None for a fact."""
        return None if self._member is None else self._member.said

    @property
    def _member(self) -> Member | None:
        """The row that surfaces next."""
        found = self.contradiction
        same = (each for each in found.members if (each.actual, each.surfaces_at) == (found.actual, found.surfaces_at))
        return next(same, None)

    @property
    def difference(self) -> Decimal | None:
        """How far the fact is above the promised amount (negative: below), in percent of it, to one decimal.

        None where a percentage is meaningless: other types, another currency, a promise of zero, or no fact.
        """
        promised, actual = self.promised, self.actual
        if actual is None or promised.currency != actual.currency or promised.type in _WITHOUT_SHARE:
            return None
        said, is_now = number_of(promised.value), number_of(actual.value)
        if said is None or is_now is None or not said:
            return None
        return ((is_now - said) * 100 / abs(said)).quantize(Decimal("0.1"))

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
class SaidFact:
    """One claim of a notice that corrects or follows up."""

    name: str
    told: ClaimValue
    now: ClaimValue | None = None
    """For a correction: what it is now."""


@dataclass(frozen=True, kw_only=True)
class StoppedNotice:
    """One notice that did not go out, or may not be heard in time."""

    reference: str
    subject: str
    """`appointment:A-1`."""
    customer_id: str | None
    reason: str
    """The sentence of its verdict."""
    follow_up: str | None = None
    """For a follow-up: the name of its template, which says what came true."""
    by: datetime | None = None
    """Until when it helps to say it, for what corrects or follows up."""
    facts: tuple[SaidFact, ...] = ()
    """For what corrects or follows up: what is to be said."""
    holders: tuple[str, ...] = ()
    """The ids of those to whom it belongs now, where the customer lost it."""


@dataclass(frozen=True, kw_only=True)
class NoticesAlert:
    """Notices of one rule that expired, failed, are late, reach nobody or wait for approval, grouped into one alert."""

    kind: AlertKind
    rule: str
    count: int
    reason: str
    """The sentence of their verdicts if it is the same for all, else that of the first."""
    samples: tuple[StoppedNotice, ...] = ()
    """A few of them, at most `SAMPLES`; of those that a person must say in time, at most `MOST_TO_SAY`."""
    plan: tuple[PlanStep, ...] = ()
    rescue: Rescue | None = None
    """What the rule offers when it goes wrong."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the rule calls its claims, by claim and language."""

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "rule": _text(self.rule),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
            "reason": _text(self.reason),
        }


@dataclass(frozen=True, kw_only=True)
class ChannelAlert:
    """A channel is halted: its provider accepts nothing until a person fixes something."""

    channel: ChannelName
    reason: str
    """One sentence about the provider's answer, without addresses."""
    halted_at: datetime
    waiting: int | None = None
    """How many messages wait for the channel; None where they were not counted."""

    @property
    def kind(self) -> AlertKind:
        """Always `CHANNEL_HALTED`."""
        return AlertKind.CHANNEL_HALTED

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        facts = {
            "channel": _text(self.channel),
            "reason": _text(self.reason),
            "halted_at": ClaimValue(type=TopicType.TIMESTAMP, value=self.halted_at),
        }
        if self.waiting is not None:
            facts["waiting"] = ClaimValue(type=TopicType.NUMBER, value=Decimal(self.waiting))
        return facts


@dataclass(frozen=True, kw_only=True)
class UnclearAlert:
    """A notice whose provider cannot say whether it has it: a person decides whether to send it again."""

    rule: str
    notice: str
    """Its reference."""
    subject: str
    """`appointment:A-1`."""
    customer_id: str | None
    channel: ChannelName
    started_at: datetime
    """When it was handed over."""
    reason: str
    """One sentence of the provider, without addresses."""

    @property
    def kind(self) -> AlertKind:
        """Always `UNCLEAR`."""
        return AlertKind.UNCLEAR

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "rule": _text(self.rule),
            "notice": _text(self.notice),
            "subject": _text(self.subject),
            "channel": _text(self.channel),
            "started_at": ClaimValue(type=TopicType.TIMESTAMP, value=self.started_at),
            "reason": _text(self.reason),
        }


@dataclass(frozen=True, kw_only=True)
class OurFaultAlert:
    """Messages did not arrive for a reason that lies with us: more will not, until a person puts it right."""

    channel: ChannelName
    reason: str
    """One sentence of our own, with the code."""
    count: int
    since: datetime
    notice: str
    """The reference of one of them."""

    @property
    def kind(self) -> AlertKind:
        """Always `OUR_FAULT`."""
        return AlertKind.OUR_FAULT

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "reason": _text(self.reason),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(self.count)),
            "since": ClaimValue(type=TopicType.TIMESTAMP, value=self.since),
            "notice": _text(self.notice),
        }


@dataclass(frozen=True, kw_only=True)
class SetAsideAlert:
    """Rules, checks or files have a problem; what they would find and tell waits until it is mended."""

    items: tuple[SetAside, ...]
    """At least one, the most important first."""

    @property
    def kind(self) -> AlertKind:
        """Always `SET_ASIDE`."""
        return AlertKind.SET_ASIDE

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        return {
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(len(self.items))),
            "first": _text(self.items[0].sentence),
            "since": ClaimValue(type=TopicType.TIMESTAMP, value=self.items[0].since),
        }


@dataclass(frozen=True, kw_only=True)
class CopyAlert:
    """A copy of what a customer is told, in the words that they read."""

    rule: str
    notice: str
    """The reference of the notice."""
    title: str | None
    """The subject of the mail; None where only an SMS goes."""
    lines: tuple[str, ...]
    """The text, line by line."""

    @property
    def kind(self) -> AlertKind:
        """Always `COPY`."""
        return AlertKind.COPY

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts: no words of the notice, which the messages alone have."""
        return {"rule": _text(self.rule), "notice": _text(self.notice)}


@dataclass(frozen=True, kw_only=True)
class RepliesAlert:
    """What people answered to notices of one rule, those of which a person must decide first."""

    rule: str
    replies: tuple[WaitingReply, ...]
    """At least one."""

    @property
    def kind(self) -> AlertKind:
        """Always `REPLIES`."""
        return AlertKind.REPLIES

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts: no text of a customer, which the messages alone have."""
        return {
            "rule": _text(self.rule),
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(len(self.replies))),
            "first": _text(self.replies[0].reference or self.replies[0].id),
        }


@dataclass(frozen=True, kw_only=True)
class PublishedDifference:
    """One value that is published, and the one that is so."""

    place: str
    """`pages/shop.html:15`"""
    name: str
    said: str
    actual: str
    better: bool = False
    """Whether what is so is better for the customer."""


@dataclass(frozen=True, kw_only=True)
class PublishedAlert:
    """Pages or lists of one owner say something else than what is so."""

    differences: tuple[PublishedDifference, ...]
    """At least one, those that hurt a customer first."""

    @property
    def kind(self) -> AlertKind:
        """Always `PUBLISHED`."""
        return AlertKind.PUBLISHED

    @property
    def facts(self) -> Mapping[str, ClaimValue]:
        """The headline facts."""
        first = self.differences[0]
        return {
            "count": ClaimValue(type=TopicType.NUMBER, value=Decimal(len(self.differences))),
            "first": _text(f"{first.name}: {first.said} / {first.actual}"),
        }


_WITHOUT_SHARE = (TopicType.DURATION, TopicType.PERCENT)
"""Types of which a percentage of the promised value would be misread."""
SAMPLES = 5
"""How many notices an alert names: enough to see what they have in common, few enough to read."""
MOST_TO_SAY = 50
"""How many an alert names that a person must tell the customers in time: all of them, unless they are very many."""

Alert = (
    ContradictionAlert
    | FloodAlert
    | SettlingAlert
    | CauseAgainAlert
    | WeeklyAlert
    | ActionBackAlert
    | NoticesAlert
    | ChannelAlert
    | UnclearAlert
    | OurFaultAlert
    | CopyAlert
    | RepliesAlert
    | SetAsideAlert
    | PublishedAlert
    | UnusualDayAlert
    | HoldoutStoppedAlert
)


def _text(value: str) -> ClaimValue:
    return ClaimValue(type=TopicType.TEXT, value=value)
