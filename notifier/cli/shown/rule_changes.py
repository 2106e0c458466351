"""How two versions of the rules differ, as a page: first what they say, then for whom."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from notifier.cli.shown.simulation_words import ReplayWords
from notifier.cli.shown.values import cost_text
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


def rules_diff_parts(diff: RulesDiff, timezone: str, words: ReplayWords) -> Iterator[RenderableType]:
    """The whole comparison, in the language of the words; one line where nothing changes for anybody."""
    until = words.instant(diff.until, timezone)
    before, after = words(diff.before), words(diff.after)
    if not diff.changed:
        yield Text(words("{} and {} say the same: nothing changes for anybody.", before, after))
        return
    yield Text(words("What {} says differently from {}", after, before), style="bold")
    for each in diff.changed:
        yield from _changed(each, words)
    yield Text()
    if not diff.affected:
        yield Text(words("Nothing changes for anybody until {}.", until), style="bold")
        return
    yield Text(words("Who is affected until {}", until), style="bold")
    for effect in Effect:
        affected = [each for each in diff.affected if each.effect is effect]
        if affected:
            yield from _affected(effect, affected, len(diff.customers(effect)), timezone, words)
    yield Text()
    yield Text(words("before: {}", _bill(diff.bill_before, words)))
    yield Text(words("after:  {}", _bill(diff.bill_after, words)))


def _changed(changed: Changed, words: ReplayWords) -> Iterator[RenderableType]:
    yield Text(f"{_SIGNS[changed.kind]} {words(changed.what)} {words(changed.name)} ({words(changed.kind.value)})")
    for part in changed.parts:
        if part.before == part.after:
            yield Text(f"    {part.name}")
        else:
            yield Text(f"    {part.name}: {_said(part.before, words)} -> {_said(part.after, words)}")


def _said(value: str, words: ReplayWords) -> str:
    """What was said; whether a file or an owner is there is said in the language."""
    return words(value or "nothing") if value in ("", "there") else value


def _affected(
    effect: Effect, affected: Sequence[Affected], customers: int, timezone: str, words: ReplayWords
) -> Iterator[RenderableType]:
    waiting = sum(each.pending for each in affected)
    pending = words(", {} of them wait in the outbox", f"{waiting:,}") if waiting else ""
    notices = words.count(len(affected), "notice")
    head = f"{words.count(customers, 'customer')} {words(_WORDS[effect])} ({notices}{pending})"
    yield Text(head, style=_COLOURS[effect])
    by_rule: dict[str, list[Affected]] = defaultdict(list)
    for each in affected:
        by_rule[each.rule].append(each)
    for rule, members in by_rule.items():
        for each in members[:SHOWN]:
            yield from _one(each, timezone, words)
        if len(members) > SHOWN:
            yield Text(words("  … and {} more of {} (--json has all)", f"{len(members) - SHOWN:,}", rule))


def _one(each: Affected, timezone: str, words: ReplayWords) -> Iterator[RenderableType]:
    when = words.instant(each.at, timezone)
    if each.was_at is not None:
        when = words("{}, and not {}", when, words.instant(each.was_at, timezone))
    yield Text(f"  {each.recipient or words('nobody')}, {each.subject}, {each.rule}: {when}")
    if each.effect in (Effect.ADDED, Effect.DROPPED):
        yield Text(words("      because: {}; before: {}", words(each.why), words(each.why_before)), style="dim")
    for name, (was, now) in each.claims.items():
        yield Text(f"      {name}: {was or words('nothing')} -> {now or words('nothing')}")
    if each.texts and not each.claims:
        for line in each.lines[:4]:
            yield Text(f"      {line}", style="dim")


def _bill(bill: Bill, words: ReplayWords) -> str:
    notices = words("{} to {}", words.count(bill.notices, "notice"), words.count(bill.customers, "customer"))
    messages = f"{words.count(bill.messages, 'message')}, {words.count(bill.segments, 'segment')}"
    return ", ".join((notices, messages, words(cost_text(dict(bill.cost)))))
