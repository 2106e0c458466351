"""Claimed messages are looked at once more before they go: what is still true and allowed goes, the rest does not.

Rule, recipient, claims and holds of what was not told yet go through `draft()` again, a pass per claim, narrowed to
these subjects: where it would say the same, the stored bytes go. A message of a notice that was told on another
channel already (it waited for a retry) is no longer drafted; its claims, holds, address, consent and hours are
compared here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.drafting.engine import DraftOptions, Engine
from notifier.model.batches import Batch
from notifier.model.digests import claims_digest
from notifier.model.notices import Draft, Match, NoticeKind, NoticeState, Recipient
from notifier.model.outgoing import Outgoing
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.pipeline import draft
from notifier.planning.addressing import Access, access_of, address_of, customer_recipient, reachable
from notifier.planning.occurrences import is_follow_up, without_repetition
from notifier.planning.quiet_hours import hours_for, next_allowed
from notifier.promises.holds import hold_reason, holding, of_unreadable_checks, relevant

PAUSE = timedelta(minutes=1)
"""When a message is looked at again whose rule cannot be evaluated at the moment."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Must not go any more."""

    message: Outgoing
    reason: str


@dataclass(frozen=True, kw_only=True)
class Later:
    """Must not go now; looked at again at `at`."""

    message: Outgoing
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """What is to be done with the messages of one claim."""

    fresh: tuple[Outgoing, ...] = ()
    stale: tuple[Stale, ...] = ()
    later: tuple[Later, ...] = ()
    batches: tuple[Batch, ...] = ()
    """What planning decides now for the subjects of what is stale; to be committed with its withdrawal."""


@dataclass
class _Sorted:
    fresh: list[Outgoing] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)


def examine(
    engine: Engine, reader: StateReader, claimed: Sequence[Outgoing], now: datetime, *, live: bool
) -> Freshness:
    """Sort the claimed messages by what is true at `now`. Alerts to owners are never stale: they tell what happened."""
    into = _Sorted(fresh=[message for message in claimed if message.kind is NoticeKind.ALERT])
    to_customers = [message for message in claimed if message.kind is not NoticeKind.ALERT]
    batches: list[Batch] = []
    for rule, messages in _by_rule(to_customers).items():
        if rule not in engine.project.rules:
            batches += _without_rule(engine, rule, messages, now, into)
            continue
        unsent = [message for message in messages if message.notice_state is not NoticeState.TOLD]
        told = [message for message in messages if message.notice_state is NoticeState.TOLD]
        if unsent:
            batches += _unsent(engine, reader, rule, unsent, now, live=live, into=into)
        if told:
            _Told(engine, reader, rule, now, live=live).sort(told, into)
    order = {message.id: place for place, message in enumerate(claimed)}
    return Freshness(
        fresh=tuple(sorted(into.fresh, key=lambda message: order[message.id])),
        stale=tuple(into.stale),
        later=tuple(into.later),
        batches=tuple(batches),
    )


def _by_rule(messages: Iterable[Outgoing]) -> Mapping[str, list[Outgoing]]:
    groups: dict[str, list[Outgoing]] = defaultdict(list)
    for message in messages:
        groups[message.rule].append(message)
    return groups


def _without_rule(engine: Engine, rule: str, messages: Iterable[Outgoing], now: datetime, into: _Sorted) -> list[Batch]:
    if engine.project.has_errors:
        reason = f"rule {rule} cannot be read at the moment"
        into.later += [Later(message=message, reason=reason, at=now + PAUSE) for message in messages]
        return []
    into.stale += [Stale(message=message, reason="its rule is no longer in the project") for message in messages]
    return [Batch(kind="rule", name=rule, retired=True)]


def _unsent(
    engine: Engine,
    reader: StateReader,
    rule: str,
    messages: Sequence[Outgoing],
    now: datetime,
    *,
    live: bool,
    into: _Sorted,
) -> list[Batch]:
    """A draft that says something else makes a message stale; no draft means that nothing about it changed."""
    subjects = {rule: {message.subject_id for message in messages}}
    batches = list(draft(engine, reader, now, DraftOptions(live=live, subjects=subjects)))
    failure = next((batch.failure for batch in batches if batch.failure is not None), None)
    if failure is not None:
        reason = f"rule {rule} could not be evaluated"
        into.later += [Later(message=message, reason=reason, at=now + PAUSE) for message in messages]
        return []
    drafts = {each.occurrence: each for batch in batches for each in batch.drafts}
    any_stale = False
    for message in messages:
        planned = drafts.get(message.occurrence)
        if planned is None or _says_the_same(planned, message):
            into.fresh.append(message)
        else:
            any_stale = True
            into.stale.append(Stale(message=message, reason=_why_stale(planned, message)))
    return batches if any_stale else []


def _why_stale(planned: Draft, message: Outgoing) -> str:
    addresses = {each.channel: each.to for each in planned.messages}
    if addresses.get(message.channel, message.address) != message.address:
        return _address_changed(message.channel)
    return planned.why_not_as_planned


