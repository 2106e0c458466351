"""Comparing promise and fact: what agrees, what disagrees, and what is exactly at the tolerance."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from notifier.model.types import TopicType
from notifier.promises.compare import ComparedValue, disagree
from notifier.rules.checked_checks import Tolerance
from tests.promises.examples import amount, price_check, value

NINE = datetime(2026, 3, 5, 14, tzinfo=UTC)
QUARTER = Tolerance(duration=timedelta(minutes=15))


@pytest.mark.parametrize(
    ("actual", "contradicts"),
    [("80299.5", False), ("80299.5001", True), ("79500.5", False), ("79500.4999", True), ("79900.0000", False)],
)
def test_a_share_of_the_promised_value_is_allowed_to_the_last_decimal(actual: str, contradicts: bool) -> None:
    assert disagree(price_check(), amount(79900), amount(actual)) is contradicts


@pytest.mark.parametrize(("actual", "contradicts"), [("-100.5", False), ("-100.5001", True), ("-99.4999", True)])
def test_the_share_of_a_negative_promise_is_as_wide_as_of_a_positive_one(actual: str, contradicts: bool) -> None:
    assert disagree(price_check(), amount(-100), amount(actual)) is contradicts


@pytest.mark.parametrize(("actual", "contradicts"), [("80000", False), ("80000.0001", True), ("79799.9999", True)])
def test_an_amount_is_allowed_to_the_last_decimal(actual: str, contradicts: bool) -> None:
    check = price_check(tolerance=Tolerance(amount=Decimal(100), currency="COP"))
    assert disagree(check, amount(79900), amount(actual)) is contradicts


def test_a_tolerance_in_another_currency_than_the_promise_allows_nothing() -> None:
    check = price_check(tolerance=Tolerance(amount=Decimal(100), currency="COP"))
    assert disagree(check, amount(20, "USD"), amount("20.01", "USD"))
    assert not disagree(check, amount(20, "USD"), amount(20, "USD"))


@pytest.mark.parametrize("worse", [None, "higher", "lower"])
def test_different_currencies_always_disagree(worse: str | None) -> None:
    assert disagree(price_check(worse=worse), amount(79900, "COP"), amount(79900, "USD"))
    assert disagree(price_check(worse=worse), amount(79900, "COP"), amount(1, "USD"))


@pytest.mark.parametrize("worse", [None, "higher", "lower"])
def test_tax_that_is_included_on_one_side_only_always_disagrees(worse: str | None) -> None:
    check = price_check(worse=worse)
    assert disagree(check, amount(79900, tax_included=True), amount(79900, tax_included=False))
    assert disagree(check, amount(79900, tax_included=False), amount(79900, tax_included=True))


@pytest.mark.parametrize("known", [True, False])
def test_tax_that_is_not_known_on_one_side_is_no_difference(known: bool) -> None:
    assert not disagree(price_check(), amount(79900), amount(79900, tax_included=known))
    assert not disagree(price_check(), amount(79900, tax_included=known), amount(79900))


@pytest.mark.parametrize(
    ("worse", "lower_contradicts", "higher_contradicts"),
    [("higher", False, True), ("lower", True, False), (None, True, True)],
)
def test_only_the_worse_side_contradicts(worse: str | None, lower_contradicts: bool, higher_contradicts: bool) -> None:
    check = price_check(worse=worse)
    assert disagree(check, amount(79900), amount(60000)) is lower_contradicts
    assert disagree(check, amount(79900), amount(111860)) is higher_contradicts


def test_a_fact_that_is_not_known_contradicts_nothing() -> None:
    assert not disagree(price_check(), amount(79900), ComparedValue(type=TopicType.MONEY, value=None, currency="USD"))


@pytest.mark.parametrize(
    ("topic_type", "changes", "promised", "actual", "contradicts"),
    [
        (TopicType.NUMBER, {"tolerance": Tolerance(amount=Decimal(5))}, Decimal(200), Decimal(195), False),
        (TopicType.NUMBER, {"tolerance": Tolerance(amount=Decimal(5))}, Decimal(200), Decimal("194.9999"), True),
        (TopicType.NUMBER, {"tolerance": Tolerance()}, Decimal(200), Decimal("200.0001"), True),
        (TopicType.TEXT, {"tolerance": Tolerance()}, "fibre 200", "fibre 200", False),
        (TopicType.TEXT, {"tolerance": Tolerance()}, "fibre 200", "Fibre 200", True),
        (TopicType.BOOL, {"tolerance": Tolerance()}, True, True, False),
        (TopicType.BOOL, {"tolerance": Tolerance()}, True, False, True),
        (TopicType.BOOL, {"tolerance": Tolerance(), "worse": "higher"}, True, False, True),
        (TopicType.TIMESTAMP, {"tolerance": QUARTER}, NINE, NINE + timedelta(minutes=15), False),
        (TopicType.TIMESTAMP, {"tolerance": QUARTER}, NINE, NINE + timedelta(minutes=15, microseconds=1), True),
        (TopicType.TIMESTAMP, {"tolerance": QUARTER, "worse": "higher"}, NINE, NINE - timedelta(days=1), False),
        (TopicType.DATE, {"tolerance": Tolerance()}, "2026-12-24", "2026-12-24", False),
        (TopicType.DATE, {"tolerance": Tolerance()}, "2026-12-24", "2026-12-25", True),
        (TopicType.DATE, {"tolerance": Tolerance(duration=timedelta(days=7))}, "2026-12-24", "2026-12-31", False),
        (TopicType.DATE, {"tolerance": Tolerance(duration=timedelta(days=7))}, "2026-12-24", "2027-01-01", True),
        (TopicType.DATE, {"tolerance": Tolerance(), "worse": "higher"}, "2026-12-24", "2026-12-20", False),
        (TopicType.DURATION, {"tolerance": QUARTER}, Decimal(3600), Decimal(4500), False),
        (TopicType.DURATION, {"tolerance": QUARTER}, Decimal(3600), Decimal("4500.0001"), True),
        (TopicType.DURATION, {"tolerance": Tolerance(share=Decimal("0.5"))}, Decimal(3600), Decimal(5400), False),
        (TopicType.DURATION, {"tolerance": Tolerance(), "worse": "higher"}, Decimal(3600), Decimal(60), False),
    ],
)
def test_every_type_of_topic_is_compared_in_its_own_unit(
    topic_type: TopicType, changes: dict[str, Any], promised: Any, actual: Any, contradicts: bool
) -> None:
    check = price_check(topic_type=topic_type, **changes)
    assert disagree(check, value(topic_type, promised), value(topic_type, actual)) is contradicts


@pytest.mark.parametrize(
    ("side", "identity", "sentence"),
    [
        (amount("79900.00", tax_included=True), "79900 COP tax included", "79900 COP"),
        (amount("33.333333333", "USD"), "33.3333 USD", "33.3333 USD"),
        (value(TopicType.DURATION, Decimal(5400)), "5400s", "1h30m"),
        (value(TopicType.TIMESTAMP, NINE), "2026-03-05T14:00:00Z", "2026-03-05T14:00:00Z"),
        (value(TopicType.BOOL, False), "false", "false"),
        (value(TopicType.TEXT, None), "", "nothing"),
    ],
)
def test_a_value_has_one_identity_and_a_sentence_for_people(side: ComparedValue, identity: str, sentence: str) -> None:
    assert side.identity == identity
    assert side.sentence == sentence
