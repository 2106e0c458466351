"""`notifier preview`: what a tick would decide, printed, as JSON, or as a page; nothing is sent, nothing is written."""

from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, Json


def preview(
    context: typer.Context,
    rules: Annotated[list[str] | None, typer.Argument(metavar="[RULE]...", help="Only these rules.")] = None,
    at: At = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID", help="Only this customer.")] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write one page: phone and mail side by side, exclusions, cost."),
    ] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="With --json: list alerts to owners too.")] = False,
    json: Json = False,
) -> None:
    """Who would be told what, when, on which channel, with exact texts and cost; who would not, and why.

    Sends nothing and writes nothing. It is the daemon's own pass: what it shows is what a tick at that instant decides.
    It takes the files as they are, and says so where they are not in force yet.

    [dim]notifier preview installation-reminder --at 2026-03-05T10:00:00-05:00 --html preview.html[/dim]
    """
    from notifier.answers.documents.drafts import draft_document
    from notifier.answers.preview import preview as previewed
    from notifier.answers.preview import seen_by_a_tick
    from notifier.cli.output_files import is_preview_page, refuse_to_overwrite
    from notifier.cli.shown.files import not_in_force_lines
    from notifier.model.problems import did_you_mean

    with opened(context, whole=True, sends=True) as house:
        for name in rules or ():
            if name not in house.project.rules:
                raise typer.BadParameter(f"there is no rule '{name}'{did_you_mean(name, house.project.rules)}")
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_preview_page)
        print_problems(not_in_force_lines(house))
        now = at or house.clock()
        live, chosen = house.settings.live, rules or None
        with seen_by_a_tick(house.database, house.ruleset, now, live=live, rules=chosen) as reader:
            result = previewed(house.ruleset, reader, now, live=live, rules=chosen, customer=customer)
        if html is not None:
            from notifier.cli.pages.preview_page import preview_page

            html.write_text(preview_page(result, company=house.settings.company), encoding="utf-8")
        if json:
            drafts = (*result.drafts, *result.alerts) if alerts else result.drafts
            print_json([draft_document(draft) for draft in drafts])
        elif html is not None:
            print_text(f"{html} shows what a tick at {now.isoformat()} would decide")
        else:
            from notifier.cli.shown.preview import preview_report

            console = out()
            for part in preview_report(result):
                console.print(part)
    if result.failures:
        raise typer.Exit(1)
