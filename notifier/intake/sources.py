"""A CSV or JSONL file, plain or gzipped, on disk or on stdin, becomes batches of columns with line numbers."""

import csv
import gzip
import io
import re
import shutil
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO

from notifier.intake.columns import is_empty
from notifier.intake.exact_json import exact_json
from notifier.model.problems import Place, Problem, ProblemsError

BATCH = 5_000
"""Rows per batch."""
NOTE_COLUMNS = ("_line", "_problem")
"""Columns that the errors file adds; skipped, so that a corrected errors file can be imported directly."""
ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "a ZIP or Excel file"}
"""The first bytes of formats that cannot be read."""
GZIP = b"\x1f\x8b"

_LINE_BREAK = re.compile(r"\r\n|\r|\n")

ReadProgress = Callable[[int], None]
"""Called with the number of bytes read so far (compressed bytes for a compressed file)."""


@dataclass(frozen=True, kw_only=True)
class LineProblem:
    """What is not a row; `stray` where it looks like a title or a footer."""

    line: int
    what: str
    text: str
    """The line as it stands in the file, with its end; where a quote takes in more of them, all."""
    lines: int = 1
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it was read. Many may have to be kept, so it is small: the names are those of its batch."""

    number: int
    names: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def cells(self) -> dict[str, Any]:
        """The cells by column."""
        return dict(zip(self.names, self.values, strict=True))


@dataclass(frozen=True, kw_only=True)
class CellBatch:
    """Rows that have the same columns, column by column, in the order of the file."""

    columns: Mapping[str, Sequence[Any]]
    lines: Sequence[int]
    """The line on which each row starts, counted from 1."""
    repeats: Mapping[int, Sequence["Line"]] = field(default_factory=dict)
    """The later lines of the rows that several lines say, by index."""

    def row(self, index: int) -> dict[str, Any]:
        """One row as it was read."""
        return {name: values[index] for name, values in self.columns.items()}


@dataclass(frozen=True, kw_only=True)
class Batches:
    """One part of a file: its rows, grouped by their columns, and the lines that are not rows."""

    groups: Sequence[CellBatch]
    problems: Sequence[LineProblem]


class Source:
    """One open file, from its start. `header` holds the columns of a CSV file; a JSONL file names them row by row."""

    def __init__(self, stream: IO[bytes], name: str, *, delimiter: str = ",", progress: ReadProgress | None = None):
        self.name = name
        self._raw = stream
        self._progress = progress
        self.delimiter = delimiter
        self._bytes: Any = stream if hasattr(stream, "peek") else io.BufferedReader(stream)
        self._begin()

    def rewind(self) -> None:
        """Goes back to the start, to read the file again; the stream must be seekable, as `open_source` makes it."""
        self._text.detach()  # or the old reader would close the file when it is collected
        self._bytes.seek(0)
        self._begin()

    def _begin(self) -> None:
        content = self._bytes
        start = _peek(content)
        if start.startswith(GZIP):
            content = gzip.GzipFile(fileobj=content)
            with self._reading():
                start = _peek(content)
        for first, what in ENCODINGS.items():
            if start.startswith(first):
                raise self._unreadable(f"this is {what}, not CSV or JSONL in UTF-8; save or export it as UTF-8 text")
        # A byte that is not UTF-8 becomes a lone surrogate, so that it is reported with its row and column.
        self._text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self.is_jsonl = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
        self.header: tuple[str, ...] = ()
        if not self.is_jsonl:
            self._taken: list[str] = []
            self._rows = csv.reader(self._lines(), delimiter=self.delimiter, strict=True)
            self.header = self._read_header()
            noted = self.header[-len(NOTE_COLUMNS) :] == NOTE_COLUMNS
            self._notes = len(NOTE_COLUMNS) if noted else 0
            """The columns that an errors file added, and that its lines which are not rows do not have."""

    def batches(self) -> Iterator[Batches]:
        """The rows, a few thousand at a time. Raises ProblemsError when the file cannot be read to its end."""
        with self._reading():
            for batch in self._read_jsonl() if self.is_jsonl else self._read_csv():
                yield batch
                if self._progress is not None and self._raw.seekable():
                    self._progress(self._raw.tell())

    def documents(self) -> Iterator[tuple[int, Any] | LineProblem]:
        """The JSON objects of a JSONL file with their lines."""
        with self._reading():
            for line, text in enumerate(self._text, start=1):
                if text.strip():
                    yield _read_object(line, text)

    def _lines(self) -> Iterator[str]:
        """The lines as they stand in the file. Those that were taken since the last look are kept: what is not a row
        is given back byte for byte, and csv.reader forgets it."""
        for line in self._text:
            self._taken.append(line)
            yield line

    def _read_header(self) -> tuple[str, ...]:
        with self._reading():
            try:
                header = next(self._rows, None)
            except csv.Error as error:
                raise self._unreadable(f"the header cannot be read: {error}") from error
        if not header:
            raise self._unreadable("the file is empty")
        names = tuple(name.strip() for name in header)
        problems = [
            *(f"the column '{name}' is there twice" for name in sorted({n for n in names if names.count(n) > 1})),
            *(["a column has no name"] if "" in names else []),
        ]
        if len(names) == 1:
            for other in (";", "\t", "|"):
                if other in names[0] and other != self.delimiter:
                    shown = "a tab" if other == "\t" else f"'{other}'"
                    problems = [
                        f"the columns are separated by {shown}, not '{self.delimiter}'; name it in a map ('delimiter')"
                    ]
        if problems:
            raise ProblemsError(Problem(Place(self.name), what) for what in problems)
        return names

    def _read_csv(self) -> Iterator[Batches]:
        skipped = {index for index, name in enumerate(self.header) if name in NOTE_COLUMNS}
        while True:
            rows, lines, problems, ended = self._read_rows()
            columns = (
                {
                    name: column
                    for index, (name, column) in enumerate(zip(self.header, zip(*rows, strict=True), strict=True))
                    if index not in skipped
                }
                if rows
                else {}
            )
            if rows or problems:
                yield Batches(groups=[CellBatch(columns=columns, lines=lines)] if rows else [], problems=problems)
            if ended:
                return

    def _read_rows(self) -> tuple[list[list[str]], list[int], list[LineProblem], bool]:
        """A few thousand rows with their lines, the lines that are not rows, and whether the file ended."""
        rows: list[list[str]] = []
        lines: list[int] = []
        problems: list[LineProblem] = []
        while len(rows) < BATCH and len(problems) < BATCH:
            line, read = self._rows.line_num + 1, list[list[str]]()
            self._taken.clear()
            broken = None
            try:
                read.extend(islice(self._rows, BATCH - len(rows)))  # keeps what it read before an error
            except csv.Error as error:
                broken = str(error)
            starts = _starts(read, line, self._rows.line_num if broken is None else None)
            self._sort_out(read, starts, rows, lines, problems)
            if broken is not None:
                broken_at = starts[-1] + _height(read[-1]) if read else line
                problems.append(self._unread(broken_at, self._taken[broken_at - line :], broken))
            elif not read:
                return rows, lines, problems, True
        return rows, lines, problems, False

    def _sort_out(
        self,
        read: list[list[str]],
        starts: Sequence[int],
        rows: list[list[str]],
        lines: list[int],
        problems: list[LineProblem],
    ) -> None:
        """Adds what was read to the rows, or to the problems where the number of cells differs from the header."""
        width = len(self.header)
        one_line_each = isinstance(starts, range)
        if one_line_each and set(map(len, read)) <= {width}:
            rows += read
            lines += starts
            return
        first = starts[0] if starts else 0
        for index, (line, row) in enumerate(zip(starts, read, strict=True)):
            raw = self._taken[line - first : starts[index + 1] - first if index + 1 < len(starts) else None]
            raw = raw[: _height(row)]
            if len(row) == width and len(raw) > 1 and self._look_like_rows(raw):
                problems.append(self._swallowing(line, raw))
            elif len(row) == width:
                rows.append(row)
                lines.append(line)
            elif self._notes and len(row) == width - self._notes:
                rows.append([*row, *[""] * self._notes])
                lines.append(line)
            elif row:
                problems.append(self._misfit(line, row, raw))

    def _misfit(self, line: int, row: Sequence[str], raw: Sequence[str]) -> LineProblem:
        """What is wrong with a row that has more or fewer cells than the header."""
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        width = len(self.header) - self._notes
        what = f"{cells}, but the header has {width}"
        stray = len(row) < width and sum(not is_empty(cell) for cell in row) == 1
        if stray:
            what += "; a title or a footer? take the line out of the file"
        return LineProblem(line=line, what=what, text="".join(raw), lines=len(raw), stray=stray)

    def _unread(self, line: int, raw: Sequence[str], broken: str) -> LineProblem:
        """Lines that csv.reader could not read as a row."""
        what = f"not CSV: {broken}"
        if len(raw) > 1:
            more = "1 more line" if len(raw) == 2 else f"{len(raw) - 1:,} more lines"
            what = f"a quote that is opened here is not closed and takes in {more}, of which none is read; close it"
        return LineProblem(line=line, what=what, text="".join(raw), lines=len(raw))

    def _swallowing(self, line: int, raw: Sequence[str]) -> LineProblem:
        what = (
            f"a quote that is opened here takes in what looks like rows up to line {line + len(raw) - 1}, of which "
            "none is read; close it, or take the line breaks out of the text"
        )
        return LineProblem(line=line, what=what, text="".join(raw), lines=len(raw))

    def _look_like_rows(self, raw: Sequence[str]) -> bool:
        """Whether each line of one record would be a row by itself: then its quotes are two that were never closed.

        With two columns, any sentence with a comma would look so.
        """
        width = len(self.header) - self._notes
        inner = [self._cells(line) == width for line in raw[1:-1]]
        return width > 2 and all(inner) and min(self._cells(raw[0]), self._cells(raw[-1])) >= width

    def _cells(self, line: str) -> int:
        if line.count('"') % 2:
            return line.count(self.delimiter) + 1
        return len(next(csv.reader([line], delimiter=self.delimiter), []))

    def _read_jsonl(self) -> Iterator[Batches]:
        alike: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        problems: list[LineProblem] = []
        count = 0
        for document in self.documents():
            if isinstance(document, LineProblem):
                problems.append(document)
            else:
                line, row = document
                row = flat_row(row)
                alike[tuple(sorted(row))].append((line, row))
            count += 1
            if count == BATCH:
                yield _jsonl_batches(alike, problems)
                alike, problems, count = defaultdict(list), [], 0
        if count:
            yield _jsonl_batches(alike, problems)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error) as error:
            raise self._unreadable(f"cannot be read to its end: {error}") from error

    def _unreadable(self, what: str) -> ProblemsError:
        return ProblemsError([Problem(Place(self.name), what)])


@contextmanager
def open_source(
    path: Path | None, stdin: BinaryIO, *, delimiter: str = ",", progress: ReadProgress | None = None
) -> Iterator[Source]:
    """The file, or stdin for None. Raises ProblemsError when it cannot be opened or its header cannot be used."""
    if path is None:
        with _rewindable(stdin) as stream:
            yield Source(stream, "stdin", delimiter=delimiter, progress=progress)
        return
    try:
        opened = path.open("rb")
    except OSError as error:
        raise ProblemsError([Problem(Place(str(path)), f"cannot be opened: {error.strerror}")]) from error
    with opened, _rewindable(opened) as stream:
        yield Source(stream, path.name, delimiter=delimiter, progress=progress)


@contextmanager
def _rewindable(stream: BinaryIO) -> Iterator[IO[bytes]]:
    """The stream, or a copy of a pipe's content: some imports read their file twice."""
    if stream.seekable():
        yield stream
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def _starts(rows: Sequence[Sequence[str]], first: int, last: int | None) -> Sequence[int]:
    """The line on which each row starts; the first starts on line `first` and the last ends on line `last`."""
    if last == first + len(rows) - 1:  # usual: one line per row
        return range(first, first + len(rows))
    starts = []
    for row in rows:
        starts.append(first)
        first += _height(row)
    return starts


