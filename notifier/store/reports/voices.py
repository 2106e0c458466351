"""What people said to us, as SQL: inbound contacts and feedback, each with its customer, its row and its reason."""

from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import UNCLEAR
from notifier.model.schema import entities
from notifier.store.reasons import reason_now
from notifier.store.reports.dimensions import Period


def voices(period: Period) -> sa.Select[Any]:
    """(entity, id, at, customer, subject, reason) of what was said in the period, `unclear` where nobody can tell why.

    `customer` is null for feedback of somebody unknown; `subject` (`order:O-1`) where it is about no row.
    """
    tables = entities()
    contact, feedback, order = (tables[name].table for name in ("contact", "feedback", "order"))
    contacts = (
        _with_reason(
            "contact", contact, contact, contact.c.customer_id.label("customer"), contact.c.subject.label("subject")
        )
        .where(contact.c.direction == "inbound")
        .where(*period.covers(contact.c.at))
    )
    subject = sa.case(
        (feedback.c.order_id.is_not(None), sa.literal("order:", sa.String) + feedback.c.order_id),
        (feedback.c.site_id.is_not(None), sa.literal("site:", sa.String) + feedback.c.site_id),
    )
    said = feedback.outerjoin(order, order.c.id == feedback.c.order_id)
    customer = sa.func.coalesce(feedback.c.customer_id, order.c.customer_id)
    feedbacks = _with_reason("feedback", feedback, said, customer.label("customer"), subject.label("subject")).where(
        *period.covers(feedback.c.at)
    )
    both = sa.union_all(contacts, feedbacks).subquery("both")
    return sa.select(both)


def _with_reason(
    entity: str, row: sa.FromClause, table: sa.FromClause, *columns: sa.ColumnElement[Any]
) -> sa.Select[Any]:
    now = reason_now(entity)
    name = sa.literal(entity, sa.String).label("entity")
    reason = sa.func.coalesce(now.c.reason, sa.literal(UNCLEAR, sa.String)).label("reason")
    return sa.select(name, row.c.id.label("id"), row.c.at.label("at"), *columns, reason).select_from(
        table.outerjoin(now, now.c.row_id == row.c.id)
    )
