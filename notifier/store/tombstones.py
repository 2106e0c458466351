"""Who was forgotten, known by keyed digests: ids, addresses and rows that are not written again.

The key is random and kept in the database, not in the settings: so every process refuses, whatever its settings, and a
new NOTIFIER_TOKEN_KEY brings nobody back. Whoever holds the database could try all phone numbers; nobody else can.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import compress
from typing import Any

import sqlalchemy as sa

from notifier.model.phones import phone_number
from notifier.model.retention import FORGOTTEN
from notifier.model.schema import Entity
from notifier.model.types import ChannelName
from notifier.store.sql import insert_new, is_among, rows_among
from notifier.store.tables import TOMBSTONE, TOMBSTONE_KEY

FORGETTING_LOCK = 0x6E6F7470
"""The PostgreSQL advisory lock that a write of state shares, and that forgetting has alone."""
FEW = 1_000
"""Names that are looked up; for more of them, all tombstones are read: there are few beside the rows of a file."""
ADDRESSES = {"phone": ChannelName.SMS, "email": ChannelName.EMAIL}
"""The columns of a customer by which the same person would come back under another id."""
_KEY = sa.select(TOMBSTONE_KEY.c.content)
_ALL = sa.select(TOMBSTONE.c.digest)
_AMONG = sa.select(TOMBSTONE.c.digest).where(is_among(TOMBSTONE.c.digest))


class Digests:
    """Names -> keyed digests."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, name: str) -> str:
        """`kind` is an entity for its ids, or a channel for its addresses."""
        same = name.strip().casefold() if kind == ChannelName.EMAIL else name  # one address, however it is written
        # BLAKE2 with a key is a MAC (RFC 7693), and a third of the work of HMAC for each row of each import.
        return hashlib.blake2b(f"{kind}:{same}".encode(), key=self._key, digest_size=32).hexdigest()

    def instead_of(self, kind: str, name: str) -> str:
        """What stands in the ledger where the name stood: the same for the same name, and unique."""
        return f"{FORGOTTEN}:{self.of(kind, name)[:40]}"


def digests(connection: sa.Connection) -> Digests:
    """The digests of this database; the key is made where nobody was forgotten before. Nobody writes state meanwhile.

    Until the transaction ends: else an import that began before would bring back whom it read before.
    """
    _lock(connection, "pg_advisory_xact_lock")
    connection.execute(insert_new(TOMBSTONE_KEY, connection, key="id").values(id=1, content=secrets.token_bytes(32)))
    return Digests(connection.execute(_KEY).scalar_one())


def bury(connection: sa.Connection, names: Iterable[str], now: datetime) -> None:
    """These digests are not to come back."""
    rows = [{"digest": name, "at": now} for name in sorted(set(names))]
    if rows:
        connection.execute(insert_new(TOMBSTONE, connection, key="digest"), rows)


def forgotten_at(connection: sa.Connection, asked: str, country: str | None = None) -> datetime | None:
    """When whoever has this id, phone or mail was forgotten; None where nobody of that name was."""
    key = connection.execute(_KEY).scalar()
    if key is None:
        return None
    meant = TOMBSTONE.c.digest.in_(_meant(Digests(key), asked, country))
    return connection.execute(sa.select(TOMBSTONE.c.at).where(meant).limit(1)).scalar()


def exhume(connection: sa.Connection, keyed: Digests, asked: str, country: str | None = None) -> int:
    """This id, phone or mail may come back; how many of these there were."""
    meant = TOMBSTONE.c.digest.in_(_meant(keyed, asked, country))
    return connection.execute(sa.delete(TOMBSTONE).where(meant)).rowcount


class Tombstones:
    """What of an entity must not be written. A database in which nobody was forgotten is asked once and no more."""

    def __init__(self, connection: sa.Connection, entity: Entity) -> None:
        self._connection = connection
        self._kinds = {"id": entity.name}
        if entity.name == "customer":
            self._kinds |= {column: channel.value for column, channel in ADDRESSES.items()}
        if "customer_id" in entity.table.c:
            self._kinds["customer_id"] = "customer"
        self._digests: Digests | None = None
        self._all: frozenset[str] | None = None
        if len(self._kinds) > 1:  # all others, such as sites, are nobody's
            _lock(connection, "pg_advisory_xact_lock_shared")
            key = connection.execute(_KEY).scalar()
            self._digests = None if key is None else Digests(key)

    def without(self, columns: Sequence[str], cells: Sequence[Sequence[Any]]) -> tuple[Sequence[Sequence[Any]], int]:
        """The cells, column by column, without the rows of people who were forgotten; and how many those are."""
        if self._digests is None:
            return cells, 0
        kept = [True] * len(cells[0])
        for column, values in zip(columns, cells, strict=True):
            if column in self._kinds:
                gone = self._gone(self._kinds[column], {value for value in values if value is not None})
                kept = [is_kept and value not in gone for is_kept, value in zip(kept, values, strict=True)]
        if all(kept):
            return cells, 0
        return [list(compress(values, kept)) for values in cells], kept.count(False)

    def _gone(self, kind: str, names: Collection[str]) -> set[str]:
        assert self._digests is not None
        digest_of = self._digests.of
        if len(names) > FEW:
            if self._all is None:
                self._all = frozenset(self._connection.execute(_ALL).scalars())
            return {name for name in names if digest_of(kind, name) in self._all}
        by_digest = {name: digest_of(kind, name) for name in names}
        found = {row.digest for row in rows_among(self._connection, _AMONG, by_digest.values())}
        return {name for name, digest in by_digest.items() if digest in found}


def _meant(keyed: Digests, asked: str, country: str | None) -> list[str]:
    """The digests of what was typed: of an id, a mail or a phone."""
    names = [keyed.of("customer", asked.strip()), keyed.of(ChannelName.EMAIL, asked)]
    with contextlib.suppress(ValueError):  # no number
        names.append(keyed.of(ChannelName.SMS, phone_number(asked, country)))
    return names


def _lock(connection: sa.Connection, function: str) -> None:
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer at a time
        connection.execute(sa.select(getattr(sa.func, function)(FORGETTING_LOCK)))
