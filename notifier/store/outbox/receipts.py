"""Receipts as rows, and what they make of the messages that they are about.

All functions work within the connection's transaction, which the caller commits. A receipt is matched with its message
when it arrives, or later: it may be quicker than our own commit of the provider's id, or name a message that
reconciliation finds only afterwards.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.digests import uuid7
from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.receipts import Fate, Permanence, Receipt, ReceiptState, Said, fate_of
from notifier.model.transitions import HANDED_OVER, message_moves
from notifier.model.types import ChannelName
from notifier.planning.occurrences import fallback_of
from notifier.store.bulk_insert import insert_few
from notifier.store.outbox.suppressions import suppress
from notifier.store.outbox.told_through import parts_of
from notifier.store.sql import AMONG, chunks, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE, RECEIPT, UNMATCHED

MATCHED_WITHIN = timedelta(days=3)
"""How long a receipt is tried again that led to no message. Later it is only kept."""
AT_ONCE = 500
"""Receipts that one transaction matches later."""
STRIKES, STRIKES_WITHIN = 3, timedelta(days=14)
"""So many mails that came back for a passing reason, and none that arrived in between, suppress their address."""

SINCE = sa.bindparam("since", type_=UtcTime())
NOW = sa.bindparam("now", type_=UtcTime())
_BY_ID = (
    sa.select(RECEIPT.c.id, MESSAGE.c.id.label("message_id"))
    .join(
        MESSAGE,
        sa.and_(
            MESSAGE.c.provider == RECEIPT.c.provider,
            MESSAGE.c.provider_id == RECEIPT.c.provider_id,
            MESSAGE.c.channel == RECEIPT.c.channel,
        ),
    )
    .where(RECEIPT.c.provider_id.is_not(None))
)
_BY_REFERENCE = (
    sa.select(RECEIPT.c.id, MESSAGE.c.id.label("message_id"))
    .join(NOTICE, NOTICE.c.reference == RECEIPT.c.reference)
    .join(
        MESSAGE,
        sa.and_(
            MESSAGE.c.notice_id == NOTICE.c.id,
            MESSAGE.c.channel == RECEIPT.c.channel,
            is_any_of(MESSAGE.c.state, *HANDED_OVER),
        ),
    )
    .where(RECEIPT.c.provider_id.is_(None))
    .order_by(MESSAGE.c.accepted_at)  # of several, the one that was handed over last
)
_WAITING = (sa.text(f"receipt.{UNMATCHED}"), RECEIPT.c.arrived_at > SINCE)
_WITH_ID = sa.select(MESSAGE.c.provider_id, MESSAGE.c.channel, MESSAGE.c.id).where(
    MESSAGE.c.provider == sa.bindparam("provider"), is_among(MESSAGE.c.provider_id)
)
_WITH_REFERENCE = (
    sa.select(NOTICE.c.reference, MESSAGE.c.channel, MESSAGE.c.id)
    .join(MESSAGE, MESSAGE.c.notice_id == NOTICE.c.id)
    .where(is_among(NOTICE.c.reference), is_any_of(MESSAGE.c.state, *HANDED_OVER))
    .order_by(MESSAGE.c.accepted_at)  # of several, the one that was handed over last
)
_MATCH_LATER = tuple(each.where(*_WAITING).limit(AT_ONCE) for each in (_BY_ID, _BY_REFERENCE))
_ABOUT = sa.update(RECEIPT).where(RECEIPT.c.id == sa.bindparam("receipt_id")).values(message_id=sa.bindparam("about"))
_LOCKED = (
    sa.select(MESSAGE.c.id, MESSAGE.c.notice_id, MESSAGE.c.channel, MESSAGE.c.address, MESSAGE.c.live)
    .add_columns(MESSAGE.c.state, MESSAGE.c.error)
    .add_columns(NOTICE.c.reference, NOTICE.c.occurrence, NOTICE.c.kind, NOTICE.c.rule)
    .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
    .where(is_among(MESSAGE.c.id))
    .order_by(MESSAGE.c.id)
    # A receipt that names a message locks that it stays there; two that ended must not wait for each other's locks.
    .with_for_update(of=MESSAGE, key_share=True)
)
_SAID = (
    sa.select(RECEIPT.c.message_id, RECEIPT.c.state, RECEIPT.c.permanence, RECEIPT.c.meaning)
    .where(is_among(RECEIPT.c.message_id))
    .order_by(RECEIPT.c.arrived_at, RECEIPT.c.id)
)
_MOVE = (
    sa.update(MESSAGE)
    .where(MESSAGE.c.id == sa.bindparam("message_id"), MESSAGE.c.state == sa.bindparam("old"))
    .values(
        state=sa.bindparam("new"),
        error=sa.bindparam("why"),
        ask_at=None,
        changed_at=sa.bindparam("now", type_=MESSAGE.c.changed_at.type),
    )
)
_FALLBACKS = sa.select(NOTICE.c.occurrence).where(is_among(NOTICE.c.occurrence))
_WAKE = (
    sa.update(NOTICE).where(is_among(NOTICE.c.id), is_any_of(NOTICE.c.state, NoticeState.TOLD)).values(changed_at=NOW)
)
_STRIKES = (
    sa.select(sa.func.count(sa.distinct(MESSAGE.c.id)))
    .select_from(RECEIPT.join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id))
    .where(
        MESSAGE.c.address == sa.bindparam("address"),
        MESSAGE.c.channel == sa.bindparam("channel"),
        MESSAGE.c.live == sa.bindparam("live"),
        is_any_of(MESSAGE.c.state, MessageState.UNDELIVERED),
        RECEIPT.c.permanence == Permanence.PASSING,
        RECEIPT.c.state == ReceiptState.UNDELIVERED,
        RECEIPT.c.arrived_at > SINCE,
    )
)
_ARRIVED_LAST = (
    sa.select(sa.func.max(RECEIPT.c.arrived_at, type_=UtcTime()))
    .select_from(RECEIPT.join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id))
    .where(
        MESSAGE.c.address == sa.bindparam("address"),
        MESSAGE.c.channel == sa.bindparam("channel"),
        MESSAGE.c.live == sa.bindparam("live"),
        is_any_of(MESSAGE.c.state, MessageState.DELIVERED),
    )
)
_OBJECTIONS = (
    sa.select(RECEIPT.c.message_id, MESSAGE.c.address, MESSAGE.c.channel, MESSAGE.c.live)
    .add_columns(RECEIPT.c.provider, RECEIPT.c.code, RECEIPT.c.meaning)
    .join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id)
    .where(
        is_among(RECEIPT.c.message_id),
        sa.or_(RECEIPT.c.state == ReceiptState.COMPLAINT, RECEIPT.c.code.in_(sa.bindparam("codes", expanding=True))),
    )
    .order_by(RECEIPT.c.arrived_at, RECEIPT.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A message that has another state because of receipts."""

    id: str
    notice_id: str
    reference: str
    """Of its notice."""
    rule: str
    kind: NoticeKind
    channel: ChannelName
    address: str
    live: bool
    old: MessageState
    fate: Fate


