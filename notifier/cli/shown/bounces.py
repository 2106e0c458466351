"""Mails that came back become a table."""

from collections.abc import Iterable, Mapping

from rich.text import Text

from notifier.bounces.bounce import BounceKind
from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.texts import one_line
from notifier.store.bounces import KeptBounce

SHOWN_OF_ID = 18
"""Letters of an id that are enough to tell it from others."""


def bounces_table(bounces: Iterable[KeptBounce], timezone: str) -> Listing:
    """One row a mail: when it came and from where, what it says, and of which notice; without one, its id."""
    table = Listing("came", "says", "notice")
    for each in bounces:
        notice = each.reference or f"leads nowhere\n{each.id[:SHOWN_OF_ID]}"
        doubt = "" if each.proven or each.reference is None else "\nnamed, not proven"
        table.add(
            f"{instant_text(each.received_at, timezone)}\n{each.reporter or each.way}",
            Text.assemble((each.meaning.kind.value, "dim"), f"\n{one_line(each.meaning.reason)}"),
            f"{notice}{doubt}",
        )
    return table


def counts_text(counts: Mapping[BounceKind | None, int]) -> str:
    """`14 days: 3 hard, 1 soft; 2 lead nowhere`."""
    kinds = [f"{counts[kind]} {kind.value}" for kind in BounceKind if counts.get(kind)]
    if not kinds:
        return "Nothing came back in the last 14 days."
    return f"In the last 14 days: {', '.join(kinds)}; {counts.get(None, 0)} lead nowhere."
