"""The pages that a daemon writes each day: those of `notifier report`, over all time, by the rules in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.drafting.ruleset import Ruleset
    from notifier.wiring import House

NAMES = ("promises.html", "service.html", "contacts.html")


def daily_pages(house: "House", ruleset: "Ruleset", now: datetime) -> Mapping[str, str]:
    """Each page by its name, as `report promises`, `report service` and `report contacts` write it with `--html` and no
    other option. All three are of one snapshot."""
    from notifier.cli.pages.contacts_page import contacts_page
    from notifier.cli.pages.report_page import promise_page, service_page
    from notifier.store.reports.dimensions import Period
    from notifier.store.reports.listening.report import Asked, contact_report
    from notifier.store.reports.promises import promise_report
    from notifier.store.reports.service import service_report

    project, settings, checks = ruleset.project, house.settings, ruleset.check_queries
    period = Period(since=None, until=None, timezone=settings.display_timezone)
    style = {"company": settings.company, "timezone": period.timezone, "locale": settings.default_locale}
    with house.reading() as reader:
        connection = reader.connection
        promises = promise_report(
            connection,
            checks,
            project.schema,
            now=now,
            period=period,
            by=("topic",),
            costs=project.costs,
        )
        service = service_report(
            connection,
            project.rules.values(),
            project.schema,
            now=now,
            period=period,
            by=("rule",),
            live=settings.live,
        )
        contacts = contact_report(
            connection, project.reasons, now=now, period=period, asked=Asked(), live=settings.live
        )
    labels = project.topic_labels
    promised = promise_page(promises, labels=labels, **style)
    pages = (promised, service_page(service, labels=labels, **style), contacts_page(contacts, **style))
    return dict(zip(NAMES, pages, strict=True))
