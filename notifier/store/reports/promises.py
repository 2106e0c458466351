"""What became of promises: kept, caught, said first; a few statements over all of them, whatever there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.evaluation.dialects import Between
from notifier.model.columns import UtcTime
from notifier.model.contradictions import HOLDING, ContradictionState
from notifier.model.figures import (
    Amount,
    Group,
    PromiseFigures,
    PromiseReport,
    Spans,
    Spread,
    ValueAtRisk,
)
from notifier.model.notices import NoticeKind
from notifier.model.schema import Schema, entities
from notifier.model.shares import Share
from notifier.promises.check_query import CheckQuery
from notifier.rules.checked_checks import Cost
from notifier.store.avoided import Period as TimeOfAvoided
from notifier.store.avoided import avoided
from notifier.store.reports.dimensions import Joined, Period, labelled, of_promises
from notifier.store.reports.outcomes import promises_with_outcome
from notifier.store.reports.ranks import ranked
from notifier.store.tables import CONTRADICTION, NOTICE, PROMISE

NOTICEABLE = 10.0
"""Percentage points between two channels from which on a difference matters."""
LISTED = 100
"""Silent sufferers that are named; all are counted."""
MONTHS, LEAVING = 12, Decimal("0.20")
"""Assumptions of the value at risk where nobody states others."""


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What the value at risk supposes."""

    months: int = MONTHS
    leaving: Decimal = LEAVING


def promise_report(
    connection: sa.Connection,
    checks: Mapping[str, CheckQuery],
    schema: Schema,
    *,
    now: datetime,
    period: Period,
    by: Sequence[str],
    assumptions: Assumptions | None = None,
    costs: Mapping[str, Cost] | None = None,
) -> PromiseReport:
    """Figures of the promises that were made in the period, and of the contradictions that were found in it.

    `costs` (`Project.costs`) price what was spared.
    """
    found = _Report(connection, checks, schema, now, period)
    return found.report(tuple(by), assumptions or Assumptions(), costs or {})


def outcomes_by(
    connection: sa.Connection,
    checks: Mapping[str, CheckQuery],
    schema: Schema,
    *,
    now: datetime,
    period: Period,
    by: Sequence[str],
) -> Mapping[Group, Mapping[str, int]]:
    """How many promises of each group had which outcome."""
    return _Report(connection, checks, schema, now, period).outcomes(tuple(by))


