"""How many contacts and people by reason and week, and by how many orders, appointments or contracts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from notifier.model.contact_figures import Per, ReasonFigures, Week
from notifier.model.rates import Rate, trend_of
from notifier.model.reasons import UNCLEAR
from notifier.model.schema import entities
from notifier.model.shares import Share
from notifier.store.reasons import reason_now
from notifier.store.reports.listening.contact_rows import INBOUND
from notifier.store.sql import bucket

PLACED = {Per.ORDER: "placed_at", Per.APPOINTMENT: "starts_at"}
"""The instant by which a row belongs to a week."""


def bases(connection: sa.Connection, per: Per, edges: Sequence[datetime]) -> Sequence[int]:
    """How many rows each span between the edges has."""
    table = entities()[per.value].table
    if per is Per.CONTRACT:
        began, ended = table.c.started_at, sa.func.coalesce(table.c.cancelled_at, table.c.ends_at)
        counts = [
            sa.func.count(
                sa.case(
                    (sa.and_(sa.or_(began.is_(None), began < end), sa.or_(ended.is_(None), ended > start)), table.c.id)
                )
            )
            for start, end in pairwise(edges)
        ]
        return tuple(connection.execute(sa.select(*counts).where(table.c.status != "pending")).one())
    at = table.c[PLACED[per]]
    rows = sa.select(bucket(at, edges).label("span")).where(at >= edges[0], at < edges[-1]).subquery()
    statement = sa.select(rows.c.span, sa.func.count().label("n")).group_by(rows.c.span)
    found = {row.span: row.n for row in connection.execute(statement)}
    return [found.get(span, 0) for span in range(len(edges) - 1)]


def counted(
    connection: sa.Connection, contacts: sa.Subquery, weeks: Sequence[Week]
) -> tuple[ReasonFigures, Sequence[ReasonFigures], int, Share]:
    """All contacts of the weeks; those of each reason, the most frequent first; how many have none; and of all feedback
    that with a reason."""
    edges = [weeks[0].start, *(week.end for week in weeks)]
    rows = sa.select(contacts.c.reason, contacts.c.customer_id, bucket(contacts.c.at, edges).label("week")).where(
        contacts.c.direction == INBOUND, contacts.c.at >= edges[0], contacts.c.at < edges[-1]
    )
    chosen = rows.subquery("chosen")
    said = _feedback(connection, edges)
    of_reason = _weekly(connection, chosen, chosen.c.reason)
    of_all = _weekly(connection, chosen, sa.literal("", sa.String))
    people = _people(connection, chosen, chosen.c.reason)
    everybody = _people(connection, chosen, sa.literal("", sa.String))
    feedback = Share(part=sum(said.values()) - said.get(UNCLEAR, 0), whole=sum(said.values()))
    total = _figures(None, of_all.get("", {}), weeks, everybody.get("", 0), feedback.part)
    named = {*of_reason, *said} - {UNCLEAR}
    figures = [_figures(name, of_reason.get(name, {}), weeks, people.get(name, 0), said.get(name, 0)) for name in named]
    unclear = sum(contacts for contacts, _ in of_reason.get(UNCLEAR, {}).values())
    by_contacts = sorted(figures, key=lambda each: (-each.contacts, -each.feedback, each.reason or ""))
    return total, by_contacts, unclear, feedback


_Weekly = Mapping[int, tuple[int, int]]
"""By the index of the week: contacts, and people."""


def _weekly(connection: sa.Connection, chosen: sa.Subquery, key: sa.ColumnElement[Any]) -> Mapping[str, _Weekly]:
    rows = sa.select(key.label("reason"), chosen.c.week, chosen.c.customer_id).subquery("weekly")
    people = sa.func.count(rows.c.customer_id.distinct())
    statement = sa.select(rows.c.reason, rows.c.week, sa.func.count(), people).group_by(rows.c.reason, rows.c.week)
    found: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for reason, week, contacts, customers in connection.execute(statement):
        found[reason][week] = (contacts, customers)
    return found


def _people(connection: sa.Connection, chosen: sa.Subquery, key: sa.ColumnElement[Any]) -> Mapping[str, int]:
    rows = sa.select(key.label("reason"), chosen.c.customer_id).subquery("people")
    people = sa.func.count(rows.c.customer_id.distinct()).label("n")
    statement = sa.select(rows.c.reason, people).group_by(rows.c.reason)
    return {row.reason: row.n for row in connection.execute(statement)}


def _feedback(connection: sa.Connection, edges: Sequence[datetime]) -> Mapping[str, int]:
    """How much feedback has each reason, `unclear` where nobody can tell."""
    feedback, now = entities()["feedback"].table, reason_now("feedback")
    reason = sa.func.coalesce(now.c.reason, sa.literal(UNCLEAR, sa.String)).label("reason")
    statement = (
        sa.select(reason, sa.func.count().label("n"))
        .select_from(feedback.outerjoin(now, now.c.row_id == feedback.c.id))
        .where(feedback.c.at >= edges[0], feedback.c.at < edges[-1])
        .group_by(reason)
    )
    return {row.reason: row.n for row in connection.execute(statement)}


def _figures(
    reason: str | None, by_week: _Weekly, weeks: Sequence[Week], customers: int, feedback: int
) -> ReasonFigures:
    contacts = [by_week.get(index, (0, 0))[0] for index in range(len(weeks))]
    whole = [index for index, week in enumerate(weeks) if week.whole]
    people = [Rate(count=by_week.get(index, (0, 0))[1], base=weeks[index].base) for index in whole]
    return ReasonFigures(
        reason=reason,
        contacts=sum(contacts),
        customers=customers,
        feedback=feedback,
        rate=Rate(count=sum(contacts), base=sum(week.base for week in weeks)),
        weeks=[Rate(count=count, base=week.base) for count, week in zip(contacts, weeks, strict=True)],
        trend=trend_of(people) if any(week.base for week in weeks) else None,
    )
