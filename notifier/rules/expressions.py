"""The typed syntax tree of conditions, claims and paths: what the checker makes and the emitter turns into SQL.

Every node is a value: equal nodes mean the same, so a path that is written twice is joined once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from notifier.model.durations import duration_text
from notifier.model.schema import Field, Relation
from notifier.model.types import ValueType

NUMERIC = (ValueType.INT, ValueType.DECIMAL, ValueType.MONEY)
"""The types that can be compared and calculated with each other."""
EXACT_PLACES = 4
"""Decimal places of what is exact: columns, and a business's own fields."""


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A node; subclasses say which."""

    type: ValueType
    entity: str | None = None
    """The entity of a path that ends at a row (ENTITY) or at rows (ENTITIES)."""
    scale: int = 0
    """Decimal places a number is kept with; 0 for everything else."""
    text: str = field(default="", compare=False, repr=False)
    """As its author wrote it."""

    @property
    def parts(self) -> Iterator["Expression"]:
        """The nodes directly below this one."""
        for slot in fields(self):
            value = getattr(self, slot.name)
            if isinstance(value, Expression):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Expression))

    def walk(self) -> Iterator["Expression"]:
        """This node and every node below it, outermost first."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True, kw_only=True)
class Literal(Expression):
    """A constant. None is CEL's null."""

    value: bool | int | Decimal | str | datetime | timedelta | None


@dataclass(frozen=True, kw_only=True)
class Now(Expression):
    """The instant of the tick. No checked expression has it: comparisons with it become a `Flip`."""


@dataclass(frozen=True, kw_only=True)
class RowName(Expression):
    """A row by its name: a business row of the rule, or the variable of exists, all, filter and sum."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Related(Expression):
    """The row or the rows that a relation leads to. ENTITIES as soon as one step of the path is to-many."""

    source: Expression
    relation: Relation


@dataclass(frozen=True, kw_only=True)
class Filtered(Expression):
    """The rows of `source` for which `condition` is true; an error for one row is an error for all."""

    source: Expression
    variable: str
    condition: Expression


@dataclass(frozen=True, kw_only=True)
class Column(Expression):
    """A field of a row; null where the path to the row is empty."""

    row: Expression
    field: Field

    @classmethod
    def of(cls, row: Expression, field: Field) -> "Column":
        """This field of this row; what is exact is kept with so many places."""
        places = EXACT_PLACES if field.type in (ValueType.DECIMAL, ValueType.MONEY) else 0
        return cls(type=field.type, row=row, field=field, scale=places)


@dataclass(frozen=True, kw_only=True)
class Attribute(Expression):
    """A business's own field (`rules/attributes.yaml`) of a row."""

    row: Expression
    name: str
    currency: Expression | None = None
    """Of money."""


@dataclass(frozen=True, kw_only=True)
class Not(Expression):
    """The opposite."""

    operand: Expression


@dataclass(frozen=True, kw_only=True)
class And(Expression):
    """True when all operands are; false as soon as one is, whatever the others."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Or(Expression):
    """True as soon as one operand is, whatever the others."""

    operands: tuple[Expression, ...]


class Comparison(StrEnum):
    """The comparing operators."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="

    @property
    def mirrored(self) -> "Comparison":
        """The equivalent operator with the sides exchanged."""
        return _MIRRORED.get(self, self)


_MIRRORED = {
    Comparison.LESS: Comparison.GREATER,
    Comparison.GREATER: Comparison.LESS,
    Comparison.LESS_OR_EQUAL: Comparison.GREATER_OR_EQUAL,
    Comparison.GREATER_OR_EQUAL: Comparison.LESS_OR_EQUAL,
}


@dataclass(frozen=True, kw_only=True)
class Compare(Expression):
    """A comparison of two values. `==` and `!=` accept null; for the others null is an error."""

    operator: Comparison
    left: Expression
    right: Expression

    @property
    def has_null(self) -> bool:
        """Whether one side is the constant null."""
        return ValueType.NULL in (self.left.type, self.right.type)


@dataclass(frozen=True, kw_only=True)
class Flip(Expression):
    """`path OP now + offset`, the one form in which a condition may use `now` (never with `==` or `!=`).

    Its value for a row changes at a known instant: `path - offset`.
    """

    path: Expression
    operator: Comparison
    offset: timedelta


