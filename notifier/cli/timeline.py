"""`notifier timeline`: everything promised, told, delivered, asked, found and decided about one customer, in order."""

from datetime import datetime
from typing import Annotated

import typer

from notifier.cli.console import print_json
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer
from notifier.cli.options import Json, parse_instant
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of


def timeline(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Id, name, phone, mail or a notice's reference.")],
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=parse_instant, metavar="TIME", help="Nothing that is older than this."),
    ] = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first. Default: the newest first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many on a page.")] = 50,
    after: Annotated[
        str | None, typer.Option("--after", metavar="NEXT", help="The next page: what the last one says at its end.")
    ] = None,
    html: Html = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """Everything promised, told, delivered, asked, found and decided, in order: nobody has to ask the customer again.

    The newest comes first, unless you say --oldest.

    [dim]notifier timeline 'Ana Ruiz' --since 2026-03-01T00:00:00-05:00[/dim]
    """
    from notifier.answers.timeline import Order
    from notifier.answers.timeline import timeline as read
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        refuse(house, html, json=json)
        speech = speech_of(house, html, language)
        named = meant_customer(house, connection, customer) or ""
        try:
            found = read(
                connection,
                named,
                {name: topic.type for name, topic in house.project.topics.items()},
                live=house.settings.live,
                order=Order.OLDEST if oldest else Order.NEWEST,
                since=since,
                after=after,
                limit=limit,
            )
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--after") from error
        if json:
            from notifier.answers.documents.timeline import timeline_document

            print_json(timeline_document(found, speech))
            return
        from notifier.answers.who import name_of
        from notifier.cli.sheets.timeline import timeline_sheet

        again = " ".join(["notifier timeline", named, *(["--oldest"] if oldest else [])])
        give(house, timeline_sheet(found, speech, name_of(connection, named), again), html)
