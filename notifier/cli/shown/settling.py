"""How contradictions came to their end, what that releases, causes and floods: as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.text import Text

from notifier.answers.held import HeldNotices
from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.digests import canonical_number
from notifier.model.durations import duration_text
from notifier.model.settling import SECOND, Group, Settling
from notifier.model.texts import one_line
from notifier.rules.checked_owners import Cause
from notifier.store.settling import CountedCause

LISTED = 10
"""Notices that are named one by one; of more, the rest is counted."""


def freed_text(held: HeldNotices) -> Iterator[str]:
    """What it held, and what becomes of that: with the references by which people find the notices."""
    for becomes, heading in (
        ("released", "Releases"),
        ("cancelled", "Cancels"),
        ("held", "Still held"),
    ):
        found = [each for each in held.notices if each.becomes == becomes]
        if not found:
            continue
        then = ", at the next tick" if becomes != "held" else ""
        yield f"{heading} {len(found)} notice{'s' if len(found) > 1 else ''}{then}:"
        for each in found[:LISTED]:
            why = f": {one_line(each.reason)}" if becomes == "cancelled" else ""
            yield f"  {each.notice}  {each.rule}, customer {each.customer or '-'}{why}"
        if len(found) > LISTED:
            yield f"  and {len(found) - LISTED} more"
    if held.more:
        yield f"{held.more} more notices were held: notifier notices list --state held"


def settlings_text(settlings: Iterable[Settling], timezone: str) -> Iterator[str]:
    """One paragraph for each time that somebody took it to an end."""
    for each in settlings:
        yield f"{instant_text(each.at, timezone)}  {each.way.value} by {one_line(each.by)}: {one_line(each.reason)}"
        rows = (
            ("cause", each.cause),
            ("action", each.action),
            ("corrects", each.owner),
            ("until", None if each.due_at is None else instant_text(each.due_at, timezone)),
            ("evidence", each.evidence),
            ("remedy", each.remedy),
            ("next", each.next_step),
            ("credit", None if each.credit is None else f"{canonical_number(each.credit)} {each.currency}"),
            ("override", each.override),
            ("approved by", each.approved_by),
            ("waits for", _waits(each)),
            ("told", None if each.told_at is None else instant_text(each.told_at, timezone)),
            ("group", each.group_id),
        )
        for name, value in rows:
            if value is not None:
                yield f"    {name}: {one_line(value)}"


def _waits(settling: Settling) -> str | None:
    if settling.waits_for is None or settling.approved_at is not None:
        return None
    who = "a second person" if settling.waits_for == SECOND else settling.waits_for
    return f"{who} (notifier contradictions approve)"


def causes_table(
    names: Sequence[str], counted: Sequence[CountedCause], known: Mapping[str, Cause], timezone: str
) -> Listing:
    """Two lines a cause."""
    found = {each.cause: each for each in counted}
    table = Listing("cause", "owner", "named", "last")
    for name in names:
        cause, count = known.get(name), found.get(name)
        pattern = count is not None and count.lately > 1
        within = duration_text(cause.again_within) if cause is not None else ""
        lately = f"{count.lately} within {within}" if count is not None and within else ""
        table.add(
            Text.assemble((name, "bold"), "\n", one_line(cause.about) if cause is not None else "no longer listed"),
            Text(cause.owner if cause is not None else "-"),
            Text.assemble(str(count.count if count is not None else 0), "\n", (lately, "bold red" if pattern else "")),
            Text.assemble(
                instant_text(count.last_at, timezone) if count is not None else "never",
                "\n",
                ("came back" if pattern else "", "bold red"),
            ),
        )
    return table


def groups_table(groups: Sequence[tuple[Group, int]], timezone: str) -> Listing:
    """Two lines a flood."""
    table = Listing("id", "check", "in common", "left")
    for group, left in groups:
        common = [f"{each.what} {each.value}" for each in group.causes]
        table.add(
            Text.assemble(group.id, "\n", instant_text(group.opened_at, timezone)),
            Text.assemble((group.check, "bold"), f"\n{group.owner}"),
            Text("\n".join(common[:2]) or "nothing"),
            Text.assemble((f"{left:,}", "bold red" if left else "green"), f"\nof {group.count:,}"),
        )
    return table
