"""A stateful stand-in for Twilio's Messages in a process of its own: `python -m tests.support.twilio_fake`.

It answers with Twilio's JSON, headers and paging (2010-04-01), checks what Twilio checks first, and keeps a ledger of
what it accepted. Tests drive it by `/control/…`, outside of Twilio's paths. It reads its account and clock as one line
of JSON, prints its port, and ends when its standard input closes, so it never outlives the test that started it.
"""

import asyncio
import base64
import json
import re
import sys
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, web
from twilio.request_validator import RequestValidator

from notifier.rendering.segments import count_segments
from tests.support.ports import listens_at
from tests.support.world_clock import WorldClock

CREATE, LIST, FETCH = "create", "list", "fetch"
"""What a fault may strike; see `Fault.on`."""
LIST_PATH = "/2010-04-01/Accounts/{account}/Messages.json"
FETCH_PATH = "/2010-04-01/Accounts/{account}/Messages/{sid}.json"
NUMBERS_PATH = "/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json"
OWNED = "+15005550006"
LARGEST_PAGE = 1000
LONGEST_BODY = 1600
VALIDITY = range(1, 36001)
SENTENCES = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21617: "The concatenated message body exceeds the 1600 character limit.",
    21624: "Validity Period is out of range",
    21655: "The ContentSid is Invalid",
    21656: "The ContentVariables Parameter is invalid",
    21910: "The 'From' and 'To' pair is invalid",
}


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with the next `times` requests of the kind `on` (and, if set, to the number `to`)."""

    kind: str
    times: int = 1
    to: str | None = None
    on: str = CREATE
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class Ledger:
    """All that the fake knows. Its clock is the real one, or that of the file `clock` (`WorldClock`)."""

    account: str
    token: str
    clock: str | None = None
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    by_number: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    contents: dict[str, str] = field(default_factory=dict)
    """The bodies of content templates, by ContentSid."""
    listed_from: dict[str, float] = field(default_factory=dict)
    largest_page: int = LARGEST_PAGE
    clock_offset: float = 0
    """Seconds by which its clock is ahead of the world's."""
    dates_offset: float = 0
    """Seconds by which the clock that dates messages is ahead of the one that dates answers."""
    list_lag: float = 0
    """Seconds after which the list shows a message."""
    faults: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    connections: set[tuple[str, int]] = field(default_factory=set)

    def now(self) -> float:
        world = time.time() if self.clock is None else WorldClock(Path(self.clock)).seconds()
        return world + self.clock_offset

    def clear(self) -> None:
        for part in (
            self.contents,
            self.messages,
            self.by_number,
            self.listed_from,
            self.faults,
            self.calls,
            self.connections,
        ):
            part.clear()
        self.largest_page = LARGEST_PAGE
        self.clock_offset = self.dates_offset = self.list_lag = 0

    def fault(self, on: str, to: str | None) -> Fault | None:
        """The first fault that strikes, used up by one."""
        for fault in self.faults:
            if fault.on == on and fault.to in (None, to):
                fault.times -= 1
                if fault.times == 0:
                    self.faults.remove(fault)
                return fault
        return None

    def create(self, form: dict[str, str]) -> dict[str, Any]:
        """A message as Twilio shows it right after it took it."""
        sid, service = f"SM{uuid.uuid4().hex}", form.get("MessagingServiceSid")
        now = format_datetime(datetime.fromtimestamp(self.now() + self.dates_offset, UTC))
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{sid}"
        message = {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": form["Body"],
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form.get("From"),
            "messaging_service_sid": service,
            "num_media": "0",
            # With a service the sender is chosen later, and only then the segments are counted.
            "num_segments": "0" if service else str(count_segments(form["Body"]).segments),
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "accepted" if service else "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": form["To"],
            "uri": f"{uri}.json",
        }
        self.messages[sid] = {
            "message": message,
            "content_sid": form.get("ContentSid"),
            "content_variables": form.get("ContentVariables"),
            "validity_period": form.get("ValidityPeriod"),
            "status_callback": form.get("StatusCallback"),
        }
        self.by_number[form["To"]].append(message)
        if self.list_lag:
            self.listed_from[sid] = self.now() + self.list_lag
        return message

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """One page of the list, newest first, from the message after the page token on."""
        now = self.now()
        held = self.by_number[query["To"]] if "To" in query else [row["message"] for row in self.messages.values()]
        found = [row for row in reversed(held) if query.get("From") in (None, row["from"])]
        found = [row for row in found if self.listed_from.get(row["sid"], now) <= now]
        if token := query.get("PageToken"):
            last = next(index for index, row in enumerate(found) if row["sid"] == token.removeprefix("PA"))
            found = found[last + 1 :]
        size, number = min(int(query.get("PageSize", 50)), self.largest_page), int(query.get("Page", 0))
        page, more = found[:size], len(found) > size
        filters: dict[str, Any] = {key: query[key] for key in ("To", "From") if key in query}

        def uri(page_number: int, token: str | None = None) -> str:
            parts: dict[str, Any] = {**filters, "PageSize": size, "Page": page_number}
            if token:
                parts["PageToken"] = token
            return f"{LIST_PATH.format(account=self.account)}?{urlencode(parts)}"

        return {
            "end": number * size + max(len(page) - 1, 0),
            "first_page_uri": uri(0),
            "messages": page,
            "next_page_uri": uri(number + 1, f"PA{page[-1]['sid']}") if more else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": uri(number - 1, f"PB{page[0]['sid']}") if number and page else None,
            "start": number * size,
            "uri": uri(number, query.get("PageToken")),
        }


