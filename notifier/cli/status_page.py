"""`notifier status-page`: what a customer sees of how things stand, the link to it, and the same as an SMS."""

from typing import Annotated

import typer

from notifier.cli.console import print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer
from notifier.cli.options import At, Json


def status_page(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Id, name, phone, mail or a notice's reference.")],
    at: At = None,
    json: Json = False,
) -> None:
    """What the customer sees: done, now, next, by when. Prints the link to their page, and the same as an SMS.

    Only what they were told, were promised or said; nothing that an open contradiction holds. Sends nothing.

    [dim]notifier status-page 'Ana Ruiz'[/dim]
    """
    from notifier.answers.progress import progress, reference_for
    from notifier.answers.progress_words import progress_text
    from notifier.answers.speech import speech_for
    from notifier.answers.who import who_is
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        settings, now = house.settings, at or house.clock()
        named = meant_customer(house, connection, customer) or ""
        who = who_is(connection, named, settings.defaults, {}, live=settings.live)
        speech = speech_for(who.locale, who.timezone, house.project.topic_labels)
        found = progress(connection, named, house.project, speech, now, live=settings.live)
        reference = reference_for(connection, named, now, live=settings.live)
        link = "" if reference is None else settings.rendering.status_page(reference)
    sms = progress_text(found, speech, company=settings.company, link=link)
    if json:
        from notifier.answers.documents.progress import progress_document

        print_json(progress_document(found, link=link, sms=sms))
        return
    if not link:
        why = (
            "nothing was told to them lately at an address that is still theirs"
            if reference is None
            else "NOTIFIER_PUBLIC_URL (https) and NOTIFIER_TOKEN_KEY are not both set"
        )
        print_problems([f"there is no link: {why}"])
    print_text(sms)
