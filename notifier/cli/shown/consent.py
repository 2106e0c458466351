"""What the consent ledger says of addresses becomes a table."""

from collections.abc import Iterable

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import instant_text
from notifier.model.consent import Entry, Ledger, Standing
from notifier.model.types import Address, NoticeClass


def standings_table(places: Iterable[Address], ledger: Ledger, timezone: str) -> Listing:
    """One row for each address and each way in which it stands: the classes together that stand alike."""
    table = Listing("address", "classes", "holds", "since")
    for place in places:
        alike: dict[Standing, list[NoticeClass]] = {}
        for (where, notice_class), held in ledger.items():
            if where == place:
                alike.setdefault(held, []).append(notice_class)
        for held, classes in alike.items():
            blocked = ", and the provider blocks it" if held.blocked else ""
            table.add(_address(place), ", ".join(classes), f"{held.text}{blocked}", instant_text(held.since, timezone))
        if not alike:
            table.add(_address(place), "", "nothing was said", "")
    return table


def history_table(entries: Iterable[Entry], timezone: str) -> Listing:
    """All that was said, the latest first; entries of one moment together."""
    table = Listing("said", "word", "classes", "by", "why")
    alike: dict[tuple[object, ...], list[Entry]] = {}
    for each in entries:
        alike.setdefault((each.at, each.address, each.word, each.by, each.reason, each.register), []).append(each)
    for group in reversed(list(alike.values())):
        first = group[0]
        who = first.by if first.register is None else f"{first.by}\n{first.register}"
        table.add(
            Text.assemble(instant_text(first.at, timezone), (f"\n{first.address[0]}", "dim")),
            first.word,
            "\n".join(each.notice_class for each in group),
            who,
            first.reason,
        )
    return table


def _address(place: Address) -> Text:
    channel, address = place
    return Text.assemble((channel.value, "dim"), f"\n{address}")
