"""Instants are written in one way for people and in one for programs."""

from datetime import UTC, datetime, timedelta, timezone

from notifier.model.instants import local_minute, minute_text, utc_text

INSTANT = datetime(2026, 3, 5, 15, 0, 30, tzinfo=UTC)


def test_people_read_an_instant_to_the_minute_with_its_zone() -> None:
    assert minute_text(INSTANT) == "2026-03-05 15:00 UTC"
    assert minute_text(INSTANT, "America/Bogota") == "2026-03-05 10:00 America/Bogota"


def test_the_zone_can_be_said_elsewhere() -> None:
    assert local_minute(INSTANT, "America/Bogota") == "2026-03-05 10:00"


def test_programs_read_an_instant_in_utc_that_ends_in_z() -> None:
    assert utc_text(INSTANT) == "2026-03-05T15:00:30Z"
    assert utc_text(INSTANT.astimezone(timezone(timedelta(hours=-5)))) == "2026-03-05T15:00:30Z"


def test_a_fraction_of_a_second_is_kept_for_programs() -> None:
    assert utc_text(INSTANT.replace(microsecond=250_000)) == "2026-03-05T15:00:30.250000Z"
