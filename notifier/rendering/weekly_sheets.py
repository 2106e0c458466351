"""What the weekly letter to an owner, and the alert that an action is open again, are printed from."""

from collections.abc import Iterable
from datetime import datetime

from notifier.model.actions import Action
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType
from notifier.model.weekly import ActionBackAlert, Counted, WeeklyAlert
from notifier.rendering.context import Names, Voice, clean
from notifier.rendering.said import said
from notifier.rendering.words import Words

MOST = 10
"""Lines of one part of a letter; how many more there are is said."""


def weekly_names(alert: WeeklyAlert, voice: Voice, words: Words) -> dict[str, object]:
    """The lines of each part by its name, how many `more` there are, and whether it is `quiet` and `any_late`."""
    week = alert.week
    counted = {"contradictions": week.contradictions, "notices": week.notices, "contacts": week.contacts}
    actions = {"open": week.open, "done": week.done, "back": week.back}
    names: dict[str, object] = {name: list(_counted(each[:MOST])) for name, each in counted.items()}
    names |= {name: list(_actions(each[:MOST], week.until, voice, words)) for name, each in actions.items()}
    names["more"] = Names(
        "more", {name: max(0, len(each) - MOST) for name, each in (*counted.items(), *actions.items())}
    )
    names["customers"] = week.customers
    names["quiet"] = week.is_quiet
    names["any_late"] = any(each.is_late(week.until) for each in week.open)
    return names


def back_names(alert: ActionBackAlert) -> dict[str, object]:
    """`cause` or `contacts`, `days`, and what was found and seen when it was done."""
    action = alert.action
    return {
        "cause": clean(action.cause or ""),
        "contacts": clean(action.contacts or ""),
        "days": max(1, action.again_within.days),
        "found_cause": clean(action.found_cause or ""),
        "effect": clean(action.effect or ""),
    }


def _counted(counted: Iterable[Counted]) -> Iterable[Names]:
    for each in counted:
        yield Names(
            "line",
            {
                "name": clean(each.name),
                "state": each.state or None,
                "count": each.count,
                "before": each.before,
                "of": each.of,
                "people": each.people,
            },
        )


def _actions(actions: Iterable[Action], until: datetime, voice: Voice, words: Words) -> Iterable[Names]:
    for each in actions:
        due = ClaimValue(type=TopicType.TIMESTAMP, value=each.due_at)
        yield Names(
            "action",
            {
                "id": each.id,
                "what": clean(each.what),
                "cause": clean(each.cause or ""),
                "contacts": clean(each.contacts or ""),
                "due": said("due", due, voice, words),
                "late": each.is_late(until),
                "age": (until - each.opened_at).days,
                "times_back": each.times_back,
                "count": each.came_back_count,
                "found_cause": clean(each.found_cause or ""),
                "effect": clean(each.effect or ""),
            },
        )
