"""Options that several commands take, each with its meaning in one place."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.errors import Commands


def parse_instant(text: str) -> datetime:
    """An instant with a zone, as aware UTC. Refuses a naive one with the remedy: wrong usage, exit code 2."""
    from notifier.model.types import TopicType
    from notifier.model.values import parse_value

    try:
        value = parse_value(TopicType.TIMESTAMP, text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    assert isinstance(value, datetime)
    return value


At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        parser=parse_instant,
        metavar="TIME",
        help="The instant to work at, with its zone: 2026-03-05T10:00:00-05:00. Default: now.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides this. Kept for good.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. Kept for good.")]
Project = Annotated[
    Path,
    typer.Option(
        "--project",
        envvar="NOTIFIER_PROJECT",
        metavar="DIR",
        help="The project folder: rules/, templates/, .env and, with SQLite, the database.",
    ),
]


def group(name: str, summary: str) -> typer.Typer:
    """A group of commands, such as `notifier rules`."""
    return typer.Typer(name=name, help=summary, cls=Commands, no_args_is_help=True, rich_markup_mode="rich")
