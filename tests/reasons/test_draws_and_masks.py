"""What people read of a week, by lot; and what many people may read, without who wrote it."""

from datetime import UTC, datetime, timedelta

import pytest

from notifier.reasons.draws import drawn, last_week, span_of, week_of
from notifier.reasons.masking import LONGEST, masked

ROWS = [("contact", f"K-{number}") for number in range(200)]


def test_a_draw_is_the_same_whoever_asks_and_another_each_week() -> None:
    chosen = drawn("2026-W10", ROWS)
    assert len(set(chosen)) == 30
    assert chosen == drawn("2026-W10", ROWS[::-1])
    assert chosen != drawn("2026-W11", ROWS)
    assert drawn("2026-W10", ROWS[:4], 30) != ROWS[:4]


def test_every_row_is_drawn_about_as_often() -> None:
    draws = [row for week in range(1000) for row in drawn(str(week), ROWS[:20], 10)]
    assert {draws.count(row) // 100 for row in ROWS[:20]} <= {4, 5}


def test_a_week_begins_and_ends_at_midnight_of_its_zone() -> None:
    begins, ends = span_of("2026-W10", "America/Bogota")
    assert (begins, ends - begins) == (datetime(2026, 3, 2, 5, tzinfo=UTC), timedelta(days=7))
    spring = span_of("2026-W13", "Europe/Madrid")
    assert spring[1] - spring[0] == timedelta(days=6, hours=23)
    assert week_of(begins, "America/Bogota") == "2026-W10"
    assert week_of(begins - timedelta(seconds=1), "America/Bogota") == "2026-W09"
    assert last_week(ends, "America/Bogota") == "2026-W10"


@pytest.mark.parametrize("week", ["2026-10", "2026-W54", "10", "2026-W00"])
def test_what_is_no_week_is_refused(week: str) -> None:
    with pytest.raises(ValueError, match=f"'{week}' is no week"):
        span_of(week, "UTC")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Soy Ana Ruíz, cel 300 123-4567", "Soy [name], cel [number]"),
        ("ana maria escribió a ana@example.com", "[name] maria escribió a [mail]"),
        ("mi cédula 79.123.456 y contrato K-88120", "mi cédula [number] y contrato [number]"),
        ("mire https://x.co/a?b=1 o @ana_r", "mire [link] o [name]"),
        ("3 visitas en 2 días\n y nada", "3 visitas en 2 días y nada"),
    ],
)
def test_who_wrote_it_is_put_aside(text: str, shown: str) -> None:
    assert masked(text, ["Ana Ruiz"]) == shown


def test_an_example_is_short() -> None:
    assert len(masked("palabra " * 100)) <= LONGEST
