"""What people say about a message of unknown fate: it arrived, or it is to be sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from notifier.decisions.decision import Decision, Signature
from notifier.decisions.notices import OBJECT, Row, locked_notice, standing
from notifier.model.notices import MessageState
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName
from notifier.store.interventions import RefusedError
from notifier.store.outbox import completion
from notifier.store.outbox.outgoing import outgoing
from notifier.store.tables import MESSAGE

PERSON = "person"
"""Stands for the provider of a message of which a person said that it arrived."""


class UnknownMessage(NamedTuple):
    """A message of unknown fate, and the notice that it belongs to."""

    notice: Row
    message: Outgoing
    late: bool = False
    """Whether it was past its deadline when a person wanted it sent again."""


@dataclass(frozen=True)
class OfUnknownMessage(Decision[UnknownMessage]):
    """A decision about the notice's message of unknown fate; `channel` is None where there is only one."""

    reference: str
    channel: ChannelName | None = None

    object_type = OBJECT

    def find(self, connection: sa.Connection) -> Sequence[UnknownMessage]:
        """The message. Its notice is locked, and where its provider answers meanwhile the write is refused."""
        notice = locked_notice(connection, self.reference)
        statement = sa.select(MESSAGE.c.id, MESSAGE.c.channel, MESSAGE.c.state).where(MESSAGE.c.notice_id == notice.id)
        in_order = statement.order_by(MESSAGE.c.channel.desc(), MESSAGE.c.created_at, MESSAGE.c.id)
        messages = connection.execute(in_order).all()
        unknown = [
            each for each in messages if each.state == MessageState.UNKNOWN and self.channel in (None, each.channel)
        ]
        if len(unknown) > 1:
            names = " and ".join(sorted(each.channel for each in unknown))
            raise RefusedError(f"{notice.reference} has messages of unknown fate on {names}; say which: --channel NAME")
        if not unknown:
            last = {each.channel: each.state for each in messages}
            where = ", ".join(f"its {name} is {state}" for name, state in last.items()) or "it has no messages"
            raise RefusedError(
                f"{standing(notice)}, and {where}; only a message that may or may not have gone out can be settled "
                "like this"
            )
        (message,) = outgoing(connection, [unknown[0].id])
        return [UnknownMessage(notice, message)]

    def object_id(self, found: UnknownMessage) -> str:
        """The notice's id."""
        return str(found.notice.id)

    def recorded_verb(self, found: UnknownMessage) -> str:
        """Names the channel."""
        return self.verb.format(found.message.channel)


class Arrived(OfUnknownMessage):
    """The message went out: it counts as accepted, and its notice as told."""

    command = "notices arrived"
    verb = "say that the {} arrived"

    def write(self, connection: sa.Connection, found: UnknownMessage, signature: Signature) -> UnknownMessage:
        """Record what its provider would have said."""
        recorded = completion.record_accepted(
            connection, found.message, provider=PERSON, provider_id=found.message.id, now=signature.now
        )
        return _unless_answered(found, recorded)

    def sentence(self, decided: Sequence[UnknownMessage]) -> str:
        """The notice counts as told."""
        return f"{decided[0].notice.reference} counts as told; it is not sent again."


class Resend(OfUnknownMessage):
    """The message did not go out: it is queued again. Past its deadline it fails, and the next tick ends the notice."""

    command = "notices resend"
    verb = "send the {} again"

    def write(self, connection: sa.Connection, found: UnknownMessage, signature: Signature) -> UnknownMessage:
        """Queue it for a further attempt, now."""
        recorded = completion.record_retry(
            connection, found.message, reason=f"sent again {signature}", at=signature.now, now=signature.now
        )
        return _unless_answered(found._replace(late=signature.now >= found.message.until), recorded)

    def sentence(self, decided: Sequence[UnknownMessage]) -> str:
        """Whether it is still in time."""
        (found,) = decided
        if found.late:
            return f"{found.notice.reference} is past its deadline; the next tick closes it."
        return f"{found.notice.reference} is queued again."


def _unless_answered(found: UnknownMessage, recorded: bool) -> UnknownMessage:
    if not recorded:
        raise RefusedError(f"the provider has just answered for {found.notice.reference}; look at the notice again")
    return found
