"""Which columns the checks of a project read: what a write replaces there is kept, so that it can be explained."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from notifier.rules.checked_checks import Check
from notifier.rules.expressions import Attribute, Column, Expression, Related

Watched = Mapping[str, frozenset[str]]
"""Entity -> columns."""
OF_PROMISES = frozenset(
    {
        *("subject_id", "value", "currency", "tax_included", "made_by", "made_at", "due_at"),
        *("valid_from", "valid_until", "state", "evidence"),
    }
)
"""Whatever checks there are, a promise is what they compare."""


def watched_columns(checks: Iterable[Check]) -> Watched:
    """The columns of facts, conditions and deadlines, and those of promises; `attributes` stands for all of these."""
    found: dict[str, set[str]] = defaultdict(set)
    found["promise"] |= OF_PROMISES
    for check in checks:
        for expression in _expressions(check):
            for node in expression.walk():
                if isinstance(node, Column) and node.row.entity is not None:
                    found[node.row.entity].add(node.field.name)
                elif isinstance(node, Attribute) and node.row.entity is not None:
                    found[node.row.entity].add("attributes")
                elif isinstance(node, Related) and node.relation.finds_by_id:
                    found[node.relation.source] |= {column for column, _ in node.relation.keys}
    return {entity: frozenset(columns - {"id"}) for entity, columns in found.items()}


def _expressions(check: Check) -> Iterator[Expression]:
    single = (check.actual, check.actual_currency, check.actual_tax_included, check.surfaces_at)
    yield from (each for each in single if each is not None)
    yield from check.on
    yield from (each.expression for each in (*check.when, *check.kept_when))
    if check.implied is not None:
        yield check.implied.value
        yield from (each for each in (check.implied.currency, check.implied.tax_included) if each is not None)
        yield from (each.expression for each in check.implied.when)
