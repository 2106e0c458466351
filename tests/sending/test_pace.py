"""A burst queues instead of drawing refusals: messages leave at the provider's rate, in their order, by segments."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from notifier.delivery.outcomes import Retry
from notifier.drafting.ruleset import Ruleset
from notifier.drivers.daemon import Daemon
from notifier.drivers.rules_in_force import RulesInForce
from notifier.model.notices import RenderedMessage
from notifier.model.outgoing import Outgoing
from notifier.model.pace import HORIZON, TOLERANCE, Pace, Turns, first_turn
from notifier.model.types import ChannelName, NoticeClass
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.sending.sender import Sleep
from notifier.store.outbox import pace
from tests.support.drafts import sms
from tests.support.rig import NOW, Rig, open_rig, waiting
from tests.support.scripted import ScriptedChannel

RATES = st.sampled_from([0.05, 1.0, 3.0, 7.0, 100.0, 2000.0])
SECONDS = st.floats(min_value=0, max_value=20)


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    with open_rig(tmp_path, migrated_url) as rig:
        yield rig


class Provider(ScriptedChannel):
    """Takes everything and keeps when it got what."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.got: list[tuple[datetime, Outgoing]] = []
        self.before_each = lambda message: self.got.append((rig.clock(), message))

    @property
    def instants(self) -> list[timedelta]:
        return [at - NOW for at, _ in self.got]


def paced(rig: Rig, provider: ScriptedChannel, rate: float | None, sleep: Sleep | None = None) -> Dispatcher:
    known = Pace(rate) if rate is not None else None
    return rig.process(ChannelName.SMS, provider, pace=known, sleep=sleep or rig.clock.sleep)


def to(number: int, segments: int = 1) -> RenderedMessage:
    return replace(sms(f"text {number}", to=f"+5730000{number:05}"), segments=segments)


def burst(rig: Rig, count: int, **by_number: Callable[[int], object]) -> None:
    """As many SMS to as many addresses."""
    rig.commit(
        *(
            waiting(f"B-{number:03}", to(number), **{name: value(number) for name, value in by_number.items()})
            for number in range(count)
        )
    )


@given(rate=RATES, messages=st.lists(st.tuples(st.integers(1, 6), SECONDS, SECONDS), max_size=30))
def test_in_no_window_more_leaves_than_the_rate_and_one_small_burst(
    rate: float, messages: list[tuple[int, float, float]]
) -> None:
    turns, now = Turns(Pace(rate)), NOW
    left: list[tuple[datetime, int]] = []
    for units, ready, late in messages:
        now += timedelta(seconds=ready)
        if turns.free_at > now + HORIZON:  # it would not be leased yet
            now = turns.free_at
        turn = turns.next(now, NOW)
        turns.use(turn, units)
        now = max(now, turn) + timedelta(seconds=late / 100)
        left.append((now, units))
    for first, (begins, _) in enumerate(left):
        for last in range(first, len(left)):
            window = (left[last][0] - begins).total_seconds() + TOLERANCE.total_seconds() + 0.2
            assert sum(units for _, units in left[first:last]) <= rate * window + 1e-6


@given(rate=RATES, leases=st.lists(st.tuples(SECONDS, st.lists(st.integers(1, 6), max_size=8)), max_size=20))
def test_turns_of_two_leases_never_overlap_and_idle_time_earns_nothing(
    rate: float, leases: list[tuple[float, list[int]]]
) -> None:
    known, now, free_at = Pace(rate), NOW, NOW - timedelta(days=1)
    for idle, units in leases:
        now += timedelta(seconds=idle)
        start = first_turn(known, free_at, now)
        assert start >= max(now, free_at)
        if known.budget(start, now) > 0:
            free_at = start + known.time_of(sum(units[:1]))


def test_a_stored_turn_that_no_rate_explains_holds_nobody_up() -> None:
    assert first_turn(Pace(1), NOW + timedelta(hours=1), NOW) == NOW
    assert first_turn(Pace(0.01), NOW + timedelta(minutes=30), NOW) == NOW + timedelta(minutes=30)
    turns = Turns(Pace(1))
    assert turns.next(NOW - timedelta(hours=1), NOW) == NOW - timedelta(hours=1)


def test_a_burst_leaves_at_the_ideal_line_safety_first_then_by_until(rig: Rig) -> None:
    burst(
        rig,
        200,
        until=lambda number: NOW + timedelta(hours=1 + number * 37 % 200),
        notice_class=lambda number: NoticeClass.SAFETY if number % 20 == 7 else NoticeClass.SERVICE,
    )
    provider = Provider(rig)
    with paced(rig, provider, rate=20) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=200)
    assert provider.instants == [timedelta(seconds=0.05) * place for place in range(200)]
    order = [(message.notice_class is not NoticeClass.SAFETY, message.until) for _, message in provider.got]
    assert order == sorted(order)


def test_a_message_takes_as_many_turns_as_it_has_segments(rig: Rig) -> None:
    for number, segments in enumerate([3, 1, 8, 2]):
        rig.queue(f"B-{number}", to(number, segments), until=NOW + timedelta(hours=1 + number))
    provider = Provider(rig)
    with paced(rig, provider, rate=2) as dispatcher:
        dispatcher.dispatch(rig.ruleset)
    assert [at.total_seconds() for at in provider.instants] == [0, 1.5, 2, 6]


