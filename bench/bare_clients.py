"""The same messages over the clients that a script would use, without a database: our sending is compared with these.

For SMS: Twilio's SDK, in a loop as in its documentation and with its asynchronous transport, and plain aiohttp. For
mail: smtplib over one connection and aiosmtplib over several. All keep their connections open.
"""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from urllib.parse import urlencode

import aiohttp
import aiosmtplib
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bench.providers import Stored, Stub
from bench.stubs import PATH
from notifier.delivery.smtp_connections import AT_MOST
from notifier.delivery.twilio_client import CONNECTIONS

VALIDITY = 36_000
AT_ONCE = CONNECTIONS
"""Concurrent calls: as many as ours, since that decides the rate with a distant provider."""
Send = Callable[[Stored], Awaitable[object]]
Share = Callable[[Sequence[Stored], Sequence[Send]], Awaitable[None]]
"""How messages are distributed among workers, and what else is done for each."""


async def each_takes_the_next(messages: Iterable[Stored], workers: Sequence[Send]) -> None:
    """Each worker takes the next message as soon as its last one is done."""
    left = iter(messages)

    async def work(send: Send) -> None:
        for message in left:
            await send(message)

    await asyncio.gather(*(work(send) for send in workers))


def twilio_sdk(provider: Stub, messages: Sequence[Stored]) -> None:
    """`client.messages.create` in a loop."""
    client = _client(provider)
    for message in messages:
        client.messages.create(**_said(provider, message))


def twilio_sdk_async(provider: Stub, messages: Sequence[Stored], share: Share = each_takes_the_next) -> None:
    """`client.messages.create_async`, concurrently."""

    async def run() -> None:
        async with AsyncTwilioHttpClient() as transport:
            create = _client(provider, transport).messages.create_async
            await share(messages, [lambda message: create(**_said(provider, message))] * AT_ONCE)

    asyncio.run(run())


def bare_aiohttp(provider: Stub, messages: Sequence[Stored]) -> None:
    """A POST with its JSON answer, without an SDK."""
    account = provider.account
    headers = {
        "Authorization": aiohttp.encode_basic_auth(account.account_sid, account.auth_token),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    fields = {"From": account.sender, "ValidityPeriod": VALIDITY}

    async def run() -> None:
        async with aiohttp.ClientSession(account.base_url, headers=headers) as session:

            async def send(message: Stored) -> None:
                data = urlencode({"To": message.to, "Body": message.text, **fields}).encode()
                async with session.post(PATH, data=data) as answer:
                    if not (await answer.json())["sid"]:
                        raise ValueError("no id came back")

            await each_takes_the_next(messages, [send] * AT_ONCE)

    asyncio.run(run())


def bare_smtplib(provider: Stub, messages: Sequence[Stored]) -> None:
    """One connection, one mail after the other."""
    server = provider.server
    with smtplib.SMTP(server.host, server.port) as client:
        for message in messages:
            client.sendmail(server.sender, message.to, message.payload)


def bare_aiosmtplib(provider: Stub, messages: Sequence[Stored], share: Share = each_takes_the_next) -> None:
    """As many connections as we keep."""
    server = provider.server

    async def run() -> None:
        clients = [aiosmtplib.SMTP(hostname=server.host, port=server.port, start_tls=False) for _ in range(AT_MOST)]
        for client in clients:
            await client.connect()
        await share(messages, [_sender(client, server.sender) for client in clients])
        for client in clients:
            await client.quit()

    asyncio.run(run())


def _sender(client: aiosmtplib.SMTP, sender: str) -> Send:
    return lambda message: client.sendmail(sender, message.to, message.payload)


def _client(provider: Stub, transport: AsyncTwilioHttpClient | None = None) -> Client:
    account = provider.account
    client = Client(account.account_sid, account.auth_token, http_client=transport)
    client.api.base_url = account.base_url
    return client


def _said(provider: Stub, message: Stored) -> dict[str, object]:
    sender = provider.account.sender
    return {"to": message.to, "from_": sender, "body": message.text, "validity_period": VALIDITY}
