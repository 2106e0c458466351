"""Which notices are told through another one: written with the verdict, read with what became of who speaks.

Of one that says the same nothing is copied. When it was told, by which channels, or that it never will be, is looked up
in it each time, so both have one fate. A part of a message is told when that very message is handed over, in the same
transaction (`completion`); where it went and whether it arrived is looked up, too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import Draft, MessageState, NoticeState, ReasonCode, Voice
from notifier.model.receipts import CONFIRMING
from notifier.model.transitions import HANDED_OVER, IN_FLIGHT
from notifier.model.types import ChannelName
from notifier.store.sql import AMONG, chunks, insert_new, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE, TOLD_THROUGH

_ANY = sa.select(TOLD_THROUGH.c.occurrence).where(TOLD_THROUGH.c.occurrence > "").limit(1)  # probes the index
_SPEAKERS = (
    sa.select(
        TOLD_THROUGH.c.occurrence,
        TOLD_THROUGH.c.channel,
        TOLD_THROUGH.c.through,
        TOLD_THROUGH.c.is_part,
        NOTICE.c.reference,
        NOTICE.c.recipient_id,
        NOTICE.c.spent,
        NOTICE.c.told_at,
        MESSAGE.c.address,
        MESSAGE.c.state,
        MESSAGE.c.accepted_at,
        MESSAGE.c.provider,
        MESSAGE.c.error,
    )
    .join(NOTICE, NOTICE.c.occurrence == TOLD_THROUGH.c.through)
    .outerjoin(
        MESSAGE,
        sa.and_(
            MESSAGE.c.notice_id == NOTICE.c.id,
            MESSAGE.c.channel == TOLD_THROUGH.c.channel,
            is_any_of(MESSAGE.c.state, *HANDED_OVER),
        ),
    )
    .where(is_among(TOLD_THROUGH.c.occurrence))
    .order_by(TOLD_THROUGH.c.occurrence, TOLD_THROUGH.c.channel, MESSAGE.c.id)
)
_ANOTHER = TOLD_THROUGH.alias("another")
_ONLY_THROUGH = (
    sa.select(NOTICE.c.id)
    .join(TOLD_THROUGH, TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence)
    .where(
        TOLD_THROUGH.c.through == sa.bindparam("through", type_=sa.String()),
        TOLD_THROUGH.c.channel == sa.bindparam("channel", type_=sa.String()),
        NOTICE.c.reason_code == ReasonCode.TOLD_THROUGH,
        ~sa.exists().where(
            _ANOTHER.c.occurrence == TOLD_THROUGH.c.occurrence, _ANOTHER.c.channel != TOLD_THROUGH.c.channel
        ),
    )
)
_SPOKEN_FOR = (
    sa.select(TOLD_THROUGH.c.through, TOLD_THROUGH.c.channel, NOTICE.c.reference, NOTICE.c.recipient_id)
    .add_columns(TOLD_THROUGH.c.is_part)
    .join(NOTICE, NOTICE.c.occurrence == TOLD_THROUGH.c.occurrence)
    .where(is_among(TOLD_THROUGH.c.through))
    .order_by(NOTICE.c.recipient_id, NOTICE.c.id, TOLD_THROUGH.c.channel)
)
_PARTS = (
    sa.select(TOLD_THROUGH.c.through, TOLD_THROUGH.c.channel, NOTICE.c.id, NOTICE.c.occurrence)
    .join(NOTICE, NOTICE.c.occurrence == TOLD_THROUGH.c.occurrence)
    .where(is_among(TOLD_THROUGH.c.through), TOLD_THROUGH.c.is_part.is_(True))
    .order_by(NOTICE.c.id)
)
_SPEAKER = NOTICE.alias("speaker")


def _message_of_part(*states: MessageState) -> sa.Select[Any]:
    """The ids of notices that are parts of a message in one of these states."""
    return (
        sa.select(NOTICE.c.id)
        .join(TOLD_THROUGH, TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence)
        .join(_SPEAKER, _SPEAKER.c.occurrence == TOLD_THROUGH.c.through)
        .join(MESSAGE, sa.and_(MESSAGE.c.notice_id == _SPEAKER.c.id, MESSAGE.c.channel == TOLD_THROUGH.c.channel))
        .where(TOLD_THROUGH.c.is_part.is_(True), is_any_of(MESSAGE.c.state, *states))
    )


_PARTS_IN_FLIGHT = _message_of_part(*IN_FLIGHT).where(is_among(NOTICE.c.id))
_MAY_ARRIVE = (
    sa.select(MESSAGE.c.id)
    .select_from(_SPEAKER.join(MESSAGE, MESSAGE.c.notice_id == _SPEAKER.c.id))
    .where(
        _SPEAKER.c.occurrence == TOLD_THROUGH.c.through,
        MESSAGE.c.channel == TOLD_THROUGH.c.channel,
        is_any_of(MESSAGE.c.state, MessageState.QUEUED, *IN_FLIGHT, *HANDED_OVER),
    )
    .exists()
)
_STRANDED = (
    sa.select(NOTICE.c.rule, NOTICE.c.subject_id, sa.func.coalesce(NOTICE.c.each_id, "").label("each_id"))
    .join(TOLD_THROUGH, TOLD_THROUGH.c.occurrence == NOTICE.c.occurrence)
    .where(
        NOTICE.c.live == sa.bindparam("live", type_=sa.Boolean()),
        NOTICE.c.state == NoticeState.READY,
        TOLD_THROUGH.c.is_part.is_(True),
        ~_MAY_ARRIVE,
    )
)
NOBODY = ""
_LET_GO = (
    sa.update(TOLD_THROUGH)
    .where(TOLD_THROUGH.c.occurrence == sa.bindparam("of_part"), TOLD_THROUGH.c.channel == sa.bindparam("on"))
    .values(through=NOBODY)
)
_FORGET = sa.delete(TOLD_THROUGH).where(is_among(TOLD_THROUGH.c.occurrence))


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """The notice that speaks for another one on a channel, and what became of it."""

    channel: ChannelName
    voice: Voice
    told_at: datetime | None
    address: str | None
    """Where its message on this channel was handed over; None while it was not."""
    spent: bool
    """Whether it is over: told, on this channel or another one, or never to be told."""
    is_delivered: bool = False
    """Whether a receipt says that that message arrived."""
    came_back: bool = False
    """Whether that message did not arrive."""
    unconfirmed: bool = False
    """Whether its provider says when a message arrived, and has not said so yet."""
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class SpokenFor:
    """A notice that is told through another one."""

    reference: str
    recipient_id: str | None
    channels: tuple[ChannelName, ...]
    is_part: bool = False
    """Whether it is a part of the message, and says something else."""


@dataclass(frozen=True, kw_only=True)
class MessagePart:
    """A notice that is a part of another one's message."""

    notice_id: str
    occurrence: str


