"""`notifier notices`: what was decided for customers; people approve, release or cancel it, or say if it arrived."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.house import opened
from notifier.cli.options import At, By, Channel, Json, Reason, group, parse_channel

if TYPE_CHECKING:
    import sqlalchemy as sa

    from notifier.wiring import House

app = group("notices", "What was decided for customers: list, show, approve, release, cancel, arrived, resend.")

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
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID")] = None,
    alerts: Annotated[bool, typer.Option("--alerts", help="Alerts to owners instead of notices to customers.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only with a message of which nobody can say whether it went out.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = 50,
    json: Json = False,
) -> None:
    """What was decided, the latest first, each with its reason.

    [dim]notifier notices list --state held[/dim]
    """
    from notifier.answers.documents.notices import notice_document
    from notifier.answers.records import NoticeFilter, records
    from notifier.cli.shown.notices import notices_table
    from notifier.store.database import read_only

    wanted = NoticeFilter(
        states=_states(state or ()), rule=rule, customer=customer, alerts=alerts, unknown=unknown, limit=limit
    )
    with opened(context, warn=False) as house, read_only(house.database) as connection:
        found = records(connection, wanted, house.directory)
    if json:
        print_json([notice_document(record) for record in found])
    elif found:
        out().print(notices_table(found))
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
    from notifier.store.interventions import RefusedError, interventions_on

    with opened(context, warn=False) as house, read_only(house.database) as connection:
        found = record_of(connection, reference, house.directory)
        if found is None:
            raise RefusedError(f"there is no notice {reference}; see notifier notices list")
        done = interventions_on(connection, OBJECT, found.id)
        timezone = house.settings.default_timezone
    if json:
        print_json(notice_document(found))
        return
    console = out()
    console.print(notice_card(found))
    console.print(interventions_text(done, timezone))


@app.command()
def approve(
    context: typer.Context,
    by: By,
    reason: Reason,
    reference: Annotated[str | None, typer.Argument(metavar="[REF]", help="One notice.")] = None,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="RULE", help="All that this rule's limit holds.")
    ] = None,
    at: At = None,
) -> None:
    """Let what a rule's limit holds go out: for this version of the rule and these claims only.

    [dim]notifier notices approve --rule outage-in-your-zone --by marta --reason 'the zone really is that big'[/dim]
    """
    from notifier.decisions import notices

    if (reference is None) == (rule is None):
        raise typer.BadParameter("name one notice, or --rule RULE for all that its limit holds")

    def decision(connection: "sa.Connection", now: datetime, house: "House") -> Sequence[str]:
        if rule is not None:
            return notices.approve_all(connection, rule, live=house.settings.live, by=by, reason=reason, now=now)
        assert reference is not None
        return [notices.approve(connection, reference, by=by, reason=reason, now=now)]

    _decide(context, at, "approved; the next tick sends", decision)


@app.command()
def release(context: typer.Context, reference: Reference, by: By, reason: Reason, at: At = None) -> None:
    """Lift the hold of contradictions for this one notice: you answer for what it says.

    [dim]notifier notices release 7K3QM-X9T2A --by marta --reason 'the customer agreed to the new price'[/dim]
    """
    from notifier.decisions import notices

    _decide(
        context,
        at,
        "released; the next tick sends",
        lambda connection, now, _: [notices.release(connection, reference, by=by, reason=reason, now=now)],
    )


@app.command()
def cancel(context: typer.Context, reference: Reference, by: By, reason: Reason, at: At = None) -> None:
    """Never tell it.

    [dim]notifier notices cancel 7K3QM-X9T2A --by marta --reason 'told in person at the shop'[/dim]
    """
    from notifier.decisions import notices

    _decide(
        context,
        at,
        "cancelled; nobody will be told",
        lambda connection, now, _: [notices.cancel(connection, reference, by=by, reason=reason, now=now)],
    )


@app.command()
def arrived(
    context: typer.Context, reference: Reference, by: By, reason: Reason, channel: Channel = None, at: At = None
) -> None:
    """A message that is `unknown` went out after all: it counts as told and is not sent again.

    [dim]notifier notices arrived 7K3QM-X9T2A --by marta --reason 'the mail is in the log of our relay'[/dim]
    """
    from notifier.decisions import notices

    wanted = parse_channel(channel)
    with opened(context, warn=False) as house, house.writing() as connection:
        now = at or house.clock()
        name = notices.arrived(connection, reference, channel=wanted, by=by, reason=reason, now=now)
    print_text(f"{name} counts as told; it is not sent again.")


@app.command()
def resend(
    context: typer.Context, reference: Reference, by: By, reason: Reason, channel: Channel = None, at: At = None
) -> None:
    """A message that is `unknown` did not go out: it is queued again, and checked once more before it goes.

    [dim]notifier notices resend 7K3QM-X9T2A --by marta --reason 'the customer has no such mail'[/dim]
    """
    from notifier.decisions import notices

    wanted = parse_channel(channel)
    with opened(context, warn=False) as house, house.writing() as connection:
        now = at or house.clock()
        name, in_time = notices.resend(connection, reference, channel=wanted, by=by, reason=reason, now=now)
    print_text(f"{name} is queued again." if in_time else f"{name} helps nobody any more; the next tick ends it.")


def _decide(
    context: typer.Context,
    at: datetime | None,
    what: str,
    decision: "Callable[[sa.Connection, datetime, House], Sequence[str]]",
) -> None:
    """One decision of a person in one transaction, and the notices that it is about."""
    with opened(context, warn=False) as house, house.writing() as connection:
        references = decision(connection, at or house.clock(), house)
    if len(references) == 1:
        print_text(f"{references[0]} is {what} it.".replace("told it.", "told."))
    else:
        print_text(f"{len(references)} notices are {what} them.")


def _states(names: Sequence[str]) -> list:  # type: ignore[type-arg]  # of NoticeState, which is imported late
    from notifier.model.notices import NoticeState
    from notifier.model.problems import did_you_mean, one_of

    known = [state.value for state in NoticeState]
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"'{name}' is no state ({one_of(known)}){did_you_mean(name, known)}")
    return [NoticeState(name) for name in names]
