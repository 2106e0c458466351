"""Calls to Twilio's SDK over our own transport, with answers as values.

The SDK's transport ignores its time-out, logs every address and may retry by itself; ours makes one call over one
persistent session. What Twilio's answers say of its clock is kept: the dates of its messages are read by it. This
module is slow to import (the SDK and aiohttp), so import it where the first call is made.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Accepted, Retry, Unknown
from notifier.delivery.retrying import LONGEST_PAUSE
from notifier.delivery.twilio_codes import Failure, refused

CONNECTIONS = 64
"""The most concurrent calls. A call that we no longer wait for is not counted, so that it keeps nobody waiting."""
LATEST = timedelta(seconds=55)
"""How long the answer to a message is read after it was handed over, whatever `account.timeout` is: what comes after
that time is late, and still says what became of the message."""
MOST_LATE = 64
"""The most calls whose late answers are waited for."""
PAGE_SIZE = 1000
"""Twilio's largest page."""
MOST_PAGES = 50
"""A longer list is given up: no customer got 50,000 messages, so something is wrong with it."""

NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
"""Refused, unknown host, no TLS, no route, no valid address: not a byte of the request was sent."""
UNREADABLE = Unknown(reason="Twilio's answer cannot be read")


LateAnswer = asyncio.Task[Accepted | Failure]
"""The answer of a call that we no longer wait for, once there is one."""


@dataclass(frozen=True, kw_only=True)
class ListedMessage:
    """A message as Twilio lists it; the fields that may be withheld are None or empty."""

    sid: str
    outbound: bool
    body: str
    created_at: datetime | None
    status: str
    error_code: int | None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Twilio's list, and the instant at which Twilio says that it made it; None where it does not say."""

    messages: list[ListedMessage]
    at: datetime | None


class TwilioClient:
    """The two calls that we make. Whatever a network or Twilio does is a value; nothing is ever sent twice."""

    def __init__(self, account: TwilioAccount) -> None:
        self.dates_behind = timedelta()
        """The most that Twilio dated a message before the answer that told us of it: the two may have two clocks."""
        self._patience = account.timeout.total_seconds()
        self._late: set[LateAnswer] = set()
        self._transport = _Transport(account)
        self._calls = asyncio.Semaphore(CONNECTIONS)
        # Otherwise the SDK takes a region from the environment and changes the host.
        nowhere = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        client = Client(account.account_sid, account.auth_token, http_client=self._transport, environment=nowhere)
        client.api.base_url = account.base_url
        self._messages = client.api.v2010.account.messages
        self._numbers = client.api.v2010.account.incoming_phone_numbers
        self._sender = (
            {"messaging_service_sid": account.messaging_service_sid}
            if account.messaging_service_sid
            else {"from_": account.sender}
        )
        if account.status_callback is not None:
            self._sender["status_callback"] = account.status_callback

    async def create(
        self, *, to: str, content: Mapping[str, str], validity_seconds: int
    ) -> Accepted | Failure | LateAnswer:
        """Hand one message over, once: `content` is its `body`, or `content_sid` and `content_variables`.

        The time-out excludes the wait for a connection.
        """
        async with self._calls:
            call = asyncio.create_task(self._create(to, content, validity_seconds))
            await asyncio.wait({call}, timeout=self._patience)
        if call.done():
            return call.result()
        if len(self._late) >= MOST_LATE:
            next(iter(self._late)).cancel()
        self._late.add(call)
        call.add_done_callback(self._late.discard)
        return call

    async def _create(self, to: str, content: Mapping[str, str], validity_seconds: int) -> Accepted | Failure:
        try:
            created = await self._messages.create_async(
                to=to, validity_period=validity_seconds, **content, **self._sender
            )
            if not created.sid:
                return UNREADABLE
            dated, said = created.date_created, self._transport.twilio_says
            if said is not None and isinstance(dated, datetime) and dated.tzinfo is not None:
                self.dates_behind = max(self.dates_behind, said - dated)
        except _FailedCallError as failed:
            return failed.failure
        except (ValueError, TypeError, AttributeError):  # what the SDK raises for a 2xx that is not its JSON
            return UNREADABLE
        return Accepted(provider_id=created.sid)

    async def listed(self, to: str) -> Listed | Failure:
        """Every message to this number, all pages; a failure when a page cannot be read or they do not end."""
        found: list[ListedMessage] = []
        try:
            page = await self._messages.page_async(to=to, page_size=PAGE_SIZE)
            at = self._transport.twilio_says
            for _ in range(MOST_PAGES):
                found += [_listed(message) for message in page]
                page = await page.next_page_async()
                if page is None:
                    return Listed(messages=found, at=at)
        except _FailedCallError as failed:
            return failed.failure
        except (ValueError, TypeError, AttributeError, TwilioException):
            return UNREADABLE
        return Unknown(reason=f"Twilio's list of messages does not end after {MOST_PAGES} pages")

    async def fetched(self, sid: str) -> ListedMessage | Failure:
        """One message as Twilio has it now."""
        try:
            return _listed(await self._messages(sid).fetch_async())
        except _FailedCallError as failed:
            return failed.failure
        except (ValueError, TypeError, AttributeError, TwilioException):
            return UNREADABLE

    async def owns_sender(self) -> bool | Failure | None:
        """Whether the account has the number that we send from; None where the sender is no number of an account."""
        number = self._sender.get("from_") or ""
        try:
            if not number.startswith("+"):
                await self._messages.page_async(page_size=1)
                return None
            return bool(await self._numbers.list_async(phone_number=number, limit=1))
        except _FailedCallError as failed:
            return failed.failure
        except (ValueError, TypeError, AttributeError, TwilioException):
            return UNREADABLE

    async def aclose(self) -> None:
        """Closes the session, if there was a call. Late answers are not waited for."""
        late = list(self._late)
        for call in late:
            call.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._transport.aclose()


