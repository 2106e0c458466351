"""TwilioSms on the wire: what goes out, what each failure means, and what is found afterwards.

What was sent is read from the fake's ledger.
"""

import asyncio
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from notifier.delivery.accounts import TwilioAccount
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
from notifier.delivery.twilio_client import CONNECTIONS, MOST_PAGES
from notifier.delivery.twilio_sms import CLOCK_TOLERANCE, LISTED_WITHIN, TRIAL_PREFIX, TwilioSms
from notifier.model.outgoing import Outgoing
from tests.support.outgoing import outgoing
from tests.support.twilio_calls import found, sent, sent_one
from tests.support.twilio_server import ACCOUNT_SID, AUTH_TOKEN, ROOT, SENDER, TwilioServer

SHORT = timedelta(milliseconds=250)
"""A time-out for tests that wait for it."""
NOT_LISTED = Absent(certain_after=LISTED_WITHIN)
SERVICE = "MG" + "0e" * 16
LOST_ANSWERS: dict[str, dict[str, Any]] = {
    "accept_then_reset": {},
    "accept_then_5xx": {},
    "accept_then_5xx 502": {"status": 502, "code": None},
    "accept_then_5xx with a code that is an address's": {"status": 500, "code": 21614},
    "accept_then_raw of a proxy": {"text": "<html>Created</html>"},
    "accept_then_raw cut off": {"text": '{"sid": "SM'},
    "accept_then_raw of nothing": {"text": ""},
    "accept_then_raw of a list": {"text": "[]"},
    "accept_then_raw without an id": {"text": '{"status": "queued"}'},
    "accept_then_raw with an impossible date": {"text": '{"sid": "SM1", "date_created": "Mon, 32 Feb 2026 99:00:00"}'},
    "accept_then_raw that is no 201": {"status": 504, "text": "late"},
}
"""Twilio has the message, and we cannot know."""


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


# -- what goes out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Su técnico llega el 5 de marzo",
        "¿Mañana? Sí: 40 % & más = 100+20 €, [ref] {x} ~ ^ \\ |",
        "two lines\nand a tab\t, with a space at the end ",
        "👩‍👩‍👧 llegó 🇨🇴 नमस्ते עברית\u202f\u00a0",
        "%2B+%20;a=b&To=+15550001111&Body=x",
        "ñ" * 1600,
    ],
)
def test_the_text_arrives_exactly_with_its_id(twilio: TwilioServer, text: str) -> None:
    outcome = sent_one(twilio.account, outgoing(text=text))
    (held,) = twilio.messages()
    assert outcome == Accepted(provider_id=held.sid)
    assert (held.to, held.sender, held.body) == ("+573001234567", SENDER, text)
    assert held.messaging_service_sid is None
    assert twilio.posts() == 1


def test_a_messaging_service_chooses_the_sender(twilio: TwilioServer) -> None:
    account = twilio.account_with(sender=None, messaging_service_sid=SERVICE)
    assert isinstance(sent_one(account, outgoing()), Accepted)
    (held,) = twilio.messages()
    assert (held.sender, held.messaging_service_sid) == (None, SERVICE)


@pytest.mark.parametrize(
    ("useful_for", "seconds"),
    [
        (timedelta(hours=2), 7200),
        (timedelta(seconds=90, milliseconds=900), 90),
        (timedelta(hours=10), 36000),
        (timedelta(days=3), 36000),
        (timedelta(milliseconds=400), 1),
        (timedelta(seconds=-5), 1),
    ],
)
def test_twilio_drops_it_when_it_helps_nobody_any_more(
    twilio: TwilioServer, useful_for: timedelta, seconds: int
) -> None:
    message = outgoing()
    message = outgoing(until=message.started_at + useful_for)
    assert isinstance(sent_one(twilio.account, message), Accepted)
    assert [held.validity_period for held in twilio.messages()] == [seconds]


def test_one_session_carries_many_messages(twilio: TwilioServer) -> None:
    messages = [outgoing(text=f"message {number}") for number in range(20)]
    outcomes = sent(twilio.account, *messages)
    held = twilio.messages()
    assert [one.body for one in held] == [message.text for message in messages]
    assert outcomes == [Accepted(provider_id=one.sid) for one in held]
    assert twilio.counts() == {"POST": 20, "connections": 1}