@dataclass(frozen=True, kw_only=True)
class Warned:
    """A mail of which a server said that it is delayed, and nothing since."""

    provider_id: str | None
    reference: str | None
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True)
class Objection:
    """A receipt that says: the person who got this message, or should have, wants no more."""

    message_id: str
    address: str
    channel: ChannelName
    live: bool
    provider: str
    code: str | None
    meaning: str | None


@dataclass(frozen=True, kw_only=True)
class KeptReceipt:
    """A receipt that was not written before, with the message that it is about; None while none is known."""

    receipt: Receipt
    message_id: str | None


def keep(connection: sa.Connection, receipts: Sequence[Receipt], *, now: datetime) -> Sequence[KeptReceipt]:
    """Write receipts that were not written before, each with its message; returns those.

    A message that is committed between the question for it and the row is found later (`matched_later`).
    """
    about = messages_of(connection, receipts)
    rows = {
        receipt.key: {
            "id": uuid7(now, index=index),
            "key": receipt.key,
            "provider": receipt.provider,
            "provider_id": receipt.provider_id,
            "reference": receipt.reference,
            "channel": receipt.channel,
            "message_id": about.get(receipt.key),
            "status": receipt.status,
            "state": receipt.state,
            "code": receipt.code,
            "meaning": receipt.meaning,
            "permanence": receipt.permanence,
            "arrived_at": now,
            "raw": dict(receipt.raw),
        }
        for index, receipt in enumerate(receipts)
    }
    # In one order everywhere: two processes that write the same receipts wait for each other, and not in a circle.
    written = set(insert_few(connection, RECEIPT, [rows[key] for key in sorted(rows)], key="key"))
    last = {receipt.key: receipt for receipt in receipts}
    return [
        KeptReceipt(receipt=last[key], message_id=about.get(key)) for key, row in rows.items() if row["id"] in written
    ]


