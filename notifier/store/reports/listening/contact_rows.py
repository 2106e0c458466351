"""Contacts with their reason, and with what they are about: the rows that every figure is counted from."""

from datetime import datetime

import sqlalchemy as sa

from notifier.evaluation.dialects import StartsWith
from notifier.model.notices import NoticeKind
from notifier.model.reasons import UNCLEAR
from notifier.store.contacts import CONTACT
from notifier.store.reasons import reason_now
from notifier.store.tables import NOTICE

ASKED = "asked:"
"""How the reason of our own contact begins where it asked the customer for something: `asked: identity card`."""
BY_REASON = "reason "
"""How a matter begins that is known by its reason alone."""
_REPLY = "notice:"
INBOUND, SOLVED = "inbound", "solved"


def contact_rows(since: datetime, until: datetime) -> sa.Subquery:
    """Every contact with `at` in [since, until).

    Its columns: id, customer_id, at, channel, direction, outcome, asked (1 where we asked for something), reason,
    about (the row or word that it names; a reply names what its notice is about) and matter: that, or else its reason,
    or null where neither is known.
    """
    now = reason_now("contact")
    reply = sa.case((StartsWith(CONTACT.c.subject, sa.literal(_REPLY, sa.String)), 1), else_=0) == 1
    reference = sa.func.substr(CONTACT.c.subject, len(_REPLY) + 1)
    answered = sa.and_(reply, NOTICE.c.reference == reference, NOTICE.c.kind != NoticeKind.ALERT)
    of_notice = NOTICE.c.subject_type + sa.literal(":", sa.String) + NOTICE.c.subject_id
    about = sa.case((reply, of_notice), else_=CONTACT.c.subject)
    reason = sa.func.coalesce(now.c.reason, sa.literal(UNCLEAR, sa.String), type_=sa.String())
    by_reason = sa.case((reason != UNCLEAR, sa.literal(BY_REASON, sa.String) + reason))
    asked = sa.case((StartsWith(CONTACT.c.reason, sa.literal(ASKED, sa.String)), 1), else_=0)
    names = ("id", "customer_id", "at", "channel", "direction", "outcome")
    return (
        sa.select(
            *(CONTACT.c[name] for name in names),
            asked.label("asked"),
            reason.label("reason"),
            about.label("about"),
            sa.func.coalesce(about, by_reason, type_=sa.String()).label("matter"),
        )
        .select_from(CONTACT.outerjoin(now, now.c.row_id == CONTACT.c.id).outerjoin(NOTICE, answered))
        .where(CONTACT.c.at >= since, CONTACT.c.at < until)
        .subquery("contacts")
    )
