"""What `store.reader` asks of state and outbox, as statements that are built once.

A tick asks most of them for every rule; to build such a statement takes longer than to run it. Parameters: `rule`,
`check`, `kind`, `live` (the world), `now`, `since`, `upto` (aware UTC), and `among`, the ids in question
(`store.sql.rows_among`).
"""

from dataclasses import fields

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.contradictions import HOLDING
from notifier.model.notices import UNSENT, MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import CustomerRow
from notifier.model.transitions import HANDED_OVER
from notifier.model.types import ChannelName
from notifier.store.outbox.suppressions import SUPPRESS
from notifier.store.sql import is_among, is_any_of
from notifier.store.tables import (
    BACKLOG,
    CHANGE,
    CONSENT,
    CONTRADICTION,
    CUSTOMER,
    MESSAGE,
    NOTICE,
    RULE_STATE,
    SUPPRESSED,
)

RULE = sa.bindparam("rule", type_=sa.String())
CHECK = sa.bindparam("check", type_=sa.String())
LIVE = sa.bindparam("live", type_=sa.Boolean())
NOW = sa.bindparam("now", type_=UtcTime())
SINCE = sa.bindparam("since", type_=UtcTime())
UPTO = sa.bindparam("upto", type_=UtcTime())

# Evaluation

RULE_STATES = sa.select(RULE_STATE).where(
    RULE_STATE.c.kind == sa.bindparam("kind", type_=sa.String()), RULE_STATE.c.in_force.is_(True)
)
CHANGED_ENTITIES = sa.select(CHANGE.c.entity).distinct()

# Notices; `SUBJECTS…` are ids of the rule's rows

_OF_WORLD = (NOTICE.c.live == LIVE, NOTICE.c.kind != NoticeKind.ALERT)
_OF_RULE = (NOTICE.c.rule == RULE, *_OF_WORLD)
KNOWN = [column for column in NOTICE.c if column.name not in {"evidence", "previous", "reason"}]
"""What planning asks about notices: not their long texts."""
NOTICES = sa.select(*KNOWN).where(*_OF_RULE, is_among(NOTICE.c.subject_id))
_SUBJECTS = sa.select(NOTICE.c.subject_id).where(*_OF_RULE).distinct()
SUBJECTS_WITH_NOTICES = _SUBJECTS.where(NOTICE.c.state.in_([*UNSENT, NoticeState.TOLD]))
SUBJECTS_UNSENT = _SUBJECTS.where(NOTICE.c.state.in_(UNSENT))
SUBJECTS_TOLD = _SUBJECTS.where(NOTICE.c.told_at >= SINCE, NOTICE.c.told_at <= UPTO)
_WAITS = (NoticeState.READY, NoticeState.HELD, NoticeState.DEFERRED)
_REACHED_NOBODY = (NoticeState.SUPPRESSED, NoticeState.FAILED)
_BY_PERSON = sa.or_(NOTICE.c.released.is_(True), NOTICE.c.approved_digest.is_not(None))
DUE = tuple(
    sa.select(NOTICE.c.rule, NOTICE.c.subject_id).where(*_OF_WORLD, *conditions)
    # Apart, because each has an index of its own; as one OR they would read every notice.
    for conditions in (
        (NOTICE.c.state == NoticeState.DEFERRED, NOTICE.c.deferred_until <= NOW),
        (NOTICE.c.state.in_(_WAITS), NOTICE.c.until_at <= NOW),
        (NOTICE.c.state.in_(_REACHED_NOBODY), NOTICE.c.until_at <= NOW, NOTICE.c.until_at > SINCE),
        (NOTICE.c.state == NoticeState.HELD, _BY_PERSON),
        (NOTICE.c.state == NoticeState.TOLD, NOTICE.c.changed_at >= SINCE),
    )
)
RECIPIENTS_COUNTED = (
    sa.select(NOTICE.c.recipient_id)
    .where(
        *_OF_RULE,
        NOTICE.c.recipient_id.is_not(None),
        sa.or_(
            NOTICE.c.passed_limits_at > SINCE,
            sa.and_(NOTICE.c.state == NoticeState.HELD, NOTICE.c.reason_code == ReasonCode.LIMIT),
        ),
    )
    .distinct()
)
OCCURRENCES = sa.select(NOTICE.c.reference, NOTICE.c.occurrence).where(is_among(NOTICE.c.reference))
ALERTS = sa.select(NOTICE.c.occurrence).where(NOTICE.c.kind == NoticeKind.ALERT, is_among(NOTICE.c.occurrence))
BACKLOG_OF = sa.select(BACKLOG).where(BACKLOG.c.rule == RULE, is_among(BACKLOG.c.subject_id))
BACKLOG_SUBJECTS = sa.select(BACKLOG.c.subject_id).where(BACKLOG.c.rule == RULE).distinct()

