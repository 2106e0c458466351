"""Region formats: what a reader in Bogotá, Madrid or Boston expects, in characters that an SMS can carry cheaply."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from notifier.rendering.formats import (
    DATE_STYLES,
    DateStyle,
    format_date,
    format_datetime,
    format_duration,
    format_money,
    format_number,
    format_time,
    local_date,
    locale_of,
    zone_of,
)

LOCALES = ["es-CO", "es", "es-MX", "es-AR", "es-PE", "en-US", "en-GB", "pt-BR", "fr-FR"]


def known(name: str) -> Locale:
    locale = locale_of(name)
    assert locale is not None
    return locale


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "expected"),
    [
        ("es-CO", "79900", "COP", "$79.900"),
        ("es-CO", "79900.0000", "COP", "$79.900"),
        ("es-CO", "1234567", "COP", "$1.234.567"),
        ("es-CO", "79900.50", "COP", "$79.900,50"),
        ("es-CO", "-5", "COP", "-$5"),
        ("es-CO", "12", "USD", "US$12,00"),
        ("es", "79900", "COP", "79.900 COP"),
        ("es-ES", "12.5", "EUR", "12,50 €"),
        ("es-MX", "12.5", "MXN", "$12.50"),
        ("en-US", "12.5", "USD", "$12.50"),
        ("en-US", "79900", "COP", "COP 79,900"),
        ("en-US", "12.125", "USD", "$12.125"),
        ("pt-BR", "1234.5", "BRL", "R$ 1.234,50"),
        ("ja-JP", "1200", "JPY", "￥1,200"),
    ],
)
def test_money_is_written_as_its_readers_write_it(locale: str, amount: str, currency: str, expected: str) -> None:
    assert format_money(Decimal(amount), currency, known(locale)) == expected


@pytest.mark.parametrize(
    ("locale", "style", "expected"),
    [
        ("es-CO", "long", "7 de marzo de 2026"),
        ("es-CO", "full", "sábado, 7 de marzo de 2026"),
        ("es-CO", "weekday", "sábado, 7 de marzo"),
        ("es-CO", "short", "7/03/26"),
        ("en-US", "long", "March 7, 2026"),
        ("en-US", "weekday", "Saturday, March 7"),
        ("en-GB", "weekday", "Saturday, 7 March"),
        ("pt-BR", "weekday", "sábado, 7 de março"),
    ],
)
def test_dates_have_four_styles(locale: str, style: DateStyle, expected: str) -> None:
    assert format_date(date(2026, 3, 7), known(locale), style) == expected


def test_an_instant_is_shown_in_its_zone_even_across_a_change_of_clocks() -> None:
    before, after = datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    english = known("en-US")
    assert format_time(before, "America/New_York", english) == "1:30 AM"
    assert format_time(after, "America/New_York", english) == "3:30 AM"
    assert format_datetime(before, "America/Bogota", known("es-CO")) == "8 de marzo de 2026, 1:30 a. m."
    assert local_date(datetime(2026, 3, 8, 3, 0, tzinfo=UTC), "America/Bogota") == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        ("9000", "2 horas y 30 minutos", "2 h 30 min"),
        ("183600", "2 días y 3 horas", "2 d 3 h"),
        ("61", "1 minuto y 1 segundo", "1 min 1 s"),
        ("0", "0 segundos", "0 s"),
        ("-3600", "-1 hora", "-1 h"),
        ("0.5", "0,5 segundos", "0,5 s"),
    ],
)
def test_durations_are_exact(seconds: str, long: str, short: str) -> None:
    assert format_duration(Decimal(seconds), known("es-CO")) == long
    assert format_duration(Decimal(seconds), known("es-CO"), "short") == short


def test_a_locale_that_lacks_a_pattern_still_says_the_unit() -> None:
    assert format_duration(Decimal(172_800), known("pt-BR")) == "2 dias"


def test_an_unknown_pair_falls_back_to_its_language_and_an_unknown_language_to_none() -> None:
    assert known("en-CO").language == "en"
    assert locale_of("xx-YY") is None
    with pytest.raises(ValueError, match="unknown zone 'America/Macondo'"):
        zone_of("America/Macondo")


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False),
    st.sampled_from(["COP", "USD", "EUR", "JPY", "CLP"]),
    st.sampled_from(LOCALES),
)
def test_no_amount_is_rounded_and_no_price_holds_an_exotic_space(amount: Decimal, currency: str, locale: str) -> None:
    written = format_money(amount, currency, known(locale))
    digits = "".join(character for character in written if character.isdigit())
    plain = f"{abs(amount):f}".replace(".", "").lstrip("0").rstrip("0")
    assert digits.strip("0") == plain.strip("0")
    assert not set(written) & set("\u00a0\u202f\u2009")
    number = format_number(amount, known(locale))
    assert "".join(c for c in number if c.isdigit()).strip("0") == plain.strip("0")


@given(
    st.integers(1_577_836_800, 2_051_222_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(LOCALES),
    st.sampled_from(DATE_STYLES),
)
def test_date_and_time_never_hold_an_exotic_space(instant: datetime, locale: str, style: DateStyle) -> None:
    written = format_datetime(instant, "America/Bogota", known(locale), style)
    assert not set(written) & set("\u00a0\u202f\u2009")
    assert format_time(instant, "America/Bogota", known(locale)) in written
