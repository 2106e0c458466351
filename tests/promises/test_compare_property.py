"""SQL and Python agree, for random values on both sides of every tolerance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.model.problems import Place
from notifier.model.quantities import Quantity
from notifier.model.schema import Schema, entities
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType, ValueType
from notifier.model.values import number_of, seconds, stored
from notifier.model.windows import Window
from notifier.promises.check_query import CheckQuery
from notifier.promises.compare import ComparedValue, disagree
from notifier.rules.checked_checks import Check, Tolerance
from notifier.rules.companions import currency_of, tax_included_of
from notifier.rules.conditions import Scope, parse_path, parse_value
from notifier.store.reader import Reader
from tests.promises.conftest import Worlds
from tests.promises.examples import DAY, NOW, price_check
from tests.promises.world import PromiseWorld

SCHEMA = Schema(entities=entities(), attributes={"charge": {"day": ValueType.DATE}})
SCOPE, PLACE = Scope(SCHEMA, {"charge": "charge"}), Place("rules/test.yaml")
ACTUALS = {
    TopicType.MONEY: "charge.amount",
    TopicType.NUMBER: "charge.amount",
    TopicType.TEXT: "charge.product",
    TopicType.BOOL: "charge.billed",
    TopicType.TIMESTAMP: "charge.bill_at",
    TopicType.DATE: "charge.attributes.day",
    TopicType.DURATION: "charge.period_end - charge.period_start",
    TopicType.PERCENT: "charge.amount",
    TopicType.QUANTITY: "charge.amount",
    TopicType.WINDOW: "charge.bill_at",
    TopicType.OPENING_HOURS: "charge.product",
}
EXAMPLES = 16
"""Of each type of topic, on each database."""


@dataclass(frozen=True)
class Pair:
    """A promise and the charge that it is about."""

    promised: ComparedValue
    actual: ComparedValue


def check_of(topic_type: TopicType, tolerance: Tolerance, worse: str | None) -> Check:
    actual = parse_value(ACTUALS[topic_type], SCOPE, PLACE)
    check = price_check(
        topic_type=topic_type,
        tolerance=tolerance,
        worse=worse,
        against="charge",
        on=(parse_path("charge", SCOPE, PLACE),),
        actual=actual,
    )
    if topic_type is TopicType.QUANTITY:
        return replace(check, unit="Mbit/s")
    if topic_type is TopicType.WINDOW:
        return replace(check, actual_until=parse_value("charge.period_end", SCOPE, PLACE))
    if topic_type is not TopicType.MONEY:
        return check
    currency, tax = currency_of(actual, SCHEMA), tax_included_of(actual, SCHEMA)
    return replace(check, actual_currency=currency, actual_tax_included=tax)


amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=4)
small = st.integers(-3, 3)
shares = st.sampled_from([Decimal(text) for text in ("0.005", "0.1", "0.33333333", "1", "0.00000001")])


@st.composite
def around(draw: st.DrawFn, promised: Decimal, margin: Decimal) -> Decimal:
    """A value at the margin, a few ten-thousandths off it, or anywhere."""
    edge = promised + draw(st.sampled_from([-1, 0, 1])) * margin
    near = edge.quantize(Decimal("0.0001")) + draw(small) * Decimal("0.0001")
    return draw(st.sampled_from([near, promised]) | amounts)


@st.composite
def numbers(draw: st.DrawFn, topic_type: TopicType) -> tuple[Tolerance, list[Pair]]:
    share, width = draw(shares), draw(st.decimals(min_value=0, max_value=500, places=4))
    of_shares = [] if topic_type is TopicType.PERCENT else [Tolerance(share=share)]
    tolerance = draw(
        st.sampled_from(
            [
                Tolerance(),
                *of_shares,
                Tolerance(amount=width, currency="COP" if topic_type is TopicType.MONEY else None),
            ]
        )
    )
    money = topic_type is TopicType.MONEY
    sides: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "currency": st.sampled_from(["COP", "COP", "USD"]) if money else st.none(),
            "tax_included": st.sampled_from([None, None, True, False]) if money else st.none(),
        }
    )
    pairs = []
    for _ in range(draw(st.integers(5, 15))):
        promised = draw(amounts)
        margin = abs(promised) * tolerance.share if tolerance.share is not None else tolerance.amount or Decimal(0)
        actual = draw(around(promised, margin))
        typed: Callable[[Decimal], TopicValue] = (
            (lambda number: Quantity(number, "Mbit/s")) if topic_type is TopicType.QUANTITY else lambda number: number
        )
        pairs.append(
            Pair(
                ComparedValue(type=topic_type, value=typed(promised), **draw(sides)),
                ComparedValue(type=topic_type, value=typed(actual), **draw(sides)),
            )
        )
    return tolerance, pairs


@st.composite
def windows(draw: st.DrawFn) -> tuple[Tolerance, list[Pair]]:
    """Windows around each other, with ends at the tolerance or a microsecond off it."""
    length = timedelta(minutes=draw(st.integers(0, 60)))
    tolerance = Tolerance(duration=draw(st.sampled_from([length, None])))
    margin = tolerance.duration or 0 * DAY

    def shifted(instant: datetime) -> datetime:
        edge = instant + draw(st.sampled_from([-1, 0, 1])) * margin + timedelta(microseconds=draw(small))
        return draw(st.sampled_from([instant, edge, instant + DAY]))

    pairs = []
    for _ in range(draw(st.integers(5, 15))):
        promised = Window(NOW, NOW + timedelta(hours=draw(st.integers(0, 24))))
        first, second = sorted([shifted(promised.starts_at), shifted(promised.ends_at)])
        pairs.append(
            Pair(
                ComparedValue(type=TopicType.WINDOW, value=promised),
                ComparedValue(type=TopicType.WINDOW, value=Window(first, second)),
            )
        )
    return tolerance, pairs


@st.composite
def instants(draw: st.DrawFn, topic_type: TopicType) -> tuple[Tolerance, list[Pair]]:
    """Instants and lengths of time, to the microsecond; lengths are promised in tenths of milliseconds."""
    length = timedelta(milliseconds=draw(st.integers(0, 10_000_000)))
    as_share = topic_type is TopicType.DURATION and draw(st.booleans())
    tolerance = Tolerance(share=draw(shares)) if as_share else Tolerance(duration=draw(st.sampled_from([length, None])))
    pairs = []
    for _ in range(draw(st.integers(5, 15))):
        promised = timedelta(microseconds=100 * draw(st.integers(-(10**9), 10**9)))
        margin = (
            abs(promised) * float(tolerance.share) if tolerance.share is not None else tolerance.duration or 0 * DAY
        )
        edge = promised + draw(st.sampled_from([-1, 0, 1])) * margin + timedelta(microseconds=draw(small))
        actual = draw(st.sampled_from([promised, edge, None]))
        typed: Callable[[timedelta], TopicValue] = (
            seconds if topic_type is TopicType.DURATION else lambda past: NOW + past
        )
        pairs.append(
            Pair(
                ComparedValue(type=topic_type, value=typed(promised)),
                ComparedValue(type=topic_type, value=None if actual is None else typed(actual)),
            )
        )
    return tolerance, pairs


texts = st.sampled_from(["fibre 200", "Fibre 200", "fibre 200 ", "ñandú", "nandu", "a|b", "a\nb", "'"])
days = st.sampled_from(["2026-12-24", "2026-12-31", "2027-01-01", "2026-12-23"])
hours = st.sampled_from(["Mo-Fr 09:00-18:00", "24/7", "Mo-Sa 09:00-18:00; PH off", "Su off"])
"""No two of them mean the same: of those SQL may find more than disagree."""
plain = {
    TopicType.TEXT: texts | st.none(),
    TopicType.BOOL: st.booleans(),
    TopicType.DATE: days | st.none(),
    TopicType.OPENING_HOURS: hours | st.none(),
}


@st.composite
def others(draw: st.DrawFn, topic_type: TopicType) -> tuple[Tolerance, list[Pair]]:
    values = plain[topic_type]
    known = values.filter(lambda value: value is not None)
    pairs = [
        Pair(ComparedValue(type=topic_type, value=draw(known)), ComparedValue(type=topic_type, value=draw(values)))
        for _ in range(draw(st.integers(5, 15)))
    ]
    return Tolerance(), pairs


def cases(topic_type: TopicType) -> st.SearchStrategy[tuple[Tolerance, list[Pair]]]:
    match topic_type:
        case TopicType.WINDOW:
            return windows()
        case TopicType.MONEY | TopicType.NUMBER | TopicType.PERCENT | TopicType.QUANTITY:
            return numbers(topic_type)
        case TopicType.TIMESTAMP | TopicType.DURATION:
            return instants(topic_type)
        case _:
            return others(topic_type)


def found_by_sql(world: PromiseWorld, check: Check, pairs: Sequence[Pair]) -> set[str]:
    """The promises that the statement finds contradicted; the transaction is rolled back."""
    promises = [_promise(number, pair.promised) for number, pair in enumerate(pairs)]
    charges = [_charge(number, pair.actual) for number, pair in enumerate(pairs)]
    with world.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(sa.insert(entities()["promise"].table), promises)
        connection.execute(sa.insert(entities()["charge"].table), charges)
        rows = Reader(connection, live=False).rows(
            CheckQuery(check, SCHEMA).disagreeing(), {"now": NOW, "promises": [row["id"] for row in promises]}
        )
        found = {row.promise_id for row in rows}
        transaction.rollback()
    return found


def _promise(number: int, promised: ComparedValue) -> dict[str, Any]:
    assert promised.value is not None
    return {
        "id": f"P-{number}",
        "subject_type": "charge",
        "subject_id": f"X-{number}",
        "topic": "monthly_price",
        "made_at": NOW - DAY,
        "source": "sales",
        "state": "open",
        "currency": promised.currency,
        "tax_included": promised.tax_included,
        **stored(promised.type, promised.value),
    }


def _charge(number: int, actual: ComparedValue) -> dict[str, Any]:
    value = actual.value
    start = datetime(2026, 1, 1, tzinfo=UTC)
    row: dict[str, Any] = {
        "id": f"X-{number}",
        "customer_id": "C-1",
        "kind": "recurring",
        "proration": False,
        "billed": value is True,
        "amount": Decimal(0) if actual.type is TopicType.DURATION else number_of(value) or Decimal(0),
        "currency": actual.currency or "COP",
        "tax_included": actual.tax_included,
        "product": value if actual.type in (TopicType.TEXT, TopicType.OPENING_HOURS) else None,
        "bill_at": value if actual.type is TopicType.TIMESTAMP else None,
        "attributes": {"day": value} if actual.type is TopicType.DATE and value is not None else None,
        "period_start": start,
        "period_end": None,
    }
    if isinstance(value, Window):
        row |= {"bill_at": value.starts_at, "period_end": value.ends_at}
    if actual.type is TopicType.DURATION and isinstance(value, Decimal):
        row["period_end"] = start + timedelta(microseconds=int(value * 1_000_000))
    return row


@pytest.mark.parametrize("topic_type", TopicType)
def test_sql_and_python_agree_on_what_disagrees(worlds: Worlds, topic_type: TopicType) -> None:
    world = worlds()
    seen = {True: 0, False: 0}

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=cases(topic_type), worse=st.sampled_from([None, "higher", "lower"]))
    def examine(case: tuple[Tolerance, list[Pair]], worse: str | None) -> None:
        tolerance, pairs = case
        check = check_of(topic_type, tolerance, worse)
        expected = {f"P-{number}" for number, pair in enumerate(pairs) if disagree(check, pair.promised, pair.actual)}
        found = found_by_sql(world, check, pairs)
        if topic_type is TopicType.OPENING_HOURS and worse is not None:
            assert expected <= found, "SQL sees that two texts differ, not whose hours are longer"
        else:
            assert found == expected
        seen[True] += len(expected)
        seen[False] += len(pairs) - len(expected)

    examine()
    assert min(seen.values()) >= EXAMPLES // 5, f"both answers must be tried: {seen}"


def test_a_date_with_a_tolerance_is_never_left_out(worlds: Worlds) -> None:
    world = worlds()
    check = check_of(TopicType.DATE, Tolerance(duration=7 * DAY), None)
    pairs = [
        Pair(ComparedValue(type=TopicType.DATE, value="2026-12-24"), ComparedValue(type=TopicType.DATE, value=day))
        for day in ("2026-12-24", "2026-12-31", "2027-01-01", "2026-12-16")
    ]
    expected = {f"P-{number}" for number, pair in enumerate(pairs) if disagree(check, pair.promised, pair.actual)}
    assert expected == {"P-2", "P-3"}
    assert expected <= found_by_sql(world, check, pairs)


@pytest.mark.parametrize("actual", ["99999999999999.9999", "-99999999999999.9999"])
def test_amounts_that_do_not_fit_into_64_bits_with_their_tolerance_are_never_left_out(
    worlds: Worlds, actual: str
) -> None:
    world = worlds()
    check = check_of(TopicType.MONEY, Tolerance(share=Decimal("0.00000001")), None)
    pairs = [
        Pair(
            ComparedValue(type=TopicType.MONEY, value=Decimal(99999999999998), currency="COP"),
            ComparedValue(type=TopicType.MONEY, value=Decimal(actual), currency="COP"),
        )
    ]
    expected = {"P-0"} if actual.startswith("-") else set()
    assert {f"P-{n}" for n, pair in enumerate(pairs) if disagree(check, pair.promised, pair.actual)} == expected
    assert expected <= found_by_sql(world, check, pairs)
