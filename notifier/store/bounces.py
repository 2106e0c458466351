"""Rows of mails that came back, and how far mailboxes were read.

All functions work within the connection's transaction, which the caller commits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.bounces.bounce import LOST, BounceKind, Meaning
from notifier.store.sql import insert_new, upsert
from notifier.store.tables import BOUNCE, MAILBOX, NOTICE


@dataclass(frozen=True, kw_only=True)
class KeptBounce:
    """One mail that came back."""

    id: str
    received_at: datetime
    way: str
    meaning: Meaning
    reporter: str | None = None
    notice_id: str | None = None
    reference: str | None = None
    """Of its notice; None where it leads nowhere."""
    proven: bool = False
    lost_at: datetime | None = None
    has_content: bool = False


@dataclass(frozen=True, kw_only=True)
class Lead:
    """The notice that a bounce leads to."""

    notice_id: str
    reference: str


def lead_to(connection: sa.Connection, references: Sequence[str]) -> Lead | None:
    """The first of these references that a notice has."""
    statement = sa.select(NOTICE.c.id, NOTICE.c.reference).where(NOTICE.c.reference.in_(references))
    found = {row.reference: row.id for row in connection.execute(statement)} if references else {}
    return next((Lead(notice_id=found[each], reference=each) for each in references if each in found), None)


def is_kept(connection: sa.Connection, digest: str) -> bool:
    """Whether a mail with just these bytes came before."""
    return connection.execute(sa.select(BOUNCE.c.id).where(BOUNCE.c.digest == digest)).first() is not None


def keep(connection: sa.Connection, bounce: KeptBounce, *, digest: str, content: bytes | None) -> None:
    """Keep it, unless its bytes are kept already. What says that a mail is lost ends the wait after a warning."""
    row = {
        "id": bounce.id,
        "digest": digest,
        "received_at": bounce.received_at,
        "way": bounce.way,
        "kind": bounce.meaning.kind,
        "code": bounce.meaning.code,
        "reason": bounce.meaning.reason,
        "reporter": bounce.reporter,
        "notice_id": bounce.notice_id,
        "proven": bounce.proven,
        "lost_at": bounce.lost_at,
        "content": content,
    }
    connection.execute(insert_new(BOUNCE, connection, key="digest").values(**row))
    if bounce.proven and bounce.meaning.kind in (*LOST, BounceKind.DELIVERED, BounceKind.COMPLAINT):
        end_waits(connection, [bounce.notice_id] if bounce.notice_id else [])


def end_waits(connection: sa.Connection, notice_ids: Collection[str]) -> None:
    """It is known what became of the mails of these notices: no silence after a warning has to say it."""
    if notice_ids:
        connection.execute(
            sa.update(BOUNCE)
            .where(BOUNCE.c.notice_id.in_(notice_ids), BOUNCE.c.lost_at.is_not(None))
            .values(lost_at=None)
        )


def silent(connection: sa.Connection, *, now: datetime, limit: int = 500) -> Sequence[Lead]:
    """The notices whose mails count as lost by now, because nothing followed a warning."""
    statement = (
        sa.select(NOTICE.c.id, NOTICE.c.reference)
        .where(NOTICE.c.id.in_(sa.select(BOUNCE.c.notice_id).where(BOUNCE.c.lost_at <= now)))
        .order_by(NOTICE.c.id)
        .limit(limit)
    )
    return [Lead(notice_id=row.id, reference=row.reference) for row in connection.execute(statement)]


def any_contents(connection: sa.Connection, *, before: datetime) -> bool:
    """Whether bytes are kept of something that came before this instant."""
    statement = sa.select(BOUNCE.c.id).where(BOUNCE.c.received_at < before, BOUNCE.c.content.is_not(None)).limit(1)
    return connection.execute(statement).first() is not None


def forget_contents(connection: sa.Connection, *, before: datetime) -> int:
    """Delete the bytes of what came before this instant; the rows stay. How many had some."""
    done = connection.execute(
        sa.update(BOUNCE).where(BOUNCE.c.received_at < before, BOUNCE.c.content.is_not(None)).values(content=None)
    )
    return int(done.rowcount)


def bounces(
    connection: sa.Connection, *, nowhere: bool = False, kinds: Collection[BounceKind] = (), limit: int | None = None
) -> Sequence[KeptBounce]:
    """What came back, the latest first. `nowhere`: only what leads to no notice."""
    statement = (
        sa.select(
            *(column for column in BOUNCE.c if column.name != "content"),
            BOUNCE.c.content.is_not(None).label("has_content"),
            NOTICE.c.reference,
        )
        .outerjoin(NOTICE, NOTICE.c.id == BOUNCE.c.notice_id)
        .order_by(BOUNCE.c.received_at.desc(), BOUNCE.c.id.desc())
        .limit(limit)
    )
    if nowhere:
        statement = statement.where(BOUNCE.c.notice_id.is_(None))
    if kinds:
        statement = statement.where(BOUNCE.c.kind.in_(kinds))
    return [
        KeptBounce(
            id=row.id,
            received_at=row.received_at,
            way=row.way,
            meaning=Meaning(kind=BounceKind(row.kind), reason=row.reason, code=row.code),
            reporter=row.reporter,
            notice_id=row.notice_id,
            reference=row.reference,
            proven=row.proven,
            lost_at=row.lost_at,
            has_content=row.has_content,
        )
        for row in connection.execute(statement)
    ]


def content_of(connection: sa.Connection, beginning: str) -> bytes | None:
    """The bytes of the one that leads nowhere whose id begins so; None where there is not just one."""
    statement = sa.select(BOUNCE.c.content).where(
        BOUNCE.c.id.startswith(beginning, autoescape=True), BOUNCE.c.content.is_not(None)
    )
    found = connection.execute(statement.limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None


def counts(connection: sa.Connection, *, since: datetime) -> Mapping[BounceKind | None, int]:
    """How many of each kind came since then; under None those that lead to no notice."""
    statement = sa.select(BOUNCE.c.kind, sa.func.count(), sa.func.count(BOUNCE.c.notice_id)).group_by(BOUNCE.c.kind)
    found: dict[BounceKind | None, int] = {None: 0}
    for kind, number, led in connection.execute(statement.where(BOUNCE.c.received_at >= since)):
        found[BounceKind(kind)] = number
        found[None] += number - led
    return found


def read_up_to(connection: sa.Connection, mailbox: str) -> tuple[int, int]:
    """(UIDVALIDITY, the last UID that was read) of a mailbox; zeros for one that was never read."""
    statement = sa.select(MAILBOX.c.validity, MAILBOX.c.last_uid).where(MAILBOX.c.name == mailbox)
    found = connection.execute(statement).first()
    return (0, 0) if found is None else (found.validity, found.last_uid)


def note_read(connection: sa.Connection, mailbox: str, *, validity: int, last_uid: int, now: datetime) -> None:
    """The mailbox was read up to here."""
    row = {"name": mailbox, "validity": validity, "last_uid": last_uid, "read_at": now}
    connection.execute(upsert(MAILBOX, connection, names=row.keys()), row)
