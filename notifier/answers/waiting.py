"""What waits for a person, as `today` shows it: matters, each with its count and its most urgent tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.answers.floods import Flood
from notifier.answers.timeline_entries import Value
from notifier.model.contradictions import Contradiction


class Matter(StrEnum):
    """What waits."""

    HALTED = "halted"
    """A channel whose provider refuses everything."""
    SET_ASIDE = "set_aside"
    """A rule, check or file with an error: it is not in force."""
    SURFACING = "surfacing"
    """Contradictions, what the customer finds out first at the top."""
    PROMISES_DUE = "promises_due"
    TO_APPROVE = "to_approve"
    """Notices beyond their rule's limit."""
    HELD = "held"
    UNKNOWN = "unknown"
    """Messages of which nobody can say whether they went out."""
    FAILED = "failed"
    ACTIONS = "actions"
    """What owners do so that something does not happen again."""
    OPT_OUTS = "opt_outs"
    """Replies that sound like no more."""
    BOUNCES = "bounces"
    """Mails that came back, and lead to no notice."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits. What a matter does not have is None."""

    id: str
    what: str
    """Of a notice its reason; else what there is to say, in English."""
    command: str
    """What a person types next. It changes nothing by itself unless it names a person and a reason."""
    about: str | None = None
    customer: str | None = None
    owner: str | None = None
    rule: str | None = None
    deadline: datetime | None = None
    """When it is too late: a contradiction surfaces, a notice helps no more, a promise is due."""
    since: datetime | None = None
    contradiction: Contradiction | None = None
    """Of a flood, the one of it that surfaces first."""
    promised: Value | None = None
    """What is due, of a promise."""
    flood: Flood | None = None
    """What waits because of one flood is one task, with the flood's id."""

    together: int = 1
    """How many notices of one rule wait for the same approval."""

    @property
    def count(self) -> int:
        """How many things it stands for."""
        return self.together if self.flood is None else self.flood.waiting


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One matter with its first tasks."""

    matter: Matter
    count: int
    """How many there are; one more than `COUNTED` where there are more notices than that."""
    tasks: Sequence[Task]

    @property
    def shown(self) -> int:
        """For how many of them the tasks stand."""
        return sum(task.count for task in self.tasks)


@dataclass(frozen=True, kw_only=True)
class Today:
    """All that waits, the gravest matter first; matters without a task are left out."""

    now: datetime
    owner: str | None
    waiting: Sequence[Waiting]
