"""A snapshot deletes the rows that its file lacks: never on a doubt, and never many of them unless told how many.

A file that was cut at the end of a line looks whole. What it lacks is then no reason to delete anything.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from notifier.model.schema import Entity
from notifier.store.state.changes import count_where, delete_where

FEW = 20
"""A snapshot may always delete this many rows."""
SMALL_SHARE = 10
"""It may delete one row in this many without being told."""


class Snapshot:
    """The ids of one file, and the rows that are deleted because they are not among them.

    `deletes` is how many rows a person said are to go; None where nobody did.
    """

    def __init__(self, connection: sa.Connection, entity: Entity, at: datetime, deletes: int | None) -> None:
        self._connection = connection
        self._entity = entity
        self._at = at
        self._deletes = deletes
        self._seen: sa.Table | None = None
        self.kept = 0
        """The rows that were not deleted because they were too many."""

    def note(self, ids: Sequence[str | None]) -> None:
        """Keep these ids in a temporary table: a million would take too much memory."""
        if self._seen is None:
            self._seen = sa.Table("imported_id", sa.MetaData(), sa.Column("id", sa.String), prefixes=["TEMPORARY"])
            self._connection.execute(sa.schema.DropTable(self._seen, if_exists=True))
            self._connection.execute(sa.schema.CreateTable(self._seen))
        known = [{"id": one} for one in ids if one is not None]
        if known:
            self._connection.execute(sa.insert(self._seen), known)

    def delete(self, *, inserted: int, unreadable: int, baseline: bool) -> tuple[int, str | None]:
        """Delete what the file lacks: how many rows, or 0 and why none.

        `inserted` rows of the file are new; `unreadable` lines do not say which row they are.
        """
        if unreadable:
            lines = "1 line does" if unreadable == 1 else f"{unreadable:,} lines do"
            return 0, f"snapshot: nothing was deleted, because {lines} not say which row is meant"
        if self._seen is None:
            return 0, "snapshot: nothing was deleted, because the file has no rows"
        self._connection.execute(sa.schema.CreateIndex(sa.Index("imported_id_lookup", self._seen.c.id)))
        ours = self._ours()
        unseen = sa.and_(ours, ~sa.exists().where(self._seen.c.id == self._entity.table.c.id))
        leaving = count_where(self._connection, self._entity.name, unseen, self._at)
        there = self._count(ours) - inserted
        refused = self._refused(leaving, there)
        if refused is not None:
            self.kept = leaving
            return 0, refused
        return delete_where(self._connection, self._entity.name, unseen, self._at, baseline=baseline), None

    def _refused(self, leaving: int, there: int) -> str | None:
        """Why so many rows are not deleted; None where they are."""
        counted = f"{leaving:,} of the {there:,} rows of {self._entity.name} are not in the file"
        if self._deletes is not None and self._deletes != leaving:
            return f"snapshot: nothing was deleted, because {counted}, and --snapshot-deletes says {self._deletes:,}"
        if self._deletes is not None or leaving <= FEW or leaving * SMALL_SHARE <= there:
            return None
        return (
            f"snapshot: nothing was deleted, because {counted}: was it cut? "
            f"Where they are to go, import it again with --snapshot --snapshot-deletes {leaving}"
        )

    def _ours(self) -> sa.ColumnElement[bool]:
        """The rows that a file can hold: none holds what our own notices promised, or what campaigns do."""
        return (
            self._entity.table.c.source.not_in(("notice", "campaign")) if self._entity.name == "promise" else sa.true()
        )

    def _count(self, chosen: sa.ColumnElement[bool]) -> int:
        counting = sa.select(sa.func.count()).select_from(self._entity.table).where(chosen)
        return self._connection.execute(counting).scalar_one()