LEDGER = web.AppKey("LEDGER", Ledger)


async def create(request: web.Request) -> web.StreamResponse:
    """POST: a fault that comes before anything else, then Twilio's checks, then a message in the ledger."""
    ledger = request.app[LEDGER]
    form = {key: str(value) for key, value in (await request.post()).items()}
    fault = ledger.fault(CREATE, form.get("To"))
    if fault is not None and (refusal := await _struck_before(request, fault, form.get("To"))) is not None:
        return refusal
    if (problem := _refused(form, ledger.contents)) is not None:
        return _error(400, problem)
    if "ContentSid" in form:
        form["Body"] = _filled(ledger.contents[form["ContentSid"]], form.get("ContentVariables", "{}")) or ""
    message = ledger.create(form)
    return await _struck_after(request, fault, message) or web.json_response(message, status=201)


async def listing(request: web.Request) -> web.StreamResponse:
    """GET: the messages, page by page."""
    ledger, query = request.app[LEDGER], dict(request.query)
    fault = ledger.fault(LIST, query.get("To"))
    if fault is not None and (refusal := await _struck_before(request, fault, query.get("To"))) is not None:
        return refusal
    page = ledger.page(query)
    if fault is not None and fault.kind == "endless":
        page["next_page_uri"] = page["uri"]
    return web.json_response(page)


async def numbers(request: web.Request) -> web.StreamResponse:
    """GET of the account's numbers: it has the one that Twilio's test credentials accept."""
    wanted = request.query.get("PhoneNumber")
    owned = [{"sid": f"PN{'0' * 32}", "phone_number": OWNED}] if wanted in (None, OWNED) else []
    page = {"incoming_phone_numbers": owned, "page": 0, "page_size": 50, "next_page_uri": None}
    return web.json_response(page)


async def fetch(request: web.Request) -> web.StreamResponse:
    """GET of one message."""
    held = request.app[LEDGER].messages.get(request.match_info["sid"])
    return _error(404, 20404) if held is None else web.json_response(held["message"])


