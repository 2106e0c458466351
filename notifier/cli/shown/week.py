"""A played week becomes a story: what was written, what was told, held or deferred and why, and what was caught."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from notifier.answers.preview import totals_of
from notifier.answers.records import NoticeRecord
from notifier.cli.shown.contradictions import STYLES, contradiction_card
from notifier.cli.shown.drafts import card, headline, name_of
from notifier.cli.shown.preview import totals_text
from notifier.cli.shown.values import count_text, day_text, instant_text, span_text
from notifier.consent.simulated import Answered
from notifier.intake.events import ChangeSet
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.types import ChannelName
from notifier.rules.checked_owners import Owner
from notifier.simulation.demo.week import Step
from notifier.store.outbox.receipts import Moved

INDENT = 6
"""Columns for the time of day, before what happened then."""
WAYS = {ChannelName.SMS: "SMS", ChannelName.EMAIL: "mail", ChannelName.WHATSAPP: "WhatsApp"}
NOT_AT_ONCE = (NoticeState.HELD, NoticeState.DEFERRED, NoticeState.SUPPRESSED)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
SHOWN_COLUMNS = 4
"""How many columns of a written row are shown."""
SILENT = (
    "id",
    "customer_id",
    "contract_id",
    "site_id",
    "subject",
    "currency",
    "ends_at",
    "channel",
    "source",
    "at",
    "made_at",
    "placed_at",
)
"""Columns that are never shown: they say little to a reader of the story."""


class WeekStory:
    """Tells a week step by step, and remembers what it has shown. Times are shown in `timezone` (IANA)."""

    def __init__(self, timezone: str, owners: Mapping[str, Owner]) -> None:
        self._timezone = timezone
        self._owners = owners
        self._day: str | None = None
        self._shown: set[tuple[str, str]] = set()
        self._names: dict[str, str] = {}
        """Of customers, by id and by address."""
        self._told_to: dict[str, str] = {}
        """Whom a notice told, by its reference."""

    def tell(self, steps: Iterable[Step]) -> Iterator[RenderableType]:
        """The story of these steps; a step in which nothing happened is left out, and so is the state at the start."""
        for number, step in enumerate(steps):
            self._learn_names(step.written)
            parts = [*self._news(step)]
            if number == 0 or (not parts and not (step.written and step.written.set)):
                continue
            yield from self._heading(step.at)
            if step.written is not None:
                yield self._written(step.written)
                yield from (Padding(part, (0, 0, 0, INDENT)) for part in parts)
            else:
                yield Text()
                yield self._clocked(step.at, parts[0])
                yield from (Padding(part, (0, 0, 0, INDENT)) for part in parts[1:])

    def _news(self, step: Step) -> Iterator[RenderableType]:
        for lost in step.undelivered:
            yield self._lost(lost)
        for answered in step.replies:
            yield self._answered(answered)
        for contradiction in step.contradictions:
            yield self._contradiction(contradiction, step.at)
        for alert in step.alerts:
            yield self._alert(alert)
        for (_, reason), records in groupby(step.notices, key=_verdict):
            for record in records:
                if record.draft.verdict.state is NoticeState.TOLD:
                    yield self._told(record)
                else:
                    yield headline(record.draft)
            if reason is not None:
                yield Padding(Text(reason, style="yellow"), (0, 0, 0, 2))

    def _heading(self, at: datetime) -> Iterator[RenderableType]:
        day = day_text(at, self._timezone)
        if day != self._day:
            self._day = day
            yield Text()
            yield Rule(Text(day, style="bold"), align="left", style="default")

    def _written(self, change: ChangeSet) -> RenderableType:
        lines = [
            Text(f"→ {_written_row(entity, row, self._timezone)}", style="dim")
            for entity, rows in change.set.items()
            for row in rows
        ]
        return Padding(self._clocked(change.at, Group(*lines)), (1, 0, 0, 0))

    def _contradiction(self, contradiction: Contradiction, now: datetime) -> RenderableType:
        if contradiction.state not in HOLDING:
            return _ended(contradiction, now)
        owner = self._owners.get(contradiction.owner)
        return contradiction_card(
            contradiction,
            now,
            timezone=self._timezone,
            owner=contradiction.owner if owner is None else f"{owner.name} ({owner.id})",
            customer=self._names.get(contradiction.customer_id or ""),
        )

    def _alert(self, alert: NoticeRecord) -> RenderableType:
        ways = " and ".join(WAYS[each.channel] for each in alert.draft.messages)
        text = Text.assemble(("▲ alert ", "bold blue"), (name_of(alert.draft), "bold"), f" by {ways or 'nothing'}: ")
        text.append(alert.draft.verdict.reason.text)
        return text

    def _lost(self, lost: Moved) -> RenderableType:
        text = Text.assemble(("✕ undelivered ", "bold red"), (self._told_to.get(lost.reference, ""), "bold"))
        text.append(f" · {lost.rule} · {WAYS[lost.channel]}")
        text.append(f" · {lost.reference}\n", style="dim")
        text.append(f"  {lost.fate.meaning}", style="yellow")
        return text

    def _answered(self, answered: Answered) -> RenderableType:
        reply = answered.reply
        who = self._names.get(reply.address, "somebody")
        text = Text.assemble(("◂ answer ", "bold blue"), (who, "bold"), f" by {WAYS[reply.channel]}: “{reply.text}”")
        if answered.answer is not None:
            text.append(f"\n  ▸ {answered.answer}", style="dim")
        return text

    def _told(self, record: NoticeRecord) -> RenderableType:
        """The first notice of a kind in full, later ones in brief."""
        kind = (record.draft.template, record.draft.kind.value)
        brief = kind in self._shown
        self._shown.add(kind)
        self._told_to[record.draft.reference] = name_of(record.draft)
        return card(record.draft, brief=brief)

    def _clocked(self, at: datetime, part: RenderableType) -> RenderableType:
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=INDENT - 1, style="dim")
        rows.add_column(ratio=1)
        rows.add_row(self._clock(at), part)
        return rows

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self._timezone)):%H:%M}"

    def _learn_names(self, change: ChangeSet | None) -> None:
        for row in change.set.get("customer", ()) if change else ():
            name = f"{row['name']} ({row['id']})"
            self._names |= {str(row[key]): name for key in ("id", "phone", "email") if row.get(key)}


def summary(steps: Sequence[Step], timezone: str) -> Iterator[RenderableType]:
    """The week in figures: what was told, what was not and why, what was caught and how early."""
    latest = {record.id: record for step in steps for record in step.notices}
    told = [record.draft for record in latest.values() if record.draft.verdict.state is NoticeState.TOLD]
    yield Text()
    yield Rule(Text("The week", style="bold"), align="left", style="default")
    kinds = {kind: sum(draft.kind is kind for draft in told) for kind in NoticeKind}
    yield Text.assemble(
        (f"Told {count_text(len(told), 'notice')}", "bold"),
        f", of them {count_text(kinds[NoticeKind.CORRECTION], 'correction')} and "
        f"{count_text(kinds[NoticeKind.FOLLOW_UP], 'follow-up')}: ",
        totals_text(totals_of(told)),
    )
    yield from _not_at_once(steps)
    yield from _caught(steps, timezone)


def _not_at_once(steps: Sequence[Step]) -> Iterator[RenderableType]:
    """Everything that was held, deferred or suppressed in the week, and what became of it."""
    last = {record.id: record for step in steps for record in step.notices}
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    seen: set[str] = set()
    for record in (record for step in steps for record in step.notices):
        verdict = record.draft.verdict
        if verdict.state in NOT_AT_ONCE and record.id not in seen:
            seen.add(record.id)
            key = (verdict.state.value, record.draft.rule, verdict.reason.text, _became(record, last[record.id]))
            groups.setdefault(key, []).append(name_of(record.draft))
    if not groups:
        return
    yield Text("\nNot told at once, and what became of it", style="bold")
    for (state, rule, reason, became), names in groups.items():
        text = Text.assemble((f"{state} ", "yellow"), (f"{rule} ", "bold"), f"for {', '.join(names)}: {reason}\n")
        text.append(f"→ {became}", style="green" if became == NoticeState.TOLD else "default")
        yield Padding(text, (0, 0, 0, 2))


def _became(first: NoticeRecord, last: NoticeRecord) -> str:
    state = last.draft.verdict.state
    if state is first.draft.verdict.state:
        return f"still {state.value}"
    return state.value if state is NoticeState.TOLD else f"{state.value}: {last.draft.verdict.reason.text}"


def _caught(steps: Sequence[Step], timezone: str) -> Iterator[RenderableType]:
    """Each contradiction: how early its owner knew, what it held, how it ended."""
    opened: dict[str, tuple[datetime, Contradiction]] = {}
    ended: dict[str, tuple[datetime, Contradiction]] = {}
    held: dict[str, list[NoticeRecord]] = {}
    for step in steps:
        for contradiction in step.contradictions:
            opened.setdefault(contradiction.id, (step.at, contradiction))
            ended[contradiction.id] = (step.at, contradiction)
        for record in step.notices:
            for name in record.draft.verdict.contradictions:
                held.setdefault(name, []).append(record)
    if not opened:
        yield Text("\nNo promise and no fact disagreed.", style="bold")
        return
    yield Text("\nPromises that were about to be broken", style="bold")
    for name, (at, first) in opened.items():
        when, last = ended[name]
        yield Padding(_catch(at, first, when, last, held.get(name, []), timezone), (0, 0, 1, 2))


def _catch(
    at: datetime, first: Contradiction, when: datetime, last: Contradiction, held: Sequence[NoticeRecord], timezone: str
) -> Text:
    colour = {ContradictionState.SETTLED: "green", ContradictionState.LAPSED: "magenta"}.get(last.state, "red")
    text = Text.assemble((f"{first.check} ", "bold"), f"{first.subject_type} {first.subject_id}, owner {first.owner}\n")
    if first.surfaces_at is not None:
        text.append(
            f"its owner knew {instant_text(at, timezone)}, {span_text(first.surfaces_at - at)} before the customer "
            "would have found out\n"
        )
    for record in held:
        text.append(f"held {record.draft.rule} for {name_of(record.draft)}, {record.draft.reference}\n")
    if last.state in HOLDING:
        text.append("still open", style=colour)
    else:
        text.append(f"{last.state.value} {instant_text(when, timezone)}", style=colour)
        text.append(f": {last.reason}" if last.reason else "")
    return text


def _ended(contradiction: Contradiction, now: datetime) -> Text:
    """A contradiction that is over, in two lines."""
    colour, title = STYLES[contradiction.state]
    text = Text.assemble((f"■ {title} ", f"bold {colour}"), (contradiction.check, "bold"))
    deadline = contradiction.surfaces_at
    if contradiction.state is ContradictionState.SETTLED and deadline is not None and deadline > now:
        text.append(f", {span_text(deadline - now)} before the customer would have found out")
    text.append(f"\n  {contradiction.reason}")
    return text


def _verdict(record: NoticeRecord) -> tuple[str, str | None]:
    """The key by which neighbours in the story are grouped: those with one reason for not being told share a line."""
    verdict = record.draft.verdict
    if verdict.state is NoticeState.TOLD:
        return record.draft.rule, None
    return record.draft.rule, verdict.reason.text


def _written_row(entity: str, row: Mapping[str, object], timezone: str) -> str:
    """`charge X-101: amount 111860, bill_at Mon 2026-03-09 06:00`: as many columns as tell the story."""
    told = [(name, value) for name, value in row.items() if name not in SILENT and not isinstance(value, bool)]
    shown = ", ".join(f"{name} {_written_value(value, timezone)}" for name, value in told[:SHOWN_COLUMNS])
    return f"{entity} {row['id']}: {shown}"


def _written_value(value: object, timezone: str) -> str:
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return instant_text(datetime.fromisoformat(value), timezone)
    return str(value)