def test_messages_at_once_each_get_their_own_id(twilio: TwilioServer) -> None:
    texts = [f"message {number}" for number in range(TwilioSms.concurrency)]

    async def at_once() -> list[Outcome]:
        sms = TwilioSms(twilio.account)
        try:
            return await asyncio.gather(*(sms.send(outgoing(text=text)) for text in texts))
        finally:
            await sms.aclose()

    outcomes = asyncio.run(at_once())
    ids = {held.body: held.sid for held in twilio.messages()}
    assert outcomes == [Accepted(provider_id=ids[text]) for text in texts]
    assert twilio.posts() == TwilioSms.concurrency
    assert twilio.counts()["connections"] <= CONNECTIONS < TwilioSms.concurrency


def test_the_sdks_own_settings_in_the_environment_change_nothing(
    twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    assert isinstance(sent_one(twilio.account, outgoing()), Accepted)


def test_a_channel_that_was_never_used_closes() -> None:
    asyncio.run(TwilioSms(TwilioServer(port=9).account).aclose())


def test_only_those_who_send_pay_for_the_sdk() -> None:
    loaded = "import notifier.delivery.twilio_sms, sys; print({'twilio', 'aiohttp'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# -- what a failure means
# ------------------------------------------------------------------------------------------------


def test_a_refused_connection_never_left(twilio: TwilioServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        port = closing.getsockname()[1]
    outcome = sent_one(twilio.account_with(base_url=f"http://127.0.0.1:{port}"), outgoing())
    assert outcome == Retry(reason="Twilio was not reached (ClientConnectorError)")


def test_an_unknown_name_never_left(twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    outcome = sent_one(twilio.account_with(base_url="http://twilio.invalid"), outgoing())
    assert outcome == Retry(reason="Twilio was not reached (ClientConnectorDNSError)")


@pytest.mark.parametrize("address", ["ftp://twilio.invalid", "twilio", "http://[::bad"])
def test_an_address_that_is_none_never_left(twilio: TwilioServer, address: str) -> None:
    assert isinstance(sent_one(twilio.account_with(base_url=address), outgoing()), Retry)


def test_a_failed_tls_handshake_never_left(twilio: TwilioServer) -> None:
    outcome = sent_one(twilio.account_with(base_url=twilio.url.replace("http:", "https:")), outgoing())
    assert outcome == Retry(reason="Twilio was not reached (ClientConnectorSSLError)")
    assert twilio.counts() == {"connections": 0}


def test_a_connection_that_does_not_come_about_in_time_never_left(twilio: TwilioServer, silent_port: int) -> None:
    account = twilio.account_with(base_url=f"https://127.0.0.1:{silent_port}", timeout=SHORT)
    assert sent_one(account, outgoing()) == Retry(reason="Twilio was not reached (ConnectionTimeoutError)")


def test_no_answer_in_time_leaves_it_unknown(twilio: TwilioServer, silent_port: int) -> None:
    account = twilio.account_with(base_url=f"http://127.0.0.1:{silent_port}", timeout=SHORT)
    assert sent_one(account, outgoing()) == Unknown(reason="Twilio's answer did not arrive (TimeoutError)")


def test_a_break_before_acceptance_is_unknown_and_absent(twilio: TwilioServer) -> None:
    twilio.fault("reset")
    message = outgoing()
    outcome = sent_one(twilio.account, message)
    assert outcome == Unknown(reason="Twilio's answer did not arrive (ServerDisconnectedError)")
    assert twilio.posts() == 1
    assert twilio.messages() == []
    assert found(twilio.account, message) == NOT_LISTED


@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_lost_answer_is_unknown_and_the_message_is_found(twilio: TwilioServer, fault: str) -> None:
    twilio.fault(fault.split()[0], **LOST_ANSWERS[fault])
    message = outgoing(text="👋 Su técnico llega mañana, 7K3QM-X9T2A")
    assert isinstance(sent_one(twilio.account, message), Unknown)
    assert twilio.posts() == 1
    (held,) = twilio.messages()
    assert found(twilio.account, message) == Found(provider_id=held.sid)


def test_a_slow_answer_is_unknown_and_the_message_is_found(twilio: TwilioServer) -> None:
    twilio.fault("slow", seconds=60)
    message = outgoing()
    outcome = sent_one(twilio.account_with(timeout=timedelta(seconds=1)), message)
    assert outcome == Unknown(reason="Twilio's answer did not arrive (TimeoutError)")
    assert twilio.posts() == 1
    (held,) = twilio.messages()
    assert found(twilio.account, message) == Found(provider_id=held.sid)


@pytest.mark.parametrize(
    ("retry_after", "after"),
    [
        ("7", timedelta(seconds=7)),
        ("0", timedelta(0)),
        ("86400", timedelta(hours=1)),
        ("9" * 5000, None),
        ("Sat, 01 Jan 2000 00:00:00 GMT", timedelta(0)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", timedelta(hours=1)),
        ("soon", None),
        ("", None),
    ],
)
def test_too_many_requests_wait_as_long_as_twilio_says(
    twilio: TwilioServer, retry_after: str, after: timedelta | None
) -> None:
    twilio.fault("reject_429", retry_after=retry_after)
    refusal = Retry(reason="Twilio 20429: too many requests", after=after, whole_channel=True)
    assert sent_one(twilio.account, outgoing()) == refusal
    assert twilio.posts() == 1


def test_a_date_in_retry_after_counts_on_twilios_clock(twilio: TwilioServer) -> None:
    headers = {"Retry-After": "Mon, 02 Mar 2026 14:01:30 GMT", "Date": "Mon, 02 Mar 2026 14:00:00 GMT"}
    twilio.fault("answer", status=429, code=20429, headers=headers)
    outcome = sent_one(twilio.account, outgoing())
    assert isinstance(outcome, Retry)
    assert outcome.after == timedelta(seconds=90)


def test_a_redirect_is_not_followed(twilio: TwilioServer) -> None:
    twilio.fault("raw", status=307, text="", headers={"Location": f"{twilio.url}/2010-04-01/elsewhere"})
    assert isinstance(sent_one(twilio.account, outgoing()), Halt)
    assert twilio.counts() == {"POST": 1, "connections": 1}


def test_wrong_credentials_halt(twilio: TwilioServer) -> None:
    outcome = sent_one(twilio.account_with(auth_token="another"), outgoing())
    assert outcome == Halt(reason="Twilio 20003: the account SID or the token is refused")


def test_another_account_halts(twilio: TwilioServer) -> None:
    twilio.fault("answer", status=404, code=20404)
    assert isinstance(sent_one(twilio.account, outgoing()), Halt)


def test_the_session_goes_on_after_a_break(twilio: TwilioServer) -> None:
    twilio.fault("reset", to="+573000000002")
    numbers = [f"+57300000000{digit}" for digit in range(1, 4)]
    outcomes = sent(twilio.account, *(outgoing(address=number) for number in numbers))
    assert [type(outcome).__name__ for outcome in outcomes] == ["Accepted", "Unknown", "Accepted"]
    assert twilio.posts() == 3


# -- what is found afterwards ------------------------------------------------------------------------------------------


def test_a_late_listing_is_absent_first_and_found_later(twilio: TwilioServer) -> None:
    twilio.fault("late_listing", seconds=3600, reset=True)
    message = outgoing()
    assert isinstance(sent_one(twilio.account, message), Unknown)
    assert found(twilio.account, message) == NOT_LISTED
    twilio.list_all()
    assert found(twilio.account, message) == Found(provider_id=twilio.messages()[0].sid)


def test_ids_of_other_messages_are_never_taken(twilio: TwilioServer) -> None:
    message = outgoing()
    first, second = (twilio.plant(to=message.address, body=message.text) for _ in range(2))
    assert found(twilio.account, message, owned={first}) == Found(provider_id=second)
    assert found(twilio.account, message, owned={second}) == Found(provider_id=first)
    assert found(twilio.account, message, owned={first, second}) == NOT_LISTED


@pytest.mark.parametrize(
    "difference",
    [
        {"body": "another text"},
        {"body": "Su técnico llega el 5 de marzo."},
        {"body": "SU TÉCNICO LLEGA EL 5 DE MARZO"},
        {"to": "+573009999999"},
        {"direction": "inbound"},
        {"date_created": "Sun, 01 Mar 2026 14:00:00 +0000"},
        {"date_created": "Mon, 02 Mar 2026 13:44:30 +0000"},
    ],
)
def test_what_is_not_this_attempt_is_not_taken(twilio: TwilioServer, difference: dict[str, str]) -> None:
    message = outgoing()
    same = {"to": message.address, "body": message.text, "date_created": "Mon, 02 Mar 2026 14:00:00 +0000"}
    twilio.plant(**(same | difference))
    assert found(twilio.account, message) == NOT_LISTED
    sid = twilio.plant(**same)
    assert found(twilio.account, message) == Found(provider_id=sid)


@pytest.mark.parametrize("created", ["14:00:00", "13:45:10"])
def test_whole_seconds_and_a_slow_clock_at_twilio_hide_nothing(twilio: TwilioServer, created: str) -> None:
    message = outgoing(started_at=datetime(2026, 3, 2, 14, 0, 0, 999000, tzinfo=UTC))
    sid = twilio.plant(to=message.address, body=message.text, date_created=f"Mon, 02 Mar 2026 {created} +0000")
    assert found(twilio.account, message) == Found(provider_id=sid)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("queued", None, None),
        ("sent", None, None),
        ("delivered", None, None),
        ("delivered", 30005, None),
        ("failed", 30034, Halt),
        ("undelivered", 30003, Retry),
        ("undelivered", 30005, SuppressAddress),
        ("undelivered", 30007, OtherChannel),
        ("failed", None, Retry),
        ("canceled", None, OtherChannel),
    ],
)
def test_a_message_is_found_with_what_became_of_it(
    twilio: TwilioServer, status: str, code: int | None, outcome: type | None
) -> None:
    twilio.fault("accept_then_reset", status_later=status, code_later=code)
    message = outgoing()
    assert isinstance(sent_one(twilio.account, message), Unknown)
    finding = found(twilio.account, message)
    assert isinstance(finding, Found)
    assert finding.provider_id == twilio.messages()[0].sid
    assert (None if finding.outcome is None else type(finding.outcome)) is outcome


def test_of_two_the_one_that_arrives_counts(twilio: TwilioServer) -> None:
    message = outgoing()
    lost, alive = (twilio.plant(to=message.address, body=message.text) for _ in range(2))
    twilio.becomes(lost, "failed", 30008)
    assert found(twilio.account, message) == Found(provider_id=alive)
    twilio.becomes(lost, "delivered")
    twilio.becomes(alive, "failed", 30008)
    assert found(twilio.account, message) == Found(provider_id=lost)


def test_all_pages_are_read(twilio: TwilioServer) -> None:
    message = outgoing()
    sid = twilio.plant(to=message.address, body=message.text)
    for number in range(6):  # the list begins with the newest
        twilio.plant(to=message.address, body=f"another {number}")
    twilio.largest_page(2)
    assert found(twilio.account, message) == Found(provider_id=sid)
    assert twilio.counts()["GET"] == 4


def test_a_list_that_does_not_end_is_given_up(twilio: TwilioServer) -> None:
    message = outgoing()
    for _ in range(3):
        twilio.plant(to=message.address, body="another")
    twilio.fault("endless", times=1000, on="list")
    finding = found(twilio.account, message)
    assert finding == Unclear(reason=f"Twilio's list of messages does not end after {MOST_PAGES} pages")
    assert twilio.counts()["GET"] == MOST_PAGES + 1


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("reset", {}),
        ("reject_429", {"retry_after": 1}),
        ("answer", {"status": 500, "code": 20500}),
        ("answer", {"status": 401, "code": 20003}),
        ("answer", {"status": 404, "code": 20404}),
        ("raw", {"status": 200, "text": "<html>"}),
        ("raw", {"status": 200, "text": "{}"}),
        ("raw", {"status": 200, "text": '{"messages": null}'}),
        ("raw", {"status": 200, "text": '{"messages": [7]}'}),
        ("raw", {"status": 204, "text": ""}),
        ("raw", {"status": 302, "text": "", "headers": {"Location": "/"}}),
    ],
)
def test_a_list_that_cannot_be_had_is_unclear(twilio: TwilioServer, fault: str, options: dict[str, Any]) -> None:
    message = outgoing()
    for _ in range(2):
        twilio.plant(to=message.address, body=message.text)
    twilio.fault(fault, times=2, on="list", **options)  # aiohttp retries a GET when the connection breaks
    assert isinstance(found(twilio.account, message), Unclear)
    twilio.clear()
    assert found(twilio.account, message) == NOT_LISTED