def test_two_processes_keep_to_one_rate_together(rig: Rig) -> None:
    burst(rig, 60)
    provider = Provider(rig)
    with paced(rig, provider, rate=5) as first, paced(rig, provider, rate=5) as second:
        note = provider.before_each

        def the_other_one_too(message: Outgoing) -> None:
            note(message)
            if len(provider.got) == 3:  # in the middle of the first one's lease
                other = threading.Thread(target=second.dispatch, args=(rig.ruleset,))
                other.start()
                other.join()

        provider.before_each = the_other_one_too
        first.dispatch(rig.ruleset)
        first.dispatch(rig.ruleset)
    assert len(provider.ledger) == 60
    instants = sorted(at.total_seconds() for at in provider.instants)
    for begin in range(60):
        for end in range(begin, 60):
            window = instants[end] - instants[begin] + TOLERANCE.total_seconds()
            assert end - begin <= 2 * 5 * window + 2


def test_a_stop_while_messages_wait_for_their_turn_gives_them_and_their_turns_back(rig: Rig) -> None:
    burst(rig, 4)
    provider = Provider(rig)

    async def stop(_: float) -> None:
        await rig.clock.sleep(0)
        dispatcher.stop()

    with paced(rig, provider, rate=0.5, sleep=stop) as dispatcher:  # asked to end in the first wait
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=1, put_off=2)
    assert sorted(row.state for row in rig.messages()) == ["accepted", "queued", "queued", "queued"]
    assert {row.attempts for row in rig.messages() if row.state == "queued"} == {0}

    with paced(rig, provider, rate=0.5) as another:
        another.dispatch(rig.ruleset)
    assert [at.total_seconds() for at in provider.instants] == [0, 2, 4, 6]


def test_turns_that_nobody_used_are_given_back_where_nothing_more_is_due(rig: Rig) -> None:
    rig.queue("B-1", to(1))
    rig.clock.forward(seconds=1)
    rig.queue("B-2", to(1))  # behind the first one, which will wait for its retry
    provider = Provider(rig)
    provider.script = [Retry(reason="busy", after=timedelta(hours=1))]
    with paced(rig, provider, rate=0.5) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(retried=1, put_off=1)
    with rig.database.begin() as connection:
        free_at = pace.lock(connection, dispatcher.outlet)
    assert free_at == rig.clock() + timedelta(seconds=2)


def test_a_leased_message_never_waits_longer_than_the_horizon_however_slow_the_rate(rig: Rig) -> None:
    burst(rig, 3)
    provider = Provider(rig)
    with paced(rig, provider, rate=0.01) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=1)
        rig.clock.forward(seconds=60)
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport()
        rig.clock.forward(seconds=40)
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=1)


def test_what_is_over_while_it_waits_for_its_turn_is_not_sent(rig: Rig) -> None:
    rig.queue("B-1", to(1, segments=4), until=NOW + timedelta(hours=1))
    rig.queue("B-2", to(2), until=NOW + timedelta(hours=1, seconds=3))
    rig.clock.at = NOW + timedelta(hours=1, seconds=-0.5)
    provider = Provider(rig)
    with paced(rig, provider, rate=1) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=1, put_off=1)
    assert provider.texts == ["text 1"]


def test_a_provider_that_wants_a_rest_is_left_alone_by_all_processes(rig: Rig) -> None:
    burst(rig, 30)
    provider = Provider(rig)
    provider.script = [Retry(reason="429", after=timedelta(seconds=40), whole_channel=True)]
    with paced(rig, provider, rate=10) as first, paced(rig, provider, rate=10) as second:
        report = first.dispatch(rig.ruleset)
        assert (report.retried, report.accepted) == (1, 0)
        assert second.dispatch(rig.ruleset) == DispatchReport()
        assert len(provider.got) == 1
        rig.clock.at = NOW + timedelta(seconds=40)
        assert second.dispatch(rig.ruleset) == DispatchReport(accepted=30)


def test_a_channel_without_a_pace_rests_when_its_provider_wants_it(rig: Rig) -> None:
    burst(rig, 3)
    provider = Provider(rig)
    provider.script = [Retry(reason="quota", after=timedelta(hours=2), whole_channel=True)]
    with paced(rig, provider, rate=None) as dispatcher:
        assert dispatcher.dispatch(rig.ruleset).retried == 1
        rig.clock.forward(seconds=299)
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport()
        rig.clock.forward(seconds=1)
        assert dispatcher.dispatch(rig.ruleset) == DispatchReport(accepted=2)  # the refused one waits for its time


def test_a_round_ends_in_time_and_says_how_long_and_how_old_the_queue_is(rig: Rig) -> None:
    burst(rig, 30)
    provider = Provider(rig)
    with paced(rig, provider, rate=1) as dispatcher, capture_logs() as logs:
        report = dispatcher.dispatch(rig.ruleset, at_most=timedelta(seconds=9))
    assert (report.accepted, report.more) == (11, True)
    (queue,) = [line for line in logs if line["event"] == "dispatch.queue"]
    assert (queue["channel"], queue["waiting"], queue["age_seconds"]) == ("sms", 19, 10.0)


def test_the_daemon_takes_up_rules_while_a_long_queue_leaves(rig: Rig) -> None:
    burst(rig, 30)
    provider = Provider(rig)
    asked = []

    class Rules(RulesInForce):
        def __init__(self) -> None:
            """Knows one version."""

        def ruleset(self) -> Ruleset:
            asked.append(rig.clock())
            return rig.ruleset

    with paced(rig, provider, rate=1) as dispatcher:
        daemon = Daemon(
            rig.database,
            Rules(),
            [dispatcher],
            rig.clock,
            live=False,
            tick_seconds=60,
            dispatch_seconds=5,
            pulse=rig.folder / "pulse",
        )
        while daemon._dispatch(dispatcher):
            pass
    assert len(provider.got) == 30
    assert [at - NOW for at in asked] == [timedelta(seconds=seconds) for seconds in (0, 10, 20)]
