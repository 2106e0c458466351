"""A company's own SMS gateway, played by a server in the same event loop as docs/operations.md describes it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from notifier.delivery.accounts import HttpGatewayAccount
from notifier.delivery.http_gateway import HttpGateway
from notifier.delivery.http_gateway_receipts import gateway_receipt
from notifier.delivery.outcomes import (
    Absent,
    Accepted,
    Found,
    Halt,
    OtherChannel,
    Outcome,
    Retry,
    SuppressAddress,
    Unclear,
    Unknown,
)
from notifier.doctor.findings import Finding, Level
from notifier.doctor.outside import gateway_finding
from notifier.model.receipts import Permanence, ReceiptState
from notifier.receipts.withdrawing import objects
from tests.support.chat_server import chat_server
from tests.support.outgoing import outgoing

__all__ = ["chat_server"]  # it says that this file talks to a server

T = TypeVar("T")
TOKEN = "s3cret-of-the-gateway"


@dataclass
class Gateway:
    """What it has by key, and how it answers."""

    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    status: int = 202
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    becomes: str = "delivered"

    async def post(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401, text="<h1>no</h1>")
        if self.status < 300:
            self.messages.setdefault(request.headers["Idempotency-Key"], json.loads(await request.text()))
        text = self.body or json.dumps({"id": f"G-{len(self.messages)}"})
        return web.Response(status=self.status, text=text, headers=self.headers)

    async def listed(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401)
        keys = [*self.messages]
        if request.query["idempotency_key"] not in keys:
            return web.Response(status=404)
        return web.json_response({"id": f"G-{keys.index(request.query['idempotency_key']) + 1}"})

    async def one(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": self.becomes, "code": 27})


def played(gateway: Gateway, ask: Callable[[HttpGateway], Awaitable[T]], *, token: str = TOKEN) -> T:
    async def run() -> T:
        app = web.Application()
        app.router.add_post("/v1/messages", gateway.post)
        app.router.add_get("/v1/messages", gateway.listed)
        app.router.add_get("/v1/messages/{id}", gateway.one)
        async with TestServer(app) as server:
            channel = HttpGateway(HttpGatewayAccount(url=str(server.make_url("/v1")), token=token))
            try:
                return await ask(channel)
            finally:
                await channel.aclose()

    return asyncio.run(run())


def sent(gateway: Gateway, *, token: str = TOKEN) -> Outcome:
    return played(gateway, lambda channel: channel.send(outgoing()), token=token)


def test_a_message_is_posted_once_by_its_key_and_found_by_it() -> None:
    gateway = Gateway()

    async def twice(channel: HttpGateway) -> list[object]:
        message = outgoing()
        absent = await channel.find(message, now=message.started_at)
        outcomes = [await channel.send(message), await channel.send(outgoing(attempt=2))]
        return [absent, *outcomes, await channel.find(message, now=message.started_at)]

    taken = Accepted(provider_id="G-1")
    assert played(gateway, twice) == [Absent(), taken, taken, Found(provider_id="G-1")]
    assert gateway.messages == {
        "0195-sms": {
            "to": "+573001234567",
            "text": "Su técnico llega el 5 de marzo",
            "valid_until": "2026-03-05T12:00:00+00:00",
        }
    }


HTTP = "the gateway answered HTTP"
SOON = {"Retry-After": "7"}
LATE = {"Retry-After": "9999999"}


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (403, "-", {}, Halt(reason=f"{HTTP} 403")),
        (429, "{}", SOON, Retry(reason=f"{HTTP} 429", after=timedelta(seconds=7), whole_channel=True)),
        (503, "-", LATE, Retry(reason=f"{HTTP} 503", after=timedelta(hours=1))),
        (503, "-", {}, Unknown(reason=f"{HTTP} 503")),
        (500, "<html>", {}, Unknown(reason=f"{HTTP} 500")),
        (410, "-", {}, SuppressAddress(reason=f"{HTTP} 410")),
        (422, '{"error": "opted_out"}', {}, SuppressAddress(reason=f"{HTTP} 422 (opted_out)", opted_out=True)),
        (422, '{"error": "unknown_number"}', {}, SuppressAddress(reason=f"{HTTP} 422 (unknown_number)")),
        (400, '{"error": "to +573001234567 no"}', {}, OtherChannel(reason=f"{HTTP} 400")),
        (302, "-", {"Location": "/"}, Unknown(reason=f"{HTTP} 302")),
        (200, "{}", {}, Unknown(reason="the gateway gave no id")),
        (200, "not JSON", {}, Unknown(reason="the gateway gave no id")),
    ],
)
def test_each_answer_says_what_is_done_next(status: int, body: str, headers: dict[str, str], outcome: Outcome) -> None:
    assert sent(Gateway(status=status, body=body, headers=headers)) == outcome


def test_a_token_that_is_refused_halts_the_channel_and_says_no_secret() -> None:
    outcome = sent(Gateway(), token="another")
    assert outcome == Halt(reason="the gateway answered HTTP 401")
    finding = played(Gateway(), lambda channel: channel.find(outgoing(), now=outgoing().started_at), token="another")
    assert isinstance(finding, Unclear)


def test_a_gateway_that_is_not_there_does_not_have_the_message() -> None:
    account = HttpGatewayAccount(url="http://127.0.0.1:9/v1", token=TOKEN)

    async def run() -> Outcome:
        channel = HttpGateway(account)
        try:
            return await channel.send(outgoing())
        finally:
            await channel.aclose()

    assert asyncio.run(run()) == Retry(reason="the gateway cannot be reached (ClientConnectorError)")
    assert TOKEN not in repr(account)


@pytest.mark.parametrize(
    ("word", "state", "permanence"),
    [
        ("delivered", ReceiptState.DELIVERED, None),
        ("expired", ReceiptState.UNDELIVERED, Permanence.PASSING),
        ("opted_out", ReceiptState.UNDELIVERED, Permanence.ADDRESS),
        ("failed", ReceiptState.UNDELIVERED, Permanence.MESSAGE),
        ("on_its_way", ReceiptState.SENT, None),
    ],
)
def test_what_became_of_a_message_is_a_receipt(word: str, state: ReceiptState, permanence: Permanence | None) -> None:
    receipt = played(Gateway(becomes=word), lambda channel: channel.became("G-7"))
    assert receipt is not None
    code = "opted_out" if word == "opted_out" else "27"
    assert (receipt.provider_id, receipt.status, receipt.code) == ("G-7", word, code)
    assert objects(receipt) is (word == "opted_out")
    assert (receipt.state, receipt.permanence) == (state, permanence)


@pytest.mark.parametrize(
    "said", [{}, {"id": "G-1"}, {"id": "G-1", "status": "to Ana Ruiz"}, {"id": ["G"], "status": "x"}]
)
def test_what_is_no_receipt_is_none(said: dict[str, object]) -> None:
    assert gateway_receipt(said) is None


def test_the_doctor_asks_for_a_message_that_nobody_sent() -> None:
    async def examined(account: HttpGatewayAccount) -> Finding:
        return await gateway_finding(account)

    nobody = asyncio.run(examined(HttpGatewayAccount(url="http://127.0.0.1:9", token=TOKEN)))
    assert (nobody.level, nobody.what) == (Level.WRONG, "the gateway cannot be reached (ClientConnectorError)")
    gateway = Gateway()
    assert played(gateway, lambda channel: channel.answers()) == 404
    assert played(gateway, lambda channel: channel.answers(), token="another") == 401
