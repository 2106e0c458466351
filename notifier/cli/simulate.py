"""`notifier simulate`: history is played again, in a database of its own; nothing is sent."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import err, out, print_json, print_problems, print_text
from notifier.cli.drill import run_drill
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.options import Json
from notifier.cli.periods import from_option, to_option

if TYPE_CHECKING:
    from notifier.cli.shown.simulation_words import ReplayWords
    from notifier.intake.histories import History
    from notifier.intake.history_files import Table
    from notifier.model.replays_compared import Comparison
    from notifier.model.simulated import Simulation
    from notifier.simulation.simulating import Question, Watch
    from notifier.wiring import House

Events = Annotated[
    list[Path] | None, typer.Argument(metavar="[EVENTS]...", help="Change sets, as for import events; also gzipped.")
]
Tables = Annotated[
    list[str] | None,
    typer.Option("--table", metavar="MAP=FILE", help="A table, by a map with 'history'; or site=FILE, customer=FILE."),
]


def simulate(
    context: typer.Context,
    events: Events = None,
    table: Tables = None,
    since: Annotated[datetime | None, from_option("Where it begins. Default: the first row.")] = None,
    until: Annotated[datetime | None, to_option("Where it ends. Default: the last row.")] = None,
    every: Annotated[
        str, typer.Option("--every", metavar="SPAN", help="How often rows are looked at: 1h; 0 is at each instant.")
    ] = "1h",
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="RULE", help="Once more, without this rule or check.")
    ] = None,
    with_: Annotated[
        list[Path] | None, typer.Option("--with", metavar="RULE-FILE", help="Once more, with what this file says.")
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome", metavar="[MAP=]FILE", help="What came late, who wrote, which score: held against it."
        ),
    ] = None,
    drill: Annotated[
        Path | None,
        typer.Option("--drill", metavar="DAY.yaml", help="Play a foreseen day on today's customers instead."),
    ] = None,
    complaint: Annotated[
        int, typer.Option("--complaint", metavar="SCORE", help="The highest score that counts as a complaint.")
    ] = 1,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="FILE", help="Keep the database, for why, timeline and brief.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page with charts that loads nothing.")
    ] = None,
    json: Json = False,
) -> None:
    """Plays history again: who would have been told what and when, what it would have cost, and how often rightly.

    The rules decide as the daemon does, under a simulated clock, in a database of its own. With --without and --with it
    is played twice, and the difference is shown: what a plan changes.

    [dim]notifier simulate events.jsonl --html replay.html[/dim]

    With --drill a day that is foreseen is played on a copy of today's database: whom it touches, who of them would hear
    of it before, and what staff, seats, parking or stock it needs, with its plan and without it. Exit code 1 where
    something would be lacking even with the plan.

    [dim]notifier simulate --table maps/orders.yaml=orders.csv --outcome outcomes.csv --with plan.yaml[/dim]
    """
    from notifier.answers.documents.simulation import simulation_document
    from notifier.cli.output_files import is_simulation_page, refuse_to_overwrite
    from notifier.cli.shown.simulation import simulation_parts

    step = _every(every)
    tables = [_table(text) for text in table or ()]
    if drill is not None:
        _refuse_with_drill(events, table, since, until, without, with_, outcome, keep)
        run_drill(context, drill, html, json=json)
        return
    if not events and not tables:
        raise typer.BadParameter("there is nothing to play; name a file of change sets, a --table, or a --drill")
    with opened(context, whole=True, reads=True, by_rules=True, plays_its_own=True) as house:
        reads = (*(events or ()), *(one.file for one in tables), *(one.map for one in tables))
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_simulation_page, reads=reads)
        if keep is not None:
            refuse_to_overwrite(house, keep, "--keep", made_by_us=lambda _: False, reads=reads)
        history, question = _question(house, events or (), tables, since, until, step, outcome or (), complaint)
        found, comparison = _played(house, question, without or (), with_ or (), keep)
        if html is not None:
            _write(html, found, comparison, house, quiet=json)
        if json:
            print_json(simulation_document(found, comparison))
        elif html is None:
            console = out()
            for part in simulation_parts(found, comparison, _words(house)):
                console.print(part)
        if keep is not None and not json:
            print_text(_words(house)("The database is {}; NOTIFIER_DATABASE_URL=sqlite:///{} asks it.", keep, keep))
    if history.problems:
        raise typer.Exit(FOUND_PROBLEMS)


def _refuse_with_drill(*given: object) -> None:
    """A drill plays today's database; its file says everything else."""
    if any(one is not None for one in given):
        raise typer.BadParameter("a drill takes --html and --json alone; what it plays is in its file")


