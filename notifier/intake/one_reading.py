"""One reading of a file while it runs: its good rows are written, with change records, and the others are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.calendars.decreed_days import missing_decreed_days
from notifier.calendars.opening_hours_doubts import doubts_about
from notifier.intake.columns import CellDoubt, CellProblem, is_empty
from notifier.intake.maps import MapFile
from notifier.intake.midnights import Midnights
from notifier.intake.parsing import ImportContext, ParsedRows, Reading, RowParser
from notifier.intake.repeats import Counting, IdDigests, Repeats
from notifier.intake.report import DanglingLog, ImportReport, ProblemLog
from notifier.intake.snapshots import Snapshot
from notifier.intake.sources import NOTE_COLUMNS, Batches, CellBatch, Source
from notifier.intake.superseding import refused_supersedes
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.writers import Writer
from notifier.rules.checked_rules import PROMISE
from notifier.store.state.cancellations import hear_cancellations
from notifier.store.state.changes import merge_rows
from notifier.store.state.merging import Merge, WriteCounts
from notifier.store.state.provenance import LINE
from notifier.store.state.site_days import DAYS_AHEAD, refresh_site_days

NO_ROW = "; a title or a footer? take the line out of the file"


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What a person asks of an import."""

    at: datetime
    """The date of the write."""
    map_file: MapFile | None = None
    snapshot: bool = False
    """Delete the rows that the file lacks."""
    snapshot_deletes: int | None = None
    """How many rows the person expects that to be; None where they did not say."""
    baseline: bool = False
    """Mark the changes, so that they cause no notices."""
    errors: Path | None = None
    """The file for bad rows."""
    writer: Writer | None = None
    """Who signs for the rows; None: nobody."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What only a whole file shows, and what a second reading of it must know."""

    repeated: Mapping[int, int] = field(default_factory=dict)
    """How many rows have each digest of an id that comes more than once."""
    unclear: frozenset[str] = frozenset()
    """The columns of which the map must say what midnight stands for."""


