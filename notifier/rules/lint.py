"""A loaded project -> what its author should fix although every file is valid: ways out, owners, windows."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from notifier.model.problems import Problem
from notifier.rules.checked import ContactPoint, Moment, Project, Rule
from notifier.rules.expressions import Column


def lint(project: Project) -> list[Problem]:
    """The problems found in addition to `project.problems`, sorted by place."""
    found = [
        *_dead_ends(project.contact_points),
        *_circles(project.contact_points),
        *_rules_without_way_out(project),
        *_silent_owners(project),
    ]
    for rule in project.rules.values():
        found.extend(_windows(rule))
        found.extend(_born_late(rule))
    return sorted(set(found))


def _dead_ends(points: Mapping[str, ContactPoint]) -> Iterator[Problem]:
    """Contact points at which a request ends although nobody handles it."""
    for point in points.values():
        if not point.is_way_out and not point.sends_to:
            yield Problem(
                point.place,
                f"'{point.id}' is a dead end: no human, settles nothing, sends nowhere; give it one of the three",
            )
        for request, target in point.sends_to.items():
            if not _takes(points[target], request):
                yield Problem(
                    point.place,
                    f"'{point.id}' sends '{request}' to '{target}', which neither settles it, nor sends it on, "
                    "nor is human",
                )


def _takes(point: ContactPoint, request: str) -> bool:
    return point.human or request in point.settles or request in point.sends_to


def _circles(points: Mapping[str, ContactPoint]) -> Iterator[Problem]:
    """Requests that are sent in a circle, and circles of contact points none of which helps with anything."""
    requests = sorted({request for point in points.values() for request in point.sends_to})
    seen: set[frozenset[str]] = set()
    for request in requests:
        ways = {point.id: [point.sends_to[request]] for point in points.values() if request in point.sends_to}
        for circle in _circles_in(ways):
            seen.add(frozenset(circle))
            path = " -> ".join([*circle, circle[0]])
            yield Problem(
                points[circle[0]].place, f"'{request}' is sent in a circle: {path}; let one of them settle it"
            )
    helpless = {
        point.id: [target for target in sorted(set(point.sends_to.values())) if not points[target].is_way_out]
        for point in points.values()
        if not point.is_way_out
    }
    for circle in _circles_in(helpless):
        if frozenset(circle) not in seen:
            path = " -> ".join([*circle, circle[0]])
            yield Problem(points[circle[0]].place, f"people are sent in a circle: {path}; give one of them a human")


def _circles_in(ways: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One circle for each set of contact points that lead to each other, starting at its first name."""
    done: set[str] = set()
    for start in sorted(ways):
        path = _way_back(ways, start)
        if path and not done & set(path):
            done |= set(path)
            yield path


def _way_back(ways: Mapping[str, Sequence[str]], start: str) -> tuple[str, ...]:
    """The shortest way from a point back to itself, without the return; empty when there is none."""
    paths: list[tuple[str, ...]] = [(start,)]
    reached: set[str] = set()
    while paths:
        path = paths.pop(0)
        for target in ways.get(path[-1], ()):
            if target == start:
                return path
            if target not in reached:
                reached.add(target)
                paths.append((*path, target))
    return ()


def _rules_without_way_out(project: Project) -> Iterator[Problem]:
    """Rules whose exit leads to no way out, however often one is sent on."""
    for rule in project.rules.values():
        reached, waiting = set[str](), [rule.exit]
        while waiting:
            point = project.contact_points[waiting.pop()]
            if point.id not in reached:
                reached.add(point.id)
                waiting.extend(point.sends_to.values())
        if not any(project.contact_points[name].is_way_out for name in reached):
            yield Problem(
                rule.place,
                f"the exit '{rule.exit}' of rule '{rule.name}' leads to no human and to no recorded request",
            )


def _silent_owners(project: Project) -> Iterator[Problem]:
    """Owners that an alert cannot reach."""
    for owner in project.owners.values():
        if owner.email is None and owner.phone is None:
            yield Problem(owner.place, f"alerts cannot reach owner '{owner.id}'; give an email or a phone")


def _windows(rule: Rule) -> Iterator[Problem]:
    """Moments that never speak, because the window ends first or another moment is the same."""
    for moment in rule.at:
        if rule.until is not None and _is_before_or_at(rule.until, moment):
            yield Problem(
                rule.until.place,
                f"'{rule.until.text}' is not after '{moment.text}': the rule never speaks at that moment",
            )
    for first, second in combinations(rule.at, 2):
        if _same_instant(first, second):
            yield Problem(second.place, f"'{second.text}' is the same moment as '{first.text}'; remove one")


def _born_late(rule: Rule) -> Iterator[Problem]:
    """Moments that may have passed before their row or anchor comes to be, where the rule does not say what then."""
    near = next((moment for moment in rule.at if moment.before and not _is_computed(moment)), None)
    if rule.born_late is None and near is not None:
        yield Problem(
            near.place,
            f"'{near.text}' may have passed when a row comes in, or its anchor moves: nobody is told of it then; "
            "say born_late: tell, or born_late: skip",
            severity="warning",
        )


def _is_computed(moment: Moment) -> bool:
    """Whether the anchor is of a day in a site's calendar, which is known long before."""
    return isinstance(moment.anchor, Column) and moment.anchor.row.entity == "site_day"


def _is_before_or_at(until: Moment, at: Moment) -> bool:
    """Known only where both have the same anchor and neither has a time of day."""
    comparable = until.anchor == at.anchor and until.local_time is None and at.local_time is None
    return comparable and until.offset <= at.offset


def _same_instant(first: Moment, second: Moment) -> bool:
    return (first.anchor, first.offset, first.local_time) == (second.anchor, second.offset, second.local_time)
