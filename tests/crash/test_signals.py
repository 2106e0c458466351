"""A daemon that is asked to end, or that stands still for too long, loses nothing and doubles nothing."""

import signal
from datetime import UTC, datetime

import pytest

from notifier.delivery.twilio_sms import TwilioSms
from notifier.model.notices import MessageState
from notifier.model.types import ChannelName, NoticeClass
from tests.crash.faults import Fault
from tests.crash.points import ACCEPTED, CLAIMED, Point
from tests.crash.tally import tally
from tests.crash.world import PATIENCE, CrashWorld
from tests.support.environment import without_settings
from tests.support.forked import forked_notifier

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
NOTHING: dict[ChannelName, frozenset[str]] = {SMS: frozenset(), EMAIL: frozenset()}


def test_sigterm_finishes_the_messages_in_hand_and_gives_the_rest_back(world: CrashWorld) -> None:
    world.clock.set(datetime.now(UTC))  # this process has no other clock than the computer's
    booked = TwilioSms.concurrency + 16
    world.book(booked, {NoticeClass.SAFETY: 1})
    world.twilio.fault("slow", times=booked, seconds=1)
    log = world.folder / "run.log"
    process = forked_notifier(["--project", str(world.folder), "run"], world.folder, without_settings(), log)
    try:
        for _ in world.waiting():
            if world.twilio.posts():
                break
        process.terminate()
        process.join(PATIENCE)
        assert process.exitcode == 0, log.read_text()
    finally:
        process.kill()

    rows = [row for row in world.messages() if row.channel == SMS]
    accepted = [row for row in rows if row.state == MessageState.ACCEPTED]
    given_back = [row for row in rows if row.state == MessageState.QUEUED]
    assert 0 < len(accepted) == world.twilio.posts() == len(world.twilio.messages())
    assert len(accepted) + len(given_back) == len(rows) == booked
    assert given_back
    assert {row.attempts for row in given_back} == {0}

    nothing_is_lost_or_doubled(world)


class TestStandingStillForLongerThanTheLease:
    """On PostgreSQL, where another process is there to take over."""

    @pytest.mark.parametrize("point", [CLAIMED, ACCEPTED], ids=str)
    def test_what_another_process_took_over_is_not_sent_again(self, postgres_world: CrashWorld, point: Point) -> None:
        world = postgres_world
        world.book(12, {NoticeClass.SERVICE: 1})
        asleep = world.begin(Fault(point=point, channel=None if point is CLAIMED else SMS, signal=signal.SIGSTOP))
        world.await_stop(asleep)
        world.end_idle_transactions()
        world.settle()
        world.wake(asleep)
        world.end(asleep)
        nothing_is_lost_or_doubled(world)

    def test_an_answer_that_comes_while_it_stands_still(self, postgres_world: CrashWorld) -> None:
        world = postgres_world
        world.book(1, {NoticeClass.SERVICE: 1})
        world.twilio.fault("slow", seconds=0.5)
        asleep = world.begin()
        for _ in world.waiting(asleep):
            if world.twilio.messages():
                break
        world.stop(asleep)
        world.end_idle_transactions()
        world.settle()
        world.wake(asleep)
        world.end(asleep)
        nothing_is_lost_or_doubled(world)


def nothing_is_lost_or_doubled(world: CrashWorld) -> None:
    world.settle()
    counted = tally(world)
    assert (counted.untold, counted.without_id) == ((), 0)
    assert (counted.lost, counted.doubled) == (NOTHING, NOTHING)
