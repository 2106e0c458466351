"""Who or what writes rows of state. Values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How rows come in."""

    IMPORT = "import"
    EVENTS = "events"
    DECISION = "decision"
    """A person decided it: `promise add`."""
    REPLY = "reply"
    """A customer answered a question."""
    CALL = "call"
    """Another program sent it over HTTP."""


@dataclass(frozen=True, kw_only=True)
class Writer:
    """What writes rows in one transaction."""

    way: Way
    name: str
    """The file, the command, or the rule whose question was answered."""
    by: str
    """Who typed it: their name where they gave it, else the machine's name for them."""
    at: datetime
    """When, by the clock (aware UTC)."""
