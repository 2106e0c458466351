"""Entries of the shipped contact law become a table."""

from collections.abc import Iterable

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.rules.contact_law import LawEntry

DISCLAIMER = "Not legal advice: verify each entry before you rely on it. 'Unknown' is no permission."


def law_table(entries: Iterable[LawEntry]) -> Listing:
    """One row an entry: of which classes, what it says, how sure that is, and where it was read."""
    table = Listing("entry", "classes", "says", "how sure", "source")
    for entry in entries:
        table.add(
            Text.assemble(entry.id, (f"\n{entry.region or entry.country}", "dim")),
            "\n".join(entry.classes),
            _says(entry),
            _sureness(entry),
            "\n".join(text for text in (entry.title, entry.url, entry.source_date) if text),
        )
    return table


def _says(entry: LawEntry) -> str:
    if entry.is_unknown and "claimed" not in entry.value:
        return f"{entry.kind}: unknown"
    parts = "; ".join(f"{key} {_value(value)}" for key, value in entry.value.items())
    channels = f" ({', '.join(entry.channels)})" if entry.channels else ""
    return f"{entry.kind}{channels}: {parts}"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sureness(entry: LawEntry) -> str:
    lines = [entry.confidence, entry.basis]
    if entry.disputed:
        lines.append("disputed: the stricter reading holds")
    if not entry.binds and not entry.is_unknown:
        lines.append(f"not in force: {entry.status}")
    return "\n".join(lines)
