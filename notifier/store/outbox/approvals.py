"""Who approved a notice, for just what it says: rows that are only ever added."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from notifier.model.digests import uuid7
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import APPROVAL


def approved_by(connection: sa.Connection, notice_id: str, digest: str) -> set[str]:
    """The people who approved this content of the notice."""
    chosen = sa.select(APPROVAL.c.person).where(APPROVAL.c.notice_id == notice_id, APPROVAL.c.digest == digest)
    return set(connection.execute(chosen).scalars())


def approved_of(connection: sa.Connection, notice_ids: Collection[str], by: str) -> set[tuple[str, str]]:
    """Which of these notices this person approved, each with the digest of what it said."""
    chosen = sa.select(APPROVAL.c.notice_id, APPROVAL.c.digest).where(
        APPROVAL.c.person == name_of(by), is_among(APPROVAL.c.notice_id)
    )
    return {(row.notice_id, row.digest) for row in rows_among(connection, chosen, notice_ids)}


def name_of(by: str) -> str:
    """The person behind a name as given with --by: whoever writes it in capitals the second time is the same one."""
    return " ".join(by.split()).casefold()


def approve(connection: sa.Connection, notice_id: str, digest: str, person: str, now: datetime) -> None:
    """Record one more."""
    name = uuid7(now, f"{notice_id}|{digest}|{person}")
    connection.execute(sa.insert(APPROVAL).values(id=name, at=now, notice_id=notice_id, digest=digest, person=person))
