"""What became known when: happenings with typed rows, in the order of time, for a replay.

They come from change sets (`history_events`) or from tables that know how everything ended (`history_tables`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifier.model.problems import Problem

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """What became known at one instant (aware UTC): rows to write, typed, and ids to delete, by entity."""

    at: datetime
    set: Mapping[str, Rows] = field(default_factory=dict)
    delete: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows it writes or deletes."""
        return sum(map(len, self.set.values())) + sum(map(len, self.delete.values()))


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A column that may not be read before the row's last change, because nobody says when it became known."""

    entity: str
    column: str
    rows: int
    """How many rows had a value in it that was kept back."""


@dataclass(frozen=True, kw_only=True)
class History:
    """One or several files, ready to be replayed."""

    happenings: Sequence[Happening] = ()
    """By time; those of one instant in the order of their files and lines."""
    present: Mapping[str, Rows] = field(default_factory=dict)
    """Rows of which only the present state is known: they are there before the history begins."""
    withheld: Sequence[Withheld] = ()
    read: int = 0
    """Lines that were read, good and bad."""
    problems: Sequence[Problem] = ()
    """What was left out, and why."""


def joined(histories: Iterable[History]) -> History:
    """Several files as one history."""
    happenings: list[Happening] = []
    present: dict[str, list[Mapping[str, Any]]] = {}
    withheld: list[Withheld] = []
    problems: list[Problem] = []
    read = 0
    for each in histories:
        happenings += each.happenings
        for name, rows in each.present.items():
            present.setdefault(name, []).extend(rows)
        withheld += each.withheld
        problems += each.problems
        read += each.read
    happenings.sort(key=lambda happening: happening.at)
    return History(happenings=happenings, present=present, withheld=withheld, read=read, problems=problems)
