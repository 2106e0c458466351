"""The files of a replay -> one history, and what became of its rows in the end."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifier.intake.histories import History, joined
from notifier.intake.history_events import read_events
from notifier.intake.history_tables import read_table
from notifier.intake.map_files import read_map, read_maps
from notifier.intake.maps import MapFile
from notifier.intake.outcomes import NAME, read_outcomes, with_outcomes
from notifier.intake.parsing import ImportContext, importable
from notifier.intake.sources import open_source
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file of rows: with a map, or with the columns of an entity."""

    file: Path
    map: Path | None = None
    entity: str | None = None


def given_table(text: str) -> Table:
    """`maps/orders.yaml=orders.csv.gz`, or `site=sites.csv`. Raises ValueError with a sentence."""
    named, sign, file = text.partition("=")
    if not (named and sign and file):
        raise ValueError(
            f"'{text}' names no map and file; write it like maps/orders.yaml=orders.csv, or site=sites.csv"
        )
    is_map = named.endswith((".yaml", ".yml"))
    return Table(file=Path(file), map=Path(named) if is_map else None, entity=None if is_map else named)


def read_history(events: Sequence[Path], tables: Sequence[Table], context: ImportContext) -> History:
    """All files as one history. Raises ProblemsError when one of them cannot be used at all."""
    found = []
    for path in events:
        with open_source(path, sys.stdin.buffer) as source:
            found.append(read_events(source, context))
    for table in tables:
        for map_file, entity in _maps_of(table, context):
            delimiter = map_file.delimiter if map_file is not None else ","
            with open_source(table.file, sys.stdin.buffer, delimiter=delimiter) as source:
                found.append(read_table(source, entity, context, map_file))
    return joined(found)


def read_outcome_files(files: Sequence[str], context: ImportContext) -> tuple[list[Mapping[str, Any]], list[Problem]]:
    """Rows of outcomes of these files, each with its map before it where it has one; and what was left out.

    Raises ProblemsError when one of them cannot be used at all.
    """
    rows: list[Mapping[str, Any]] = []
    problems: list[Problem] = []
    known = with_outcomes(context)
    for text in files:
        table = given_table(text) if "=" in text else Table(file=Path(text))
        map_file = None if table.map is None else read_map(table.map, known)
        if map_file is not None and map_file.entity != NAME:
            what = f"the map is for {map_file.entity}; one of outcomes says 'entity: {NAME}'"
            raise ProblemsError([Problem(Place(str(table.map)), what)])
        delimiter = map_file.delimiter if map_file is not None else ","
        with open_source(table.file, sys.stdin.buffer, delimiter=delimiter) as source:
            found = read_outcomes(source, context, map_file)
        rows += found.rows
        problems += found.problems
    return rows, problems


def _maps_of(table: Table, context: ImportContext) -> list[tuple[MapFile | None, str]]:
    """What each entity takes from the lines of the file, in the order of the map."""
    if table.map is not None:
        return [(each, each.entity) for each in read_maps(table.map, context)]
    entity, known = table.entity or "", importable(context.schema)
    if entity not in known:
        what = f"there is no entity '{entity}'{did_you_mean(entity, known) or f'; it is one of {one_of(known)}'}"
        raise ProblemsError([Problem(Place("--table"), what)])
    return [(None, entity)]
