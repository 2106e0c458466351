"""Two rules that tell one customer the same fact at the same time: two texts about one thing."""

from collections.abc import Iterator
from itertools import combinations

from notifier.model.problems import Problem
from notifier.rules.checked import Project
from notifier.rules.checked_rules import Claim, Moment, Rule
from notifier.rules.conjunctions import Wanted, clash
from notifier.rules.expressions import Column, RowName
from notifier.rules.never_true import demands, in_span, span_of

SAME_FACT = "same_fact"


def same_facts(project: Project) -> list[Problem]:
    """A warning for each pair of rules, at the later one of the files."""
    rules = sorted(project.rules.values(), key=lambda rule: rule.place)
    return [problem for first, second in combinations(rules, 2) for problem in _of_pair(first, second)]


def _of_pair(first: Rule, second: Rule) -> Iterator[Problem]:
    of_one = (first.about, first.each, first.to) == (second.about, second.each, second.to)
    shared = _shared(first, second) if of_one and set(first.channels) & set(second.channels) else None
    if shared is None or not _together(first, second):
        return
    what = (
        f"'{second.name}' tells the same customer the same fact of the same {first.about} as '{first.name}' "
        f"({first.place}), and both may speak at once: '{shared.text or shared.name}'; let one of them say it, or part "
        "them by 'when' or by their moments"
    )
    yield Problem(second.place, what, "warning", code=SAME_FACT)


def _shared(first: Rule, second: Rule) -> Claim | None:
    """A claim that both assert; the id of the row is no fact."""
    facts = {(claim.topic, claim.expression) for claim in first.claims if not _is_id(claim)}
    topics = {claim.topic for claim in first.claims if claim.topic != claim.name}
    for claim in second.claims:
        same = (claim.topic, claim.expression) in facts or (claim.topic != claim.name and claim.topic in topics)
        if same or (not _is_id(claim) and any(claim.expression == each for _, each in facts)):
            return claim
    return None


def _is_id(claim: Claim) -> bool:
    column = claim.expression
    return isinstance(column, Column) and column.field.name == "id" and isinstance(column.row, RowName)


def _together(first: Rule, second: Rule) -> bool:
    """Whether both may be true of one row at one moment."""
    wanted = [*demands(first), *demands(second)]
    if clash(wanted) is not None:
        return False
    if not first.at or not second.at:
        return _overlaps(first, second, wanted)
    return any(_meet(first, one, second, other) for one in first.at for other in second.at)


def _overlaps(first: Rule, second: Rule, wanted: list[Wanted]) -> bool:
    """One of them speaks whenever it is true: does the other have a moment at which both hold?"""
    timed = first if first.at else second
    if not timed.at:
        return True
    spans = [(moment, span_of(timed, moment)) for moment in timed.at]
    return any(span is None or clash([*wanted, *in_span(moment, span)]) is None for moment, span in spans)


def _meet(first: Rule, one: Moment, second: Rule, other: Moment) -> bool:
    if one.anchor != other.anchor:
        return True
    span, after = span_of(first, one), span_of(second, other)
    return span is None or after is None or not (span.is_before(after) or after.is_before(span))
