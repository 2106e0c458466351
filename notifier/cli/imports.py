"""`notifier import`: rows of CSV and JSONL files, and change sets, become state; bad rows are listed and left out."""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import err, print_json, print_problems, print_text
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import At, Json
from notifier.model.texts import sentence, shown

if TYPE_CHECKING:
    from notifier.intake.report import ImportReport
    from notifier.intake.sources import ReadProgress
    from notifier.model.writers import Way, Writer
    from notifier.wiring import House

EVENTS = "events"


def import_(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="customer, order, charge, …; or: events.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV or JSONL, also gzipped; - is stdin.")],
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE", help="Names, values and units of a foreign file.")
    ] = None,
    snapshot: Annotated[bool, typer.Option("--snapshot", help="Delete the rows that the file lacks.")] = False,
    snapshot_deletes: Annotated[
        int | None,
        typer.Option(
            "--snapshot-deletes",
            metavar="N",
            min=0,
            help="Delete exactly this many rows by --snapshot.",
        ),
    ] = None,
    baseline: Annotated[bool, typer.Option("--baseline", help="Tell nobody because of this import.")] = False,
    errors: Annotated[Path | None, typer.Option("--errors", metavar="FILE", help="Write the bad rows here.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Loads rows by id. An absent column stays as it is, an empty cell is null, an unchanged row changes nothing.

    Lines with the same id are one row; where they disagree, they are bad. More than 20 rows, if they are more than a
    tenth, are deleted by --snapshot only where --snapshot-deletes names their number.

    Bad rows are listed as file:line: column: problem, the good ones are kept, and the exit code is 1.

    [dim]notifier import order orders.csv.gz --map maps/orders.yaml --errors bad.csv[/dim]

    [dim]notifier import events changes.jsonl[/dim]
    """
    from notifier.answers.documents.imports import import_document
    from notifier.cli.output_files import is_errors_file, refuse_to_overwrite
    from notifier.intake.events import import_events
    from notifier.intake.importing import ImportOptions, import_rows
    from notifier.intake.map_files import read_map
    from notifier.intake.parsing import importable
    from notifier.intake.sources import open_source
    from notifier.intake.zoneless import customers_without_zone
    from notifier.model.problems import did_you_mean, one_of
    from notifier.model.writers import Way
    from notifier.store.statistics import LARGE, refresh_statistics

    with opened(context, whole=True) as house:
        imports = house.imports
        known = [*importable(imports.schema), EVENTS]
        if entity not in known:
            close = did_you_mean(entity, known) or f"; it is one of {one_of(known)}"
            raise typer.BadParameter(f"there is no entity '{entity}'{close}")
        if entity == EVENTS and (map_ or snapshot or at):
            raise typer.BadParameter("events take no --map, --snapshot or --at: each line has its own instant")
        map_file = read_map(map_, imports) if map_ is not None else None
        if map_file is not None and map_file.entity != entity:
            raise typer.BadParameter(f"{map_} is a map for '{map_file.entity}', not for '{entity}'")
        if snapshot_deletes is not None and not snapshot:
            raise typer.BadParameter("--snapshot-deletes says how many rows --snapshot deletes; give both")
        path = None if file == "-" else Path(file)
        if errors is not None:
            refuse_to_overwrite(house, errors, "--errors", made_by_us=is_errors_file, reads=(path, map_))
        delimiter = map_file.delimiter if map_file is not None else ","
        with (
            _progress(path) as progress,
            open_source(path, sys.stdin.buffer, delimiter=delimiter, progress=progress) as source,
        ):
            if entity == EVENTS:
                with house.writing() as connection:
                    report = import_events(
                        connection,
                        source,
                        imports,
                        baseline=baseline,
                        errors=errors,
                        writer=_writer(house, Way.EVENTS, file),
                    )
            else:
                options = ImportOptions(
                    at=at or house.clock(),
                    map_file=map_file,
                    snapshot=snapshot,
                    snapshot_deletes=snapshot_deletes,
                    baseline=baseline,
                    errors=errors,
                    writer=_writer(house, Way.IMPORT, file),
                )
                report = import_rows(house.writing, source, entity, imports, options)
        if house.settings.default_timezone is None and entity in ("customer", EVENTS):
            with house.writing() as connection:
                report = report.with_doubts(customers_without_zone(connection))
        if report.counts.inserted + report.counts.updated >= LARGE:
            refresh_statistics(house.database, () if entity == EVENTS else (entity, "change"))
    print_problems(report.problems)
    if json:
        print_json(import_document(report))
    else:
        _print(report)
    if not report.ok:
        raise typer.Exit(FOUND_PROBLEMS)


def _writer(house: "House", way: "Way", file: str) -> "Writer":
    """Who types this, as the machine calls them."""
    from notifier.model.writers import Writer

    try:
        by = getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for whom it runs as
        by = f"user {os.getuid()}"
    return Writer(way=way, name="standard input" if file == "-" else file, by=by, at=house.clock())


@contextmanager
def _progress(path: Path | None) -> "Iterator[ReadProgress | None]":
    """A bar over the bytes of the file, on a terminal; stdin has no length to measure against."""
    console = err()
    if path is None or not path.is_file() or not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(path.name, total=path.stat().st_size)
        yield lambda read: bar.update(task, completed=read)


def _print(report: "ImportReport") -> None:
    counts = report.counts
    parts = [
        f"{report.read:,} read",
        f"{counts.inserted:,} new",
        f"{counts.updated:,} changed",
        f"{counts.unchanged:,} unchanged",
    ]
    for number, what in (
        (report.deleted, "deleted"),
        (counts.ignored_older, "older than what is known"),
        (report.not_yet, "not yet at that time"),
        (counts.forgotten, "of people who were forgotten, not written"),
        (report.repeated, "repeated"),
        (report.bad - report.strays, "bad"),
        (report.strays, "not rows"),
    ):
        if number:
            parts.append(f"{number:,} {what}")
    print_text(sentence(f"{report.file}: {', '.join(parts)}"))
    for doubts in report.doubts:
        print_text(f"  {doubts}")
    for dangling in report.dangling:
        print_text(f"  {dangling}")
    if report.errors_file is not None:
        print_text(f"  The bad rows are in {shown(str(report.errors_file))}; mend them there and import that file.")