def test_a_list_that_breaks_off_on_a_later_page_is_unclear(twilio: TwilioServer) -> None:
    message = outgoing()
    twilio.plant(to=message.address, body="another")
    twilio.plant(to=message.address, body="another")
    twilio.largest_page(1)
    twilio.fault("fine", on="list")
    twilio.fault("answer", on="list", status=503, code=20503)
    assert found(twilio.account, message) == Unclear(reason="Twilio 20503: the service is unavailable")


def test_a_trial_accounts_prefix_does_not_hide_a_message(twilio: TwilioServer) -> None:
    message = outgoing()
    sid = twilio.plant(to=message.address, body=TRIAL_PREFIX + message.text)
    assert found(twilio.account, message) == Found(provider_id=sid)


@pytest.mark.parametrize("shown", ["", None, "Ver n.ex/AB12 (7K3QM-X9T2A)"])
def test_a_text_that_twilio_withholds_or_changed_is_unclear(twilio: TwilioServer, shown: str | None) -> None:
    message = outgoing(text="Ver https://andina.example/visita (7K3QM-X9T2A)")
    sid = twilio.plant(to=message.address, body=shown)
    assert isinstance(found(twilio.account, message), Unclear)
    assert found(twilio.account, message, owned={sid}) == NOT_LISTED


