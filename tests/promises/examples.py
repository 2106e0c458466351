"""Checks, promises and facts of the Claro story, which the tests vary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifier.model.problems import Place
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.promises.assess import FactRow, PromiseFacts
from notifier.promises.compare import ComparedValue
from notifier.promises.records import PromiseRow
from notifier.rules.checked_checks import Check, Tolerance
from tests.support.people import MONDAY

NOW = MONDAY
BILL = datetime(2026, 3, 5, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def price_check(**changes: Any) -> Check:
    """The recurring price promised against the recurring charge."""
    check = Check(
        name="promised-price-vs-billing",
        place=Place("rules/telco/price.yaml"),
        topic="monthly_price",
        topic_type=TopicType.MONEY,
        worse=None,
        against="charge",
        tolerance=Tolerance(share=Decimal("0.005")),
        warn=72 * HOUR,
        owner="billing",
        severity="high",
    )
    return replace(check, **changes)


def callback_check(**changes: Any) -> Check:
    """A promise broken because nothing happened."""
    check = Check(
        name="callback-kept",
        place=Place("rules/care/callback.yaml"),
        topic="callback",
        topic_type=TopicType.TIMESTAMP,
        worse=None,
        kept_when=("stands for conditions that are not evaluated here",),  # type: ignore[arg-type]  # only its presence counts
        warn=4 * HOUR,
        owner="care",
        severity="medium",
    )
    return replace(check, **changes)


def promise(**changes: Any) -> PromiseRow:
    """79,900 COP a month, promised by a salesperson."""
    row = PromiseRow(
        id="P-1",
        customer_id="C-1",
        subject_type="contract",
        subject_id="K-1",
        topic="monthly_price",
        value="79900",
        currency="COP",
        tax_included=None,
        made_at=datetime(2026, 2, 20, 15, tzinfo=UTC),
        made_by="ventas-17",
        source="sales",
        evidence="call 4711",
        state="open",
    )
    return replace(row, **changes)


def amount(value: object, currency: str = "COP", tax_included: bool | None = None) -> ComparedValue:
    """An amount of money."""
    return ComparedValue(type=TopicType.MONEY, value=Decimal(str(value)), currency=currency, tax_included=tax_included)


def value(topic_type: TopicType, content: TopicValue | None) -> ComparedValue:
    """A value that is not money."""
    return ComparedValue(type=topic_type, value=content)


def charge(content: object = 111860, row: str = "X-1", surfaces_at: datetime | None = BILL, **more: Any) -> FactRow:
    """A charge on the contract."""
    return FactRow(entity="charge", id=row, value=amount(content, **more), surfaces_at=surfaces_at)


def facts(*disagreeing: FactRow, members: tuple[FactRow, ...] = (), **changes: Any) -> PromiseFacts:
    """What is known about the promise."""
    found = PromiseFacts(promise_id="P-1", promise=promise(), disagreeing=disagreeing, members=members)
    return replace(found, **changes)