# Messages; `among` are ids of notices

TOLD_CHANNELS = (
    sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel)
    .where(is_any_of(MESSAGE.c.state, *HANDED_OVER), is_among(MESSAGE.c.notice_id))
    .order_by(MESSAGE.c.accepted_at, MESSAGE.c.id)
)
_STILL_SUPPRESSED = (
    sa.select(SUPPRESSED.c.address)
    .where(
        SUPPRESSED.c.channel == MESSAGE.c.channel,
        SUPPRESSED.c.address == MESSAGE.c.address,
        SUPPRESSED.c.live == MESSAGE.c.live,
    )
    .exists()
)
FAILED = (
    sa.select(MESSAGE.c.notice_id, MESSAGE.c.channel, MESSAGE.c.address, MESSAGE.c.error)
    .where(is_any_of(MESSAGE.c.state, MessageState.FAILED), is_among(MESSAGE.c.notice_id))
    .where(sa.or_(MESSAGE.c.decision.is_distinct_from(SUPPRESS), _STILL_SUPPRESSED))
    .order_by(MESSAGE.c.changed_at, MESSAGE.c.id)
)
"""One that was suppressed, and is not any more, may be tried again."""

# Customers; `among` are their ids, or addresses

CUSTOMER_COLUMNS = tuple(field.name for field in fields(CustomerRow))
CUSTOMERS = sa.select(*(CUSTOMER.c[name] for name in CUSTOMER_COLUMNS)).where(is_among(CUSTOMER.c.id))
CUSTOMER_COUNT = sa.select(sa.func.count()).select_from(CUSTOMER)
CONSENTS = sa.select(CONSENT.c.customer_id, CONSENT.c.channel, CONSENT.c["class"].label("of"), CONSENT.c.allowed).where(
    is_among(CONSENT.c.customer_id)
)
ANY_SUPPRESSED = (
    sa.select(SUPPRESSED.c.address)
    .where(SUPPRESSED.c.channel.in_(list(ChannelName)))  # so that an index is probed
    .limit(1)
)
SUPPRESSED_AMONG = sa.select(SUPPRESSED).where(
    SUPPRESSED.c.live == LIVE,
    SUPPRESSED.c.channel == sa.bindparam("channel", type_=sa.String()),
    is_among(SUPPRESSED.c.address),
)

# Contradictions; `among` are ids of promises

CONTRADICTIONS = sa.select(CONTRADICTION).where(CONTRADICTION.c.check == CHECK)
CONTRADICTIONS_OF = CONTRADICTIONS.where(is_among(CONTRADICTION.c.promise_id))
_HOLDING = CONTRADICTION.c.state.in_(HOLDING)
CONTRADICTIONS_HOLDING = sa.select(CONTRADICTION).where(_HOLDING)
CONTRADICTIONS_DUE = sa.select(CONTRADICTION.c.check, CONTRADICTION.c.promise_id).where(
    _HOLDING, CONTRADICTION.c.surfaces_at <= NOW
)
CONTRADICTION_CHANGED = sa.select(CONTRADICTION.c.id).where(CONTRADICTION.c.changed_at >= SINCE).limit(1)
