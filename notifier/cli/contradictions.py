"""`notifier contradictions`: promises that a fact contradicts. Decisions about them: `deciding_contradictions`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding_contradictions import ack, approve, resolve, settle, waive
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.naming import meant, meant_check, meant_customer, meant_group, meant_owner
from notifier.cli.options import At, Json, OfCustomer, parse_instant, parse_states
from notifier.cli.options import group as command_group
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.rules.checked_owners import Cause
    from notifier.store.settling import CountedCause
    from notifier.wiring import House

app = command_group("contradictions", "Promises that a fact contradicts: list, show, acknowledge, settle, waive.")

PAGE = 50
"""How many a table shows."""
PERIOD = timedelta(days=30)
"""How far back what was avoided is counted, where nobody says."""

Id = Annotated[str, typer.Argument(metavar="ID", help="The contradiction's id, as it was read out: x-7k3qm x9t2a.")]


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="open, acknowledged, settled, waived, lapsed. May be repeated."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="In every state. Default: open and acknowledged.")] = False,
    owner: Annotated[str | None, typer.Option("--owner", metavar="OWNER")] = None,
    check: Annotated[str | None, typer.Option("--check", metavar="CHECK")] = None,
    severity: Annotated[str | None, typer.Option("--severity", metavar="SEVERITY")] = None,
    customer: OfCustomer = None,
    group: Annotated[str | None, typer.Option("--group", metavar="ID", help="Those of one flood.")] = None,
    fail: Annotated[
        bool, typer.Option("--fail", help="Exit 1 when an open one of severity high is in the list.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="How many, the most urgent first. Default: 50, and all with --json."),
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """The open contradictions, with those that surface first at the top.

    [dim]notifier contradictions list --owner billing --fail[/dim]
    """
    from notifier.answers.documents.contradictions import contradiction_document
    from notifier.cli.shown.contradictions import contradictions_table, nothing_found
    from notifier.cli.shown.values import page_text
    from notifier.model.contradictions import HOLDING, ContradictionState
    from notifier.rules.shapes import SEVERITIES
    from notifier.store.contradictions import ContradictionFilter, how_many, listed
    from notifier.store.database import read_only

    states = parse_states(state, ContradictionState) if state else () if all_ else HOLDING
    at_most = limit if json else limit or PAGE
    meant(severity, SEVERITIES, "severity")
    with opened(context, warn=False, reads=True) as house:
        with read_only(house.database) as connection:
            wanted = ContradictionFilter(
                states=states,
                owner=meant_owner(house, connection, owner),
                check=meant_check(house, connection, check),
                severity=severity,
                customer=meant_customer(house, connection, customer),
                group=meant_group(connection, group),
                limit=at_most,
            )
            found = listed(connection, wanted)
            of = how_many(connection, wanted) if len(found) == at_most else len(found)
            grave = replace(wanted, states=[ContradictionState.OPEN], severity="high")
            is_grave = (
                fail
                and ContradictionState.OPEN in (states or ContradictionState)
                and severity in (None, "high")
                and how_many(connection, grave) > 0
            )
            over = () if found or not states else listed(connection, replace(wanted, states=(), limit=None))
        if json:
            print_json([contradiction_document(each) for each in found])
        elif found:
            out().print(contradictions_table(found, at or house.clock(), house.settings.display_timezone))
            if of > len(found):
                print_text(page_text("most urgent", len(found), of))
        else:
            print_text(nothing_found(states, over))
    if is_grave:  # whether it is on this page or not
        raise typer.Exit(FOUND_PROBLEMS)


@app.command()
def show(context: typer.Context, contradiction: Id, at: At = None, json: Json = False) -> None:
    """One contradiction: both sides, the evidence, what it holds, and what people did about it.

    [dim]notifier contradictions show X-7K3QM-X9T2A[/dim]
    """
    from notifier.answers.documents.contradictions import contradiction_card_document
    from notifier.answers.records import NoticeFilter, records
    from notifier.cli.shown.contradictions import contradiction_card
    from notifier.cli.shown.drafts import name_of
    from notifier.cli.shown.people import interventions_text
    from notifier.cli.shown.settling import settlings_text
    from notifier.decisions.contradictions import OBJECT
    from notifier.model.notices import NoticeState
    from notifier.store.contradictions import find
    from notifier.store.database import read_only
    from notifier.store.interventions import interventions_on
    from notifier.store.naming import no_such_contradiction
    from notifier.store.settling import settlings_of

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        found = find(connection, contradiction)
        if found is None:
            raise no_such_contradiction(connection, contradiction)
        done = interventions_on(connection, OBJECT, found.id)
        settlings = settlings_of(connection, [found.id]).get(found.id, ())
        held = records(connection, NoticeFilter(states=[NoticeState.HELD]), house.directory)
        holding = [each.draft for each in held if found.id in each.draft.verdict.contradictions]
        if json:
            holds = [draft.reference for draft in holding]
            print_json(contradiction_card_document(found, holds=holds, interventions=done, settlings=settlings))
            return
        console = out()
        console.print(
            contradiction_card(
                found,
                at or house.clock(),
                timezone=house.settings.display_timezone,
                owner=_owner(house, found.owner),
                holding=[f"{draft.rule} for {name_of(draft)}, {draft.reference}" for draft in holding],
            )
        )
        if done or not settlings:  # of a flood they are decisions about the group
            console.print(interventions_text(done, house.settings.display_timezone))
        for line in settlings_text(settlings, house.settings.display_timezone):
            print_text(line)


@app.command("avoided")
def avoided_(
    context: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option("--since", parser=parse_instant, metavar="TIME", help="Default: 30 days before --at."),
    ] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """What settling them in time spared: visits that were taken off before a crew left, with their cost.

    [dim]notifier contradictions avoided --since 2026-03-01T00:00:00-05:00[/dim]
    """
    from notifier.answers.documents.avoided import avoided_document
    from notifier.cli.shown.reports import avoided_text
    from notifier.store.avoided import Period, avoided
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        until = at or house.clock()
        period = Period(since=since or until - PERIOD, until=until)
        found = avoided(connection, house.project.costs, period)
    if json:
        print_json([avoided_document(each, period) for each in found])
    else:
        print_text("\n".join(avoided_text(each) for each in found) or "Nothing was avoided in this time.")


@app.command()
def explain(
    context: typer.Context, contradiction: Id, html: Html = None, language: Language = None, json: Json = False
) -> None:
    """How it came about, from the log alone: who wrote the promise and the facts, when, from which file or command.

    [dim]notifier contradictions explain X-7K3QM-X9T2A[/dim]
    """
    from notifier.answers.explain import explain as explained
    from notifier.store.database import read_only
    from notifier.store.naming import no_such_contradiction

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        refuse(house, html, json=json)
        found = explained(connection, contradiction, house.project, live=house.settings.live)
        if found is None:
            raise no_such_contradiction(connection, contradiction)
        if json:
            from notifier.answers.documents.explain import explained_document

            print_json(explained_document(found))
            return
        from notifier.cli.sheets.explain import explained_sheet

        give(house, explained_sheet(found, speech_of(house, html, language)), html)


for decision in (ack, resolve, waive, settle, approve):
    app.command()(decision)


@app.command()
def causes(context: typer.Context, at: At = None, json: Json = False) -> None:
    """Why promises were broken: each cause with its owner, how often it was named, and whether it came back.

    [dim]notifier contradictions causes[/dim]
    """
    from notifier.answers.documents.settling import cause_document
    from notifier.cli.shown.settling import causes_table
    from notifier.store.database import read_only
    from notifier.store.settling import causes_counted

    with opened(context, warn=False, reads=True) as house:
        known, now = house.project.causes, at or house.clock()
        with read_only(house.database) as connection:
            counted = causes_counted(connection, now, {name: each.again_within for name, each in known.items()})
        if json:
            print_json([cause_document(name, counted, known) for name in _cause_names(counted, known)])
        elif counted or known:
            names = _cause_names(counted, known)
            out().print(causes_table(names, counted, known, house.settings.display_timezone))
        else:
            print_text("No cause was named yet, and rules/causes.yaml lists none.")


@app.command()
def groups(
    context: typer.Context,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="How many, the latest first. Default: 50.")
    ] = PAGE,
    json: Json = False,
) -> None:
    """Floods: what one look found together, with what it has in common, and how much of it is still open.

    [dim]notifier contradictions groups[/dim]
    """
    from notifier.answers.documents.settling import group_document
    from notifier.cli.shown.settling import groups_table
    from notifier.store import settling
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house:
        with read_only(house.database) as connection:
            found = settling.groups(connection, limit=limit)
        if json:
            print_json([group_document(each, left) for each, left in found])
        elif found:
            out().print(groups_table(found, house.settings.display_timezone))
        else:
            print_text("No flood was found: every contradiction was found alone, or among a few.")


def _cause_names(counted: "Sequence[CountedCause]", known: "Mapping[str, Cause]") -> list[str]:
    """Those that were named, the most frequent first; then those that never were."""
    named = [each.cause for each in counted]
    return [*named, *(name for name in known if name not in named)]


def _owner(house: "House", name: str) -> str:
    owner = house.project.owners.get(name)
    return name if owner is None else f"{owner.name} ({name})"
