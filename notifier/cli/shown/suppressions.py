"""Suppressed addresses become a table."""

from collections.abc import Iterable

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.texts import one_line
from notifier.store.outbox.suppressions import Suppression


def suppressions_table(suppressions: Iterable[Suppression], timezone: str) -> Listing:
    """One row an address: since when and why, and the notice whose message was refused."""
    table = Listing("address", "since", "why", "notice")
    for each in suppressions:
        table.add(
            Text.assemble((each.channel.value, "dim"), f"\n{each.address}"),
            instant_text(each.since, timezone),
            Text(one_line(each.reason)),
            f"{each.reference}\n{each.recipient_id or ''}",
        )
    return table
