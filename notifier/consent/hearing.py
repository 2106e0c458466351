"""A reply that came in: kept as a contact with the notice that it answers, and read for what it says of consent.

All of it is one transaction, whatever brings the reply: the service, the sandbox.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.consent.replies import take_reply
from notifier.model.types import ChannelName
from notifier.rules.checked import Project
from notifier.store.contacts import answered, customers_at, keep_contact

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Something that a customer wrote to us."""

    channel: ChannelName
    address: str
    """Whose it is: the sender's."""
    text: str
    provider_id: str
    opt_out_type: str | None = None
    """Twilio's `OptOutType`: STOP, START or HELP, where Twilio has answered already."""


def hear(
    connection: sa.Connection,
    reply: Reply,
    now: datetime,
    *,
    project: Project | None,  # noqa: ARG001 - for answers that need the rule
    live: bool,
    company: str,
) -> str | None:
    """Keep the reply and decide what it means, in the connection's transaction; the one answer to send, if any."""
    notice = answered(connection, reply.channel, reply.address, live=live, now=now)
    customers = customers_at(connection, reply.channel, reply.address)
    who = notice.customer_id if notice is not None else next(iter(customers), None)
    if who is None:
        log.warning("reply.from_nobody", provider_id=reply.provider_id)
    elif not keep_contact(
        connection,
        provider_id=reply.provider_id,
        channel=reply.channel,
        customer_id=who,
        text=reply.text,
        notice=notice,
        now=now,
    ):
        return None  # it came before, and was answered then
    else:
        of = {} if notice is None else {"notice": notice.id, "rule": notice.rule}
        log.info("reply.kept", provider_id=reply.provider_id, **of)
    # Also from somebody who is no customer any more: an opt-out counts for the address.
    return take_reply(
        connection,
        reply.address,
        reply.channel,
        reply.text,
        reply.opt_out_type,
        now,
        live=live,
        company=company,
        message_id=reply.provider_id,
    ).answer
