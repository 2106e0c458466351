"""Warnings that an author hushes in a rule, each with a reason: they are not shown, and what hushes nothing is said.

`hush: { reading_level: the words are the regulator's }`
"""

from collections.abc import Iterable, Iterator

from notifier.model.problems import Place, Problem
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule

OF_OTHERS = ("same_fact",)
"""Warnings that need another rule, which may be in a pack that this project has not: hushed in vain is no slip."""


def without_hushed(project: Project, problems: Iterable[Problem]) -> list[Problem]:
    """The problems but for those that their rules hush, sorted; with a warning for each hush that hushes nothing.

    A problem is of the rule that it stands in, or of the rules that use its text: all of them must hush it.
    """
    left: list[Problem] = []
    used: set[tuple[str, str]] = set()
    for problem in problems:
        rules = _rules_of(project, problem.place) if problem.code else []
        hushing = [rule for rule in rules if problem.code in rule.hush]
        used |= {(rule.name, problem.code) for rule in hushing}
        if not rules or len(hushing) < len(rules):
            left.append(problem)
    left += _idle(project, used)
    return sorted(set(left))


def _idle(project: Project, used: set[tuple[str, str]]) -> Iterator[Problem]:
    for rule in project.rules.values():
        for code in rule.hush:
            if code not in OF_OTHERS and (rule.name, code) not in used:
                what = f"'hush' names {code}, and there is no such warning about '{rule.name}'; remove it"
                yield Problem(rule.place, what, "warning")


def _rules_of(project: Project, place: Place) -> list[Rule]:
    """The rule in whose lines the place is, or the rules whose texts have it."""
    if place.file.startswith("templates/"):
        template = place.file.split("/")[1]
        return [rule for rule in project.rules.values() if template in rule.templates]
    named: tuple[Rule | Check, ...] = (*project.rules.values(), *project.checks.values())
    above = [each for each in named if each.place.file == place.file and each.place.line <= place.line]
    nearest = max(above, key=lambda each: each.place.line, default=None)
    return [nearest] if isinstance(nearest, Rule) else []
