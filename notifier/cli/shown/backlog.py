"""What rules do not tell because of their first pass or a baseline becomes tables."""

from collections.abc import Iterable, Mapping

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.notices import ReasonCode
from notifier.store.outbox.backlog import BacklogCount, BacklogEntry

WHY: Mapping[ReasonCode, str] = {
    ReasonCode.BACKLOG: "it was true before the rule's first pass",
    ReasonCode.BASELINE: "it came with a baseline",
}


def counts_table(counts: Iterable[BacklogCount], timezone: str) -> Listing:
    """One row for each rule, kind and cause."""
    table = Listing("rule", "not told", "why", "since")
    for each in counts:
        over = f", {each.over} too late now" if each.over else ""
        since = instant_text(each.first, timezone)
        table.add(each.rule, f"{each.count} {_kind(each.kind)}{over}", WHY[each.cause], since)
    return table


def entries_table(entries: Iterable[BacklogEntry], timezone: str) -> Listing:
    """One row for each thing that is not told."""
    table = Listing("row", "customer", "not told", "why", "since")
    for each in entries:
        until = "" if each.until is None else f"\nhelps until {instant_text(each.until, timezone)}"
        row = each.subject_id if each.each_id is None else f"{each.subject_id}\n{each.each_id}"
        reference = "" if each.reference is None else f"\n{each.reference}"
        table.add(
            row,
            each.recipient_id or "",
            f"{_kind(each.kind)}{reference}",
            f"{WHY[each.cause]}{until}",
            instant_text(each.since, timezone),
        )
    return table


def _kind(kind: str) -> str:
    return kind.replace("_", "-")
