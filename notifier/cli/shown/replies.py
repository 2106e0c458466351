"""Which notices make people write back becomes a table."""

from collections.abc import Iterable

from notifier.cli.shown.listing import Listing
from notifier.store.replies import RuleReplies


def replies_table(found: Iterable[RuleReplies]) -> Listing:
    """One row for each rule, those that make people write most, first."""
    table = Listing("rule", "replies per 100", "replies", "told", "confirmed", "opted out")
    for each in found:
        counts = (each.replies, each.told, each.confirmed, each.opted_out)
        table.add(each.rule, f"{each.per_hundred:.1f}", *(str(count) for count in counts))
    return table
