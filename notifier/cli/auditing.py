"""`notifier promises audit`: what is published, held against the state."""

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, Json, group

app = group("promises", "What is promised to everybody: audit what is published.")


@app.command()
def audit(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Saved pages and lists; else those of rules/published.yaml."),
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Holds published prices, hours and terms against the state, and lists each that differs, with file and line.

    Pages are read by their structured data (schema.org), lists as CSV or YAML. Exit code 1 where something differs,
    and where nothing was found to compare: an audit that looked at nothing shows nothing.

    [dim]notifier promises audit pages/shop.html[/dim]
    """
    from notifier.answers import audit as room
    from notifier.answers.documents.audit import audit_document
    from notifier.cli.shown.audit import sentences
    from notifier.model.problems import Place, Problem
    from notifier.rules.catalogue import PUBLISHED
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        if not files and not house.project.published:
            what = "there is no such file; name pages and lists on the command line, or say in it where they are"
            print_problems([Problem(Place(PUBLISHED), what)])
            raise typer.Exit(2)
        found, problems = (room.named_files if files else room.published_files)(house.project, files or ())
        done = room.audit(connection, house.project, found, at or house.clock())
    if json:
        print_json(audit_document(done.with_problems(problems)))
    else:
        print_problems([*problems, *done.problems])
        for line in sentences(done):
            print_text(line)
    if done.differences or problems or not done.claims:
        raise typer.Exit(1)