@dataclass(frozen=True, kw_only=True)
class In(Expression):
    """The operand equals one of the constants; null among them matches null."""

    operand: Expression
    items: tuple[Literal, ...]


class Operator(StrEnum):
    """The calculating operators."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    DIVIDED_BY = "/"


@dataclass(frozen=True, kw_only=True)
class Arithmetic(Expression):
    """A calculation. Null in, division by zero or a result beyond 64 bits is an error."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, kw_only=True)
class Choice(Expression):
    """One of two values of one type; an error where the condition is one. The condition holds no other choice."""

    condition: Expression
    if_true: Expression
    if_false: Expression


@dataclass(frozen=True, kw_only=True)
class Negative(Expression):
    """A negated number or duration."""

    operand: Expression


class TextFunction(StrEnum):
    """Functions on texts; all compare code points and are case-sensitive."""

    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    CONTAINS = "contains"


@dataclass(frozen=True, kw_only=True)
class TextTest(Expression):
    """A test of one text against another."""

    function: TextFunction
    operand: Expression
    argument: Expression


@dataclass(frozen=True, kw_only=True)
class TextSize(Expression):
    """The number of code points of a text."""

    operand: Expression


class Part(StrEnum):
    """The parts of an instant in a zone; counted as CEL does (months, days of the year and getDayOfMonth from 0)."""

    FULL_YEAR = "getFullYear"
    MONTH = "getMonth"
    DATE = "getDate"
    DAY_OF_MONTH = "getDayOfMonth"
    DAY_OF_WEEK = "getDayOfWeek"
    DAY_OF_YEAR = "getDayOfYear"
    HOURS = "getHours"
    MINUTES = "getMinutes"
    SECONDS = "getSeconds"


@dataclass(frozen=True, kw_only=True)
class DatePart(Expression):
    """A part of an instant as a clock in `zone` (IANA) shows it."""

    part: Part
    operand: Expression
    zone: str


@dataclass(frozen=True, kw_only=True)
class Exists(Expression):
    """True when the condition is true for one of the rows."""

    source: Expression
    variable: str
    condition: Expression


@dataclass(frozen=True, kw_only=True)
class All(Expression):
    """True when the condition is true for every one of the rows, and when there is none."""

    source: Expression
    variable: str
    condition: Expression


@dataclass(frozen=True, kw_only=True)
class Count(Expression):
    """How many distinct rows there are."""

    source: Expression


@dataclass(frozen=True, kw_only=True)
class Sum(Expression):
    """The values added up; 0 when there is no row, an error when one value is null."""

    source: Expression
    variable: str
    value: Expression
    currency: Expression | None = None
    """Of the variable's row: the sum is an error where the rows have several. None where they are told apart by whoever
    asks, and where the values are no money."""


class Answer(StrEnum):
    """What is asked of a forecast."""

    INSTANT = "instant"
    CASES = "cases"
    """How many completed rows are behind it."""
    GROUP = "group"
    """Of which rows: `stage=handed_over_at, region=SP`."""


@dataclass(frozen=True, kw_only=True)
class Forecast(Expression):
    """The instant by which a field of the row will have its value, with a probability; null where it cannot be said.

    It is counted from a point of the row: `counted_from` plus `offset`, or the step that the row is in. What was
    learned until that point decides, so that a later learning leaves what was told as it is.
    """

    row: Expression
    field: str
    probability: int
    """In thousandths."""
    counted_from: Column | None
    """None: the last of `steps` that has a value."""
    offset: timedelta = timedelta(0)
    steps: tuple[Expression, ...]
    """The instants of the row's steps, in their order."""
    groups: tuple[Expression, ...]
    """What the rows are grouped by, in the order of `Learnable.groups`."""
    answer: Answer = Answer.INSTANT
    name: str = ""
    """The key of the forecast that this one is a part of; empty where it is one by itself."""

    @property
    def key(self) -> str:
        """Names what is learned, whatever the probability: `order.completed_at from promised_at -2d`."""
        return self.name or f"{self.row.entity}.{self.field} from {self.point}"

    @property
    def point(self) -> str:
        """From when it is counted."""
        if self.counted_from is None:
            return "its step"
        name, moved = self.counted_from.field.name, duration_text(self.offset)
        return f"{name} {moved if moved.startswith('-') else f'+{moved}'}" if self.offset else name
