"""How two versions of the rules differ, as a page: first what they say, then for whom."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.values import cost_text, count_text, placed_text
from notifier.model.rule_changes import Affected, Bill, Changed, ChangeKind, Effect, RulesDiff

SHOWN = 10
"""How many notices of one rule and effect are printed; `--json` has all."""
_SIGNS = {ChangeKind.NEW: "+", ChangeKind.GONE: "-", ChangeKind.EDITED: "~"}
_WORDS = {
    Effect.ADDED: "would be told, and were not",
    Effect.DROPPED: "would not be told any more",
    Effect.OTHERWISE: "would be told something else",
    Effect.MOVED: "would be told at another time",
}
_COLOURS = {Effect.ADDED: "green", Effect.DROPPED: "red", Effect.OTHERWISE: "yellow", Effect.MOVED: "yellow"}


def rules_diff_parts(diff: RulesDiff, timezone: str) -> Iterator[RenderableType]:
    """The whole comparison; one line where nothing changes for anybody."""
    until = placed_text(diff.until, timezone)
    if not diff.changed:
        yield Text(f"{diff.before} and {diff.after} say the same: nothing changes for anybody.")
        return
    if not diff.affected:
        names = ", ".join(each.name for each in diff.changed)
        yield Text(f"Changed: {names}. Nothing changes for anybody until {until}.")
        return
    yield Text(f"What {diff.after} says differently from {diff.before}", style="bold")
    for each in diff.changed:
        yield from _changed(each)
    yield Text()
    yield Text(f"Who is affected until {until}", style="bold")
    for effect in Effect:
        affected = [each for each in diff.affected if each.effect is effect]
        if affected:
            yield from _affected(effect, affected, len(diff.customers(effect)), timezone)
    yield Text()
    yield Text(f"before: {_bill(diff.bill_before)}")
    yield Text(f"after:  {_bill(diff.bill_after)}")


def _changed(changed: Changed) -> Iterator[RenderableType]:
    yield Text(f"{_SIGNS[changed.kind]} {changed.what} {changed.name} ({changed.kind})")
    for part in changed.parts:
        if part.before == part.after:
            yield Text(f"    {part.name}")
        else:
            yield Text(f"    {part.name}: {part.before or 'nothing'} -> {part.after or 'nothing'}")


def _affected(effect: Effect, affected: Sequence[Affected], customers: int, timezone: str) -> Iterator[RenderableType]:
    waiting = sum(each.pending for each in affected)
    pending = f", {waiting:,} of them wait in the outbox" if waiting else ""
    head = f"{count_text(customers, 'customer')} {_WORDS[effect]} ({count_text(len(affected), 'notice')}{pending})"
    yield Text(head, style=_COLOURS[effect])
    by_rule: dict[str, list[Affected]] = defaultdict(list)
    for each in affected:
        by_rule[each.rule].append(each)
    for rule, members in by_rule.items():
        for each in members[:SHOWN]:
            yield from _one(each, timezone)
        if len(members) > SHOWN:
            yield Text(f"  … and {len(members) - SHOWN:,} more of {rule} (--json has all)")


def _one(each: Affected, timezone: str) -> Iterator[RenderableType]:
    when = placed_text(each.at, timezone)
    if each.was_at is not None:
        when = f"{when}, and not {placed_text(each.was_at, timezone)}"
    yield Text(f"  {each.recipient or 'nobody'}, {each.subject}, {each.rule}: {when}")
    if each.effect is Effect.ADDED:
        yield Text(f"      because: {each.why}; before: {each.why_before}", style="dim")
    if each.effect is Effect.DROPPED:
        yield Text(f"      because: {each.why}; before: {each.why_before}", style="dim")
    for name, (was, now) in each.claims.items():
        yield Text(f"      {name}: {was or 'nothing'} -> {now or 'nothing'}")
    if each.texts and not each.claims:
        for line in each.lines[:4]:
            yield Text(f"      {line}", style="dim")


def _bill(bill: Bill) -> str:
    notices = f"{count_text(bill.notices, 'notice')} to {count_text(bill.customers, 'customer')}"
    messages = f"{count_text(bill.messages, 'message')}, {count_text(bill.segments, 'segment')}"
    return f"{notices}, {messages}, {cost_text(dict(bill.cost))}"
