"""A table that knows how everything ended -> a history: each row as it became known, step by step.

The map says when (`history:`, and `as_of:` for the status). What nobody says the instant of may not be read before the
row's last change: a replay that read it earlier would invent a past. `Withheld` counts what that kept back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from notifier.intake.histories import Happening, History, Withheld
from notifier.intake.maps import MapFile
from notifier.intake.parsing import ATTRIBUTE, ImportContext, Reading, RowParser
from notifier.intake.repeats import Counting
from notifier.intake.sources import NOTE_COLUMNS, CellBatch, Source, flat_row
from notifier.model.problems import Place, Problem, ProblemsError, one_of

PRESENT = ("customer", "site")
"""Entities whose rows change seldom: without a history they are taken as they are today, and the report says so."""
FOLLOWS = {
    **dict.fromkeys(("value_number", "value_at", "value_until"), "value"),
    **dict.fromkeys(("subject_type", "subject_id"), "subject"),
}
"""Columns that are read out of another one, and so are known when that one is."""
STATUS = "status"


def read_table(source: Source, entity: str, context: ImportContext, map_file: MapFile | None = None) -> History:
    """The rows of a CSV or JSONL file, as they became known.

    Raises ProblemsError when the file as a whole cannot be used: also where its rows are of the past, and nothing says
    when their columns became known.
    """
    if entity not in PRESENT and (map_file is None or not map_file.history):
        place = Place(source.name)
        what = f"nothing says when the columns of this {entity} file became known; give it a map with 'history'"
        raise ProblemsError([Problem(place, f"{what} (only {one_of(PRESENT)} are taken as they are today)")])
    if map_file is not None and map_file.summed:
        what = "a replay cannot add lines up ('of_one_id: sum'): nobody says when each of them became known"
        raise ProblemsError([Problem(Place(source.name), what)])
    return _Table(source, entity, context, map_file).history()


class _Table:
    def __init__(self, source: Source, entity: str, context: ImportContext, map_file: MapFile | None) -> None:
        self._source = source
        self._entity = context.schema.entities[entity]
        self._map = map_file
        self._parser = RowParser(self._entity, context, map_file.reading if map_file else Reading())
        self._problems: list[Problem] = []
        self._withheld: Counter[str] = Counter()
        self._rows: dict[str, tuple[int, dict[str, Any]]] = {}
        """The flat row of each id, with its line."""
        self._read = 0
        if not source.is_jsonl:
            self._refuse([name for name in source.header if name not in NOTE_COLUMNS])

    def history(self) -> History:
        for batches in self._source.batches():
            for wrong in batches.problems:
                self._problems.append(Problem(Place(self._source.name, wrong.line), wrong.what))
            for batch in batches.groups:
                self._take(batch)
        if self._map is None or not self._map.history:
            present = [_nested(row) for _, row in self._rows.values()]
            return History(present={self._entity.name: present}, read=self._read, problems=self._problems)
        by_instant: dict[datetime, list[Mapping[str, Any]]] = defaultdict(list)
        for line, row in self._rows.values():
            for at, known in self._steps(line, row):
                by_instant[at].append(known)
        happenings = [Happening(at=at, set={self._entity.name: rows}) for at, rows in sorted(by_instant.items())]
        withheld = [
            Withheld(entity=self._entity.name, column=name, rows=count)
            for name, count in sorted(self._withheld.items())
        ]
        return History(happenings=happenings, withheld=withheld, read=self._read, problems=self._problems)

    def _refuse(self, theirs: Sequence[str]) -> None:
        """Raises ProblemsError where the columns do not fit."""
        if self._map is not None:
            wrong = self._map.unknown_columns(theirs, self._parser.columns)
            wrong = wrong or self._parser.missing_columns(self._map.our_columns(theirs))
        else:
            unknown = [name for name in theirs if name not in self._parser.columns]
            wrong = [self._parser.unknown_column(name) for name in unknown] or self._parser.missing_columns(theirs)
        if wrong:
            raise ProblemsError(Problem(Place(self._source.name), what) for what in wrong)

    def _take(self, batch: CellBatch) -> None:
        if self._map is not None:
            batch = self._map.rows.of(batch)
        self._read += len(batch.lines)
        if self._source.is_jsonl:
            self._refuse(list(batch.columns))
        found: list[tuple[int, str, str]] = []
        cells = batch.columns
        if self._map is not None:
            cells, refused = self._map.apply(self._map.emptied(batch.columns))
            found = [(one.index, self._map.their_name(one.column), one.what) for one in refused]
        parsed = self._parser.parse(cells)
        found += [(one.index, one.column, one.what) for one in parsed.problems]
        bad = {index for index, _, _ in found}
        for index, column, what in found:
            self._problems.append(Problem(Place(self._source.name, batch.lines[index]), f"{column}: {what}"))
        for index, (line, row) in enumerate(zip(batch.lines, parsed.rows(), strict=True)):
            if index not in bad:
                self._put(line, flat_row(row))

    def _put(self, line: int, row: dict[str, Any]) -> None:
        """One row of each id; a problem where two lines of one differ, and the map does not say which counts."""
        before = self._rows.get(row["id"])
        counting = self._map.repeated if self._map is not None else Counting.AGREE
        if before is not None and before[1] != row and counting is Counting.AGREE:
            what = f"it says something else of {self._entity.name} {row['id']} than line {before[0]}"
            self._problems.append(Problem(Place(self._source.name, line), f"{what}; say in the map which counts"))
        elif before is None or counting is Counting.LAST:
            self._rows[row["id"]] = (line, row)

    def _steps(self, line: int, row: dict[str, Any]) -> Iterator[tuple[datetime, dict[str, Any]]]:
        """What became known of a row at each instant, the whole of it at the first."""
        assert self._map is not None
        known_by, as_of = self._map.history, self._map.as_of
        instants = {row[name] for name in known_by.values() if row.get(name) is not None}
        steps = [] if as_of is None else [(row[step.at], step.status) for step in as_of.steps if row[step.at]]
        has_steps = as_of is not None and bool(as_of.steps) and STATUS in row
        instants |= {at for at, _ in steps}
        starts_at = row[as_of.starts] if as_of is not None else min(instants, default=None)
        if starts_at is None:
            what = "nothing says when it began; a replay leaves it out"
            self._problems.append(Problem(Place(self._source.name, line), f"{self._entity.name} {row['id']}: {what}"))
            return
        last = max(starts_at, *instants) if instants else starts_at
        at_of: dict[str, datetime] = {}
        for name, value in row.items():
            at = self._known_at(name, row, starts_at)
            if at is None and value is not None:
                at = last
                if last > starts_at and not (has_steps and name == STATUS):
                    self._withheld[name] += 1
            at_of[name] = max(at or starts_at, starts_at)
        needed = [name for name in self._needed if name in at_of and not (has_steps and name == STATUS)]
        begin = max([starts_at, *(at_of[name] for name in needed)])
        versions: dict[datetime, dict[str, Any]] = defaultdict(dict)
        for name, at in at_of.items():
            if not (has_steps and name == STATUS):
                versions[max(at, begin)][name] = row[name]
        if has_steps:
            for at, status in self._statuses(row, steps, starts_at, last):
                versions[max(at, begin)][STATUS] = status
        for at in sorted(versions):
            yield at, _nested({"id": row["id"], **versions[at]})

    def _statuses(
        self, row: Mapping[str, Any], steps: Sequence[tuple[datetime, str]], starts_at: datetime, last: datetime
    ) -> Iterator[tuple[datetime, str]]:
        """The status of a row from each instant on, by the map's `as_of`."""
        assert self._map is not None
        assert self._map.as_of is not None
        final, first = row[STATUS], self._map.as_of.before
        begun = first if first is not None else final
        yield starts_at, begun
        said = begun
        for at, status in sorted(steps, key=lambda step: step[0]):
            yield at, status
            said = status
        if said != final:  # when that came about nobody says
            self._withheld[STATUS] += last > starts_at
            yield last, final

    def _known_at(self, name: str, row: Mapping[str, Any], starts_at: datetime) -> datetime | None:
        """When a column became known; None where nothing says so."""
        assert self._map is not None
        said_of = FOLLOWS.get(name, name)
        if name == "id" or (self._map.as_of is not None and name == self._map.as_of.starts):
            return starts_at
        if said_of in self._map.history:
            at: datetime | None = row[self._map.history[said_of]]
            return at
        column = self._map.columns.get(said_of)
        fixed = column is not None and not column.sources
        return starts_at if fixed else None

    @property
    def _needed(self) -> Sequence[str]:
        """Without these columns there is no row."""
        return [
            str(column.name)
            for column in self._entity.table.columns
            if not column.nullable and column.default is None and column.name != "id"
        ]


def _nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its attributes as one mapping, as it is written."""
    attributes = {name.removeprefix(ATTRIBUTE): value for name, value in row.items() if name.startswith(ATTRIBUTE)}
    plain = {name: value for name, value in row.items() if not name.startswith(ATTRIBUTE)}
    return {**plain, "attributes": attributes} if attributes else plain
