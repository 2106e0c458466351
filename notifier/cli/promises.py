"""`notifier promise`: what somebody said to a customer, recorded with who said it, where, and the evidence."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_text
from notifier.cli.deciding import carry_out, decided
from notifier.cli.options import At, By, Json, Reason, group, parse_instant

if TYPE_CHECKING:
    from notifier.decisions.decision import Decision
    from notifier.decisions.promises import Standing
    from notifier.wiring import House

app = group("promise", "What customers were promised: record it with evidence, withdraw it.")


@app.command()
def add(
    context: typer.Context,
    subject: Annotated[str, typer.Option("--subject", metavar="TYPE:ID", help="contract:K-1, order:…, appointment:…")],
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="One of rules/topics.yaml.")],
    value: Annotated[str, typer.Option("--value", metavar="VALUE", help="Read by the topic's type: 79900, true, …")],
    source: Annotated[
        str, typer.Option("--source", metavar="SOURCE", help="sales, quote, contract, web, social, agent, robot.")
    ],
    by: By,
    reason: Reason,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="For money: COP, USD, …")] = None,
    tax_included: Annotated[bool | None, typer.Option("--tax-included/--tax-excluded")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID")] = None,
    made_at: Annotated[
        datetime | None, typer.Option("--made-at", parser=parse_instant, metavar="TIME", help="Default: now.")
    ] = None,
    made_by: Annotated[str | None, typer.Option("--made-by", metavar="NAME", help="Who said it.")] = None,
    due_at: Annotated[datetime | None, typer.Option("--due-at", parser=parse_instant, metavar="TIME")] = None,
    channel: Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help="Where it was said.")] = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence", metavar="TEXT", help="A call and its minute, a document and its clause.")
    ] = None,
    valid_from: Annotated[datetime | None, typer.Option("--valid-from", parser=parse_instant, metavar="TIME")] = None,
    valid_until: Annotated[datetime | None, typer.Option("--valid-until", parser=parse_instant, metavar="TIME")] = None,
    promise_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Default: a new one.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Records a promise. The next tick compares it with every fact it is about.

    [dim]notifier promise add --subject contract:K-1 --topic monthly_price --value 79900 --currency COP --source sales
    --made-by 'agent 4471' --evidence 'call 8841, 03:10' --by marta --reason 'from the recording'[/dim]
    """
    from notifier.answers.documents import json_text
    from notifier.decisions.promises import AddPromise, new_promise_id

    columns = {
        "customer_id": customer,
        "subject": subject,
        "topic": topic,
        "value": value,
        "currency": currency,
        "tax_included": tax_included,
        "made_at": made_at,
        "due_at": due_at,
        "made_by": made_by,
        "source": source,
        "channel": channel,
        "evidence": evidence,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }

    def decision(house: "House") -> "Decision[Standing]":
        name = new_promise_id(at or house.clock()) if promise_id is None else promise_id
        return AddPromise(name, columns, house.imports)

    made = decided(context, decision, by, reason, at)
    if json:
        print_text(json_text({"id": made.objects[0].id}))
    else:
        print_text(made.sentence)


@app.command()
def withdraw(
    context: typer.Context,
    promise_id: Annotated[str, typer.Argument(metavar="ID", help="The promise's id.")],
    by: By,
    reason: Reason,
    at: At = None,
) -> None:
    """Marks a promise as withdrawn: checks no longer compare it. It stays on record.

    [dim]notifier promise withdraw P-101 --by marta --reason 'recorded for the wrong contract'[/dim]
    """
    from notifier.decisions.promises import WithdrawPromise

    carry_out(context, lambda _: WithdrawPromise(promise_id), by, reason, at)