async def _struck_before(request: web.Request, fault: Fault, to: str | None) -> web.StreamResponse | None:
    """The answer of a fault that lets nothing through; None for the others."""
    options = fault.options
    if fault.kind == "reset":
        return _hang_up(request)
    if fault.kind == "reject_429":
        return _error(429, 20429, {"Retry-After": str(options.get("retry_after", 1))})
    if fault.kind == "answer":
        return _error(options["status"], options.get("code"), options.get("headers"), to)
    if fault.kind == "slow_answer":
        await asyncio.sleep(options["seconds"])
        return _error(options["status"], options.get("code"), None, to)
    if fault.kind == "raw":
        return web.Response(status=options["status"], text=options["text"], headers=options.get("headers"))
    if fault.kind == "slow" and not options.get("accept", True):
        await asyncio.sleep(options["seconds"])
        return _error(503, 20503)
    if fault.kind == "slow" and fault.on == LIST:
        await asyncio.sleep(options["seconds"])
    return None


async def _struck_after(
    request: web.Request, fault: Fault | None, message: dict[str, Any]
) -> web.StreamResponse | None:
    """The answer of a fault that strikes once the message is in the ledger; None for the others."""
    if fault is None:
        return None
    options = fault.options
    if "status_later" in options:  # whatever the answer, this is what becomes of the message
        message |= {"status": options["status_later"], "error_code": options.get("code_later")}
    if fault.kind == "accept_then_reset":
        return _hang_up(request)
    if fault.kind == "accept_then_5xx":
        return _error(options.get("status", 500), options.get("code", 20500))
    if fault.kind == "accept_then_raw":
        return web.Response(status=options.get("status", 201), text=options["text"])
    if fault.kind == "slow":
        await asyncio.sleep(options["seconds"])
    if fault.kind == "late_listing":
        ledger = request.app[LEDGER]
        ledger.listed_from[message["sid"]] = ledger.now() + options["seconds"]
        if options.get("reset"):
            return _hang_up(request)
    return None


def _hang_up(request: web.Request) -> web.StreamResponse:
    """Cuts the connection: the client reads nothing but a reset."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def _filled(body: str, variables: str) -> str | None:
    """A content template with its values; None where a hole gets none, or an empty one (21656)."""
    given = json.loads(variables)
    if set(re.findall(r"\{\{(\d+)\}\}", body)) != set(given) or not all(given.values()):
        return None
    return re.sub(r"\{\{(\d+)\}\}", lambda hole: given[hole[1]], body)


def _refused(form: dict[str, str], contents: dict[str, str]) -> int | None:
    """Twilio's code for a form that lacks something, in the order in which Twilio looks."""
    if not form.get("To"):
        return 21604
    if not form.get("From") and not form.get("MessagingServiceSid"):
        return 21603
    channels = {address.partition(":")[0] for address in (form["To"], form.get("From", form["To"])) if ":" in address}
    if channels and not all(":" in address for address in (form["To"], form.get("From", form["To"]))):
        return 21910
    if (sid := form.get("ContentSid")) is not None:
        if sid not in contents:
            return 21655
        if _filled(contents[sid], form.get("ContentVariables", "{}")) is None:
            return 21656
    elif not form.get("Body"):
        return 21602
    if len(form.get("Body", "")) > LONGEST_BODY:
        return 21617
    if (validity := form.get("ValidityPeriod")) is not None and not (validity.isdigit() and int(validity) in VALIDITY):
        return 21624
    return None


