"""When a class of notices may go out at the recipient's place."""

from datetime import UTC, datetime, time

import pytest

from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.quiet_hours import hours_for, may_override, next_allowed
from notifier.rules.checked import AllowedHours, Policy

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
    assert not any(may_override(policy, "CO", notice_class, channel) for channel in ChannelName)
    assert may_override(Policy(), "CO", NoticeClass.BILLING, ChannelName.EMAIL)
