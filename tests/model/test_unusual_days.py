"""A day that is not like the others: the limit is the negative binomial's, and half a dozen odd days make no rule."""

from datetime import date, timedelta

import pytest

from notifier.model.unusual_days import LOOKS, DaysWatched, Usual, day_of_month, usual

MONDAY = date(2026, 3, 30)


def days(*counts: int, of: int = 7, before: date = MONDAY) -> dict[date, int]:
    """One count for each week, the latest last, on the same weekday; `of` 7 fills the others with it, too."""
    found = {}
    for back, count in enumerate(reversed(counts), 1):
        for other in range(of):
            found[before - timedelta(weeks=back) + timedelta(days=other)] = count
    return {day: count for day, count in found.items() if day < before}


def test_the_case_of_the_issue_alarms_and_a_day_of_twelve_does_not() -> None:
    days_like_it = usual(days(4, 3, 5, 4, 6, 4, 2, 4), MONDAY)
    assert days_like_it is not None
    assert (days_like_it.median, days_like_it.days) == (4, 8)
    limit = days_like_it.limit(DaysWatched(owner="care").probability(12))
    assert 12 <= limit < 89


@pytest.mark.parametrize(
    ("mean", "spread", "probability", "limit"),
    [  # scipy 1.17: nbinom.isf with mean and variance as the docstring says, of 8 days
        (4.0, 1.0, 0.001, 12),
        (4.0, 20 / 9, 0.001, 19),
        (100.0, 4 / 3, 1e-5, 158),
        (0.0, 1.0, 0.001, 2),
    ],
)
def test_the_limit_is_the_quantile_of_the_negative_binomial(
    mean: float, spread: float, probability: float, limit: int
) -> None:
    assert Usual(days=8, median=mean, mean=mean, spread=spread).limit(probability) == limit


def test_a_busy_line_has_a_limit_as_exact_as_a_quiet_one() -> None:
    limit = Usual(days=8, median=5e4, mean=5e4, spread=1.0).limit(0.001)
    assert limit == pytest.approx(5e4 + 3.09 * (5e4 * 1.125) ** 0.5, rel=0.001)


def test_too_few_days_of_the_weekday_say_nothing_and_older_ones_are_not_looked_at() -> None:
    assert usual(days(4, 4, 4), MONDAY) is None
    assert usual(days(4, 4, 4, of=1) | {MONDAY - timedelta(days=1): 9}, MONDAY) is None
    assert usual(days(900, 900, *[4] * 8), MONDAY) == usual(days(*[4] * 8), MONDAY)


def test_a_part_of_a_day_has_a_small_share_of_the_alerts_of_the_day() -> None:
    watched = DaysWatched(owner="care")
    whole, each_look = watched.chances(13)
    assert whole + LOOKS * each_look == pytest.approx(watched.probability(13))
    early = Usual(days=8, median=0, mean=0.1, spread=1.0)
    assert early.limit(each_look) == 4  # three by eight o'clock, where a tenth is usual, wake nobody; thirty do


def test_the_last_days_of_a_month_are_alike_however_long_it_is() -> None:
    assert day_of_month(date(2026, 2, 28)) == day_of_month(date(2026, 3, 31)) == -1
    assert day_of_month(date(2026, 3, 15)) == 15
    months = {date(2025, month, day): 80 if day == 15 else 2 for month in range(5, 13) for day in range(1, 29)}
    found = usual(months, date(2026, 1, 15), day_of_month)
    assert found is not None
    assert (found.median, found.days, found.spread) == (80, 8, 1)


def test_weeks_that_differ_raise_the_limit() -> None:
    even, uneven = usual(days(*[20] * 8), MONDAY), usual(days(5, 35, 10, 30, 5, 35, 10, 30), MONDAY)
    assert even is not None
    assert uneven is not None
    assert even.mean == uneven.mean
    assert uneven.limit(0.001) > even.limit(0.001) + 20


def test_fewer_alerts_are_accepted_by_a_higher_limit_and_shared_among_the_reasons() -> None:
    days_like_it = usual(days(*[20] * 8), MONDAY)
    assert days_like_it is not None
    limits = [
        days_like_it.limit(DaysWatched(owner="care", false_alarms=alarms).probability(reasons))
        for alarms, reasons in ((52, 1), (4, 1), (4, 13), (1, 13))
    ]
    assert limits == sorted(set(limits))
