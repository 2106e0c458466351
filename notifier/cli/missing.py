"""`notifier reasons missing`: contacts that no word of ours came before, and the rules that would have spoken."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, Json, parse_one
from notifier.cli.periods import from_option, period_between, to_option

if TYPE_CHECKING:
    from notifier.model.missing_words import MissingReport
    from notifier.starter.proposals import Proposal
    from notifier.wiring import House

From = Annotated[datetime | None, from_option("Contacts from then on.")]
To = Annotated[datetime | None, to_option("Contacts before.")]


def missing(
    context: typer.Context,
    reason: Annotated[
        str | None, typer.Argument(metavar="[REASON]", help="List the contacts of this reason without a word about it.")
    ] = None,
    since: From = None,
    until: To = None,
    at: At = None,
    within: Annotated[
        int, typer.Option("--within", min=1, max=365, metavar="DAYS", help="How long before a contact a word counts.")
    ] = 14,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="With REASON: how many, the latest first.")
    ] = 50,
    page: Annotated[int, typer.Option("--page", min=1, help="With REASON: which page of so many.")] = 1,
    json: Json = False,
) -> None:
    """The notice that was missing: contacts before which the customer had no word of ours about it, by reason.

    rules/journey.yaml says which rule speaks of which reason. Where none does, and a rule could have spoken more than
    an hour before most of the contacts, the command that writes it is printed with its evidence.

    [dim]notifier reasons missing --from 2026-01-01T00:00:00-05:00[/dim]

    [dim]notifier reasons missing order-late --page 2[/dim]
    """
    from notifier.answers.documents.missing import missing_document, unpreceded_document
    from notifier.cli.shown.missing import missing_parts, unpreceded_table
    from notifier.store.reports.missing import missing_report, unpreceded

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        period, live, span = period_between(house, since, until), house.settings.live, timedelta(days=within)
        with house.reading() as reader:
            if reason is None:
                report = missing_report(
                    reader.connection,
                    house.project,
                    now=at or house.clock(),
                    period=period,
                    within=span,
                    live=live,
                )
                proposals = _proposals(house, report)
            else:
                parse_one(reason, list(house.project.reasons), "reason")
                found = unpreceded(
                    reader.connection,
                    house.project,
                    reason,
                    period=period,
                    within=span,
                    live=live,
                    limit=limit,
                    skip=(page - 1) * limit,
                )
    if reason is None and json:
        print_json(missing_document(report, proposals))
    elif reason is None:
        console = out()
        for part in missing_parts(report, proposals, period.timezone):
            if isinstance(part, str):
                print_text(part)
            else:
                console.print(part)
    elif json:
        print_json([unpreceded_document(each) for each in found])
    elif found:
        out().print(unpreceded_table(found, period.timezone))
        if len(found) == limit:
            print_text(f"page {page}; the next one: --page {page + 1}")
    else:
        print_text("No contact of this reason was without a word of ours." if page == 1 else "No more.")


def _proposals(house: "House", report: "MissingReport") -> "dict[str, Proposal | str]":
    """For each reason the rule that is worth writing, or why there is none."""
    from notifier.rendering.words import language_of
    from notifier.starter.proposals import proposal_of

    language = language_of(house.settings.default_locale)
    return {each.reason: proposal_of(each, house.project, language) for each in report.reasons}