def any_told_through(connection: sa.Connection) -> bool:
    """Whether any notice is told through another one. Where nobody shares an address, none is."""
    return connection.execute(_ANY).first() is not None


def speakers(connection: sa.Connection, occurrences: Collection[str]) -> Mapping[str, Sequence[Speaker]]:
    """Who speaks for which of these occurrences: one for each channel."""
    found: dict[str, dict[ChannelName, Speaker]] = defaultdict(dict)
    for row in rows_among(connection, _SPEAKERS, occurrences):
        channel = ChannelName(row.channel)
        found[row.occurrence][channel] = Speaker(
            channel=channel,
            voice=Voice(
                occurrence=row.through,
                reference=row.reference,
                recipient_id=row.recipient_id,
                is_part=row.is_part,
            ),
            told_at=row.accepted_at if row.is_part else row.told_at,
            address=row.address,
            spent=row.spent,
            came_back=row.state == MessageState.UNDELIVERED,
            is_delivered=row.state == MessageState.DELIVERED,
            unconfirmed=row.state == MessageState.ACCEPTED and row.provider in CONFIRMING,
            error=row.error,
        )
    return {occurrence: tuple(by_channel.values()) for occurrence, by_channel in found.items()}


def spoken_for(connection: sa.Connection, occurrences: Collection[str]) -> Mapping[str, Sequence[SpokenFor]]:
    """For whom these occurrences speak, by recipient."""
    channels: dict[str, dict[tuple[str, str | None, bool], list[ChannelName]]] = defaultdict(lambda: defaultdict(list))
    for row in rows_among(connection, _SPOKEN_FOR, occurrences):
        channels[row.through][row.reference, row.recipient_id, row.is_part].append(ChannelName(row.channel))
    return {
        occurrence: tuple(
            SpokenFor(reference=reference, recipient_id=recipient, channels=tuple(names), is_part=is_part)
            for (reference, recipient, is_part), names in others.items()
        )
        for occurrence, others in channels.items()
    }


