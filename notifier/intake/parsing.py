"""Columns of cells -> columns of typed values, ready to be written, and a problem for each wrong cell.

Column by column rather than row by row: the reader of a column is chosen once, and repeated cells are read once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from notifier.intake import cells as read
from notifier.intake.cells import Cell
from notifier.intake.columns import CellDoubt, CellProblem, CellProblems, read_column, read_one, require
from notifier.intake.dependent import (
    ABSENT,
    Columns,
    add_promised_values,
    add_subjects,
    check_order,
    check_subdivisions,
    doubt_cancellations,
    minor_units,
    read_amounts,
    read_phones,
    topic_name,
)
from notifier.intake.instants import Midnight, instant, plain_instants
from notifier.intake.readers import attribute, reader_of
from notifier.intake.spreadsheets import doubtful_ids, may_hold_traces, traces
from notifier.model.problems import did_you_mean
from notifier.model.schema import CURRENCY_COLUMN, Entity, Schema
from notifier.model.types import ValueType
from notifier.promises.watched import Watched, watched_columns
from notifier.rules.checked import HoursException, Project, Supersedes
from notifier.rules.checked_checks import Topic

ATTRIBUTE = "attributes."
REMEMBERED = 8192
"""Cached distinct cells per column: all values of a status or a currency, the recent ones of an instant."""
ORDERED = (
    ("appointment", "starts_at", "ends_at"),
    ("charge", "period_start", "period_end"),
    ("promise", "valid_from", "valid_until"),
)
"""(entity, column, column): the second must not be before the first."""


@dataclass(frozen=True, kw_only=True)
class ImportContext:
    """What imports need of the project. `default_country` is the country of phone numbers without a country code."""

    schema: Schema
    topics: Mapping[str, Topic] = field(default_factory=dict)
    hours: tuple[HoursException, ...] = ()
    supersedes: Supersedes = field(default_factory=dict)
    """Whose promises a promise may take the place of."""
    default_country: str | None = None
    default_zone: ZoneInfo | None = None
    """The zone of the business; None where it names none."""
    pseudonym_key: str | None = field(default=None, repr=False)
    """The secret by which a map makes ids of mail addresses; None where the settings have none."""
    watched: Watched = field(default_factory=dict)
    """What checks read: of these columns, what an import replaces is kept."""

    @property
    def tables(self) -> dict[str, sa.Table]:
        """The table of every entity."""
        return {name: entity.table for name, entity in self.schema.entities.items()}

    @classmethod
    def of(
        cls,
        project: Project,
        default_country: str | None = None,
        default_zone: ZoneInfo | None = None,
        *,
        pseudonym_key: str | None = None,
        keeps_former_values: bool = True,
    ) -> "ImportContext":
        """The part of a project that imports read."""
        return cls(
            schema=project.schema,
            topics=project.topics,
            hours=project.hours,
            supersedes=project.supersedes,
            default_country=default_country,
            default_zone=default_zone,
            pseudonym_key=pseudonym_key,
            watched=watched_columns(project.checks.values()) if keeps_former_values else {},
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the cells of one file are to be read, as its map says."""

    zone: ZoneInfo | None = None
    """The zone of instants without an offset."""
    local_times: Mapping[str, time] = field(default_factory=dict)
    """Columns whose time of day is replaced by this one."""
    midnights: Mapping[str, Midnight] = field(default_factory=dict)
    """What midnight in UTC stands for, by column."""
    minor: Mapping[str, int | None] = field(default_factory=dict)
    """Amount columns in minor units, with their decimal places where those differ from the currency's."""

    def is_special(self, name: str) -> bool:
        """Whether an instant of this column may be another one than its cell says."""
        return name in self.local_times or name in self.midnights

    def instants(self, name: str) -> Callable[[Cell], datetime]:
        """The reader of a column of instants."""
        return partial(
            instant, zone=self.zone, local_time=self.local_times.get(name), midnight=self.midnights.get(name)
        )

    def refusing(self, columns: Iterable[str]) -> "Reading":
        """The same, but midnight in these columns is refused, because it may be a date or an instant."""
        return replace(self, midnights={**self.midnights, **dict.fromkeys(columns, Midnight.UNKNOWN)})


@dataclass(frozen=True, kw_only=True)
class ParsedRows:
    """One list of values per column. Rows with `problems` are included and must not be written."""

    columns: dict[str, list[Any]]
    problems: tuple[CellProblem, ...]
    doubts: tuple[CellDoubt, ...] = ()

    @property
    def alike(self) -> bool:
        """Whether every row has every column."""
        return ABSENT not in self.columns.get("customer_id", ())  # the only column that single rows may omit

    def rows(self) -> list[dict[str, Any]]:
        """The rows as mappings, including the bad ones."""
        names = tuple(self.columns)
        return [
            {name: value for name, value in zip(names, row, strict=True) if value is not ABSENT}
            for row in zip(*self.columns.values(), strict=True)
        ]


