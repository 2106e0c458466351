"""A foreign file -> the draft of a map, with every doubt as a comment: a person decides, and what is open is refused.

A draft never guesses silently. What a cell shows is written with its line; what only a name suggests says so; what can
be read in two ways stands there twice, and both ways are commented out.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from notifier.intake.known_names import meaning, names_of, plain
from notifier.intake.parsing import ATTRIBUTE, ImportContext, RowParser, importable
from notifier.intake.sampling import SAMPLE, ColumnSample, Look, sampled
from notifier.intake.sources import GZIP, open_source
from notifier.intake.written import Written
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.schema import Field
from notifier.model.types import ValueType

DOUBT = "DOUBT:"
"""Begins every comment that a person has to answer."""
MOST_LISTED = 40
"""The most values of a column that a draft lists."""
_LOOKS = {
    ValueType.TIMESTAMP: Look.INSTANTS,
    ValueType.DATE: Look.INSTANTS,
    ValueType.MONEY: Look.NUMBERS,
    ValueType.DECIMAL: Look.NUMBERS,
    ValueType.INT: Look.NUMBERS,
}
_WANTED = {
    Look.INSTANTS: "it is no date that an import reads",
    Look.NUMBERS: "it is no number; an amount has neither sign nor code of its currency",
}
_DATE_AND_TIME = (("date", "time"), ("fecha", "hora"), ("data", "hora"))
_ORDERS = (Written.DAY_FIRST, Written.MONTH_FIRST)
Remark = tuple[str, Sequence[str]]
"""What is said below a column, and the options of which one has to be chosen."""


def suggest_map(path: Path, context: ImportContext, entity: str | None = None) -> str:
    """The draft for a file, as YAML. `entity` is guessed, and said to be, where it is None. Raises ProblemsError."""
    delimiter = _delimiter(path)
    with open_source(path, io.BytesIO(), delimiter=delimiter) as source:
        samples = sampled(source)
    if not any(sample.lines for sample in samples):
        raise ProblemsError([Problem(Place(path.name), "the file has no rows, so there is nothing to look at")])
    matches = {name: _Match.of(name, samples, context) for name in importable(context.schema)}
    lines = [
        f"# A draft, from the first {max(sample.lines for sample in samples):,} lines of {path.name}"
        f"{'' if max(sample.lines for sample in samples) < SAMPLE else ' (it may have more)'}. "
        f"Each DOUBT is for you to answer.",
    ]
    chosen = entity
    if chosen is None:
        best = sorted(matches, key=lambda name: matches[name].fit, reverse=True)
        chosen = best[0]
        count, *others = (len(matches[name].columns) for name in best[:3])
        next_best = ", ".join(f"{name} ({fitting})" for name, fitting in zip(best[1:], others, strict=False))
        lines.append(f"# {DOUBT} you named no entity; {count} columns fit {chosen} best; else it may be {next_best}.")
    lines.append(f"entity: {chosen}")
    if delimiter != ",":
        lines.append(f"delimiter: {_quoted(delimiter)}")
    lines += _MapText(matches[chosen], samples, context).lines()
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Which columns of a file may be which of an entity's."""

    parser: RowParser
    columns: dict[str, ColumnSample]
    looks: Mapping[str, Look]
    """What the cells of our columns look like, of those that are dates or numbers."""
    misfits: Mapping[str, ColumnSample]
    """The columns that are called like ours and look like something else."""

    @classmethod
    def of(cls, entity: str, samples: Sequence[ColumnSample], context: ImportContext) -> "_Match":
        parser = RowParser(context.schema.entities[entity], context)
        by_name = {plain(sample.name): sample for sample in reversed(samples)}
        found: dict[str, ColumnSample] = {}
        looks = {column: look for column in parser.columns if (look := _look_of(parser, column, context)) is not None}
        misfits: dict[str, ColumnSample] = {}
        for column in parser.columns:
            look = looks.get(column)
            for name in names_of(entity, column):
                sample = by_name.get(name)
                if sample is None or sample in found.values():
                    continue
                if not sample.filled or look is None or sample.look is look:
                    found[column] = sample
                    break
                misfits.setdefault(column, sample)
        used = [sample.name for sample in found.values()]
        left = {column: sample for column, sample in misfits.items() if column not in found and sample.name not in used}
        return cls(parser=parser, columns=found, looks=looks, misfits=left)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which no new row can be written."""
        table = self.parser.entity.table
        return tuple(
            name
            for name in self.parser.columns
            if name == "id"
            or (
                name in self.parser.entity.fields
                and not self.parser.entity.fields[name].nullable
                and table.c[name].default is None
            )
        )

    @property
    def fit(self) -> int:
        """How well the file fits the entity: by the columns that there are, and those that a new row needs."""
        there = sum(name in self.columns for name in self.needed)
        return 2 * len(self.columns) + 2 * there - len(self.needed)


def _look_of(parser: RowParser, column: str, context: ImportContext) -> Look | None:
    """What cells look like that are of the column's type; None where they may look like anything."""
    if column.startswith(ATTRIBUTE):
        return _LOOKS.get(context.schema.attributes[parser.entity.name][column.removeprefix(ATTRIBUTE)])
    field = parser.entity.fields.get(column)
    return _LOOKS.get(field.type) if field is not None else None


