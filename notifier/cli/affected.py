"""`notifier report affected`: from one incident to all whom it touched, so that nobody is left over."""

from typing import Annotated

import typer

from notifier.cli.console import print_json
from notifier.cli.house import opened
from notifier.cli.options import At, Json
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of


def affected(
    context: typer.Context,
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="The id of the incident.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many contracts are listed.")] = 50,
    at: At = None,
    html: Html = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """All whom an incident touched: what each heard of it and got for it, those who are left over first.

    A word is a notice about it, or a call or message of ours that was answered. A remedy is a credit on a bill, what a
    person told them first with a remedy, or a promised refund or discount, since it began.

    [dim]notifier report affected OUT-9 --html out-9.html[/dim]
    """
    from notifier.store.database import read_only
    from notifier.store.reports.affected import affected as read

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        refuse(house, html, json=json)
        found = read(connection, incident.strip(), at or house.clock(), live=house.settings.live)
        if json:
            from notifier.answers.documents.affected import affected_document

            print_json(affected_document(found))
            return
        from notifier.cli.sheets.affected import affected_sheet

        give(house, affected_sheet(found, speech_of(house, html, language), limit), html)
