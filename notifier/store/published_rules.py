"""Which set of files is in force: in the database, so that all daemons and commands that share it agree.

The newest row is in force, with the files themselves: a daemon may start while its folder is half saved, or on a
machine whose folder is older.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from notifier.rules.file_set import FileSet
from notifier.store.database import read_only
from notifier.store.migrating import newer_revision
from notifier.store.sql import table_of, upsert
from notifier.store.tables import PublishedRulesRow, RulesFolderRow

KEPT = 20
"""The newest sets that keep their files; the record of the others stays."""

_PUBLISHED, _FOLDER = table_of(PublishedRulesRow), table_of(RulesFolderRow)


class How(StrEnum):
    """Why a set was put in force."""

    FIRST = "first"
    """None was."""
    RESTED = "rested"
    """The files had not changed for a while."""
    ASKED = "asked"
    """A person asked for it: `notifier rules publish`, or SIGHUP."""


@dataclass(frozen=True, kw_only=True)
class Published:
    """A set of files that is in force, without the files."""

    id: int
    digest: str
    at: datetime
    how: How
    place: str
    """Where its folder is: `machine:/etc/notifier`."""
    actor: str | None
    has_errors: bool
    """Whether something in it is set aside: then any newer set is better."""


class PublishedRules:
    """The sets of one database, as seen from one project folder, the `place`."""

    def __init__(self, database: sa.Engine, place: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._place = place
        self._clock = clock

    def newest(self) -> Published | None:
        """What is in force; None where nothing ever was."""
        columns = [column for column in _PUBLISHED.c if column.name not in ("files", "reason")]
        last = sa.select(sa.func.max(_PUBLISHED.c.id)).scalar_subquery()
        newest = sa.select(*columns).where(_PUBLISHED.c.id == last)
        with read_only(self._database) as connection:
            row = connection.execute(newest).mappings().one_or_none()
        return None if row is None else Published(**{**row, "how": How(row["how"])})

    def are_of_newer_version(self) -> bool:
        """Whether a newer version of this program works on the database, so that it may be what published them."""
        return newer_revision(self._database) is not None

    def files(self, published: Published) -> FileSet:
        """The files of a set that is in force."""
        chosen = sa.select(_PUBLISHED.c.files).where(_PUBLISHED.c.id == published.id)
        with read_only(self._database) as connection:
            return FileSet.from_archive(connection.execute(chosen).scalar_one())

    def in_force_at(self, instant: datetime) -> Published | None:
        """What was in force then; None where nothing was yet."""
        columns = [column for column in _PUBLISHED.c if column.name not in ("files", "reason")]
        last = sa.select(sa.func.max(_PUBLISHED.c.id)).where(_PUBLISHED.c.at <= instant).scalar_subquery()
        with read_only(self._database) as connection:
            row = connection.execute(sa.select(*columns).where(_PUBLISHED.c.id == last)).mappings().one_or_none()
        return None if row is None else Published(**{**row, "how": How(row["how"])})

    def next_after(self, published: Published) -> datetime | None:
        """When another set took the place of this one; None where it is in force."""
        later = sa.select(sa.func.min(_PUBLISHED.c.at, type_=_PUBLISHED.c.at.type)).where(
            _PUBLISHED.c.id > published.id, _PUBLISHED.c.digest != published.digest
        )
        with read_only(self._database) as connection:
            return connection.execute(later).scalar()

    def kept_files(self, published: Published) -> FileSet | None:
        """The files of a set that is or was in force; None where they are not kept any longer."""
        chosen = sa.select(_PUBLISHED.c.files).where(_PUBLISHED.c.id == published.id)
        with read_only(self._database) as connection:
            content = connection.execute(chosen).scalar_one()
        return None if content is None else FileSet.from_archive(content)

    def publish(
        self, files: FileSet, how: How, *, has_errors: bool, actor: str | None = None, reason: str | None = None
    ) -> Published:
        """Put a set in force, whole: who looks sees the set before or this one."""
        row: dict[str, Any] = {"digest": files.digest, "at": self._clock(), "place": self._place, "actor": actor}
        row["has_errors"] = has_errors
        with self._database.begin() as connection:
            adding = sa.insert(_PUBLISHED).values(**row, how=how.value, files=files.archived(), reason=reason)
            number = connection.execute(adding.returning(_PUBLISHED.c.id)).scalar_one()
            old = sa.update(_PUBLISHED).where(_PUBLISHED.c.id <= number - KEPT, _PUBLISHED.c.files.is_not(None))
            connection.execute(old.values(files=None))
            self._remember(connection, files.digest)
        return Published(id=number, how=how, **row)

    def offered(self) -> str | None:
        """The digest of the set that this place offered last, whether or not it is in force now."""
        with read_only(self._database) as connection:
            chosen = sa.select(_FOLDER.c.digest).where(_FOLDER.c.place == self._place)
            return connection.execute(chosen).scalar_one_or_none()

    def remember(self, digest: str) -> None:
        """Note that the set of this place is in force, so that it is no news once another one is."""
        if self.offered() != digest:
            with self._database.begin() as connection:
                self._remember(connection, digest)

    def _remember(self, connection: sa.Connection, digest: str) -> None:
        row = {"place": self._place, "digest": digest, "at": self._clock()}
        connection.execute(upsert(_FOLDER, connection, names=row), row)  # daemons of one folder may begin together
