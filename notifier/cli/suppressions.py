"""`notifier suppressions`: addresses that are not written to any more, until a person lifts one."""

from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_text
from notifier.cli.deciding import carry_out
from notifier.cli.house import opened
from notifier.cli.options import At, By, Channel, Json, Reason, group, parse_channel

app = group("suppressions", "Addresses that their provider refused for good (opted out, dead): list, lift.")


@app.command("list")
def list_(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the latest first.")] = 50,
    json: Json = False,
) -> None:
    """The addresses that are not written to any more, the latest first, each with the reason and the notice.

    [dim]notifier suppressions list[/dim]
    """
    from notifier.answers.documents.suppressions import suppression_document
    from notifier.cli.shown.suppressions import suppressions_table
    from notifier.store.database import read_only
    from notifier.store.outbox.suppressions import suppressions

    with opened(context, warn=False, reads=True) as house, read_only(house.database) as connection:
        found = suppressions(connection, live=house.settings.live, limit=limit)
        timezone = house.settings.display_timezone
    if json:
        print_json([suppression_document(each) for each in found])
    elif found:
        out().print(suppressions_table(found, timezone))
    else:
        print_text("No suppressed addresses.")


@app.command()
def lift(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="As the list prints it: +573001234567.")],
    by: By,
    reason: Reason,
    channel: Channel = None,
    at: At = None,
) -> None:
    """Write to this address again: the next tick plans what its customers are to be told.

    If the provider still refuses it (opt-outs are often kept there, too), the next message suppresses it again.

    [dim]notifier suppressions lift +573001234567 --by marta --reason 'the customer asked to be told again'[/dim]
    """
    from notifier.decisions.suppressions import Lift

    wanted = parse_channel(channel)
    carry_out(context, lambda house: Lift(address, wanted, live=house.settings.live), by, reason, at)
