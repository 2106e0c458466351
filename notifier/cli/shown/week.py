"""A played week becomes a story: what was written, what was told, held or deferred and why, and what was caught."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from notifier.cli.shown.contradictions import contradiction_card
from notifier.cli.shown.drafts import card, headline, name_of
from notifier.cli.shown.preview import totals_text
from notifier.cli.shown.values import count_text, day_text, instant_text, span_text
from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.notices import NoticeKind, NoticeState
from notifier.rules.checked import Owner
from notifier.runtime.preview import totals_of
from notifier.simulation.demo.week import Step
from notifier.store.imports.events import ChangeSet
from notifier.store.records import NoticeRecord

SHOWN_COLUMNS = 4
"""Columns of a written row that are shown."""
SILENT = ("id", "customer_id", "contract_id", "site_id", "subject", "currency", "ends_at", "channel", "source", "at")
"""Columns that say little to somebody who follows the story."""


class WeekStory:
    """Tells a week step by step, remembering what was shown before. Times are those of `timezone` (IANA)."""

    def __init__(self, timezone: str, owners: Mapping[str, Owner]) -> None:
        self._timezone = timezone
        self._owners = owners
        self._day: str | None = None
        self._mails: set[tuple[str, str, str]] = set()
        self._names: dict[str, str] = {}

    def tell(self, steps: Iterable[Step]) -> Iterator[RenderableType]:
        """The story of these steps; a step in which nothing happened is left out."""
        for number, step in enumerate(steps):
            self._learn_names(step.written)
            if number == 0 or (not (step.written and step.written.set) and not _is_news(step)):
                continue
            yield from self._heading(step.at)
            if step.written is not None:
                yield from self._written(step.written)
            for contradiction in step.contradictions:
                yield self._indented(self._contradiction(contradiction, step.at))
            for alert in step.alerts:
                yield self._indented(self._alert(alert))
            for record in step.notices:
                yield self._clocked(step.at, self._notice(record))

    def _heading(self, at: datetime) -> Iterator[RenderableType]:
        day = day_text(at, self._timezone)
        if day != self._day:
            self._day = day
            yield Text()
            yield Rule(Text(day, style="bold"), align="left", style="default")

    def _written(self, change: ChangeSet) -> Iterator[RenderableType]:
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=5, style="dim")
        rows.add_column(overflow="fold", ratio=1)
        clock = self._clock(change.at)
        for entity, written in change.set.items():
            for row in written:
                rows.add_row(clock, Text(f"→ {_written_row(entity, row)}", style="dim"))
                clock = ""
        yield Text()
        yield rows

    def _contradiction(self, contradiction: Contradiction, now: datetime) -> RenderableType:
        owner = self._owners.get(contradiction.owner)
        return contradiction_card(
            contradiction,
            now,
            timezone=self._timezone,
            owner=contradiction.owner if owner is None else f"{owner.name} ({owner.id})",
            customer=self._names.get(contradiction.customer_id or ""),
        )

    def _alert(self, alert: NoticeRecord) -> RenderableType:
        ways = " and ".join("SMS" if each.channel == "sms" else "mail" for each in alert.draft.messages)
        text = Text.assemble(("▲ alert ", "bold blue"), (name_of(alert.draft), "bold"), f" by {ways or 'nothing'}: ")
        text.append(alert.draft.verdict.reason.text)
        return text

    def _notice(self, record: NoticeRecord) -> RenderableType:
        draft = record.draft
        if draft.verdict.state is not NoticeState.TOLD:
            return Group(headline(draft), Padding(Text(_why_not(record, self._timezone)), (0, 0, 0, 2)))
        locale = draft.recipient.locale if draft.recipient else ""
        key = (draft.template, draft.kind.value, locale[:2])
        full = key in self._mails
        self._mails.add(key)
        return card(draft, full_mail=not full)

    def _clocked(self, at: datetime, part: RenderableType) -> RenderableType:
        rows = Table.grid(padding=(0, 1))
        rows.add_column(width=5, style="dim")
        rows.add_column(ratio=1)
        rows.add_row(self._clock(at), part)
        return Padding(rows, (1, 0, 0, 0))

    def _indented(self, part: RenderableType) -> RenderableType:
        return Padding(part, (0, 0, 0, 6))

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self._timezone)):%H:%M}"

    def _learn_names(self, change: ChangeSet | None) -> None:
        for row in change.set.get("customer", ()) if change else ():
            self._names[str(row["id"])] = f"{row['name']} ({row['id']})"


def summary(steps: Sequence[Step], timezone: str) -> Iterator[RenderableType]:
    """What the week amounts to: what was told, what was not and why, what was caught and how early."""
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
    ends: dict[str, NoticeRecord] = {}
    first: dict[str, NoticeRecord] = {}
    for step in steps:
        for record in step.notices:
            ends[record.id] = record
            if record.draft.verdict.state in (NoticeState.HELD, NoticeState.DEFERRED, NoticeState.SUPPRESSED):
                first.setdefault(record.id, record)
    if not first:
        return
    yield Text("\nNot told at once, and what became of it", style="bold")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=2)
    for name, record in first.items():
        end = ends[name].draft.verdict
        became = end.state.value
        if end.state is record.draft.verdict.state:
            became = f"still {became}"
        elif end.state is not NoticeState.TOLD:
            became = f"{became}: {end.reason.text}"
        draft = record.draft
        table.add_row(
            Text(draft.verdict.state.value, style="yellow"),
            Text(f"{draft.rule}, {name_of(draft)}: {draft.verdict.reason.text}"),
            Text(f"→ {became}"),
        )
    yield Padding(table, (0, 0, 0, 2))


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
    yield Text("\nCaught before the customer found out", style="bold")
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
            f"known {instant_text(at, timezone)}, {span_text(first.surfaces_at - at)} before the customer would have "
            f"found out\n"
        )
    for record in held:
        text.append(f"held {record.draft.rule} for {name_of(record.draft)}, {record.draft.reference}\n")
    if last.state in HOLDING:
        text.append("still open", style=colour)
    else:
        text.append(f"{last.state.value} {instant_text(when, timezone)}", style=colour)
        text.append(f": {last.reason}" if last.reason else "")
    return text


def _why_not(record: NoticeRecord, timezone: str) -> str:
    verdict = record.draft.verdict
    until = (
        f" Goes {instant_text(verdict.send_at, timezone)}."
        if verdict.state is NoticeState.DEFERRED and verdict.send_at
        else ""
    )
    return f"{verdict.reason.text}.{until}"


def _is_news(step: Step) -> bool:
    return bool(step.notices or step.alerts or step.contradictions)


def _written_row(entity: str, row: Mapping[str, object]) -> str:
    """`charge X-101: amount 111860, bill_at …`: the row in as many columns as tell the story."""
    told = [(name, value) for name, value in row.items() if name not in SILENT and not isinstance(value, bool)]
    shown = ", ".join(f"{name} {value}" for name, value in told[:SHOWN_COLUMNS])
    return f"{entity} {row['id']}: {shown}"
