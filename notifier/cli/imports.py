"""`notifier import`: rows of CSV and JSONL files, and change sets, become state; bad rows are listed and left out."""

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
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
    from notifier.intake.maps import MapFile
    from notifier.intake.one_reading import ImportOptions
    from notifier.intake.parsing import ImportContext
    from notifier.intake.report import ImportReport
    from notifier.intake.sources import ReadProgress, Source
    from notifier.model.writers import Way, Writer
    from notifier.wiring import House

EVENTS = "events"
ALL = "all"


def import_(
    context: typer.Context,
    entity: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTITY",
            help="customer, order, charge, …; all: what the map names; or: events.",
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="CSV or JSONL, also gzipped; - is stdin.", show_default=False),
    ] = None,
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
    suggest: Annotated[
        Path | None,
        typer.Option(
            "--suggest",
            metavar="FILE",
            help="Import nothing: read this file, and write a draft of its map with doubts.",
        ),
    ] = None,
    errors: Annotated[Path | None, typer.Option("--errors", metavar="FILE", help="Write the bad rows here.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Loads rows by id. An absent column stays as it is, an empty cell is null, an unchanged row changes nothing.

    Lines with the same id are one row; where they disagree, they are bad. More than 20 rows, if they are more than a
    tenth, are deleted by --snapshot only where --snapshot-deletes names their number.

    Bad rows are listed as file:line: column: problem, the good ones are kept, and the exit code is 1.

    [dim]notifier import order orders.csv.gz --map maps/orders.yaml --errors bad.csv[/dim]

    [dim]notifier import all shop.csv --map maps/shop.yaml[/dim]

    [dim]notifier import order --suggest orders.csv > maps/orders.yaml[/dim]

    [dim]notifier import events changes.jsonl[/dim]

    [dim]notifier import all mails.mbox --map maps/mailbox.yaml[/dim]
    """
    from notifier.cli.output_files import is_errors_file, refuse_to_overwrite
    from notifier.intake.map_files import read_maps
    from notifier.intake.one_reading import ImportOptions
    from notifier.intake.zoneless import customers_without_zone
    from notifier.model.writers import Way
    from notifier.store.statistics import LARGE, refresh_statistics

    if suggest is not None:
        _suggest(context, entity, suggest)
        return
    if entity is None or file is None:
        raise typer.BadParameter("name what is imported, and the file: notifier import order orders.csv")
    with opened(context, whole=True) as house:
        imports = house.imports
        _check_entity(imports, entity)
        if entity == EVENTS and (map_ or snapshot or at):
            raise typer.BadParameter("events take no --map, --snapshot or --at: each line has its own instant")
        maps = read_maps(map_, imports) if map_ is not None else ()
        _check_maps(entity, map_, maps)
        if snapshot_deletes is not None and not snapshot:
            raise typer.BadParameter("--snapshot-deletes says how many rows --snapshot deletes; give both")
        if snapshot_deletes is not None and len(maps) > 1:
            raise typer.BadParameter("--snapshot-deletes is for one entity; name it instead of 'all'")
        path = None if file == "-" else Path(file)
        if errors is not None:
            refuse_to_overwrite(house, errors, "--errors", made_by_us=is_errors_file, reads=(path, map_))
        options = ImportOptions(
            at=at or house.clock(),
            snapshot=snapshot,
            snapshot_deletes=snapshot_deletes,
            baseline=baseline,
            errors=errors,
            writer=_writer(house, Way.EVENTS if entity == EVENTS else Way.IMPORT, file),
        )
        with (
            _progress(path) as progress,
            _source(path, maps[0].delimiter if maps else ",", progress) as source,
        ):
            reports = _import(house, imports, source, entity, maps, options)
        entities = [report.entity for report in reports]
        if house.settings.default_timezone is None and not {"customer", EVENTS}.isdisjoint(entities):
            with house.writing() as connection:
                reports = [reports[0].with_doubts(customers_without_zone(connection)), *reports[1:]]
        if any(report.counts.inserted + report.counts.updated >= LARGE for report in reports):
            refresh_statistics(house.database, () if entity == EVENTS else (*entities, "change"))
    _tell(reports, json=json, one=entity != ALL)
    if not all(report.ok for report in reports):
        raise typer.Exit(FOUND_PROBLEMS)


@contextmanager
def _source(path: Path | None, delimiter: str, progress: "ReadProgress | None") -> "Iterator[Source]":
    """The file; of a mailbox, its mails as rows."""
    from notifier.intake.sources import Source, open_source

    if path is not None:
        from notifier.consent.mailboxes import is_mailbox, rows_of_mailbox

        if is_mailbox(path):
            with rows_of_mailbox(path) as rows:
                yield Source(rows, path.name)
            return
    with open_source(path, sys.stdin.buffer, delimiter=delimiter, progress=progress) as source:
        yield source


def _import(
    house: "House",
    imports: "ImportContext",
    source: "Source",
    entity: str,
    maps: "Sequence[MapFile]",
    options: "ImportOptions",
) -> "Sequence[ImportReport]":
    from notifier.intake.events import import_events
    from notifier.intake.importing import import_entities, import_rows

    if entity == EVENTS:
        with house.writing() as connection:
            return [
                import_events(
                    connection,
                    source,
                    imports,
                    baseline=options.baseline,
                    errors=options.errors,
                    writer=options.writer,
                )
            ]
    if maps:
        return import_entities(house.writing, source, maps, imports, options)
    return [import_rows(house.writing, source, entity, imports, options)]


def _suggest(context: typer.Context, entity: str | None, path: Path) -> None:
    """Print a draft of a map for a file; nothing is imported."""
    from notifier.intake.suggesting import suggest_map

    with opened(context, whole=True) as house:
        imports = house.imports
        if entity is not None:
            _check_entity(imports, entity)
        print_text(suggest_map(path, imports, None if entity in (ALL, EVENTS) else entity).rstrip("\n"))


def _check_entity(imports: "ImportContext", entity: str) -> None:
    from notifier.intake.parsing import importable
    from notifier.model.problems import did_you_mean, one_of

    known = [*importable(imports.schema), ALL, EVENTS]
    if entity not in known:
        close = did_you_mean(entity, known) or f"; it is one of {one_of(known)}"
        raise typer.BadParameter(f"there is no entity '{entity}'{close}")


def _check_maps(entity: str, path: Path | None, maps: "Sequence[MapFile]") -> None:
    if entity == ALL and not maps:
        raise typer.BadParameter("'all' are the entities that a map names; give it with --map")
    names = [each.entity for each in maps]
    if maps and entity != ALL and names != [entity]:
        if len(names) > 1:
            raise typer.BadParameter(f"{path} is a map for {', '.join(names)}; import them with 'all'")
        raise typer.BadParameter(f"{path} is a map for '{names[0]}', not for '{entity}'")


def _tell(reports: "Sequence[ImportReport]", *, json: bool, one: bool) -> None:
    from notifier.answers.documents.imports import import_document

    for report in reports:
        print_problems(report.problems)
    if json:
        documents = [import_document(report) for report in reports]
        print_json(documents[0] if one else documents)
        return
    for report in reports:
        _print(report, report.file if one else f"{report.file}, {report.entity}")
    errors_file = next((report.errors_file for report in reports if report.errors_file is not None), None)
    if errors_file is not None:
        print_text(f"  The bad rows are in {shown(str(errors_file))}; mend them there and import that file.")


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


def _print(report: "ImportReport", name: str) -> None:
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
        (report.left_out, "left out by the map"),
        (report.repeated, "repeated"),
        (report.bad - report.strays, "bad"),
        (report.strays, "not rows"),
    ):
        if number:
            parts.append(f"{number:,} {what}")
    print_text(sentence(f"{name}: {', '.join(parts)}"))
    for doubts in report.doubts:
        print_text(f"  {doubts}")
    for dangling in report.dangling:
        print_text(f"  {dangling}")
