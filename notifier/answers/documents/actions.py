"""Actions, and the week of an owner, as JSON documents."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from notifier.answers.documents.interventions import InterventionDocument, intervention_document
from notifier.answers.documents.values import Instant, instant_or_null
from notifier.model.actions import Action, ActionStatus
from notifier.model.durations import duration_text
from notifier.model.instants import utc_text
from notifier.model.weekly import Counted, Week
from notifier.store.interventions import Intervention


class ActionDocument(TypedDict):
    """What an owner does so that something does not happen again."""

    action: str
    """Its id."""
    what: str
    owner: str
    status: ActionStatus
    cause: str | None
    """Of rules/causes.yaml; null where it is about contacts."""
    contacts: str | None
    """Of rules/reasons.yaml; null where it is about a cause."""
    due_at: Instant
    late: bool
    """Whether its deadline is over, and it is open."""
    age_days: int
    """Whole days since it was opened first."""
    opened_at: Instant
    opened_by: str
    again_within: str
    """`30d`: how long what it is to end has to stay away once it is done."""
    again_at: int
    """How many times within that time open it again."""
    closed_at: Instant | None
    """Of the last closing."""
    closed_by: str | None
    found_cause: str | None
    effect: str | None
    watched_until: Instant | None
    came_back_at: Instant | None
    came_back_count: int
    """How many times since it was done, when it was opened again."""
    times_back: int


class ActionCardDocument(ActionDocument):
    """One action with all that was done about it."""

    interventions: list[InterventionDocument]
    """The oldest first; `notifier` is who opened it again by itself."""


class CountedDocument(TypedDict):
    """How often one thing went wrong."""

    name: str
    """The check, the rule or the reason."""
    state: str | None
    """Of notices: what became of them."""
    count: int
    before: int
    """In the week before."""
    of: int | None
    """Of notices: how many of the rule were decided on in the week."""
    people: int | None
    """Of contacts: how many customers they came from, in the week."""


class WeekDocument(TypedDict):
    """The week of an owner."""

    owner: str
    since: Instant
    until: Instant
    contradictions: list[CountedDocument]
    """That opened, by check."""
    notices: list[CountedDocument]
    """That reached nobody, by rule and state."""
    contacts: list[CountedDocument]
    """By reason, of the reasons that are the owner's."""
    customers: int
    """All that there are, where there are such contacts: what `people` is a share of."""
    open: list[ActionDocument]
    """At the end of the week."""
    done: list[ActionDocument]
    came_back: list[ActionDocument]


def action_document(action: Action, now: datetime) -> ActionDocument:
    """`actions list --json`, one entry."""
    return {
        "action": action.id,
        "what": action.what,
        "owner": action.owner,
        "status": action.status,
        "cause": action.cause,
        "contacts": action.contacts,
        "due_at": utc_text(action.due_at),
        "late": action.is_late(now),
        "age_days": (now - action.opened_at).days,
        "opened_at": utc_text(action.opened_at),
        "opened_by": action.opened_by,
        "again_within": duration_text(action.again_within),
        "again_at": action.again_at,
        "closed_at": instant_or_null(action.closed_at),
        "closed_by": action.closed_by,
        "found_cause": action.found_cause,
        "effect": action.effect,
        "watched_until": instant_or_null(action.watched_until),
        "came_back_at": instant_or_null(action.came_back_at),
        "came_back_count": action.came_back_count,
        "times_back": action.times_back,
    }


def action_card_document(action: Action, done: Sequence[Intervention], now: datetime) -> ActionCardDocument:
    """`actions show --json`."""
    return {**action_document(action, now), "interventions": [intervention_document(each) for each in done]}


def week_document(week: Week) -> WeekDocument:
    """`digest --json`."""
    return {
        "owner": week.owner,
        "since": utc_text(week.since),
        "until": utc_text(week.until),
        "contradictions": _counted(week.contradictions),
        "notices": _counted(week.notices),
        "contacts": _counted(week.contacts),
        "customers": week.customers,
        "open": [action_document(each, week.until) for each in week.open],
        "done": [action_document(each, week.until) for each in week.done],
        "came_back": [action_document(each, week.until) for each in week.back],
    }


def _counted(counted: Iterable[Counted]) -> list[CountedDocument]:
    return [
        {
            "name": each.name,
            "state": each.state or None,
            "count": each.count,
            "before": each.before,
            "of": each.of,
            "people": each.people,
        }
        for each in counted
    ]
