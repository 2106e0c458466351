"""Values of topics: what is written is understood or refused with a sentence, and has one canonical text."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.model.durations import duration_text, parse_duration
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.values import canonical, parse_canonical, parse_value, stored

NOON = datetime(2026, 3, 5, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("topic_type", "raw", "currency", "value", "text"),
    [
        (TopicType.MONEY, "79900.00", "COP", Decimal(79900), "79900"),
        (TopicType.MONEY, Decimal("7.99E+4"), "COP", Decimal(79900), "79900"),
        (TopicType.MONEY, "-0.00", "USD", Decimal(0), "0"),
        (TopicType.MONEY, "1.250", "KWD", Decimal("1.25"), "1.25"),
        (TopicType.NUMBER, 30, None, Decimal(30), "30"),
        (TopicType.NUMBER, " 0.5 ", None, Decimal("0.5"), "0.5"),
        (TopicType.TEXT, "  fibre 200 ", None, "fibre 200", "fibre 200"),
        (TopicType.BOOL, "TRUE", None, True, "true"),
        (TopicType.BOOL, False, None, False, "false"),
        (TopicType.TIMESTAMP, "2026-03-05T10:00:00-05:00", None, NOON, "2026-03-05T15:00:00Z"),
        (TopicType.TIMESTAMP, NOON, None, NOON, "2026-03-05T15:00:00Z"),
        (TopicType.DATE, "2026-12-24", None, "2026-12-24", "2026-12-24"),
        (TopicType.DATE, date(2026, 12, 24), None, "2026-12-24", "2026-12-24"),
        (TopicType.DURATION, "48h", None, Decimal(172800), "172800s"),
        (TopicType.DURATION, timedelta(minutes=1, milliseconds=500), None, Decimal("60.5"), "60.5s"),
    ],
)
def test_what_is_written_becomes_a_value_with_one_canonical_text(
    topic_type: TopicType, raw: object, currency: str | None, value: TopicValue, text: str
) -> None:
    assert parse_value(topic_type, raw, currency) == value
    assert canonical(topic_type, value) == text
    assert parse_canonical(topic_type, text) == value


@pytest.mark.parametrize(
    ("topic_type", "raw", "currency", "sentence"),
    [
        (TopicType.MONEY, "79900", None, "an amount of money needs its currency, for example COP"),
        (TopicType.MONEY, "79900", "PESO", "'PESO' is not a currency; use its ISO 4217 code, for example COP or USD"),
        (TopicType.MONEY, "$79.900,50", "COP", "'$79.900,50' is not a plain number"),
        (TopicType.MONEY, "79.900", "COP", "write 79900 for thousands, or 79.9 for a fraction"),
        (TopicType.MONEY, "0.00001", "COP", "0.00001 has more than 4 decimals"),
        (TopicType.MONEY, "100000000000000", "COP", "is too large"),
        (TopicType.NUMBER, True, None, "'true' is not a number"),
        (TopicType.NUMBER, "nan", None, "'nan' is not a plain number"),
        (TopicType.NUMBER, Decimal("NaN"), None, "NaN is not a number"),
        (TopicType.NUMBER, "1" * 5000, None, "is too large"),
        (TopicType.TEXT, "  ", None, "the text is empty"),
        (TopicType.BOOL, "si", None, "'si' is neither true nor false"),
        (TopicType.TIMESTAMP, "2026-03-05T10:00:00", None, "has no time zone"),
        (TopicType.TIMESTAMP, "tomorrow", None, "'tomorrow' is not an instant"),
        (TopicType.DATE, "2026-02-30", None, "'2026-02-30' is not a date"),
        (TopicType.DATE, NOON, None, "is an instant, not a date"),
        (TopicType.DURATION, "2 weeks", None, "'2 weeks' is not a duration"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(
    topic_type: TopicType, raw: object, currency: str | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_value(topic_type, raw, currency)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("topic_type", "value"),
    [(TopicType.BOOL, Decimal(1)), (TopicType.MONEY, True), (TopicType.TIMESTAMP, NOON.replace(tzinfo=None))],
)
def test_a_value_of_another_type_has_no_canonical_text(topic_type: TopicType, value: TopicValue) -> None:
    with pytest.raises(ValueError, match="is no value of type"):
        canonical(topic_type, value)


def test_the_promise_table_keeps_a_form_that_sql_compares() -> None:
    assert stored(TopicType.MONEY, Decimal("79900.00")) == {
        "value": "79900",
        "value_number": Decimal(79900),
        "value_at": None,
        "value_until": None,
    }
    assert stored(TopicType.TIMESTAMP, NOON)["value_at"] == NOON
    assert stored(TopicType.BOOL, True) == {
        "value": "true",
        "value_number": None,
        "value_at": None,
        "value_until": None,
    }


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_amounts_are_equal_exactly_when_their_canonical_texts_are(value: Decimal) -> None:
    text = canonical(TopicType.MONEY, value)
    assert parse_canonical(TopicType.MONEY, text) == value
    assert canonical(TopicType.MONEY, parse_canonical(TopicType.MONEY, text)) == text


@given(st.integers(-(10**12), 10**12))
def test_durations_are_read_back_from_their_shortest_text(milliseconds: int) -> None:
    value = timedelta(milliseconds=milliseconds)
    assert parse_duration(duration_text(value)) == value
