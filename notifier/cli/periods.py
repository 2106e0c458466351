"""From when to when: the two options of commands that look at a time, and the period that they mean."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from notifier.cli.options import parse_instant

if TYPE_CHECKING:
    from notifier.store.reports.dimensions import Period
    from notifier.wiring import House


def from_option(about: str) -> Any:
    """`--from`, with what it means for this command."""
    return typer.Option("--from", parser=parse_instant, metavar="TIME", help=about)


def to_option(about: str) -> Any:
    """`--to`, with what it means for this command."""
    return typer.Option("--to", parser=parse_instant, metavar="TIME", help=about)


def period_between(house: "House", since: datetime | None, until: datetime | None) -> "Period":
    """The period of these options, in the zone in which people read. Refuses an empty one: wrong usage, exit code 2."""
    from notifier.store.reports.dimensions import Period

    if since is not None and until is not None and until <= since:
        raise typer.BadParameter("it is not after --from, so nothing lies between", param_hint="--to")
    return Period(since=since, until=until, timezone=house.settings.display_timezone)
