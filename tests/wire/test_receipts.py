"""From the SMS that asks for it to the message that was delivered: Twilio calls the service back, or is asked."""

from pathlib import Path
from typing import Any

import pytest

from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.types import ChannelName
from notifier.serving.parts import Parts
from tests.serving.conftest import running
from tests.support.confirming import Provider
from tests.support.ports import free_port
from tests.support.rig import ana, open_rig, visit
from tests.support.twilio_server import AUTH_TOKEN, twilio_server

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL


def test_what_twilio_says_reaches_the_message_by_a_call_and_by_asking(tmp_path: Path) -> None:
    channels: Any = {SMS: Provider("twilio"), EMAIL: Provider("smtp")}
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    url = f"sqlite:///{tmp_path / 'notifier.db'}"
    with twilio_server(tmp_path) as twilio, open_rig(tmp_path, url, channels) as rig:
        parts = Parts(
            database=rig.database,
            clock=rig.clock,
            live=False,
            company="Fibra",
            public_url=here,
            auth_tokens=(AUTH_TOKEN,),
        )
        rig.set(customer=[ana(preferred_channel="sms")], appointment=[visit(), visit(id="A-2")])
        with running(parts, port):
            rig.play(SMS, TwilioSms(twilio.account_with(status_callback=f"{here}/twilio/status")))
            rig.tick()
            rig.dispatch()
            first, second = twilio.messages()
            assert twilio.becomes(first.sid, "delivered") == 204
            assert twilio.becomes(first.sid, "sent") == 204
        with pytest.raises(AssertionError):  # nobody answers any more
            twilio.becomes(second.sid, "undelivered", 30005)
        rig.clock.forward(minutes=1)
        rig.dispatch()
        assert {row.provider_id: (row.state, row.error) for row in rig.messages()} == {
            first.sid: ("delivered", None),
            second.sid: ("undelivered", "Twilio 30005: an unknown number, or not in service any more"),
        }
