"""A halted channel: no further calls by any process, one alert, one message to try it, and it goes on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import Halt, OtherChannel, Outcome, Retry, Unknown
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.outlet import Outlet
from notifier.model.types import ChannelName
from notifier.sending import owner_alerts
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.outbox.halts import HALT_PAUSE, known
from tests.support.drafts import mail, sms
from tests.support.house import FILES, House, ana, contract, open_house, visit, waiting
from tests.support.leases import leases_of, next_of
from tests.support.scripted import ScriptedChannel

OPERATIONS = "{ operations: { name: Operations, email: operations@example.com, timezone: UTC }, field:"
SUSPENDED = Halt(reason="the account is suspended")


@pytest.fixture
def provider() -> ScriptedChannel:
    return ScriptedChannel()


@contextmanager
def waiting_sms(folder: Path, database_url: str, provider: ScriptedChannel) -> Iterator[House]:
    """SMS go to a provider that does what the test says, mails into the sandbox; three SMS wait."""
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: provider,
        ChannelName.EMAIL: SandboxChannel(folder / "outbox"),
    }
    with open_house(folder, database_url, channels) as house:
        house.commit(*(waiting(f"B-{number}", sms(to=f"+57300000000{number}"), owner="field") for number in range(3)))
        yield house


@pytest.fixture
def house(tmp_path: Path, migrated_file: Path, provider: ScriptedChannel) -> Iterator[House]:
    """On SQLite: what is decided is the same on both."""
    path = shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with waiting_sms(tmp_path, f"sqlite:///{path}", provider) as house:
        yield house


@pytest.fixture
def on_both(tmp_path: Path, migrated_url: str, provider: ScriptedChannel) -> Iterator[House]:
    """On each database: for what rests on its transactions."""
    with waiting_sms(tmp_path, migrated_url, provider) as house:
        yield house


def send(house: House, **changes: Any) -> DispatchReport:
    """A round of sending SMS by a process of its own."""
    provider = house.dispatchers[ChannelName.SMS].channel
    with house.process(ChannelName.SMS, provider, **changes) as dispatcher:
        return dispatcher.dispatch(house.ruleset)


def alerts(house: House) -> list[sa.Row[Any]]:
    return [row for row in house.notices() if row.subject_type == "channel"]


def calls(provider: ScriptedChannel) -> list[str]:
    """Record every call from now on."""
    made: list[str] = []
    provider.before_each = lambda message: made.append(message.id)
    return made


def test_it_rests_as_a_whole_for_every_process(on_both: House, provider: ScriptedChannel) -> None:
    provider.script = [SUSPENDED]
    made = calls(provider)
    report = send(on_both)
    assert report == DispatchReport(put_off=3, halted={ChannelName.SMS: "the account is suspended"})
    assert len(made) == 1
    on_both.clock.forward(seconds=HALT_PAUSE.total_seconds() - 1)
    assert send(on_both).halted == {ChannelName.SMS: "the account is suspended"}
    assert len(made) == 1
    assert {row.attempts for row in on_both.messages() if row.channel == "sms"} == {0}


def test_the_other_channel_goes_on_and_brings_the_alert(house: House, provider: ScriptedChannel) -> None:
    house.queue("B-9", mail())
    provider.script = [SUSPENDED]
    assert house.dispatch().accepted == 2
    (alert,) = alerts(house)
    assert (alert.owner, alert.state) == ("field", "told")  # of the message that drew it
    assert "the account is suspended" in alert.reason
    (told,) = [row for row in house.messages() if row.notice_id == alert.id]
    assert "Messages that wait: 3" in told.text


def test_the_owner_of_the_settings_is_told_once_for_each_time_it_stands_still(
    house: House, provider: ScriptedChannel
) -> None:
    provider.script = [SUSPENDED] * 3
    house.reload({"rules/owners.yaml": FILES["rules/owners.yaml"].replace("{ field:", OPERATIONS)})
    for _ in range(3):
        send(house, owner="operations")
        house.clock.at += HALT_PAUSE
    (alert,) = alerts(house)
    assert alert.owner == "operations"

    send(house)  # it goes again
    provider.script = [SUSPENDED]
    house.queue("B-5", sms(to="+573000000005"))
    send(house, owner="operations")
    assert len(alerts(house)) == 2


def test_it_is_tried_with_one_message_and_goes_on_with_the_first_that_is_accepted(
    on_both: House, provider: ScriptedChannel
) -> None:
    provider.script = [SUSPENDED, SUSPENDED]
    send(on_both)
    on_both.clock.at += HALT_PAUSE
    made = calls(provider)
    assert send(on_both).put_off == 1
    assert len(made) == 1

    on_both.clock.at += HALT_PAUSE
    with capture_logs() as logs:
        assert send(on_both) == DispatchReport(accepted=3)
    assert [line["event"] for line in logs].count("channel.resumed") == 1
    with read_only(on_both.database) as connection:
        assert known(connection, Outlet(live=False, channel=ChannelName.SMS)) is None


def test_only_one_process_tries_it_at_a_time(on_both: House, provider: ScriptedChannel) -> None:
    provider.script = [SUSPENDED]
    send(on_both)
    on_both.clock.at += HALT_PAUSE
    trial = next_of(leases_of(on_both))
    assert trial is not None
    assert (trial.is_trial, len(trial.messages)) == (True, 1)
    assert next_of(leases_of(on_both)) is None


@pytest.mark.parametrize(
    ("outcome", "accepted"),
    [
        (OtherChannel(reason="a landline"), 2),
        (Retry(reason="not reached"), 0),
        (Unknown(reason="a time-out"), 0),
    ],
)
def test_a_trial_without_a_verdict_is_repeated_at_once_only_where_the_message_was_to_blame(
    house: House, provider: ScriptedChannel, outcome: Outcome, accepted: int
) -> None:
    provider.script = [SUSPENDED, outcome]
    send(house)
    house.clock.at += HALT_PAUSE
    assert send(house).accepted == accepted


def test_a_trial_message_that_is_stale_makes_room_for_another(house: House, provider: ScriptedChannel) -> None:
    house.set(customer=[ana(email=None)], contract=[contract()], appointment=[visit()])
    house.tick()  # useful until 3 hours before the visit, so it is the first in the queue
    provider.script = [SUSPENDED]
    send(house)
    house.set(appointment=[visit(status="cancelled")])
    house.clock.at += HALT_PAUSE
    assert send(house) == DispatchReport(stale=1, accepted=3)


def test_what_stands_still_in_the_sandbox_does_not_in_life(house: House, provider: ScriptedChannel) -> None:
    provider.script = [SUSPENDED]
    send(house)
    with read_only(house.database) as connection:
        assert known(connection, Outlet(live=False, channel=ChannelName.SMS)) is not None
        assert known(connection, Outlet(live=True, channel=ChannelName.SMS)) is None


def test_an_alert_that_cannot_be_written_stops_nothing(
    house: House, provider: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a template is missing")

    monkeypatch.setattr(owner_alerts, "channel_alert", broken)
    provider.script = [SUSPENDED]
    with capture_logs() as logs:  # a traceback is slow to print
        assert send(house).put_off == 3
    assert "alert.failed" in [line["event"] for line in logs]
    assert alerts(house) == []
    house.clock.at += HALT_PAUSE
    assert send(house) == DispatchReport(accepted=3)


def test_a_channel_without_a_provider_stands_still(tmp_path: Path) -> None:
    only_mail = {ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox")}
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}", only_mail) as house:
        house.reload(
            {"rules/owners.yaml": FILES["rules/owners.yaml"].replace("email", "phone: '+573000000009', email")}
        )
        house.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        house.tick()
        report = house.dispatch()
        assert report.halted == {ChannelName.SMS: "no provider is set up for sms"}
        (alert,) = alerts(house)
        assert [row.channel for row in house.messages() if row.notice_id == alert.id] == ["email"]
