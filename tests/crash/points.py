"""Where a process of the notifier may die: before and after each commit, and before and after each call of a provider.

The moves are those of `notifier.model.transitions`, so a new state has its deaths, too, or a test asks for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from notifier.model.notices import MessageState
from notifier.model.transitions import MESSAGE_MOVES


@dataclass(frozen=True)
class Move:
    """A commit that moves messages from one state to another."""

    old: MessageState
    new: MessageState

    def __str__(self) -> str:
        return f"the commit of {self.old.value} -> {self.new.value}"


class Write(StrEnum):
    """Every other commit of a process."""

    CHANGES_TAKEN = "the commit that takes changes"
    NOTICES = "the commit of an evaluation batch"
    WATERMARKS = "the commit of watermarks"
    CHANGES_CONSUMED = "the commit that consumes changes"
    CALL = "the commit that a call begins"
    PACE = "the commit of a channel's pace"
    HALT = "the commit of a channel's halt"
    RULES = "the commit of what is in force"
    PASSES = "the commit of when passes ended"
    FORMER_VALUES = "the commit that drops what was replaced long ago"


class Call(StrEnum):
    """What a provider is called for."""

    SEND = "the call that sends"
    FIND = "the call that asks"


Step = Move | Write | Call


class Side(StrEnum):
    """On which side of a step."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@dataclass(frozen=True)
class Point:
    """Where a process may die."""

    step: Step
    side: Side

    def __str__(self) -> str:
        return f"{self.side} {self.step}"


EVALUATING = Point(Write.NOTICES, Side.WITHIN)
CLAIMED = Point(Move(MessageState.QUEUED, MessageState.SENDING), Side.AFTER)
ACCEPTED = Point(Call.SEND, Side.AFTER)


def moves() -> Iterator[Move]:
    """Every move that a message may make."""
    for old, states in MESSAGE_MOVES.items():
        for new in sorted(states):
            yield Move(old, new)
