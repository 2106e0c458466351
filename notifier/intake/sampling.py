"""What the cells of a foreign column look like: dates, numbers, texts, and the lines that say which."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from notifier.intake.columns import is_empty
from notifier.intake.foreign_cells import foreign_number
from notifier.intake.foreign_dates import foreign_instant
from notifier.intake.instants import wall_clock
from notifier.intake.sources import Source
from notifier.intake.written import Written

SAMPLE = 2_000
"""The lines that are read of a file."""
MOST_QUOTED = 60
"""The most characters of a cell that are shown."""
NEARLY_ALL = 0.8
"""The share of cells by which a column is taken for dates or numbers: every long file has some that are wrong."""
MOST_VALUES = 200
"""The most different texts of a column that are remembered."""

_FIGURES = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})(?!\d)")
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}|[+-]?\d{1,3}(\.\d{3}){2,}(,\d+)?")
_POINT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)\.\d{1,2}|[+-]?\d{1,3}(,\d{3}){2,}(\.\d+)?")
_PLAIN_NUMBER = re.compile(r"[\d.]+")
"""Of these, dateutil would make a date of many a number."""
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\s?[AaPp]\.?\s?[Mm]\.?)?")
_SECONDS = re.compile(r"1[0-9]{9}")
_MILLISECONDS = re.compile(r"1[0-9]{12}")


class Look(StrEnum):
    """What nearly all filled cells of a column are."""

    INSTANTS = "instants"
    NUMBERS = "numbers"
    MAILS = "mail addresses"
    JSON = "JSON"
    TIMES = "times of day"
    TEXTS = "texts"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A cell that says something, and its line."""

    line: int
    cell: str

    def __str__(self) -> str:
        short = self.cell if len(self.cell) <= MOST_QUOTED else f"{self.cell[:MOST_QUOTED]}…"
        return f"line {self.line} has {short}"


@dataclass(kw_only=True)
class ColumnSample:
    """The cells of one column."""

    name: str
    filled: int = 0
    lines: int = 0
    values: Counter[str] = field(default_factory=Counter)
    """How often each text is there, while there are few."""
    first: Seen | None = None
    day_first: Seen | None = None
    """A date that has no such month otherwise."""
    month_first: Seen | None = None
    in_figures: Seen | None = None
    """A date that begins with a day or a month."""
    zoneless: Seen | None = None
    """An instant that names no zone."""
    unusual: Seen | None = None
    """An instant that an import reads only where a map says how it is written."""
    comma: Seen | None = None
    point: Seen | None = None
    """Numbers that can have no other mark before their decimals."""
    grouped: Seen | None = None
    """A number that may be thousands or decimals: 79.900."""
    counted: Written | None = None
    """Seconds or milliseconds, where all cells are such numbers."""
    fits: Counter[Look] = field(default_factory=Counter)
    misfits: dict[Look, Seen] = field(default_factory=dict)
    """The first cell that is not so."""

    @property
    def look(self) -> Look:
        """What nearly all its cells are."""
        return next((look for look in _FITS if self.fits[look] >= max(1, NEARLY_ALL * self.filled)), Look.TEXTS)

    @property
    def misfit(self) -> Seen | None:
        """A cell that is not what nearly all the others are."""
        return self.misfits.get(self.look)

    @property
    def dates(self) -> Written | None:
        """How dates are written, where a cell shows it and none speaks against it; None for ISO 8601 or in doubt."""
        if self.counted is not None:
            return self.counted
        if self.in_figures is not None:
            if (self.day_first is None) == (self.month_first is None):
                return None
            return Written.DAY_FIRST if self.day_first is not None else Written.MONTH_FIRST
        return Written.YEAR_FIRST if self.unusual is not None else None

    def note(self, line: int, cell: Any) -> None:
        """Looks at one cell."""
        self.lines += 1
        if is_empty(cell):
            return
        self.filled += 1
        if isinstance(cell, dict | list):
            cell = json.dumps(cell, ensure_ascii=False, default=str)
        written = str(cell).strip()
        seen = Seen(line=line, cell=written)
        self.first = self.first or seen
        if len(self.values) < MOST_VALUES or written in self.values:
            self.values[written] += 1
        for look, fits in _FITS.items():
            if fits(self, seen):
                self.fits[look] += 1
            else:
                self.misfits.setdefault(look, seen)


def _instants(sample: ColumnSample, seen: Seen) -> bool:
    if _SECONDS.fullmatch(seen.cell) or _MILLISECONDS.fullmatch(seen.cell):
        counted = Written.SECONDS if len(seen.cell) == 10 else Written.MILLISECONDS
        if sample.counted not in (None, counted) or (sample.filled > 1 and sample.counted is None):
            return False
        sample.counted = counted
        return True
    if sample.counted is not None or (_PLAIN_NUMBER.fullmatch(seen.cell) and not _FIGURES.fullmatch(seen.cell)):
        return False
    try:
        value = wall_clock(seen.cell)
    except ValueError:
        return _foreign_instant(sample, seen)
    if value.tzinfo is None:
        sample.zoneless = sample.zoneless or seen
    return True


def _foreign_instant(sample: ColumnSample, seen: Seen) -> bool:
    figures = _FIGURES.search(seen.cell)
    order = Written.YEAR_FIRST
    if figures is not None:
        order = Written.MONTH_FIRST if int(figures[2]) > 12 else Written.DAY_FIRST
    try:
        value = foreign_instant(seen.cell, order)
    except ValueError:
        return False
    if figures is not None:
        sample.in_figures = sample.in_figures or seen
        if int(figures[1]) > 12:
            sample.day_first = sample.day_first or seen
        if int(figures[2]) > 12:
            sample.month_first = sample.month_first or seen
    sample.unusual = sample.unusual or seen
    if value.tzinfo is None:
        sample.zoneless = sample.zoneless or seen
    return True


def _numbers(sample: ColumnSample, seen: Seen) -> bool:
    if _COMMA.fullmatch(seen.cell):
        sample.comma = sample.comma or seen
        return True
    if _POINT.fullmatch(seen.cell):
        sample.point = sample.point or seen
        return True
    for mark in (".", ","):
        try:
            foreign_number(seen.cell, mark)
        except ValueError:
            continue
        if not seen.cell.lstrip("+-").isdecimal():
            sample.grouped = sample.grouped or seen
        return True
    return False


_FITS: Mapping[Look, Callable[[ColumnSample, Seen], bool]] = {
    Look.INSTANTS: _instants,
    Look.NUMBERS: _numbers,
    Look.MAILS: lambda _, seen: re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", seen.cell) is not None,
    Look.TIMES: lambda _, seen: _TIME.fullmatch(seen.cell) is not None,
    Look.JSON: lambda _, seen: seen.cell[:1] + seen.cell[-1:] in ("{}", "[]"),
}


def sampled(source: Source) -> Sequence[ColumnSample]:
    """The columns of a file, by its first lines. Raises ProblemsError when it cannot be read."""
    columns: dict[str, ColumnSample] = {}
    left = SAMPLE
    for batches in source.batches():
        for batch in batches.groups:
            for name, cells in batch.columns.items():
                sample = columns.setdefault(name, ColumnSample(name=name))
                for line, cell in islice(zip(batch.lines, cells, strict=True), left):
                    sample.note(line, cell)
            left -= min(left, len(batch.lines))
        if not left:
            break
    return tuple(columns.values())