class _FailedCallError(Exception):
    """Passes a failure through the SDK, which would put answers into texts that hold phone numbers."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class _Transport(AsyncHttpClient):  # type: ignore[misc] # the SDK is published without types
    """One call, one attempt: `account.timeout` to ask for something, `LATEST` for the answer to a message."""

    def __init__(self, account: TwilioAccount) -> None:
        self.is_async = True  # all that the SDK asks of a transport; its base class only logs
        self._authorization = aiohttp.encode_basic_auth(account.account_sid, account.auth_token)
        seconds = account.timeout.total_seconds()
        # Half for the connection, so that an address that drops all packets can be told from a late answer.
        self._timeouts = {
            "GET": aiohttp.ClientTimeout(total=seconds, sock_connect=seconds / 2),
            "POST": aiohttp.ClientTimeout(total=max(seconds, LATEST.total_seconds()), sock_connect=seconds / 2),
        }
        self._session: aiohttp.ClientSession | None = None
        self.twilio_says: datetime | None = None
        """What time it is, by the `Date` of Twilio's last answer."""

    async def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, str | int] | None = None,
        data: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,  # its `auth`, `timeout` and `allow_redirects`: the session's apply
    ) -> Response:
        """The answer where it is 2xx; raises _FailedCallError for everything else."""
        try:
            async with self._kept_session().request(
                method,
                uri,
                params=params,
                data=urlencode(data).encode() if data else None,
                headers=headers,
                allow_redirects=False,
                timeout=self._timeouts[method],
            ) as answer:
                self.twilio_says = _date(answer.headers)
                text = (await answer.read()).decode(errors="replace")
        except NEVER_LEFT as error:
            raise _FailedCallError(Retry(reason=f"Twilio was not reached ({type(error).__name__})")) from None
        except (aiohttp.ClientError, OSError) as error:  # a time-out is an OSError, too
            reason = f"Twilio's answer did not arrive ({type(error).__name__})"
            raise _FailedCallError(Unknown(reason=reason)) from None
        if not 200 <= answer.status < 300:
            raise _FailedCallError(refused(answer.status, _code(text), _retry_after(answer.headers)))
        return Response(answer.status, text, answer.headers)

    def _kept_session(self) -> aiohttp.ClientSession:
        """The session, created inside the event loop that it belongs to."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS + MOST_LATE),
                headers={"Authorization": self._authorization},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


def _listed(message: MessageInstance) -> ListedMessage:
    return ListedMessage(
        sid=message.sid,
        outbound=message.direction != "inbound",
        body=message.body or "",
        created_at=message.date_created,
        status=message.status,
        error_code=message.error_code,
    )


def _code(text: str) -> int | None:
    """Twilio's code in an error's JSON; None where a proxy answers instead."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    code = answer.get("code") if isinstance(answer, dict) else None
    return code if isinstance(code, int) else None


def _date(headers: Mapping[str, str]) -> datetime | None:
    """The instant of an answer's Date header (RFC 9110, 6.6.1); None where it has none that can be read."""
    try:
        said = parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError, TypeError):
        return None
    return said if said.tzinfo is not None else None


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long to wait by a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3), an hour at most."""
    given = headers.get("Retry-After", "")
    try:
        if given.isdecimal():
            pause = timedelta(seconds=int(given))
        else:  # by the server's own clock, which may differ from ours
            pause = parsedate_to_datetime(given) - parsedate_to_datetime(headers["Date"])
    except (ValueError, OverflowError, KeyError, TypeError):
        return None
    return max(timedelta(), min(pause, LONGEST_PAUSE))
