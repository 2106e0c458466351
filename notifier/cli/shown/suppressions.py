"""Suppressed addresses become a table."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text

from notifier.cli.shown.values import instant_text
from notifier.model.texts import one_line
from notifier.store.outbox.suppressions import Suppression


def suppressions_table(suppressions: Iterable[Suppression], timezone: str) -> Table:
    """One row an address: since when and why, and the notice whose message was refused."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("address", overflow="fold")
    table.add_column("since", overflow="fold", max_width=20)
    table.add_column("why", overflow="fold")
    table.add_column("notice", no_wrap=True)
    for each in suppressions:
        table.add_row(
            Text.assemble((each.channel.value, "dim"), f"\n{each.address}"),
            instant_text(each.since, timezone),
            Text(one_line(each.reason)),
            f"{each.reference}\n{each.recipient_id or ''}",
        )
    return table
