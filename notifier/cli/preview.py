"""`notifier preview`: what a tick would decide, printed, as JSON, or as a page; nothing is sent, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer, refuse_set_aside, rule_in_force
from notifier.cli.options import At, Json, OfCustomer, parse_one


def preview(
    context: typer.Context,
    rules: Annotated[list[str] | None, typer.Argument(metavar="[RULE]...", help="Only these rules.")] = None,
    at: At = None,
    customer: OfCustomer = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write one page: phone and mail side by side, exclusions, cost."),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="LANG", help="With --html: es or en. Default: that of NOTIFIER_DEFAULT_LOCALE."
        ),
    ] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="With --json: list alerts to owners too.")] = False,
    json: Json = False,
) -> None:
    """Who would be told what, when, on which channel, with exact texts and cost; who would not, and why.

    Sends nothing and writes nothing. It is the daemon's own pass: what it shows is what a tick at that instant decides.
    It takes the files as they are, and says so where they are not in force yet.

    [dim]notifier preview installation-reminder --at 2026-03-05T10:00:00-05:00 --html preview.html[/dim]
    """
    from notifier.answers.documents.drafts import draft_documents
    from notifier.answers.preview import preview as previewed
    from notifier.answers.preview import seen_by_a_tick
    from notifier.cli.output_files import is_preview_page, refuse_to_overwrite
    from notifier.cli.shown.files import not_in_force_lines

    if language is not None:
        from notifier.cli.pages.page_words import WORDS

        parse_one(language, list(WORDS), "language of the page")
    with opened(context, whole=True, sends=True, reads=True, by_rules=True) as house:
        for name in rules or ():
            rule_in_force(house, name)
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_preview_page)
        print_problems(not_in_force_lines(house))
        now = at or house.clock()
        live, chosen = house.settings.live, rules or None
        ruleset = house.ruleset_for(chosen)
        for name in rules or ():
            refuse_set_aside(ruleset.project, name)  # for its texts
        with seen_by_a_tick(house.database, ruleset, now, live=live, rules=chosen) as reader:
            who = meant_customer(house, reader.connection, customer)
            result = previewed(ruleset, reader, now, live=live, rules=chosen, customer=who)
        if html is not None:
            from notifier.cli.pages.preview_page import preview_page

            page = preview_page(
                result,
                company=house.settings.company,
                timezone=house.settings.display_timezone,
                locale=language or house.settings.default_locale,
                labels=house.project.topic_labels,
            )
            html.write_text(page, encoding="utf-8")
        if json:
            drafts = (*result.drafts, *result.alerts) if alerts else result.drafts
            print_json(draft_documents(drafts))
        elif html is not None:
            from notifier.cli.shown.values import placed_text

            timezone = house.settings.display_timezone
            print_text(f"{html} shows what a tick at {placed_text(now, timezone)} would decide")
        else:
            from notifier.cli.shown.preview import preview_report
            from notifier.rendering.words import language_of

            console, spoken = out(), language_of(house.settings.default_locale)
            for part in preview_report(result, house.settings.display_timezone, spoken):
                console.print(part)
    if result.failures:
        raise typer.Exit(1)
