"""What an expression reads: the ways from a rule's row to every row it reads, and the instants at which it flips.

A way is the sequence of relations to walk from the row (`Way`). A variable of exists, all, filter or sum, and the
second row of `each`, stand for the way to the rows that they name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from notifier.model.schema import Relation
from notifier.rules.aggregates import Aggregated, Common
from notifier.rules.expressions import (
    All,
    Attribute,
    Column,
    Comparison,
    Exists,
    Expression,
    Filtered,
    Flip,
    Related,
    RowName,
    Sum,
)
from notifier.rules.row_paths import Ranked

Way = tuple[Relation, ...]
"""The relations from the row of a rule to other rows; empty for the row itself."""

SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A row falls due at the instant `column + offset` of the row at the end of `way`."""

    way: Way
    column: Column | Attribute
    offset: timedelta
    slack: timedelta = timedelta(0)
    """The instant may be this much earlier or later: a local time of day depends on a zone."""


@dataclass
class Reads:
    """Everything that some expressions read."""

    ways: set[Way] = field(default_factory=set)
    flips: set[Due] = field(default_factory=set)

    def add(self, expression: Expression, names: Mapping[str, Way]) -> Way:
        """Records all that the expression reads; returns the way to the row or rows that it stands for."""
        way: Way = ()
        match expression:
            case RowName(name=name):
                way = names[name]
            case Related(source=source, relation=relation):
                way = _walked(self.add(source, names), relation)
            case Filtered(source=source, variable=variable, condition=condition):
                way = self.add(source, names)
                self.add(condition, {**names, variable: way})
            case Exists(source=source, variable=variable) | All(source=source, variable=variable):
                self.add(expression.condition, {**names, variable: self.add(source, names)})
            case (
                Sum(source=source, variable=variable, value=value)
                | Aggregated(source=source, variable=variable, value=value)
                | Common(source=source, variable=variable, value=value)
            ):
                self.add(value, {**names, variable: self.add(source, names)})
            case Ranked(source=source, variable=variable, key=key):
                way = self.add(source, names)
                self.add(key, {**names, variable: way})
            case Flip(path=Column() | Attribute() as column):
                self.flips.add(Due(way=self.add(column.row, names), column=column, offset=_flips_after(expression)))
            case _:
                for part in expression.parts:
                    self.add(part, names)
        self.ways.add(way)
        return way


def way_of(path: Expression, names: Mapping[str, Way]) -> Way:
    """The way to the row or rows of a path."""
    return Reads().add(path, names)


def _walked(way: Way, relation: Relation) -> Way:
    """The way and one step more; a step back to the row that the last step left from leads to where that one began.

    From a contract to its charges and back is the same contract. Its changes are found without a look at its charges.
    """
    return way[:-1] if way and _leads_back(way[-1], relation) else (*way, relation)


def _leads_back(relation: Relation, after: Relation) -> bool:
    """Whether `after`, from any row that `relation` leads to, leads to the row that it came from."""
    return (
        relation.belongs_by_id
        and (relation.source, relation.target) == (after.target, after.source)
        and [(to, of) for of, to in relation.keys] == list(after.keys)
        and relation.target_where == after.source_where
    )


def _flips_after(flip: Flip) -> timedelta:
    """How long after the field's instant the comparison changes: `<` and `>=` change just after equality."""
    just_after = flip.operator in (Comparison.LESS, Comparison.GREATER_OR_EQUAL)
    return -flip.offset + (SMALLEST if just_after else timedelta(0))
