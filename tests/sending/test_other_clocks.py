"""A provider whose clock is not ours, or whose list lags, gets nothing twice: the Twilio fake at the wire, minutes
off."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.delivery.twilio_sms import LISTED_WITHIN, TwilioSms
from notifier.model.notices import NoticeKind
from notifier.model.types import ChannelName
from tests.support.drafts import sms
from tests.support.rig import NOW, Rig, open_rig
from tests.support.twilio_server import TwilioServer, twilio_server
from tests.support.world_clock import WorldClock

MINUTES = 60
MESSAGES = 3


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldClock:
    clock = WorldClock(tmp_path_factory.mktemp("clock") / "clock")
    clock.set(NOW)
    return clock


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, world: WorldClock) -> Iterator[TwilioServer]:
    with twilio_server(tmp_path_factory.mktemp("twilio"), clock=world) as server:
        yield server


@pytest.fixture
def twilio(process: TwilioServer) -> TwilioServer:
    process.clear()
    return process


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path, twilio: TwilioServer, world: WorldClock) -> Iterator[Rig]:
    """Three SMS wait, whose answers will be lost."""
    path = shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    world.set(NOW)
    with open_rig(tmp_path, f"sqlite:///{path}", {ChannelName.SMS: TwilioSms(twilio.account)}) as rig:
        for number in range(MESSAGES):
            rig.queue(f"B-{number}", sms(f"visit {number}", to=f"+57300000000{number}"), kind=NoticeKind.ALERT)
        yield rig


def play(rig: Rig, world: WorldClock, *, until: timedelta = timedelta(hours=2)) -> None:
    """Dispatch whenever something is due, until nothing is, on a clock that both sides share."""
    end = rig.clock.at + until
    while rig.clock.at < end:
        world.set(rig.clock.at)
        rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
        later = [row.next_attempt_at for row in rig.messages() if row.state in ("queued", "unknown")]
        if not later:
            return
        rig.clock.at = max(min(later), rig.clock.at + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("ahead", "dates_ahead", "list_lag"),
    [
        (0, 0, 100),
        (0, 0, 10 * MINUTES),
        (-90, 0, 0),
        (-10 * MINUTES, 0, 10 * MINUTES),
        (10 * MINUTES, 0, 10 * MINUTES),
        (-180 * MINUTES, 0, 100),  # far more than the tolerance: learned from its answers
        (180 * MINUTES, 0, 100),
        (0, -10 * MINUTES, 10 * MINUTES),  # what dates its messages is another clock than what dates its answers
        (0, 10 * MINUTES, 10 * MINUTES),
    ],
)
def test_nothing_goes_twice_whatever_its_clocks_say(
    rig: Rig, twilio: TwilioServer, world: WorldClock, ahead: float, dates_ahead: float, list_lag: float
) -> None:
    twilio.clocks(ahead=ahead, dates_ahead=dates_ahead, list_lag=list_lag)
    twilio.fault("accept_then_reset", times=MESSAGES)
    play(rig, world)
    assert sorted(held.body for held in twilio.messages()) == [f"visit {number}" for number in range(MESSAGES)]
    assert {row.state for row in rig.messages()} == {"accepted"}
    assert {row.provider_id for row in rig.messages()} == {held.sid for held in twilio.messages()}


def test_how_far_its_dates_are_behind_its_answers_is_learned(rig: Rig, twilio: TwilioServer, world: WorldClock) -> None:
    twilio.clocks(dates_ahead=-20 * MINUTES)
    play(rig, world)
    rig.queue("B-9", sms("visit 9", to="+573000000009"), kind=NoticeKind.ALERT)
    twilio.fault("accept_then_reset")
    play(rig, world)
    assert len(twilio.messages()) == MESSAGES + 1


def test_what_it_never_got_is_sent_again_once_its_list_would_show_it(
    rig: Rig, twilio: TwilioServer, world: WorldClock
) -> None:
    twilio.fault("reset", times=MESSAGES)
    play(rig, world, until=LISTED_WITHIN - timedelta(minutes=1))
    assert twilio.messages() == []
    waiting = rig.messages()
    assert {(row.state, row.error) for row in waiting} == {("unknown", "twilio does not show it yet")}
    play(rig, world)
    assert len(twilio.messages()) == MESSAGES
    assert {row.attempts for row in rig.messages()} == {2}
