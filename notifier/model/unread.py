"""Rows as the driver of the database gave them: of many that are alike, each different value is converted once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Unread:
    """The rows of one statement, in the order of its columns."""

    rows: Sequence[tuple[Any, ...]]
    names: Sequence[str]
    """What the statement calls its columns."""
    readers: Sequence[Callable[[Any], Any] | None]
    """What turns each column's values into those of our types; None where they are the same."""

    def read(self, row: tuple[Any, ...]) -> SimpleNamespace:
        """One of these rows with its values converted, under the names of the columns."""
        return SimpleNamespace(**{name: self.value(index, row[index]) for index, name in enumerate(self.names)})

    def value(self, index: int, stored: Any) -> Any:
        """A value of this column, converted."""
        reader = self.readers[index]
        return stored if reader is None or stored is None else reader(stored)
