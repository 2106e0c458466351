"""TwilioWhatsApp on the wire: an approved text by its id, with its values, to a number on WhatsApp."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.delivery.accounts import TwilioAccount
from notifier.delivery.outcomes import Absent, Accepted, Found, OtherChannel
from notifier.delivery.twilio_receipts import receipt_of
from notifier.delivery.twilio_sms import LISTED_WITHIN, TwilioSms
from notifier.delivery.twilio_whatsapp import TwilioWhatsApp
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import ReceiptState
from notifier.model.types import ChannelName
from notifier.receipts.taking import take
from notifier.rendering.numbered import Numbered, payload_of
from tests.meaning import test_whatsapp as whatsapp
from tests.meaning.street import in_force
from tests.support.outgoing import outgoing
from tests.support.rig import ana, contract, open_rig, visit
from tests.support.twilio_calls import became, found, sent
from tests.support.twilio_server import SENDER, TwilioServer

SID = "HX" + "0a" * 16
NUMBERED = Numbered("Su cita es el {{1}} a las {{2}}, ref. {{3}}. Gracias.", ("5 de marzo", "10:00 a. m.", "7K3QM"))
TEXT = "Su cita es el 5 de marzo a las 10:00 a. m., ref. 7K3QM. Gracias."


def message(sid: str = SID, numbered: Numbered = NUMBERED) -> Outgoing:
    return outgoing(channel=ChannelName.WHATSAPP, text=TEXT, payload=payload_of(sid, numbered, TEXT))


@pytest.fixture
def account(twilio: TwilioServer) -> TwilioAccount:
    """One that has the approved text."""
    twilio.content(**{SID: NUMBERED.body})
    return twilio.account


@pytest.mark.parametrize("refused", [False, True], ids=["the fake", "Twilio's description"])
def test_an_approved_text_goes_by_its_id_with_its_values(
    twilio: TwilioServer, account: TwilioAccount, request: pytest.FixtureRequest, refused: bool
) -> None:
    if refused:  # Prism answers 4xx to what Twilio's own description of its API does not have
        account = twilio.account_with(base_url=request.getfixturevalue("prism_url"))
    (outcome,) = sent(account, message(), by=TwilioWhatsApp)
    (held,) = twilio.messages()
    assert outcome == Accepted(provider_id=held.sid)
    assert (held.sender, held.to) == (f"whatsapp:{SENDER}", "whatsapp:+573001234567")
    assert (held.content_sid, json.loads(held.content_variables or "")) == (SID, NUMBERED.variables)
    assert held.body == TEXT


def test_what_twilio_has_is_found_by_its_text_after_a_lost_answer(twilio: TwilioServer, account: TwilioAccount) -> None:
    twilio.fault("accept_then_reset")
    sent(account, message(), by=TwilioWhatsApp)
    (held,) = twilio.messages()
    lost = message()
    finding = found(account, lost, by=TwilioWhatsApp, now=lost.started_at + timedelta(seconds=1))
    assert finding == Found(provider_id=held.sid)
    assert found(account, lost, by=TwilioWhatsApp, owned=[held.sid], now=lost.started_at) == Absent(
        certain_after=LISTED_WITHIN
    )


def test_an_unknown_text_or_an_empty_value_is_said_elsewhere(account: TwilioAccount) -> None:
    empty = Numbered(NUMBERED.body, ("5 de marzo", "", "7K3QM"))
    for one in (message("HX" + "ff" * 16), message(numbered=empty)):
        (outcome,) = sent(account, one, by=TwilioWhatsApp)
        assert type(outcome) is OtherChannel


def test_read_is_delivered(twilio: TwilioServer, account: TwilioAccount) -> None:
    (outcome,) = sent(account, message(), by=TwilioWhatsApp)
    assert isinstance(outcome, Accepted)
    twilio.becomes(outcome.provider_id, "read")
    receipt = became(TwilioWhatsApp(account), outcome.provider_id)
    assert receipt is not None
    assert (receipt.channel, receipt.state, receipt.status) == (ChannelName.WHATSAPP, ReceiptState.DELIVERED, "read")


def test_from_a_rule_to_the_wire_and_back_to_sms(twilio: TwilioServer, tmp_path: Path) -> None:
    twilio.content(**{whatsapp.SID: whatsapp.BODY})
    channels = {ChannelName.WHATSAPP: TwilioWhatsApp(twilio.account), ChannelName.SMS: TwilioSms(twilio.account)}
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}", channels) as rig:
        in_force(rig, whatsapp.RULE, files=whatsapp.approved())
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()], consent=[whatsapp.YES])
        rig.tick()
        rig.dispatch()
        (held,) = twilio.messages()
        (row,) = rig.messages()
        assert (held.to, held.content_sid, held.body) == ("whatsapp:+573001234567", whatsapp.SID, row.text)
        receipt = receipt_of(held.sid, "undelivered", 63024, channel=ChannelName.WHATSAPP)
        rig.clock.forward(minutes=1)
        take(rig.database, [receipt], now=rig.clock())
        rig.tick()
        rig.dispatch()
        assert [each.to for each in twilio.messages()] == ["whatsapp:+573001234567", "+573001234567"]
