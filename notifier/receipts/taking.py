"""Takes what providers say of messages: callbacks, bounces and answers to our own questions, all by `take`.

Every receipt is kept. What it makes of its message is computed from all of them, so that doubled, late and misordered
ones change nothing that they must not. What follows from it for the notice is planned: the next tick says it on another
channel, or tells its owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.model.notices import MessageState, NoticeKind
from notifier.model.receipts import Permanence, Receipt, ReceiptState
from notifier.receipts.withdrawing import objects, withdraw
from notifier.store.database import read_only
from notifier.store.outbox import receipts as rows
from notifier.store.outbox.receipts import Moved

log = structlog.get_logger()

ENDS = (ReceiptState.DELIVERED, ReceiptState.UNDELIVERED, ReceiptState.COMPLAINT)
"""What may give a message another state (`model.receipts.fate_of`)."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of some receipts."""

    kept: int = 0
    """How many were new."""
    repeated: int = 0
    """How many had been said before."""
    unmatched: int = 0
    """New ones that lead to no message, or not yet."""
    moved: tuple[Moved, ...] = ()
    """The messages that have another state now."""
    asked: int = 0
    """About how many messages a provider was asked."""

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            kept=self.kept + other.kept,
            repeated=self.repeated + other.repeated,
            unmatched=self.unmatched + other.unmatched,
            moved=(*self.moved, *other.moved),
            asked=self.asked + other.asked,
        )

    def count(self, state: MessageState) -> int:
        """How many messages have this state now."""
        return sum(1 for each in self.moved if each.fate.state is state)


def take(database: sa.Engine, receipts: Sequence[Receipt], *, now: datetime) -> Taken:
    """Keep these receipts, and let them decide about their messages: in one transaction, committed when it returns.

    Raises StoreError where they could not be kept: then they must be asked for, or sent, again.
    """
    with database.begin() as connection:
        taken = take_within(connection, receipts, now=now)
    say(taken.moved)
    return taken


def take_within(connection: sa.Connection, receipts: Sequence[Receipt], *, now: datetime) -> Taken:
    """As `take`, within the transaction of a caller, who logs what moved (`say`) once it is committed."""
    kept = rows.keep(connection, receipts, now=now)
    about = [(each.receipt, each.message_id) for each in kept if each.message_id is not None]
    # What is on its way moves nothing, and most receipts say no more than that.
    ended = {message for receipt, message in about if receipt.state in ENDS}
    moved = rows.move(connection, ended, now=now) if ended else ()
    if objecting := {message for receipt, message in about if objects(receipt)}:
        withdraw(connection, objecting, now=now)
    return Taken(
        kept=len(kept),
        repeated=len(receipts) - len(kept),
        unmatched=len(kept) - len(about),
        moved=tuple(moved),
    )


def settle(database: sa.Engine, *, now: datetime) -> Taken:
    """Look again for the messages of receipts that led to none: they may have come before our own commit."""
    with read_only(database) as connection:
        if not rows.any_waiting(connection, now=now):
            return Taken()
    with database.begin() as connection:
        found = rows.matched_later(connection, now=now)
        moved = rows.move(connection, found, now=now) if found else ()
        if found:
            withdraw(connection, found, now=now)
    say(moved)
    return Taken(moved=tuple(moved))


def say(moved: Sequence[Moved]) -> None:
    """Log what became of these messages: ids and codes alone."""
    for each in moved:
        lost = each.fate.state is MessageState.UNDELIVERED
        known: dict[str, str | None] = {
            "message": each.id,
            "notice": each.notice_id,
            "channel": each.channel,
            "before": each.old,
        }
        if not lost:
            log.info("message.delivered", **known)
            continue
        known |= {"reason": each.fate.meaning, "permanence": each.fate.permanence}
        # An alert is not planned again, and what is our own mistake happens again: people may hear of it nowhere else.
        alarming = each.kind is NoticeKind.ALERT or each.fate.permanence is Permanence.OURS
        (log.error if alarming else log.warning)("message.undelivered", **known)
