"""Options that several commands take, each with its meaning in one place."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from notifier.cli.errors import Commands

if TYPE_CHECKING:
    from notifier.model.types import ChannelName

Word = TypeVar("Word", bound=StrEnum)
"""An enumeration of which people type the values."""


EARLIEST_YEAR, LATEST_YEAR = 1900, 2500


def parse_instant(text: str) -> datetime:
    """An instant with a zone, as aware UTC. Refuses a naive one with the remedy: wrong usage, exit code 2."""
    from notifier.model.types import TopicType
    from notifier.model.values import parse_value

    try:
        value = parse_value(TopicType.TIMESTAMP, text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    assert isinstance(value, datetime)
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:  # what is counted from it would leave the calendar
        raise typer.BadParameter(f"'{text}' is not between the years {EARLIEST_YEAR} and {LATEST_YEAR}")
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
OfCustomer = Annotated[
    str | None,
    typer.Option(
        "--customer", metavar="WHO", help="The customer: id, name, phone, mail, or the reference of a notice."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Channel = Annotated[
    str | None,
    typer.Option("--channel", metavar="NAME", help="sms, email, whatsapp or, for owners, chat: where several fit."),
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
    from notifier.model.types import ChannelName

    return None if name is None else _member(name, ChannelName, "channel")


def parse_states(names: Iterable[str], states: type[Word]) -> list[Word]:
    """The states of these names. Refuses any other: wrong usage, exit code 2."""
    return [_member(name, states, "state") for name in names]


def parse_one(name: str, known: Sequence[str], what: str) -> str:
    """The name, if it is a known one. Refuses any other: wrong usage, exit code 2."""
    from notifier.model.problems import did_you_mean, one_of

    if name not in known:
        raise typer.BadParameter(f"'{name}' is no {what} ({one_of(known)}){did_you_mean(name, known)}")
    return name


def _member(name: str, words: type[Word], what: str) -> Word:
    return words(parse_one(name, [word.value for word in words], what))


def group(name: str, summary: str) -> typer.Typer:
    """A group of commands, such as `notifier rules`."""
    return typer.Typer(name=name, help=summary, cls=Commands, no_args_is_help=True, rich_markup_mode="rich")
