"""A loaded project -> what its author should fix although every file is valid: exits, owners, windows, sums, ends."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from notifier.model.problems import Problem, did_you_mean
from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import ContactPoint
from notifier.rules.checked_rules import Moment, Rule
from notifier.rules.expressions import Column, Compare, Comparison, Count, Expression, RowName, Sum
from notifier.rules.journey_notes import journey_notes
from notifier.rules.open_ends import open_ends
from notifier.rules.other_currencies import other_currencies

_HOURS = re.compile(r"\s*([1-9]\d*)h\s")


def lint(project: Project) -> list[Problem]:
    """The problems found in addition to `project.problems`, sorted by place."""
    found = [
        *_dead_ends(project.contact_points),
        *_circles(project.contact_points),
        *_unheard_needs(project),
        *_rules_without_way_out(project),
        *_silent_owners(project),
        *journey_notes(project),
    ]
    for rule in project.rules.values():
        found.extend(_windows(rule))
        found.extend(open_ends(rule))
        found.extend(_born_late(rule))
        found.extend(other_currencies(rule))
    for check in project.checks.values():
        found.extend(_moments_that_lack(check))
        found.extend(other_currencies(check))
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


def _unheard_needs(project: Project) -> Iterator[Problem]:
    """What stands in `instead` and is no attribute of customers that is true or false, or leads to nobody."""
    known = {name for name, kind in project.schema.attributes.get("customer", {}).items() if kind is ValueType.BOOL}
    for point in project.contact_points.values():
        for need, target in point.instead.items():
            if need not in known:
                remedy = did_you_mean(need, known) or (
                    f"; declare it in rules/attributes.yaml: customer: {{ {need}: {{ type: bool, about: … }} }}"
                )
                yield Problem(point.place, f"'{need}' is no attribute of customers that is true or false{remedy}")
            if not project.contact_points[target].is_way_out:
                yield Problem(
                    point.place,
                    f"'{point.id}' is replaced by '{target}' where {need}, which has no human and settles nothing",
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
    for moment in (*rule.at, *([rule.until] if rule.until is not None else [])):
        yield from _elapsed_days(moment)
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
    """Known where both have the same anchor, and neither has a time of day or both count the same days."""
    if until.anchor != at.anchor:
        return False
    if until.local_time is None or at.local_time is None:
        return until.local_time is at.local_time and until.offset <= at.offset
    same_days = (until.offset, until.counted) == (at.offset, at.counted)
    return same_days and (until.days, until.local_time) <= (at.days, at.local_time)


def _same_instant(first: Moment, second: Moment) -> bool:
    return replace(first, text="", place=second.place) == replace(second, text="")


def _elapsed_days(moment: Moment) -> Iterator[Problem]:
    """Whole days written as hours: with a time of day, a change of the clocks makes another day of them."""
    if moment.local_time is None or (written := _HOURS.match(moment.text)) is None or int(written[1]) % 24:
        return
    days = int(written[1]) // 24
    yield Problem(
        moment.place,
        f"'{written[1]}h' are elapsed hours, which lead to another day when the clocks change; "
        f"write '{days}d' for calendar days",
        severity="warning",
    )


def _moments_that_lack(check: Check) -> Iterator[Problem]:
    """Sums and counts that take rows together because neither has the moment that is compared: null equals null."""
    if check.actual is None or not isinstance(check.actual, Sum | Count | Aggregated):
        return
    parts = [*check.actual.walk(), *(part for condition in check.when for part in condition.expression.walk())]
    compared = [part for part in parts if isinstance(part, Compare)]
    guarded = {
        side
        for part in compared
        for side in (part.left, part.right)
        if part.operator is Comparison.UNEQUAL and ValueType.NULL in (part.left.type, part.right.type)
    }
    for part in compared:
        sides = (part.left, part.right)
        if part.operator is Comparison.EQUAL and all(_may_lack(side) for side in sides) and not guarded & set(sides):
            name = f"{check.against}.{_of_fact(check, sides)}"
            yield Problem(
                check.place,
                f"'{check.name}' takes all rows without {name} together, for null equals null; "
                f"add 'and {name} != null' to 'when' or to the filter",
                "warning",
            )


def _may_lack(side: Expression) -> bool:
    return isinstance(side, Column) and side.type in (ValueType.TIMESTAMP, ValueType.DATE) and side.field.nullable


def _of_fact(check: Check, sides: Iterable[Expression]) -> str:
    """The field of the fact's own row, of the two that are compared."""
    columns = [side for side in sides if isinstance(side, Column)]
    own = [side for side in columns if isinstance(side.row, RowName) and side.row.name == check.against]
    return (own or columns)[0].field.name
