"""What waits for a person today as a JSON document."""

from typing_extensions import TypedDict

from notifier.answers.documents.contradictions import ContradictionDocument, contradiction_document
from notifier.answers.documents.settling import CommonCauseDocument, common_causes
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.answers.waiting import Matter, Task, Today
from notifier.model.instants import utc_text
from notifier.model.settling import Group


class TaskDocument(TypedDict):
    """One thing that waits. What a matter does not have is null."""

    id: str
    """A notice's reference, a contradiction's, a flood's or a promise's id, an address, a rule."""
    what: str
    command: str
    """What a person types next; `…` stands for their name and reason."""
    about: str | None
    customer: str | None
    owner: str | None
    rule: str | None
    deadline: Instant | None
    """When it is too late: a contradiction surfaces, a notice helps no more, a promise is due."""
    since: Instant | None
    contradiction: ContradictionDocument | None
    """Of a flood, the one of it that surfaces first."""
    count: int
    """How many things the task stands for: more than one where a flood, or a rule's limit or stopped canary, is their
    common reason."""
    flood: "FloodDocument | None"
    """Null where there is none."""


class FloodDocument(TypedDict):
    """The flood because of which several things of one matter wait."""

    id: str
    opened_at: Instant
    found: int
    """How many contradictions it had."""
    common: list[CommonCauseDocument]


class WaitingDocument(TypedDict):
    """One matter with its most urgent tasks."""

    matter: Matter
    count: int
    """How many there are; 10001 where there are more than 10,000."""
    tasks: list[TaskDocument]


class TodayDocument(TypedDict):
    """All that waits, the gravest matter first."""

    at: Instant
    owner: str | None
    """Whose it is; null: anybody's."""
    waiting: list[WaitingDocument]
    """Matters without a task are left out."""


def today_document(found: Today) -> TodayDocument:
    """`today --json`."""
    return {
        "at": utc_text(found.now),
        "owner": found.owner,
        "waiting": [
            {"matter": each.matter, "count": each.count, "tasks": [_task(task) for task in each.tasks]}
            for each in found.waiting
        ],
    }


def _task(task: Task) -> TaskDocument:
    return {
        "id": task.id,
        "what": task.what,
        "command": task.command,
        "about": task.about,
        "customer": task.customer,
        "owner": task.owner,
        "rule": task.rule,
        "deadline": instant_or_null(task.deadline),
        "since": instant_or_null(task.since),
        "contradiction": None if task.contradiction is None else contradiction_document(task.contradiction),
        "count": task.count,
        "flood": None if task.flood is None else _flood(task.flood.group),
    }


def _flood(group: Group) -> FloodDocument:
    return {
        "id": group.id,
        "opened_at": utc_text(group.opened_at),
        "found": group.count,
        "common": common_causes(group),
    }
