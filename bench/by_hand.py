"""An outbox as a careful script keeps it: what telling nobody twice costs by itself, on the bare driver.

For each message: `sending` is committed, the provider called, what came of it committed, the notice with it. A crash
leaves the same to be asked for as with us. Nothing is looked at once more, no order, rate or halt is kept.
"""

from bench.bare_clients import Send
from bench.outbox_state import DUE_AT, Outbox
from bench.providers import Stored
from notifier.model.columns import EPOCH, microseconds
from notifier.model.types import ChannelName

_CALLING = (
    "UPDATE message SET state = 'sending', started_at = ?, called_at = ?, attempts = 1, changed_at = ? WHERE id = ?"
)
_ACCEPTED = (
    "UPDATE message SET state = 'accepted', accepted_at = ?, provider = ?, provider_id = ?, changed_at = ? WHERE id = ?"
)
_TOLD = "UPDATE notice SET state = 'told', told_at = ?, spent = ?, changed_at = ? WHERE id = ?"
_WAITING = (
    "SELECT id, notice_id, address, text, content FROM message LEFT JOIN payload ON message_id = id WHERE channel = ? "
    "ORDER BY until_at, created_at, id"
)


class HandKept:
    """The book of one run, on one connection."""

    def __init__(self, outbox: Outbox, channel: ChannelName) -> None:
        self._connection = outbox.database.raw_connection()
        self._cursor = self._connection.cursor()
        self._is_sqlite = outbox.server is None
        if self._is_sqlite:
            self._cursor.execute("PRAGMA query_only = OFF")
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

    def keeping(self, send: Send) -> Send:
        """The same call, with the book kept around it."""

        async def kept(message: Stored) -> None:
            message_id, notice_id = self._ids[message.to]
            at = microseconds(DUE_AT - EPOCH) if self._is_sqlite else DUE_AT
            self._begin()
            self._execute(_CALLING, at, at, at, message_id)
            self._connection.commit()
            await send(message)
            self._begin()
            self._execute(_ACCEPTED, at, "by hand", message_id, at, message_id)
            self._execute(_TOLD, at, True, at, notice_id)
            self._connection.commit()

        return kept

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _execute(self, statement: str, *values: object) -> None:
        self._cursor.execute(statement if self._is_sqlite else statement.replace("?", "%s"), values)

    def _begin(self) -> None:
        if self._is_sqlite:  # PostgreSQL's driver begins by itself
            self._cursor.execute("BEGIN IMMEDIATE")
