"""Back-off: pauses grow, have jitter, and have a limit."""

from datetime import UTC, datetime, timedelta

from notifier.delivery.retrying import LONGEST_PAUSE, SPREAD, next_attempt

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def pauses(message: str, attempts: int) -> list[timedelta]:
    return [next_attempt(message, attempt, NOW) - NOW for attempt in range(1, attempts + 1)]


def test_pauses_double_up_to_an_hour_within_their_spread() -> None:
    expected = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    for pause, seconds in zip(pauses("m-1", 9), expected, strict=True):
        assert seconds * (1 - SPREAD) <= pause.total_seconds() <= seconds * (1 + SPREAD)


def test_a_burst_does_not_come_back_as_a_burst() -> None:
    instants = {next_attempt(f"m-{number}", 1, NOW) for number in range(100)}
    assert len(instants) == 100
    assert max(instants) - min(instants) > timedelta(seconds=8)


def test_the_same_message_gets_the_same_pause_twice() -> None:
    assert pauses("m-1", 5) == pauses("m-1", 5)


def test_a_thousand_attempts_do_not_overflow() -> None:
    assert next_attempt("m-1", 1000, NOW) <= NOW + LONGEST_PAUSE * (1 + SPREAD)
