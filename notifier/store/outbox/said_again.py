"""Notices that were told again and again: planning reads them no more (`planning.repeats`)."""

from collections.abc import Collection

import sqlalchemy as sa

from notifier.store.sql import AMONG, AT_ONCE, chunks, is_among
from notifier.store.tables import NOTICE, SHADOW_NOTICE

_PUT_AWAY = sa.update(NOTICE).where(is_among(NOTICE.c.id)).values(said_again=True)
_PUT_AWAY_IN_SHADOW = sa.update(SHADOW_NOTICE).where(is_among(SHADOW_NOTICE.c.id)).values(said_again=True)


def put_away(connection: sa.Connection, notice_ids: Collection[str], *, shadow: bool = False) -> None:
    """Mark these notices, within the caller's transaction. They are spent, so nobody else writes to them."""
    statement = _PUT_AWAY_IN_SHADOW if shadow else _PUT_AWAY
    for chunk in chunks(sorted(notice_ids), AT_ONCE):
        connection.execute(statement, {AMONG: chunk})