def messages_of(connection: sa.Connection, receipts: Collection[Receipt]) -> Mapping[str, str]:
    """The ids of the messages that these receipts are about, by the receipts' keys, as far as they are known."""
    named: dict[tuple[str | None, str, str], list[str]] = defaultdict(list)
    for each in receipts:
        provider = None if each.provider_id is None else each.provider
        named[provider, each.provider_id or each.reference or "", each.channel].append(each.key)
    found: dict[str, str] = {}
    for provider in {provider for provider, _, _ in named}:
        names = [name for of, name, _ in named if of == provider and name]
        statement, more = (_WITH_REFERENCE, {}) if provider is None else (_WITH_ID, {"provider": provider})
        for row in rows_among(connection, statement, names, **more):
            name, channel, message_id = tuple(row)
            found |= dict.fromkeys(named.get((provider, name, channel), ()), message_id)
    return found


def matched_later(connection: sa.Connection, *, now: datetime) -> set[str]:
    """Find the messages of receipts that led to none when they arrived; returns the messages' ids."""
    since = {"since": now - MATCHED_WITHIN}
    found: list[sa.Row[Any]] = []
    for statement in _MATCH_LATER:
        found += connection.execute(statement, since)
    return _matched(connection, found)


def any_waiting(connection: sa.Connection, *, now: datetime) -> bool:
    """Whether a receipt led to no message yet, and is worth another look."""
    statement = sa.select(RECEIPT.c.id).where(*_WAITING).limit(1)
    return connection.execute(statement, {"since": now - MATCHED_WITHIN}).first() is not None


def move(connection: sa.Connection, message_ids: Collection[str], *, now: datetime) -> Sequence[Moved]:
    """Give these messages the states that all their receipts amount to, with what follows from that."""
    locked = list(rows_among(connection, _LOCKED, message_ids))
    said: dict[str, list[Said]] = defaultdict(list)
    for row in rows_among(connection, _SAID, [row.id for row in locked]):
        permanence = None if row.permanence is None else Permanence(row.permanence)
        said[row.message_id].append(Said(state=ReceiptState(row.state), permanence=permanence, meaning=row.meaning))
    fates = {row.id: fate_of(ChannelName(row.channel), said[row.id]) for row in locked}
    changed = [row for row in locked if row.state in HANDED_OVER and _changes(row, fates[row.id])]
    if not changed:
        return ()
    for row in changed:
        if row.state != fates[row.id].state:
            message_moves(MessageState(row.state), fates[row.id].state)
    connection.execute(
        _MOVE,
        [
            {
                "message_id": row.id,
                "old": row.state,
                "new": fates[row.id].state,
                "why": fates[row.id].meaning or row.error,
                "now": now,
            }
            for row in changed
        ],
    )
    moved = [
        Moved(
            id=row.id,
            notice_id=row.notice_id,
            reference=row.reference,
            rule=row.rule,
            kind=NoticeKind(row.kind),
            channel=ChannelName(row.channel),
            address=row.address,
            live=row.live,
            old=MessageState(row.state),
            fate=fates[row.id],
        )
        for row in changed
        if row.state != fates[row.id].state
    ]
    _condemn(connection, moved, now)
    _wake(connection, moved, {row.notice_id: row.occurrence for row in changed}, now)
    return moved


def objections(connection: sa.Connection, message_ids: Collection[str], *, codes: Collection[str]) -> list[Objection]:
    """The complaints among the receipts of these messages, and those with one of these codes; the first of each."""
    found: dict[str, Objection] = {}
    for row in rows_among(connection, _OBJECTIONS, message_ids, codes=list(codes)):
        said = {name: row._mapping[name] for name in ("message_id", "address", "live", "provider", "code", "meaning")}
        found.setdefault(row.message_id, Objection(channel=ChannelName(row.channel), **said))
    return list(found.values())


