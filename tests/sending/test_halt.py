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
from notifier.model.reading import StoreError
from notifier.model.types import ChannelName
from notifier.sending import owner_alerts
from notifier.sending.dispatch import DispatchReport
from notifier.sending.lease import Lease
from notifier.store.database import read_only
from notifier.store.outbox.halts import FIRST_PAUSE, HALT_PAUSE, known
from tests.support.drafts import mail, sms
from tests.support.leases import leases_of, next_of
from tests.support.rechecks import before_each_recheck
from tests.support.rig import FILES, Rig, ana, contract, open_rig, visit, waiting
from tests.support.scripted import ScriptedChannel

OPERATIONS = "{ operations: { name: Operations, email: operations@example.com, timezone: UTC }, field:"
SUSPENDED = Halt(reason="the account is suspended")


@pytest.fixture
def provider() -> ScriptedChannel:
    return ScriptedChannel()


@contextmanager
def waiting_sms(folder: Path, migrated_url: str, provider: ScriptedChannel) -> Iterator[Rig]:
    """SMS go to a provider that does what the test says, mails into the sandbox; three SMS wait."""
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: provider,
        ChannelName.EMAIL: SandboxChannel(folder / "outbox"),
    }
    with open_rig(folder, migrated_url, channels) as rig:
        rig.commit(*(waiting(f"B-{number}", sms(to=f"+57300000000{number}"), owner="field") for number in range(3)))
        yield rig


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path, provider: ScriptedChannel) -> Iterator[Rig]:
    """On SQLite: what is decided is the same on both."""
    path = shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with waiting_sms(tmp_path, f"sqlite:///{path}", provider) as rig:
        yield rig


@pytest.fixture
def on_both(tmp_path: Path, migrated_url: str, provider: ScriptedChannel) -> Iterator[Rig]:
    """On each database: for what rests on its transactions."""
    with waiting_sms(tmp_path, migrated_url, provider) as rig:
        yield rig


def send(rig: Rig, **changes: Any) -> DispatchReport:
    """A round of sending SMS by a process of its own."""
    provider = rig.dispatchers[ChannelName.SMS].channel
    with rig.process(ChannelName.SMS, provider, **changes) as dispatcher:
        return dispatcher.dispatch(rig.ruleset)


def alerts(rig: Rig) -> list[sa.Row[Any]]:
    return [row for row in rig.notices() if row.subject_type == "channel"]


def calls(provider: ScriptedChannel) -> list[str]:
    """Record every call from now on."""
    made: list[str] = []
    provider.before_each = lambda message: made.append(message.id)
    return made


def test_it_rests_as_a_whole_for_every_process(on_both: Rig, provider: ScriptedChannel) -> None:
    provider.script = [SUSPENDED]
    made = calls(provider)
    report = send(on_both)
    assert report == DispatchReport(put_off=3, halted={ChannelName.SMS: "the account is suspended"})
    assert len(made) == 1
    on_both.clock.forward(seconds=FIRST_PAUSE.total_seconds() - 1)
    assert send(on_both).halted == {ChannelName.SMS: "the account is suspended"}
    assert len(made) == 1
    assert {row.attempts for row in on_both.messages() if row.channel == "sms"} == {0}


def test_the_other_channel_goes_on_and_brings_the_alert(rig: Rig, provider: ScriptedChannel) -> None:
    rig.queue("B-9", mail())
    provider.script = [SUSPENDED]
    assert rig.dispatch().accepted == 2
    (alert,) = alerts(rig)
    assert (alert.owner, alert.state) == ("field", "told")  # of the message that drew it
    assert "the account is suspended" in alert.reason
    (told,) = [row for row in rig.messages() if row.notice_id == alert.id]
    assert "Messages that wait: 3" in told.text


def test_the_owner_of_the_settings_is_told_once_for_each_time_it_stands_still(
    rig: Rig, provider: ScriptedChannel
) -> None:
    provider.script = [SUSPENDED] * 3
    rig.reload({"rules/owners.yaml": FILES["rules/owners.yaml"].replace("{ field:", OPERATIONS)})
    for _ in range(3):
        send(rig, owner="operations")
        rig.clock.at += HALT_PAUSE
    (alert,) = alerts(rig)
    assert alert.owner == "operations"

    send(rig)  # it goes again
    provider.script = [SUSPENDED]
    rig.queue("B-5", sms(to="+573000000005"))
    send(rig, owner="operations")
    assert len(alerts(rig)) == 2


