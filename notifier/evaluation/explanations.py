"""Why a rule holds for a row, or does not: every clause, and every part of it with the value that it had."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.evaluation.reading import JsonScalar
from notifier.evaluation.windows import Window
from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated, Several
from notifier.rules.checked_rules import Condition
from notifier.rules.expressions import (
    All,
    And,
    Answer,
    Attribute,
    Column,
    Count,
    DatePart,
    Exists,
    Expression,
    Filtered,
    Forecast,
    Not,
    Or,
    Sum,
    TextSize,
)
from notifier.rules.row_paths import Ranked

SEVERAL_CURRENCIES = "several currencies, never calculated together"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """An expression whose value explains a clause, under the text that its author wrote."""

    text: str
    expression: Expression
    condition: bool
    """Whether it is used as a condition; a boolean field is also probed as a value."""
    rare: bool = False
    """Whether it explains something only where it has a value."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One clause of `when` (wanted) or `unless` (not wanted), for one row. A `value` of None is an error."""

    text: str
    wanted: bool
    value: bool | None
    parts: Mapping[str, JsonScalar]
    """The value of each condition in it and of each field that it reads, by their text."""

    @property
    def fulfilled(self) -> bool:
        """Whether the clause lets the rule speak. An error is never true: it fulfils `unless`, not `when`."""
        return self.value is True if self.wanted else self.value is not True


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One row, one recipient: every clause of the rule, and when the rule would speak."""

    subject_id: str
    each_id: str | None
    recipient_id: str | None
    clauses: tuple[Clause, ...]
    windows: tuple[Window, ...]
    """Empty where the anchor is null, or the day that is counted from it unknown."""
    unknown: tuple[str, ...] = ()
    """A sentence for each moment whose day is unknown although its anchor is known."""
    valueless: tuple[str, ...] = ()
    """A sentence for each claim that has no value because its rows have several currencies."""
    timezone: str | None

    @property
    def holds(self) -> bool:
        """Whether the condition holds, whatever the time."""
        return all(clause.fulfilled for clause in self.clauses)


def probes(conditions: Sequence[Condition], told: Sequence[Expression] = ()) -> tuple[Probe, ...]:
    """The probes of these clauses: each clause, then its parts; every text once.

    Of what is `told`, the forecasts, and the figures of money, which several currencies make an error.
    """
    found: dict[str, Probe] = {}
    for node in (node for expression in told for node in expression.walk()):
        for probe in _observed(node) if isinstance(node, Forecast) else _mixed(node):
            found.setdefault(probe.text, probe)
    for condition in conditions:
        for probe in (Probe(text=condition.text, expression=condition.expression, condition=True), *parts(condition)):
            found.setdefault(probe.text, probe)
    return tuple(found.values())


def parts(condition: Condition) -> tuple[Probe, ...]:
    """The conditions that a clause is joined from, and the values that they read."""
    found: dict[str, Probe] = {}
    for leaf in _conditions(condition.expression):
        for probe in (Probe(text=leaf.text, expression=leaf, condition=True), *_observed(leaf)):
            if probe.text and probe.text != condition.text:
                found.setdefault(probe.text, probe)
    return tuple(found.values())


def _conditions(expression: Expression) -> Iterator[Expression]:
    match expression:
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _conditions(operand)
        case Not(operand=operand):
            yield from _conditions(operand)
        case _:
            yield expression


def _observed(expression: Expression) -> Iterator[Probe]:
    """The fields and figures read, except inside exists, all, filter and sum: those stand for many rows."""
    match expression:
        case Column() | Attribute() | Count() | Sum() | Aggregated() | DatePart() | TextSize():
            yield Probe(text=expression.text, expression=expression, condition=False)
            yield from _mixed(expression)
        case Exists() | All() | Filtered() | Ranked():
            return
        case Forecast():
            yield Probe(text=expression.text, expression=expression, condition=False)
            yield from _behind(expression)
            return
    if not isinstance(expression, Count | Sum | Aggregated):
        for part in expression.parts:
            yield from _observed(part)


def mixed_currencies(expression: Expression) -> Iterator[str]:
    """The texts of the probes that say of which currencies the figures of money in it are."""
    for node in expression.walk():
        yield from (probe.text for probe in _mixed(node))


def _mixed(expression: Expression) -> Iterator[Probe]:
    """The currencies of the rows of a figure of money, where they are several: it is an error then."""
    if isinstance(expression, Sum | Aggregated) and expression.currency is not None:
        differing = Several(
            type=ValueType.STRING,
            source=expression.source,
            variable=expression.variable,
            value=expression.currency,
        )
        yield Probe(text=f"{expression.text} ({SEVERAL_CURRENCIES})", expression=differing, condition=False, rare=True)


def _behind(forecast: Forecast) -> Iterator[Probe]:
    """How many completed rows a forecast is learned from, and which."""
    for answer, kind, what in ((Answer.CASES, ValueType.INT, "cases"), (Answer.GROUP, ValueType.STRING, "group")):
        asked = replace(forecast, answer=answer, type=kind)
        if answer is not forecast.answer:
            yield Probe(text=f"{forecast.text} ({what})", expression=asked, condition=False)
