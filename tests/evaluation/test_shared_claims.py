"""Rows that claim the same share one value, and rows that claim something else never do."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from notifier.evaluation.reading import SharedClaims, claim_value
from notifier.model.problems import Place
from notifier.model.types import TopicType, ValueType
from notifier.rules.checked_rules import Claim
from notifier.rules.expressions import Expression

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)


def claim(of: TopicType, name: str = "value") -> Claim:
    currency = Expression(type=ValueType.STRING) if of is TopicType.MONEY else None
    expression = Expression(type=ValueType.STRING)
    place = Place("rules/any.yaml", 1, 1)
    return Claim(name=name, place=place, expression=expression, topic=name, type=of, currency=currency)


def test_the_rows_of_one_incident_share_its_claims() -> None:
    shared, end = SharedClaims(), claim(TopicType.TIMESTAMP, "end")
    first = shared.of(end, AT, None, "America/Bogota")
    assert shared.of(end, datetime.fromisoformat(AT.isoformat()), None, "America/Bogota") is first


@pytest.mark.parametrize(
    ("of", "one", "other"),
    [
        (TopicType.TIMESTAMP, (AT, None, "America/Bogota"), (AT, None, "America/Lima")),
        (TopicType.MONEY, (Decimal(5), "COP", None), (Decimal(5), "USD", None)),
        (TopicType.MONEY, (Decimal(5), "COP", None), (Decimal(5), None, None)),
        (TopicType.TEXT, (1, None, None), (True, None, None)),
        (TopicType.TEXT, ("a", None, None), (None, None, None)),
    ],
)
def test_what_differs_in_anything_is_read_anew(of: TopicType, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    shared, asked = SharedClaims(), claim(of)
    for read in (one, other, one):
        found, alone = shared.of(asked, *read), claim_value(asked, *read)
        assert (found.value, found.currency, found.timezone) == (alone.value, alone.currency, alone.timezone)
        assert type(found.value) is type(alone.value)
