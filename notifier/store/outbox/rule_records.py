"""What a batch records of its rule or check itself: how far it came, its backlog, its figures, what is set aside."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from notifier.model.batches import Batch
from notifier.model.setting_aside import SetAside
from notifier.store.sql import AMONG, chunks, insert_new, is_among, upsert
from notifier.store.tables import BACKLOG, FIGURES, RULE_STATE, SET_ASIDE

_MOVE = (
    sa.update(RULE_STATE)
    .where(RULE_STATE.c.kind == sa.bindparam("of_kind", type_=sa.String()), is_among(RULE_STATE.c.name))
    .values(evaluated_at=sa.bindparam("at", type_=RULE_STATE.c.evaluated_at.type))
)


def move_watermarks(connection: sa.Connection, batches: Sequence[Batch]) -> None:
    """Record how far the rules and checks of these batches have come, with one statement for a whole idle tick."""
    rows = [
        {
            "kind": batch.kind,
            "name": batch.name,
            "digest": batch.watermark.digest,
            "first_pass_at": batch.watermark.first_pass_at,
            "evaluated_at": batch.watermark.evaluated_at,
            "failed": batch.watermark.failed,
            "in_force": True,
            "definition": dict(batch.definition or batch.watermark.definition),
        }
        for batch in batches
        if batch.watermark is not None and not batch.is_same_rule
    ]
    if rows:
        connection.execute(upsert(RULE_STATE, connection, names=rows[0]), rows)
    moved: dict[tuple[str, datetime], list[str]] = defaultdict(list)
    for batch in batches:
        if batch.watermark is not None and batch.is_same_rule:
            moved[batch.kind, batch.watermark.evaluated_at].append(batch.name)
    for (kind, at), names in moved.items():
        for chunk in chunks(sorted(names)):
            connection.execute(_MOVE, {AMONG: chunk, "of_kind": kind, "at": at})


def record_failure(connection: sa.Connection, kind: str, name: str, failure: str) -> None:
    """Remember that the evaluation of a rule or check failed, so that its next pass is a full one.

    One that never had a pass needs no memory: its next pass is its first.
    """
    connection.execute(
        sa.update(RULE_STATE).where(RULE_STATE.c.kind == kind, RULE_STATE.c.name == name).values(failed=failure)
    )


def write_backlog(connection: sa.Connection, batch: Batch, now: datetime) -> None:
    """Record what is not to be told, and take out what is no longer so."""
    added = [
        {
            "rule": batch.name,
            "subject_id": subject,
            "each_id": each,
            "recipient_id": recipient,
            "recorded_at": now,
            "cause": cause,
        }
        for (subject, each, recipient), cause in batch.backlog_added
    ]
    if added:
        key = "rule, subject_id, each_id, recipient_id"
        connection.execute(insert_new(BACKLOG, connection, key=key), added)
    removed = [
        {"of_subject": subject, "of_each": each, "of_recipient": recipient}
        for subject, each, recipient in batch.backlog_removed
    ]
    if removed:
        statement = sa.delete(BACKLOG).where(
            BACKLOG.c.rule == batch.name,
            BACKLOG.c.subject_id == sa.bindparam("of_subject"),
            BACKLOG.c.each_id == sa.bindparam("of_each"),
            BACKLOG.c.recipient_id == sa.bindparam("of_recipient"),
        )
        connection.execute(statement, removed)


def write_figures(connection: sa.Connection, batch: Batch) -> None:
    """Keep the figures of the subjects of which all rows were decided, and forget those that hold no longer."""
    if batch.forgets_figures:
        connection.execute(sa.delete(FIGURES).where(FIGURES.c.rule == batch.name))
    gone = [{"of_subject": subject} for subject, figures in batch.figures if figures is None]
    if gone:
        statement = sa.delete(FIGURES).where(
            FIGURES.c.rule == batch.name, FIGURES.c.subject_id == sa.bindparam("of_subject")
        )
        connection.execute(statement, gone)
    kept = [
        {"rule": batch.name, "subject_id": subject, "truth": figures.truth, "claims": figures.claims}
        for subject, figures in batch.figures
        if figures is not None
    ]
    if kept:
        connection.execute(upsert(FIGURES, connection, names=kept[0]), kept)


def write_set_aside(connection: sa.Connection, items: Sequence[SetAside], *, live: bool) -> None:
    """Remember what is set aside. Its rules and checks miss what changes meanwhile: their next pass is a full one."""
    connection.execute(sa.delete(SET_ASIDE).where(SET_ASIDE.c.live.is_(live)))
    if items:
        connection.execute(sa.insert(SET_ASIDE), [{**vars(item), "live": live} for item in items])
    for item in items:
        if not item.kept:
            record_failure(connection, item.kind, item.name, item.sentence)
