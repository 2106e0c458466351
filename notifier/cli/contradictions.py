"""`notifier contradictions`: promises that a fact contradicts; people acknowledge, settle, resolve or waive them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.errors import FOUND_PROBLEMS
from notifier.cli.house import opened
from notifier.cli.naming import meant, meant_check, meant_customer, meant_group, meant_owner
from notifier.cli.options import At, By, Json, OfCustomer, Reason, parse_instant, parse_states
from notifier.cli.options import group as command_group
from notifier.cli.sheets.giving import Html, Language, give, refuse, speech_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.decisions.contradictions import OfContradiction
    from notifier.rules.checked import Cause
    from notifier.store.settling import CountedCause
    from notifier.wiring import House

app = command_group("contradictions", "Promises that a fact contradicts: list, show, acknowledge, settle, waive.")

PAGE = 50
"""How many a table shows."""
PERIOD = timedelta(days=30)
"""How far back what was avoided is counted, where nobody says."""

OneId = Annotated[
    str | None, typer.Argument(metavar="ID", help="The contradiction's id, as it was read out: x-7k3qm x9t2a.")
]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="ID", help="All that is open of a flood, instead of one: g-7k3qm x9t2a."),
]
Count = Annotated[
    int | None, typer.Option("--count", min=1, help="With --group: how many you mean. Refused where there are others.")
]
CauseOption = Annotated[
    str | None, typer.Option("--cause", metavar="NAME", help="Why the promise was broken: of rules/causes.yaml.")
]
ActionOption = Annotated[str | None, typer.Option("--action", metavar="TEXT", help="What is done about the cause.")]
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


@app.command()
def ack(
    context: typer.Context,
    by: By,
    reason: Reason,
    contradiction: OneId = None,
    group: Group = None,
    count: Count = None,
    at: At = None,
) -> None:
    """Its owner has seen it and works on it. What it holds stays held; no step wakes anybody any more.

    [dim]notifier contradictions ack X-7K3QM-X9T2A --by marta --reason 'billing is correcting the charge'[/dim]
    """
    from notifier.decisions.contradictions import Acknowledge

    one = _one_or(contradiction, group, count)
    _decide(context, lambda _: Acknowledge(contradiction or ""), by, reason, at, group=one, frees=False)


@app.command()
def resolve(
    context: typer.Context,
    by: By,
    reason: Reason,
    contradiction: OneId = None,
    keep: Annotated[
        str | None, typer.Option("--keep", metavar="fact", help="The fact stands; the promise is withdrawn.")
    ] = None,
    cause: CauseOption = None,
    action: ActionOption = None,
    group: Group = None,
    count: Count = None,
    json: Json = False,
    at: At = None,
) -> None:
    """Both sides agree again. Refused while they do not, unless --keep fact withdraws the promise.

    [dim]notifier contradictions resolve X-7K3QM-X9T2A --by marta --reason 'charge corrected to 79,900'[/dim]
    """
    from notifier.decisions.closing import Closing
    from notifier.decisions.contradictions import KeepFact, Resolve

    if keep not in (None, "fact"):
        raise typer.BadParameter(f"--keep takes 'fact', not '{keep}'")

    def decision(house: "House") -> "OfContradiction":
        known = house.project.causes
        needed = "resolve" in house.project.cause_needed_by
        closing = Closing(cause=cause, action=action, known=known, needed=needed)
        if keep is not None:
            return KeepFact(contradiction or "", closing)
        return Resolve(contradiction or "", house.project.checks, house.project.schema, closing)

    _decide(context, decision, by, reason, at, group=_one_or(contradiction, group, count), json=json)


@app.command()
def waive(
    context: typer.Context,
    by: By,
    reason: Reason,
    contradiction: OneId = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=parse_instant, metavar="TIME", help="The end of the waiver. Default: none."),
    ] = None,
    group: Group = None,
    count: Count = None,
    json: Json = False,
    at: At = None,
) -> None:
    """The difference is accepted, for just these two values: another value reopens it.

    [dim]notifier contradictions waive X-7K3QM-X9T2A --by marta --reason 'customer agreed on the phone, call 9107'[/dim]
    """
    from notifier.decisions.contradictions import Waive

    one = _one_or(contradiction, group, count)
    _decide(context, lambda _: Waive(contradiction or "", until), by, reason, at, group=one, json=json)


@app.command()
def settle(
    context: typer.Context,
    by: By,
    reason: Reason,
    contradiction: OneId = None,
    honour: Annotated[
        bool, typer.Option("--honour", help="The promise stands: --owner corrects the fact, --until then.")
    ] = False,
    tell: Annotated[
        bool,
        typer.Option("--tell", help="The customer hears of it first: --remedy, --next. A person approves the words."),
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="The fact stands, and --evidence shows why the promise does not.")
    ] = False,
    cause: CauseOption = None,
    action: ActionOption = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="TEAM", help="Who corrects the fact.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=parse_instant, metavar="TIME", help="By when. Then it comes back."),
    ] = None,
    remedy: Annotated[str | None, typer.Option("--remedy", metavar="TEXT", help="What the customer gets.")] = None,
    next_: Annotated[
        str | None, typer.Option("--next", metavar="TEXT", help="What happens next, for the customer.")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help="A recording, a contract, a mail.")
    ] = None,
    credit: Annotated[
        str | None, typer.Option("--credit", metavar="AMOUNT", help="What is given: '20000 COP'. See authority.yaml.")
    ] = None,
    override: Annotated[
        str | None, typer.Option("--override", metavar="WHY", help="Break the procedure, and say why. Kept for good.")
    ] = None,
    group: Group = None,
    count: Count = None,
    json: Json = False,
    at: At = None,
) -> None:
    """A way out: honour the promise, tell the customer first, or withdraw the promise with evidence.

    [dim]notifier contradictions settle X-7K3QM-X9T2A --honour --owner billing --until 2026-03-04T12:00:00-05:00
    --cause price-list --action 'the list is checked by two' --by marta --reason 'the seller promised it'[/dim]
    """
    from notifier.cli.settling import SettleOptions

    options = SettleOptions(
        ways={"--honour": honour, "--tell": tell, "--withdraw": withdraw},
        cause=cause,
        action=action,
        owner=owner,
        until=until,
        remedy=remedy,
        next_step=next_,
        evidence=evidence,
        credit=credit,
        override=override,
    )
    options.check()
    one = _one_or(contradiction, group, count)
    _decide(context, lambda house: options.decision(house, contradiction or ""), by, reason, at, group=one, json=json)


@app.command()
def approve(
    context: typer.Context,
    by: By,
    reason: Reason,
    contradiction: OneId = None,
    group: Group = None,
    count: Count = None,
    json: Json = False,
    at: At = None,
) -> None:
    """A second person agrees to a settling that gives more than one person may give alone.

    [dim]notifier contradictions approve X-7K3QM-X9T2A --by luisa --reason 'agreed with the customer'[/dim]
    """
    from notifier.decisions.groups import ApproveForGroup
    from notifier.decisions.settling import ApproveSettling

    one = _one_or(contradiction, group, count)
    if one is not None:
        name, number = one
        carry_out(context, lambda house: ApproveForGroup(name, number, house.project.authority), by, reason, at)
        return
    _decide(
        context,
        lambda house: ApproveSettling(contradiction or "", house.project.authority),
        by,
        reason,
        at,
        group=None,
        json=json,
    )


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


def _one_or(contradiction: str | None, group: str | None, count: int | None) -> tuple[str, int | None] | None:
    """The group, with the number that its decider means; None for one contradiction. Refuses both, and neither."""
    if (contradiction is None) == (group is None):
        raise typer.BadParameter("give the ID of one contradiction, or --group with --count")
    if group is None and count is not None:
        raise typer.BadParameter("--count goes with --group")
    return None if group is None else (group, count)


def _decide(
    context: typer.Context,
    decision: "Callable[[House], OfContradiction]",
    by: str,
    reason: str,
    at: datetime | None,
    *,
    group: tuple[str, int | None] | None,
    json: bool = False,
    frees: bool = True,
) -> None:
    """Carry it out, and print what came of it, with what that releases, cancels or keeps held."""
    from notifier.answers.documents.settling import settled_document
    from notifier.answers.held import HeldNotices, held_by
    from notifier.cli.settling import decided_about
    from notifier.cli.shown.settling import freed_text

    freed = HeldNotices()
    with opened(context, warn=False) as house:
        now = at or house.clock()
        with house.writing() as connection:
            about, done = decided_about(connection, decision(house), group, by=by, reason=reason, now=now)
            if frees:
                freed = held_by(lambda: house.ruleset, connection, about, now, live=house.settings.live)
    if json:
        print_json(settled_document(done.sentence, about, freed))
        return
    print_text(done.sentence)
    for line in freed_text(freed):
        print_text(line)


def _owner(house: "House", name: str) -> str:
    owner = house.project.owners.get(name)
    return name if owner is None else f"{owner.name} ({name})"
