"""`notifier notices`: what was decided for customers; people approve, release or cancel it, or say if it arrived."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.naming import meant_customer, meant_owner, meant_rule
from notifier.cli.options import At, By, Channel, Json, OfCustomer, Reason, group, parse_channel, parse_states

if TYPE_CHECKING:
    from notifier.rules.checked import Project

app = group("notices", "What was decided for customers: list, show, replies, approve, release, cancel, resend, …")

Reference = Annotated[
    str, typer.Argument(metavar="REF", help="The reference, as a caller reads it out: 7k3qm x9t2a will do.")
]


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="ready, held, deferred, suppressed, told, … May be repeated."),
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="RULE")] = None,
    customer: OfCustomer = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="Alerts to owners instead of notices to customers.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only those with a message that may or may not have gone out.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = 50,
    json: Json = False,
) -> None:
    """What was decided, the latest first, each with its reason.

    [dim]notifier notices list --state held[/dim]
    """
    from notifier.answers.documents.notices import notice_document
    from notifier.answers.records import COUNTED, NoticeFilter, how_many, records
    from notifier.cli.shown.notices import notices_table
    from notifier.cli.shown.values import page_text
    from notifier.model.notices import NoticeState
    from notifier.store.database import read_only

    states = parse_states(state or (), NoticeState)
    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        wanted = NoticeFilter(
            states=states,
            rule=meant_rule(house, connection, rule),
            customer=(meant_owner if alerts else meant_customer)(house, connection, customer),
            alerts=alerts,
            unknown=unknown,
            limit=limit,
        )
        found = records(connection, wanted, house.directory)
        of = how_many(connection, wanted) if len(found) == limit and not json else len(found)
    if json:
        print_json([notice_document(record) for record in found])
    elif found:
        out().print(notices_table(found))
        if of > len(found):
            print_text(page_text("latest", len(found), of, counted=COUNTED))
    else:
        print_text("No notices.")


@app.command()
def show(context: typer.Context, reference: Reference, json: Json = False) -> None:
    """One notice: to whom, why, the exact texts, where each message stands, and what people did about it.

    [dim]notifier notices show 7K3QM-X9T2A[/dim]
    """
    from notifier.answers.documents.notices import notice_document
    from notifier.answers.records import record_of
    from notifier.cli.shown.notices import notice_card
    from notifier.cli.shown.people import interventions_text
    from notifier.decisions.notices import OBJECT
    from notifier.store.database import read_only
    from notifier.store.interventions import interventions_on
    from notifier.store.naming import no_such_notice

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        found = record_of(connection, reference, house.directory)
        if found is None:
            raise no_such_notice(connection, reference)
        done = interventions_on(connection, OBJECT, found.id)
        timezone = house.settings.display_timezone
    if json:
        print_json(notice_document(found))
        return
    console = out()
    console.print(notice_card(found))
    console.print(interventions_text(done, timezone))


@app.command()
def replies(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Of how many days, up to now.")] = 30,
    at: At = None,
    json: Json = False,
) -> None:
    """Which notices make people write back: replies per hundred, by rule. Many mean that a text raises questions.

    [dim]notifier notices replies --days 7[/dim]
    """
    from notifier.answers.documents.replies import replies_document
    from notifier.cli.shown.replies import replies_table
    from notifier.store.database import read_only
    from notifier.store.replies import replies_by_rule

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        now = at or house.clock()
        found = replies_by_rule(connection, live=house.settings.live, since=now - timedelta(days=days))
    if json:
        print_json([replies_document(each) for each in found])
    elif found:
        out().print(replies_table(found))
    else:
        print_text("Nothing was told in these days, and nobody wrote back.")


@app.command()
def approve(
    context: typer.Context,
    by: By,
    reason: Reason,
    reference: Annotated[str | None, typer.Argument(metavar="[REF]", help="One notice.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RULE", help="All that this rule's limit holds.")
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            "--group", metavar="ID", help="What the customers of this flood of contradictions are told first."
        ),
    ] = None,
    at: At = None,
) -> None:
    """Let notices go out that a rule's limit or stopped canary holds, or that wait for one person or two: only for this
    version of the rule and these claims. Where two must approve, each says so by themselves.

    [dim]notifier notices approve --rule outage-in-your-zone --by marta --reason 'the zone really is that big'[/dim]
    """
    from notifier.decisions.notices import Approve, ApproveAll, ApproveForFlood

    if sum(each is not None for each in (reference, rule, group)) != 1:
        raise typer.BadParameter(
            "name one notice, or --rule RULE for all that its limit holds, or --group ID for those of a flood"
        )
    if reference is not None:
        carry_out(context, lambda house: Approve(reference, _people(house.project)), by, reason, at)
    elif rule is not None:
        carry_out(
            context,
            lambda house: ApproveAll(rule, house.settings.live, house.project.rules, _people(house.project), by),
            by,
            reason,
            at,
        )
    else:
        carry_out(
            context,
            lambda house: ApproveForFlood(group or "", house.settings.live, _people(house.project)),
            by,
            reason,
            at,
        )


def _people(project: "Project") -> dict[str, int]:
    """How many people must approve, of the rules that ask for more than one."""
    return {name: rule.approvals for name, rule in project.rules.items() if rule.approvals > 1}


@app.command()
def release(context: typer.Context, reference: Reference, by: By, reason: Reason, at: At = None) -> None:
    """Lift the hold of contradictions for this one notice: you answer for what it says.

    [dim]notifier notices release 7K3QM-X9T2A --by marta --reason 'the customer agreed to the new price'[/dim]
    """
    from notifier.decisions.notices import Release

    carry_out(context, lambda _: Release(reference), by, reason, at)


@app.command()
def cancel(context: typer.Context, reference: Reference, by: By, reason: Reason, at: At = None) -> None:
    """Never tell this notice.

    [dim]notifier notices cancel 7K3QM-X9T2A --by marta --reason 'told in person at the shop'[/dim]
    """
    from notifier.decisions.notices import Cancel

    carry_out(context, lambda _: Cancel(reference), by, reason, at)


@app.command()
def arrived(
    context: typer.Context, reference: Reference, by: By, reason: Reason, channel: Channel = None, at: At = None
) -> None:
    """A message that is `unknown` went out after all: it counts as told and is not sent again.

    [dim]notifier notices arrived 7K3QM-X9T2A --by marta --reason 'the mail is in the log of our relay'[/dim]
    """
    from notifier.decisions.unknown_messages import Arrived

    wanted = parse_channel(channel)
    carry_out(context, lambda _: Arrived(reference, wanted), by, reason, at)


@app.command()
def resend(
    context: typer.Context, reference: Reference, by: By, reason: Reason, channel: Channel = None, at: At = None
) -> None:
    """A message that is `unknown` did not go out: it is queued again, and checked once more before it goes.

    [dim]notifier notices resend 7K3QM-X9T2A --by marta --reason 'the customer has no such mail'[/dim]
    """
    from notifier.decisions.unknown_messages import Resend

    wanted = parse_channel(channel)
    carry_out(context, lambda _: Resend(reference, wanted), by, reason, at)
