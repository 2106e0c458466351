"""Dataclasses of which each notice makes a dozen, made in half the time.

The `__init__` of a frozen dataclass sets each field by a call of `object.__setattr__`: an eighth of the time from a
match to a ready notice (20 of 250 µs could be saved). So nothing stops an assignment at run time here. The type checker
refuses it all the same, because to it these are frozen dataclasses.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

__all__ = ["plain_value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as plain_value
else:

    def plain_value(*, frozen: bool, **how: Any) -> Any:
        """`@dataclass(frozen=True, …)`, compared and hashed by its fields as that one."""
        assert frozen
        return dataclass(unsafe_hash=how.pop("eq", True), **how)
