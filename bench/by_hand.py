"""An outbox as a careful script keeps it: what telling nobody twice costs by itself, on the bare driver.

For each message: `sending` is committed, the provider called, what came of it committed, the notice with it. A crash
leaves the same to be asked for as with us. Nothing is looked at once more, no order, rate or halt is kept, nothing is
logged. Kept in two ways: with two commits for each message, as most scripts do, and as cheaply as it can be.
"""

from collections.abc import Iterator, Sequence

from bench.bare_clients import Send, each_takes_the_next
from bench.outbox_state import DUE_AT, Outbox
from bench.providers import Stored
from notifier.model.columns import EPOCH, microseconds
from notifier.model.types import ChannelName

_CALLING = (
    "UPDATE message SET state = 'sending', started_at = ?, called_at = ?, attempts = 1, changed_at = ? WHERE id = ?"
)
_CLAIM = "UPDATE message SET state = 'sending', started_at = ?, attempts = 1, changed_at = ? WHERE id = ?"
_CALL = "UPDATE message SET called_at = ? WHERE id = ?"
_ACCEPTED = (
    "UPDATE message SET state = 'accepted', accepted_at = ?, provider = ?, provider_id = ?, changed_at = ? WHERE id = ?"
)
_TOLD = "UPDATE notice SET state = 'told', told_at = ?, spent = ?, changed_at = ? WHERE id = ?"
_WAITING = (
    "SELECT id, notice_id, address, text, content FROM message LEFT JOIN payload ON message_id = id WHERE channel = ? "
    "ORDER BY until_at, created_at, id"
)

Change = tuple[str, Sequence[Sequence[object]]]
"""A statement and the values for each time that it runs."""

CLAIM = 500
"""Messages claimed in one commit, where commits are shared."""
TOGETHER = 64
"""Messages that are called next, and those before them that were accepted, in one commit."""


class HandKept:
    """The book of one run, on one connection."""

    def __init__(self, outbox: Outbox, channel: ChannelName) -> None:
        self._connection = outbox.database.raw_connection()
        self._cursor = self._connection.cursor()
        self._is_sqlite = outbox.server is None
        if self._is_sqlite:
            self._cursor.execute("PRAGMA query_only = OFF")
        self._at = microseconds(DUE_AT - EPOCH) if self._is_sqlite else DUE_AT
        self._channel = channel
        self._ids: dict[str, tuple[str, str]] = {}
        """Message and notice, by the address."""

    def messages(self) -> list[Stored]:
        """What waits, in its order."""
        self._execute(_WAITING, self._channel.value)
        rows = self._cursor.fetchall()
        self._connection.rollback()
        self._ids = {address: (message, notice) for message, notice, address, _, _ in rows}
        return [
            Stored(to=address, text=text, payload=content or text.encode()) for _, _, address, text, content in rows
        ]

    async def one_by_one(self, messages: Sequence[Stored], workers: Sequence[Send]) -> None:
        """Two commits for each message."""
        await each_takes_the_next(messages, [self._kept(send) for send in workers])

    async def together(self, messages: Sequence[Stored], workers: Sequence[Send]) -> None:
        """As few commits, and as few statements for the driver, as a crash allows."""
        accepted: Sequence[Stored] = ()
        for claim in _parts(messages, CLAIM):
            self._commit((_CLAIM, [(self._at, self._at, self._ids[each.to][0]) for each in claim]))
            for group in _parts(claim, TOGETHER):
                called = _CALL, [(self._at, self._ids[each.to][0]) for each in group]
                self._commit(*self._accepted(accepted), called)
                await each_takes_the_next(group, workers)
                accepted = group
        self._commit(*self._accepted(accepted))

    def _kept(self, send: Send) -> Send:
        async def kept(message: Stored) -> None:
            self._commit((_CALLING, [(self._at, self._at, self._at, self._ids[message.to][0])]))
            await send(message)
            self._commit(*self._accepted([message]))

        return kept

    def _accepted(self, messages: Sequence[Stored]) -> list[Change]:
        ids = [self._ids[each.to] for each in messages]
        return [
            (_ACCEPTED, [(self._at, "by hand", message, self._at, message) for message, _ in ids]),
            (_TOLD, [(self._at, True, self._at, notice) for _, notice in ids]),
        ]

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _execute(self, statement: str, *values: object) -> None:
        self._cursor.execute(self._own(statement), values)

    def _commit(self, *changes: Change) -> None:
        if self._is_sqlite:  # PostgreSQL's driver begins by itself
            self._cursor.execute("BEGIN IMMEDIATE")
        for statement, rows in changes:
            if len(rows) == 1:
                self._execute(statement, *rows[0])
            elif rows:
                self._cursor.executemany(self._own(statement), rows)
        self._connection.commit()

    def _own(self, statement: str) -> str:
        return statement if self._is_sqlite else statement.replace("?", "%s")


def _parts(messages: Sequence[Stored], size: int) -> Iterator[Sequence[Stored]]:
    for begin in range(0, len(messages), size):
        yield messages[begin : begin + size]
