"""The command line: `notifier COMMAND`. Commands open the house, call one room below, and print what it returns.

Imports are light on purpose: a command is loaded when it is called, and imports the rooms it needs when it runs. So
`notifier --help` is quick.
"""

import gc
import os
from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.commands import COMMANDS
from notifier.cli.late import know_no_attrs_classes, know_no_emoji_codes, load_late
from notifier.cli.on_demand import group_of
from notifier.cli.options import Project
from notifier.model.zones import prefer_package

GARBAGE = (100_000, 20, 20)
"""When to look for garbage (`gc.set_threshold`): most of what a command makes at its start stays until it ends, and to
look through that as often as Python does by itself took a seventh of the time of a preview, and a sixth of an import,
whose rows come and go by the ten thousand."""

app = typer.Typer(
    name="notifier",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals hold addresses and texts of customers
    help="Tells customers before they have to ask, and never says two different things.",
    epilog="Exit codes: 0 fine, 1 problems found, 2 wrong usage. "
    "Start with [bold]notifier demo[/bold], then [bold]notifier init[/bold].",
)


def _version(wanted: bool) -> None:
    if wanted:
        from notifier import __version__
        from notifier.model.zones import zones_in_use

        typer.echo(f"notifier {__version__}")
        typer.echo(f"time zones: {zones_in_use()}")
        raise typer.Exit


@app.callback()
def _project(
    context: typer.Context,
    project: Project = Path(),
    version: Annotated[  # noqa: ARG001 - it is answered by its callback, before any command runs
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    context.obj = project


def run() -> None:
    """The console script."""
    gc.set_threshold(*GARBAGE)
    load_late("rich.markdown", "Markdown")
    load_late("rich.traceback", "Traceback")
    load_late("phonenumbers.phonenumbermatcher", "PhoneNumberMatch", "PhoneNumberMatcher", "Leniency")
    load_late("phonenumbers.asyoutypeformatter", "AsYouTypeFormatter")
    know_no_emoji_codes()
    know_no_attrs_classes()
    # Else it looks through all installed packages for plugins, and we have none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prefer_package()
    app(prog_name="notifier")
