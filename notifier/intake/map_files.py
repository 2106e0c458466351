"""A map file (`--map map.yaml`) -> a `MapFile`, or all its problems.

```yaml
entity: order
delimiter: ","                       # default
zone: America/Sao_Paulo              # of instants without an offset
columns:                             # our column: theirs
  id: order_id
  status: { from: order_status, values: { delivered: completed, shipped: shipped } }   # any other text is a problem
  promised_at: { from: estimated, local_time: "23:59:59" }    # the time of day that a date stands for
  total: { from: cents, unit: minor }                         # places: 2 where the currency's own differ
  starts_at: { from: day, local_time: "09:00", midnight: date }   # 2026-03-05T00:00:00Z is a date, or an instant
  currency: { from: currency, default: BRL }                  # for an empty cell
  seller: { fixed: Olist }
  email: { template: "{customer_id:.8}@example.com" }         # their columns, as many characters as wanted
empty: ["NULL", N/A]                 # their words for an empty cell
repeated: last                       # of lines with the same id, which counts where their cells differ
ignore: [approved_at]                # their columns that are not wanted; any other unnamed column is a problem
as_of:                               # a file that knows how everything ended is read as things stood at --at
  starts: placed_at                  # a row that starts later is left out
  before: in_progress                # the status before the first step
  steps:                             # a step later than --at has not happened: no instant, and the status before it
    - { at: handed_over_at, status: shipped }
    - { at: completed_at, status: completed }
```
A column of theirs with the name of one of ours needs no mention.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from notifier.intake.instants import Midnight
from notifier.intake.maps import PLACEHOLDER, AsOf, MapFile, MappedColumn, MapStep
from notifier.intake.parsing import ImportContext, Reading, RowParser, importable
from notifier.intake.repeats import Counting
from notifier.model.columns import AMOUNT_SCALE
from notifier.model.formats import zone_name
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.shapes import Form, Key, Named, Shape
from notifier.rules.yaml_nodes import Node, ScalarNode, kind_of
from notifier.rules.yaml_reader import read_yaml_file

STEP = Shape(
    what="a step",
    keys=(
        Key(name="at", form=Form.TEXT, about="the instant at which it happened", required=True),
        Key(name="status", form=Form.TEXT, about="the status from then on", required=True),
    ),
)
AS_OF = Shape(
    what="as_of",
    keys=(
        Key(name="starts", form=Form.TEXT, about="the instant from which the row is there", required=True),
        Key(name="before", form=Form.TEXT, about="the status before the first step"),
        Key(name="steps", form=Form.LIST, about="what happens to the row, in order", shape=STEP),
    ),
)
COLUMN = Shape(
    what="a column of the map",
    keys=(
        Key(name="from", form=Form.TEXT, about="their column"),
        Key(name="fixed", form=Form.SCALAR, about="one value for every row"),
        Key(name="template", form=Form.TEXT, about="a text made of their columns: {order_id}@example.com"),
        Key(name="values", form=Form.NAMED, about="their value: ours; any other is a problem", short=Form.SCALAR),
        Key(name="default", form=Form.SCALAR, about="the value of an empty cell"),
        Key(name="unit", form=Form.TEXT, about="how amounts are written", values=("major", "minor")),
        Key(name="places", form=Form.WHOLE, about="the decimal places of the minor unit, where not the currency's"),
        Key(name="local_time", form=Form.TEXT, about="the time of day that takes the place of the cell's: 23:59:59"),
        Key(
            name="midnight",
            form=Form.TEXT,
            about="what midnight in UTC stands for: a date in the map's zone, or the instant",
            values=(Midnight.DATE.value, Midnight.INSTANT.value),
        ),
    ),
)
MAP_FILE = Shape(
    what="a map",
    keys=(
        Key(name="entity", form=Form.TEXT, about="the entity that it is for", required=True, names=Named.ENTITY),
        Key(name="delimiter", form=Form.TEXT, about="what separates the cells of a CSV file"),
        Key(name="zone", form=Form.TEXT, about="the zone of instants without an offset"),
        Key(
            name="columns",
            form=Form.NAMED,
            about="our column: theirs, or how it is made",
            required=True,
            shape=COLUMN,
            short=Form.TEXT,
        ),
        Key(name="ignore", form=Form.TEXTS, about="their columns that are not wanted"),
        Key(name="empty", form=Form.TEXTS, about='their words for an empty cell: N/A, or "NULL" in quotes'),
        Key(
            name="repeated",
            form=Form.TEXT,
            about="which of several lines with one id counts where filled cells differ; by default they must agree",
            values=tuple(counting.value for counting in Counting),
        ),
        Key(name="as_of", form=Form.MAPPING, about="how a file of history is read as of --at", shape=AS_OF),
    ),
)
ORIGINS = ("from", "fixed", "template")
"""The keys that say where a column comes from; each column has exactly one of them."""


def read_map(path: Path, context: ImportContext) -> MapFile:
    """The map in a file. Raises ProblemsError with every problem."""
    findings = Findings()
    node = read_yaml_file(path, path.name)
    if node is None:
        raise ProblemsError([Problem(Place(path.name), "the map is empty; it needs 'entity' and 'columns'")])
    fields = Fields(node, MAP_FILE, findings)
    names = importable(context.schema)
    entity = fields.reference("entity", names, "entity", "the state")
    if entity not in names:
        findings.add(fields.key_place("entity"), f"'entity' is one of {one_of(names)}")
        raise ProblemsError(findings.problems)
    parser = RowParser(context.schema.entities[entity], context)
    columns: dict[str, MappedColumn] = {}
    local_times: dict[str, time] = {}
    midnights: dict[str, Midnight] = {}
    minor: dict[str, int | None] = {}
    for entry in fields.named("columns"):
        name = entry.key.text
        if name not in parser.columns:
            findings.add(entry.key.place, parser.unknown_column(name))
            continue
        allowed = parser.entity.fields[name].values if name in parser.entity.fields else ()
        column, options = _read_column(name, entry.value, allowed, findings)
        if column is not None:
            columns[name] = column
        if options is not None:
            local_time = options.converted("local_time", _time_of_day)
            if local_time is not None:
                local_times[name] = local_time
            if "midnight" in options:
                midnights[name] = _midnight(name, options, parser, has_zone="zone" in fields, findings=findings)
            if options.text("unit") == "minor":
                minor[name] = _places(options, findings)
    zone = fields.converted("zone", zone_name)
    delimiter = fields.text("delimiter") or ","
    if len(delimiter) != 1:
        findings.add(fields.key_place("delimiter"), "'delimiter' is one character; write a tab as \"\\t\"")
    as_of = _read_as_of(fields.node("as_of"), columns, parser, findings)
    if findings:
        raise ProblemsError(findings.problems)
    return MapFile(
        entity=entity,
        columns=columns,
        ignored=frozenset(fields.texts("ignore")),
        delimiter=delimiter,
        empty=frozenset(fields.texts("empty")),
        repeated=Counting(fields.text("repeated") or Counting.AGREE),
        reading=Reading(
            zone=ZoneInfo(zone) if zone else None, local_times=local_times, midnights=midnights, minor=minor
        ),
        as_of=as_of,
    )


def _read_column(
    name: str, node: Node, allowed: Sequence[str], findings: Findings
) -> tuple[MappedColumn | None, Fields | None]:
    """How a column is made, and the options that say how its cells are written."""
    if isinstance(node, ScalarNode):
        if not isinstance(node.value, str):
            findings.add(node.place, f"the column of theirs is a text, not {kind_of(node)}; a value is {{ fixed: … }}")
            return None, None
        return MappedColumn(name=name, place=node.place, source=node.text), None
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
                values[entry.key.text] = _allowed(value.text, value.place, allowed, findings)
            else:
                findings.add(value.place, f"the value for '{entry.key.text}' is a text, not {kind_of(value)}")
    template = fields.optional_text("template")
    if template is not None and re.search(r"[{}]", PLACEHOLDER.sub("", template)):
        findings.add(fields.key_place("template"), "a template holds their columns like {order_id} or {order_id:.8}")
    column = MappedColumn(
        name=name,
        place=node.place,
        source=fields.optional_text("from"),
        fixed=_scalar(fields, "fixed"),
        template=template,
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


def _read_as_of(
    node: Node | None, columns: Mapping[str, MappedColumn], parser: RowParser, findings: Findings
) -> AsOf | None:
    if node is None:
        return None
    fields = Fields(node, AS_OF, findings)
    status = parser.entity.fields.get("status")
    statuses = status.values if status is not None else ()
    steps = []
    for item in fields.items("steps"):
        step = Fields(item, STEP, findings)
        at = step.reference("at", tuple(columns), "column", "the map")
        steps.append(MapStep(at=at, status=_allowed(step.text("status"), step.key_place("status"), statuses, findings)))
    if steps and status is None:
        findings.add(node.place, f"{parser.entity.name} has no status that 'steps' could set")
    elif steps and "before" not in fields:
        findings.add(node.place, "'steps' need 'before': the status before the first of them")
    before = fields.optional_text("before")
    if before is not None:
        _allowed(before, fields.key_place("before"), statuses, findings)
    return AsOf(
        starts=fields.reference("starts", tuple(columns), "column", "the map"), before=before, steps=tuple(steps)
    )


def _allowed(value: str, place: Place, allowed: Sequence[str], findings: Findings) -> str:
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
