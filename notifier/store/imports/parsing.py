"""Columns of cells become columns of typed values, ready to be written, with a problem for each cell that is wrong.

Column by column rather than row by row: what reads a column is chosen once, and repeated cells are read once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.numbers import get_currency_precision

from notifier.model import formats
from notifier.model.problems import did_you_mean, one_of
from notifier.model.schema import CURRENCY_COLUMN, Entity, Field, Schema
from notifier.model.types import TopicType, ValueType
from notifier.model.values import StoredValue, parse_value, stored
from notifier.model.vocabulary import VALUES
from notifier.rules.checked import HoursException, Project, Topic
from notifier.store.imports import cells as read
from notifier.store.imports.cells import Cell
from notifier.store.opening_hours import check_subdivision

ATTRIBUTE = "attributes."
REMEMBERED = 8192
"""Distinct cells of one column whose values are kept: all of a status or a currency, the recent ones of an instant."""
ORDERED = (
    ("appointment", "starts_at", "ends_at"),
    ("charge", "period_start", "period_end"),
    ("promise", "valid_from", "valid_until"),
)
"""(entity, column, column): the second must not be before the first."""
SUBJECT_TYPES = VALUES["promise"]["subject_type"]
ABSENT = object()
"""A value that a row does not give, where other rows of the batch do: the stored one stays untouched."""


@dataclass(frozen=True, kw_only=True)
class ImportContext:
    """What an import needs to know of the project. `default_country` says where a phone number without one belongs."""

    schema: Schema
    topics: Mapping[str, Topic] = field(default_factory=dict)
    hours: tuple[HoursException, ...] = ()
    default_country: str | None = None

    @property
    def tables(self) -> dict[str, sa.Table]:
        """The table of every entity."""
        return {name: entity.table for name, entity in self.schema.entities.items()}

    @classmethod
    def of(cls, project: Project, default_country: str | None = None) -> "ImportContext":
        """The part of a project that imports read."""
        return cls(schema=project.schema, topics=project.topics, hours=project.hours, default_country=default_country)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the cells of one file are written, beyond what the cells themselves say."""

    zone: ZoneInfo | None = None
    """Of instants without an offset."""
    local_times: Mapping[str, time] = field(default_factory=dict)
    """Columns whose time of day is not the cell's but this one."""
    minor: Mapping[str, int | None] = field(default_factory=dict)
    """Amount columns in minor units, with their decimal places where those differ from the currency's."""


@dataclass(frozen=True, kw_only=True)
class CellProblem:
    """What is wrong with one row; `index` counts the rows of the batch, `column` is the entity's."""

    index: int
    column: str
    what: str


@dataclass(frozen=True, kw_only=True)
class ParsedRows:
    """One list of values a column; rows that `problems` names are there and must not be written."""

    columns: dict[str, list[Any]]
    problems: tuple[CellProblem, ...]

    @property
    def alike(self) -> bool:
        """Whether every row gives every column."""
        return not any(ABSENT in values for values in self.columns.values())

    def rows(self) -> list[dict[str, Any]]:
        """The rows as mappings, the bad ones among them."""
        names = tuple(self.columns)
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not ABSENT}
            for row in zip(*self.columns.values(), strict=True)
        ]


def importable(schema: Schema) -> tuple[str, ...]:
    """The entities that can be imported: all but the computed one."""
    return tuple(name for name, entity in schema.entities.items() if any(f.imported for f in entity.fields.values()))


