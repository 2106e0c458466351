"""Alerts by Apprise, to a server on this machine that receives what Slack, Teams and a webhook would."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from notifier.delivery.apprise_chat import AppriseChat
from notifier.delivery.outcomes import Accepted, Halt, OtherChannel, Outcome, Retry, Unclear
from notifier.model.types import ChannelName
from tests.support.chat_server import ChatServer, chat_server
from tests.support.outgoing import outgoing

SECRET = "T0kenThatNobodySees"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


def send(channel: AppriseChat, to: str = "billing") -> Outcome:
    message = outgoing(
        channel=ChannelName.CHAT, address=to, subject="Nobody has taken 1 of Billing", text="X-7K3QM: promised 79,900"
    )
    return asyncio.run(channel.send(message))


def webhook(server: ChatServer) -> AppriseChat:
    return AppriseChat({"billing": f"json://127.0.0.1:{server.port}/{SECRET}"})


def test_a_webhook_receives_title_and_text(server: ChatServer) -> None:
    assert isinstance(send(webhook(server)), Accepted)
    ((path, body),) = server.bodies
    said = json.loads(body)
    assert path == f"/{SECRET}"
    assert (said["title"], said["message"]) == ("Nobody has taken 1 of Billing", "X-7K3QM: promised 79,900")


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, OtherChannel), (404, OtherChannel), (429, Retry), (500, Retry), (503, Retry)]
)
def test_a_no_is_read_by_its_status_and_names_no_secret(
    server: ChatServer, status: int, outcome: type[Outcome], caplog: pytest.LogCaptureFixture
) -> None:
    server.status = status
    with caplog.at_level(logging.DEBUG):
        got = send(webhook(server))
    assert isinstance(got, outcome)
    assert not isinstance(got, Accepted)
    assert str(status) in got.reason
    assert SECRET not in got.reason + caplog.text


def test_a_server_that_is_not_there_is_tried_again() -> None:
    got = send(AppriseChat({"billing": f"json://127.0.0.1:9/{SECRET}"}))
    assert isinstance(got, Retry)
    assert got.reason == "chat 'billing' cannot be reached"


def test_a_name_that_the_settings_lack_leaves_it_to_the_other_channels(server: ChatServer) -> None:
    got = send(webhook(server), to="sales")
    assert got == OtherChannel(reason="NOTIFIER_CHATS has no chat 'sales'")
    assert server.bodies == []


def test_an_address_that_apprise_cannot_read_is_said_without_it() -> None:
    got = send(AppriseChat({"billing": f"nosuch://{SECRET}"}))
    assert isinstance(got, OtherChannel)
    assert SECRET not in got.reason


def test_without_apprise_the_channel_halts_and_says_what_to_install(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    got = send(webhook(server))
    assert got == Halt(reason="Apprise is not installed: pip install 'notifier[chat]'")


def test_nobody_can_ask_a_chat_what_it_has(server: ChatServer) -> None:
    message = outgoing(channel=ChannelName.CHAT, address="billing", text="…")
    assert isinstance(asyncio.run(webhook(server).find(message, now=message.started_at)), Unclear)
