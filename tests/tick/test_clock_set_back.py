"""A clock that was ahead, or is set back, silences nobody: what it stored in the future is said, and waits for
nothing."""

from datetime import timedelta

from structlog.testing import capture_logs

from notifier.delivery.outcomes import Halt, Retry
from notifier.model.notices import NoticeState
from notifier.model.pace import Pace
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.store.outbox.leasing import LEASE
from tests.support.drafts import sms
from tests.support.leases import leases_of, next_of
from tests.support.rig import NOW, Clock, Rig, visit
from tests.support.scripted import ScriptedChannel

AHEAD = timedelta(days=3)


def test_what_falls_due_behind_the_watermark_of_a_clock_that_was_ahead_is_told(rig: Rig) -> None:
    rig.clock.at = NOW + AHEAD
    rig.tick()
    rig.clock.at = NOW
    # Its moment lies in an hour: after the present, and long before the watermark.
    rig.set(appointment=[visit(id="A-2", starts_at=NOW + timedelta(hours=49))])
    with capture_logs() as logs:
        rig.tick()
    (said,) = [line for line in logs if line["event"] == "tick.clock_was_ahead"]
    assert (said["log_level"], said["seconds"], said["rules"]) == ("warning", AHEAD.total_seconds(), 2)

    rig.clock.forward(hours=1)
    with capture_logs() as logs:
        assert rig.tick().verdicts[NoticeState.READY] == 1
    assert "tick.clock_was_ahead" not in [line["event"] for line in logs]  # once
    assert rig.tick(full=True).verdicts == {}


def test_two_daemons_whose_clocks_are_seconds_apart_lose_nothing_between_them(rig: Rig) -> None:
    rig.clock.at = NOW + timedelta(seconds=40)
    rig.tick()
    rig.clock.at = NOW
    rig.set(appointment=[visit(id="A-2", starts_at=NOW + timedelta(hours=48, seconds=20))])
    with capture_logs() as logs:
        rig.tick()
    assert logs == [] or "tick.clock_was_ahead" not in [line["event"] for line in logs]
    rig.clock.at = NOW + timedelta(seconds=41)
    assert rig.tick().verdicts == {NoticeState.READY: 1}


def test_a_retry_that_was_set_by_a_clock_that_was_ahead_does_not_wait_for_it(rig: Rig) -> None:
    provider = ScriptedChannel(Retry(reason="not reached"))
    rig.play(ChannelName.SMS, provider)
    rig.clock.at = NOW + AHEAD
    rig.queue("B-1", sms("to Ana", to="+573000000001"))
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).retried == 1
    rig.clock.at = NOW
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 1


def test_an_honest_retry_waits_for_its_time(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="later", after=timedelta(hours=1))))
    rig.queue("B-1", sms("to Ana", to="+573000000001"))
    rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
    rig.clock.forward(minutes=59)
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset) == DispatchReport()


def test_a_lease_that_begins_in_the_future_belongs_to_nobody(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel())
    rig.queue("B-1", sms("to Ana", to="+573000000001"))
    rig.clock.at = NOW + AHEAD
    assert next_of(leases_of(rig)) is not None  # its process dies, and the clock is put right
    rig.clock.at = NOW
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 1


def test_a_lease_of_a_clock_that_is_a_little_ahead_is_respected(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel())
    rig.queue("B-1", sms("to Ana", to="+573000000001"))
    rig.clock.at = NOW + LEASE - timedelta(seconds=1)
    assert next_of(leases_of(rig)) is not None
    rig.clock.at = NOW
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset) == DispatchReport()


def test_a_halt_is_tried_again_although_its_clock_was_ahead(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel(Halt(reason="the account is suspended")))
    rig.clock.at = NOW + AHEAD
    rig.queue("B-1", sms("to Ana", to="+573000000001"))
    rig.queue("B-2", sms("to Luis", to="+573000000002"))
    rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
    rig.clock.at = NOW
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 2


def test_a_message_in_line_does_not_wait_for_a_turn_that_a_set_clock_has_moved_away(rig: Rig) -> None:
    rig.queue("B-1", sms("first", to="+573000000001"))
    rig.queue("B-2", sms("second", to="+573000000002"))
    slept: list[float] = []

    async def set_back(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            rig.clock.at -= timedelta(hours=1)
        await Clock.sleep(rig.clock, seconds)

    with rig.process(ChannelName.SMS, ScriptedChannel(), pace=Pace(1), sleep=set_back) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset).accepted == 2
    assert len(slept) < 20
