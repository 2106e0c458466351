"""What rules in shadow recorded of people: deleted with them, and blanked as long after as what was told."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.retention import Kept
from notifier.store.privacy.person import Person
from notifier.store.privacy.retention import BATCH
from notifier.store.sql import chunks
from notifier.store.tables import SHADOW_MESSAGE, SHADOW_NOTICE

_BLANK: dict[Kept, tuple[sa.ColumnElement[bool], dict[str, Any]]] = {
    Kept.BODIES: (SHADOW_MESSAGE.c.text != "", {"text": "", "subject": None, "payload": b""}),
    Kept.ADDRESSES: (SHADOW_MESSAGE.c.address != "", {"address": ""}),
}


def forget_shadow(connection: sa.Connection, found: Person) -> None:
    """Delete it: nobody was told, so it proves nothing."""
    theirs = sa.select(SHADOW_NOTICE.c.id)
    _delete(connection, theirs.where(SHADOW_NOTICE.c.recipient_id == found.id))
    for entity, ids in found.rows.items():
        for chunk in chunks(ids):
            about = sa.and_(SHADOW_NOTICE.c.subject_type == entity, SHADOW_NOTICE.c.subject_id.in_(chunk))
            _delete(connection, theirs.where(about))
    for chunk in chunks(found.row_ids):
        _delete(connection, theirs.where(SHADOW_NOTICE.c.each_id.in_(chunk)))


def blank_shadow(connection: sa.Connection, what: Kept, *, before: datetime) -> int:
    """Blank one batch of what would have gone before this instant; of how many messages."""
    still_there, blank = _BLANK[what]
    old = sa.select(SHADOW_MESSAGE.c.id).where(SHADOW_MESSAGE.c.at < before, still_there).limit(BATCH)
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(sa.update(SHADOW_MESSAGE).where(SHADOW_MESSAGE.c.id.in_(ids)).values(**blank))
    return len(ids)


def _delete(connection: sa.Connection, notices: sa.Select[tuple[str]]) -> None:
    ids = list(connection.execute(notices).scalars())
    for chunk in chunks(ids):
        connection.execute(sa.delete(SHADOW_MESSAGE).where(SHADOW_MESSAGE.c.notice_id.in_(chunk)))
        connection.execute(sa.delete(SHADOW_NOTICE).where(SHADOW_NOTICE.c.id.in_(chunk)))
