"""A forecast -> SQL: the point of the row, its groups from fine to coarse, and what was learned of the first of them.

Learning reads the same point and the same groups of completed rows, so that a row is always held against its like.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from notifier.evaluation import values
from notifier.evaluation.dialects import Joined, LaterInstant
from notifier.evaluation.sqltypes import Elapsed
from notifier.evaluation.values import SqlValue
from notifier.model.columns import UtcTime
from notifier.model.learning import LEARNED_QUANTILE
from notifier.rules.expressions import Answer, Column, Expression, Forecast, Part
from notifier.rules.forecasting import MONTH, STAGE, WEEKDAY, learnable

ALL = "all"
"""The group of all rows."""
AT = sa.bindparam("at", type_=UtcTime())
SINCE = sa.bindparam("since", type_=UtcTime())
LARGEST_COUNT = 2**31


class Emits(Protocol):
    """What a forecast needs of the emitter of its statement."""

    def value(self, expression: Expression) -> sa.ColumnElement[Any]:
        """The value of an expression."""

    def row(self, path: Expression) -> sa.FromClause:
        """The table of the row at the end of a path."""

    def from_clause(self) -> sa.FromClause:
        """All tables, joined."""


def forecast_value(forecast: Forecast, emitter: Emits) -> SqlValue:
    """What was learned in the row's finest group that has enough cases, in force at the row's own point.

    Where nothing was learned, the statement asks so once: to write the groups of a row takes 50 µs.
    """
    learned, any_learned = LEARNED_QUANTILE.alias(), LEARNED_QUANTILE.alias()
    point = point_of(forecast, emitter)
    columns: dict[Answer, sa.ColumnElement[Any]] = {
        Answer.INSTANT: sa.type_coerce(learned.c.time_left, Elapsed()),
        Answer.CASES: sa.type_coerce(learned.c.cases, sa.BigInteger()),
        Answer.GROUP: learned.c.group_key,
    }
    finest = (
        sa.select(columns[forecast.answer])
        .where(
            learned.c.forecast == forecast.key,
            learned.c.probability == forecast.probability,
            learned.c.group_key.in_(group_keys(forecast, emitter, point)),
            learned.c.valid_from <= point,
            sa.or_(learned.c.valid_until.is_(None), point < learned.c.valid_until),
        )
        .order_by(learned.c.level)
        .limit(1)
        .correlate_except(learned)
        .scalar_subquery()
    )
    asked = any_learned.c.forecast == forecast.key, any_learned.c.probability == forecast.probability
    found = sa.case((sa.exists().where(*asked).correlate(None), finest))
    if forecast.answer is Answer.INSTANT:
        return SqlValue(LaterInstant(point, found), null=True)
    return SqlValue(found, null=True, bound=LARGEST_COUNT)


def point_of(forecast: Forecast, emitter: Emits) -> sa.ColumnElement[Any]:
    """The instant from which time is counted; NULL where the row has none."""
    if forecast.counted_from is None:
        steps = [emitter.value(step) for step in reversed(forecast.steps)]
        return sa.func.coalesce(*steps, type_=UtcTime()) if len(steps) > 1 else steps[0]
    return values.later(emitter.value(forecast.counted_from), forecast.offset)


def group_keys(forecast: Forecast, emitter: Emits, point: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
    """The row's groups, the finest first; NULL where its point lies before its first step."""
    what = learnable(forecast.row.entity or "", forecast.field)
    known = dict(zip(what.groups, (emitter.value(group) for group in forecast.groups), strict=True))
    stage = _stage(forecast, emitter, point)
    written: dict[str, sa.ColumnElement[Any]] = {
        **{
            name: sa.func.coalesce(value, sa.literal("", sa.String), type_=sa.String()) for name, value in known.items()
        },
        STAGE: stage,
        MONTH: _part(Part.MONTH, point),
        WEEKDAY: _part(Part.DAY_OF_WEEK, point),
    }
    begun = sa.case((stage.is_not(None), sa.literal(ALL, sa.String)))
    return [_key(level, written) if level else begun for level in what.levels]


def _key(level: Sequence[str], written: dict[str, sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    """`stage=handed_over_at, region=SP`."""
    first, *others = (Joined(sa.literal(f"{name}=", sa.String), written[name]) for name in level)
    for other in others:
        first = Joined(Joined(first, sa.literal(", ", sa.String)), other)
    return first


def _stage(forecast: Forecast, emitter: Emits, point: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The name of the last step that the row had taken at the point."""
    steps = [step for step in reversed(forecast.steps) if isinstance(step, Column)]
    whens = [(emitter.value(step) <= point, sa.literal(step.field.name, sa.String)) for step in steps]
    return sa.case(*whens)


def _part(part: Part, point: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(values.date_part(part, SqlValue(point), "UTC").sql, sa.String)


def cases(forecast: Forecast, emitter: Emits) -> list[sa.Select[Any]]:
    """(point, when its instant came or null, *groups) of every row whose point came until `at`, to be learned from.

    One statement; one for each step where time is counted from the step that a row is in.
    """
    found = []
    for each in _from_each_step(forecast):
        keys = group_keys(each, emitter, point_of(each, emitter))
        groups = [key.label(f"group_{index}") for index, key in enumerate(keys)]
        what = learnable(each.row.entity or "", each.field)
        came = emitter.row(each.row).c[each.field]
        given_up = emitter.row(each.row).c.status.in_(what.given_up)
        found.append(_seen(each, emitter, groups).where(keys[-1].is_not(None), came.is_not(None) | sa.not_(given_up)))
    return found


def dated_cases(forecast: Forecast, probability: int, emitter: Emits) -> list[sa.Select[Any]]:
    """(point, when its instant came, the date that was forecast or null) of every row that has it, with a point in
    [`since`, `at`]."""
    found = []
    for each in _from_each_step(replace(forecast, probability=probability)):
        said = forecast_value(each, emitter).sql.label("date")
        came = emitter.row(each.row).c[each.field].is_not(None)
        found.append(_seen(each, emitter, [said]).where(came, point_of(each, emitter) >= SINCE))
    return found


def _from_each_step(forecast: Forecast) -> Sequence[Forecast]:
    if forecast.counted_from is not None:
        return [forecast]
    steps = [step for step in forecast.steps if isinstance(step, Column)]
    return [
        replace(forecast, counted_from=step, steps=forecast.steps[: index + 1], name=forecast.key)
        for index, step in enumerate(steps)
    ]


def _seen(forecast: Forecast, emitter: Emits, columns: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """The rows that were open at their point."""
    point, came = point_of(forecast, emitter), emitter.row(forecast.row).c[forecast.field]
    return (
        sa.select(point.label("point"), came.label("came"), *columns)
        .select_from(emitter.from_clause())
        .where(point <= AT, sa.or_(came.is_(None), came > point))
    )


def lasting(point: datetime, came: datetime | None, at: datetime) -> tuple[int, bool]:
    """Microseconds from the point until the instant came, or until `at` where it had not; and whether it had."""
    over = came is not None and came <= at
    until = came if over and came is not None else at
    return round((until - point).total_seconds() * 1_000_000), over
