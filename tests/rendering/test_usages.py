"""Money, numbers and times by country: pinned here, so that another Babel changes no text."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale

from notifier.rendering import formats
from notifier.rendering.formats import format_date, format_datetime, format_money, format_number, format_time, locale_of

AFTERNOON = datetime(2026, 3, 5, 20, 5, tzinfo=UTC)
COUNTRIES = [
    # locale, own currency, of 79900, of 79900.5, of 12.5 USD, a number, a clock in Bogota
    ("es-CO", "COP", "$79.900", "$79.900,50", "US$12,50", "1.234,5", "3:05 p. m."),
    ("es-MX", "MXN", "$79,900.00", "$79,900.50", "USD 12.50", "1,234.5", "3:05 p.m."),
    ("es-AR", "ARS", "$79.900,00", "$79.900,50", "US$12,50", "1.234,5", "15:05"),
    ("es-CL", "CLP", "$79.900", "$79.900,5", "US$12,50", "1.234,5", "15:05"),
    ("es-PE", "PEN", "S/ 79,900.00", "S/ 79,900.50", "USD 12.50", "1,234.5", "3:05 p. m."),
    ("es-ES", "EUR", "79.900,00 €", "79.900,50 €", "12,50 US$", "1.234,5", "15:05"),
    ("es-US", "USD", "$79,900.00", "$79,900.50", "$12.50", "1,234.5", "3:05 p.m."),
    ("en-US", "USD", "$79,900.00", "$79,900.50", "$12.50", "1,234.5", "3:05 PM"),
    ("pt-BR", "BRL", "R$ 79.900,00", "R$ 79.900,50", "US$ 12,50", "1.234,5", "15:05"),
    ("en-GB", "GBP", "£79,900.00", "£79,900.50", "US$12.50", "1,234.5", "15:05"),
]


def known(name: str) -> Locale:
    locale = locale_of(name)
    assert locale is not None
    return locale


@pytest.mark.parametrize(("locale", "currency", "whole", "broken", "dollars", "number", "clock"), COUNTRIES)
def test_a_country_writes_money_numbers_and_times_in_its_way(
    locale: str, currency: str, whole: str, broken: str, dollars: str, number: str, clock: str
) -> None:
    reader = known(locale)
    assert format_money(Decimal(79_900), currency, reader) == whole
    assert format_money(Decimal("79900.5"), currency, reader) == broken
    assert format_money(Decimal("-79900.5"), currency, reader).count("-") == 1
    assert format_money(Decimal("12.5"), "USD", reader) == dollars
    assert format_number(Decimal("1234.50"), reader) == number
    assert format_number(Decimal(-3), reader) == "-3"
    assert format_time(AFTERNOON, "America/Bogota", reader) == clock
    assert format_time(AFTERNOON, "America/Bogota", reader, 24) == "15:05"
    assert format_time(AFTERNOON, "America/Bogota", reader, 12).startswith("3:05 ")


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("es-CO", "5 de marzo de 2026", "5 de marzo de 2026, 3:05 p. m."),
        ("es-MX", "5 de marzo de 2026", "5 de marzo de 2026, 3:05 p.m."),
        ("es-AR", "5 de marzo de 2026", "5 de marzo de 2026, 15:05"),
        ("es-CL", "5 de marzo de 2026", "5 de marzo de 2026, 15:05"),
        ("es-PE", "5 de marzo de 2026", "5 de marzo de 2026, 3:05 p. m."),
        ("es-ES", "5 de marzo de 2026", "5 de marzo de 2026, 15:05"),
        ("es-US", "5 de marzo de 2026", "5 de marzo de 2026, 3:05 p.m."),
        ("en-US", "March 5, 2026", "March 5, 2026, 3:05 PM"),
        ("pt-BR", "5 de março de 2026", "5 de março de 2026 15:05"),
        ("en-GB", "5 March 2026", "5 March 2026, 15:05"),
    ],
)
def test_a_country_writes_dates_in_its_way(locale: str, day: str, moment: str) -> None:
    assert format_date(date(2026, 3, 5), known(locale)) == day
    assert format_datetime(AFTERNOON, "America/Bogota", known(locale)) == moment


def test_the_decimals_of_the_peso_do_not_hang_on_the_version_of_babel(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLDR 48 has none for it: `$79.900,5` was printed."""
    monkeypatch.setattr(formats, "get_global", lambda _: {"COP": (0, 0, 0, 0)})
    format_money.cache_clear()
    for locale, expected in (("es-CO", "$79.900,50"), ("es", "79.900,50 COP"), ("en-CA", "COP 79,900.50")):
        assert format_money(Decimal("79900.5"), "COP", known(locale)) == expected
    format_money.cache_clear()


@pytest.mark.parametrize("locale", [country[0] for country in COUNTRIES])
def test_an_amount_whose_currency_nobody_knows_is_a_number(locale: str) -> None:
    """Owners may read it in an alert; customers are told no such amount."""
    assert format_money(Decimal("12.5"), "", known(locale)).replace(",", ".") == "12.50"


@pytest.mark.parametrize("locale", ["es-AR", "es-CL", "es-PY", "es-UY"])
def test_four_countries_have_twenty_four_hours_whatever_babel_says(
    locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "babel_time", lambda *_, **__: pytest.fail("Babel was asked"))
    format_time.cache_clear()
    assert format_time(AFTERNOON, "America/Bogota", known(locale)) == "15:05"


def test_an_hour_around_midnight_and_noon_has_twelve_on_twelve_hours() -> None:
    for instant, expected in (("05:00", "12:00 a. m."), ("17:00", "12:00 p. m."), ("16:59", "11:59 a. m.")):
        moment = datetime.fromisoformat(f"2026-03-05T{instant}:00+00:00")
        assert format_time(moment, "America/Bogota", known("es-CO")) == expected
    assert format_time(datetime(2026, 3, 5, 14, 5, tzinfo=UTC), "America/Bogota", known("es-ES")) == "9:05"
