"""SMS by a company's own HTTP gateway: one `Outgoing` becomes one POST, and the answer an `Outcome`.

docs/operations.md says what the gateway has to understand. The idempotency key is the message's id for all attempts:
whatever is lost on the way, the gateway takes a message once. By the same key it is asked what it has.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from notifier.delivery.accounts import HttpGatewayAccount
from notifier.delivery.http_gateway_receipts import PROVIDER, gateway_receipt, word
from notifier.delivery.outcomes import (
    Absent,
    Accepted,
    Finding,
    Found,
    Halt,
    OtherChannel,
    Outcome,
    Retry,
    SuppressAddress,
    Unclear,
    Unknown,
)
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import Receipt

LARGEST_PAUSE = timedelta(hours=1)


class HttpGateway:
    """The channel. It keeps one session, created on the first call; only our own bugs raise."""

    name = PROVIDER
    concurrency = 16

    def __init__(self, account: HttpGatewayAccount) -> None:
        self._account = account
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: Outgoing) -> Outcome:
        """Hands the text over once; the gateway drops it where it cannot deliver it before `message.until`."""
        body = {"to": message.address, "text": message.text, "valid_until": message.until.isoformat()}
        answer = await self._call("POST", "/messages", json=body, headers={"Idempotency-Key": message.id})
        if isinstance(answer, Unknown | Retry):
            return answer
        status, said, pause = answer
        if status not in (200, 201, 202):
            return _refusal(status, word(said.get("error")), pause)
        provider_id = word(said.get("id"))
        return Accepted(provider_id=provider_id) if provider_id else Unknown(reason="the gateway gave no id")

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:  # noqa: ARG002
        """What it has under the message's key: no other message can be meant."""
        answer = await self._call("GET", "/messages", params={"idempotency_key": message.id})
        if isinstance(answer, Unknown | Retry):
            return Unclear(reason=answer.reason)
        status, said, _ = answer
        if status == 404:
            return Absent()
        if status != 200 or not (provider_id := word(said.get("id"))):
            return Unclear(reason=f"the gateway answered HTTP {status} when it was asked for a message")
        return Found(provider_id=provider_id)

    async def became(self, provider_id: str) -> Receipt | None:
        """What it says of the message now; None where it does not answer."""
        answer = await self._call("GET", f"/messages/{provider_id}")
        if isinstance(answer, Unknown | Retry) or answer[0] != 200:
            return None
        return gateway_receipt({**answer[1], "id": provider_id})

    async def answers(self) -> int | str:
        """The status for a message that nobody sent: 404 where all is well; or why there is no answer."""
        answer = await self._call("GET", "/messages", params={"idempotency_key": "doctor"})
        return answer.reason if isinstance(answer, Unknown | Retry) else answer[0]

    async def aclose(self) -> None:
        """Closes the session; a later call would open another."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _call(
        self, method: str, path: str, **more: Any
    ) -> tuple[int, Mapping[str, Any], timedelta | None] | Retry | Unknown:
        """Status, document and the pause that is asked for; what no answer came for may have been taken."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._account.timeout.total_seconds())
            bearer = {"Authorization": f"Bearer {self._account.token}"}
            self._session = aiohttp.ClientSession(headers=bearer, timeout=timeout)
        url = self._account.url + path
        try:
            async with self._session.request(method, url, allow_redirects=False, **more) as response:
                document = _document(await response.read())
                pause = response.headers.get("Retry-After", "")
                after = min(timedelta(seconds=int(pause)), LARGEST_PAUSE) if pause.isdecimal() else None
                return response.status, document, after
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            return Retry(reason=f"the gateway cannot be reached ({type(error).__name__})")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(reason=f"the gateway's answer did not arrive ({type(error).__name__})")


def _refusal(status: int, error: str, pause: timedelta | None) -> Outcome:
    reason = f"the gateway answered HTTP {status}{f' ({error})' if error else ''}"
    if status in (401, 403):
        return Halt(reason=reason, code=error or None)
    if status == 429:
        return Retry(reason=reason, after=pause, whole_channel=True, code=error or None)
    if status == 503 and pause is not None:
        return Retry(reason=reason, after=pause, code=error or None)
    if status == 410 or error in ("opted_out", "unknown_number"):
        return SuppressAddress(reason=reason, opted_out=error == "opted_out", code=error or None)
    return OtherChannel(reason=reason, code=error or None) if 400 <= status < 500 else Unknown(reason=reason)


def _document(body: bytes) -> Mapping[str, Any]:
    """The JSON object of an answer; empty for any other body."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
