"""What an import did, what was wrong with the rows that it skipped, and what is doubtful in those that it wrote."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.intake.bad_rows import BadRows
from notifier.intake.columns import CellDoubt
from notifier.model.schema import Relation
from notifier.model.texts import sentence
from notifier.store.sql import rows_in
from notifier.store.state.merging import Merge, WriteCounts

MOST_SHOWN = 1_000
"""The most kinds of problems kept in a report; the errors file has every bad row."""
MOST_ALIKE = 3
"""The most problems of one kind that are told one by one."""
MOST_REMEMBERED = 10_000
"""The most dangling ids remembered for one relation."""
MOST_EXAMPLES = 3
"""The most examples shown of one doubt."""


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """What is wrong in a file: `orders.csv:17: promised_at: '2026-02-30' is not an instant`."""

    file: str
    line: int | None
    """None for a problem of the whole file."""
    column: str | None
    what: str
    count: int = 1
    """How many rows have it: those with the same problem of another value are told with the first of them."""
    examples: tuple[str, ...] = ()
    """The first three, where it is told once for more: `line 17 '2026-02-30'`."""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        told = ": ".join(part for part in (place, self.column, self.what) if part)
        if self.count == 1:
            return sentence(told)
        return sentence(f"{told} ({self.count:,} rows: {', '.join(self.examples)}, …)")


class AlikeProblems:
    """Problems that differ in nothing but the values and figures that they name."""

    def __init__(self) -> None:
        self._first: list[RowProblem] = []
        self._examples: list[str] = []
        self._count = 0

    def add(self, problem: RowProblem) -> None:
        """Counts one more; the first few are kept."""
        self._count += 1
        if len(self._first) < MOST_ALIKE:
            self._first.append(problem)
            value = _QUOTED.search(problem.what)
            self._examples.append(f"line {problem.line}{f' {value[0]}' if value else ''}")

    def told(self) -> list[RowProblem]:
        """One by one while they are few; else once."""
        if self._count <= MOST_ALIKE:
            return self._first
        return [replace(self._first[0], count=self._count, examples=tuple(self._examples))]


_QUOTED = re.compile(r"'[^']*'")
_ROW = re.compile(r"^(\w+) .+?(: | is not there yet)")
_VALUES = re.compile(r"'[^']*'|[0-9][0-9.:,+TZ-]*")
"""The row and the values, in which problems of one kind differ."""


@dataclass(frozen=True, kw_only=True)
class Dangling:
    """References to rows that do not exist (yet): allowed, and read as null."""

    relation: str
    """`order.customer`"""
    count: int
    """The number of distinct ids; beyond 10,000, an id counts once for each batch that has it."""
    examples: tuple[str, ...]

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.examples) else ""
        return sentence(f"{self.relation}: {self.count} not there yet: {', '.join(self.examples)}{more}")


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """Cells of good rows that may mean something else than what was stored."""

    column: str
    what: str
    count: int
    examples: tuple[str, ...]
    """The first three: `line 17 +576017455905`."""

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.examples) else ""
        return sentence(f"{self.column} ({self.count:,}): {self.what}: {', '.join(self.examples)}{more}")


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The outcome of one file."""

    file: str
    entity: str
    """The entity, or `events`."""
    read: int = 0
    """Rows in the file (for events: change sets), good and bad."""
    counts: WriteCounts = field(default_factory=WriteCounts)
    deleted: int = 0
    not_yet: int = 0
    """Rows that the map's `as_of` left out because they start later."""
    left_out: int = 0
    """Lines that the map's `rows` leave out."""
    repeated: int = 0
    """Lines that say again what an earlier line of the file says of the same row."""
    bad: int = 0
    strays: int = 0
    """Those of the bad rows that look like no rows at all: without an id, or with nothing else; a title or a footer."""
    kept: int = 0
    """The rows that a snapshot lacks, where they are too many to be deleted."""
    problems: tuple[RowProblem, ...] = ()
    """The first thousand kinds."""
    doubts: tuple[Doubts, ...] = ()
    dangling: tuple[Dangling, ...] = ()
    errors_file: Path | None = None
    """The file with the bad rows; None when there were none or no file was wanted."""

    @property
    def ok(self) -> bool:
        """Whether every row was good."""
        return not self.bad and not self.problems

    def with_doubts(self, doubts: Doubts | None) -> "ImportReport":
        """The same report with one more doubt, where there is one."""
        return self if doubts is None else replace(self, doubts=(*self.doubts, doubts))


