"""The rows of a file become rows of state, with change records; wrong rows are skipped and listed."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import sqlalchemy as sa

from notifier.intake.bad_rows import BadRows
from notifier.intake.maps import MapFile
from notifier.intake.one_reading import ImportOptions, OneReading, Overview
from notifier.intake.parsing import ImportContext
from notifier.intake.report import ImportReport, ProblemLog
from notifier.intake.sources import Source
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.store.state.provenance import sign

Writing = Callable[[], AbstractContextManager[sa.Connection]]
"""Begins a transaction, which is rolled back where an exception leaves it."""


class ReadAgainError(Exception):
    """What was written must be rolled back, and the file read again with these overviews, one an entity."""

    def __init__(self, overviews: Sequence[Overview]) -> None:
        super().__init__("the file must be read twice")
        self.overviews = overviews


def import_rows(
    writing: Writing, source: Source, entity: str, context: ImportContext, options: ImportOptions
) -> ImportReport:
    """Write the rows of a file in one transaction.

    Raises ProblemsError when the file as a whole cannot be used; then nothing is written.
    """
    map_file = options.map_file
    if map_file is not None and map_file.entity != entity:
        raise ProblemsError([Problem(Place(source.name), f"the map is for {map_file.entity}, not for {entity}")])
    return _import(writing, source, [(entity, map_file)], context, options)[0]


def import_entities(
    writing: Writing, source: Source, maps: Sequence[MapFile], context: ImportContext, options: ImportOptions
) -> Sequence[ImportReport]:
    """Write what every line of a file says of several entities, in one transaction and one pass; a report each.

    Raises ProblemsError when the file as a whole cannot be used; then nothing is written.
    """
    return _import(writing, source, [(each.entity, each) for each in maps], context, options)


Part = tuple[str, MapFile | None]
"""An entity, and its map."""


def _import(
    writing: Writing, source: Source, parts: Sequence[Part], context: ImportContext, options: ImportOptions
) -> Sequence[ImportReport]:
    try:
        return _read_once(writing, source, parts, context, options, None)
    except ReadAgainError as again:
        source.rewind()
        return _read_once(writing, source, parts, context, options, again.overviews)


def _read_once(
    writing: Writing,
    source: Source,
    parts: Sequence[Part],
    context: ImportContext,
    options: ImportOptions,
    overviews: Sequence[Overview] | None,
) -> Sequence[ImportReport]:
    """Raises ReadAgainError when the first reading shows that a second one is needed."""
    bad_rows = BadRows(options.errors, header=source.header, delimiter=source.delimiter)
    with bad_rows, writing() as connection:
        if options.writer is not None:
            sign(connection, options.writer, context.watched)
        works = []
        for index, (entity, map_file) in enumerate(parts):
            overview = None if overviews is None else overviews[index]
            log = ProblemLog(source.name, bad_rows)
            asked = replace(options, map_file=map_file)
            works.append(OneReading(connection, source, entity, context, asked, overview, log, leads=not index))
        for batches in source.batches():
            for work in works:
                work.take(batches)
        if overviews is None and any(work.overview != Overview() for work in works):
            raise ReadAgainError([work.overview for work in works])
        return [work.finish() for work in works]
