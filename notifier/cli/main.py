"""The command line: `notifier COMMAND`. Commands open the house, call one room below, and print what it returns.

Imports are light on purpose: a command imports the rooms it needs when it runs, so that `notifier --help` is quick.
"""

import gc
import os
from pathlib import Path
from typing import Annotated

import typer

from notifier.cli import (
    auditing,
    backlog,
    bounces,
    consent,
    contradictions,
    customers,
    notices,
    promises,
    reasons,
    report,
    rule_changes,
    suppressions,
)
from notifier.cli.brief import brief
from notifier.cli.demo import demo
from notifier.cli.doctor import doctor
from notifier.cli.errors import Commands
from notifier.cli.health import health
from notifier.cli.imports import import_
from notifier.cli.init import init
from notifier.cli.late import know_no_emoji_codes, load_late
from notifier.cli.learn import learn
from notifier.cli.options import Project
from notifier.cli.preview import preview
from notifier.cli.running import reconcile, tick
from notifier.cli.running import run as run_daemon
from notifier.cli.serving import serve
from notifier.cli.simulate import simulate
from notifier.cli.status_page import status_page
from notifier.cli.timeline import timeline
from notifier.cli.today import today
from notifier.cli.why import why
from notifier.model.zones import prefer_package

GARBAGE = (100_000, 20, 20)
"""When to look for garbage (`gc.set_threshold`): most of what a command makes at its start stays until it ends, and to
look through that as often as Python does by itself took a seventh of the time of a preview, and a sixth of an import,
whose rows come and go by the ten thousand."""

app = typer.Typer(
    name="notifier",
    cls=Commands,
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


app.command()(demo)
app.command()(init)
app.command("import")(import_)
app.add_typer(promises.app)
app.add_typer(auditing.app)
app.add_typer(rule_changes.app)
app.command()(preview)
app.command()(simulate)
app.command()(why)
app.command()(today)
app.command()(brief)
app.command()(timeline)
app.command("status-page")(status_page)
app.command()(tick)
app.command("run")(run_daemon)
app.command()(reconcile)
app.command()(serve)
app.command()(health)
app.command()(doctor)
app.command()(learn)
app.add_typer(report.app)
app.add_typer(reasons.app)
app.add_typer(contradictions.app)
app.add_typer(notices.app)
app.add_typer(suppressions.app)
app.add_typer(consent.app)
app.add_typer(customers.app)
app.command()(bounces.receive)
app.command("receive-bounce", hidden=True)(bounces.receive_bounce)
app.add_typer(bounces.app)
app.add_typer(backlog.app)


def run() -> None:
    """The console script."""
    gc.set_threshold(*GARBAGE)
    load_late("rich.markdown", "Markdown")
    load_late("rich.traceback", "Traceback")
    know_no_emoji_codes()
    # Else it looks through all installed packages for plugins, and we have none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    prefer_package()
    app(prog_name="notifier")
