"""What a statement of a check found, as values: amounts, windows, truths, and the rows of a sum."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

from notifier.model.contradictions import Summand
from notifier.model.quantities import Quantity
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.values import canonical, seconds
from notifier.model.windows import Window
from notifier.promises.compare import stored_amount
from notifier.rules.checked_checks import Check
from notifier.rules.expressions import Expression


def summands_of(listed: str | None, actual: Expression | None) -> tuple[Summand, ...]:
    """The rows of a `RowList`, by id."""
    if listed is None or actual is None:
        return ()
    rows = {row: (number, currency, tax) for row, number, currency, tax in json.loads(listed)}
    return tuple(
        Summand(
            id=row,
            amount=decimal_text(number, actual.scale),
            currency=currency or None,
            tax_included=truth_of(included),
        )
        for row, (number, currency, included) in sorted(rows.items())
    )


def decimal_text(number: int | str | None, scale: int) -> str | None:
    """The text of one number of a `RowList`: as an integer, it has as many decimals as `scale` says."""
    if number is None:
        return None
    exact = Decimal(number).scaleb(-scale) if isinstance(number, int) else Decimal(number)
    return canonical(TopicType.NUMBER, stored_amount(exact))


def truth_of(stored: object) -> bool | None:
    """A truth as either database gives it; None where it is not known."""
    return None if stored is None else bool(stored)


def typed(check: Check, actual: object, until: datetime | None = None) -> TopicValue | None:
    """A value from the database as a value of the topic; `until` is the end of a window, None where nobody knows it."""
    topic_type = check.topic_type
    match actual:
        case int() | Decimal() if topic_type is TopicType.QUANTITY and check.unit is not None:
            return Quantity(Decimal(actual), check.unit)
        case datetime() if topic_type is TopicType.WINDOW:
            return Window(actual, actual if until is None else until)
        case int() | Decimal() if topic_type is TopicType.BOOL:
            return bool(actual)
        case int():
            return Decimal(actual)
        case timedelta():
            return seconds(actual)
        case None | Decimal() | datetime() | str():
            return actual
    raise TypeError(f"{type(actual).__name__} is no value of a topic")
