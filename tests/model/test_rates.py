"""Rates and their trend: what is said needs an interval, and what cannot be said is not."""

import math

import pytest

from notifier.model.rates import Course, Rate, trend_of


def weeks(*counts: int, base: int = 100) -> list[Rate]:
    return [Rate(count=count, base=base) for count in counts]


def test_a_rate_without_a_base_says_nothing() -> None:
    assert Rate(count=3, base=0).per_hundred is None
    assert Rate(count=3, base=60).per_hundred == 5


@pytest.mark.parametrize(
    ("counts", "course"),
    [
        ((10, 11, 9, 20, 22, 21), Course.RISES),
        ((20, 22, 21, 10, 11, 9), Course.FALLS),
        ((10, 12, 11, 12, 10, 13), Course.STEADY),
        ((1, 2, 1, 3, 2, 4), Course.UNKNOWN),  # 13 people
        ((40, 80), Course.UNKNOWN),  # one week has no spread
        ((5, 40, 5, 40, 5, 55), Course.STEADY),  # the weeks of each half differ more than the halves
    ],
)
def test_a_course_is_said_where_the_interval_shows_it(counts: tuple[int, ...], course: Course) -> None:
    assert trend_of(weeks(*counts)).course is course


def test_the_interval_of_even_weeks_is_wilsons_of_the_later_share() -> None:
    trend = trend_of(weeks(25, 25, 25, 25, 50, 50, 50, 50))
    assert trend.ratio == 2
    assert trend.interval == pytest.approx((1.5741, 2.5412), abs=0.0001)  # 0.6115 to 0.7176 of 300
    assert (trend.earlier, trend.later) == (Rate(count=100, base=400), Rate(count=200, base=400))


def test_more_orders_are_no_rise_and_an_odd_week_or_one_without_orders_is_left_out() -> None:
    steady = [Rate(count=99, base=9), *weeks(10, 10, base=100), Rate(count=5, base=0), *weeks(20, 20, base=200)]
    trend = trend_of(steady)
    assert (trend.weeks, trend.course, trend.ratio) == (4, Course.STEADY, 1)


def test_a_reason_that_is_new_rises_without_an_end() -> None:
    trend = trend_of(weeks(0, 0, 15, 15))
    assert trend.course is Course.RISES
    assert trend.ratio == math.inf