def _every(text: str) -> timedelta:
    from notifier.rules.quantities import positive_span

    if text.strip() == "0":
        return timedelta()
    try:
        return positive_span(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--every") from error


def _table(text: str) -> "Table":
    from notifier.intake.history_files import given_table

    try:
        return given_table(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--table") from error


def _question(
    house: "House",
    events: Sequence[Path],
    tables: "Sequence[Table]",
    since: datetime | None,
    until: datetime | None,
    every: timedelta,
    outcome: Sequence[str],
    complaint: int,
) -> "tuple[History, Question]":
    """What is played. Lines that were left out are listed."""
    from notifier.intake.history_files import read_history, read_outcome_files
    from notifier.simulation.replay import span_of
    from notifier.simulation.simulating import Question

    imports = house.imports
    history = read_history(events, tables, imports)
    outcomes, wrong = read_outcome_files(outcome, imports)
    print_problems([*history.problems, *wrong])
    span = span_of(history, since, until)
    if span is None:
        raise typer.BadParameter("no row of the history lies between --from and --to")
    timezone = house.settings.display_timezone
    return history, Question(
        history=history, span=span, every=every, timezone=timezone, outcomes=outcomes, complaint=complaint
    )


def _played(
    house: "House", question: "Question", without: Sequence[str], rule_files: Sequence[Path], keep: Path | None
) -> "tuple[Simulation, Comparison | None]":
    from notifier.model.replays_compared import Comparison
    from notifier.rules.plan_files import planned_rules
    from notifier.simulation.databases import temporary_databases
    from notifier.simulation.simulating import simulate as play

    planned = planned_rules(house.project, house.files, without, rule_files) if without or rule_files else None
    with temporary_databases() as databases:
        with _progress("as it is" if planned else "replay", question) as watch:
            found = play(question, house.ruleset, databases, watch=watch, keep=keep if planned is None else None)
        if planned is None:
            return found, None
        with _progress("with the plan", question) as watch:
            ruleset = house.rulesets.of(planned.project)
            after = play(question, ruleset, databases, watch=watch, keep=keep)
    return found, Comparison(without=planned.without, added=planned.added, now=found, planned=after)


@contextmanager
def _progress(what: str, question: "Question") -> "Iterator[Watch | None]":
    """A bar over what is to be written, with the day it stands at and the time that is left; on a terminal."""
    console = err()
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from notifier.cli.shown.values import day_text

    columns = (
        TextColumn("{task.description:<40}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        total = sum(one.at < question.span.until for one in question.history.happenings)
        task = bar.add_task(what, total=max(total, 1))
        yield lambda done: bar.update(
            task, completed=done.happenings, description=f"{what}: {day_text(done.at, question.timezone)}"
        )


def _write(html: Path, found: "Simulation", comparison: "Comparison | None", house: "House", *, quiet: bool) -> None:
    from notifier.cli.output_files import write_page
    from notifier.cli.pages.simulation_page import simulation_page

    settings = house.settings
    page = simulation_page(found, comparison, company=settings.company, locale=settings.default_locale)
    write_page(html, page)
    if not quiet:
        print_text(_words(house)("{} has the replay", html))


def _words(house: "House") -> "ReplayWords":
    from notifier.cli.pages.terminal_words import replay_words

    return replay_words(house.settings)
