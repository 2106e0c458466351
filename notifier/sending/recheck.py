"""Claimed messages are looked at once more before they go: what is still true and allowed goes, the rest does not.

What a message says and whether it may go is not decided here. `redraft` decides it again, as a tick would, and each
message is compared with the draft of its notice. A notice that was told on another channel is spent, and planning has
nothing more to do about it; so its message is named to `redraft`, which answers for that channel by the same gates.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.drafting.engine import DraftOptions, Engine
from notifier.model.batches import Batch
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.reading import StateReader
from notifier.pipeline import redraft
from notifier.planning.addressing import address_of

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
        if rule in engine.project.rules:
            batches += _of_rule(engine, reader, rule, messages, now, live=live, into=into)
        else:
            batches += _without_rule(engine, rule, messages, now, into)
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


def _of_rule(
    engine: Engine,
    reader: StateReader,
    rule: str,
    messages: Sequence[Outgoing],
    now: datetime,
    *,
    live: bool,
    into: _Sorted,
) -> Sequence[Batch]:
    """Sort the messages of one rule. What is decided anew for notices that were not told yet is to be committed."""
    subjects = {rule: {message.subject_id for message in messages}}
    resend = {message.occurrence: message.channel for message in messages if _was_told(message)}
    batches = list(redraft(engine, reader, now, subjects, DraftOptions(live=live, resend=resend)))
    if any(batch.failure is not None for batch in batches):
        reason = f"rule {rule} could not be evaluated"
        into.later += [Later(message=message, reason=reason, at=now + PAUSE) for message in messages]
        return []
    drafts = {each.occurrence: each for batch in batches for each in batch.drafts}
    is_decided_anew = False
    for message in messages:
        # No draft: nothing about the notice changed. One that was told has a draft always.
        draft = drafts[message.occurrence] if _was_told(message) else drafts.get(message.occurrence)
        if draft is None or _goes_as_it_is(draft, message):
            into.fresh.append(message)
        elif (at := _waits_until(draft, message)) is not None:
            into.later.append(Later(message=message, reason=draft.verdict.reason.text, at=at))
        else:
            is_decided_anew |= not draft.unchanged
            into.stale.append(Stale(message=message, reason=_why_stale(draft, message)))
    return batches if is_decided_anew else []


def _was_told(message: Outgoing) -> bool:
    """Whether another message of its notice was handed over before."""
    return message.notice_state is NoticeState.TOLD


def _goes_as_it_is(draft: Draft, message: Outgoing) -> bool:
    return draft.verdict.state is NoticeState.READY and _says_the_same(draft, message)


def _waits_until(draft: Draft, message: Outgoing) -> datetime | None:
    """When the message may go, where it waits and not its notice: that one is to be committed as deferred."""
    if draft.unchanged and draft.verdict.state is NoticeState.DEFERRED and _says_the_same(draft, message):
        return draft.verdict.send_at
    return None


def _says_the_same(draft: Draft, message: Outgoing) -> bool:
    return draft.content_digest == message.content_digest and not _is_elsewhere(draft, message)


def _is_elsewhere(draft: Draft, message: Outgoing) -> bool:
    """Whether the draft speaks on the message's channel, but to another address."""
    if draft.recipient is None or message.channel not in draft.verdict.channels:
        return False
    return address_of(draft.recipient, message.channel) != message.address


def _why_stale(draft: Draft, message: Outgoing) -> str:
    goes = draft.verdict.state in (NoticeState.READY, NoticeState.DEFERRED)
    if goes and _is_elsewhere(draft, message):
        return f"the customer's address for {message.channel} changed"
    return draft.why_not_as_planned
