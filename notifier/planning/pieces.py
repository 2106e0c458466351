"""A long sequence in shorter ones."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def in_pieces(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """The items in sequences of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
