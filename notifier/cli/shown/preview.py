"""A preview becomes a report: who would be told, who would not and why, alerts to owners, and the totals."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from notifier.answers.preview import Preview, Totals
from notifier.cli.shown.contradictions import contradiction_card
from notifier.cli.shown.drafts import IN_SHADOW, SIGNS, card, headline, name_of, subject_of, zone_of
from notifier.cli.shown.exclusions import exclusions
from notifier.cli.shown.values import cost_text, count_text, instant_text, placed_text
from notifier.model.durations import duration_text
from notifier.model.notices import Draft
from notifier.model.rescues import Rescue, in_language

SHOWN_IN_FULL = 20
"""How many notices of one rule are printed with their texts."""
LISTED = 500
"""How many of the rest are one line each; nobody reads ten thousand, which take longer to print than to decide."""
GATE_WORDS = {
    "held": "open contradictions",
    "reachable": "missing ways to reach them",
    "consented": "consent",
    "worded": "texts that WhatsApp did not approve",
    "preferred": "preferences",
    "said_once": "another notice that says it",
    "located": "missing zones",
    "approved": "a missing approval",
    "signed": "approvals that a rule or its class asks for",
    "earlier": "an hour before their moment",
    "quiet_hours": "quiet hours",
    "contact_law": "contact law",
    "contact_limits": "contact limits",
    "held_out": "a holdout: they are not told, by lot",
    "within_limits": "limits of rules",
    "canary": "those who hear it first",
    "gathered": "what else falls due for them",
    "content": "what their texts lack by law",
}
"""What each gate withholds notices for."""
_DECIDES = {"en": ("decides", "within"), "es": ("decide", "antes de")}
NAMED = 4
"""How many customers of a group with one reason are named; the rest are counted."""


def preview_report(preview: Preview, timezone: str = "UTC", language: str = "en") -> Iterator[RenderableType]:
    """The parts of the report, from top to bottom. `timezone` (IANA) is the project's, and so is `language`: what is
    offered where it goes wrong was written for its people.
    """
    yield Text(
        f"A tick at {placed_text(preview.now, timezone)} would decide this. Nothing is sent, nothing is written."
    )
    if preview.failures:
        yield from _section("Could not be evaluated", "red")
        for name, failure in preview.failures:
            yield Text.assemble((f"✕ {name} ", "bold red"), failure)
    yield from _section(f"Would be told: {count_text(len(preview.told), 'notice')}", "green")
    yield from _told(preview.told)
    if preview.rescues:
        yield Text()
        yield Text("If it goes wrong, this is offered:")
        for rule, rescue in preview.rescues.items():
            yield Padding(Text(f"{rule}: {rescue_text(rescue, language)}"), (0, 0, 0, 2))
    if preview.contradictions:
        count = count_text(len(preview.contradictions), "contradiction")
        yield from _section(f"Open: {count}", "red")
        zones, held = _zones(preview), held_by(preview)
        for each in preview.contradictions[:SHOWN_IN_FULL]:
            zone = zones.get(each.customer_id or "") or timezone
            yield contradiction_card(each, preview.now, timezone=zone, holding=held.get(each.id, ()))
        rest = len(preview.contradictions) - SHOWN_IN_FULL
        if rest > 0:
            yield Text(f"… and {rest:,} more (notifier contradictions list shows them)")
    if preview.in_shadow:
        count = count_text(len(preview.in_shadow), "notice")
        yield from _section(f"In shadow: {count} would be recorded, and go nowhere", "magenta")
        yield from _told(preview.in_shadow, word=IN_SHADOW)
    if preview.not_told:
        yield from _section(f"Would not be told: {count_text(len(preview.not_told), 'notice')}", "yellow")
        yield exclusions_table(preview.not_told)
    if preview.alerts:
        yield from _section(f"Alerts to owners: {len(preview.alerts)}", "blue")
        yield from _told(preview.alerts, word="alert")
    if preview.joins:
        yield from _section("How rows were found", "white")
        for sentence in preview.joins:
            yield Text(sentence)
    yield from _section("Totals", "white")
    yield totals_text(preview.totals)
    if preview.withheld:
        yield withheld_text(preview.withheld)
    if preview.told_early:
        yield Text(f"before their moment, for hours are closed then: {preview.told_early:,}")
    for waiting in preview.waiting_together:
        yield Text(f"one message: {_together(waiting)}")


def held_by(preview: Preview) -> Mapping[str, Sequence[str]]:
    """The notices in the preview that each contradiction holds, by its id."""
    held: dict[str, list[str]] = defaultdict(list)
    for draft in preview.not_told:
        for contradiction in draft.verdict.contradictions:
            held[contradiction].append(f"{draft.rule} for {name_of(draft)}")
    return held


def exclusions_table(drafts: Sequence[Draft]) -> Table:
    """Who would not be told and why: one line for all with the same rule, verdict and reason, one for a flood."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(min_width=10, no_wrap=True)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=3)
    for each in exclusions(drafts):
        sign, colour, _ = SIGNS[each.members[0].verdict.state]
        more = f"\n… and {each.alike:,} more like it, each with a contradiction of its own" if each.alike else ""
        table.add_row(
            Text(sign, style=colour),
            Text(each.word, style=colour),
            Text(f"{each.rule}\n{_named(each.members)}"),
            Text(each.reason + more),
        )
    return table