def _address_changed(channel: ChannelName) -> str:
    return f"the customer's address for {channel} changed"


def _says_the_same(planned: Draft, message: Outgoing) -> bool:
    return planned.verdict.state is NoticeState.READY and planned.content_digest == message.content_digest


class _Told:
    """Messages of one rule whose notices were told on another channel before."""

    def __init__(self, engine: Engine, reader: StateReader, rule: str, now: datetime, *, live: bool) -> None:
        self.engine = engine
        self.reader = reader
        self.rule = engine.project.rules[rule]
        self.now = now
        self.live = live

    def sort(self, messages: Sequence[Outgoing], into: _Sorted) -> None:
        drafts = self._drafts(messages)
        held = self._held(messages)
        ids = {message.recipient_id for message in messages if message.recipient_id is not None}
        recipients = {
            name: customer_recipient(row, self.engine.defaults) for name, row in self.reader.customers(ids).items()
        }
        access = access_of(self.reader, recipients, self.engine.unavailable)
        for message in messages:
            recipient = recipients.get(message.recipient_id or "")
            reason = (
                held.get(message.occurrence)
                or self._changed(message, drafts)
                or self._unwelcome(message, recipient, access)
            )
            opening = self._opening(message, recipient) if recipient is not None else self.now
            if reason is not None:
                into.stale.append(Stale(message=message, reason=reason))
            elif opening > self.now:
                into.later.append(Later(message=message, reason="quiet hours", at=opening))
            else:
                into.fresh.append(message)

    def _drafts(self, messages: Sequence[Outgoing]) -> list[Draft]:
        subjects = {self.rule.name: {message.subject_id for message in messages}}
        options = DraftOptions(live=self.live, everything=True, subjects=subjects)
        return [each for batch in draft(self.engine, self.reader, self.now, options) for each in batch.drafts]

    def _changed(self, message: Outgoing, drafts: Sequence[Draft]) -> str | None:
        if any(each.corrects == message.occurrence for each in drafts):
            return "what it says changed since it was told on another channel"
        if message.kind is not NoticeKind.NOTICE:
            true = any(claims_digest(match.claims) == message.claims_digest for match in self._saying(message))
            return None if true else "what it says is no longer true"
        # A rule with `repeat` speaks of the same match under its next key from now on.
        match = without_repetition(message.occurrence)
        same = any(
            without_repetition(each.occurrence) == match and each.claims_digest == message.claims_digest
            for each in drafts
        )
        return None if same else "what it says is no longer true"

    def _saying(self, message: Outgoing) -> Iterator[Match]:
        """What is true now where a correction or a follow-up speaks of. A follow-up goes to whoever was told."""
        query = self.engine.rule_queries[self.rule.name]
        follow_up = message.kind is NoticeKind.FOLLOW_UP
        statements = [
            query.follow_up(index)
            for index, each in enumerate(self.rule.follow_up)
            if follow_up and is_follow_up(message.occurrence, each.template)
        ]
        for statement in statements if follow_up else [query.holding()]:
            for row in self.reader.rows(statement, {"now": self.now, "subjects": [message.subject_id]}):
                for match in query.read(row, self.now):
                    if match.each_id == message.each_id and (follow_up or match.recipient_id == message.recipient_id):
                        yield match

    def _held(self, messages: Sequence[Outgoing]) -> Mapping[str, str]:
        project, contradictions = self.engine.project, self.reader.holding_contradictions()
        may_hold = [
            *relevant(self.rule, project.checks, contradictions),
            *of_unreadable_checks(project, contradictions),
        ]
        plans = [
            _About(occurrence=message.occurrence, match=self._match(message))
            for message in messages
            if not message.released
        ]
        held = holding(self.engine.rule_queries[self.rule.name], self.reader, plans, may_hold)
        return {occurrence: hold_reason(contradictions) for occurrence, contradictions in held.items()}

    def _match(self, message: Outgoing) -> Match:
        return Match(
            rule=self.rule.name,
            subject_type=self.rule.about,
            subject_id=message.subject_id,
            each_id=message.each_id,
            recipient_id=message.recipient_id,
            claims={},
            evidence={},
        )

    def _unwelcome(self, message: Outgoing, recipient: Recipient | None, access: Access) -> str | None:
        if recipient is None:
            return "the customer is not in the state"
        if address_of(recipient, message.channel) != message.address:
            return _address_changed(message.channel)
        found = reachable(recipient, (message.channel,), message.notice_class, access, failed={})
        return None if found.channels else " and ".join(found.notes)

    def _opening(self, message: Outgoing, recipient: Recipient) -> datetime:
        hours = hours_for(self.engine.project.policy, recipient.country, message.notice_class, message.channel)
        return next_allowed(hours, recipient.timezone, self.now)


@dataclass(frozen=True, kw_only=True)
class _About:
    """What `holding` asks of something that is to be told."""

    occurrence: str
    match: Match
