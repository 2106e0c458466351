"""`notifier suppressions`: addresses that are not written to any more; people lift one."""

from typing import Annotated

import typer

from notifier.cli.console import out, print_json, print_text
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

    with opened(context, warn=False) as house, read_only(house.database) as connection:
        found = suppressions(connection, live=house.settings.live, limit=limit)
        timezone = house.settings.default_timezone
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
    """Write to this address again: the next tick looks at all that its customers are to be told.

    A provider that still refuses it (an opt-out is often kept there, too) suppresses it again with the next message.

    [dim]notifier suppressions lift +573001234567 --by marta --reason 'the customer asked to be told again'[/dim]
    """
    from notifier.store.outbox import suppressions

    wanted = parse_channel(channel)
    with opened(context, warn=False) as house, house.writing() as connection:
        live, now = house.settings.live, at or house.clock()
        on = suppressions.lift(connection, address, channel=wanted, live=live, by=by, reason=reason, now=now)
    print_text(f"{on} may be sent to {address.strip()} again; the next tick looks at what still helps.")