class _Report:
    def __init__(
        self,
        connection: sa.Connection,
        checks: Mapping[str, CheckQuery],
        schema: Schema,
        now: datetime,
        period: Period,
    ) -> None:
        self._connection = connection
        self._now = now
        self._period = period
        self._schema = schema
        self._promised = promises_with_outcome(checks.values())
        self._found = _contradictions()

    def report(self, by: tuple[str, ...], assumptions: Assumptions, costs: Mapping[str, Cost]) -> PromiseReport:
        groups = self._figures(by)
        whole = self._figures(()) if by else groups
        total = whole[()] if () in whole else PromiseFigures(group=())
        channels = self.outcomes(("channel",))
        return PromiseReport(
            at=self._now,
            since=self._period.since,
            until=self._period.until,
            by=by,
            total=total,
            groups=[groups[key] for key in sorted(groups)] if by else [],
            spread=spread_of({key[0]: PromiseFigures(group=key, outcomes=of).kept for key, of in channels.items()}),
            value_at_risk=self._value_at_risk(assumptions),
            avoided=avoided(self._connection, costs, TimeOfAvoided(since=self._period.since, until=self._period.until)),
            silent=self._silent(),
        )

    def _figures(self, by: tuple[str, ...]) -> dict[Group, PromiseFigures]:
        figures: dict[Group, PromiseFigures] = {}
        for group, outcomes in self.outcomes(by).items():
            figures[group] = PromiseFigures(group=group, outcomes=outcomes)
        for group, counted in self._contradicted(by).items():
            figures[group] = replace(figures.get(group, PromiseFigures(group=group)), **counted)
        for group, spans in self._leads(by).items():
            figures[group] = replace(figures[group], lead=spans)
        for group, spans in self._own_words(by).items():
            figures[group] = replace(figures[group], own_word=spans)
        return figures

    def outcomes(self, by: tuple[str, ...]) -> Mapping[Group, dict[str, int]]:
        """How many promises of each group had which outcome."""
        promised = self._promised
        joined = of_promises(promised, by, self._schema, self._period, self._bounds(PROMISE.c.made_at, by))
        keys = labelled(joined)
        chosen = sa.select(*keys, promised.c.outcome, sa.func.count().label("count")).select_from(joined.table)
        chosen = chosen.where(*self._period.covers(promised.c.made_at)).group_by(*keys, promised.c.outcome)
        found: dict[Group, dict[str, int]] = defaultdict(dict)
        for *group, outcome, count in self._run(chosen):
            found[tuple(group)][outcome] = count
        return found

    def _contradicted(self, by: tuple[str, ...]) -> Mapping[Group, dict[str, Any]]:
        found, joined = self._found, self._of_contradictions(by)
        keys = labelled(joined)
        spoken = sa.or_(found.c.own_at.is_not(None), found.c.theirs_at.is_not(None))
        first = sa.and_(
            found.c.own_at.is_not(None), sa.or_(found.c.theirs_at.is_(None), found.c.own_at <= found.c.theirs_at)
        )
        broken = found.c.state == ContradictionState.LAPSED
        counts = {
            "before": found.c.is_before == 1,
            "after": found.c.is_before == 0,
            "unsaid": sa.and_(found.c.customer_id.is_not(None), found.c.own_at.is_(None)),
            "spoken": spoken,
            "first": first,
            "silent": sa.and_(broken, found.c.customer_id.is_not(None), sa.not_(spoken)),
        }
        columns = [sa.func.sum(sa.case((condition, 1), else_=0)).label(name) for name, condition in counts.items()]
        chosen = sa.select(*keys, *columns).select_from(joined.table).where(*self._opened())
        chosen = chosen.group_by(*keys) if keys else chosen.having(sa.func.count() > 0)
        return {
            tuple(row[: len(keys)]): {
                "caught_before": int(row.before),
                "caught_after": int(row.after),
                "no_word": int(row.unsaid),
                "company_first": Share(part=int(row.first), whole=int(row.spoken)),
                "silent": int(row.silent),
            }
            for row in self._run(chosen)
        }

    def _leads(self, by: tuple[str, ...]) -> Mapping[Group, Spans]:
        found = self._found
        before = sa.and_(found.c.surfaces_at.is_not(None), found.c.is_before == 1)
        return self._spans(by, Between(found.c.surfaces_at, found.c.opened_at, type_=sa.BigInteger()), before)

    def _own_words(self, by: tuple[str, ...]) -> Mapping[Group, Spans]:
        found = self._found
        spoken = found.c.own_at.is_not(None)
        return self._spans(by, Between(found.c.own_at, found.c.opened_at, type_=sa.BigInteger()), spoken)

    def _spans(
        self, by: tuple[str, ...], value: sa.ColumnElement[Any], counts: sa.ColumnElement[bool]
    ) -> Mapping[Group, Spans]:
        joined = self._of_contradictions(by)
        values = sa.select(*labelled(joined), value.label("value")).select_from(joined.table)
        values = values.where(*self._opened(), counts)
        return spans_by_group(self._run(ranked(values.subquery("values"), len(by))), len(by))

    def _of_contradictions(self, by: tuple[str, ...]) -> Joined:
        """The contradictions with what their promises say; those that the state implies have no source."""
        return of_promises(self._found, by, self._schema, self._period, self._bounds(CONTRADICTION.c.promised_at, by))

    def _opened(self) -> list[sa.ColumnElement[bool]]:
        return self._period.covers(self._found.c.opened_at)

    def _bounds(self, instant: sa.ColumnElement[Any], by: Sequence[str]) -> tuple[datetime, datetime] | None:
        if "month" not in by:
            return None
        first, last = (sa.type_coerce(each, UtcTime()) for each in (sa.func.min(instant), sa.func.max(instant)))
        row = self._run(sa.select(first, last))[0]
        return None if row[0] is None else (row[0], row[1])

    def _value_at_risk(self, assumptions: Assumptions) -> ValueAtRisk:
        """The last recurring charge of each contract whose promise is broken, or in danger."""
        found, charge = self._found, entities()["charge"].table
        in_danger = found.c.state.in_((ContradictionState.LAPSED, *HOLDING))
        chosen = sa.select(found.c.customer_id, found.c.subject_type, found.c.subject_id).where(
            *self._opened(), in_danger
        )
        concerned = chosen.distinct().subquery("concerned")
        is_contract = concerned.c.subject_type == "contract"
        counted = sa.select(
            sa.func.count(concerned.c.customer_id.distinct()),
            sa.func.count(sa.case((is_contract, concerned.c.subject_id)).distinct()),
        )
        customers, contracts = self._run(counted)[0]
        recurring = sa.and_(charge.c.kind == "recurring", sa.not_(charge.c.proration), charge.c.amount > 0)
        newest = sa.func.row_number().over(
            partition_by=charge.c.contract_id,
            order_by=(
                sa.func.coalesce(charge.c.bill_at, charge.c.period_start).desc().nulls_last(),
                charge.c.id.desc(),
            ),
        )
        contracts_concerned = sa.select(concerned.c.subject_id).where(is_contract)
        last = sa.select(charge.c.amount, charge.c.currency, newest.label("place")).where(
            recurring, charge.c.contract_id.in_(contracts_concerned)
        )
        charges = last.subquery("charges")
        amounts = sa.select(charges.c.currency, sa.type_coerce(sa.func.sum(charges.c.amount), charge.c.amount.type))
        amounts = amounts.where(charges.c.place == 1).group_by(charges.c.currency).order_by(charges.c.currency)
        monthly = [Amount(amount=amount, currency=currency) for currency, amount in self._run(amounts)]
        return ValueAtRisk(
            customers=customers,
            contracts=contracts,
            months=assumptions.months,
            leaving=assumptions.leaving,
            monthly=monthly,
        )

    def _silent(self) -> list[tuple[str, str, str]]:
        found = self._found
        subject = found.c.subject_type + sa.literal(":", sa.String) + found.c.subject_id
        chosen = sa.select(found.c.customer_id, found.c.id, subject).where(
            *self._opened(),
            found.c.state == ContradictionState.LAPSED,
            found.c.customer_id.is_not(None),
            found.c.own_at.is_(None),
            found.c.theirs_at.is_(None),
        )
        return [tuple(row) for row in self._run(chosen.order_by(found.c.opened_at, found.c.id).limit(LISTED))]

    def _run(self, statement: sa.Select[*tuple[Any, ...]]) -> Sequence[Any]:
        return self._connection.execute(statement, {"now": self._now}).all()


