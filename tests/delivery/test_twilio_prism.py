"""TwilioSms through Prism, which refuses requests that violate Twilio's own API description: none of ours does.

Prism checks the answers of the fake, too; nothing else compares it with that description.
"""

from datetime import timedelta

import pytest

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Absent, Accepted, Found, Halt, OtherChannel, Retry, SuppressAddress, Unknown
from notifier.delivery.twilio_sms import LISTED_WITHIN
from tests.support.outgoing import outgoing
from tests.support.twilio_calls import found, sent_one
from tests.support.twilio_server import SENDER, TwilioServer

SERVICE = "MG" + "0e" * 16


@pytest.fixture
def account(twilio: TwilioServer, prism_url: str) -> TwilioAccount:
    return twilio.account_with(base_url=prism_url)


@pytest.mark.parametrize("sender", [{}, {"sender": None, "messaging_service_sid": SERVICE}])
def test_what_we_send_fits_twilios_description(
    twilio: TwilioServer, prism_url: str, sender: dict[str, str | None]
) -> None:
    account = twilio.account_with(base_url=prism_url, **sender)
    for text in ("¿Mañana? Sí: 40 % & más = 100+20 €", "👩‍👩‍👧 llegó\n🇨🇴 %2B", "ñ" * 1600):
        outcome = sent_one(account, outgoing(text=text))
        held = twilio.messages()[-1]
        assert outcome == Accepted(provider_id=held.sid)
        assert (held.body, held.validity_period) == (text, 36000)
        assert held.sender == (None if sender else SENDER)
    assert twilio.posts() == 3


@pytest.mark.parametrize("useful_for", [timedelta(seconds=-5), timedelta(milliseconds=1), timedelta(days=30)])
def test_every_validity_fits(twilio: TwilioServer, account: TwilioAccount, useful_for: timedelta) -> None:
    message = outgoing()
    assert isinstance(sent_one(account, outgoing(until=message.started_at + useful_for)), Accepted)


@pytest.mark.parametrize("wrong", [{"address": "3001234567"}, {"address": ""}, {"text": ""}])
def test_prism_refuses_a_request_that_does_not_fit(
    twilio: TwilioServer, account: TwilioAccount, wrong: dict[str, str]
) -> None:
    assert sent_one(account, outgoing(**wrong)) == OtherChannel(reason="Twilio answered HTTP 422")
    assert twilio.posts() == 0


def test_prism_refuses_an_answer_that_does_not_fit(twilio: TwilioServer, account: TwilioAccount) -> None:
    twilio.fault("accept_then_raw", text='{"sid": "SM1", "status": "on its way"}')
    assert sent_one(account, outgoing()) == Unknown(reason="Twilio answered HTTP 500")


def test_the_list_fits_page_by_page(twilio: TwilioServer, account: TwilioAccount) -> None:
    message = outgoing()
    assert found(account, message) == Absent(certain_after=LISTED_WITHIN)
    sid = twilio.plant(to=message.address, body=message.text)
    for number in range(4):
        twilio.plant(to=message.address, body=f"another {number}")
    twilio.largest_page(2)
    assert found(account, message) == Found(provider_id=sid)
    twilio.becomes(sid, "undelivered", 30005)
    finding = found(account, message)
    assert isinstance(finding, Found)
    assert isinstance(finding.outcome, SuppressAddress)


def test_wrong_credentials_halt(twilio: TwilioServer, prism_url: str) -> None:
    account = twilio.account_with(base_url=prism_url, auth_token="another")
    assert sent_one(account, outgoing()) == Halt(reason="Twilio 20003: the account SID or the token is refused")


@pytest.mark.parametrize(
    ("status", "code", "decision"),
    [
        (400, 21211, SuppressAddress),
        (400, 21610, SuppressAddress),
        (400, 21408, OtherChannel),
        (400, 21606, Halt),
        (429, 20429, Retry),
        (500, 20500, Unknown),
        (503, 20503, Unknown),
    ],
)
def test_refusals_come_through(
    twilio: TwilioServer, account: TwilioAccount, status: int, code: int, decision: type
) -> None:
    twilio.fault("answer", status=status, code=code)
    outcome = sent_one(account, outgoing())
    assert type(outcome) is decision
    assert twilio.posts() == 1


@pytest.mark.parametrize("fault", ["accept_then_reset", "accept_then_5xx"])
def test_lost_answers_are_unknown_and_found(twilio: TwilioServer, account: TwilioAccount, fault: str) -> None:
    twilio.fault(fault)
    message = outgoing()
    assert isinstance(sent_one(account, message), Unknown)
    assert twilio.posts() == 1
    assert found(account, message) == Found(provider_id=twilio.messages()[0].sid)
