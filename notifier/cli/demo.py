"""`notifier demo`: a simulated week of a small telco, shop and restaurant, with nothing but this program."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import err, out, print_text

if TYPE_CHECKING:
    from notifier.simulation.demo.week import Step, Week
    from notifier.wiring import House


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where messages, database and rules are left.")
    ] = Path("demo"),
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Play another week: state.yaml and week.jsonl.")
    ] = None,
) -> None:
    """Plays a week: notices, holds, caught contradictions. No account, network or service is needed; nothing is sent.

    [dim]notifier demo --folder demo[/dim]
    """
    from notifier.cli.shown.week import WeekStory, summary
    from notifier.logs import configure_logs
    from notifier.simulation.demo.folder import DATA, make_folder
    from notifier.simulation.demo.week import read_week

    configure_logs(level="error")
    week = read_week(data or DATA)
    make_folder(folder, data or DATA)
    house = _house(folder)
    try:
        house.refuse_broken_rules()
        steps = _play(house, week)
        timezone = house.settings.display_timezone
        console = out()
        console.print(
            f"A week of {house.settings.company}, a telco with shops and a restaurant in Bogotá. What happens is data "
            "(→), what is told the rules decide. Nothing leaves this machine."
        )
        for part in WeekStory(timezone, house.project.owners).tell(steps):
            console.print(part)
        for part in summary(steps, timezone):
            console.print(part)
        print_text(_what_next(folder, steps))
    finally:
        house.close()


def _house(folder: Path) -> "House":
    """The demo's own settings win over the environment: a demo touches no real database and sends nothing."""
    from notifier.settings_sources import load_settings
    from notifier.wiring import open_house

    own = {
        "database_url": f"sqlite:///{(folder / 'notifier.db').absolute()}",
        "live": False,
        "outbox": folder / "outbox",
    }
    return open_house(folder, settings=load_settings(folder).model_copy(update=own))


def _play(house: "House", week: "Week") -> list["Step"]:
    """All steps of the week, with a bar that moves along its days."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from notifier.cli.shown.values import day_text
    from notifier.simulation.demo.week import play_week
    from notifier.store.database import unflushed

    unflushed(house.database)
    timezone = house.settings.display_timezone
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    steps = []
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task(day_text(week.starts, timezone), total=(week.ends - week.starts).total_seconds())
        for step in play_week(week, house.ruleset, house.database, house.channels, house.imports, house.directory):
            steps.append(step)
            done = (step.at - week.starts).total_seconds()
            bar.update(task, completed=done, description=day_text(step.at, timezone))
    return steps


def _what_next(folder: Path, steps: Sequence["Step"]) -> str:
    lines = [f"\nMessages are in {folder / 'outbox'}, the database is {folder / 'notifier.db'}. Try:"]
    lines += [f"  {command}" for command in next_commands(folder, steps)]
    return "\n".join(lines)


def next_commands(folder: Path, steps: Sequence["Step"]) -> list[str]:
    """Commands that show more of what the demo left behind; each of them works as it stands."""
    from notifier.model.notices import NoticeState

    base = f"{_program()} --project {folder}"
    held = [record for step in steps for record in step.notices if record.draft.verdict.state is NoticeState.HELD]
    caught = [contradiction for step in steps for contradiction in step.contradictions]
    commands = [f"{base} contradictions list --all"]
    if caught:
        commands.append(f"{base} contradictions show {caught[0].id}")
    if held:
        draft = held[-1].draft
        commands.append(f"{base} why --notice {draft.reference}")
        commands.append(f"{base} why {draft.recipient_id} {draft.rule}")
    lost = [moved.reference for step in steps for moved in step.undelivered]
    if lost:
        commands.append(f"{base} notices show {lost[0]}")
    answered = [one.reply.address for step in steps for one in step.replies]
    if answered:
        commands.append(f"{base} consent show {answered[0]}")
    commands += [
        f"{base} notices list --state cancelled",
        f"{base} preview --at 2026-03-10T10:00:00-05:00 --html {folder / 'preview.html'}",
        f"{base} rules list",
        f"{base} rules test --only cancelled",
    ]
    return commands


def _program() -> str:
    """How this program was called: `notifier` where that is on the path, else the script's own place."""
    if shutil.which("notifier"):
        return "notifier"
    script = Path(sys.argv[0]).absolute()
    return str(script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script)
