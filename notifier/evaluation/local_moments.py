"""Moments at a time of day: for which rows they fall due, and when.

Databases have zone data of their own, and know no holidays and no opening hours. So the statement returns the rows for
which such a moment may be due, by index, and Python computes their instants, on both databases alike. In most ticks it
is not even asked: no local clock in the world shows the time of day between the last tick and this one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.day_counts import Locality, reach
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.windows import LOCAL_SLACK
from notifier.model.columns import EPOCH, microseconds
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import DayKind, Moment, Rule
from notifier.rules.expressions import Column, Expression, Related, RowName

QUARTER = microseconds(timedelta(minutes=15))


@dataclass(frozen=True, kw_only=True)
class LocalMoment:
    """One moment of a rule at a time of day, plus a constant (`extra`)."""

    moment: Moment
    extra: timedelta
    statement: sa.Select[Any]
    """(subject id, …) of every row whose instant may lie in [`since`, `now`]."""
    instant_of: Callable[[Sequence[Any]], datetime | None]
    """The instant of such a row; None where it is unknown."""

    def is_somewhere(self, since: datetime, now: datetime) -> bool:
        """Whether any local clock in the world shows its time of day in [`since`, `now`].

        UTC offsets of all zones in use are whole quarters of an hour.
        """
        assert self.moment.local_time is not None
        minutes = microseconds(timedelta(minutes=self.moment.local_time.minute) + self.extra)
        first, last = (microseconds(at - EPOCH) - minutes for at in (since, now))
        return last // QUARTER > (first - 1) // QUARTER

    def falls_due(self, row: Sequence[Any], since: datetime, now: datetime) -> bool:
        """Whether the row's instant lies in [`since`, `now`]."""
        at = self.instant_of(row)
        return at is not None and since <= at <= now


def counts_days(rule: Rule) -> bool:
    """Whether a moment of the rule counts working days or opening days."""
    return any(is_counted(moment) for moment in (*rule.at, *([rule.until] if rule.until is not None else [])))


def is_counted(moment: Moment) -> bool:
    """Whether it counts working days or opening days."""
    return moment.counted is not DayKind.CALENDAR


def farthest(moment: Moment) -> tuple[timedelta, timedelta]:
    """The least and the most that the instant can lie after its anchor (negative: before it)."""
    near, far = abs(moment.days), reach(moment.counted, abs(moment.days))
    least, most = (-far, -near) if moment.days < 0 else (near, far)
    return moment.offset + timedelta(days=least) - LOCAL_SLACK, moment.offset + timedelta(days=most) + LOCAL_SLACK


def site_of(about: str, schema: Schema) -> Expression | None:
    """The row's site; None where rows of this kind have none."""
    row: Expression = RowName(type=ValueType.ENTITY, entity=about, name=about)
    if about == "site":
        return row
    relation = schema.entities[about].relations.get("site")
    if relation is None or relation.many:
        return None
    return Related(type=ValueType.ENTITY, entity="site", source=row, relation=relation)


def site_column(about: str, schema: Schema, name: str) -> Expression | None:
    """A column of the row's site; None where rows of this kind have none."""
    row = site_of(about, schema)
    if row is None:
        return None
    field = schema.entities["site"].fields[name]
    return Column(type=field.type, row=row, field=field)


def locality_columns(
    emitter: Emitter, about: str, schema: Schema, recipient: sa.FromClause
) -> list[sa.ColumnElement[Any]]:
    """What `read_locality` reads."""
    columns = (site_column(about, schema, name) for name in ("id", "country", "subdivision", "opening_hours"))
    nothing = sa.cast(sa.null(), sa.String)
    of_site = [nothing if column is None else emitter.value(column) for column in columns]
    return [*of_site, recipient.c.country]


def read_locality(values: Sequence[Any], default_country: str) -> Locality:
    """The locality of a row from its `locality_columns`."""
    site_id, country, subdivision, opening_hours, recipients = values
    if country is None:
        return Locality(country=recipients or default_country)
    return Locality(country=country, subdivision=subdivision, site_id=site_id, opening_hours=opening_hours)
