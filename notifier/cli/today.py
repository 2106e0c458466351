"""`notifier today`: all that waits for a person, in one page, each with the command that deals with it."""

from typing import Annotated

import typer

from notifier.cli.console import print_json
from notifier.cli.house import opened
from notifier.cli.naming import meant_owner
from notifier.cli.options import At, Json
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of


def today(
    context: typer.Context,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="OWNER", help="What is theirs (rules/owners.yaml). Default: all.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many of each matter.")] = 10,
    at: At = None,
    html: Html = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """What waits for a person: to approve, held, failed, unknown, surfacing next, promises due, opt-outs to decide.

    Each thing stands with the command that deals with it. Changes nothing.

    [dim]notifier today --owner billing[/dim]
    """
    from notifier.answers.today import today as read
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        refuse(house, html, json=json)
        found = read(
            connection,
            house.project,
            at or house.clock(),
            live=house.settings.live,
            owner=meant_owner(house, connection, owner),
            limit=limit,
        )
        if json:
            from notifier.answers.documents.today import today_document

            print_json(today_document(found))
            return
        from notifier.cli.sheets.today import today_sheet

        give(house, today_sheet(found, speech_of(house, html, language), house.project.owners), html)
