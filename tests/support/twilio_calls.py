"""TwilioSms for one call or a few, opened and closed around them."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Finding, Outcome
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import Receipt


def sent(account: TwilioAccount, *messages: Outgoing, by: type[TwilioSms] = TwilioSms) -> list[Outcome]:
    """The outcomes of sending one after the other over one session, as SMS unless said otherwise."""

    async def send_all(sms: TwilioSms) -> list[Outcome]:
        try:
            return [await sms.send(message) for message in messages]
        finally:
            await sms.aclose()

    return asyncio.run(send_all(by(account)))


def became(channel: TwilioSms, provider_id: str) -> Receipt | None:
    """What Twilio says of a message that it took; the channel is closed then."""

    async def ask() -> Receipt | None:
        try:
            return await channel.became(provider_id)
        finally:
            await channel.aclose()

    return asyncio.run(ask())


def sent_one(account: TwilioAccount, message: Outgoing) -> Outcome:
    """The outcome of sending one message."""
    (outcome,) = sent(account, message)
    return outcome


def found(
    account: TwilioAccount,
    message: Outgoing,
    owned: Collection[str] = (),
    *,
    now: datetime | None = None,
    by: type[TwilioSms] = TwilioSms,
) -> Finding:
    """What asking for one message brings, at the present unless the test says otherwise."""

    async def find(sms: TwilioSms) -> Finding:
        try:
            return await sms.find(message, owned, now=now or datetime.now(UTC))
        finally:
            await sms.aclose()

    return asyncio.run(find(by(account)))