class OneReading:
    """One reading of a file while it runs; `overview` is None in the first."""

    def __init__(
        self,
        connection: sa.Connection,
        source: Source,
        entity: str,
        context: ImportContext,
        options: ImportOptions,
        overview: Overview | None,
        log: ProblemLog,
        *,
        leads: bool = True,
    ) -> None:
        """`leads`: it tells of the lines that are no rows, once for all entities of a file."""
        self._leads = leads
        self._connection = connection
        self._source = source
        self._entity = context.schema.entities[entity]
        self._options = options
        self._map = options.map_file
        reading = self._map.reading if self._map else Reading()
        unclear = overview.unclear if overview is not None else frozenset[str]()
        self._parser = RowParser(self._entity, context, reading.refusing(unclear))
        self._log = log
        self._dangling = DanglingLog(context.tables)
        self._merge: Merge | None = None
        self._snapshot: Snapshot | None = None
        if options.snapshot:
            self._snapshot = Snapshot(connection, self._entity, options.at, options.snapshot_deletes)
        self._first_reading = overview is None
        self._digests = IdDigests()
        self._midnights = Midnights(self._parser.instants, reading, context.default_zone)
        self._repeats = Repeats(
            overview.repeated if overview is not None else {},
            self._map.repeated if self._map else Counting.AGREE,
            self._map.unread if self._map else frozenset(),
            entity,
            self._map.summed if self._map else None,
            self._map.digested if self._map else frozenset(),
        )
        self._unreadable = 0
        self._hours = context.hours
        self._supersedes = context.supersedes
        self._countries: set[str] = set()
        """The countries of sites so far."""
        self._read = self._not_yet = self._deleted = self._repeated = self._left_out = 0
        self._counts = WriteCounts()
        if not source.is_jsonl:
            wrong = self._misfits([name for name in source.header if name not in NOTE_COLUMNS])
            if wrong:
                raise ProblemsError(Problem(Place(source.name), what) for what in wrong)

    def take(self, batches: Batches) -> None:
        """Write the good rows of one part of the file, and log the others."""
        for line in batches.problems if self._leads else ():
            self._log.bad_row(line.line, line.text, [(None, line.what)], lines=line.lines, stray=line.stray)
        unread = sum(line.lines for line in batches.problems)
        self._unreadable += unread
        self._read += unread + sum(len(batch.lines) for batch in batches.groups)
        fitting = [self._wanted(batch) for batch in batches.groups if self._fits(batch)]
        groups = fitting if self._first_reading else self._without_repeats(fitting)
        parsed = [(batch, self._parse(batch)) for batch in groups]
        for _, rows in parsed:
            self._note_ids(rows.columns["id"])
        if self._digests.repeats:
            return  # the file is read again: nothing of this reading is kept
        kept = [(batch, rows, self._good(batch, rows)) for batch, rows in parsed]
        if len(kept) == 1 and kept[0][1].alike:
            self._write_columns(*kept[0])
        else:
            self._write_rows(kept)

    @property
    def overview(self) -> Overview:
        """What the first reading showed, once the whole file is read."""
        return Overview(repeated=self._digests.repeated(), unclear=self._midnights.unclear())

    def finish(self) -> ImportReport:
        """What remains to be done when the whole file is read."""
        for doubts in self._midnights.doubts():
            self._log.doubts_of(replace(doubts, column=self._their_name(doubts.column) or doubts.column))
        if self._snapshot is not None:
            self._deleted, why_not = self._snapshot.delete(
                inserted=self._counts.inserted, unreadable=self._unreadable, baseline=self._options.baseline
            )
            if why_not is not None:
                self._log.add(None, None, why_not)
        if self._entity.name == "site":
            refresh_site_days(self._connection, self._hours, self._options.at, baseline=self._options.baseline)
        return self._report()

    def _report(self) -> ImportReport:
        return ImportReport(
            file=self._source.name,
            entity=self._entity.name,
            read=self._read,
            counts=self._counts,
            deleted=self._deleted,
            kept=self._snapshot.kept if self._snapshot is not None else 0,
            not_yet=self._not_yet,
            left_out=self._left_out,
            repeated=self._repeated,
            bad=self._log.bad,
            strays=self._log.strays,
            problems=self._log.problems,
            doubts=self._log.doubts,
            dangling=self._dangling.report(self._connection),
            errors_file=self._log.written,
        )

    def _misfits(self, theirs: Sequence[str]) -> list[str]:
        """What is wrong with a file's columns, whatever its rows hold."""
        if self._map is not None:
            of_a_row = self._source.is_jsonl
            wrong = self._map.unknown_columns(theirs, self._parser.columns, of_a_row=of_a_row)
            return wrong or self._parser.missing_columns(self._map.our_columns(theirs))
        unknown = [name for name in theirs if name not in self._parser.columns]
        return [self._parser.unknown_column(name) for name in unknown] or self._parser.missing_columns(theirs)

    def _fits(self, batch: CellBatch) -> bool:
        """Whether the rows can be read; logs them where their columns make every one of them bad."""
        if not self._source.is_jsonl or not (wrong := self._misfits(list(batch.columns))):
            return True
        for index, line in enumerate(batch.lines):
            self._log.bad_row(line, batch.row(index), [(None, what) for what in wrong])
        self._unreadable += len(batch.lines)
        return False

    def _wanted(self, batch: CellBatch) -> CellBatch:
        """The lines that the map does not leave out."""
        if self._map is None or not self._map.rows:
            return batch
        wanted = self._map.rows.of(batch)
        self._left_out += len(batch.lines) - len(wanted.lines)
        return wanted

    def _without_repeats(self, batches: Sequence[CellBatch]) -> list[CellBatch]:
        """The batches with one row of the lines that agree on an id; logs the lines that do not."""
        stay: list[CellBatch] = []
        whole = []
        for batch in batches:
            emptied = self._emptied(batch)
            left, groups = self._repeats.put_aside(emptied, self._parser.ids(self._ours(emptied)[0]))
            stay += [left] if left.lines else []
            whole += groups
        rows, quarrels = self._repeats.join(whole)
        for quarrel in quarrels:
            self._note_ids([quarrel.row_id])
            for line, problems in zip(quarrel.lines, quarrel.problems, strict=True):
                self._log.bad_row(line.number, line.cells, problems)
        return [*stay, *rows]

    def _note_ids(self, ids: Sequence[str | None]) -> None:
        if self._first_reading:
            self._digests.note(ids)
        self._unreadable += sum(one is None for one in ids) if None in ids else 0
        if self._snapshot is not None:
            self._snapshot.note(ids)

    def _emptied(self, batch: CellBatch) -> CellBatch:
        return batch if self._map is None else replace(batch, columns=self._map.emptied(batch.columns))

    def _ours(self, batch: CellBatch) -> tuple[Mapping[str, Sequence[Any]], list[CellProblem]]:
        """Our columns, and what the map refuses."""
        if self._map is None:
            return batch.columns, []
        return self._map.apply(self._map.emptied(batch.columns))

    def _parse(self, batch: CellBatch) -> ParsedRows:
        """The typed rows of a batch."""
        ours, problems = self._ours(batch)
        rows = self._parser.parse(ours)
        self._midnights.note(batch.lines, ours, rows.columns)
        reported = {(problem.index, problem.column) for problem in problems}
        problems += [problem for problem in rows.problems if (problem.index, problem.column) not in reported]
        return ParsedRows(columns=rows.columns, problems=tuple(problems), doubts=rows.doubts)

    def _good(self, batch: CellBatch, rows: ParsedRows) -> list[bool]:
        """Which rows to write; logs the bad ones."""
        good = [True] * len(batch.lines)
        by_row: dict[int, list[tuple[str, str]]] = {}
        for problem in rows.problems:
            by_row.setdefault(problem.index, []).append((problem.column, problem.what))
        for index, problems in sorted(by_row.items()):
            good[index] = False
            self._log_bad(batch, index, problems)
        self._repeated += sum(len(lines) for index, lines in batch.repeats.items() if good[index])
        self._doubt_hours(batch, rows, good)
        if self._map is not None and self._map.as_of is not None:
            started = self._map.as_of.wind_back(rows.columns, self._options.at)
            self._not_yet += sum(ok and not there for ok, there in zip(good, started, strict=True))
            good = [ok and there for ok, there in zip(good, started, strict=True)]
        for doubt in rows.doubts:
            if good[doubt.index]:
                self._doubt(batch, doubt)
        if self._entity.name == PROMISE:
            for doubt in refused_supersedes(self._connection, rows.columns, good, self._supersedes):
                self._doubt(batch, doubt)
        return good

    def _log_bad(self, batch: CellBatch, index: int, problems: Sequence[tuple[str | None, str]]) -> None:
        """Logs a bad row with every line that says it."""
        cells = batch.row(index)
        filled = [name for name, cell in cells.items() if not is_empty(cell)]
        no_id = ("id", "must not be empty") in problems
        stray = no_id or (len(cells) > 2 and len(filled) == 1)
        if no_id:
            told = [(self._their_name("id"), f"there is no id{NO_ROW if 2 * len(filled) <= len(cells) else ''}")]
        elif stray:
            told = [(filled[0], f"'{cells[filled[0]]}' is the only cell that is filled{NO_ROW}")]
        else:
            told = [(self._their_name(column), what) for column, what in problems]
        self._log.bad_row(batch.lines[index], cells, told, stray=stray)
        for line in batch.repeats.get(index, ()):
            what = f"it says the same row as line {batch.lines[index]}, which is bad"
            self._log.bad_row(line.number, line.cells, [(None, what)])

    def _their_name(self, column: str | None) -> str | None:
        return column if self._map is None or column is None else self._map.their_name(column)

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
                missing = missing_decreed_days(country, self._options.at.date(), DAYS_AHEAD, listed)
                if missing:
                    self._doubt(batch, CellDoubt(index=index, column="country", what=missing, value=country))

    def _doubt(self, batch: CellBatch, doubt: CellDoubt) -> None:
        self._log.doubt(batch.lines[doubt.index], self._their_name(doubt.column), doubt)

    def _write_columns(self, batch: CellBatch, rows: ParsedRows, good: Sequence[bool]) -> None:
        """The usual and fast case: all rows have the same columns."""
        signs = self._options.writer is not None
        names, options = (*rows.columns, *([LINE] if signs else [])), self._options
        if self._merge is None or self._merge.columns != names:
            self._merge = Merge(self._connection, self._entity, names, options.at, baseline=options.baseline)
        whole = all(good)
        cells = [*rows.columns.values(), *([batch.lines] if signs else [])]
        self._merge.load([values if whole else list(compress(values, good)) for values in cells])
        incomplete = self._merge.incomplete()
        if incomplete:
            self._log_incomplete([(batch, rows, good)], dict.fromkeys(incomplete, self._merge.required))
        self._dangling.note(self._merge)
        self._counts += self._merge.write()
        hear_cancellations(self._merge)

    def _write_rows(self, kept: Sequence[tuple[CellBatch, ParsedRows, Sequence[bool]]]) -> None:
        """Rows with different columns, written in the order of their lines."""
        self._merge = None  # its temporary table is about to be replaced
        numbered = [
            (line, row)
            for batch, rows, good in kept
            for line, row, ok in zip(batch.lines, rows.rows(), good, strict=True)
            if ok
        ]
        ordered = [row for _, row in sorted(numbered, key=lambda pair: pair[0])]
        counts, incomplete = merge_rows(
            self._connection,
            self._entity,
            ordered,
            self._options.at,
            baseline=self._options.baseline,
            loaded=self._dangling.note,
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
                    self._repeated -= len(batch.repeats.get(index, ()))  # they are bad, as the row is
                    self._log_bad(batch, index, [(None, what)])
