"""Paths to rows that an order picks: the last three bills, the latest order; and what can be said of such paths."""

from dataclasses import dataclass, replace

from notifier.model.schema import REPRESENTATIVES
from notifier.model.types import ValueType
from notifier.rules.expressions import Attribute, Column, Expression, Filtered, Related


@dataclass(frozen=True, kw_only=True)
class Ranked(Expression):
    """The first or the last of `source`, in the order of a field of them and then of their ids.

    ENTITIES: so many rows, or as many as there are. ENTITY: the one row; a path that may be empty. A row without the
    field has no place in the order, and is left out; so is one for which a filter of `source` is an error.
    """

    source: Expression
    variable: str
    key: Column | Attribute
    count: int
    last: bool


@dataclass(frozen=True, kw_only=True)
class Recipients(Expression):
    """All whom one of these paths leads to, each once: `to: [appointment.customer, …]`. Its type is ENTITIES."""

    paths: tuple[Expression, ...]


def ways_to(recipients: Expression) -> tuple[Expression, ...]:
    """The paths that lead to those who are told."""
    return recipients.paths if isinstance(recipients, Recipients) else (recipients,)


def picked(path: Expression) -> Ranked | None:
    """The one row, picked by an order, that a to-one path starts from; None where it starts from a named row."""
    while isinstance(path, Related):
        path = path.source
    return path if isinstance(path, Ranked) and path.type is ValueType.ENTITY else None


def may_repeat(source: Expression) -> bool:
    """Whether the path can reach a row twice: a step after its first to-many step is not one-to-many."""
    steps = []
    while isinstance(source, Related | Filtered | Ranked) and source.type is ValueType.ENTITIES:
        if isinstance(source, Related):
            steps.append(source.relation)
        source = source.source
    return any(relation.keys[0][0] != "id" for relation in steps[:-1])


def unfiltered(path: Expression) -> Expression:
    """The path to all rows that it could reach, whatever its filters pick out of them."""
    match path:
        case Filtered(source=source):
            return unfiltered(source)
        case Related(source=source):
            return replace(path, source=unfiltered(source))
        case Recipients(paths=paths):
            return replace(path, paths=tuple(unfiltered(each) for each in paths))
        case _:
            return path


def is_bounded(path: Expression) -> bool:
    """Whether it leads to few customers by nature: to one, or besides to those who represent one."""
    if isinstance(path, Recipients):
        return all(is_bounded(each) for each in path.paths)
    while isinstance(path, Related | Filtered) and path.type is ValueType.ENTITIES:
        if isinstance(path, Related) and path.relation.many and path.relation.name != REPRESENTATIVES:
            return False
        path = path.source
    return path.type is not ValueType.ENTITIES
