"""The rows of a file become rows of state, with change records; wrong rows are skipped and listed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.calendars.decreed_days import missing_decreed_days
from notifier.calendars.opening_hours_doubts import doubts_about
from notifier.intake.columns import CellDoubt, CellProblem
from notifier.intake.maps import MapFile
from notifier.intake.parsing import ImportContext, ParsedRows, RowParser
from notifier.intake.report import DanglingLog, ImportReport, ProblemLog
from notifier.intake.sources import Batches, CellBatch, Source
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.store.state.changes import delete_where, merge_rows
from notifier.store.state.merging import Merge, WriteCounts
from notifier.store.state.site_days import DAYS_AHEAD, refresh_site_days


def import_rows(
    connection: sa.Connection,
    source: Source,
    entity: str,
    context: ImportContext,
    *,
    at: datetime,
    map_file: MapFile | None = None,
    snapshot: bool = False,
    baseline: bool = False,
    errors: Path | None = None,
) -> ImportReport:
    """Write the rows of a file, dated `at`, in the caller's transaction.

    `snapshot` deletes the rows that are missing from the file; `baseline` marks the changes so that they cause no
    notices; `errors` is the file for bad rows. Raises ProblemsError when the file as a whole cannot be used; the caller
    must then roll back.
    """
    if map_file is not None and map_file.entity != entity:
        raise ProblemsError([Problem(Place(source.name), f"the map is for {map_file.entity}, not for {entity}")])
    with ProblemLog(source.name, errors, header=source.header, delimiter=source.delimiter) as log:
        work = _Import(connection, source, entity, context, at=at, map_file=map_file, baseline=baseline, log=log)
        for batches in source.batches():
            work.take(batches, remember_ids=snapshot)
        if snapshot:
            work.delete_unseen()
        if entity == "site":
            refresh_site_days(connection, context.hours, at, baseline=baseline)
        return work.report()


class _Import:
    """One import while it runs."""

    def __init__(
        self,
        connection: sa.Connection,
        source: Source,
        entity: str,
        context: ImportContext,
        *,
        at: datetime,
        map_file: MapFile | None,
        baseline: bool,
        log: ProblemLog,
    ) -> None:
        self._connection = connection
        self._source = source
        self._entity = context.schema.entities[entity]
        self._parser = RowParser(self._entity, context, map_file.reading if map_file else None)
        self._map = map_file
        self._at = at
        self._baseline = baseline
        self._log = log
        self._dangling = DanglingLog(context.tables)
        self._merge: Merge | None = None
        self._seen: sa.Table | None = None
        self._unreadable = 0
        self._hours = context.hours
        self._countries: set[str] = set()
        """The countries of sites so far."""
        self._read = self._not_yet = self._deleted = 0
        self._counts = WriteCounts()
        if not source.is_jsonl:
            wrong = self._misfits([name for name in source.header if not name.startswith("_")])
            if wrong:
                raise ProblemsError(Problem(Place(source.name), what) for what in wrong)

    def take(self, batches: Batches, *, remember_ids: bool) -> None:
        """Write the good rows of one part of the file, and log the others."""
        for line in batches.problems:
            self._log.bad_row(line.line, line.text, [(None, line.what)])
        self._unreadable += len(batches.problems)
        self._read += len(batches.problems) + sum(len(batch.lines) for batch in batches.groups)
        parsed = [(batch, rows) for batch in batches.groups if (rows := self._parse(batch)) is not None]
        if remember_ids:
            for _, rows in parsed:
                self._remember(rows.columns["id"])
        kept = [(batch, rows, self._good(batch, rows)) for batch, rows in parsed]
        if len(kept) == 1 and kept[0][1].alike and _distinct(kept[0][1].columns["id"]):
            self._write_columns(*kept[0])
        else:
            self._write_rows(kept)

    def delete_unseen(self) -> None:
        """Delete the rows whose id is not in the file, unless unreadable lines leave open which those are."""
        if self._unreadable:
            what = f"snapshot: nothing was deleted, because {self._unreadable} lines do not say which row they are"
            self._log.add(None, None, what)
            return
        if self._seen is None:
            self._log.add(None, None, "snapshot: nothing was deleted, because the file has no rows")
            return
        table = self._entity.table
        self._connection.execute(sa.schema.CreateIndex(sa.Index("imported_id_lookup", self._seen.c.id)))
        unseen = ~sa.exists().where(self._seen.c.id == table.c.id)
        if self._entity.name == "promise":  # no file holds what our own notices said
            unseen = sa.and_(unseen, table.c.source != "notice")
        self._deleted = delete_where(self._connection, self._entity.name, unseen, self._at, baseline=self._baseline)

    def report(self) -> ImportReport:
        """The report so far."""
        return ImportReport(
            file=self._source.name,
            entity=self._entity.name,
            read=self._read,
            counts=self._counts,
            deleted=self._deleted,
            not_yet=self._not_yet,
            bad=self._log.bad,
            problems=tuple(self._log.problems),
            doubts=self._log.doubts,
            dangling=self._dangling.report(self._connection),
            errors_file=self._log.written,
        )

    def _misfits(self, theirs: Sequence[str]) -> list[str]:
        """What is wrong with a file's columns, whatever its rows hold."""
        if self._map is not None:
            wrong = self._map.unknown_columns(theirs, self._parser.columns)
            return wrong or self._parser.missing_columns(self._map.our_columns(theirs))
        unknown = [name for name in theirs if name not in self._parser.columns]
        return [self._parser.unknown_column(name) for name in unknown] or self._parser.missing_columns(theirs)

    def _parse(self, batch: CellBatch) -> ParsedRows | None:
        """The typed rows of a batch; None where its columns make every row bad."""
        if self._source.is_jsonl and (wrong := self._misfits(list(batch.columns))):
            for index, line in enumerate(batch.lines):
                self._log.bad_row(line, batch.row(index), [(None, what) for what in wrong])
            self._unreadable += len(batch.lines)
            return None
        ours: Mapping[str, Sequence[Any]] = batch.columns
        problems: list[CellProblem] = []
        if self._map is not None:
            ours, problems = self._map.apply(batch.columns)
        rows = self._parser.parse(ours)
        reported = {(problem.index, problem.column) for problem in problems}
        problems += [problem for problem in rows.problems if (problem.index, problem.column) not in reported]
        return ParsedRows(columns=rows.columns, problems=tuple(problems), doubts=rows.doubts)

    def _good(self, batch: CellBatch, rows: ParsedRows) -> list[bool]:
        """Which rows to write; logs the bad ones."""
        good = [True] * len(batch.lines)
        by_row: dict[int, list[tuple[str | None, str]]] = {}
        for problem in rows.problems:
            name = self._map.their_name(problem.column) if self._map else problem.column
            by_row.setdefault(problem.index, []).append((name, problem.what))
        for index, problems in sorted(by_row.items()):
            good[index] = False
            self._log.bad_row(batch.lines[index], batch.row(index), problems)
        self._doubt_hours(batch, rows, good)
        if self._map is not None and self._map.as_of is not None:
            started = self._map.as_of.wind_back(rows.columns, self._at)
            self._not_yet += sum(ok and not there for ok, there in zip(good, started, strict=True))
            good = [ok and there for ok, there in zip(good, started, strict=True)]
        for doubt in rows.doubts:
            if good[doubt.index]:
                self._doubt(batch, doubt)
        return good

    def _doubt_hours(self, batch: CellBatch, rows: ParsedRows, good: Sequence[bool]) -> None:
        """Logs the doubts about the hours of good rows, and once for a country about its holidays."""
        if self._entity.name != "site":
            return
        for index, (hours, ok) in enumerate(zip(rows.columns.get("opening_hours", ()), good, strict=False)):
            for what in doubts_about(hours) if ok else ():
                self._doubt(batch, CellDoubt(index=index, column="opening_hours", what=what, value=f"'{hours[:60]}'"))
        for index, (country, ok) in enumerate(zip(rows.columns.get("country", ()), good, strict=False)):
            if ok and country and country not in self._countries:
                self._countries.add(country)
                listed = [day for one in self._hours if one.country in (None, country) for day in one.dates]
                missing = missing_decreed_days(country, self._at.date(), DAYS_AHEAD, listed)
                if missing:
                    self._doubt(batch, CellDoubt(index=index, column="country", what=missing, value=country))

    def _doubt(self, batch: CellBatch, doubt: CellDoubt) -> None:
        name = self._map.their_name(doubt.column) if self._map else doubt.column
        self._log.doubt(batch.lines[doubt.index], name, doubt)

    def _write_columns(self, batch: CellBatch, rows: ParsedRows, good: Sequence[bool]) -> None:
        """The usual and fast case: all rows have the same columns, and no id occurs twice."""
        names = tuple(rows.columns)
        if self._merge is None or self._merge.columns != names:
            self._merge = Merge(self._connection, self._entity, names, self._at, baseline=self._baseline)
        whole = all(good)
        self._merge.load([values if whole else list(compress(values, good)) for values in rows.columns.values()])
        incomplete = self._merge.incomplete()
        if incomplete:
            self._log_incomplete([(batch, rows, good)], dict.fromkeys(incomplete, self._merge.required))
        self._dangling.note(self._merge)
        self._counts += self._merge.write()

    def _write_rows(self, kept: Sequence[tuple[CellBatch, ParsedRows, Sequence[bool]]]) -> None:
        """Rows with different columns, or repeated ids: written in the order of their lines."""
        numbered = [
            (line, row)
            for batch, rows, good in kept
            for line, row, ok in zip(batch.lines, rows.rows(), good, strict=True)
            if ok
        ]
        ordered = [row for _, row in sorted(numbered, key=lambda pair: pair[0])]
        counts, incomplete = merge_rows(
            self._connection, self._entity, ordered, self._at, baseline=self._baseline, loaded=self._dangling.note
        )
        self._counts += counts
        if incomplete:
            self._log_incomplete(kept, incomplete)

    def _log_incomplete(
        self, kept: Sequence[tuple[CellBatch, ParsedRows, Sequence[bool]]], incomplete: Mapping[str, Sequence[str]]
    ) -> None:
        for batch, rows, good in kept:
            for index, (row_id, ok) in enumerate(zip(rows.columns["id"], good, strict=True)):
                if ok and row_id in incomplete:
                    needed = ", ".join(incomplete[row_id])
                    what = f"{self._entity.name} {row_id} is not there yet, and a new one needs {needed}"
                    self._log.bad_row(batch.lines[index], batch.row(index), [(None, what)])

    def _remember(self, ids: Sequence[str | None]) -> None:
        """Keep the ids of a snapshot in a temporary table: a million would take too much memory."""
        if self._seen is None:
            self._seen = sa.Table("imported_id", sa.MetaData(), sa.Column("id", sa.String), prefixes=["TEMPORARY"])
            self._connection.execute(sa.schema.DropTable(self._seen, if_exists=True))
            self._connection.execute(sa.schema.CreateTable(self._seen))
        self._unreadable += sum(one is None for one in ids)
        known = [{"id": one} for one in ids if one is not None]
        if known:
            self._connection.execute(sa.insert(self._seen), known)


def _distinct(ids: Sequence[str | None]) -> bool:
    return len(set(ids)) == len(ids)