def test_it_is_tried_with_one_message_and_goes_on_with_the_first_that_is_accepted(
    on_both: Rig, provider: ScriptedChannel
) -> None:
    provider.script = [SUSPENDED, SUSPENDED]
    send(on_both)
    on_both.clock.at += HALT_PAUSE
    made = calls(provider)
    assert send(on_both).put_off == 1
    assert len(made) == 1

    on_both.clock.at += HALT_PAUSE + FIRST_PAUSE
    with capture_logs() as logs:
        assert send(on_both) == DispatchReport(accepted=3)
    assert [line["event"] for line in logs].count("channel.resumed") == 1
    with read_only(on_both.database) as connection:
        assert known(connection, Outlet(live=False, channel=ChannelName.SMS)) is None


def test_only_one_process_tries_it_at_a_time(on_both: Rig, provider: ScriptedChannel) -> None:
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
    rig: Rig, provider: ScriptedChannel, outcome: Outcome, accepted: int
) -> None:
    provider.script = [SUSPENDED, outcome]
    send(rig)
    rig.clock.at += HALT_PAUSE
    assert send(rig).accepted == accepted


def test_a_trial_whose_recheck_fails_shows_nothing_so_the_channel_stays_halted(
    rig: Rig, provider: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script = [SUSPENDED]
    send(rig)
    rig.clock.at += HALT_PAUSE

    def fails(lease: Lease) -> None:
        raise StoreError("the database is gone")

    before_each_recheck(monkeypatch, fails)
    with pytest.raises(StoreError, match="the database is gone"):
        send(rig)
    with read_only(rig.database) as connection:
        halted = known(connection, Outlet(live=False, channel=ChannelName.SMS))
    assert halted is not None
    assert halted.tries_again_at == rig.clock.at + HALT_PAUSE


def test_a_trial_message_that_is_stale_makes_room_for_another(rig: Rig, provider: ScriptedChannel) -> None:
    rig.set(customer=[ana(email=None)], contract=[contract()], appointment=[visit()])
    rig.tick()  # useful until 3 hours before the visit, so it is the first in the queue
    provider.script = [SUSPENDED]
    send(rig)
    rig.set(appointment=[visit(status="cancelled")])
    rig.clock.at += HALT_PAUSE
    assert send(rig) == DispatchReport(stale=1, accepted=3)


def test_what_stands_still_in_the_sandbox_does_not_in_life(rig: Rig, provider: ScriptedChannel) -> None:
    provider.script = [SUSPENDED]
    send(rig)
    with read_only(rig.database) as connection:
        assert known(connection, Outlet(live=False, channel=ChannelName.SMS)) is not None
        assert known(connection, Outlet(live=True, channel=ChannelName.SMS)) is None


def test_an_alert_that_cannot_be_written_stops_nothing(
    rig: Rig, provider: ScriptedChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("a template is missing")

    monkeypatch.setattr(owner_alerts, "channel_alert", broken)
    provider.script = [SUSPENDED]
    with capture_logs() as logs:  # a traceback is slow to print
        assert send(rig).put_off == 3
    assert "alert.failed" in [line["event"] for line in logs]
    assert alerts(rig) == []
    rig.clock.at += HALT_PAUSE
    assert send(rig) == DispatchReport(accepted=3)


def test_a_channel_without_a_provider_stands_still(tmp_path: Path) -> None:
    only_mail = {ChannelName.EMAIL: SandboxChannel(tmp_path / "outbox")}
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}", only_mail) as rig:
        rig.reload({"rules/owners.yaml": FILES["rules/owners.yaml"].replace("email", "phone: '+573000000009', email")})
        rig.set(customer=[ana()], contract=[contract()], appointment=[visit()])
        rig.tick()
        report = rig.dispatch()
        assert report.halted == {ChannelName.SMS: "no provider is set up for sms"}
        (alert,) = alerts(rig)
        assert [row.channel for row in rig.messages() if row.notice_id == alert.id] == ["email"]
