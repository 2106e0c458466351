"""`notifier promise`: what somebody said to a customer, recorded with who said it, where, and the evidence."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.deciding import carry_out, decided
from notifier.cli.house import opened
from notifier.cli.naming import meant, meant_customer
from notifier.cli.options import At, By, Json, OfCustomer, Reason, group, parse_instant, parse_one
from notifier.cli.promise_reading import read_

if TYPE_CHECKING:
    import sqlalchemy as sa

    from notifier.decisions.decision import Decision
    from notifier.decisions.promises import Standing
    from notifier.wiring import House

app = group(
    "promise", "What customers were promised: list it, record it with evidence, read it from a text, withdraw it."
)
app.command("read")(read_)


@app.command("list")
def list_(
    context: typer.Context,
    customer: OfCustomer = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="TYPE:ID", help="contract:K-1, order:…, appointment:…")
    ] = None,
    topic: Annotated[str | None, typer.Option("--topic", metavar="TOPIC", help="One of rules/topics.yaml.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", metavar="STATE", help="open, kept, broken, superseded, withdrawn. May be repeated."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = 50,
    json: Json = False,
) -> None:
    """What was promised, the latest first: by whom, about what, with which evidence, and what became of it.

    [dim]notifier promise list --customer 'Ana Ruiz'[/dim]
    """
    from notifier.answers.documents.promises import listed_promise_document
    from notifier.cli.shown.promises import promises_table
    from notifier.model.vocabulary import VALUES
    from notifier.store.database import read_only
    from notifier.store.state.promises import PromiseFilter, promises

    words = VALUES["promise"]
    states = [parse_one(each, words["state"], "state") for each in state or ()]
    about = None
    if subject is not None:
        kind, colon, row = subject.partition(":")
        if not colon or not row:
            raise typer.BadParameter(f"'{subject}' is no row; write TYPE:ID, for example contract:K-1")
        about = (parse_one(kind, words["subject_type"], "type of row"), row)
    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        meant(topic, house.project.topics, "topic")
        who = meant_customer(house, connection, customer)
        if about is not None:
            _say_where_there_is_no_row(connection, about)
        wanted = PromiseFilter(customer=who, subject=about, topic=topic, states=states, limit=limit)
        found = promises(connection, wanted)
    if json:
        print_json([listed_promise_document(each) for each in found])
    elif found:
        out().print(promises_table(found, house.project.topics, house.settings.display_timezone))
    else:
        print_text("No promises.")


@app.command()
def add(
    context: typer.Context,
    subject: Annotated[str, typer.Option("--subject", metavar="TYPE:ID", help="contract:K-1, order:…, appointment:…")],
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="One of rules/topics.yaml.")],
    value: Annotated[str, typer.Option("--value", metavar="VALUE", help="Read by the topic's type: 79900, true, …")],
    source: Annotated[
        str, typer.Option("--source", metavar="SOURCE", help="sales, quote, contract, order, agent, robot, …")
    ],
    by: By,
    reason: Reason,
    currency: Annotated[str | None, typer.Option("--currency", metavar="CODE", help="For money: COP, USD, …")] = None,
    tax_included: Annotated[bool | None, typer.Option("--tax-included/--tax-excluded")] = None,
    customer: OfCustomer = None,
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
    replaces: Annotated[
        str | None,
        typer.Option("--replaces", metavar="ID", help="The promise that it takes the place of, if its source may."),
    ] = None,
    promise_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Default: a new one.")] = None,
    at: At = None,
    json: Json = False,
) -> None:
    """Records a promise. The next tick compares it with every fact it is about.

    [dim]notifier promise add --subject contract:K-1 --topic monthly_price --value 79900 --currency COP --source sales
    --made-by 'agent 4471' --evidence 'call 8841, 03:10' --by marta --reason 'from the recording'[/dim]
    """
    from notifier.answers.documents.promises import promise_document
    from notifier.decisions.promises import AddPromise, new_promise_id
    from notifier.model.vocabulary import VALUES

    columns = {
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
        "replaces": replaces,
    }

    def decision(house: "House") -> "Decision[Standing]":
        name = new_promise_id(at or house.clock()) if promise_id is None else promise_id
        with house.reading() as reader:
            who = meant_customer(house, reader.connection, customer)
            kind, _, row = subject.partition(":")
            if kind in VALUES["promise"]["subject_type"]:
                _say_where_there_is_no_row(reader.connection, (kind, row))
        return AddPromise(name, {**columns, "customer_id": who}, house.imports)

    made = decided(context, decision, by, reason, at)
    if json:
        print_json(promise_document(made.objects[0].id))
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


def _say_where_there_is_no_row(connection: "sa.Connection", about: tuple[str, str]) -> None:
    """A promise may come before the row that it is about; a slip looks the same, so it is said on stderr."""
    from notifier.store.naming import is_row, no_such_row

    if not is_row(connection, *about):
        print_problems([f"{no_such_row(connection, *about)}; nothing is compared before it comes"])
