"""`notifier contradictions ack`, `resolve`, `waive`, `settle`, `approve`: what people decide about one, or a flood."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.options import At, By, Json, Reason, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.decisions.contradictions import OfContradiction
    from notifier.rules.checked_owners import Authority
    from notifier.wiring import House

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
    from notifier.rules.catalogue import CAUSES

    if keep not in (None, "fact"):
        raise typer.BadParameter(f"--keep takes 'fact', not '{keep}'")

    def decision(house: "House") -> "OfContradiction":
        house.project.refuse_errors_in(CAUSES)
        known = house.project.causes
        needed = "resolve" in house.project.cause_needed_by
        closing = Closing(cause=cause, action=action, known=known, needed=needed)
        if keep is not None:
            return KeepFact(contradiction or "", closing)
        return Resolve(contradiction or "", house.project.checks, house.project.schema, closing)

    _decide(context, decision, by, reason, at, group=_one_or(contradiction, group, count), json=json)


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

    def decision(house: "House") -> Waive:
        zone = house.settings.default_timezone or "UTC"
        return Waive(contradiction or "", until, owners=house.project.owners, timezone=zone)

    one = _one_or(contradiction, group, count)
    _decide(context, decision, by, reason, at, group=one, json=json)


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
    from notifier.rules.catalogue import AUTHORITY

    def authority(house: "House") -> "Authority":
        house.project.refuse_errors_in(AUTHORITY)
        return house.project.authority

    one = _one_or(contradiction, group, count)
    if one is not None:
        name, number = one
        carry_out(context, lambda house: ApproveForGroup(name, number, authority(house)), by, reason, at)
        return
    _decide(
        context,
        lambda house: ApproveSettling(contradiction or "", authority(house)),
        by,
        reason,
        at,
        group=None,
        json=json,
    )


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
