"""What an owner does so that something that went wrong does not happen again: values only, no I/O."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

AGAIN_WITHIN = timedelta(days=30)
"""How long what an action was to end has to stay away, where nobody says."""
LATE_ROWS = timedelta(days=7)
"""How long after that time rows still count that tell of it, and were brought in late."""


class ActionStatus(StrEnum):
    """The life of an action. One that is done is open again where what it was to end comes back."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Action:
    """One row of `action`. Of `cause` and `contacts` exactly one is there: what it is to end."""

    id: str
    """As it is read out: `AC-7K3QM-X9T2A`."""
    owner: str
    what: str
    cause: str | None = None
    """Of rules/causes.yaml: why promises were broken."""
    contacts: str | None = None
    """Of rules/reasons.yaml: why customers made contact."""
    due_at: datetime
    status: ActionStatus = ActionStatus.OPEN
    opened_at: datetime
    opened_by: str
    again_within: timedelta = AGAIN_WITHIN
    """How long it has to stay away once the action is done."""
    again_at: int = 1
    """How many times within that time open it again."""
    closed_at: datetime | None = None
    """Of the last closing; an action that came back keeps it, so that people see what did not help."""
    closed_by: str | None = None
    found_cause: str | None = None
    """Why it happened, as found."""
    effect: str | None = None
    """What shows that it happens no more."""
    watched_until: datetime | None = None
    """Until when what comes back opens it again."""
    settling_id: str | None = None
    """The settling that said what is done; None where a person opened it."""
    came_back_at: datetime | None = None
    came_back_count: int = 0
    """How many times it had happened since it was done, when it was opened again."""
    times_back: int = 0

    @property
    def about(self) -> str:
        """What it is to end, with what that is: `cause price-list`, `contacts late-order`."""
        return f"cause {self.cause}" if self.cause is not None else f"contacts {self.contacts}"

    def is_late(self, now: datetime) -> bool:
        """Whether its deadline is over, and it is open."""
        return self.status is ActionStatus.OPEN and self.due_at <= now


ACTION_COLUMNS = tuple(each.name for each in fields(Action))


@dataclass(frozen=True, kw_only=True)
class ActionBack:
    """What an action was to end came back: the action is open again."""

    action: Action
    """As it was done."""
    count: int
    """How many times since it was done."""
    first_at: datetime


@dataclass(frozen=True, kw_only=True)
class ActionWork:
    """What a batch writes of actions beside its drafts."""

    back: tuple[ActionBack, ...] = ()
