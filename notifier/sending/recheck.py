"""The recheck of a lease: what is still true and allowed stays in it, the rest is withdrawn or given back.

What a message says and whether it may go is not decided here. `redraft` decides it again, as a tick would, and each
message is compared with the draft of its notice. A notice that was told on another channel is spent, and planning has
nothing more to do about it; so its message is named to `redraft`, which answers for that channel by the same gates.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.model.batches import Batch
from notifier.model.clock import Clock
from notifier.model.notices import Draft, NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.reading import StateReader
from notifier.pipeline import redraft
from notifier.planning.addressing import address_of
from notifier.sending.lease import Lease
from notifier.store.database import read_only
from notifier.store.outbox import completion, leasing
from notifier.store.outbox.commit import commit
from notifier.store.outbox.outgoing import notice_states
from notifier.store.reader import Reader

log = structlog.get_logger()

MAY_GO = (NoticeState.READY, NoticeState.TOLD)
"""States of a notice whose messages may be sent; `told` is a notice that was told on another channel."""
PAUSE = timedelta(minutes=1)
"""How long a message waits whose rule cannot be evaluated at the moment."""


@dataclass(frozen=True, kw_only=True)
class Stale:
    """Must not be sent any more."""

    message: Outgoing
    reason: str


@dataclass(frozen=True, kw_only=True)
class Later:
    """Must not be sent now, and is queued again for `at`."""

    message: Outgoing
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """What is to be done with the messages of one lease."""

    fresh: tuple[Outgoing, ...] = ()
    stale: tuple[Stale, ...] = ()
    later: tuple[Later, ...] = ()
    batches: tuple[Batch, ...] = ()
    """What planning decides now about the subjects of stale messages. To be committed when they are withdrawn."""


@dataclass
class _Sorted:
    fresh: list[Outgoing] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)


def recheck(lease: Lease, database: sa.Engine, outlet: Outlet, ruleset: Ruleset, clock: Clock) -> None:
    """Draft the lease's messages again, and keep in it only those that would be sent as they are."""
    now = clock()
    found = _examined(lease.messages, database, outlet, ruleset, now)
    if found.stale or found.later:
        _set_aside(found, database, outlet, now)
    lease.became["stale"] += len(found.stale)
    lease.became["put_off"] += len(found.later)
    lease.keep(found.fresh, clock())


def _examined(
    messages: Sequence[Outgoing], database: sa.Engine, outlet: Outlet, ruleset: Ruleset, now: datetime
) -> Freshness:
    """On one snapshot. Since a message was leased, its notice may have ended, or was told on another channel."""
    with read_only(database) as connection:
        notices = notice_states(connection, messages)
        current = [_with_notice_state(each, NoticeState(notices[each.notice_id].state)) for each in messages]
        alive = [each for each in current if each.notice_state in MAY_GO]
        ended = [each for each in current if each.notice_state not in MAY_GO]
        found = examine(ruleset, Reader(connection, live=outlet.live), alive, now, live=outlet.live)
    stale = [Stale(message=each, reason=notices[each.notice_id].reason) for each in ended]
    return replace(found, stale=(*found.stale, *stale))


def _with_notice_state(message: Outgoing, state: NoticeState) -> Outgoing:
    return message if message.notice_state is state else replace(message, notice_state=state)


def _set_aside(found: Freshness, database: sa.Engine, outlet: Outlet, now: datetime) -> None:
    """Withdraw what is stale together with a commit of what planning says instead; give back what must wait."""
    with database.begin() as connection:
        leasing.lock_notices(connection, [stale.message for stale in found.stale])
        for stale in found.stale:
            completion.withdraw(connection, stale.message, reason=stale.reason, now=now)
        for later in found.later:
            completion.give_back(connection, later.message, at=later.at, reason=later.reason, now=now)
        for batch in found.batches:
            commit(connection, batch, now=now, live=outlet.live)
    for stale in found.stale:
        log.info("message.stale", message=stale.message.id, notice=stale.message.notice_id, reason=stale.reason)


def examine(
    ruleset: Ruleset, reader: StateReader, leased: Sequence[Outgoing], now: datetime, *, live: bool
) -> Freshness:
    """Sort the leased messages by what is true at `now`. Alerts to owners are never stale: they tell what happened."""
    into = _Sorted(fresh=[message for message in leased if message.kind is NoticeKind.ALERT])
    to_customers = [message for message in leased if message.kind is not NoticeKind.ALERT]
    batches: list[Batch] = []
    for rule, messages in _groups(to_customers):
        in_force = ruleset.project.rules.get(rule)
        if in_force is not None and in_force.shadow:
            into.stale += [Stale(message=message, reason="its rule is in shadow now") for message in messages]
            batches.append(Batch(kind="rule", name=rule, to_shadow=True))
        elif in_force is not None:
            batches += _of_rule(ruleset, reader, rule, messages, now, live=live, into=into)
        else:
            batches += _without_rule(ruleset, rule, messages, now, into)
    order = {message.id: index for index, message in enumerate(leased)}
    return Freshness(
        fresh=tuple(sorted(into.fresh, key=lambda message: order[message.id])),
        stale=tuple(into.stale),
        later=tuple(into.later),
        batches=tuple(batches),
    )


def _groups(messages: Iterable[Outgoing]) -> Iterator[tuple[str, list[Outgoing]]]:
    """The messages of each rule, in a group of their own where their notices were told: more must be read for those."""
    groups: dict[tuple[str, bool], list[Outgoing]] = defaultdict(list)
    for message in messages:
        groups[message.rule, _was_told(message)].append(message)
    for (rule, _), group in groups.items():
        yield rule, group


def _without_rule(
    ruleset: Ruleset, rule: str, messages: Iterable[Outgoing], now: datetime, into: _Sorted
) -> list[Batch]:
    if ruleset.project.has_errors:
        reason = f"rule {rule} cannot be read at the moment"
        into.later += [Later(message=message, reason=reason, at=now + PAUSE) for message in messages]
        return []
    into.stale += [Stale(message=message, reason="its rule is no longer in the project") for message in messages]
    return [Batch(kind="rule", name=rule, retired=True)]


def _of_rule(
    ruleset: Ruleset,
    reader: StateReader,
    rule: str,
    messages: Sequence[Outgoing],
    now: datetime,
    *,
    live: bool,
    into: _Sorted,
) -> Sequence[Batch]:
    """Sort the messages of one rule. Returns new decisions about notices that were not told yet, to be committed."""
    subjects = {rule: {message.subject_id for message in messages}}
    rows: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        if message.each_id is not None:
            rows[message.subject_id].add(message.each_id)
    resend = {message.occurrence: message.channel for message in messages if _was_told(message)}
    options = DraftOptions(live=live, resend=resend)
    batches = list(redraft(ruleset, reader, now, subjects, options, rows={rule: rows}))
    if any(batch.failure is not None for batch in batches):
        reason = f"rule {rule} could not be evaluated"
        into.later += [Later(message=message, reason=reason, at=now + PAUSE) for message in messages]
        return []
    drafts = {each.occurrence: each for batch in batches for each in batch.drafts}
    is_decided_anew = False
    for message in messages:
        # Without a draft, nothing about the notice changed. A notice that was told always has one.
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
    """Whether another message of its notice was accepted before."""
    return message.notice_state is NoticeState.TOLD


def _goes_as_it_is(draft: Draft, message: Outgoing) -> bool:
    return draft.verdict.state is NoticeState.READY and _says_the_same(draft, message)


def _waits_until(draft: Draft, message: Outgoing) -> datetime | None:
    """When the message may go, if only the message waits. A notice that waits is committed as deferred instead."""
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
