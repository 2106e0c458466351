"""Sums are exact, and an error where 64 bits of the smallest place cannot hold them; they never abort a statement."""

import random
from decimal import Decimal

import pytest
import sqlalchemy as sa

from notifier.evaluation.dialects import INT64
from notifier.evaluation.emitter import Emitter
from notifier.model.problems import Place
from notifier.rules.conditions import Scope, parse_value
from tests.evaluation.state import SCHEMA, add

LARGEST = Decimal("99999999999999.9999")
"""The values that an amount can have."""
PLACE = Decimal("0.0001")


def summed(db: sa.Connection, amounts: list[Decimal], text: str) -> Decimal | None:
    add(db, "customer", {"id": "C-1"})
    if amounts:
        add(db, "order", *({"id": f"O-{n}", "total": one, "currency": "COP"} for n, one in enumerate(amounts)))
    emitter = Emitter(SCHEMA, {"customer": "customer"})
    value = emitter.value(parse_value(text, Scope(SCHEMA, {"customer": "customer"}), Place("a sum")))
    return db.scalar(sa.select(value).select_from(emitter.from_clause()))


@pytest.mark.parametrize("text", ["customer.orders.sum(o, o.total)", "customer.orders.sum(o, o.total + o.total)"])
@pytest.mark.parametrize("seed", range(6))
def test_a_sum_is_exact_for_amounts_of_any_size_and_sign(db: sa.Connection, text: str, seed: int) -> None:
    chance = random.Random(seed)
    limit = 10 ** chance.choice([3, 10, 17])
    amounts = [chance.randint(-limit, limit) * PLACE for _ in range(chance.choice([0, 1, 7, 40]))]
    times = 2 if "+" in text else 1
    assert summed(db, amounts, text) == times * sum(amounts, Decimal(0))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_that_does_not_fit_is_an_error(db: sa.Connection, sign: int) -> None:
    nine = [sign * LARGEST] * 9
    assert summed(db, nine, "customer.orders.sum(o, o.total)") == sign * LARGEST * 9
    db.rollback()
    assert summed(db, [*nine, sign * LARGEST], "customer.orders.sum(o, o.total)") is None


def test_the_largest_and_the_smallest_that_fit_are_sums(db: sa.Connection) -> None:
    for whole, fits in ((INT64, True), (INT64 + 1, False), (-INT64 - 1, True), (-INT64 - 2, False)):
        amount = whole * PLACE
        rest = amount - 9 * LARGEST * (1 if whole > 0 else -1)
        found = summed(db, [*([LARGEST if whole > 0 else -LARGEST] * 9), rest], "customer.orders.sum(o, o.total)")
        assert found == (amount if fits else None)
        db.rollback()


def test_a_sum_without_one_of_its_values_is_an_error(db: sa.Connection) -> None:
    add(db, "order", {"id": "O-9", "customer_id": "C-1"})
    assert summed(db, [Decimal(1)], "customer.orders.sum(o, o.total)") is None
