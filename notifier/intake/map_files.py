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
  placed_at: { template: "{Date} {Time}", dates: day_first }  # 5/3/2026 9:30 p. m.
  site_id: { from: [Pickup, Shop] }                           # the first that is filled
  campaign: { from: Extra, json: /coupon/code }               # out of a cell with JSON
  customer_id: { from: Email, pseudonym: true }               # a keyed digest of it
empty: ["NULL", N/A]                 # their words for an empty cell
decimal: ","                         # 79.900,50
rows:
  without: { Status: test }          # lines that are left out
  of_one_id: last                    # of lines with the same id, which counts where their cells differ
ignore: [approved_at]                # their columns that are not wanted; any other unnamed column is a problem,
others: ignore                       # or none is
as_of:                               # a file that knows how everything ended is read as things stood at --at
  starts: placed_at                  # a row that starts later is left out
  before: in_progress                # the status before the first step
  steps:                             # a step later than --at has not happened: no instant, and the status before it
    - { at: handed_over_at, status: shipped }
    - { at: completed_at, status: completed }
history:                             # `notifier simulate`: which column became known at which of the instants
  customer_id: placed_at
  completed_at: completed_at
```
A column of theirs with the name of one of ours needs no mention, but where `others` are ignored. `entities:` has a list
of such maps, for a file whose lines say something of several entities.
"""

from collections.abc import Mapping
from pathlib import Path

from notifier.intake.map_columns import ColumnReader, FileReading, allowed_value
from notifier.intake.map_shapes import AS_OF, ENTITY_MAP, MAP_FILE, ROWS, STEP
from notifier.intake.mapped_columns import MappedColumn
from notifier.intake.maps import AsOf, MapFile, MapStep, WantedRows
from notifier.intake.parsing import ImportContext, Reading, RowParser, importable
from notifier.intake.repeats import Counting
from notifier.model.problems import Place, Problem, ProblemsError, one_of
from notifier.rules.fields import Fields, referred
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import ListNode, Node, ScalarNode, kind_of
from notifier.rules.yaml_reader import read_yaml_file


def read_map(path: Path, context: ImportContext) -> MapFile:
    """The map of one entity. Raises ProblemsError with every problem."""
    maps = read_maps(path, context)
    if len(maps) != 1:
        names = ", ".join(each.entity for each in maps)
        raise ProblemsError([Problem(Place(path.name), f"the map is for several entities: {names}")])
    return maps[0]


def read_maps(path: Path, context: ImportContext) -> tuple[MapFile, ...]:
    """The map of each entity that a file names, in its order. Raises ProblemsError with every problem."""
    findings = Findings()
    node = read_yaml_file(path, path.name)
    if node is None:
        raise ProblemsError([Problem(Place(path.name), "the map is empty; it needs 'entity' and 'columns'")])
    fields = Fields(node, MAP_FILE, findings)
    file = FileReading.read(fields, findings)
    if "entities" in fields:
        for key in ("entity", "columns", "ignore", "others", "rows", "repeated", "as_of", "history"):
            if key in fields:
                findings.add(fields.key_place(key), f"'{key}' stands in an entry of 'entities', where there are any")
        entries = [Fields(item, ENTITY_MAP, findings) for item in fields.items("entities")]
    else:
        entries = [fields]
        for key in ("entity", "columns"):
            if key not in fields:
                findings.add(node.place, f"a map needs '{key}': {_about(key)}")
    maps: dict[str, MapFile] = {}
    for entry in entries:
        each = _read_entity(entry, file, context, findings)
        if each is not None and each.entity in maps:
            findings.add(entry.key_place("entity"), f"'{each.entity}' is there twice; a line says one row of it")
        elif each is not None:
            maps[each.entity] = each
    if findings or not maps:
        raise ProblemsError(findings.problems or [Problem(Place(path.name), "'entities' is empty")])
    return tuple(maps.values())


def _about(key: str) -> str:
    return next(each.about for each in MAP_FILE.keys if each.name == key)


def _read_entity(fields: Fields, file: FileReading, context: ImportContext, findings: Findings) -> MapFile | None:
    """The map of one entity; None where the entity is not known."""
    names = importable(context.schema)
    entity = fields.reference("entity", names, "entity", "the state")
    if entity not in names:
        if "entity" in fields:
            findings.add(fields.key_place("entity"), f"'entity' is one of {one_of(names)}")
        return None
    parser = RowParser(context.schema.entities[entity], context)
    reader = ColumnReader(parser, file, context, findings)
    for entry in fields.named("columns"):
        reader.read(entry)
    as_of = _read_as_of(fields.node("as_of"), reader.columns, parser, findings)
    rows = Fields(node, ROWS, findings) if (node := fields.node("rows")) is not None else None
    if rows is not None and "of_one_id" in rows and "repeated" in fields:
        findings.add(fields.key_place("repeated"), "'of_one_id' of 'rows' says it already; leave 'repeated' out")
    repeated = (rows.text("of_one_id") if rows is not None else "") or fields.text("repeated")
    return MapFile(
        entity=entity,
        columns=reader.columns,
        ignored=frozenset(fields.texts("ignore")),
        others_ignored=fields.text("others") == "ignore",
        delimiter=file.delimiter,
        empty=file.empty,
        repeated=Counting(repeated or Counting.AGREE),
        rows=_wanted(rows, findings) if rows is not None else WantedRows(),
        summed=reader.summed if repeated == Counting.SUM else {},
        digested=reader.digested,
        reading=Reading(zone=file.zone, local_times=reader.local_times, midnights=reader.midnights, minor=reader.minor),
        as_of=as_of,
        history=_read_history(fields, parser, findings),
    )


def _read_history(fields: Fields, parser: RowParser, findings: Findings) -> Mapping[str, str]:
    """Which of our columns became known at the instant in which other one."""
    history: dict[str, str] = {}
    for entry in fields.named("history"):
        name, instant = entry.key.text, entry.value
        if name not in parser.columns:
            findings.add(entry.key.place, parser.unknown_column(name))
        elif not isinstance(instant, ScalarNode) or not isinstance(instant.value, str):
            findings.add(instant.place, f"the column with the instant is a text, not {kind_of(instant)}")
        else:
            history[name] = referred(instant, parser.instants, "column of instants", parser.entity.name, findings)
    return history


def _wanted(fields: Fields, findings: Findings) -> WantedRows:
    found: dict[str, dict[str, frozenset[str]]] = {"only": {}, "without": {}}
    for key, columns in found.items():
        for entry in fields.named(key):
            nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
            texts = [node.text for node in nodes if isinstance(node, ScalarNode)]
            if len(texts) < len(nodes) or not texts:
                findings.add(entry.value.place, f"'{entry.key.text}' is followed by a text or a list of texts")
            columns[entry.key.text] = frozenset(text.strip() for text in texts)
    return WantedRows(only=found["only"], without=found["without"])


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
        steps.append(
            MapStep(at=at, status=allowed_value(step.text("status"), step.key_place("status"), statuses, findings))
        )
    if steps and status is None:
        findings.add(node.place, f"{parser.entity.name} has no status that 'steps' could set")
    elif steps and "before" not in fields:
        findings.add(node.place, "'steps' need 'before': the status before the first of them")
    before = fields.optional_text("before")
    if before is not None:
        allowed_value(before, fields.key_place("before"), statuses, findings)
    return AsOf(
        starts=fields.reference("starts", tuple(columns), "column", "the map"), before=before, steps=tuple(steps)
    )
