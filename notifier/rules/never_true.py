"""A rule that nothing can make speak, and a part of a condition that no row can fulfil."""

from collections.abc import Iterator
from datetime import timedelta

from notifier.model.problems import Problem
from notifier.model.types import ValueType
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Condition, Moment, Rule
from notifier.rules.conjunctions import Clash, Span, Wanted, clash
from notifier.rules.expressions import All, Comparison, Exists, Expression, Filtered, Flip

NEVER_TRUE = "never_true"
DAY = timedelta(days=1)
ROUNDING = timedelta(hours=38)
"""How far a time of the day may be from the same time counted in elapsed hours: a day, and what zones differ by."""
AFTER = timedelta(hours=24)
"""How long what is told after an event helps, where the rule does not say it."""


def never_true(project: Project) -> list[Problem]:
    """A warning for each rule and check that can never be true, each moment, and each part of a condition."""
    found: list[Problem] = []
    for rule in project.rules.values():
        found += _of_rule(rule)
        found += _parts((*rule.when, *rule.unless, *rule.came_true, *(each for f in rule.follow_up for each in f.when)))
    for check in project.checks.values():
        found += _of_check(check)
        found += _parts((*check.when, *check.kept_when))
    return found


def demands(rule: Rule) -> list[Wanted]:
    """All that must hold at once for the rule to be true, whatever the time."""
    wanted = [Wanted(each.expression, said=each.text) for each in rule.when]
    return wanted + [Wanted(each.expression, value=False, said=each.text) for each in rule.unless]


def span_of(rule: Rule, moment: Moment) -> Span | None:
    """When the moment speaks, counted from its anchor and taken widely; None where its end is of another anchor."""
    until = rule.until
    if until is not None and until.anchor != moment.anchor:
        return None
    start = _earliest(moment)
    if until is not None:
        return Span(start, _latest(until))
    return Span(start, timedelta(0) if moment.before else _latest(moment) + AFTER)


def _earliest(moment: Moment) -> timedelta:
    return moment.offset if moment.local_time is None else moment.offset + moment.days * DAY - ROUNDING


def _latest(moment: Moment) -> timedelta:
    return moment.offset if moment.local_time is None else moment.offset + moment.days * DAY + ROUNDING


def in_span(moment: Moment, span: Span) -> list[Wanted]:
    """The span as comparisons of the anchor with `now`: it is `at <= now < until`."""
    said = [_flip(moment, Comparison.LESS_OR_EQUAL, -span.start, f"at: {moment.text}")]
    if span.end is not None:
        said.append(_flip(moment, Comparison.GREATER, -span.end, f"until the end of '{moment.text}'"))
    return said


def _flip(moment: Moment, operator: Comparison, offset: timedelta, said: str) -> Wanted:
    return Wanted(Flip(type=ValueType.BOOL, path=moment.anchor, operator=operator, offset=offset), said=said)


def _of_rule(rule: Rule) -> Iterator[Problem]:
    wanted = demands(rule)
    if (found := clash(wanted)) is not None:
        place = rule.when[0].place if rule.when else rule.place
        yield Problem(place, f"'{rule.name}' never speaks: {_never(found)}", "warning", code=NEVER_TRUE)
        return
    for moment in rule.at:
        span = span_of(rule, moment)
        if span is not None and (found := clash([*wanted, *in_span(moment, span)])) is not None:
            what = f"'{rule.name}' never speaks at '{moment.text}': {_never(found)}"
            yield Problem(moment.place, what, "warning", code=NEVER_TRUE)


def _of_check(check: Check) -> Iterator[Problem]:
    found = clash([Wanted(each.expression, said=each.text) for each in check.when])
    if found is not None:
        what = f"'{check.name}' never finds a fact: {_never(found)}"
        yield Problem(check.when[0].place, what, "warning", code=NEVER_TRUE)


def _never(found: Clash) -> str:
    one, other = found
    return f"'{one}' and '{other}' never hold together; change one of them, or join them with or"


def _parts(conditions: tuple[Condition, ...]) -> Iterator[Problem]:
    """Conditions over many rows that none of these can fulfil."""
    for condition in conditions:
        for node in condition.expression.walk():
            inner = _inner(node)
            if inner is not None and (found := clash([Wanted(inner)])) is not None:
                what = f"no row fulfils '{' '.join(inner.text.split())}': {_never(found)}"
                yield Problem(condition.place, what, "warning", code=NEVER_TRUE)


def _inner(node: Expression) -> Expression | None:
    return node.condition if isinstance(node, Exists | All | Filtered) else None
