"""Which notices are told through another one: written with the verdict, read with what became of who speaks.

Nothing is copied from that notice. When it was told, by which channels, or that it never will be, is looked up in it
each time, so both have one fate.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from notifier.model.notices import Draft, MessageState, ReasonCode, Voice
from notifier.model.plain_values import plain_value
from notifier.model.receipts import CONFIRMING
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName
from notifier.store.sql import AMONG, chunks, insert_new, is_among, is_any_of, rows_among
from notifier.store.tables import MESSAGE, NOTICE, TOLD_THROUGH

_ANY = sa.select(TOLD_THROUGH.c.occurrence).where(TOLD_THROUGH.c.occurrence > "").limit(1)  # probes the index
_SPEAKERS = (
    sa.select(
        TOLD_THROUGH.c.occurrence,
        TOLD_THROUGH.c.channel,
        TOLD_THROUGH.c.through,
        NOTICE.c.reference,
        NOTICE.c.recipient_id,
        NOTICE.c.spent,
        NOTICE.c.told_at,
        MESSAGE.c.address,
        MESSAGE.c.state,
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
    .join(NOTICE, NOTICE.c.occurrence == TOLD_THROUGH.c.occurrence)
    .where(is_among(TOLD_THROUGH.c.through))
    .order_by(NOTICE.c.recipient_id, NOTICE.c.id, TOLD_THROUGH.c.channel)
)
_FORGET = sa.delete(TOLD_THROUGH).where(is_among(TOLD_THROUGH.c.occurrence))


@plain_value(frozen=True, kw_only=True)
class Speaker:
    """The notice that speaks for another one on a channel, and what became of it."""

    channel: ChannelName
    voice: Voice
    told_at: datetime | None
    address: str | None
    """Where its message on this channel was handed over; None while it was not."""
    spent: bool
    """Whether it is over: told, on this channel or another one, or never to be told."""
    came_back: bool = False
    """Whether that message did not arrive."""
    unconfirmed: bool = False
    """Whether its provider says when a message arrived, and has not said so yet."""
    error: str | None = None


@plain_value(frozen=True, kw_only=True)
class SpokenFor:
    """A notice that is told through another one."""

    reference: str
    recipient_id: str | None
    channels: tuple[ChannelName, ...]


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
            voice=Voice(occurrence=row.through, reference=row.reference, recipient_id=row.recipient_id),
            told_at=row.told_at,
            address=row.address,
            spent=row.spent,
            came_back=row.state == MessageState.UNDELIVERED,
            unconfirmed=row.state == MessageState.ACCEPTED and row.provider in CONFIRMING,
            error=row.error,
        )
    return {occurrence: tuple(by_channel.values()) for occurrence, by_channel in found.items()}


def spoken_for(connection: sa.Connection, occurrences: Collection[str]) -> Mapping[str, Sequence[SpokenFor]]:
    """For whom these occurrences speak, by recipient."""
    channels: dict[str, dict[tuple[str, str | None], list[ChannelName]]] = defaultdict(lambda: defaultdict(list))
    for row in rows_among(connection, _SPOKEN_FOR, occurrences):
        channels[row.through][row.reference, row.recipient_id].append(ChannelName(row.channel))
    return {
        occurrence: tuple(
            SpokenFor(reference=reference, recipient_id=recipient, channels=tuple(names))
            for (reference, recipient), names in others.items()
        )
        for occurrence, others in channels.items()
    }


def only_through(connection: sa.Connection, occurrence: str, channel: ChannelName) -> Sequence[str]:
    """The ids of the notices that nothing but this occurrence tells, on this channel alone."""
    return connection.execute(_ONLY_THROUGH, {"through": occurrence, "channel": channel}).scalars().all()


def record_speakers(connection: sa.Connection, new: Sequence[Draft], decided: Sequence[Draft]) -> None:
    """Write who speaks for these notices, within the caller's transaction. For those decided again, anew."""
    for chunk in chunks(sorted(draft.occurrence for draft in decided)):
        connection.execute(_FORGET, {AMONG: chunk})
    rows = [
        {"occurrence": draft.occurrence, "channel": channel, "through": voice.occurrence}
        for draft in (*new, *decided)
        for channel, voice in draft.verdict.through.items()
    ]
    if rows:
        connection.execute(insert_new(TOLD_THROUGH, connection, key="occurrence, channel"), rows)
