"""What customers did after our notices: who wrote back, who got in touch, and what they wanted to know."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.evaluation.dialects import LaterInstant
from notifier.evaluation.values import elapsed
from notifier.model.contact_figures import AfterNotice, Question
from notifier.model.notices import NoticeKind
from notifier.model.shares import Share
from notifier.store.contacts import CONTACT
from notifier.store.reports.listening.contact_rows import INBOUND
from notifier.store.tables import NOTICE, REPLY

QUESTIONS = 30
"""How many questions are named, the most frequent ones."""


def after_notices(
    connection: sa.Connection, since: datetime, until: datetime, within: timedelta, *, live: bool
) -> Sequence[AfterNotice]:
    """Of each rule's notices told in [since, until), after how many the customer wrote or called within that time.

    `until` is that long ago, at least: of a later notice nobody knows it yet.
    """
    about = NOTICE.c.subject_type + sa.literal(":", sa.String) + NOTICE.c.subject_id
    replied = sa.exists().where(REPLY.c.notice_id == NOTICE.c.id).correlate(NOTICE)
    named = sa.or_(
        CONTACT.c.subject == about,
        CONTACT.c.subject.is_(None),
        CONTACT.c.subject == sa.literal("notice:", sa.String) + NOTICE.c.reference,
    )
    asked = (
        sa.exists()
        .where(
            CONTACT.c.customer_id == NOTICE.c.recipient_id,
            CONTACT.c.direction == INBOUND,
            CONTACT.c.at > NOTICE.c.told_at,
            CONTACT.c.at <= LaterInstant(NOTICE.c.told_at, elapsed(within)),
            named,
        )
        .correlate(NOTICE)
    )
    counts = [sa.func.sum(sa.case((each, 1), else_=0)) for each in (replied, asked)]
    statement = (
        sa.select(NOTICE.c.rule, sa.func.count(), *counts)
        .where(*_told(live=live), NOTICE.c.told_at >= since, NOTICE.c.told_at < until)
        .group_by(NOTICE.c.rule)
    )
    found = [
        AfterNotice(
            rule=rule, replied=Share(part=int(replies), whole=told), asked=Share(part=int(contacts), whole=told)
        )
        for rule, told, replies, contacts in connection.execute(statement)
    ]
    return sorted(found, key=lambda each: (-each.asked.part / each.asked.whole, each.rule))


def questions(
    connection: sa.Connection,
    contacts: sa.Subquery,
    since: datetime,
    until: datetime,
    within: timedelta,
    *,
    live: bool,
) -> Sequence[Question]:
    """The reasons for which customers got in touch in [since, until), within that time after a notice, by its rule.

    A contact counts once, for the last notice before it that is about the same, or about whatever it names nothing of.
    """
    about = NOTICE.c.subject_type + sa.literal(":", sa.String) + NOTICE.c.subject_id
    told_before = sa.and_(
        NOTICE.c.recipient_id == contacts.c.customer_id,
        NOTICE.c.told_at < contacts.c.at,
        contacts.c.at <= LaterInstant(NOTICE.c.told_at, elapsed(within)),
        sa.or_(contacts.c.about == about, contacts.c.about.is_(None)),
        *_told(live=live),
    )
    latest = sa.func.row_number().over(
        partition_by=contacts.c.id, order_by=(NOTICE.c.told_at.desc(), NOTICE.c.id.desc())
    )
    rows = (
        sa.select(NOTICE.c.rule, contacts.c.reason, latest.label("place"))
        .join(NOTICE, told_before)
        .where(contacts.c.direction == INBOUND, contacts.c.at >= since, contacts.c.at < until)
        .subquery("asked")
    )
    count = sa.func.count()
    statement = (
        sa.select(rows.c.rule, rows.c.reason, count.label("n"))
        .where(rows.c.place == 1)
        .group_by(rows.c.rule, rows.c.reason)
        .order_by(count.desc(), rows.c.rule, rows.c.reason)
    )
    found = connection.execute(statement).all()
    whole: dict[str, int] = {}
    for row in found:
        whole[row.rule] = whole.get(row.rule, 0) + row.n
    return [Question(rule=row.rule, reason=row.reason, contacts=row.n, of=whole[row.rule]) for row in found[:QUESTIONS]]


def _told(*, live: bool) -> tuple[sa.ColumnElement[bool], ...]:
    return (NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.told_at.is_not(None))
