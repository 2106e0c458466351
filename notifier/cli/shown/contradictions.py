"""A contradiction becomes a card: who promised what, what the fact is, who answers for it, how much time is left."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import (
    canonical_text,
    count_text,
    difference_text,
    in_zone,
    instant_text,
    left_text,
    span_text,
)
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState, Member, OtherWord
from notifier.model.texts import one_line
from notifier.model.types import TopicType
from notifier.promises.wording import actual_value, next_member, summands_text

STYLES: Mapping[ContradictionState, tuple[str, str]] = {
    ContradictionState.OPEN: ("red", "CONTRADICTION"),
    ContradictionState.ACKNOWLEDGED: ("yellow", "CONTRADICTION, acknowledged"),
    ContradictionState.SETTLED: ("green", "SETTLED"),
    ContradictionState.WAIVED: ("cyan", "WAIVED"),
    ContradictionState.LAPSED: ("magenta", "LAPSED: the customer found out"),
}


def promised_text(contradiction: Contradiction, timezone: str | None = None) -> str:
    """The promised value as a person reads it; a topic that is true or false is printed by its name."""
    if contradiction.topic_type is TopicType.BOOL:
        return _named(contradiction, contradiction.promised)
    return canonical_text(contradiction.topic_type, contradiction.promised, contradiction.currency, timezone)


def actual_text(contradiction: Contradiction, timezone: str | None = None) -> str:
    """The fact as a person reads it, with how far it is from the promise."""
    if contradiction.topic_type is TopicType.BOOL and contradiction.actual is not None:
        return _named(contradiction, contradiction.actual)
    value = canonical_text(contradiction.topic_type, contradiction.actual, contradiction.actual_currency, timezone)
    distance = ""
    if contradiction.actual_currency == contradiction.currency:
        distance = difference_text(contradiction.topic_type, contradiction.promised, contradiction.actual)
    return f"{value} ({distance})" if distance else value


def contradiction_card(
    contradiction: Contradiction,
    now: datetime,
    *,
    timezone: str | None = None,
    owner: str | None = None,
    customer: str | None = None,
    holding: Sequence[str] = (),
) -> RenderableType:
    """The card. Its times are shown in `timezone` (IANA); `holding` names the notices that the contradiction holds."""
    colour, title = STYLES[contradiction.state]
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=9, style="dim", justify="right")
    rows.add_column(overflow="fold", ratio=1)
    for label, value in _rows(contradiction, now, timezone, owner, customer):
        rows.add_row(label, value)
    for each in holding:
        rows.add_row("holds", Text(each, style="bold"))
    heading = Text.assemble((f" {title} ", f"bold {colour}"), (f"{contradiction.check} ", "bold"))
    return Panel(rows, title=heading, title_align="left", border_style=colour, box=box.HEAVY)


def contradictions_table(contradictions: Iterable[Contradiction], now: datetime, timezone: str) -> Listing:
    """Two lines a contradiction: what `contradictions list` prints."""
    table = Listing("id", "check", "promised, fact", "owner")
    for each in contradictions:
        colour, _ = STYLES[each.state]
        left = left_text(each.surfaces_at, now) if each.state in HOLDING else ""
        table.add(
            Text.assemble(each.id, "\n", (each.state.value, colour)),
            Text.assemble((each.check, "bold"), f"\n{each.subject_type} {each.subject_id}, {each.customer_id or '-'}"),
            Text(f"{promised_text(each, timezone)}\n{actual_text(each, timezone)}"),
            Text.assemble(each.owner, "\n", (left, "bold red")),
        )
    return table


def nothing_found(states: Sequence[ContradictionState], others: Sequence[Contradiction]) -> str:
    """That there are none in these states, and how many there are in others: `--all` shows those."""
    if not others:
        return "No contradictions."
    counts = Counter(each.state for each in others)
    there = ", ".join(f"{counts[state]} {state.value}" for state in ContradictionState if counts[state])
    return f"No contradiction is {' or '.join(state.value for state in states)}; {there}: --all shows them."


def _rows(
    contradiction: Contradiction,
    now: datetime,
    timezone: str | None,
    owner: str | None,
    customer: str | None,
) -> Iterable[tuple[str, RenderableType]]:
    who_said = _said_by(contradiction.promised_by, contradiction.source)
    said = f"by {who_said}, {instant_text(contradiction.promised_at, timezone)}"
    topic = "" if contradiction.topic_type is TopicType.BOOL else f"{contradiction.topic}, "
    yield "promised", Text.assemble((promised_text(contradiction, timezone), "bold"), f"  {topic}{said}")
    if contradiction.evidence:
        yield "evidence", one_line(contradiction.evidence)
    if len(contradiction.records) > 1:
        for record in contradiction.records:
            evidence = f"; {one_line(record.evidence)}" if record.evidence else ""
            at = instant_text(record.promised_at, timezone)
            yield "recorded", f"promise {record.promise_id} by {one_line(record.promised_by)}, {at}{evidence}"
    facts = ", ".join(f"{member.fact_type} {member.fact_id}" for member in contradiction.members)
    among_promises = any(member.said is not None for member in contradiction.members)
    yield (
        "other" if among_promises else "fact",
        Text.assemble((actual_text(contradiction, timezone), "bold"), f"  {facts}" if facts else ""),
    )
    for member in contradiction.members:
        if member.said is not None:
            yield from _other_word(contradiction, member, member.said, timezone)
    if contradiction.members and (summed := summands_text(next_member(contradiction))):
        yield "", actual_value(contradiction).sentence + summed
    if contradiction.avoided:
        yield "avoided", count_text(len(contradiction.members), contradiction.avoided.replace("_", " "))
    who = customer or contradiction.customer_id or "no customer"
    yield "about", f"{who}, {contradiction.subject_type} {contradiction.subject_id}"
    yield "owner", f"{owner or contradiction.owner} · severity {contradiction.severity}"
    if contradiction.state in HOLDING:
        yield "time left", Text(_time_left(contradiction, now, timezone), style="bold red")
    elif contradiction.reason:
        yield "because", in_zone(one_line(contradiction.reason), timezone)
    yield "id", Text(contradiction.id, style="dim")


def _other_word(
    contradiction: Contradiction, member: Member, said: OtherWord, timezone: str | None
) -> Iterable[tuple[str, RenderableType]]:
    """The other side, where promises disagree among themselves: what it says, by whom, with which evidence."""
    if contradiction.topic_type is TopicType.BOOL:
        value = _named(contradiction, member.actual)
    else:
        value = canonical_text(contradiction.topic_type, member.actual, member.currency, timezone)
    by = _said_by(said.by or said.source, said.source)
    yield "against", Text.assemble((value, "bold"), f"  by {by}, {instant_text(said.at, timezone)}")
    if said.evidence:
        yield "evidence", one_line(said.evidence)


def _said_by(name: str, source: str | None) -> str:
    """`agent 7 (sales)`; the source alone where nobody is named."""
    return one_line(name) if source in (None, name) else f"{one_line(name)} ({source})"


def _named(contradiction: Contradiction, canonical: str) -> str:
    return contradiction.topic if canonical == "true" else f"not {contradiction.topic}"


def _time_left(contradiction: Contradiction, now: datetime, timezone: str | None) -> str:
    deadline = contradiction.surfaces_at
    if deadline is None:
        return "the customer may find out at any time"
    if deadline <= now:
        return f"the customer found out {span_text(now - deadline)} ago"
    return f"{span_text(deadline - now)} until the customer finds out, {instant_text(deadline, timezone)}"
