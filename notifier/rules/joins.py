"""How the relations of a rule join where that is not by an id: what its author must know, told as notes."""

from collections.abc import Iterable, Iterator, Sequence

from notifier.model.problems import Problem
from notifier.model.schema import Relation
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Expression, Related


def join_notes(project: Project) -> list[Problem]:
    """A note for each rule and check, and each relation in it whose rows are found by one column or else another."""
    found: list[Problem] = []
    items: list[Rule | Check] = [*project.rules.values(), *project.checks.values()]
    for item in items:
        for relation in decided_relations(_expressions(item)):
            what = f"{relation.source}.{relation.name} are found {relation.joins}"
            found.append(Problem(item.place, what, severity="note"))
    return sorted(found)


def decided_relations(expressions: Iterable[Expression]) -> Sequence[Relation]:
    """The relations in these expressions that join by one column, and by another only where that one is empty."""
    nodes = (node for expression in expressions for node in expression.walk())
    related = (node.relation for node in nodes if isinstance(node, Related))
    return list(dict.fromkeys(relation for relation in related if relation.decided_by is not None))


def _expressions(item: Rule | Check) -> Iterator[Expression]:
    if isinstance(item, Check):
        yield from item.on
        conditions = [*item.when, *item.kept_when]
    else:
        yield from (item.to, *([item.each] if item.each is not None else []))
        yield from (claim.expression for claim in item.claims)
        conditions = [*item.when, *item.unless, *(each for follow_up in item.follow_up for each in follow_up.when)]
    yield from (condition.expression for condition in conditions)
