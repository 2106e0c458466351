"""`notifier actions`: what owners do so that something does not happen again; it opens again where that comes back."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.naming import meant, meant_owner
from notifier.cli.options import At, By, Json, Reason, group, parse_instant, parse_states

if TYPE_CHECKING:
    from notifier.decisions.actions import CloseAction, DropAction, MoveAction, OpenAction
    from notifier.wiring import House

app = group("actions", "What is done so that it does not happen again: open, list, done, move, drop.")

PAGE = 50
"""How many a table shows."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The action's id, as it was read out: ac-7k3qm x9t2a.")]
Until = Annotated[
    datetime | None,
    typer.Option("--until", parser=parse_instant, metavar="TIME", help="By when it is done, with its zone."),
]
OwnerOption = Annotated[
    str | None,
    typer.Option("--owner", metavar="OWNER", help="Who does it (rules/owners.yaml)."),
]


@app.command("open")
def open_(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="What is done, in words.")],
    by: By,
    reason: Reason,
    cause: Annotated[
        str | None,
        typer.Option("--cause", metavar="NAME", help="The cause of broken promises that it ends (rules/causes.yaml)."),
    ] = None,
    contacts: Annotated[
        str | None,
        typer.Option("--contacts", metavar="REASON", help="Or the reason of contacts that it ends."),
    ] = None,
    until: Until = None,
    owner: OwnerOption = None,
    again_within: Annotated[
        str | None,
        typer.Option("--again-within", metavar="TIME", help="How long it has to stay away once it is done: 30d."),
    ] = None,
    again_at: Annotated[
        int, typer.Option("--again-at", min=1, help="How many times within that time open it again.")
    ] = 1,
    at: At = None,
) -> None:
    """An owner does something about a cause, or about a reason of contacts, until a day.

    The owner is who answers for the cause or the reason where --owner names nobody else.

    [dim]notifier actions open 'two people check' --cause price-list --until TIME --by marta --reason 'again'[/dim]
    """
    within = None if again_within is None else _span(again_within)

    def decision(house: "House") -> "OpenAction":
        from notifier.decisions.actions import About, OpenAction

        project = house.project
        about = About(
            cause=cause,
            contacts=contacts,
            causes=project.causes,
            reasons={name: each.owner for name, each in project.reasons.items()},
        )
        return OpenAction(what, about, until, owner, project.owners, within, again_at)

    carry_out(context, decision, by, reason, at)


@app.command("list")
def list_(
    context: typer.Context,
    status: Annotated[
        list[str] | None, typer.Option("--status", metavar="STATUS", help="open, done, dropped. May be repeated.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="In every status. Default: open.")] = False,
    owner: Annotated[str | None, typer.Option("--owner", metavar="OWNER")] = None,
    cause: Annotated[str | None, typer.Option("--cause", metavar="NAME", help="About this cause.")] = None,
    contacts: Annotated[str | None, typer.Option("--contacts", metavar="REASON", help="About this reason.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="How many. Default: 50, and all with --json.")
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """The open actions with their age, what is due first at the top.

    [dim]notifier actions list --owner billing[/dim]
    """
    from notifier.answers.documents.actions import action_document
    from notifier.cli.shown.actions import actions_table
    from notifier.model.actions import ActionStatus
    from notifier.store.actions import ActionFilter, actions_listed, how_many_actions
    from notifier.store.database import read_only

    statuses = tuple(parse_states(status, ActionStatus)) if status else () if all_ else (ActionStatus.OPEN,)
    with opened(context, warn=False, reads=True) as house:
        with read_only(house.database) as connection:
            wanted = ActionFilter(
                statuses=statuses,
                owner=meant_owner(house, connection, owner),
                cause=cause,
                contacts=contacts,
                limit=limit if json else limit or PAGE,
            )
            found = actions_listed(connection, wanted)
            of = how_many_actions(connection, wanted)
        now = at or house.clock()
        if json:
            print_json([action_document(each, now) for each in found])
        elif found:
            out().print(actions_table(found, now, house.settings.display_timezone))
            if of > len(found):
                print_text(f"{of - len(found)} more; --limit shows them.")
        else:
            print_text("No action is open." if statuses == (ActionStatus.OPEN,) else "There is none.")


@app.command()
def show(context: typer.Context, action: Id, at: At = None, json: Json = False) -> None:
    """One action: what it is to end, how it stands, and everything that people did about it.

    [dim]notifier actions show AC-7K3QM-X9T2A[/dim]
    """
    from notifier.answers.documents.actions import action_card_document
    from notifier.cli.shown.actions import action_text
    from notifier.store.actions import OBJECT, action_named
    from notifier.store.database import read_only
    from notifier.store.interventions import RefusedError, interventions_on

    with opened(context, warn=False, reads=True) as house:
        with read_only(house.database) as connection:
            found = action_named(connection, action)
            if found is None:
                raise RefusedError(f"there is no action {action.strip()}; notifier actions list shows them")
            done = interventions_on(connection, OBJECT, found.id)
        now = at or house.clock()
        if json:
            print_json(action_card_document(found, done, now))
        else:
            print_text("\n".join(action_text(found, done, now, house.settings.display_timezone)))


@app.command()
def done(
    context: typer.Context,
    action: Id,
    by: By,
    reason: Reason,
    cause: Annotated[str, typer.Option("--cause", metavar="TEXT", help="Why it happened, as it was found.")] = "",
    effect: Annotated[str, typer.Option("--effect", metavar="TEXT", help="What shows that it happens no more.")] = "",
    at: At = None,
) -> None:
    """It is done; refused without cause and effect. It opens again by itself where what it was to end comes back.

    [dim]notifier actions done ID --cause 'one list for two plans' --effect 'none since' --by marta --reason done[/dim]
    """

    def decision(house: "House") -> "CloseAction":
        from notifier.decisions.actions import CloseAction

        return CloseAction(action, cause, effect, house.project.causes)

    carry_out(context, decision, by, reason, at)


@app.command()
def move(
    context: typer.Context,
    action: Id,
    by: By,
    reason: Reason,
    owner: OwnerOption = None,
    until: Until = None,
    at: At = None,
) -> None:
    """Another owner does it, or by another day.

    [dim]notifier actions move AC-7K3QM-X9T2A --owner shops --by marta --reason 'it is theirs'[/dim]
    """

    def decision(house: "House") -> "MoveAction":
        from notifier.decisions.actions import MoveAction

        meant(owner, house.project.owners, "owner")
        return MoveAction(action, owner, until, house.project.owners)

    carry_out(context, decision, by, reason, at)


@app.command()
def drop(context: typer.Context, action: Id, by: By, reason: Reason, at: At = None) -> None:
    """Nobody does it, and that is said, with the reason.

    [dim]notifier actions drop AC-7K3QM-X9T2A --by marta --reason 'the plan is no longer sold'[/dim]
    """

    def decision(house: "House") -> "DropAction":  # noqa: ARG001 - as every decision of a command is asked for
        from notifier.decisions.actions import DropAction

        return DropAction(action)

    carry_out(context, decision, by, reason, at)


def _span(text: str) -> timedelta:
    from notifier.rules.quantities import positive_span

    try:
        return positive_span(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--again-within") from error
