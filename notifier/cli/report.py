"""`notifier report`: what became of promises, how good the notices were, why people get in touch; as a table, as JSON,
or as a page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.affected import affected
from notifier.cli.console import out, print_json, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, Json, group, parse_one
from notifier.cli.periods import from_option, period_between, to_option

if TYPE_CHECKING:
    from rich.console import RenderableType

    from notifier.wiring import House

app = group(
    "report",
    "What became of promises, how good notices were, why people get in touch, and whom an incident touched.",
)
app.command("affected")(affected)

From = Annotated[datetime | None, from_option("What was made or found from then on.")]
To = Annotated[datetime | None, to_option("What was made or found before.")]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write one page with charts that loads nothing.")
]


@app.command("promises")
def promises(
    context: typer.Context,
    by: Annotated[
        str, typer.Option("--by", metavar="NAMES", help="month, topic, source, seller, campaign, channel, site.")
    ] = "topic",
    since: From = None,
    until: To = None,
    at: At = None,
    months: Annotated[
        int, typer.Option("--months", min=1, max=120, help="Value at risk: months that a customer would have stayed.")
    ] = 12,
    leaving: Annotated[
        str, typer.Option("--leaving", metavar="SHARE", help="Value at risk: the share that is assumed to leave.")
    ] = "0.2",
    html: Html = None,
    json: Json = False,
) -> None:
    """How many promises were kept, of how many, and how sure that is; the open ones apart.

    How many contradictions were found before the customer could see them, how long before, when the company spoke, and
    whether it spoke first. Promises count by when they were made, contradictions by when they were found. A rate of
    fewer than 20 cases cannot be said.

    [dim]notifier report promises --by topic,source --from 2026-01-01T00:00:00-05:00 --html report.html[/dim]
    """
    from notifier.answers.documents.reports import promise_report_document
    from notifier.cli.shown.reports import promise_report_parts
    from notifier.store.reports.dimensions import PROMISE_DIMENSIONS
    from notifier.store.reports.promises import Assumptions, promise_report

    names, assumptions = _dimensions(by, PROMISE_DIMENSIONS), Assumptions(months=months, leaving=_share(leaving))
    with _reporting(context, html) as house:
        period, checks = period_between(house, since, until), house.ruleset.check_queries
        with house.reading() as reader:
            report = promise_report(
                reader.connection,
                checks,
                house.project.schema,
                now=at or house.clock(),
                period=period,
                by=names,
                assumptions=assumptions,
                costs=house.project.costs,
            )
        if html is not None:
            from notifier.cli.pages.report_page import promise_page

            page = promise_page(report, **_style(house), labels=house.project.topic_labels)
            _write(html, page, quiet=json)
        if json:
            print_json(promise_report_document(report))
        elif html is None:
            _print(promise_report_parts(report, period.timezone))


@app.command("service")
def service(
    context: typer.Context,
    by: Annotated[
        str,
        typer.Option("--by", metavar="NAMES", help="month, rule, class, touchpoint, owner, campaign, seller, site."),
    ] = "rule",
    since: From = None,
    until: To = None,
    at: At = None,
    html: Html = None,
    json: Json = False,
) -> None:
    """How many were told, how early, how often before they asked, and how often it came true.

    `came_true` of a rule says what it means for its notice to have been right. Notices count by when they were decided.

    [dim]notifier report service --by rule,month[/dim]
    """
    from notifier.answers.documents.reports import service_report_document
    from notifier.cli.shown.reports import service_report_parts
    from notifier.store.reports.dimensions import SERVICE_DIMENSIONS
    from notifier.store.reports.service import service_report

    names = _dimensions(by, SERVICE_DIMENSIONS)
    with _reporting(context, html) as house:
        period = period_between(house, since, until)
        with house.reading() as reader:
            report = service_report(
                reader.connection,
                house.project.rules.values(),
                house.project.schema,
                now=at or house.clock(),
                period=period,
                by=names,
                live=house.settings.live,
            )
        if html is not None:
            from notifier.cli.pages.report_page import service_page

            page = service_page(report, **_style(house), labels=house.project.topic_labels)
            _write(html, page, quiet=json)
        if json:
            print_json(service_report_document(report))
        elif html is None:
            _print(service_report_parts(report, period.timezone))


@app.command("shadow")
def shadow(
    context: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule.")] = None,
    since: From = None,
    until: To = None,
    at: At = None,
    json: Json = False,
) -> None:
    """What rules in shadow would have told, beside what other rules told, and how often it would have been right.

    `came_true` of a rule says what it means for its notice to have been right. A rate of fewer than 20 cases cannot be
    said.

    [dim]notifier report shadow installation-reminder[/dim]
    """
    from notifier.answers.documents.shadow import shadow_report_document
    from notifier.cli.naming import meant_rule
    from notifier.cli.shown.shadow import shadow_report_parts
    from notifier.store.reports.shadow import shadow_report

    with _reporting(context, None) as house:
        period = period_between(house, since, until)
        with house.reading() as reader:
            name = None if rule in house.project.rules else meant_rule(house, reader.connection, rule)
            report = shadow_report(
                reader.connection,
                house.project.rules,
                house.project.schema,
                now=at or house.clock(),
                period=period,
                live=house.settings.live,
                only=None if rule is None else {name or rule},
                merging=house.project.policy.contact.merging,
            )
    if json:
        print_json(shadow_report_document(report))
    else:
        _print(shadow_report_parts(report, period.timezone))


@app.command("contacts")
def contacts(
    context: typer.Context,
    per: Annotated[
        str, typer.Option("--per", metavar="NAME", help="Counted by: order, appointment or contract.")
    ] = "order",
    since: From = None,
    until: To = None,
    at: At = None,
    again: Annotated[
        str, typer.Option("--again", metavar="SPAN", help="How soon another contact about the same is a snowball.")
    ] = "7d",
    asked: Annotated[
        str, typer.Option("--asked", metavar="SPAN", help="How long after a notice a contact is a question it left.")
    ] = "48h",
    html: Html = None,
    json: Json = False,
) -> None:
    """Why people get in touch, by week and per hundred orders; what it costs, and whom; what brings more contacts.

    Reasons are those of reasons.yaml. Without --from, the last thirteen whole weeks. A trend compares the later half of
    the weeks with the half before, with its 95 % interval.

    [dim]notifier report contacts --per contract --html contacts.html[/dim]
    """
    from notifier.answers.documents.contacts import contact_report_document
    from notifier.cli.shown.contacts import contact_report_parts
    from notifier.model.contact_figures import Per
    from notifier.store.reports.listening.report import Asked, contact_report

    counted_by = Per(parse_one(per, [each.value for each in Per], "thing to count by"))
    wanted = Asked(per=counted_by, again_within=_within(again, "--again"), asked_within=_within(asked, "--asked"))
    with _reporting(context, html) as house:
        period, now = period_between(house, since, until), at or house.clock()
        with house.reading() as reader:
            try:
                report = contact_report(
                    reader.connection,
                    house.project.reasons,
                    now=now,
                    period=period,
                    asked=wanted,
                    live=house.settings.live,
                )
            except ValueError as error:
                raise typer.BadParameter(str(error), param_hint="--from") from error
        if html is not None:
            from notifier.cli.pages.contacts_page import contacts_page

            _write(html, contacts_page(report, **_style(house)), quiet=json)
        if json:
            print_json(contact_report_document(report))
        elif html is None:
            _print(contact_report_parts(report, period.timezone))


@app.command("holdout")
def holdout(
    context: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="Only this rule.")] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="How many customers and weeks it needs, at the present volume.")
    ] = False,
    effect: Annotated[
        str, typer.Option("--effect", metavar="SHARE", help="With --plan: which share of contacts the notice spares.")
    ] = "0.5",
    at: At = None,
    json: Json = False,
) -> None:
    """What telling changed, by rules with `holdout`: how many households were told and were not, and made contact.

    Before the planned end it says how many there are, and nothing else, unless it ended for harm. Where the difference
    may be none, or there are fewer than 20 on a side, contacts avoided cannot be shown.

    [dim]notifier report holdout installation-reminder --plan --effect 0.3[/dim]
    """
    from notifier.answers.documents.holdouts import holdout_report_document
    from notifier.cli.naming import meant
    from notifier.cli.shown.holdouts import holdout_plan_parts, holdout_report_parts
    from notifier.drafting.ruleset import UNKNOWN_ZONE
    from notifier.store.reports.holdouts import holdout_plans, holdout_report, with_holdout

    spares = float(_share(effect, "--effect"))
    if not spares:
        raise typer.BadParameter("a notice that spares nothing needs no holdout", param_hint="--effect")
    with _reporting(context, None) as house:
        meant(rule, house.project.rules, "rule")
        now, live = at or house.clock(), house.settings.live
        rules = [each for each in with_holdout(house.project.rules) if rule in (None, each.name)]
        zone = house.ruleset.defaults.timezone or UNKNOWN_ZONE
        with house.reading() as reader:
            connection = reader.connection
            plans = holdout_plans(connection, rules, now=now, effect=spares, live=live) if plan else []
            figures = [] if plan else holdout_report(connection, rules, now=now, timezone=zone, live=live)
    if json:
        print_json(holdout_report_document(figures, plans, now))
    else:
        _print(holdout_plan_parts(plans) if plan else holdout_report_parts(figures, house.settings.display_timezone))


@contextmanager
def _reporting(context: typer.Context, html: Path | None) -> Iterator["House"]:
    from notifier.cli.output_files import is_report_page, refuse_to_overwrite

    with opened(context, whole=True, reads=True) as house:
        if html is not None:
            refuse_to_overwrite(house, html, "--html", made_by_us=is_report_page)
        yield house


def _dimensions(by: str, known: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for name in by.split(",") if name.strip()]
    return tuple(dict.fromkeys(parse_one(name, known, "way to group figures") for name in names))


def _within(text: str, option: str) -> timedelta:
    from notifier.rules.quantities import positive_span

    try:
        return positive_span(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _share(text: str, option: str = "--leaving") -> Decimal:
    try:
        share = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter(f"'{text}' is no share; write it like 0.2", param_hint=option) from error
    if not 0 <= share <= 1:
        raise typer.BadParameter(f"'{text}' is not between 0 and 1", param_hint=option)
    return share


def _style(house: "House") -> dict[str, str]:
    """Whose page it is, in which zone and language."""
    settings = house.settings
    return {"company": settings.company, "timezone": settings.display_timezone, "locale": settings.default_locale}


def _write(html: Path, page: str, *, quiet: bool) -> None:
    from notifier.cli.output_files import write_page

    write_page(html, page)
    if not quiet:
        print_text(f"{html} has the report")


def _print(parts: "Iterator[RenderableType]") -> None:
    console = out()
    for part in parts:
        console.print(part)
