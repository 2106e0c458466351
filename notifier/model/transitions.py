"""The lives of notices and messages as tables: which state may follow which.

Every write to the outbox is checked against these tables, and compares and sets the state that it read. So neither a
late receipt nor a second process can move anything backwards. `docs/outbox-states.md` shows the tables to people; a
test holds the two equal.
"""

from collections.abc import Mapping

from notifier.model.notices import MessageState, NoticeState

_DECIDED = frozenset(
    {
        NoticeState.READY,
        NoticeState.HELD,
        NoticeState.DEFERRED,
        NoticeState.SUPPRESSED,
        NoticeState.FAILED,
        NoticeState.EXPIRED,
        NoticeState.CANCELLED,
    }
)
"""What planning may decide for a notice of which no message was accepted yet."""

NOTICE_MOVES: Mapping[NoticeState, frozenset[NoticeState]] = {
    NoticeState.READY: _DECIDED | {NoticeState.TOLD},
    NoticeState.HELD: _DECIDED,
    NoticeState.DEFERRED: _DECIDED,
    NoticeState.SUPPRESSED: _DECIDED,
    NoticeState.CANCELLED: _DECIDED,
    NoticeState.FAILED: _DECIDED,
    NoticeState.TOLD: frozenset(),
    NoticeState.EXPIRED: frozenset(),
}
"""A cancelled notice comes back when its rule turns true again, a failed one when there is another address.

Whether a notice is spent is in its row: a spent one never moves.
"""

MESSAGE_MOVES: Mapping[MessageState, frozenset[MessageState]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.CANCELLED, MessageState.ACCEPTED}),
    MessageState.SENDING: frozenset(
        {MessageState.ACCEPTED, MessageState.FAILED, MessageState.QUEUED, MessageState.UNKNOWN, MessageState.CANCELLED}
    ),
    MessageState.UNKNOWN: frozenset(
        {MessageState.ACCEPTED, MessageState.QUEUED, MessageState.FAILED, MessageState.UNKNOWN}
    ),
    MessageState.ACCEPTED: frozenset({MessageState.DELIVERED, MessageState.UNDELIVERED}),
    MessageState.DELIVERED: frozenset({MessageState.UNDELIVERED}),
    MessageState.UNDELIVERED: frozenset(),
    MessageState.FAILED: frozenset(),
    MessageState.CANCELLED: frozenset(),
}
"""`sending` and `unknown` go back to `queued` only when it is certain that the provider does not have the message.
Should its answer come all the same, before the next attempt, `queued` becomes `accepted`. What is accepted moves by
receipts alone (`model.receipts.fate_of`); `delivered` becomes `undelivered` for a mail that bounced after all."""

HANDED_OVER = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.UNDELIVERED)
"""A provider took the message: its notice counts as told on this channel."""
IN_FLIGHT = (MessageState.SENDING, MessageState.UNKNOWN)
"""The provider may have the message. No message of its notice may be replaced until that is known."""


class ForbiddenMoveError(Exception):
    """A state was to follow another that it may not follow. The mistake is in the program, never in the input."""

    def __init__(self, kind: str, old: str, new: str) -> None:
        super().__init__(f"a {kind} that is {old} cannot become {new}")


def notice_moves(old: NoticeState, new: NoticeState) -> None:
    """Raises ForbiddenMoveError unless a notice may go from `old` to `new`."""
    if new not in NOTICE_MOVES[old]:
        raise ForbiddenMoveError("notice", old, new)


def message_moves(old: MessageState, new: MessageState) -> None:
    """Raises ForbiddenMoveError unless a message may go from `old` to `new`."""
    if new not in MESSAGE_MOVES[old]:
        raise ForbiddenMoveError("message", old, new)