def _contradictions() -> sa.Subquery:
    """Every contradiction with what its promise says, when the company spoke first of it, and when the customer did.

    A word of the company is a notice that was told about the same row or admits this contradiction, or a call or
    message of ours about it that was answered. A word of the customer is a call or message about the row since the
    promise was made, or one about nothing in particular since the contradiction was found.
    """
    made = CONTRADICTION.outerjoin(PROMISE, PROMISE.c.id == CONTRADICTION.c.promise_id)
    contact = entities()["contact"].table
    about = CONTRADICTION.c.subject_type + sa.literal(":", sa.String) + CONTRADICTION.c.subject_id
    of_customer = contact.c.customer_id == CONTRADICTION.c.customer_id
    admission = entities()["admission"].table
    admitted = sa.select(admission.c.id).where(admission.c.contradiction_id == CONTRADICTION.c.id)
    told = (
        sa.select(sa.func.min(NOTICE.c.told_at))
        .where(
            NOTICE.c.recipient_id == CONTRADICTION.c.customer_id,
            NOTICE.c.kind != NoticeKind.ALERT,
            sa.or_(
                sa.and_(
                    NOTICE.c.subject_type == CONTRADICTION.c.subject_type,
                    NOTICE.c.subject_id == CONTRADICTION.c.subject_id,
                ),
                sa.and_(NOTICE.c.subject_type == "admission", NOTICE.c.subject_id.in_(admitted)),
            ),
            NOTICE.c.told_at >= CONTRADICTION.c.opened_at,
        )
        .correlate(CONTRADICTION)
        .scalar_subquery()
    )
    called = (
        sa.select(sa.func.min(contact.c.at))
        .where(
            of_customer,
            contact.c.direction == "outbound",
            contact.c.outcome.in_(("answered", "solved")),
            sa.or_(contact.c.subject == about, contact.c.subject.is_(None)),
            contact.c.at >= CONTRADICTION.c.opened_at,
        )
        .correlate(CONTRADICTION)
        .scalar_subquery()
    )
    theirs = (
        sa.select(sa.func.min(contact.c.at))
        .where(
            of_customer,
            contact.c.direction == "inbound",
            sa.or_(
                sa.and_(contact.c.subject == about, contact.c.at >= CONTRADICTION.c.promised_at),
                sa.and_(contact.c.subject.is_(None), contact.c.at >= CONTRADICTION.c.opened_at),
            ),
        )
        .correlate(CONTRADICTION)
        .scalar_subquery()
    )
    own = sa.case((called.is_(None), told), (told.is_(None), called), (told <= called, told), else_=called)
    before = sa.case(
        (CONTRADICTION.c.surfaces_at.is_(None), 1),
        (CONTRADICTION.c.opened_at < CONTRADICTION.c.surfaces_at, 1),
        else_=0,
    )
    names = ("id", "subject_type", "subject_id", "customer_id", "topic", "state", "opened_at", "surfaces_at")
    return (
        sa.select(
            *(CONTRADICTION.c[name] for name in names),
            CONTRADICTION.c.promised_at.label("made_at"),
            PROMISE.c.source,
            PROMISE.c.made_by,
            PROMISE.c.channel,
            before.label("is_before"),
            sa.type_coerce(own, UtcTime()).label("own_at"),
            sa.type_coerce(theirs, UtcTime()).label("theirs_at"),
        )
        .select_from(made)
        .subquery("found")
    )


def spans_by_group(rows: Sequence[Any], groups: int) -> dict[Group, Spans]:
    """The spans of the rows of `ranks.ranked`."""
    return {
        tuple(row[:groups]): Spans(
            count=row.cases, tenth=_length(row.tenth), median=_length(row.median), ninetieth=_length(row.ninetieth)
        )
        for row in rows
        if row.tenth is not None
    }


def _length(microseconds: int | None) -> timedelta | None:
    return None if microseconds is None else timedelta(microseconds=int(microseconds))


def spread_of(kept: Mapping[str, Share]) -> Spread | None:
    """How far the kept rates of these channels lie apart; None where fewer than two can be said."""
    said = sorted(
        ((channel, share) for channel, share in kept.items() if channel and share.can_be_said),
        key=lambda item: (item[1].value or 0, item[0]),
    )
    if len(said) < 2:
        return None
    lowest, highest = said[0], said[-1]
    apart = Spread(lowest=lowest, highest=highest, alarm=False)
    ends = lowest[1].interval, highest[1].interval
    touch = ends[0] is None or ends[1] is None or ends[0][1] >= ends[1][0]
    return replace(apart, alarm=apart.points >= NOTICEABLE and not touch)
