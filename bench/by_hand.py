"""A careful script's outbox, on the bare driver: what it costs just to tell nobody twice.

For each message it commits `sending`, calls the provider, and commits the outcome together with the notice. A crash
leaves the same messages unknown as ours. It rechecks nothing, keeps no order, rate or halt, and logs nothing. There are
two variants: two commits for each message, as a script would do it, and as few as possible.
"""

from collections.abc import Iterator, Sequence

from bench.bare_clients import Send, each_takes_the_next
from bench.outbox_state import DUE_AT, Outbox
from bench.providers import Stored
from notifier.model.columns import EPOCH, microseconds
from notifier.model.types import ChannelName
from notifier.store.outbox.payloads import whole

_CALLING = (
    "UPDATE message SET state = 'sending', started_at = ?, called_at = ?, attempts = 1, changed_at = ? WHERE id = ?"
)
_LEASE = "UPDATE message SET state = 'sending', started_at = ?, attempts = 1, changed_at = ? WHERE id = ?"
_CALL = "UPDATE message SET called_at = ? WHERE id = ?"
_ACCEPTED = (
    "UPDATE message SET state = 'accepted', accepted_at = ?, provider = ?, changed_at = ?, provider_id = ? WHERE id = ?"
)
_ALL_ACCEPTED = (
    "UPDATE message SET state = 'accepted', accepted_at = ?, provider = ?, changed_at = ?, provider_id = given.name "
    "FROM unnest(?::text[], ?::text[]) AS given (name, message_id) WHERE id = message_id"
)
_TOLD = "UPDATE notice SET state = 'told', told_at = ?, spent = ?, changed_at = ? WHERE id = ?"
_WAITING = (
    "SELECT message.id, notice_id, address, text, payload.content, pattern.content FROM message "
    "LEFT JOIN payload ON message_id = message.id LEFT JOIN pattern ON pattern.id = pattern_id WHERE channel = ? "
    "ORDER BY until_at, created_at, message.id"
)

LEASED = 500
"""Messages leased in one commit, where commits are shared."""
TOGETHER = 64
"""Messages per commit: it marks those to be called next, and records the accepted ones before them."""


class HandKept:
    """The outbox of one run, on one connection."""

    def __init__(self, outbox: Outbox, channel: ChannelName) -> None:
        self._connection = outbox.database.raw_connection()
        self._cursor = self._connection.cursor()
        self._is_sqlite = outbox.server is None
        if self._is_sqlite:
            self._cursor.execute("PRAGMA query_only = OFF")
        self._at = microseconds(DUE_AT - EPOCH) if self._is_sqlite else DUE_AT
        self._channel = channel
        self._ids: dict[str, tuple[str, str]] = {}
        """(message id, notice id) by address."""

    def messages(self) -> list[Stored]:
        """The waiting messages, in order."""
        self._execute(_WAITING, self._channel.value)
        rows = self._cursor.fetchall()
        self._connection.rollback()
        self._ids = {address: (message, notice) for message, notice, address, *_ in rows}
        return [
            Stored(to=address, text=text, payload=whole(text, content, pattern))
            for _, _, address, text, content, pattern in rows
        ]

    async def one_by_one(self, messages: Sequence[Stored], workers: Sequence[Send]) -> None:
        """Two commits for each message."""
        await each_takes_the_next(messages, [self._kept(send) for send in workers])

    async def together(self, messages: Sequence[Stored], workers: Sequence[Send]) -> None:
        """As few commits as crash safety allows, and as little work for driver and database in each."""
        before: Sequence[Stored] = ()
        for leased in _parts(messages, LEASED):
            self._begin()
            self._all(_LEASE, (self._at, self._at), [message for message, _ in self._ids_of(leased)])
            self._connection.commit()
            for group in _parts(leased, TOGETHER):
                self._begin()
                self._all_accepted(before)
                self._all(_CALL, (self._at,), [message for message, _ in self._ids_of(group)])
                self._connection.commit()
                await each_takes_the_next(group, workers)
                before = group
        self._begin()
        self._all_accepted(before)
        self._connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _kept(self, send: Send) -> Send:
        async def kept(message: Stored) -> None:
            message_id, notice_id = self._ids[message.to]
            self._begin()
            self._execute(_CALLING, self._at, self._at, self._at, message_id)
            self._connection.commit()
            await send(message)
            self._begin()
            self._execute(_ACCEPTED, self._at, "by hand", self._at, message_id, message_id)
            self._execute(_TOLD, self._at, True, self._at, notice_id)
            self._connection.commit()

        return kept

    def _all_accepted(self, messages: Sequence[Stored]) -> None:
        if not messages:
            return
        ids, notice_ids = zip(*self._ids_of(messages), strict=True)
        values = (self._at, "by hand", self._at)
        if self._is_sqlite:
            self._cursor.executemany(_ACCEPTED, [(*values, each, each) for each in ids])
        else:
            self._execute(_ALL_ACCEPTED, *values, list(ids), list(ids))
        self._all(_TOLD, (self._at, True, self._at), notice_ids)

    def _all(self, statement: str, values: Sequence[object], ids: Sequence[str]) -> None:
        """Runs the statement for many rows; one statement per row costs SQLite almost nothing, but a server a lot."""
        if self._is_sqlite:
            self._cursor.executemany(statement, [(*values, each) for each in ids])
        else:
            self._execute(statement.replace("id = ?", "id = ANY(?)"), *values, list(ids))

    def _ids_of(self, messages: Sequence[Stored]) -> list[tuple[str, str]]:
        return [self._ids[message.to] for message in messages]

    def _execute(self, statement: str, *values: object) -> None:
        self._cursor.execute(statement if self._is_sqlite else statement.replace("?", "%s"), values)

    def _begin(self) -> None:
        if self._is_sqlite:  # PostgreSQL's driver starts transactions itself
            self._cursor.execute("BEGIN IMMEDIATE")


def _parts(messages: Sequence[Stored], size: int) -> Iterator[Sequence[Stored]]:
    for begin in range(0, len(messages), size):
        yield messages[begin : begin + size]
