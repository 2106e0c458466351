"""Whether the midnights of a column are dates: only the whole file shows it.

An instant falls on midnight in UTC now and then. A column that holds nothing else may hold dates, and a column of dates
that holds other times of day may hold instants. In both, the map has to say what midnight stands for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from notifier.intake.instants import EARLIEST, MIDNIGHT, at_utc_midnight, may_be_either, wall_clock
from notifier.intake.parsing import Reading
from notifier.intake.report import MOST_EXAMPLES, Doubts

ALL_AT_MIDNIGHT = "all at midnight in UTC, and stored as instants; where they are dates, a map says so (midnight: date)"


@dataclass(kw_only=True)
class _Midnights:
    """The cells of a column that may be dates or instants."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, line: int, cell: Any) -> None:
        self.count += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(f"line {line} {cell}")


class Midnights:
    """Looks at the columns of instants of one file for which its map does not say what midnight stands for."""

    def __init__(self, columns: Sequence[str], reading: Reading, default_zone: ZoneInfo | None) -> None:
        self._reading = reading
        self._zone = reading.zone or default_zone
        undecided = [name for name in columns if name not in reading.midnights]
        self._instants = {name: _Midnights() for name in undecided if name not in reading.local_times}
        """The columns that held nothing but midnights so far."""
        self._dates = [name for name in undecided if name in reading.local_times and reading.zone is not None]
        self._with_midnights: set[str] = set()
        """The columns of dates in which a midnight may be an instant."""
        self._with_times: set[str] = set()
        """The columns of dates in which a cell has another time of day."""

    def note(
        self, lines: Sequence[int], cells: Mapping[str, Sequence[Any]], typed: Mapping[str, Sequence[Any]]
    ) -> None:
        """Looks at one batch: the cells of our columns, and the instants that were read from them."""
        for name in [name for name in self._instants if name in typed]:
            values = typed[name]
            if values.count(None) == len(values):
                continue
            if any(value is not None and not at_utc_midnight(value) for value in values):
                del self._instants[name]
                continue
            for index, value in enumerate(values):
                if value is not None and (self._zone is None or may_be_either(value, self._zone)):
                    self._instants[name].add(lines[index], cells[name][index])
        for name in self._dates:
            if name in cells and not (name in self._with_midnights and name in self._with_times):
                self._look_at_dates(name, cells[name])

    def unclear(self) -> frozenset[str]:
        """The columns of which the map must say what midnight stands for."""
        doubtful = {name for name, found in self._instants.items() if found.count} if self._reading.zone else set()
        return frozenset(doubtful | (self._with_midnights & self._with_times))

    def doubts(self) -> list[Doubts]:
        """The columns that may hold dates, where no map names a zone."""
        if self._reading.zone is not None:
            return []
        return [
            Doubts(column=name, what=ALL_AT_MIDNIGHT, count=found.count, examples=tuple(found.examples))
            for name, found in self._instants.items()
            if found.count
        ]

    def _look_at_dates(self, name: str, cells: Sequence[Any]) -> None:
        zone, local_time = self._reading.zone, self._reading.local_times[name]
        for cell in set(map(str, filter(None, cells))):
            try:
                value = wall_clock(cell)
            except ValueError:
                continue  # reported where the cell is read
            if value.tzinfo is None or value.year < EARLIEST:
                continue
            if may_be_either(value, zone, local_time):
                self._with_midnights.add(name)
            elif MIDNIGHT not in (value.time(), value.astimezone(zone).time()):
                self._with_times.add(name)
