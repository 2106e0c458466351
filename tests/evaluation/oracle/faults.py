"""Bugs that a compiler of conditions can have: each is injected, and the comparison must find it."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.evaluation import dialects, emitter, row_emitter, truth, values
from notifier.evaluation import from_clause as levels
from notifier.evaluation.values import SqlValue
from notifier.model.schema import Side
from notifier.rules import checker, clock
from notifier.rules.expressions import Comparison, Exists, Expression, Flip, Literal, Part


@dataclass(frozen=True)
class Fault:
    """A bug, and how to inject it."""

    name: str
    inject: Callable[[pytest.MonkeyPatch], None]


def _not_null_safe(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(values, "_equal", lambda _left, _right, equal, **_options: SqlValue(equal, error=True))


def _without_parentheses(patch: pytest.MonkeyPatch) -> None:
    def bare(element: Any, compiler: Any, options: Any) -> list[str]:
        return [compiler.process(operand, **options) for operand in element.clauses]

    patch.setattr(values, "grouped", lambda sql: sql)
    patch.setattr(dialects, "_operands", bare)


def _less_for_less_or_equal(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(values.COMPARE, Comparison.LESS_OR_EQUAL, operator.lt)


def _exists_for_all(patch: pytest.MonkeyPatch) -> None:
    right = emitter.Emitter._quantified

    def wrong(self: emitter.Emitter, expression: Any) -> SqlValue:
        slots = {name: getattr(expression, name) for name in ("type", "source", "variable", "condition")}
        return right(self, Exists(**slots))

    patch.setattr(emitter.Emitter, "_quantified", wrong)


def _constant_moved_with_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    right = clock.flip

    def wrong(comparison: Comparison, left: Expression, other: Expression) -> Flip | None:
        flip = right(comparison, left, other)
        return None if flip is None else replace(flip, offset=-flip.offset)

    patch.setattr(checker, "flip", wrong)


def _sides_exchanged_without_turning_the_sign(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Comparison, "mirrored", property(lambda self: self))


def _failing_filter_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(emitter.Emitter, "_failures", lambda _self, _source: [])


def _or_for_and(patch: pytest.MonkeyPatch) -> None:
    right = emitter.Emitter._joined
    patch.setattr(emitter.Emitter, "_joined", lambda self, _join, operands: right(self, sa.or_, operands))


def _whole_numbers_divided_to_the_nearest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialects.WholeQuotient, "sqlite", "CAST(round(1.0 * {0} / {1}) AS INTEGER)")


def _decimal_places_not_aligned(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialects.Rescaled, "sqlite", "{0}")


def _months_counted_from_one(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(values._CLOCK, Part.MONTH, ("month", 0))


def _zone_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialects.ClockPart, "sqlite", "notifier_clock({0}, 'UTC', {2})")


def _null_in_a_list_ignored(patch: pytest.MonkeyPatch) -> None:
    right = values.within

    def wrong(operand: SqlValue, expression: Expression, items: tuple[Literal, ...]) -> SqlValue:
        return right(operand, expression, tuple(item for item in items if item.value is not None) or items)

    patch.setattr(values, "within", wrong)


def _capitals_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialects.Contains, "sqlite", "{0} LIKE '%' || {1} || '%'")


def _discriminator_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = levels.meets
    patch.setattr(
        row_emitter,
        "meets",
        lambda relation, source, target, **options: right(
            replace(relation, source_where=None, target_where=None), source, target, **options
        ),
    )


def _second_key_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = levels.meets
    patch.setattr(
        row_emitter,
        "meets",
        lambda relation, source, target, **options: right(
            replace(relation, keys=relation.keys[:1]), source, target, **options
        ),
    )


def _decisive_side_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = levels.meets
    patch.setattr(
        row_emitter,
        "meets",
        lambda relation, source, target, **options: right(
            replace(relation, decided_by=None), source, target, **options
        ),
    )


def _decisive_sides_exchanged(patch: pytest.MonkeyPatch) -> None:
    right = levels.meets
    other = {None: None, Side.SOURCE: Side.TARGET, Side.TARGET: Side.SOURCE}
    patch.setattr(
        row_emitter,
        "meets",
        lambda relation, source, target, **options: right(
            replace(relation, decided_by=other[relation.decided_by]), source, target, **options
        ),
    )


def _row_between_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = emitter.Emitter._meets_outer_row

    def wrong(self: emitter.Emitter, path: Any, table: Any, _level: Any) -> Any:
        return right(self, path, table, levels.Level())

    patch.setattr(emitter.Emitter, "_meets_outer_row", wrong)


def _error_taken_for_false(patch: pytest.MonkeyPatch) -> None:
    right = truth.Question.of_value
    patch.setattr(truth.Question, "of_value", lambda self, truth, **_options: right(self, truth, fallible=False))


def _first_for_last(patch: pytest.MonkeyPatch) -> None:
    right = emitter.Emitter._order

    def wrong(self: emitter.Emitter, path: Any, row: Any, conditions: Any) -> Any:
        return right(self, replace(path, last=not path.last), row, conditions)

    patch.setattr(emitter.Emitter, "_order", wrong)


def _branches_exchanged(patch: pytest.MonkeyPatch) -> None:
    right = values.chosen

    def wrong(expression: Any, condition: SqlValue, if_true: SqlValue, if_false: SqlValue) -> SqlValue:
        return right(expression, condition, if_false, if_true)

    patch.setattr(values, "chosen", wrong)


def _missing_values_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialects.Least, "sqlite", "min({0})")


FAULTS = (
    Fault("equality that is not null-safe", _not_null_safe),
    Fault("parentheses dropped", _without_parentheses),
    Fault("< for <=", _less_for_less_or_equal),
    Fault("exists for all", _exists_for_all),
    Fault("moved constant with the wrong sign", _constant_moved_with_the_wrong_sign),
    Fault("sides exchanged without turning the sign", _sides_exchanged_without_turning_the_sign),
    Fault("failing filter ignored", _failing_filter_ignored),
    Fault("or for and", _or_for_and),
    Fault("whole numbers divided to the nearest", _whole_numbers_divided_to_the_nearest),
    Fault("decimal places not aligned", _decimal_places_not_aligned),
    Fault("months counted from one", _months_counted_from_one),
    Fault("zone forgotten", _zone_forgotten),
    Fault("null in a list ignored", _null_in_a_list_ignored),
    Fault("capitals ignored", _capitals_ignored),
    Fault("discriminator forgotten", _discriminator_forgotten),
    Fault("second key forgotten", _second_key_forgotten),
    Fault("decisive side forgotten", _decisive_side_forgotten),
    Fault("decisive sides exchanged", _decisive_sides_exchanged),
    Fault("row between forgotten", _row_between_forgotten),
    Fault("error taken for false", _error_taken_for_false),
    Fault("first for last", _first_for_last),
    Fault("branches exchanged", _branches_exchanged),
    Fault("missing values left out", _missing_values_left_out),
)