def only_through(connection: sa.Connection, occurrence: str, channel: ChannelName) -> Sequence[str]:
    """The ids of the notices that nothing but this occurrence tells, on this channel alone."""
    return connection.execute(_ONLY_THROUGH, {"through": occurrence, "channel": channel}).scalars().all()


def parts_of(
    connection: sa.Connection, messages: Iterable[tuple[str, ChannelName]]
) -> Mapping[tuple[str, ChannelName], Sequence[MessagePart]]:
    """The notices that are parts of messages, by the occurrence of the notice that speaks and the channel.

    A message that carries no other notice has none.
    """
    asked = set(messages)
    found: dict[tuple[str, ChannelName], list[MessagePart]] = defaultdict(list)
    for row in rows_among(connection, _PARTS, {occurrence for occurrence, _ in asked}):
        key = (row.through, ChannelName(row.channel))
        if key in asked:
            found[key].append(MessagePart(notice_id=row.id, occurrence=row.occurrence))
    return found


def parts_in_flight(connection: sa.Connection, notice_ids: Collection[str]) -> set[str]:
    """Which of these notices are parts of a message that a provider may be receiving right now."""
    return {row.id for row in rows_among(connection, _PARTS_IN_FLIGHT, notice_ids)}


def messages_with_parts(
    connection: sa.Connection, notice_ids: Collection[str], columns: Sequence[sa.ColumnElement[Any]]
) -> Sequence[sa.Row[Any]]:
    """These columns of the messages of which these notices are parts, each with the part's `notice_id` and the
    reference of the notice that speaks (`speaker`); not of those that were cancelled."""
    if not any_told_through(connection):
        return ()
    statement = (
        _message_of_part(*(state for state in MessageState if state is not MessageState.CANCELLED))
        .with_only_columns(NOTICE.c.id.label("notice_id"), _SPEAKER.c.reference.label("speaker"), *columns)
        .where(is_among(NOTICE.c.id))
        .order_by(MESSAGE.c.id)
    )
    return list(rows_among(connection, statement, notice_ids))


def stranded_parts(connection: sa.Connection, *, live: bool) -> Iterable[sa.Row[Any]]:
    """The `rule`, `subject_id` and `each_id` (or "") of each ready part whose message is gone, for whatever reason:
    it is to be said without that message."""
    return connection.execute(_STRANDED, {"live": live})


def release_parts(connection: sa.Connection, drafts: Sequence[Draft]) -> None:
    """Let go of what was a part of the messages of these notices, which are written anew or gone, and is none now.

    Nobody speaks for it then, so it is stranded: the next tick decides what becomes of it.
    """
    kept = {draft.occurrence: draft.parts for draft in drafts}
    left = [
        {"of_part": row.occurrence, "on": row.channel}
        for row in rows_among(connection, _PARTS, kept.keys())
        if row.occurrence not in kept[row.through]
    ]
    if left:
        connection.execute(_LET_GO, left)


def record_speakers(connection: sa.Connection, new: Sequence[Draft], decided: Sequence[Draft]) -> None:
    """Write who speaks for these notices, within the caller's transaction. For those decided again, anew."""
    for chunk in chunks(sorted(draft.occurrence for draft in decided)):
        connection.execute(_FORGET, {AMONG: chunk})
    rows = [
        {
            "occurrence": draft.occurrence,
            "channel": channel,
            "through": voice.occurrence,
            "is_part": voice.is_part,
        }
        for draft in (*new, *decided)
        for channel, voice in draft.verdict.through.items()
    ]
    if rows:
        connection.execute(insert_new(TOLD_THROUGH, connection, key="occurrence, channel"), rows)
