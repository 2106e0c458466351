"""Options that several commands take, each with its meaning in one place."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.errors import Commands

if TYPE_CHECKING:
    from notifier.model.types import ChannelName


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
Channel = Annotated[
    str | None, typer.Option("--channel", metavar="NAME", help="sms or email, where both could be meant.")
]
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


def parse_channel(name: str | None) -> "ChannelName | None":
    """The channel of this name. Refuses any other: wrong usage, exit code 2."""
    from notifier.model.problems import did_you_mean, one_of
    from notifier.model.types import ChannelName

    known = [channel.value for channel in ChannelName]
    if name is not None and name not in known:
        raise typer.BadParameter(f"'{name}' is no channel ({one_of(known)}){did_you_mean(name, known)}")
    return None if name is None else ChannelName(name)


def group(name: str, summary: str) -> typer.Typer:
    """A group of commands, such as `notifier rules`."""
    return typer.Typer(name=name, help=summary, cls=Commands, no_args_is_help=True, rich_markup_mode="rich")
