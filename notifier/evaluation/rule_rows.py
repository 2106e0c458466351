"""One rule's rows: the SELECT list and the conditions that all its statements share.

A row stands for one subject, one row of `each` and one recipient. It holds the anchors of all moments. Which window is
open is decided exactly in Python; the statement's WHERE may let a few more rows pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from notifier.evaluation import values
from notifier.evaluation.births import came_to_be
from notifier.evaluation.day_counts import CountDays, DayCounts, calendar_days
from notifier.evaluation.dialects import LocalInstant, LocallyBetween, Unsought
from notifier.evaluation.emitter import NOW, Emitter
from notifier.evaluation.lasting import lasting_conditions
from notifier.evaluation.lists import NamedPair, in_values
from notifier.evaluation.local_moments import (
    LocalMoment,
    farthest,
    is_counted,
    locality_columns,
    read_locality,
    site_column,
)
from notifier.evaluation.recent_rows import add_recent
from notifier.evaluation.row_layout import Purpose, RowLayout
from notifier.evaluation.shared_columns import add_shared, is_of
from notifier.evaluation.windows import AFTER, distance, instant, slack
from notifier.model.columns import UtcTime
from notifier.model.schema import Schema
from notifier.model.types import ValueType
from notifier.rules.checked_rules import Moment, Rule
from notifier.rules.expressions import Expression, RowName

SINCE = sa.bindparam("since", type_=UtcTime())
SUBJECTS = "subjects"
ROWS = "rows"
PAIRS = "pairs"
RECIPIENT = "@recipient"
"""The name of the recipient's row, which no condition can contain."""


