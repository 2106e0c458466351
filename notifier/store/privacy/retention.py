"""Texts and addresses of what came to its end long ago are blanked, so many days after the notice changed last.

What people wrote goes so many days after it came.

Claims stay: what corrects a notice needs them. Notices are walked through in the order of their last change, and how
far is kept, so that no pass reads what an earlier one has blanked. What is still on its way is passed over: its notice
changes when it ends, and comes again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import MessageState
from notifier.model.retention import Kept
from notifier.model.transitions import IN_FLIGHT
from notifier.store.contacts import CONTACT
from notifier.store.sql import is_any_of, upsert
from notifier.store.tables import MESSAGE, NOTICE, PAYLOAD, REPLY, RETENTION

BATCH = 200
"""Notices of one transaction: it takes some milliseconds, and who sends meanwhile waits no longer than that."""
_ENDED = [state for state in MessageState if state not in (MessageState.QUEUED, *IN_FLIGHT)]


_BLANK: dict[Kept, dict[str, Any]] = {Kept.BODIES: {"text": "", "subject": None}, Kept.ADDRESSES: {"address": ""}}


def blank_batch(connection: sa.Connection, what: Kept, *, before: datetime) -> int:
    """Blank one batch of what changed last before this instant; of how many notices, fewer than `BATCH` at the end."""
    found = _next(connection, what, before)
    if not found:
        return 0
    ended = sa.and_(MESSAGE.c.notice_id.in_([row.id for row in found]), is_any_of(MESSAGE.c.state, *_ENDED))
    if what is Kept.BODIES:
        connection.execute(sa.delete(PAYLOAD).where(PAYLOAD.c.message_id.in_(sa.select(MESSAGE.c.id).where(ended))))
    connection.execute(sa.update(MESSAGE).where(ended).values(**_BLANK[what]))
    mark = {"what": what, "changed_at": found[-1].changed_at, "notice_id": found[-1].id}
    connection.execute(upsert(RETENTION, connection, names=mark.keys()), mark)
    return len(found)


def blank_replies(connection: sa.Connection, what: Kept, *, before: datetime) -> int:
    """The same for one batch of what people wrote before this instant; of how many replies.

    What somebody has still to hear of is kept until then. An address from which a reply came keeps its entries of the
    consent ledger.
    """
    name = f"replies-{what}"
    mark = connection.execute(sa.select(RETENTION).where(RETENTION.c.what == name)).first()
    statement = sa.select(REPLY.c.id, REPLY.c.at).where(REPLY.c.at < before, REPLY.c.waits_since.is_(None))
    if mark is not None:
        after = sa.or_(REPLY.c.at > mark.changed_at, REPLY.c.id > mark.notice_id)
        statement = statement.where(REPLY.c.at >= mark.changed_at, after)
    found = list(connection.execute(statement.order_by(REPLY.c.at, REPLY.c.id).limit(BATCH)))
    if not found:
        return 0
    ids = [row.id for row in found]
    if what is Kept.BODIES:
        connection.execute(sa.update(CONTACT).where(CONTACT.c.id.in_(ids)).values(attributes={}))
        connection.execute(sa.update(REPLY).where(REPLY.c.id.in_(ids)).values(text=None))
    else:
        connection.execute(sa.update(REPLY).where(REPLY.c.id.in_(ids)).values(address=""))
    values = {"what": name, "changed_at": found[-1].at, "notice_id": ids[-1]}
    connection.execute(upsert(RETENTION, connection, names=values.keys()), values)
    return len(found)


def _next(connection: sa.Connection, what: Kept, before: datetime) -> Sequence[sa.Row[Any]]:
    mark = connection.execute(sa.select(RETENTION).where(RETENTION.c.what == what)).first()
    changed, name = NOTICE.c.changed_at, NOTICE.c.id
    statement = sa.select(name, changed).where(changed < before)
    if mark is not None:
        after = sa.or_(changed > mark.changed_at, name > mark.notice_id)
        statement = statement.where(changed >= mark.changed_at, after)
    return list(connection.execute(statement.order_by(changed, name).limit(BATCH)))