def _error(status: int, code: int | None, headers: dict[str, str] | None = None, to: str | None = None) -> web.Response:
    """An error in Twilio's JSON; like many of Twilio's own sentences it repeats the number, so nobody may log it."""
    sentence = SENTENCES.get(code or 0, f"The message to {to} cannot be sent.")
    body = {"message": sentence, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
    return web.json_response(({"code": code} if code is not None else {}) | body, status=status, headers=headers)


@web.middleware
async def as_twilio(request: web.Request, handler: Any) -> web.StreamResponse:
    """Counts and authenticates the calls to Twilio's paths, and gives the answers Twilio's headers."""
    ledger = request.app[LEDGER]
    if request.path.startswith("/control/"):
        return await handler(request)  # type: ignore[no-any-return] # aiohttp's handlers are untyped here
    began = time.perf_counter()
    ledger.calls[request.method] += 1
    if request.transport is not None:
        ledger.connections.add(tuple(request.transport.get_extra_info("peername")[:2]))
    expected = base64.b64encode(f"{ledger.account}:{ledger.token}".encode()).decode()
    if request.headers.get("Authorization") != f"Basic {expected}":
        response: web.StreamResponse = _error(401, 20003, {"WWW-Authenticate": 'Basic realm="Twilio API"'})
    elif request.match_info.get("account") != ledger.account:
        response = _error(404, 20404)
    else:
        response = await handler(request)
    response.headers.setdefault("Date", format_datetime(datetime.fromtimestamp(ledger.now(), UTC), usegmt=True))
    response.headers["Twilio-Request-Id"] = f"RQ{uuid.uuid4().hex}"
    response.headers["Twilio-Concurrent-Requests"] = "1"
    response.headers["Twilio-Request-Duration"] = f"{time.perf_counter() - began:.3f}"
    return response


async def control(request: web.Request) -> web.StreamResponse:
    """The test's side: the ledger, the counts, new faults, what became of a message, a fresh start."""
    ledger, wanted = request.app[LEDGER], request.match_info["wanted"]
    given: Any = await request.json() if request.can_read_body else {}
    if wanted == "fault":
        ledger.faults.append(Fault(**given))
    elif wanted == "content":
        ledger.contents |= given
    elif wanted == "clear":
        ledger.clear()
    elif wanted == "becomes":
        ledger.messages[given["sid"]]["message"] |= given["values"]
        return web.json_response(await _call_back(ledger, given["sid"]))
    elif wanted == "plant":
        planted = ledger.create(given["form"])
        planted |= given["values"]
        return web.json_response(planted["sid"])
    elif wanted == "list_all":
        ledger.listed_from.clear()
    elif wanted == "largest_page":
        ledger.largest_page = given
    elif wanted == "clocks":
        ledger.clock_offset, ledger.dates_offset, ledger.list_lag = given
    elif wanted == "messages":
        return web.json_response(list(ledger.messages.values()))
    elif wanted == "counts":
        return web.json_response(dict(ledger.calls) | {"connections": len(ledger.connections)})
    return web.json_response(None)


async def _call_back(ledger: Ledger, sid: str) -> int | None:
    """Says at the message's callback address what became of it, signed as Twilio signs; the status of the answer."""
    url, message = ledger.messages[sid]["status_callback"], ledger.messages[sid]["message"]
    if url is None:
        return None
    form = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": ledger.account,
        "MessageStatus": message["status"],
        "SmsStatus": message["status"],
        "To": message["to"],
        "From": message["from"] or "",
        "ApiVersion": "2010-04-01",
    }
    if message["error_code"] is not None:
        form["ErrorCode"] = str(message["error_code"])
    signature = RequestValidator(ledger.token).compute_signature(url, form)
    async with (
        ClientSession() as session,
        session.post(url, data=form, headers={"X-Twilio-Signature": signature}) as answer,
    ):
        return answer.status


async def serve(ledger: Ledger) -> None:
    """Serves until standard input closes."""
    app = web.Application(middlewares=[as_twilio])
    app[LEDGER] = ledger
    app.router.add_post(LIST_PATH, create)
    app.router.add_get(NUMBERS_PATH, numbers)
    app.router.add_get(LIST_PATH, listing)
    app.router.add_get(FETCH_PATH, fetch)
    app.router.add_route("*", "/control/{wanted}", control)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, listens_at(), 0, backlog=1024)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(Ledger(**json.loads(sys.stdin.readline()))))