def importable(schema: Schema) -> tuple[str, ...]:
    """The entities that can be imported: all but the computed ones."""
    return tuple(name for name, entity in schema.entities.items() if any(f.imported for f in entity.fields.values()))


class RowParser:
    """Reads the rows of one entity."""

    def __init__(
        self, entity: Entity, context: ImportContext, reading: Reading | None = None, *, decided: bool = False
    ) -> None:
        """`decided`: it may also have what only people's decisions write, because a scenario tells of one."""
        self.entity = entity
        self._decided = decided
        self._context = context
        self._reading = reading or Reading()
        self._readers: dict[str, Callable[..., Any]] = {}
        self._ids = {"id", *entity.key_columns}

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that a file of this entity may have."""
        fields = self.entity.fields.items()
        names = [name for name, one in fields if one.imported or (self._decided and one.decided)]
        if self.entity.name == "promise":
            names = ["subject" if name == "subject_type" else name for name in names if name != "subject_id"]
        attributes = self._context.schema.attributes.get(self.entity.name, {})
        return (*names, *(ATTRIBUTE + name for name in attributes))

    @property
    def instants(self) -> tuple[str, ...]:
        """The columns of instants that a file may have."""
        fields = self.entity.fields.values()
        return tuple(one.name for one in fields if one.imported and one.type is ValueType.TIMESTAMP)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return ("customer_id", "channel", "class") if self.entity.name == "consent" else ("id",)

    def unknown_column(self, name: str) -> str:
        """What is wrong with a column that the entity does not have, and what may be meant."""
        if name in self.entity.fields and name != "id":
            return f"the column '{name}' is computed; remove it"
        if name.startswith(ATTRIBUTE) or name == "attributes":
            remedy = did_you_mean(name, self.columns) or "; declare it in rules/attributes.yaml"
            return f"{self.entity.name} has no column '{name}'{remedy}"
        return f"{self.entity.name} has no column '{name}'{did_you_mean(name, self.columns)}"

    def missing_columns(self, names: Sequence[str]) -> list[str]:
        """What is wrong with a file that has only these columns, whatever its rows hold."""
        missing = [name for name in self.key_columns if name not in names]
        problems = [f"the column '{name}' is missing: it says which {self.entity.name} a row is" for name in missing]
        if CURRENCY_COLUMN not in names:
            problems += [
                f"the column '{one.name}' needs a column 'currency'"
                for one in self.entity.fields.values()
                if one.type is ValueType.MONEY and one.name in names
            ]
        if self.entity.name == "promise" and ("topic" in names) != ("value" in names):
            problems.append("the columns 'topic' and 'value' belong together: the topic says how the value is read")
        return problems

    def parse(self, cells: Mapping[str, Sequence[Cell]]) -> ParsedRows:
        """The typed columns. `cells` may only have names from `columns` for which `missing_columns` is empty."""
        problems = CellProblems()
        values: dict[str, list[Any]] = {}
        for name, column in cells.items():
            if not self._is_dependent(name):
                values[name] = self._column(name, column, problems)
        for name, column in cells.items():
            if self._is_money(name):
                amounts = self._amounts(name, column, values[CURRENCY_COLUMN], problems)
                values[name] = self._required(name, amounts, problems)
        if "phone" in cells:
            countries = values.get("country")
            values["phone"] = read_phones(
                cells["phone"],
                countries,
                self._context.default_country,
                problems,
                of_customers=self.entity.name == "customer",
            )
        attributes = {name: column for name, column in cells.items() if name.startswith(ATTRIBUTE)}
        if attributes:
            values["attributes"] = self._attributes(attributes, problems)
        self._complete(cells, values, problems)
        for entity, first, second in ORDERED:
            if entity == self.entity.name and first in values and second in values:
                check_order(first, second, values, problems)
        return ParsedRows(columns=values, problems=tuple(problems), doubts=tuple(problems.doubts))

    def ids(self, cells: Mapping[str, Sequence[Cell]]) -> list[str | None]:
        """The id of each row, as far as it can be read."""
        parts = [[read_one(cell, read.text)[0] for cell in cells[name]] for name in self.key_columns]
        return ["/".join(row) if None not in row else None for row in zip(*parts, strict=True)]

    def _is_money(self, name: str) -> bool:
        return name in self.entity.fields and self.entity.fields[name].type is ValueType.MONEY

    def _is_dependent(self, name: str) -> bool:
        """Whether a cell of the column needs another cell to be read, or fills several columns."""
        of_promise = self.entity.name == "promise" and name in ("subject", "value")
        return name.startswith(ATTRIBUTE) or name == "phone" or of_promise or self._is_money(name)

    def _column(self, name: str, column: Sequence[Cell], problems: CellProblems) -> list[Any]:
        values = read_column(name, column, self._reader(name), problems, self._whole_column(name))
        if self._reader(name) is read.text:
            self._look_for_traces(name, column, values, problems)
        return self._required(name, values, problems)

    def _look_for_traces(
        self, name: str, column: Sequence[Cell], values: list[str | None], problems: CellProblems
    ) -> None:
        """Refuses texts that are no values, and doubts ids that a program may have changed."""
        is_id = name in self._ids
        for index, what in traces(values, ids=is_id) if may_hold_traces(column, ids=is_id) else ():
            problems.add(index, name, what)
            values[index] = None
        for index, what in doubtful_ids(values) if is_id else ():
            problems.doubt(index, name, what, str(values[index]))

    def _whole_column(self, name: str) -> Callable[[Sequence[Cell]], list[Any]] | None:
        """The fast reader of a whole column, for columns whose cells rarely repeat."""
        if self._reader(name) in (read.text, read.paragraphs):
            return read.plain_texts
        timestamp = self.entity.fields[name].type is ValueType.TIMESTAMP
        return plain_instants if timestamp and not self._reading.is_special(name) else None

    def _reader(self, name: str) -> Callable[[Cell], Any]:
        if name not in self._readers:
            reader = reader_of(self.entity.fields[name])
            if self.entity.fields[name].type is ValueType.TIMESTAMP:
                reader = self._reading.instants(name)
            elif self.entity.name == "promise" and name == "topic":
                reader = partial(topic_name, self._context.topics)
            repeats = reader not in (read.text, read.paragraphs)
            self._readers[name] = lru_cache(REMEMBERED, typed=True)(reader) if repeats else reader
        return self._readers[name]

    def _amounts(
        self, name: str, cells: Sequence[Cell], currencies: Sequence[str | None], problems: CellProblems
    ) -> list[Decimal | None]:
        if name not in self._reading.minor:
            try:
                return read.plain_amounts(cells, currencies)
            except (ValueError, TypeError, ArithmeticError):
                pass  # read it cell by cell
        return read_amounts(name, cells, currencies, self._amount_reader(name), problems)

    def _amount_reader(self, name: str) -> Callable[[Cell, str], Decimal]:
        if name not in self._readers:
            minor = self._reading.minor
            reader = minor_units(minor[name]) if name in minor else read.money
            self._readers[name] = lru_cache(REMEMBERED, typed=True)(reader)
        return self._readers[name]

    def _required(self, name: str, values: list[Any], problems: CellProblems) -> list[Any]:
        """The values, with the column's default for nulls; a null in a required column without default is a problem."""
        if self.entity.fields[name].nullable or None not in values:
            return values
        default = self.entity.table.c[name].default
        if default is not None:
            return [default.arg if value is None else value for value in values]  # type: ignore[attr-defined] # a scalar default
        unreadable = problems.rows(CURRENCY_COLUMN) if self._is_money(name) else ()
        require(name, values, problems, reported_elsewhere=unreadable)
        return values

    def _attributes(self, columns: Mapping[str, Sequence[Cell]], problems: CellProblems) -> list[dict[str, Any]]:
        kinds = self._context.schema.attributes.get(self.entity.name, {})
        values = {}
        for column, cells in columns.items():
            name = column.removeprefix(ATTRIBUTE)
            values[name] = read_column(column, cells, partial(attribute, kinds[name]), problems)
        return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]

    def _complete(self, cells: Mapping[str, Sequence[Cell]], values: Columns, problems: CellProblems) -> None:
        """Add the columns that are derived from others."""
        match self.entity.name:
            case "consent":
                keys = zip(values["customer_id"], values["channel"], values["class"], strict=True)
                values["id"] = ["/".join(map(str, key)) for key in keys]
            case "site" | "customer" if "subdivision" in values and "country" in values:
                check_subdivisions(values, problems)
            case "contact" if "outcome" in values:
                doubt_cancellations(values, problems)
            case "promise":
                if "subject" in cells:
                    add_subjects(cells["subject"], values, problems)
                if "value" in cells:
                    zone, days = self._reading.zone, self._context.default_zone
                    add_promised_values(cells["value"], values, self._context.topics, zone, zone or days, problems)