class _MapText:
    """Writes the keys of a map, each with what was seen."""

    def __init__(self, match: _Match, samples: Sequence[ColumnSample], context: ImportContext) -> None:
        self._match = match
        self._samples = samples
        self._context = context
        self._used = {sample.name for sample in match.columns.values()}

    def lines(self) -> Iterator[str]:
        """All lines after `entity`."""
        instants = [sample for sample in self._match.columns.values() if sample.look is Look.INSTANTS and sample.filled]
        yield from self._zone(instants)
        yield "columns:"
        for name, sample in self._match.columns.items():
            yield from self._column(name, sample)
        yield from self._misfits()
        yield from self._lacking()
        rest = [sample for sample in self._samples if sample.name not in self._used]
        if rest:
            yield from self._unread(rest)
            yield f"ignore: [{', '.join(_quoted(sample.name) for sample in rest)}]"
        row_id = self._match.columns.get("id")
        if row_id is not None and len(row_id.values) < row_id.filled:
            twice, times = row_id.values.most_common(1)[0]
            if times > 1:
                yield f"# {DOUBT} {times} lines have the id {_quoted(twice)}: by default their filled cells must agree."
                yield "# `first` or `last` takes one of them, `sum` adds their amounts."
                yield "# rows: { of_one_id: first }"

    def _zone(self, instants: Sequence[ColumnSample]) -> Iterator[str]:
        zoneless = next((sample for sample in instants if sample.zoneless is not None), None)
        if zoneless is None:
            return
        seen = f"{zoneless.name}: {zoneless.zoneless}, without a zone"
        default = self._context.default_zone
        if default is None:
            yield f"# {DOUBT} {seen}. Where was it written?"
            yield "# zone: America/Bogota"
        else:
            yield f"zone: {default.key}  # {DOUBT} {seen}; this is NOTIFIER_DEFAULT_TIMEZONE"

    def _column(self, name: str, sample: ColumnSample) -> Iterator[str]:
        field, look = self._match.parser.entity.fields.get(name), self._match.looks.get(name)
        by_name = plain(name) != plain(sample.name)
        doubts = [f"{DOUBT} it only sounds like it, {sample.first}" if by_name and sample.first else ""]
        if not sample.filled:
            doubts.append(f"{DOUBT} every cell of it is empty")
        elif sample.filled < sample.lines and name in self._match.needed:
            doubts.append(f"{DOUBT} {_cells(sample)} empty")
        if sample.misfit is not None and look is not None:
            doubts.append(f"{DOUBT} {sample.misfit}, which is refused")
        comment = _comment(doubts)
        if sample.look is Look.JSON:
            yield f"  # {DOUBT} {name} may be in {sample.name}: {sample.first}. By which path?"
            yield f"  # {name}: {{ from: {_quoted(sample.name)}, json: /id }}"
            return
        if field is not None and field.values:
            yield f"  {name}:{comment}"
            yield f"    from: {_quoted(sample.name)}"
            yield from self._values(field, sample)
            return
        time = self._time_of(sample)
        read = f"from: {_quoted(sample.name)}"
        if time is not None:
            read = f"template: {_quoted(f'{{{sample.name}}} {{{time.name}}}')}"
        option, more = self._written(look, sample)
        if option:
            yield f"  {name}: {{ {read}, {option} }}{comment}"
        else:
            yield f"  {name}: {_quoted(sample.name) if time is None else f'{{ {read} }}'}{comment}"
        for line, ways in more:
            yield f"    # {line}"
            yield from (f"    #   {name}: {{ {read}, {way} }}" for way in ways)

    def _time_of(self, sample: ColumnSample) -> ColumnSample | None:
        """The column with the time of day, where a date and its time stand in two columns of like names."""
        if sample.look is not Look.INSTANTS:
            return None
        wanted = {plain(sample.name).replace(date, time) for date, time in _DATE_AND_TIME} - {plain(sample.name)}
        found = next((each for each in self._samples if plain(each.name) in wanted and each.look is Look.TIMES), None)
        if found is not None:
            self._used.add(found.name)
        return found

    def _values(self, field: Field, sample: ColumnSample) -> Iterator[str]:
        """The value table: what is meant by a name is doubtful, what nobody knows is left out, and so refused."""
        table = []
        unknown = []
        for text, count in sample.values.most_common(MOST_LISTED):
            ours = meaning(text, field.values)
            if ours is None:
                unknown.append((text, count))
                continue
            doubt = "" if text == ours else f"  # {DOUBT} {_lines(count)}; only the words say so"
            table.append(f"      {_quoted(text)}: {ours}{doubt}")
        yield "    values:" if table else "    # values:"
        yield from table
        for text, count in unknown:
            yield f"      # {DOUBT} {_lines(count)}, refused until it is one of {', '.join(field.values)}:"
            yield f"      # {_quoted(text)}: "
        if sample.filled < sample.lines:
            yield f"      # {DOUBT} {_cells(sample)} empty; what does an empty one mean?"
            yield '      # "": '

    def _written(self, look: Look | None, sample: ColumnSample) -> tuple[str, list[Remark]]:
        """The option that says how cells are written, and what is said of it."""
        if look is Look.INSTANTS:
            return self._dates(sample)
        if look is Look.NUMBERS:
            return self._decimals(sample)
        return "", []

    def _dates(self, sample: ColumnSample) -> tuple[str, list[Remark]]:
        if sample.dates is not None:
            shown = sample.day_first or sample.month_first or sample.unusual or sample.first
            return f"dates: {sample.dates}", [(f"{shown}, and can be read in no other way", ())]
        if sample.in_figures is None:
            return "", []
        if sample.day_first is not None:
            both = (
                f"{sample.day_first}, which begins with the day, and {sample.month_first}, which begins with the month"
            )
            return "", [(f"{DOUBT} {both}: no map reads both; mend the file.", ())]
        ways = tuple(f"dates: {order}" for order in _ORDERS)
        doubt = f"{DOUBT} {sample.in_figures}: day or month first? No line shows it. One of these instead:"
        return "", [(doubt, ways)]

    def _decimals(self, sample: ColumnSample) -> tuple[str, list[Remark]]:
        if sample.comma is not None and sample.point is not None:
            return "", [(f"{DOUBT} {sample.comma}, but {sample.point}: two ways in one column; mend the file.", ())]
        if sample.comma is not None:
            return 'decimal: ","', [(str(sample.comma), ())]
        if sample.point is not None and "," in "".join(sample.values):
            return 'decimal: "."', [(str(sample.point), ())]
        if sample.grouped is not None:
            ways = tuple(f"decimal: {_quoted(mark)}" for mark in (",", "."))
            return "", [(f"{DOUBT} {sample.grouped}: thousands or decimals? One of these instead:", ways)]
        return "", []

    def _misfits(self) -> Iterator[str]:
        """Columns that are called like ours, and are not what ours are."""
        for name, sample in self._match.misfits.items():
            look = self._match.looks[name]
            cell = sample.misfits.get(look) or sample.first
            yield f"  # {DOUBT} {name} may be {_quoted(sample.name)}, but {cell}: {_WANTED[look]}."

    def _unread(self, rest: Sequence[ColumnSample]) -> Iterator[str]:
        """Columns of instants or amounts that nothing reads: nobody may overlook one."""
        told = {sample.name for sample in self._match.misfits.values()}
        for sample in rest:
            is_amount = any((sample.comma, sample.point, sample.grouped))
            if sample.name in told or not (sample.look is Look.INSTANTS or (sample.look is Look.NUMBERS and is_amount)):
                continue
            free = [
                name
                for name, look in self._match.looks.items()
                if look is sample.look and name not in self._match.columns
            ]
            if free:
                yield f"# {DOUBT} nothing reads {_quoted(sample.name)}: {sample.first}. Is it {' or '.join(free)}?"

    def _lacking(self) -> Iterator[str]:
        """The columns without which no new row can be written."""
        for name in self._match.needed:
            if name in self._match.columns or name in self._match.misfits:
                continue
            field = self._match.parser.entity.fields.get(name)
            allowed = f", one of {', '.join(field.values)}" if field is not None and field.values else ""
            yield f"  # {DOUBT} no column looks like {name}, which a new row needs{allowed}."
            mails = next((each for each in self._samples if each.look is Look.MAILS), None)
            if name in ("id", "customer_id") and mails is not None and self._match.parser.entity.name != "site":
                yield f"  # {name}: {{ from: {_quoted(mails.name)}, pseudonym: true }}  # a digest of the mail address"
            elif field is not None and field.values:
                yield f"  # {name}: {{ fixed: {field.values[0]} }}"
            else:
                yield f"  # {name}: "


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _cells(sample: ColumnSample) -> str:
    count = sample.lines - sample.filled
    return "1 cell is" if count == 1 else f"{count:,} cells are"


def _comment(parts: Sequence[str]) -> str:
    said = "; ".join(part for part in parts if part)
    return f"  # {said}" if said else ""


def _quoted(text: str) -> str:
    """A text as YAML and JSON write it, on one line."""
    return json.dumps(text, ensure_ascii=False)


def _delimiter(path: Path) -> str:
    """What separates the cells: by the header, of which csv.Sniffer looks for no more than the mark."""
    try:
        with path.open("rb") as stream:
            start = stream.read(65_536)
    except OSError as error:
        raise ProblemsError([Problem(Place(str(path)), f"cannot be opened: {error.strerror}")]) from error
    if start.startswith(GZIP):
        return ","
    header = start.decode("utf-8-sig", errors="replace").partition("\n")[0]
    try:
        return csv.Sniffer().sniff(header, delimiters=",;\t|").delimiter
    except csv.Error:
        return ","
