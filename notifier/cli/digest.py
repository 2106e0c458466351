"""`notifier digest`: the weekly letter to an owner, as the next tick after that moment would write it."""

from typing import Annotated

import typer

from notifier.cli.console import print_json, print_text
from notifier.cli.house import opened
from notifier.cli.naming import meant
from notifier.cli.options import At, Json


def digest(
    context: typer.Context,
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="Whose week (rules/owners.yaml).")],
    at: At = None,
    json: Json = False,
) -> None:
    """The week of an owner that ends now, or at --at: just the mail that `weekly` in rules/owners.yaml has sent.

    What went wrong and how often the week before, which actions are open and how old, what was done, what came back.
    Sends nothing.

    [dim]notifier digest billing --at 2026-03-09T08:00:00-05:00[/dim]
    """
    from notifier.drafting.actions_pass import reasons_of, weekly_letter
    from notifier.model.weekly import WEEK

    with opened(context, whole=True, reads=True) as house:
        meant(owner, house.project.owners, "owner")
        ruleset, moment = house.ruleset, at or house.clock()  # before the snapshot: it asks what is in force
        with house.reading() as reader:
            if json:
                from notifier.answers.documents.actions import week_document

                reasons = reasons_of(house.project, owner)
                print_json(week_document(reader.week_of(owner, moment - WEEK, moment, reasons=reasons)))
                return
            known = house.project.owners[owner]
            letter = weekly_letter(ruleset, reader, known, moment, moment, live=house.settings.live)
    if not letter.messages:
        print_text(letter.verdict.reason.text)
    for message in letter.messages:
        print_text(f"{message.subject}\n\n{message.text}")
