"""What came from packs becomes a table, or the differences of its three versions."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.starter.upgrades import PackItem, PackState, Part, difference

_STYLES = {
    PackState.UNTOUCHED: "dim",
    PackState.CHANGED: "cyan",
    PackState.NEWER: "yellow",
    PackState.BOTH: "red",
    PackState.NEW: "yellow",
    PackState.REMOVED: "dim",
    PackState.DROPPED: "dim",
}


def packs_table(items: Sequence[PackItem]) -> Listing:
    """Two lines a rule."""
    table = Listing("rule", "pack", "state")
    for item in items:
        table.add(
            Text.assemble((item.name, "bold"), (f"\n{item.parts[0].path}", "dim")),
            _versions(item),
            Text(item.state, style=_STYLES[item.state]),
        )
    return table


def difference_lines(items: Sequence[PackItem]) -> Iterator[str]:
    """For each that is not untouched: what was changed by whom, file by file."""
    moved = [item for item in items if item.state is not PackState.UNTOUCHED]
    for item in moved:
        yield f"{item.name}: {_versions(item)}, {item.state}"
        for part in item.parts:
            yield from _of_part(part, item)
        yield ""
    if not moved:
        yield "Everything is as it was copied, and nothing newer is there."


def _of_part(part: Part, item: PackItem) -> Iterator[str]:
    if part.changed:
        yield f"  {part.path}: what you changed"
        yield from (f"    {line}" for line in difference(part.base, part.mine))
    if part.newer:
        yield f"  {part.path}: what {item.pack} {item.newest} changed"
        yield from (f"    {line}" for line in difference(part.base, part.theirs))
    if part.collides:
        yield f"  {part.path}: both changed the same lines"


def _versions(item: PackItem) -> str:
    if item.version is None or item.version == item.newest:
        return f"{item.pack} {item.newest}"
    return f"{item.pack} {item.version} -> {item.newest}"
