"""A simulated clock moves only forwards, and only when it is set."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from notifier.simulation.clock import SimulatedClock

START = datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-5)))


def test_it_stands_still_until_it_is_told_to_move() -> None:
    clock = SimulatedClock(START)
    assert clock() == clock() == START
    assert clock().tzinfo is UTC
    clock.advance_to(START + timedelta(hours=1))
    assert clock() == START + timedelta(hours=1)


def test_it_may_be_told_the_present_again_but_never_the_past() -> None:
    clock = SimulatedClock(START)
    clock.advance_to(START)
    with pytest.raises(ValueError, match="cannot go back to 2026-03-02T13:59:59"):
        clock.advance_to(START - timedelta(seconds=1))
    assert clock() == START


def test_it_refuses_a_wall_clock_without_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        SimulatedClock(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the mistake under test
