"""The consent ledger: who wants what no more at which address, and what was said about it. Rows are only ever added.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.consent import Entry, Ledger, Source, Word, ledger_of
from notifier.model.types import CUSTOMER_CHANNELS, Address, ChannelName, NoticeClass
from notifier.store.sql import chunks, is_among, rows_among
from notifier.store.state.changes import touch_where
from notifier.store.tables import ADDRESS_COLUMNS, CONSENT_ENTRY, SUPPRESSED

ALL_BUT_SAFETY = tuple(each for each in NoticeClass if each is not NoticeClass.SAFETY)

_OLDEST_FIRST = sa.select(CONSENT_ENTRY).order_by(CONSENT_ENTRY.c.id)
_AT_ADDRESSES = _OLDEST_FIRST.where(
    CONSENT_ENTRY.c.channel == sa.bindparam("channel", type_=sa.String()), is_among(CONSENT_ENTRY.c.address)
)
_PROBABLE = sa.select(CONSENT_ENTRY.c.channel, CONSENT_ENTRY.c.address).where(
    CONSENT_ENTRY.c.word == sa.literal_column(f"'{Word.PROBABLE}'")  # no parameter: the index has these rows alone
)


def append(
    connection: sa.Connection,
    *,
    address: str,
    channel: ChannelName,
    classes: Iterable[NoticeClass],
    word: Word,
    source: Source,
    by: str,
    reason: str,
    now: datetime,
    live: bool | None,
    register: str | None = None,
    blocked: bool = False,
    message_id: str | None = None,
) -> None:
    """Write down what was said about these classes at an address. Who has it is evaluated again by the next tick."""
    append_all(
        connection,
        [address],
        channel=channel,
        classes=classes,
        word=word,
        source=source,
        by=by,
        reason=reason,
        now=now,
        live=live,
        register=register,
        blocked=blocked,
        message_id=message_id,
    )


def append_all(
    connection: sa.Connection,
    addresses: Iterable[str],
    *,
    channel: ChannelName,
    classes: Iterable[NoticeClass],
    now: datetime,
    register: str | None = None,
    **said: Any,
) -> None:
    """As `append`, for many addresses of one channel: a register has a million."""
    wanted = tuple(classes)
    for chunk in chunks(addresses):
        rows = [
            {
                "register_name": register,
                "at": now,
                "address": address,
                "channel": channel,
                "class": notice_class,
                **said,
            }
            for address in chunk
            for notice_class in wanted
        ]
        connection.execute(sa.insert(CONSENT_ENTRY), rows)
        touch_where(connection, "customer", ADDRESS_COLUMNS[channel].in_(chunk), now)


def entries_at(connection: sa.Connection, addresses: Collection[Address]) -> list[Entry]:
    """All that was ever said about these addresses, oldest first."""
    found = [
        _entry(row)
        for channel in CUSTOMER_CHANNELS
        for row in rows_among(
            connection, _AT_ADDRESSES, [address for on, address in addresses if on is channel], channel=channel
        )
    ]
    return sorted(found, key=lambda entry: entry.id)


def waiting_beside(connection: sa.Connection, address: Address, *, live: bool) -> list[Address]:
    """The other addresses at which one and the same reply still waits for a decision, as it does at this one."""
    asked = {
        entry.message_id
        for entry in entries_at(connection, [address])
        if entry.word is Word.PROBABLE and entry.message_id is not None
    }
    if not asked or not _waits(connection, [address], live=live):
        return []
    beside = _PROBABLE.where(CONSENT_ENTRY.c.message_id.in_(sorted(asked))).distinct()
    found = [(ChannelName(row.channel), row.address) for row in connection.execute(beside)]
    return sorted(_waits(connection, [place for place in found if place != address], live=live))


def _waits(connection: sa.Connection, places: Collection[Address], *, live: bool) -> set[Address]:
    return {
        place for (place, _), said in ledger_at(connection, places, live=live).items() if said.word is Word.PROBABLE
    }


def all_entries(connection: sa.Connection) -> Iterable[Entry]:
    """The whole ledger, oldest first, row by row."""
    for part in connection.execute(_OLDEST_FIRST).partitions(1_000):
        yield from (_entry(row) for row in part)


def ledger_at(connection: sa.Connection, addresses: Collection[Address], *, live: bool) -> Ledger:
    """What holds at these addresses in one mode."""
    return ledger_of(entry for entry in entries_at(connection, addresses) if entry.live in (None, live))


def undecided(connection: sa.Connection, *, live: bool) -> Sequence[Address]:
    """The addresses whose reply sounded like an opt-out, and of which no person has decided yet; oldest first."""
    probable = connection.execute(_PROBABLE.order_by(CONSENT_ENTRY.c.id)).all()
    places = list(dict.fromkeys((ChannelName(row.channel), row.address) for row in probable))
    open_ = {
        place for (place, _), held in ledger_at(connection, places, live=live).items() if held.word is Word.PROBABLE
    }
    return [place for place in places if place in open_]


def taken_already(connection: sa.Connection, address: str, channel: ChannelName, message_id: str) -> bool:
    """Whether the ledger has what this message said."""
    entry = CONSENT_ENTRY.c
    known = sa.select(entry.id).where(
        entry.channel == channel, entry.address == address, entry.message_id == message_id
    )
    return connection.execute(known.limit(1)).first() is not None


def unblock(connection: sa.Connection, address: str, channel: ChannelName, *, live: bool) -> None:
    """Write again to an address that was suppressed because its owner had opted out at the provider."""
    entry = CONSENT_ENTRY.c
    by_opt_out = sa.select(entry.message_id).where(
        entry.channel == channel, entry.address == address, entry.source == Source.PROVIDER
    )
    columns = SUPPRESSED.c
    connection.execute(
        sa.delete(SUPPRESSED).where(
            columns.channel == channel,
            columns.address == address,
            columns.live.is_(live),
            columns.message_id.in_(by_opt_out),
        )
    )


def not_in_register(
    connection: sa.Connection,
    addresses: Iterable[str],
    channel: ChannelName,
    register: str,
    classes: Collection[NoticeClass],
) -> list[str]:
    """Those of these addresses that the register does not hold yet for all of the classes, in their order."""
    new = []
    for chunk in chunks(addresses):
        last: dict[tuple[str, str], Word] = {}
        for entry in entries_at(connection, [(channel, address) for address in chunk]):
            if entry.register == register:
                last[entry.address[1], entry.notice_class] = entry.word
        new += [each for each in chunk if any(last.get((each, of)) is not Word.OUT for of in classes)]
    return new


def _entry(row: sa.Row[Any]) -> Entry:
    values = row._mapping
    return Entry(
        id=row.id,
        at=row.at,
        address=(ChannelName(row.channel), row.address),
        notice_class=NoticeClass(values["class"]),
        word=Word(row.word),
        source=Source(row.source),
        register=row.register_name,
        by=row.by,
        reason=row.reason,
        blocked=row.blocked,
        live=row.live,
        message_id=row.message_id,
    )