class RowParser:
    """Reads the rows of one entity."""

    def __init__(self, entity: Entity, context: ImportContext, reading: Reading | None = None) -> None:
        self.entity = entity
        self._context = context
        self._reading = reading or Reading()
        self._readers: dict[str, Callable[..., Any]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a file of this entity may have."""
        names = [name for name, one in self.entity.fields.items() if one.imported]
        if self.entity.name == "promise":
            names = ["subject" if name == "subject_type" else name for name in names if name != "subject_id"]
        attributes = self._context.schema.attributes.get(self.entity.name, {})
        return (*names, *(ATTRIBUTE + name for name in attributes))

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns without which a row cannot be told apart from others."""
        return ("customer_id", "channel", "class") if self.entity.name == "consent" else ("id",)

    def unknown_column(self, name: str) -> str:
        """What is wrong with a column that a file of this entity may not have, and what may be meant."""
        if name in self.entity.fields and name != "id":
            return f"the column '{name}' is computed; remove it"
        if name.startswith(ATTRIBUTE) or name == "attributes":
            remedy = did_you_mean(name, self.columns) or "; declare it in rules/attributes.yaml"
            return f"{self.entity.name} has no column '{name}'{remedy}"
        return f"{self.entity.name} has no column '{name}'{did_you_mean(name, self.columns)}"

    def missing_columns(self, names: Sequence[str]) -> list[str]:
        """What is wrong with rows that have only these columns, whatever is in them."""
        missing = [name for name in self.key_columns if name not in names]
        problems = [f"the column '{name}' is missing: it says which {self.entity.name} a row is" for name in missing]
        if CURRENCY_COLUMN not in names:
            problems += [
                f"the column '{one.name}' needs the column 'currency' beside it"
                for one in self.entity.fields.values()
                if one.type is ValueType.MONEY and one.name in names
            ]
        if self.entity.name == "promise" and ("topic" in names) != ("value" in names):
            problems.append("the columns 'topic' and 'value' belong together: the topic says how the value is read")
        return problems

    def parse(self, cells: Mapping[str, Sequence[Cell]]) -> ParsedRows:
        """The typed columns. The names in `cells` are among `columns`, and `missing_columns` found nothing."""
        problems: list[CellProblem] = []
        values: dict[str, list[Any]] = {}
        for name, column in cells.items():
            if not self._is_dependent(name):
                values[name] = self._column(name, column, problems)
        for name, column in cells.items():
            if name in self.entity.fields and self.entity.fields[name].type is ValueType.MONEY:
                values[name] = self._amounts(name, column, values[CURRENCY_COLUMN], problems)
        if "phone" in cells:
            values["phone"] = self._phones(cells["phone"], values.get("country"), problems)
        attributes = {name: column for name, column in cells.items() if name.startswith(ATTRIBUTE)}
        if attributes:
            values["attributes"] = self._attributes(attributes, problems)
        self._complete(cells, values, problems)
        for entity, first, second in ORDERED:
            if entity == self.entity.name and first in values and second in values:
                self._check_order(first, second, values, problems)
        return ParsedRows(columns=values, problems=tuple(problems))

    def _is_dependent(self, name: str) -> bool:
        """Whether a cell of the column cannot be read without another one."""
        if name.startswith(ATTRIBUTE) or name == "phone":
            return True
        if self.entity.name == "promise" and name in ("subject", "value"):
            return True
        return self.entity.fields[name].type is ValueType.MONEY

    def _column(self, name: str, column: Sequence[Cell], problems: list[CellProblem]) -> list[Any]:
        one = self.entity.fields[name]
        return self._required(one, self._converted(name, column, self._reader(one), problems), problems)

    def _reader(self, one: Field) -> Callable[[Cell], Any]:
        if one.name not in self._readers:
            reader = read.reader_of(one)
            if one.type is ValueType.TIMESTAMP:
                local_time = self._reading.local_times.get(one.name)
                reader = partial(read.instant, zone=self._reading.zone, local_time=local_time)
            elif self.entity.name == "promise" and one.name == "topic":
                reader = self._topic
            repeats = reader not in (read.text, read.paragraphs)
            self._readers[one.name] = lru_cache(REMEMBERED, typed=True)(reader) if repeats else reader
        return self._readers[one.name]

    def _converted(
        self, name: str, column: Sequence[Cell], reader: Callable[[Cell], Any], problems: list[CellProblem]
    ) -> list[Any]:
        """What the reader makes of each cell; null for an empty one and for one that it refuses."""
        try:
            values = [None if cell is None or cell == "" else reader(cell) for cell in column]
        except (ValueError, TypeError):  # TypeError: a list or a mapping, which no cache can look up
            values = []
            for index, cell in enumerate(column):
                value, problem = _read_one(cell, reader)
                values.append(value)
                if problem:
                    problems.append(CellProblem(index=index, column=name, what=problem))
        return [value if value != "" else None for value in values] if "" in values else values

    def _required(self, one: Field, values: list[Any], problems: list[CellProblem]) -> list[Any]:
        if one.nullable or None not in values:
            return values
        default = self.entity.table.c[one.name].default
        if default is not None:
            return [default.arg if value is None else value for value in values]  # type: ignore[attr-defined] # a scalar default
        wrong = {problem.index for problem in problems if problem.column == one.name}
        for index, value in enumerate(values):
            if value is None and index not in wrong:
                problems.append(CellProblem(index=index, column=one.name, what="must not be empty"))
        return values

    def _amounts(
        self, name: str, column: Sequence[Cell], currencies: Sequence[str | None], problems: list[CellProblem]
    ) -> list[Decimal | None]:
        reader = self._readers.setdefault(name, lru_cache(REMEMBERED, typed=True)(self._amount_reader(name)))
        if self.entity.fields[name].nullable or ("" not in column and None not in column):
            try:
                return [
                    None if cell is None or cell == "" else reader(cell, currency)
                    for cell, currency in zip(column, currencies, strict=True)
                ]
            except (ValueError, TypeError):  # TypeError: a list or a mapping, which no cache can look up
                pass
        values: list[Decimal | None] = []
        refused = {problem.index for problem in problems if problem.column == CURRENCY_COLUMN}
        for index, (cell, currency) in enumerate(zip(column, currencies, strict=True)):
            value, problem = None, None
            if _is_empty(cell):
                problem = None if self.entity.fields[name].nullable else "must not be empty"
            elif currency is not None:
                value, problem = _read_one(cell, reader, currency)
            elif index not in refused:
                problem = "an amount needs its currency; fill the column 'currency'"
            values.append(value)
            if problem:
                problems.append(CellProblem(index=index, column=name, what=problem))
        return values

    def _amount_reader(self, name: str) -> Callable[[Cell, str], Decimal]:
        if name not in self._reading.minor:
            return read.money
        places = self._reading.minor[name]

        def minor(cell: Cell, currency: str) -> Decimal:
            whole = parse_value(TopicType.MONEY, cell, currency)
            assert isinstance(whole, Decimal)
            if whole != int(whole):
                raise ValueError(f"'{cell}' is not a whole number of minor units")
            return whole.scaleb(-(get_currency_precision(currency) if places is None else places))

        return minor

    def _phones(
        self, column: Sequence[Cell], countries: Sequence[str | None] | None, problems: list[CellProblem]
    ) -> list[str | None]:
        values: list[str | None] = []
        for index, cell in enumerate(column):
            country = (countries[index] if countries else None) or self._context.default_country
            value, problem = _read_one(cell, lambda one, where: formats.phone_number(read.text(one), where), country)
            values.append(value)
            if problem:
                problems.append(CellProblem(index=index, column="phone", what=problem))
        return values

    def _attributes(self, columns: Mapping[str, Sequence[Cell]], problems: list[CellProblem]) -> list[dict[str, Any]]:
        kinds = self._context.schema.attributes.get(self.entity.name, {})
        values = {
            name.removeprefix(ATTRIBUTE): self._converted(
                name, column, partial(read.attribute, kinds[name.removeprefix(ATTRIBUTE)]), problems
            )
            for name, column in columns.items()
        }
        return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]

    def _complete(
        self, cells: Mapping[str, Sequence[Cell]], values: dict[str, list[Any]], problems: list[CellProblem]
    ) -> None:
        """Add the columns that follow from others."""
        match self.entity.name:
            case "consent":
                keys = zip(values["customer_id"], values["channel"], values["class"], strict=True)
                values["id"] = ["/".join(map(str, key)) for key in keys]
            case "site" if "subdivision" in values and "country" in values:
                places = zip(values["country"], values["subdivision"], strict=True)
                for index, (country, subdivision) in enumerate(places):
                    if country and subdivision:
                        _, problem = _read_one(subdivision, partial(check_subdivision, country))
                        if problem:
                            problems.append(CellProblem(index=index, column="subdivision", what=problem))
            case "promise":
                self._complete_promise(cells, values, problems)

    def _complete_promise(
        self, cells: Mapping[str, Sequence[Cell]], values: dict[str, list[Any]], problems: list[CellProblem]
    ) -> None:
        if "subject" in cells:
            subjects = self._given("subject", cells["subject"], _subject, problems)
            values["subject_type"] = [subject[0] if subject else None for subject in subjects]
            values["subject_id"] = [subject[1] if subject else None for subject in subjects]
            named = values.get("customer_id") or [ABSENT] * len(subjects)
            values["customer_id"] = [
                subject[1] if subject and subject[0] == "customer" and customer in (None, ABSENT) else customer
                for subject, customer in zip(subjects, named, strict=True)
            ]
        if "value" in cells:
            currencies = values.get(CURRENCY_COLUMN) or [None] * len(cells["value"])
            topics = values["topic"]
            unread = [topic is None for topic in topics]
            pairs = [
                None if skip or _is_empty(cell) else (topic, cell, currency)
                for skip, topic, cell, currency in zip(unread, topics, cells["value"], currencies, strict=True)
            ]
            found = self._given("value", pairs, self._promised, problems, silent=unread)
            for name in StoredValue.__annotations__:
                values[name] = [one[name] if one else None for one in found]

    def _given(
        self,
        name: str,
        column: Sequence[Any],
        reader: Callable[[Any], Any],
        problems: list[CellProblem],
        silent: Sequence[bool] | None = None,
    ) -> list[Any]:
        """What the reader makes of cells that must not be empty, except where another problem is told already."""
        values = self._converted(name, column, reader, problems)
        wrong = {problem.index for problem in problems if problem.column == name}
        for index, value in enumerate(values):
            if value is None and index not in wrong and not (silent and silent[index]):
                problems.append(CellProblem(index=index, column=name, what="must not be empty"))
        return values

    def _topic(self, cell: Cell) -> str:
        name = read.text(cell)
        if name not in self._context.topics:
            remedy = did_you_mean(name, self._context.topics) or "; declare it in rules/topics.yaml"
            raise ValueError(f"unknown topic '{name}'{remedy}")
        return name

    def _promised(self, given: tuple[str, Cell, str | None]) -> StoredValue:
        topic, cell, currency = given
        kind = self._context.topics[topic].type
        written = read.paragraphs(cell) if isinstance(cell, str) else cell
        if kind is TopicType.TIMESTAMP:
            written = read.instant(written, self._reading.zone)
        return stored(kind, parse_value(kind, written, currency))

    def _check_order(
        self, first: str, second: str, values: Mapping[str, list[Any]], problems: list[CellProblem]
    ) -> None:
        for index, (start, end) in enumerate(zip(values[first], values[second], strict=True)):
            if start is not None and end is not None and end < start:
                what = f"{end.isoformat()} is before {first} ({start.isoformat()})"
                problems.append(CellProblem(index=index, column=second, what=what))


def _subject(cell: Cell) -> tuple[str, str]:
    kind, colon, row_id = read.text(cell).partition(":")
    if not colon or not row_id.strip():
        raise ValueError(f"'{cell}' is no subject; write it like contract:K-1")
    if kind not in SUBJECT_TYPES:
        raise ValueError(
            f"a promise cannot be about '{kind}'{did_you_mean(kind, SUBJECT_TYPES)}; one of {one_of(SUBJECT_TYPES)}"
        )
    return kind, row_id.strip()


def _is_empty(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _read_one(cell: Cell, reader: Callable[..., Any], *more: Any) -> tuple[Any, str | None]:
    """The value of one cell and no problem, or none and what is wrong with it."""
    if _is_empty(cell):
        return None, None
    if isinstance(cell, list | dict):
        return None, f"{'a list' if isinstance(cell, list) else 'a mapping'} is not one value"
    try:
        return reader(cell, *more), None
    except ValueError as error:
        return None, str(error)
