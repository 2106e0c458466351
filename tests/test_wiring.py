"""The settings decide where messages go, and what each channel may do; nothing connects before it is used."""

from pathlib import Path

import pytest

from notifier.delivery.apprise_chat import AppriseChat
from notifier.delivery.sandbox import SandboxChannel
from notifier.delivery.smtp_email import SmtpEmail
from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.problems import ProblemsError
from notifier.model.types import ChannelName
from notifier.wiring import open_house
from tests.support.rig import write_project
from tests.test_settings import RELAY, TWILIO, no_settings_of_this_machine, write

__all__ = ["no_settings_of_this_machine"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def test_not_live_everything_goes_into_the_outbox_folder_whatever_credentials_there_are(folder: Path) -> None:
    write(folder, **TWILIO, **RELAY)
    house = open_house(folder)
    assert {name: type(channel) for name, channel in house.channels.items()} == dict.fromkeys(
        ChannelName, SandboxChannel
    )
    assert (house.unavailable, house.destination) == (frozenset(), f"the folder {folder / 'outbox'}")


def test_live_each_channel_goes_to_its_provider(folder: Path) -> None:
    write(folder, live="true", **TWILIO, **RELAY)
    house = open_house(folder)
    assert {name: type(channel) for name, channel in house.channels.items()} == {
        ChannelName.SMS: TwilioSms,
        ChannelName.EMAIL: SmtpEmail,
    }
    assert house.destination == "SMS by Twilio, mail by SMTP"
    assert house.unavailable == house.ruleset.unavailable == {ChannelName.CHAT, ChannelName.WHATSAPP}


def test_live_alerts_also_go_to_the_chats_that_are_named(folder: Path) -> None:
    write(folder, live="true", **TWILIO, **RELAY)
    with (folder / ".env").open("a", encoding="utf-8") as settings:
        settings.write("""NOTIFIER_CHATS='{"billing": "json://127.0.0.1:9"}'\n""")
    house = open_house(folder)
    assert type(house.channels[ChannelName.CHAT]) is AppriseChat
    assert house.destination == "SMS by Twilio, mail by SMTP, alerts also in billing"
    assert house.unavailable == house.ruleset.unavailable == {ChannelName.WHATSAPP}


def test_live_a_channel_without_a_provider_is_one_that_nobody_can_be_told_on(folder: Path) -> None:
    write(folder, live="true", **RELAY)
    house = open_house(folder)
    assert list(house.channels) == [ChannelName.EMAIL]
    assert house.destination == "no SMS, mail by SMTP"
    assert house.unavailable == house.ruleset.unavailable == {ChannelName.SMS, ChannelName.CHAT, ChannelName.WHATSAPP}


def test_the_owner_of_channels_is_one_of_the_owners(folder: Path) -> None:
    write(folder, company="Fibra", channel_owner="feild")
    with pytest.raises(ProblemsError) as raised:
        open_house(folder)
    assert str(raised.value) == ".env:2:1: NOTIFIER_CHANNEL_OWNER: there is no such owner; did you mean 'field'?"
    write(folder, channel_owner="nobody at all")
    with pytest.raises(ProblemsError, match=r"there is no such owner; name one of rules/owners\.yaml"):
        open_house(folder)
    write(folder, channel_owner="field")
    assert open_house(folder).settings.channel_owner == "field"
