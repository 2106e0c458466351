"""One pass shared by several processes: a portion is what one of them decides of a rule. Values and an interface.

Portions are decided on one snapshot, for one instant, and what is decided about a subject depends on nothing that the
same pass decides about others. So it does not matter who decides a portion, or whether two do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class PortionState(StrEnum):
    """Where a portion is."""

    WAITING = "waiting"
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    """Only the process that leads the pass can decide it, after all others."""
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class TakenPortion:
    """A portion that this process took from a pass that another one leads."""

    tick: str
    """The pass."""
    number: int
    rule: str
    now: datetime
    """The instant of the pass, in aware UTC."""
    snapshot: str
    """The snapshot of the pass, as the process that leads it exported it."""
    work: str
    """What is to be decided, in the shape of `planning.portions`."""
    holder: str
    """This process, with this try."""


class Portions(Protocol):
    """The portions of one pass, as the process that leads it sees them."""

    def wanted(self) -> bool:
        """Whether another process came by lately and would take portions."""
        ...

    def offer(self, rule: str, works: Mapping[int, str]) -> None:
        """Let others take these portions of a rule, each with its index among the parts of the rule."""
        ...

    def take(self, rule: str) -> int | None:
        """The index of a portion of this rule that is the leader's from now on; None where none waits."""
        ...

    def put_back(self, rule: str, index: int) -> None:
        """Leave a portion that the leader took to the end of the pass."""
        ...

    def left(self) -> Iterator[tuple[str, int]]:
        """Rule and index of each portion that the leader has to decide before the pass can end.

        Those that nobody took, that their taker did not finish in time, and last, in their order, those that were put
        back. Waits for what others have in hand.
        """
        ...