# -- what nobody may read ----------------------------------------------------------------------------------------------


def test_no_number_text_or_secret_gets_into_reasons_reprs_or_logs(
    twilio: TwilioServer, caplog: pytest.LogCaptureFixture, silent_port: int
) -> None:
    caplog.set_level(logging.DEBUG)
    message = outgoing()
    twilio.fault("answer", status=400, code=21211)
    twilio.fault("answer", status=400, code=99999)
    twilio.fault("accept_then_reset", status_later="failed", code_later=30005)
    twilio.fault("accept_then_raw", text=f"{message.address} {message.text}")
    twilio.fault("accept_then_5xx")
    said = [*map(repr, sent(twilio.account, *[message] * 6)), repr(found(twilio.account, message))]
    for base_url in (f"http://127.0.0.1:{silent_port}", "http://127.0.0.1:9"):
        said.append(repr(sent_one(twilio.account_with(base_url=base_url, timeout=SHORT), message)))
        said.append(repr(found(twilio.account_with(base_url=base_url, timeout=SHORT), message)))
    said += [repr(twilio.account), repr(TwilioSms(twilio.account)), *caplog.messages]
    assert len(said) > 12
    for line in said:
        for private in (message.address, message.address[1:], message.text, "técnico", AUTH_TOKEN):
            assert private not in line
    assert not any(ACCOUNT_SID in line for line in caplog.messages)


