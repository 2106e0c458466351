"""`notifier journey`: the map of the customer's way, its red points, and what no rule reaches."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, Json
from notifier.cli.periods import from_option, period_between, to_option

From = Annotated[datetime | None, from_option("What was said, told or found from then on.")]
To = Annotated[datetime | None, to_option("What was said, told or found before.")]


def journey(
    context: typer.Context,
    since: From = None,
    until: To = None,
    at: At = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page with a heat map that loads nothing.")
    ] = None,
    json: Json = False,
) -> None:
    """The customer's way, as rules/journey.yaml maps it: where it hurts, who owns what, and what no rule reaches.

    A red point is a foreseen failure that people wrote or called about: how many, times how severe it is, times how
    often each of them had to come back.

    A map: touchpoints: { delivery: { name: Delivery, owner: logistics, foreseen: [{ failure: the order is late,
    severity: 4, reasons: order-late, rule: late-order }] } }

    [dim]notifier journey --from 2026-01-01T00:00:00-05:00 --html journey.html[/dim]
    """
    from notifier.answers.documents.journey import journey_document
    from notifier.cli.output_files import is_journey_page, refuse_to_overwrite, write_page
    from notifier.cli.shown.journey import journey_parts
    from notifier.rules.catalogue import JOURNEY
    from notifier.store.reports.journey import journey_report

    with opened(context, whole=True, reads=True, by_rules=True) as house:
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_journey_page)
        if house.project.journey is None:
            raise typer.BadParameter(
                f"there is no map of the journey: write {JOURNEY}; notifier journey --help shows one"
            )
        print_problems(house.project.map_problems)
        period = period_between(house, since, until)
        with house.reading() as reader:
            report = journey_report(
                reader.connection, house.project, now=at or house.clock(), period=period, live=house.settings.live
            )
        settings = house.settings
    if html is not None:
        from notifier.cli.pages.journey_page import journey_page

        page = journey_page(report, company=settings.company, timezone=period.timezone, locale=settings.default_locale)
        write_page(html, page)
    if json:
        print_json(journey_document(report))
    elif html is not None:
        print_text(f"{html} has the journey")
    else:
        console = out()
        for part in journey_parts(report, period.timezone):
            console.print(part)