class RuleRows:
    """Builds the SELECTs of one rule."""

    def __init__(
        self, rule: Rule, schema: Schema, default_timezone: str, default_country: str, day_counts: DayCounts
    ) -> None:
        self._rule = rule
        self._schema = schema
        self._default_timezone = default_timezone
        self._default_country = default_country
        self._day_counts = day_counts
        self.layout = RowLayout(rule)

    @property
    def repeats_recipients(self) -> bool:
        """Whether one recipient can be reached on several paths."""
        return self._rule.to.type is ValueType.ENTITIES

    # Statements

    def emitter(self, *, of_rows: bool = False) -> tuple[Emitter, list[sa.ColumnElement[bool]]]:
        """An emitter with the rule's rows by name, and the filter conditions on the way to `each`.

        `of_rows`: only the pairs of a subject and a row of `each` that are bound as `pairs`. The statement starts from
        the rows, whose ids are bound as `rows`. Without the pairs, it would return each of them once for each of the
        subjects that reach it: a visit with every coming day of its site.
        """
        emitter = Emitter(self._schema, {self._rule.about: self._rule.about})
        if self._rule.each is None or self._rule.each_name is None:
            return emitter, []
        conditions = emitter.expand(self._rule.each, self._rule.each_name, sought=not of_rows)
        if of_rows:
            subject, each = emitter.root(self._rule.about), emitter.root(self._rule.each_name)
            pair = NamedPair(subject.c.id, each.c.id, sa.bindparam(PAIRS, type_=sa.String()))
            conditions += [in_values(each.c.id, ROWS), pair]
        return emitter, conditions

    def whole_pass(self) -> tuple[Emitter, list[sa.ColumnElement[bool]], bool]:
        """As `emitter`, for a statement over all rows of the rule; and whether it returns a row repeatedly."""
        rule = self._rule
        emitter = Emitter(self._schema, {rule.about: rule.about})
        clauses = [condition.expression for condition in (*rule.when, *rule.unless)]
        recent = add_recent(emitter, self._schema, rule.about, clauses)
        if rule.each is None or rule.each_name is None:
            return emitter, [], False
        read = [*clauses, *(moment.anchor for moment in rule.at), *([rule.until.anchor] if rule.until else [])]
        second = RowName(type=ValueType.ENTITY, entity=rule.each.entity, name=rule.each_name)
        if not any(second in expression.walk() for expression in read):
            return emitter, [emitter.reaches(rule.each)], False  # it matters only that there is one
        conditions = emitter.expand(rule.each, rule.each_name)
        chosen = partial(self.cheap_conditions, of_true=True, among=False)
        add_shared(emitter, self._schema, rule.about, clauses, chosen, answered=recent)
        return emitter, conditions, True

    def select(self, purpose: Purpose, *, of_true: bool, of_rows: bool = False) -> "RuleSelect":
        """A SELECT of whole rows of `subjects`, to be narrowed; `of_true` keeps those for which the rule `holds`.

        `of_rows`: as `emitter`.
        """
        emitter, conditions = self.emitter(of_rows=of_rows)
        conditions.append(among_subjects(emitter.root(self._rule.about), sought=not of_rows))
        if self._rule.each is not None or self.repeats_recipients:
            expressions = [probe.expression for probe in self.layout.probes] + [c.expression for c in self._rule.claims]
            chosen = partial(self.cheap_conditions, of_true=of_true)
            add_shared(emitter, self._schema, self._rule.about, expressions, chosen, sought=not of_rows)
        if of_true:
            conditions += self.holds(emitter)
        return RuleSelect(self, purpose, emitter, conditions)

    def whose(self, *, of_rows: bool = False) -> sa.Select[Any]:
        """(subject, row of `each`, recipient) of the rows of `subjects`. `of_rows`: as `emitter`."""
        emitter, conditions = self.emitter(of_rows=of_rows)
        conditions += emitter.expand(self._rule.to, RECIPIENT)
        subject, each = emitter.root(self._rule.about), self._rule.each_name
        columns = [
            subject.c.id.label("subject_id"),
            (sa.cast(sa.null(), sa.String) if each is None else emitter.root(each).c.id).label("each_id"),
            emitter.root(RECIPIENT).c.id.label("recipient_id"),
        ]
        return (
            sa.select(*columns)
            .select_from(emitter.from_clause())
            .where(*conditions, among_subjects(subject, sought=not of_rows))
        )

    def cheap_conditions(
        self, emitter: Emitter, *, of_true: bool, among: bool = True
    ) -> Iterator[sa.ColumnElement[bool]]:
        """Conditions on a subject that need no counting: they rule out most subjects before anything is counted."""
        about = self._rule.about
        if among:
            yield among_subjects(emitter.root(about))
        if of_true:
            yield from (emitter.holds(each) for each in self._rule.when if is_of(each.expression, about))
            yield from (emitter.fails(each) for each in self._rule.unless if is_of(each.expression, about))

    def holds(self, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
        """All of `when` and none of `unless`."""
        return [
            *(emitter.holds(condition) for condition in self._rule.when),
            *(emitter.fails(condition) for condition in self._rule.unless),
        ]

    def open_now(self, emitter: Emitter) -> list[sa.ColumnElement[bool]]:
        """`at <= now < until` for one of the moments; slightly wider where it depends on a zone."""
        # Moments with the same anchor become one range, from the first begin to the last end: an OR of two ranges of
        # one column is slow.
        first = _by_anchor(((moment.anchor, distance(moment) - slack(moment)) for moment in self._rule.at), min)
        last = _by_anchor(((anchor, offset + wide) for anchor, offset, wide in self._ends()), max)
        begun = [emitter.value(anchor) <= _before(NOW, distance) for anchor, distance in first.items()]
        ahead = [emitter.value(anchor) > _before(NOW, distance) for anchor, distance in last.items()]
        return [sa.or_(*conditions) for conditions in (begun, ahead) if conditions]

    def ended_since(self, emitter: Emitter) -> sa.ColumnElement[bool]:
        """A window ended in (`since`, `now`]; slightly wider where it depends on a zone."""
        ends = [*self._ends()]
        if len(self._rule.at) > 1:  # a window also ends where the next one begins
            ends += [(moment.anchor, distance(moment), slack(moment)) for moment in self._rule.at]
        return sa.or_(
            sa.false(),
            *(
                sa.and_(
                    emitter.value(anchor) > _before(SINCE, offset + wide),
                    emitter.value(anchor) <= _before(NOW, offset - wide),
                )
                for anchor, offset, wide in ends
            ),
        )

    def _ends(self) -> list[tuple[Expression, timedelta, timedelta]]:
        """The ends of windows, as (anchor, offset, slack)."""
        if self._rule.until is not None:
            return [(self._rule.until.anchor, distance(self._rule.until), slack(self._rule.until))]
        return [(moment.anchor, *default_end(moment)) for moment in self._rule.at]

    def local_moment(self, moment: Moment, extra: timedelta) -> LocalMoment:
        """A moment at a time of day, plus `extra`, of the rows of which the rule may be true."""
        emitter, conditions = self.emitter()
        zones = self._zones(emitter, conditions)
        anchor = emitter.value(moment.anchor)
        least, most = farthest(moment)
        near = [anchor >= _before(SINCE, most + extra), anchor <= _before(NOW, least + extra)]
        near += lasting_conditions(self._rule, emitter)
        listed = [emitter.root(self._rule.about).c.id, anchor, *zones]
        if is_counted(moment):
            listed += self._locality_columns(emitter)
        else:
            zone = sa.func.coalesce(*zones, sa.literal(self._default_timezone, sa.String))
            near.append(LocallyBetween(_before(_local(moment, anchor, zone), -extra), SINCE, NOW))

        def instant_of(row: Sequence[Any]) -> datetime | None:
            _, reached_from, site_zone, recipient_zone, *locality = row
            zone = site_zone or recipient_zone or self._default_timezone
            count_days: CountDays = calendar_days
            if locality:
                count_days = partial(self._day_counts.reached, read_locality(locality, self._default_country))
            at = instant(moment, reached_from, zone, count_days)
            return None if at is None else at + extra

        columns = [column.label(f"c{index}") for index, column in enumerate(listed)]
        statement = sa.select(*columns).select_from(emitter.from_clause()).where(*conditions, *near)
        return LocalMoment(moment=moment, extra=extra, statement=statement, instant_of=instant_of)

    def _locality_columns(self, emitter: Emitter) -> list[sa.ColumnElement[Any]]:
        return locality_columns(emitter, self._rule.about, self._schema, emitter.root(RECIPIENT))

    def _zones(
        self, emitter: Emitter, conditions: list[sa.ColumnElement[bool]]
    ) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
        """The zone of the row's site and the zone of the recipient, which joins the recipient."""
        site = site_column(self._rule.about, self._schema, "timezone")
        conditions += emitter.expand(self._rule.to, RECIPIENT)
        here = sa.cast(sa.null(), sa.String) if site is None else emitter.value(site)
        return here, emitter.root(RECIPIENT).c.timezone

    def columns(
        self, purpose: Purpose, emitter: Emitter, conditions: list[sa.ColumnElement[bool]]
    ) -> list[sa.ColumnElement[Any]]:
        """The SELECT list, in the order of `RowLayout`."""
        rule = self._rule
        zones = self._zones(emitter, conditions)
        nothing = sa.cast(sa.null(), sa.String)
        each = nothing if rule.each_name is None else emitter.root(rule.each_name).c.id
        listed: list[sa.ColumnElement[Any]] = [
            emitter.root(rule.about).c.id,
            each,
            emitter.root(RECIPIENT).c.id,
            sa.literal(purpose.value, sa.String),
            sa.type_coerce(SINCE if purpose is Purpose.ENDED else sa.null(), UtcTime()),
            *zones,
            *(emitter.value(moment.anchor) for moment in rule.at),
            nothing if rule.until is None else emitter.value(rule.until.anchor),
            *(emitter.value(claim.expression) for claim in rule.claims),
            *(nothing if claim.currency is None else emitter.value(claim.currency) for claim in rule.claims),
        ]
        for probe in self.layout.probes:
            emit = emitter.truth if probe.condition else emitter.value
            listed.append(emit(probe.expression))
        listed += [came_to_be(birth, emitter) for birth in self.layout.birth_columns]
        if rule.texts is not None:
            listed.append(emitter.value(rule.texts.by))
        if self.layout.speaking:
            listed.append(sa.func.coalesce(*(emitter.root(name).c.locale for name in self.layout.speaking), sa.null()))
        if self.layout.counts_days:
            listed += self._locality_columns(emitter)
        return [column.label(f"c{index}") for index, column in enumerate(listed)]


class RuleSelect:
    """A SELECT of whole rows under construction."""

    def __init__(
        self, rows: RuleRows, purpose: Purpose, emitter: Emitter, conditions: list[sa.ColumnElement[bool]]
    ) -> None:
        self.emitter = emitter
        self._conditions = conditions
        self._columns = rows.columns(purpose, emitter, conditions)
        self._repeats = rows.repeats_recipients

    def where(self, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        """The finished SELECT; a recipient reached on two paths appears once."""
        select = sa.select(*self._columns).select_from(self.emitter.from_clause()).where(*self._conditions, *conditions)
        return select.distinct() if self._repeats else select


def among_subjects(table: sa.FromClause, *, sought: bool = True) -> sa.ColumnElement[bool]:
    """The rows whose ids are bound as `subjects`; `sought`: the statement may start from them."""
    return in_values(table.c.id if sought else Unsought(table.c.id, type_=sa.String()), SUBJECTS)


def _by_anchor(
    distances: Iterable[tuple[Expression, timedelta]], choose: Callable[[timedelta, timedelta], timedelta]
) -> dict[Expression, timedelta]:
    """Each anchor once, with the chosen one of its distances."""
    found: dict[Expression, timedelta] = {}
    for anchor, far in distances:
        found[anchor] = choose(found[anchor], far) if anchor in found else far
    return found


def default_end(moment: Moment) -> tuple[timedelta, timedelta]:
    """Where a window without `until` ends: offset from the anchor, and slack."""
    if moment.before:
        return timedelta(0), timedelta(0)
    return distance(moment) + AFTER, slack(moment)


def _local(moment: Moment, anchor: sa.ColumnElement[Any], zone: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The instant of a time of day, some calendar days from the anchor."""
    assert moment.local_time is not None
    clock = sa.literal(moment.local_time.strftime("%H:%M"), sa.String)
    days = sa.literal_column(str(moment.days), sa.Integer)
    return LocalInstant(_before(anchor, -moment.offset), clock, zone, days)


def _before(instant: sa.ColumnElement[Any], distance: timedelta) -> sa.ColumnElement[Any]:
    return values.later(instant, -distance)
