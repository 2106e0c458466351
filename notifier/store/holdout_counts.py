"""How many households are on each side of a holdout, and how many of them made contact: for reports and for the gate.

Households are counted, by the address that they share, and not contacts: those of one customer are no several answers.
"""

from datetime import datetime

import sqlalchemy as sa

from notifier.evaluation.dialects import LaterInstant
from notifier.evaluation.values import elapsed
from notifier.model.columns import UtcTime
from notifier.model.holdouts import Arm, Holdout
from notifier.model.shares import Share
from notifier.store.contacts import CONTACT
from notifier.store.reasons import reason_now
from notifier.store.tables import HOLDOUT_CASE

H = HOLDOUT_CASE.c


def holdout_counts(
    connection: sa.Connection, rule: str, holdout: Holdout, now: datetime, *, live: bool
) -> tuple[Share, Share, datetime | None]:
    """Of the told households, and of those not told, those with a contact; and when the first was drawn."""
    made = made_contact(H.recipient_id, H.assigned_at, holdout, now)
    by_unit = (
        sa.select(
            H.unit,
            H.arm,
            sa.func.max(sa.case((made, 1), else_=0)).label("made"),
            sa.func.min(H.assigned_at, type_=UtcTime()).label("first_at"),
        )
        .where(H.rule == rule, H.holdout == holdout.name, H.live == live, H.assigned_at <= now)
        .group_by(H.unit, H.arm)
        .subquery()
    )
    statement = sa.select(
        by_unit.c.arm,
        sa.func.count(),
        sa.func.sum(by_unit.c.made),
        sa.func.min(by_unit.c.first_at, type_=UtcTime()),
    ).group_by(by_unit.c.arm)
    sides: dict[Arm, Share] = {}
    first: list[datetime] = []
    for arm, whole, part, since in connection.execute(statement):
        sides[Arm(arm)] = Share(part=part, whole=whole)
        first.append(since)
    told, held_out = (sides.get(arm, Share(part=0, whole=0)) for arm in (Arm.TOLD, Arm.HELD_OUT))
    return told, held_out, min(first, default=None)


def made_contact(
    customer: sa.ColumnElement[str], since: sa.ColumnElement[datetime], holdout: Holdout, now: datetime
) -> sa.ColumnElement[bool]:
    """Whether the customer made contact for one of the reasons, within the time that counts."""
    reason = reason_now("contact")
    return (
        sa.select(CONTACT.c.id)
        .join(reason, reason.c.row_id == CONTACT.c.id)
        .where(
            CONTACT.c.customer_id == customer,
            CONTACT.c.direction == "inbound",
            CONTACT.c.at >= since,
            CONTACT.c.at < LaterInstant(since, elapsed(holdout.within)),
            CONTACT.c.at <= now,
            reason.c.reason.in_(sorted(holdout.contacts)),
        )
        .exists()
    )