class ProblemLog:
    """Collects the problems and doubts of one entity, and hands bad rows on with their reasons."""

    def __init__(self, file: str, bad_rows: BadRows | None = None) -> None:
        self.bad = 0
        self.strays = 0
        self._problems: dict[tuple[str | None, str], AlikeProblems] = {}
        self._doubts: dict[tuple[str, str], Doubts] = {}
        self._file = file
        self._bad_rows = bad_rows

    @property
    def written(self) -> Path | None:
        """The file with the bad rows; None where there is none."""
        return self._bad_rows.written if self._bad_rows is not None else None

    def add(self, line: int | None, column: str | None, what: str) -> None:
        """Adds a problem; those that differ in nothing but values are told together."""
        key = (column, _VALUES.sub("…", _ROW.sub(r"\1 …\2", what)))
        if key in self._problems or len(self._problems) < MOST_SHOWN:
            problem = RowProblem(file=self._file, line=line, column=column, what=what)
            self._problems.setdefault(key, AlikeProblems()).add(problem)

    @property
    def problems(self) -> tuple[RowProblem, ...]:
        """What was wrong so far, in the order of the lines; problems of the whole file come last."""
        told = [problem for alike in self._problems.values() for problem in alike.told()]
        return tuple(sorted(told, key=lambda one: (one.line is None, one.line)))

    def doubt(self, line: int, column: str | None, doubt: CellDoubt) -> None:
        """Counts a doubt about a cell of a row that is written."""
        key = (column or doubt.column, doubt.what)
        before = self._doubts.get(key) or Doubts(column=key[0], what=doubt.what, count=0, examples=())
        examples = before.examples
        if len(examples) < MOST_EXAMPLES:
            examples = (*examples, f"line {line} {doubt.value}")
        self._doubts[key] = replace(before, count=before.count + 1, examples=examples)

    @property
    def doubts(self) -> tuple[Doubts, ...]:
        """What was doubted so far."""
        return tuple(self._doubts.values())

    def doubts_of(self, doubts: Doubts) -> None:
        """Adds doubts that were counted already."""
        self._doubts[doubts.column, doubts.what] = doubts

    def bad_row(
        self,
        line: int,
        row: Mapping[str, Any] | str,
        problems: Sequence[tuple[str | None, str]],
        *,
        lines: int = 1,
        stray: bool = False,
    ) -> None:
        """Logs a skipped row, with (column, what is wrong) for each problem; a text for `lines` that are not a row.

        What is not a row is kept byte for byte: whoever mends it there imports that file.
        """
        self.bad += lines
        self.strays += lines if stray else 0
        for column, what in problems:
            self.add(line, column, what)
        if self._bad_rows is not None:
            self._bad_rows.write(line, row, problems)


class DanglingLog:
    """Remembers references that dangled when their row was written, and reports those that still do at the end."""

    def __init__(self, tables: Mapping[str, sa.Table]) -> None:
        self._tables = tables
        self._ids: dict[tuple[str, Relation], dict[str, None]] = {}
        self._unremembered: Counter[tuple[str, Relation]] = Counter()

    def note(self, merge: Merge) -> None:
        """Remember the dangling references of the rows loaded for writing."""
        for relation in merge.entity.relations.values():
            if relation.many:
                continue
            known = self._ids.setdefault((merge.entity.name, relation), {})
            ids, count = merge.dangling(relation, self._tables[relation.target], most=MOST_REMEMBERED - len(known))
            known.update(dict.fromkeys(ids))
            self._unremembered[merge.entity.name, relation] += count - len(ids)

    def report(self, connection: sa.Connection) -> tuple[Dangling, ...]:
        """The references that still dangle."""
        found = []
        for (entity, relation), ids in self._ids.items():
            column = self._tables[relation.target].c.id
            there = {row.id for row in rows_in(connection, sa.select(column), column, ids)}
            missing = [one for one in ids if one not in there]
            count = len(missing) + self._unremembered[entity, relation]
            if count:
                name = f"{entity}.{relation.name}"
                found.append(Dangling(relation=name, count=count, examples=tuple(missing[:5])))
        return tuple(found)