# -- answers that come late --------------------------------------------------------------------------------------------


def late(account: TwilioAccount, message: Outgoing, wait: float) -> tuple[Outcome, Finding]:
    """What sending brings when nobody waits longer than `SHORT`, and what is found after a `wait`."""

    async def send_and_find(sms: TwilioSms) -> tuple[Outcome, Finding]:
        try:
            outcome = await sms.send(message)
            await asyncio.sleep(wait)
            return outcome, await sms.find(message, now=datetime.now(UTC))
        finally:
            await sms.aclose()

    return asyncio.run(send_and_find(TwilioSms(account)))


def test_an_answer_that_comes_late_is_remembered_and_the_list_not_asked(twilio: TwilioServer) -> None:
    twilio.fault("slow", seconds=1)
    account = twilio.account_with(timeout=SHORT)
    outcome, finding = late(account, outgoing(), wait=1.5)
    assert outcome == Unknown(reason="Twilio's answer did not arrive (TimeoutError)")
    assert finding == Found(provider_id=twilio.messages()[0].sid)
    assert twilio.counts().get("GET", 0) == 0


def test_a_refusal_that_comes_late_says_that_it_is_certainly_not_there(twilio: TwilioServer) -> None:
    twilio.fault("slow_answer", seconds=1, status=400, code=21211)
    _, finding = late(twilio.account_with(timeout=SHORT), outgoing(), wait=1.5)
    assert finding == Absent()


def test_an_answer_that_has_not_come_yet_leaves_it_to_the_list(twilio: TwilioServer) -> None:
    twilio.fault("slow", seconds=30)
    _, finding = late(twilio.account_with(timeout=timedelta(seconds=1)), outgoing(), wait=0)
    assert finding == Found(provider_id=twilio.messages()[0].sid)
    assert twilio.counts()["GET"] == 1


# -- whose clock -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [-7200, -90, 90, 7200])
def test_an_attempt_is_looked_for_by_twilios_own_clock(twilio: TwilioServer, ahead: float) -> None:
    twilio.clocks(ahead=ahead)
    twilio.fault("accept_then_reset")
    message = outgoing(started_at=datetime.now(UTC))
    assert isinstance(sent_one(twilio.account, message), Unknown)
    assert found(twilio.account, message) == Found(provider_id=twilio.messages()[0].sid)


def test_an_earlier_attempt_of_the_same_message_is_not_taken_for_this_one(twilio: TwilioServer) -> None:
    twilio.clocks(ahead=7200)
    now = datetime.now(UTC)
    message = outgoing(started_at=now)
    earlier = format_datetime(now + timedelta(hours=2) - CLOCK_TOLERANCE - timedelta(minutes=5))
    twilio.plant(to=message.address, body=message.text, date_created=earlier)
    assert found(twilio.account, message) == NOT_LISTED
