"""Whether a promised and an actual value disagree.

Pure and exact: amounts are compared as fractions, so a fact exactly at the tolerance agrees. The SQL of `check_query`
filters by the same rules; a property test keeps the two equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cached_property

from notifier.calendars.comparing_hours import most_minutes_missing
from notifier.model.columns import AMOUNT_SCALE, microseconds
from notifier.model.contradictions import Summand
from notifier.model.durations import duration_text
from notifier.model.quantities import Quantity
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.values import canonical, number_of
from notifier.model.windows import Window
from notifier.rules.checked_checks import Check, Tolerance

_PLACES = Decimal(1).scaleb(-AMOUNT_SCALE)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class ComparedValue:
    """One side of a comparison. `value` is None where the fact is unknown; then there is nothing to compare."""

    type: TopicType
    value: TopicValue | None
    currency: str | None = None
    """ISO 4217, for money."""
    tax_included: bool | None = None
    """None: unknown."""
    summands: tuple[Summand, ...] = ()
    """The rows that the value adds up or counts; empty where it is the value of one row."""

    @cached_property
    def totals(self) -> Mapping[str, Decimal]:
        """The sums of money by currency, in the order of the codes; empty where the value is no sum of money."""
        found: dict[str, Decimal] = {}
        for row in sorted(self.summands, key=lambda row: row.currency or ""):
            if row.currency is not None and row.amount is not None:
                found[row.currency] = found.get(row.currency, Decimal(0)) + Decimal(row.amount)
        return found

    @property
    def is_mixed(self) -> bool:
        """Whether it is money in several currencies, which is never one amount."""
        return len(self.summands) > 1 and len(self.totals) > 1

    def facing(self, promised: "ComparedValue") -> "ComparedValue":
        """A sum as it is held against the promise: where its rows differ, with what sets it apart.

        Of money in several currencies the value is the total of one that was not promised. All totals are in its words
        and in its identity.
        """
        taxes = {row.tax_included for row in self.summands} - {None}
        value = self
        if len(taxes) > 1 and promised.tax_included is not None:
            value = replace(value, tax_included=not promised.tax_included)
        if self.is_mixed:
            other = next(code for code in self.totals if code != promised.currency)
            value = replace(value, value=self.totals[other], currency=other)
        return value

    @cached_property
    def text(self) -> str | None:
        """Canonical text; amounts that SQL computed with more decimals than are stored are rounded."""
        if self.value is None:
            return None
        value = self.value
        if isinstance(value, Decimal):
            value = stored_amount(value)
        elif isinstance(value, Quantity):
            value = Quantity(stored_amount(value.amount), value.unit)
        return canonical(self.type, value)

    @cached_property
    def identity(self) -> str:
        """A text that identifies this value: amount, currency and whether tax is included."""
        if self.is_mixed:
            return " ".join(
                [*(_money(total, code) for code, total in self.totals.items()), tax_words(self.tax_included)]
            )
        return " ".join(part for part in (self.text or "", self.currency or "", tax_words(self.tax_included)) if part)

    @property
    def sentence(self) -> str:
        """The value for people: `111860 COP`, `48h`, `2026-03-05T15:00:00Z`, `nothing`."""
        if self.value is None:
            return "nothing"
        if self.is_mixed:
            return " and ".join(_money(total, code) for code, total in self.totals.items())
        if self.type is TopicType.DURATION and isinstance(self.value, Decimal):
            return duration_text(timedelta(microseconds=int(self.value * 1_000_000)))
        return f"{self.text} {self.currency}" if self.currency else str(self.text)


def stored_amount(exact: Decimal) -> Decimal:
    """The number with as many decimals as are stored, rounded half to even."""
    return exact.quantize(_PLACES, ROUND_HALF_EVEN)


def _money(amount: Decimal, currency: str) -> str:
    return f"{canonical(TopicType.MONEY, stored_amount(amount))} {currency}"


def tax_words(included: bool | None) -> str:
    """How an identity and a sentence say it; empty when unknown."""
    return {True: "tax included", False: "tax excluded", None: ""}[included]


def disagree(check: Check, promised: ComparedValue, actual: ComparedValue) -> bool:
    """Whether the fact contradicts the promise.

    A null actual value is not a fact, so it contradicts nothing. A currency unknown on one side is taken from the
    other. Money in several currencies agrees with no promise.
    """
    if promised.value is None or actual.value is None:
        return False
    if actual.is_mixed:
        return True
    if promised.currency and actual.currency and promised.currency != actual.currency:
        return True
    if None not in (promised.tax_included, actual.tax_included) and promised.tax_included != actual.tax_included:
        return True
    return not _within(check, promised, actual)


def margin(tolerance: Tolerance, promised: ComparedValue) -> Fraction:
    """How far a fact may be from this promise: in the topic's unit, microseconds for instants and windows, days for
    dates, minutes of a day for opening hours.

    A tolerance in another currency than the promise's is zero.
    """
    match promised.type:
        case TopicType.TIMESTAMP if tolerance.duration is not None:
            return Fraction(microseconds(tolerance.duration))
        case TopicType.DATE if tolerance.duration is not None:
            return Fraction(tolerance.duration // _DAY)
        case TopicType.DURATION if tolerance.duration is not None:
            return Fraction(microseconds(tolerance.duration), 1_000_000)
        case TopicType.MONEY if tolerance.amount is not None and tolerance.currency in (None, promised.currency):
            return Fraction(tolerance.amount)
        case TopicType.NUMBER | TopicType.PERCENT | TopicType.QUANTITY if tolerance.amount is not None:
            return Fraction(tolerance.amount)
        case TopicType.WINDOW if tolerance.duration is not None:
            return Fraction(microseconds(tolerance.duration))
        case TopicType.OPENING_HOURS if tolerance.duration is not None:
            return Fraction(tolerance.duration // _MINUTE)
        case TopicType.MONEY | TopicType.NUMBER | TopicType.DURATION | TopicType.QUANTITY if (
            tolerance.share is not None
        ):
            number = number_of(promised.value)
            assert number is not None
            return abs(Fraction(number)) * Fraction(tolerance.share)
    return Fraction(0)


def _within(check: Check, promised: ComparedValue, actual: ComparedValue) -> bool:
    allowed = margin(check.tolerance, promised)
    above, below = _distances(promised, actual)
    if above is None or below is None:
        return promised.value == actual.value
    too_high = above > allowed and check.worse != "lower"
    too_low = below > allowed and check.worse != "higher"
    return not (too_high or too_low)


def _distances(promised: ComparedValue, actual: ComparedValue) -> tuple[Fraction | None, Fraction | None]:
    """How far the fact lies above the promise, and how far below it, in the unit of `margin`; None for texts.

    A window lies below by what of it is too early, and above by what is too late, so a shorter one within the promised
    one does neither. Hours are above by the minutes of a day that are open beyond the promise, and below by those that
    are missing.
    """
    said, is_now = promised.value, actual.value
    if isinstance(said, Window) and isinstance(is_now, Window):
        late, early = is_now.ends_at - said.ends_at, said.starts_at - is_now.starts_at
        return Fraction(microseconds(late)), Fraction(microseconds(early))
    if promised.type is TopicType.OPENING_HOURS:
        return (
            Fraction(most_minutes_missing(str(is_now), str(said))),
            Fraction(most_minutes_missing(str(said), str(is_now))),
        )
    before, after = _position(promised), _position(actual)
    if before is None or after is None:
        return None, None
    return after - before, before - after


def _position(side: ComparedValue) -> Fraction | None:
    """The value as a number in the unit of `margin`; None for texts and booleans."""
    match side.type, side.value:
        case _, Decimal() as number:
            return Fraction(number)
        case _, Quantity() as quantity:
            return Fraction(quantity.amount)
        case TopicType.TIMESTAMP, datetime() as instant:
            return Fraction(microseconds(instant - datetime(1970, 1, 1, tzinfo=UTC)))
        case TopicType.DATE, str() as text:
            return Fraction(date.fromisoformat(text).toordinal())
    return None
