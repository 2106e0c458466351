"""What was told: how much, how early, before the customer asked, and whether it came true."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Between, LaterInstant
from notifier.evaluation.emitter import Emitter
from notifier.evaluation.values import elapsed
from notifier.model.columns import UtcTime
from notifier.model.figures import Group, RuleFigures, ServiceReport
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.schema import Schema, entities
from notifier.model.shares import Share
from notifier.rules.checked_rules import Rule
from notifier.store.reports.dimensions import NONE, Period
from notifier.store.reports.promises import spans_by_group
from notifier.store.reports.ranks import ranked
from notifier.store.tables import NOTICE

ASKED_WITHIN = timedelta(days=7)
"""A customer who wrote or called in that time before a notice asked first."""


def service_report(
    connection: sa.Connection,
    rules: Collection[Rule],
    schema: Schema,
    *,
    now: datetime,
    period: Period,
    by: Sequence[str],
    live: bool,
) -> ServiceReport:
    """Figures of the notices that were decided in the period, in the installation's own mode."""
    return _Report(connection, rules, schema, now, period, live=live).report(tuple(by))


class _Report:
    def __init__(
        self,
        connection: sa.Connection,
        rules: Collection[Rule],
        schema: Schema,
        now: datetime,
        period: Period,
        *,
        live: bool,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._schema = schema
        self._now = now
        self._period = period
        self._to_customers = [NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT]
        self._to_customers += period.covers(NOTICE.c.decided_at)

    def report(self, by: tuple[str, ...]) -> ServiceReport:
        keys = self._keys(by)
        figures = self._counted(keys)
        for group, spans in self._leads(keys).items():
            figures[group] = replace(figures[group], lead=spans)
        outcomes: dict[Group, Share] = {}
        for rule in self._rules:
            if rule.came_true:
                for group, share in self._came_true(rule, keys).items():
                    before = outcomes.get(group, Share(part=0, whole=0))
                    outcomes[group] = Share(part=before.part + share.part, whole=before.whole + share.whole)
        for group, share in outcomes.items():
            figures[group] = replace(figures[group], came_true=share, has_outcome=True)
        return ServiceReport(
            at=self._now,
            since=self._period.since,
            until=self._period.until,
            by=by,
            groups=[figures[key] for key in sorted(figures)],
        )

    def _counted(self, keys: Sequence[sa.ColumnElement[Any]]) -> dict[Group, RuleFigures]:
        told = NOTICE.c.told_at.is_not(None)
        first = sa.and_(told, NOTICE.c.kind == NoticeKind.NOTICE)
        asked = sa.and_(first, self._asked_before())
        columns = [
            NOTICE.c.state,
            _number(told).label("told"),
            _number(first).label("first"),
            _number(asked).label("asked"),
            sa.func.count().label("notices"),
        ]
        chosen = sa.select(*keys, *columns).where(*self._to_customers).group_by(*keys, NOTICE.c.state)
        rows = self._connection.execute(chosen).all()
        customers = self._customers(keys)
        found: dict[Group, list[sa.Row[Any]]] = defaultdict(list)
        for row in rows:
            found[tuple(row[: len(keys)])].append(row)
        return {group: _of_group(group, of_group, customers.get(group, 0)) for group, of_group in found.items()}

    def _customers(self, keys: Sequence[sa.ColumnElement[Any]]) -> Mapping[Group, int]:
        counted = sa.func.count(NOTICE.c.recipient_id.distinct())
        chosen = sa.select(*keys, counted).where(*self._to_customers, NOTICE.c.told_at.is_not(None)).group_by(*keys)
        return {tuple(group): count for *group, count in self._connection.execute(chosen)}

    def _leads(self, keys: Sequence[sa.ColumnElement[Any]]) -> Mapping[Group, Any]:
        """How long before its anchor each notice was told; what is told after an event leads nowhere."""
        value = Between(NOTICE.c.anchor_at, NOTICE.c.told_at, type_=sa.BigInteger())
        warns = (NOTICE.c.kind == NoticeKind.NOTICE, NOTICE.c.told_at < NOTICE.c.anchor_at)
        values = sa.select(*keys, value.label("value")).where(*self._to_customers, *warns).subquery("values")
        return spans_by_group(self._connection.execute(ranked(values, len(keys))).all(), len(keys))

    def _came_true(self, rule: Rule, keys: Sequence[sa.ColumnElement[Any]]) -> Mapping[Group, Share]:
        """Of the rows that were told of, those for which the rule's `came_true` is true; an error is undecided."""
        chosen = came_true(rule, self._schema, NOTICE, keys).where(*self._to_customers)
        rows = self._connection.execute(chosen, {"now": self._now}).all()
        counted = [row for row in rows if row.decided is not None]
        return {tuple(row[: len(keys)]): Share(part=int(row.true), whole=int(row.decided)) for row in counted}

    def _keys(self, by: tuple[str, ...]) -> list[sa.ColumnElement[Any]]:
        columns = {
            "rule": NOTICE.c.rule,
            "class": NOTICE.c.notice_class,
            "touchpoint": NOTICE.c.touchpoint,
            "owner": NOTICE.c.owner,
        }
        nothing = sa.literal(NONE, sa.String)
        made: dict[str, sa.ColumnElement[Any]] = {
            name: sa.func.coalesce(column, nothing, type_=sa.String()) for name, column in columns.items()
        }
        if "month" in by:
            made["month"] = self._period.month(NOTICE.c.decided_at, self._bounds())
        if "site" in by:
            made["site"] = sa.func.coalesce(_site_of_subject(), nothing, type_=sa.String())
        for name in {"campaign", "seller"} & set(by):
            made[name] = sa.func.coalesce(_of_subject(name), nothing, type_=sa.String())
        return [made[name].label(f"by_{index}") for index, name in enumerate(by)]

    def _bounds(self) -> tuple[datetime, datetime] | None:
        ends = (sa.func.min(NOTICE.c.decided_at), sa.func.max(NOTICE.c.decided_at))
        first, last = tuple(
            self._connection.execute(sa.select(*(sa.type_coerce(each, UtcTime()) for each in ends))).one()
        )
        return None if first is None else (first, last)

    def _asked_before(self) -> sa.ColumnElement[bool]:
        """The customer wrote or called in the week before, about this row or about nothing in particular."""
        contact = entities()["contact"].table
        about = NOTICE.c.subject_type + sa.literal(":", sa.String) + NOTICE.c.subject_id
        earliest = LaterInstant(NOTICE.c.told_at, elapsed(-ASKED_WITHIN))
        return (
            sa.exists()
            .where(
                contact.c.customer_id == NOTICE.c.recipient_id,
                contact.c.direction == "inbound",
                contact.c.at < NOTICE.c.told_at,
                contact.c.at >= earliest,
                sa.or_(contact.c.subject == about, contact.c.subject.is_(None)),
            )
            .correlate(NOTICE)
        )


def came_true(
    rule: Rule, schema: Schema, notices: sa.Table, keys: Sequence[sa.ColumnElement[Any]] = ()
) -> sa.Select[Any]:
    """For how many of the rows that this table's notices of the rule told of its `came_true` is `true`, and of how many
    it is `decided`; by these keys. `now` is a parameter."""
    emitter = Emitter(schema, {rule.about: rule.about})
    truths = [emitter.truth(condition) for condition in rule.came_true]
    truth = sa.and_(*truths) if len(truths) > 1 else truths[0]
    row, columns = emitter.root(rule.about), notices.c
    told = (columns.rule == rule.name, columns.kind == NoticeKind.NOTICE, columns.told_at.is_not(None))
    return (
        sa.select(*keys, _number(truth).label("true"), _number(truth.is_not(None)).label("decided"))
        .select_from(emitter.from_clause().join(notices, columns.subject_id == row.c.id))
        .where(*told)
        .group_by(*keys)
    )


def _site_of_subject() -> sa.ColumnElement[Any]:
    """The site of the row that a notice is about."""
    return sa.case(*_values_of_subject("site_id"), (NOTICE.c.subject_type == "site", NOTICE.c.subject_id))


def _of_subject(column: str) -> sa.ColumnElement[Any]:
    """The campaign or seller of the row that a notice is about, else of the contract or order that it names."""
    return sa.case(*_values_of_subject(column), *_values_of_parent(column))


def _values_of_subject(column: str) -> Iterator[tuple[Any, Any]]:
    for name, entity in entities().items():
        row = entity.table
        if column in row.c:
            value = sa.select(row.c[column]).where(row.c.id == NOTICE.c.subject_id).correlate(NOTICE).scalar_subquery()
            yield NOTICE.c.subject_type == name, value


def _values_of_parent(column: str) -> Iterator[tuple[Any, Any]]:
    """Where a charge, a visit or an admission names its contract or its order."""
    parents = [(name, entities()[name].table) for name in ("contract", "order")]
    for name, entity in entities().items():
        row = entity.table
        values = [
            sa.select(parent.c[column])
            .join(row, row.c[f"{of}_id"] == parent.c.id)
            .where(row.c.id == NOTICE.c.subject_id)
            .correlate(NOTICE)
            .scalar_subquery()
            for of, parent in parents
            if f"{of}_id" in row.c and column in parent.c
        ]
        if values and column not in row.c:
            yield NOTICE.c.subject_type == name, values[0] if len(values) == 1 else sa.func.coalesce(*values)


def _number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _of_group(group: Group, rows: Sequence[sa.Row[Any]], customers: int) -> RuleFigures:
    first, asked = (sum(int(getattr(row, name)) for row in rows) for name in ("first", "asked"))
    not_told = {row.state: row.notices - int(row.told) for row in rows if row.state != NoticeState.TOLD}
    return RuleFigures(
        group=group,
        notices=sum(int(row.told) for row in rows),
        told=first,
        customers=customers,
        not_told={state: count for state, count in sorted(not_told.items()) if count},
        company_first=Share(part=first - asked, whole=first),
    )
