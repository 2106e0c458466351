"""`notifier brief`: one page for whoever picks up the phone."""

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_json, print_problems
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer
from notifier.cli.options import At, Json
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of

if TYPE_CHECKING:
    from notifier.drafting.ruleset import Ruleset
    from notifier.wiring import House


def brief(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Id, name, phone, mail or a notice's reference.")],
    at: At = None,
    html: Html = None,
    language: Language = None,
    json: Json = False,
) -> None:
    """One page for whoever picks up the phone: nobody has to tell it again, on whatever channel they come.

    Who it is, what was promised by whom, what is true now, what is in doubt, what was told and whether it arrived,
    what they gave us already, and what to say next, in their language.

    [dim]notifier brief +573001234567 --html ana.html[/dim]
    """
    from notifier.answers.brief import brief as read
    from notifier.answers.given import given_of
    from notifier.answers.next_words import next_words
    from notifier.answers.speech import speech_for

    with opened(context, warn=False, reads=True) as house:
        refuse(house, html, json=json)
        speech = speech_of(house, html, language)
        ruleset, now = _ruleset(house), at or house.clock()
        with house.reading() as reader:
            named = meant_customer(house, reader.connection, customer) or ""
            found = read(reader, named, house.project, house.directory, now, ruleset=ruleset)
        given = given_of(found)
        labels = house.project.topic_labels
        theirs = speech_for(found.who.locale, found.who.timezone or house.settings.display_timezone, labels)
        say = next_words(found, theirs, house.project.owners)
        if json:
            from notifier.answers.documents.brief import brief_document

            print_json(brief_document(found, given, say, speech))
            return
        from notifier.cli.sheets.brief import brief_sheet

        give(house, brief_sheet(found, given, say, speech, house.project.owners), html)


def _ruleset(house: "House") -> "Ruleset | None":
    """The rules; None where nobody knows what the files say: the rest of the page must not wait for that."""
    from notifier.model.problems import ProblemsError

    try:
        return house.ruleset_for([])
    except ProblemsError:
        print_problems(["rule files cannot be read, so what comes next is not known; see notifier rules check"])
        return None