def last_handed_over(connection: sa.Connection, customer: str, channel: ChannelName) -> str | None:
    """The provider's id of the message that was told last to this customer on this channel; None without one."""
    statement = (
        sa.select(MESSAGE.c.provider_id)
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(NOTICE.c.recipient_id == customer, NOTICE.c.kind != NoticeKind.ALERT)
        .where(MESSAGE.c.channel == channel, is_any_of(MESSAGE.c.state, *HANDED_OVER))
        .order_by(MESSAGE.c.accepted_at.desc(), MESSAGE.c.id.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar()


def warned(connection: sa.Connection, *, before: datetime, after: datetime) -> Sequence[Warned]:
    """Mails that were said to be delayed between these instants, and of which nothing more was heard.

    The word `delayed` may be a server's last: who asks decides after which time it is.
    """
    later = RECEIPT.alias("later")
    statement = (
        sa.select(RECEIPT.c.provider_id, RECEIPT.c.reference, sa.func.max(RECEIPT.c.arrived_at, type_=UtcTime()))
        .join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id)
        .where(
            RECEIPT.c.state == ReceiptState.DELAYED,
            is_any_of(MESSAGE.c.state, MessageState.ACCEPTED),
            RECEIPT.c.arrived_at > after,
            RECEIPT.c.arrived_at <= before,
            ~sa.exists().where(later.c.message_id == RECEIPT.c.message_id, later.c.arrived_at > before),
        )
        .group_by(RECEIPT.c.provider_id, RECEIPT.c.reference)
    )
    return [Warned(provider_id=row[0], reference=row[1], arrived_at=row[2]) for row in connection.execute(statement)]


def _matched(connection: sa.Connection, found: Iterable[sa.Row[Any]]) -> set[str]:
    about = {row.id: row.message_id for row in found}
    if about:
        connection.execute(_ABOUT, [{"receipt_id": each, "about": message} for each, message in about.items()])
    return set(about.values())


def _changes(row: sa.Row[Any], fate: Fate) -> bool:
    """Whether the message has another state since, or a reason that it lacked.

    What ended it stays, even where a receipt that came earlier was written later.
    """
    if row.state == fate.state:
        return row.error is None and fate.meaning is not None
    if row.state == MessageState.ACCEPTED:
        return True
    bounced = row.state == MessageState.DELIVERED and fate.state is MessageState.UNDELIVERED
    return bounced and row.channel == ChannelName.EMAIL


def _condemn(connection: sa.Connection, moved: Sequence[Moved], now: datetime) -> None:
    """Suppress the addresses that must not be written to again."""
    for each in moved:
        if each.fate.state is not MessageState.UNDELIVERED or not each.address:
            continue  # an address that is not kept any more cannot be suppressed
        why = each.fate.meaning or "what was sent there came back"
        if each.fate.permanence is Permanence.ADDRESS:
            suppress(connection, each, reason=why, now=now)
        elif each.fate.permanence is Permanence.PASSING and _struck(connection, each, now):
            suppress(connection, each, reason=f"{STRIKES} mails came back within two weeks: {why}", now=now)


def _struck(connection: sa.Connection, moved: Moved, now: datetime) -> bool:
    """Whether mails came back from there too often. A handset that is off says nothing, however often."""
    if moved.channel is not ChannelName.EMAIL:
        return False
    there = {"address": moved.address, "channel": moved.channel, "live": moved.live}
    since = now - STRIKES_WITHIN
    arrived = connection.execute(_ARRIVED_LAST, there).scalar()
    if arrived is not None:
        since = max(since, arrived)
    return int(connection.execute(_STRIKES, {**there, "since": since}).scalar_one()) >= STRIKES


def _wake(connection: sa.Connection, moved: Sequence[Moved], occurrences: Mapping[str, str], now: datetime) -> None:
    """Let the next tick look at what did not arrive, and at what arrived although its fallback was planned."""
    parts = parts_of(connection, [(occurrences[each.notice_id], each.channel) for each in moved])
    lost: set[str] = set()
    arrived: dict[str, str] = {}
    for each in moved:
        occurrence = occurrences[each.notice_id]
        said = {occurrence: each.notice_id}
        said |= {part.occurrence: part.notice_id for part in parts.get((occurrence, each.channel), ())}
        if each.fate.state is MessageState.UNDELIVERED:
            lost |= set(said.values())
        arrived |= {fallback_of(name): notice_id for name, notice_id in said.items()}
    planned = {arrived[row.occurrence] for row in rows_among(connection, _FALLBACKS, arrived.keys())}
    for chunk in chunks(sorted(lost | planned)):
        connection.execute(_WAKE, {AMONG: chunk, "now": now})
