"""What an author should see to in the map of the journey: its problems, nobody answers, nothing is foreseen."""

from collections.abc import Iterator

from notifier.model.problems import Problem
from notifier.rules.checked import Project
from notifier.rules.journey import Foreseen, Touchpoint


def journey_notes(project: Project) -> Iterator[Problem]:
    """What is wrong with the project's map, and warnings about it."""
    yield from project.map_problems
    if project.journey is None:
        return
    for touchpoint in project.journey.touchpoints.values():
        yield from _unfinished(touchpoint)
        for failure in touchpoint.foreseen:
            yield from _only_in_shadow(project, failure)


def _unfinished(touchpoint: Touchpoint) -> Iterator[Problem]:
    missing = []
    if touchpoint.owner is None:
        missing.append("nobody answers for it: give it an owner")
    if not touchpoint.foreseen and touchpoint.nothing_foreseen is None:
        missing.append(
            "nothing is foreseen to fail there: say what may, under foreseen, or nothing_foreseen: because …"
        )
    if missing:
        yield Problem(touchpoint.place, f"'{touchpoint.id}': {'; '.join(missing)}", "warning")


def _only_in_shadow(project: Project, failure: Foreseen) -> Iterator[Problem]:
    """A rule in shadow tells nobody: where no other one does, and no check finds it, nothing is done yet."""
    rules = [project.rules[name] for name in failure.rules if name in project.rules]
    if rules and not failure.checks and all(rule.shadow for rule in rules):
        names = ", ".join(rule.name for rule in rules)
        what = (
            f"'{failure.failure}' has no rule but in shadow ({names}), which tells nobody: nothing is done about it yet"
        )
        yield Problem(failure.place, what, "warning")
