"""The columns of a map file -> how each of ours is made, or all problems with their places."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from notifier.intake.cells import Cell
from notifier.intake.foreign_cells import foreign_number, pointer_steps, pseudonym
from notifier.intake.instants import Midnight
from notifier.intake.map_shapes import COLUMN, ORIGINS
from notifier.intake.mapped_columns import PLACEHOLDER, MappedColumn
from notifier.intake.parsing import ATTRIBUTE, ImportContext, RowParser
from notifier.intake.written import Written
from notifier.model.columns import AMOUNT_SCALE
from notifier.model.formats import zone_name
from notifier.model.problems import Place, did_you_mean, one_of
from notifier.model.types import ValueType
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import Entry, Node, ScalarNode, kind_of

DATED = (ValueType.TIMESTAMP, ValueType.DATE)
COUNTED = (ValueType.MONEY, ValueType.DECIMAL, ValueType.INT)


@dataclass(frozen=True, kw_only=True)
class FileReading:
    """What a map says of the whole file, and a column may say otherwise."""

    zone: ZoneInfo | None
    delimiter: str
    empty: frozenset[str]
    dates: Written | None
    decimal: str | None

    @classmethod
    def read(cls, fields: Fields, findings: Findings) -> "FileReading":
        """Adds what is wrong to the findings."""
        zone = fields.converted("zone", zone_name)
        delimiter = fields.text("delimiter") or ","
        if len(delimiter) != 1:
            findings.add(fields.key_place("delimiter"), "'delimiter' is one character; write a tab as \"\\t\"")
        return cls(
            zone=ZoneInfo(zone) if zone else None,
            delimiter=delimiter,
            empty=frozenset(fields.texts("empty")),
            dates=written_dates(fields),
            decimal=fields.optional_text("decimal"),
        )


class ColumnReader:
    """Reads the columns of one entity, and what is said of how their cells are written."""

    def __init__(self, parser: RowParser, file: FileReading, context: ImportContext, findings: Findings) -> None:
        self._parser = parser
        self._file = file
        self._context = context
        self._findings = findings
        self.columns: dict[str, MappedColumn] = {}
        self.local_times: dict[str, time] = {}
        self.midnights: dict[str, Midnight] = {}
        self.minor: dict[str, int | None] = {}
        self.summed: dict[str, Callable[[Cell], Decimal]] = {}
        """How a number in a column of theirs is read, for those whose numbers can be added."""
        self._pseudonyms: set[str] = set()
        """Those of our columns whose text is a pseudonym of the whole cell."""

    def read(self, entry: Entry) -> None:
        """One column; what is wrong with it is added to the findings."""
        name, findings = entry.key.text, self._findings
        if name not in self._parser.columns:
            findings.add(entry.key.place, self._parser.unknown_column(name))
            return
        kind = self._kind(name)
        fields = self._parser.entity.fields
        column, options = _read_column(name, entry.value, fields[name].values if name in fields else (), findings)
        if column is not None:
            self.columns[name] = replace(column, readers=self._readers(kind, options))
            if kind in COUNTED and len(column.sources_in_turn) == 1 and column.json is None:
                mark = self._decimal(options) or "."
                self.summed[column.sources_in_turn[0]] = partial(foreign_number, mark=mark)
        if options is None:
            return
        if options.truth("pseudonym") and column is not None and column.json is None:
            self._pseudonyms.add(name)
        local_time = options.converted("local_time", _time_of_day)
        if local_time is not None:
            self.local_times[name] = local_time
        if "midnight" in options:
            has_zone = self._file.zone is not None
            self.midnights[name] = _midnight(name, options, self._parser, has_zone=has_zone, findings=findings)
        if options.text("unit") == "minor":
            self.minor[name] = _places(options, findings)
        self._check_fit(name, kind, options)

    @property
    def digested(self) -> frozenset[str]:
        """The columns of theirs of which nothing but a pseudonym is read."""
        sources: tuple[set[str], set[str]] = (set(), set())
        for name, column in self.columns.items():
            sources[name in self._pseudonyms].update(column.sources)
        as_they_are, as_pseudonyms = sources
        return frozenset(as_pseudonyms - as_they_are)

    def _kind(self, name: str) -> ValueType:
        """The type of one of our columns."""
        if name in self._parser.entity.fields:
            return self._parser.entity.fields[name].type
        if name.startswith(ATTRIBUTE):
            kinds = self._context.schema.attributes.get(self._parser.entity.name, {})
            return kinds[name.removeprefix(ATTRIBUTE)]
        return ValueType.STRING  # the subject of a promise

    def _readers(self, kind: ValueType, options: Fields | None) -> tuple[Callable[[Cell], Any], ...]:
        readers: list[Callable[[Cell], Any]] = []
        dates = (written_dates(options) if options is not None else None) or self._file.dates
        if kind in DATED and dates is not None:
            readers.append(partial(_date if kind is ValueType.DATE else _instant, written=dates))
        decimal = self._decimal(options)
        if kind in COUNTED and decimal is not None:
            readers.append(partial(foreign_number, mark=decimal))
        if options is not None and options.truth("pseudonym"):
            if self._context.pseudonym_key is None:
                self._findings.add(
                    options.key_place("pseudonym"),
                    "'pseudonym' needs a key; set NOTIFIER_PSEUDONYM_KEY to 32 random characters or more, and keep it "
                    "for good: with another one, everybody is somebody else",
                )
            else:
                readers.append(partial(pseudonym, key=self._context.pseudonym_key))
        return tuple(readers)

    def _decimal(self, options: Fields | None) -> str | None:
        return (options.optional_text("decimal") if options is not None else None) or self._file.decimal

    def _check_fit(self, name: str, kind: ValueType, options: Fields) -> None:
        for key, kinds, what in (("dates", DATED, "instants and dates"), ("decimal", COUNTED, "amounts and numbers")):
            if key in options and kind not in kinds:
                self._findings.add(options.key_place(key), f"'{key}' is for {what}; {name} is none")
        if options.truth("pseudonym") and kind is not ValueType.STRING:
            self._findings.add(options.key_place("pseudonym"), f"'pseudonym' is for texts; {name} is none")
        if "json" in options and "from" not in options:
            self._findings.add(options.key_place("json"), "'json' needs 'from': the column with the JSON")


def written_dates(fields: Fields) -> Written | None:
    return Written(fields.text("dates")) if fields.text("dates") else None


def _instant(cell: Cell, written: Written) -> datetime:
    from notifier.intake.foreign_dates import foreign_instant

    return foreign_instant(cell, written)


def _date(cell: Cell, written: Written) -> date:
    return _instant(cell, written).date()


def _read_column(
    name: str, node: Node, allowed: Sequence[str], findings: Findings
) -> tuple[MappedColumn | None, Fields | None]:
    """How a column is made, and the options that say how its cells are written."""
    if isinstance(node, ScalarNode):
        if not isinstance(node.value, str):
            findings.add(node.place, f"the column of theirs is a text, not {kind_of(node)}; a value is {{ fixed: … }}")
            return None, None
        return MappedColumn(name=name, place=node.place, sources_in_turn=(node.text,)), None
    fields = Fields(node, COLUMN, findings)
    given = [key for key in ORIGINS if key in fields]
    if len(given) != 1:
        findings.add(node.place, f"a column has exactly one of {', '.join(ORIGINS)}")
        return None, None
    values: dict[str, str] | None = None
    if "values" in fields:
        values = {}
        for entry in fields.named("values"):
            value = entry.value
            if isinstance(value, ScalarNode) and value.value is not None:
                values[entry.key.text] = allowed_value(value.text, value.place, allowed, findings)
            else:
                findings.add(value.place, f"the value for '{entry.key.text}' is a text, not {kind_of(value)}")
    template = fields.optional_text("template")
    if template is not None and re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        findings.add(fields.key_place("template"), "a template holds their columns like {Start Date} or {order_id:.8}")
    column = MappedColumn(
        name=name,
        place=node.place,
        sources_in_turn=fields.texts("from"),
        fixed=_scalar(fields, "fixed"),
        template=template,
        json=fields.converted("json", pointer_steps),
        values=values,
        default=_scalar(fields, "default"),
    )
    return column, fields


def _midnight(name: str, options: Fields, parser: RowParser, *, has_zone: bool, findings: Findings) -> Midnight:
    """What midnight stands for in a column of instants; it needs the zone in which a date begins."""
    if name not in parser.instants:
        findings.add(options.key_place("midnight"), f"'midnight' is for instants; {name} is none")
    elif not has_zone:
        findings.add(options.key_place("midnight"), "'midnight' needs the map's 'zone', in which a date begins")
    return Midnight(options.text("midnight") or Midnight.INSTANT)


def _places(options: Fields, findings: Findings) -> int | None:
    """The decimal places of a minor unit; None where they are the currency's."""
    places = options.whole("places")
    if places is not None and not 0 <= places <= AMOUNT_SCALE:
        findings.add(
            options.key_place("places"), f"'places' is from 0 to {AMOUNT_SCALE}: as many are kept of an amount"
        )
        return None
    return places


def allowed_value(value: str, place: Place, allowed: Sequence[str], findings: Findings) -> str:
    """The value; adds a problem where the column does not allow it."""
    if allowed and value not in allowed:
        findings.add(place, f"'{value}' is not one of {one_of(allowed)}{did_you_mean(value, allowed)}")
    return value


def _scalar(fields: Fields, key: str) -> Any:
    node = fields.scalar(key)
    return None if node is None else node.value


def _time_of_day(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a time of day; write it like 23:59:59") from error
