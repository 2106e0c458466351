"""TwilioSms for one call or a few, opened and closed around them."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Finding, Outcome
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.outgoing import Outgoing


def sent(account: TwilioAccount, *messages: Outgoing) -> list[Outcome]:
    """The outcomes of sending one after the other over one session."""

    async def send_all(sms: TwilioSms) -> list[Outcome]:
        try:
            return [await sms.send(message) for message in messages]
        finally:
            await sms.aclose()

    return asyncio.run(send_all(TwilioSms(account)))


def sent_one(account: TwilioAccount, message: Outgoing) -> Outcome:
    """The outcome of sending one message."""
    (outcome,) = sent(account, message)
    return outcome


def found(
    account: TwilioAccount, message: Outgoing, owned: Collection[str] = (), *, now: datetime | None = None
) -> Finding:
    """What asking for one message brings, at the present unless the test says otherwise."""

    async def find(sms: TwilioSms) -> Finding:
        try:
            return await sms.find(message, owned, now=now or datetime.now(UTC))
        finally:
            await sms.aclose()

    return asyncio.run(find(TwilioSms(account)))
