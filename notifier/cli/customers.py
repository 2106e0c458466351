"""`notifier customer`: everything that is known of a person, and how it is forgotten."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notifier.cli.console import print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.options import At, By, Reason, group

if TYPE_CHECKING:
    from notifier.decisions.customers import Forget
    from notifier.wiring import House

app = group("customer", "What is known of a person: export, forget, readmit.")
Who = Annotated[
    str, typer.Argument(metavar="WHO", help="The customer: id, name, phone, mail, or the reference of a notice.")
]


@app.command()
def export(
    context: typer.Context,
    who: Who,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write it there. Default: to stdout.")
    ] = None,
) -> None:
    """All that the database holds of a person, as one JSON document: what you owe to whoever asks for their data.

    Rows, notices with texts and addresses, receipts, replies, bounces, consent, promises, decisions.

    [dim]notifier customer export C-1042 --json ana.json[/dim]
    """
    from notifier.answers.documents.customers import customer_document
    from notifier.answers.documents.values import json_text
    from notifier.answers.exports import everything_of
    from notifier.cli.naming import meant_customer
    from notifier.cli.output_files import is_customer_document, refuse_to_overwrite, write_private
    from notifier.store.database import read_only

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        if json is not None:
            refuse_to_overwrite(house, json, "--json", made_by_us=is_customer_document)
        customer = meant_customer(house, connection, who) or ""
        found = everything_of(connection, customer, house.directory, live=house.settings.live, now=house.clock())
    document = customer_document(found)
    if json is None:
        print_json(document)
        return
    write_private(json, json_text(document) + "\n", "--json")
    print_text(f"{json} has all that is known of {customer}; it names them, so keep it as such.")


@app.command()
def forget(context: typer.Context, who: Who, by: By, reason: Reason, at: At = None) -> None:
    """Forget a person: name, addresses, texts and rows go. That they were told, when and where, stays, without a name.

    What was not sent is cancelled. A later import of the same id or address is not written, and counted. The reason
    must not name them.

    [dim]notifier customer forget C-1042 --by marta --reason 'asked for it in writing, case 77'[/dim]
    """
    from notifier.store.database import read_only

    def decision(house: "House") -> "Forget":
        from notifier.cli.naming import meant_customer
        from notifier.decisions.customers import Forget

        with read_only(house.database) as connection:
            return Forget(meant_customer(house, connection, who) or "")

    carry_out(context, decision, by, reason, at)


@app.command()
def readmit(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO", help="The id, the phone or the mail that was forgotten.")],
    by: By,
    reason: Reason,
    at: At = None,
) -> None:
    """Let an id or address come back that was forgotten: the person returned, or the number has another owner.

    What was blanked stays so. Each id and each address is readmitted apart.

    [dim]notifier customer readmit +573001234567 --by marta --reason 'the number has another owner'[/dim]
    """
    from notifier.decisions.customers import Readmit

    carry_out(context, lambda house: Readmit(who, house.settings.default_country), by, reason, at)
