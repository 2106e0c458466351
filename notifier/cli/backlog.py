"""`notifier backlog`: what a rule's first pass or a baseline kept from being told; people tell or drop it."""

from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.naming import meant_rule
from notifier.cli.options import At, By, Json, Reason, group

if TYPE_CHECKING:
    from notifier.decisions.backlog import Drop, Tell
    from notifier.wiring import House

app = group("backlog", "What a first pass or a baseline kept from being told: list, tell, drop.")

OfRule = Annotated[str, typer.Argument(metavar="RULE", help="The rule, as the list prints it.")]
Subjects = Annotated[
    list[str] | None, typer.Argument(metavar="[ROW]…", help="Ids of the rows that are meant. Default: all of the rule.")
]


@app.command("list")
def list_(
    context: typer.Context,
    rule: Annotated[str | None, typer.Option("--rule", metavar="RULE", help="Each thing of this rule.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="With --rule: how many, the oldest first.")] = 200,
    at: At = None,
    json: Json = False,
) -> None:
    """How much each rule does not tell, since when and why; with --rule, the rows.

    [dim]notifier backlog list --rule installation-reminder[/dim]
    """
    from notifier.answers.documents.backlog import backlog_count_document, backlog_entry_document
    from notifier.cli.shown.backlog import counts_table, entries_table
    from notifier.store.database import read_only
    from notifier.store.outbox.backlog import backlog_counts, backlog_entries

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        rule = meant_rule(house, connection, rule)
        live, timezone = house.settings.live, house.settings.display_timezone
        counts = backlog_counts(connection, live=live, now=at or house.clock(), rule=rule)
        entries = backlog_entries(connection, rule=rule, live=live, limit=limit) if rule is not None else ()
    if json:
        print_json(
            [backlog_entry_document(each) for each in entries]
            if rule is not None
            else [backlog_count_document(each) for each in counts]
        )
    elif not counts:
        print_text("Nothing is in the backlog." if rule is None else f"Rule {rule} has no backlog.")
    else:
        out().print(counts_table(counts, timezone) if rule is None else entries_table(entries, timezone))
        total = sum(each.count for each in counts)
        if rule is not None and total > len(entries):
            print_text(f"{total - len(entries)} more; --limit shows them.")


@app.command()
def tell(context: typer.Context, rule: OfRule, by: By, reason: Reason, subject: Subjects = None, at: At = None) -> None:
    """Tell it after all: the next tick plans it like everything else, where it is still true and still helps.

    [dim]notifier backlog tell installation-reminder A-17 A-18 --by marta --reason 'nobody told them before'[/dim]
    """

    def decision(house: "House") -> "Tell":
        from notifier.decisions.backlog import Tell

        known = house.project.rules.get(rule)
        about = None if known is None else known.about
        live, rules = house.settings.live, house.project.rules
        return Tell(rule, tuple(subject or ()), live=live, known=rules, about=about)

    carry_out(context, decision, by, reason, at)


@app.command()
def drop(context: typer.Context, rule: OfRule, by: By, reason: Reason, subject: Subjects = None, at: At = None) -> None:
    """Never tell it, not even when it turns false and true again; the list no longer shows it.

    [dim]notifier backlog drop outage-in-your-zone I-3 --by marta --reason 'told by phone'[/dim]
    """
    from notifier.decisions.backlog import Drop

    def decision(house: "House") -> "Drop":
        return Drop(rule, tuple(subject or ()), live=house.settings.live, known=house.project.rules)

    carry_out(context, decision, by, reason, at)
