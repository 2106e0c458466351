"""A canary that cannot stop: said when its rule is checked, and not on the day that it should have stopped."""

from notifier.model.problems import Problem
from notifier.model.types import NoticeClass
from notifier.rules.checked import Project
from notifier.rules.checked_rules import SHARES_FROM, Canary, Rule

ANY_NUMBER = 1000
"""From here on a number in `stop_at` says that nothing of its kind is to stop the canary."""


def canary_notes(project: Project) -> list[Problem]:
    """A note for each rule whose first customers are fewer than what stops it."""
    return sorted(
        Problem(rule.place, what, severity="note")
        for rule in project.rules.values()
        if rule.limits.canary is not None and (what := _never(rule, rule.limits.canary)) is not None
    )


def _never(rule: Rule, canary: Canary) -> str | None:
    if canary.first >= SHARES_FROM and rule.notice_class is not NoticeClass.SAFETY:
        return None
    stops = canary.stop_at
    never = [
        f"{most} {key}"
        for key, most in (("failures", stops.failures), ("opt_outs", stops.opt_outs), ("replies", stops.replies))
        if canary.first < most < ANY_NUMBER
    ]
    if not never:
        return None
    return (
        f"of the first {canary.first} there are never {' or '.join(never)}, so that stops nothing: "
        "let more hear it first, or write smaller numbers in 'stop_at'"
    )
