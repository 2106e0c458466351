"""Rows as a scenario's author wrote them become rows of business state, read by the same code as an import."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from notifier.model.problems import Problem, ProblemsError
from notifier.model.schema import entities
from notifier.rules.scenarios import ScenarioRow
from notifier.store.changes import IncompleteRowsError, write_rows
from notifier.store.imports.parsing import ImportContext, RowParser


def write(connection: sa.Connection, rows: Sequence[ScenarioRow], context: ImportContext, at: datetime) -> None:
    """Write the rows in the order given. Raises ProblemsError with the place of every value that cannot be read."""
    problems: list[Problem] = []
    typed = []
    for row in rows:
        parser = RowParser(entities()[row.entity], context)
        wrong = list(_wrong_columns(row, parser))
        if not wrong:
            parsed = parser.parse({name: [value] for name, value in row.values.items()})
            typed += [(row, values) for values in parsed.rows()]
            wrong = [
                Problem(row.places.get(one.column, row.place), f"{one.column}: {one.what}") for one in parsed.problems
            ]
        problems += wrong
    for row, values in typed:
        try:
            write_rows(connection, row.entity, [values], at)
        except IncompleteRowsError as error:
            problems.append(Problem(row.place, str(error)))
    if problems:
        raise ProblemsError(problems)


def _wrong_columns(row: ScenarioRow, parser: RowParser) -> Iterator[Problem]:
    for name in row.values:
        if name not in parser.columns:
            yield Problem(row.places[name], parser.unknown_column(name))
    for what in parser.missing_columns(tuple(row.values)):
        yield Problem(row.place, what)
