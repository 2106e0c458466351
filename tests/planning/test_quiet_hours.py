"""When a class of notices may go out at the recipient's place."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifier.model.types import CUSTOMER_CHANNELS, ChannelName, NoticeClass
from notifier.planning.quiet_hours import AllowedIn, hours_for, may_override, next_allowed, opens
from notifier.rules.checked import AllowedHours, AllowedWeek, Policy
from notifier.rules.contact_terms import ContactRules, ContactTerms, TermHours

BOGOTA = "America/Bogota"
DAY = AllowedHours(start=time(8), end=time(20))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-03-02T08:00:00-05:00", "2026-03-02T08:00:00-05:00"),
        ("2026-03-02T19:59:59-05:00", "2026-03-02T19:59:59-05:00"),
        ("2026-03-02T20:00:00-05:00", "2026-03-03T08:00:00-05:00"),
        ("2026-03-02T07:59:59-05:00", "2026-03-02T08:00:00-05:00"),
    ],
)
def test_the_end_of_the_allowed_hours_is_outside(now: str, allowed: str) -> None:
    assert next_allowed(DAY, BOGOTA, at(now)) == at(allowed)


def test_the_morning_after_the_clock_went_forward_is_an_hour_nearer() -> None:
    saturday_night = at("2026-03-28T21:00:00+01:00")
    assert next_allowed(DAY, "Europe/Madrid", saturday_night) == at("2026-03-29T08:00:00+02:00")


def test_hours_may_span_midnight() -> None:
    night = AllowedHours(start=time(22), end=time(6))
    assert next_allowed(night, BOGOTA, at("2026-03-02T02:00:00-05:00")) == at("2026-03-02T02:00:00-05:00")
    assert next_allowed(night, BOGOTA, at("2026-03-02T12:00:00-05:00")) == at("2026-03-02T22:00:00-05:00")


def test_safety_knows_no_quiet_hours() -> None:
    now = at("2026-03-02T03:00:00-05:00")
    hours = hours_for(Policy(), "CO", NoticeClass.SAFETY, ChannelName.SMS)
    assert next_allowed(hours, BOGOTA, now) == now


@pytest.mark.parametrize("class_", [each for each in NoticeClass if each is not NoticeClass.SAFETY])
@pytest.mark.parametrize("channel", ChannelName)
def test_without_a_policy_all_classes_but_safety_speak_from_eight_to_twenty(
    class_: NoticeClass, channel: ChannelName
) -> None:
    assert hours_for(Policy(), "CO", class_, channel) == DAY


def test_the_nearest_policy_wins() -> None:
    of_country, of_channel, of_all = (AllowedHours(start=time(hour), end=time(18)) for hour in (9, 10, 11))
    policy = Policy(
        hours={
            ("CO", NoticeClass.SERVICE, "*"): of_country,
            ("CO", NoticeClass.SERVICE, "sms"): of_channel,
            ("*", NoticeClass.SERVICE, "*"): of_all,
        }
    )
    assert hours_for(policy, "CO", NoticeClass.SERVICE, ChannelName.SMS) == of_channel
    assert hours_for(policy, "CO", NoticeClass.SERVICE, ChannelName.EMAIL) == of_country
    assert hours_for(policy, "ES", NoticeClass.SERVICE, ChannelName.EMAIL) == of_all
    assert hours_for(policy, "ES", NoticeClass.BILLING, ChannelName.EMAIL) == DAY


WEEK = AllowedIn(week=AllowedWeek(hours="Mo-Fr 08:00-20:00; Sa 09:00-14:00; PH off"), country="CO")


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-03-06T19:59:00-05:00", "2026-03-06T19:59:00-05:00"),  # Friday
        ("2026-03-06T20:00:00-05:00", "2026-03-07T09:00:00-05:00"),
        ("2026-03-07T14:00:00-05:00", "2026-03-09T08:00:00-05:00"),  # over Sunday
        ("2026-03-08T12:00:00-05:00", "2026-03-09T08:00:00-05:00"),
        ("2026-03-21T14:00:00-05:00", "2026-03-24T08:00:00-05:00"),  # the Monday is a holiday
        ("2026-04-01T21:00:00-05:00", "2026-04-04T09:00:00-05:00"),  # Holy Thursday and Good Friday
        ("2026-12-31T21:00:00-05:00", "2027-01-02T09:00:00-05:00"),  # into another year
    ],
)
def test_hours_by_weekday_wait_for_the_next_allowed_day(now: str, allowed: str) -> None:
    assert next_allowed(WEEK, BOGOTA, at(now)) == at(allowed)


def test_a_weekend_with_a_change_of_the_clocks_is_an_hour_shorter_or_longer() -> None:
    week = AllowedIn(week=AllowedWeek(hours="Mo-Fr 08:00-20:00"), country="ES")
    spring, autumn = at("2026-03-27T20:00:00+01:00"), at("2026-10-23T20:00:00+02:00")
    assert next_allowed(week, "Europe/Madrid", spring) - spring == timedelta(hours=59)
    assert next_allowed(week, "Europe/Madrid", autumn) - autumn == timedelta(hours=61)


def test_a_decreed_day_is_a_holiday_of_its_country() -> None:
    policy = Policy(
        hours={("*", NoticeClass.SERVICE, "*"): AllowedWeek(hours="Mo-Su 08:00-20:00; PH off")},
        decreed={"CO": (date(2026, 3, 6),)},
    )
    night = at("2026-03-05T21:00:00-05:00")
    openings = [
        next_allowed(hours_for(policy, country, NoticeClass.SERVICE, ChannelName.SMS), BOGOTA, night)
        for country in ("CO", "MX")
    ]
    assert openings == [at("2026-03-07T08:00:00-05:00"), at("2026-03-06T08:00:00-05:00")]


@pytest.mark.parametrize(("state", "day"), [("SP", 10), ("RJ", 9), (None, 9)])
def test_a_holiday_of_a_state_closes_that_state_alone(state: str | None, day: int) -> None:
    """On 9 July São Paulo remembers 1932."""
    hours = "Mo-Su 08:00-20:00; PH off"
    night, opening = at("2026-07-08T21:00:00-03:00"), at(f"2026-07-{day:02}T08:00:00-03:00")
    for_all, sms, of = ("*", NoticeClass.SERVICE, "*"), ChannelName.SMS, NoticeClass.SERVICE
    own = hours_for(Policy(hours={for_all: AllowedWeek(hours=hours)}), "BR", of, sms, state)
    assert next_allowed(own, "America/Sao_Paulo", night) == opening
    law = ContactRules(terms={("*", of, sms): ContactTerms(hours=(TermHours(hours=hours),))})
    assert opens(Policy(contact=law), "BR", of, sms, "America/Sao_Paulo", night, state) == opening


def test_an_opening_time_that_the_clock_shows_twice_counts_once() -> None:
    early = AllowedHours(start=time(2, 30), end=time(20))
    second_time_a_quarter_past_two = at("2026-10-25T02:15:00+01:00")
    assert next_allowed(early, "Europe/Madrid", second_time_a_quarter_past_two) == at("2026-10-25T02:30:00+01:00")


@pytest.mark.parametrize("zone", ["America/Bogota", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe"])
def test_the_next_allowed_instant_is_the_first_at_which_the_clock_lies_in_the_hours(zone: str) -> None:
    chance = random.Random(zone)
    hours = "Mo-Fr 08:00-12:00,14:00-20:00; Sa 22:00-24:00; Su 00:00-01:00"
    week = AllowedIn(week=AllowedWeek(hours=hours), country="CO")

    def is_allowed(instant: datetime) -> bool:
        local = instant.astimezone(ZoneInfo(zone))
        hour = local.hour
        match local.weekday():
            case 5:
                return hour >= 22
            case 6:
                return hour < 1
            case _:
                return 8 <= hour < 12 or 14 <= hour < 20

    for begin in ("2026-03-05", "2026-03-26", "2026-04-02", "2026-10-22", "2026-10-30"):
        for _ in range(20):
            now = at(f"{begin}T00:00:00+00:00") + timedelta(minutes=15 * chance.randrange(500))
            later = (now + quarters * timedelta(minutes=15) for quarters in range(1000))
            expected = next(instant for instant in later if is_allowed(instant))
            assert next_allowed(week, zone, now) == expected


@pytest.mark.parametrize(
    ("country", "notice_class", "passes"),
    [
        ("CO", NoticeClass.SERVICE, True),
        ("CO", NoticeClass.BILLING, False),
        ("EC", NoticeClass.SERVICE, False),
    ],
)
def test_a_late_sms_passes_where_the_policy_says_so_for_every_country_but_those_with_hours(
    country: str, notice_class: NoticeClass, passes: bool
) -> None:
    policy = Policy(overridden=(("*", NoticeClass.SERVICE, "*"),))
    assert may_override(policy, country, notice_class, ChannelName.SMS) is passes


def test_a_country_with_hours_for_all_sms_may_be_named_by_itself() -> None:
    policy = Policy(overridden=(("EC", NoticeClass.SERVICE, "sms"),))
    assert may_override(policy, "EC", NoticeClass.SERVICE, ChannelName.SMS)


@pytest.mark.parametrize("notice_class", [NoticeClass.COLLECTIONS, NoticeClass.MARKETING])
def test_hours_that_are_law_are_overridden_on_no_channel(notice_class: NoticeClass) -> None:
    policy = Policy(overridden=(("*", notice_class, "*"),))
    assert not any(may_override(policy, "CO", notice_class, channel) for channel in CUSTOMER_CHANNELS)
    assert may_override(Policy(), "CO", NoticeClass.BILLING, ChannelName.EMAIL)