def _height(row: Sequence[str]) -> int:
    """How many lines a row takes: a quoted cell may hold line breaks."""
    return 1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row)


def _peek(stream: Any) -> bytes:
    return bytes(stream.peek(64)[:64])


def _jsonl_batches(
    alike: Mapping[tuple[str, ...], list[tuple[int, dict[str, Any]]]], problems: Sequence[LineProblem]
) -> Batches:
    groups = [
        CellBatch(columns={name: [row[name] for _, row in rows] for name in names}, lines=[line for line, _ in rows])
        for names, rows in alike.items()
    ]
    return Batches(groups=groups, problems=problems)


def flat_row(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its attributes as columns of their own (`attributes.technician`), as a CSV file has them."""
    attributes = row.get("attributes")
    flat = {name: value for name, value in row.items() if name not in NOTE_COLUMNS and name != "attributes"}
    if isinstance(attributes, dict):
        return {**flat, **{f"attributes.{name}": value for name, value in attributes.items()}}
    return row if attributes is not None else flat


def _read_object(line: int, text: str) -> tuple[int, Any] | LineProblem:
    try:
        value = exact_json(text)
    except (ValueError, RecursionError) as error:
        return LineProblem(line=line, what=f"not JSON: {error}", text=text)
    if not isinstance(value, dict):
        return LineProblem(line=line, what='a line is one JSON object, like {"id": "O-1"}', text=text)
    return line, value
