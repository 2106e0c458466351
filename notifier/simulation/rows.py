"""Writes a scenario's rows to the business state; they are parsed by the code of imports."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.intake.parsing import ImportContext, RowParser
from notifier.intake.repeats import Counting, joined
from notifier.model.problems import Problem, ProblemsError
from notifier.model.schema import entities
from notifier.rules.scenarios import ScenarioRow
from notifier.store.state.changes import IncompleteRowsError, write_rows


def write(
    connection: sa.Connection,
    rows: Sequence[ScenarioRow],
    context: ImportContext,
    at: datetime,
    *,
    existing: bool = False,
) -> None:
    """Write the rows in the order given, those of one id as one row; `existing`: they were there before.

    Raises ProblemsError with the place of every value that cannot be read, before anything is written.
    """
    problems: list[Problem] = []
    typed: list[tuple[ScenarioRow, dict[str, Any]]] = []
    for row in _joined(rows, context, problems):
        values, wrong = _read(row, context)
        typed.append((row, values))
        problems += wrong
    if problems:
        raise ProblemsError(problems)
    for row, values in typed:
        try:
            write_rows(connection, row.entity, [values], at, existing=existing)
        except IncompleteRowsError as error:
            raise ProblemsError([Problem(row.place, str(error))]) from error


def _joined(rows: Sequence[ScenarioRow], context: ImportContext, problems: list[Problem]) -> list[ScenarioRow]:
    """One row of those with one id; adds a problem where they do not agree."""
    by_id: dict[tuple[object, ...], list[ScenarioRow]] = {}
    for place, row in enumerate(rows):
        keys = RowParser(entities()[row.entity], context, decided=True).key_columns
        known = all(row.values.get(name) for name in keys)
        by_id.setdefault((row.entity, *(str(row.values[name]) for name in keys)) if known else (place,), []).append(row)
    whole = []
    for group in by_id.values():
        values, disagreements = joined([row.values for row in group], Counting.AGREE)
        for one in disagreements:
            if one.line > one.other:
                row, other = group[one.line], group[one.other]
                what = f"{one.column}: '{row.values[one.column]}', but line {other.place.line} says "
                what += f"'{other.values[one.column]}' of the same {row.entity}; leave one of them"
                problems.append(Problem(row.places[one.column], what))
        places = {name: place for row in reversed(group) for name, place in row.places.items()}
        whole.append(replace(group[0], values=values, places=places))
    return whole


def _read(row: ScenarioRow, context: ImportContext) -> tuple[dict[str, Any], list[Problem]]:
    """The typed values of a row, or what is wrong with it."""
    parser = RowParser(entities()[row.entity], context, decided=True)
    wrong = list(_wrong_columns(row, parser))
    if wrong:
        return {}, wrong
    parsed = parser.parse({name: [value] for name, value in row.values.items()})
    wrong = [Problem(row.places.get(one.column, row.place), f"{one.column}: {one.what}") for one in parsed.problems]
    return ({}, wrong) if wrong else (parsed.rows()[0], [])


def _wrong_columns(row: ScenarioRow, parser: RowParser) -> Iterator[Problem]:
    for name in row.values:
        if name not in parser.columns:
            yield Problem(row.places[name], parser.unknown_column(name))
    for what in parser.missing_columns(tuple(row.values)):
        yield Problem(row.place, what)