def totals_text(totals: Totals) -> Text:
    """`9 recipients · 7 SMS in 12 segments · 9 mails · COP 1,250`."""
    parts = [
        count_text(totals.recipients, "recipient"),
        f"{totals.sms:,} SMS in {count_text(totals.segments, 'segment')}",
        count_text(totals.emails, "mail"),
        *([f"{totals.whatsapps:,} by WhatsApp"] if totals.whatsapps else []),
        cost_text(totals.cost),
    ]
    return Text(" · ".join(parts), style="bold")


def _together(drafts: Sequence[Draft]) -> str:
    """`Ann Lee (C-1) would get 3 service notices in one by 2026-03-03 10:15 (late-order, bill)`."""
    first, rules = drafts[0], ", ".join(dict.fromkeys(each.rule for each in drafts))
    ends = min(each.verdict.send_at for each in drafts if each.verdict.send_at is not None)
    by = instant_text(ends, zone_of(first))
    return f"{name_of(first)} would get {len(drafts)} {first.notice_class} notices in one by {by} ({rules})"


def rescue_text(rescue: Rescue, language: str = "en") -> str:
    """`we did not come; a new day (field-operations decides within 4h)`, as far as its author wrote it."""
    texts = [in_language(each, language) for each in (rescue.admission, rescue.remedy) if each]
    said = "; ".join(text.rstrip(". ") for text in texts)
    if rescue.decides is None:
        return said
    words = _DECIDES.get(language, _DECIDES["en"])
    within = "" if rescue.by is None else f" {words[1]} {duration_text(rescue.by)}"
    return f"{said} ({rescue.decides} {words[0]}{within})"


def withheld_text(withheld: Mapping[str, int]) -> Text:
    """`withheld: 3 by quiet hours · 1 by consent`."""
    return Text("withheld: " + " · ".join(f"{count:,} by {GATE_WORDS[gate]}" for gate, count in withheld.items()))


def _told(drafts: Iterable[Draft], word: str | None = None) -> Iterator[RenderableType]:
    by_rule: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        by_rule[draft.rule].append(draft)
    for rule, members in by_rule.items():
        for draft in members[:SHOWN_IN_FULL]:
            yield Text()
            yield card(draft, sign_word=word)
        rest = members[SHOWN_IN_FULL:]
        if rest:
            yield Text()
            yield Text(f"… and {len(rest):,} more of {rule} (--customer ID, --json or --html shows every text):")
            for draft in rest[:LISTED]:
                yield Padding(headline(draft, word), (0, 0, 0, 2))
            if len(rest) > LISTED:
                yield Padding(Text(f"… and {len(rest) - LISTED:,} that are not listed"), (0, 0, 0, 2))


def _named(members: Sequence[Draft]) -> str:
    names = list(dict.fromkeys(f"{name_of(draft)}, {subject_of(draft)}" for draft in members))
    rest = len(names) - NAMED
    return "\n".join(names[:NAMED]) + (f"\nand {rest:,} more" if rest > 0 else "")


def _zones(preview: Preview) -> Mapping[str, str | None]:
    """By customer, the zone of the first of their notices."""
    zones: dict[str, str | None] = {}
    for draft in preview.drafts:
        zones.setdefault(draft.recipient_id or "", zone_of(draft))
    return zones


def _section(title: str, colour: str) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style=f"bold {colour}"), align="left", style=colour)
