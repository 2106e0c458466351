"""An answer to "why" becomes lines: each clause with a tick or a cross and its values, the times, the verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from notifier.answers.records import MessageRecord, NoticeRecord
from notifier.answers.why import CustomerWhy, NoticeWhy, RowWhy, literal_text
from notifier.cli.shown.contradictions import contradiction_card
from notifier.cli.shown.drafts import KINDS, SIGNS, headline, subject_of, word_of, zone_of
from notifier.cli.shown.notices import voices_lines
from notifier.cli.shown.people import interventions_text
from notifier.cli.shown.values import claim_text, instant_text
from notifier.evaluation.explanations import Clause
from notifier.evaluation.windows import Window
from notifier.model.notices import Draft, MessageState, NoticeKind, NoticeState
from notifier.model.texts import one_line
from notifier.model.transitions import HANDED_OVER
from notifier.rules.checked_rules import Rule

YES, NO, ERROR = Text("✓", style="green"), Text("✗", style="red"), Text("!", style="yellow")


def customer_report(why: CustomerWhy) -> Iterator[RenderableType]:
    """Everything about a customer, by rule and by row."""
    zone = None if why.customer is None else why.customer.timezone
    who = why.customer_id if why.customer is None else f"{why.customer.name} ({why.customer_id})"
    yield Text.assemble((who, "bold"), f" at {instant_text(why.now, zone)}{f' ({zone})' if zone else ''}")
    if why.customer is None:
        yield Text("This customer is not in the state: nobody can be told.", style="red")
    for each in why.rules:
        for row in each.rows:
            yield Text()
            yield from _row(each.rule, row, why.now, zone)
    if why.left_behind:
        yield Text()
        yield Text("Told or decided before, by rules or about rows that no longer lead here:", style="dim")
        for record in why.left_behind:
            yield Padding(_past(record, zone), (0, 0, 0, 2))
    if why.elsewhere:
        yield Text()
        yield Text(f"No row leads these rules to this customer: {', '.join(why.elsewhere)}", style="dim")


def notice_report(why: NoticeWhy, now: datetime) -> Iterator[RenderableType]:
    """One notice: what was known when it was decided, and what happened since."""
    record, draft = why.record, why.record.draft
    zone = zone_of(draft)
    yield headline(draft)
    rows = _grid()
    for verdict in why.past_verdicts:
        rows.add_row("was", _verdict_line(verdict.at, verdict.state, verdict.reason.text, zone))
    rows.add_row("is", _verdict_line(record.changed_at, draft.verdict.state, draft.verdict.reason.text, zone))
    for line in voices_lines(record):
        rows.add_row("shared", line)
    if draft.until is not None:
        rows.add_row("helps", f"until {instant_text(draft.until, zone)}")
    rows.add_row("owner", draft.owner)
    for name, claim in draft.claims.items():
        before = draft.previous.get(name)
        told = f"  (told before: {claim_text(before, zone)})" if before is not None and before != claim else ""
        rows.add_row("claims", Text(f"{name} = {claim_text(claim, zone)}{told}"))
    if why.rule is None and draft.kind is not NoticeKind.ALERT:
        rows.add_row("rule", Text("edited since, or no longer in force; below is what it said then", style="yellow"))
    yield Padding(rows, (0, 0, 0, 2))
    if draft.evidence:
        yield Text("\nWhat was so when it was decided", style="bold")
        yield Padding(_evidence(draft.evidence, why.rule), (0, 0, 0, 2))
    if record.messages:
        yield Text("\nMessages", style="bold")
        for message in record.messages:
            yield Padding(_message(message, zone), (0, 0, 0, 2))
    for contradiction in why.contradictions:
        yield Text()
        yield contradiction_card(contradiction, now, timezone=zone)
    yield Text("\nWhat people decided", style="bold")
    yield Padding(interventions_text(why.interventions, zone), (0, 0, 0, 2))
    if why.related:
        yield Text("\nBefore and after it", style="bold")
        for other in why.related:
            yield Padding(_past(other, zone), (0, 0, 0, 2))


def _row(rule: Rule, row: RowWhy, now: datetime, zone: str | None) -> Iterator[RenderableType]:
    explanation = row.explanation
    each = f" · {rule.each_name} {explanation.each_id}" if explanation.each_id else ""
    sign = YES if explanation.holds else NO
    yield Text.assemble(sign, " ", (rule.name, "bold"), f" · {rule.about} {explanation.subject_id}{each}")
    clauses = Table.grid(padding=(0, 1))
    clauses.add_column(width=1)
    clauses.add_column(overflow="fold", ratio=1)
    for clause in explanation.clauses:
        clauses.add_row(_sign(clause), _clause(clause))
    yield Padding(clauses, (0, 0, 0, 2))
    rows = _grid()
    rows.add_row("when", _moments(rule, row, now, zone))
    for why in explanation.valueless:
        rows.add_row("claims", Text(why, style="yellow"))
    for draft in row.drafts:
        rows.add_row("now", _verdict(draft))
    if not row.drafts:
        rows.add_row("now", Text("nothing to say", style="dim"))
    for record in row.past:
        rows.add_row("past", _past(record, zone))
    yield Padding(rows, (0, 0, 0, 2))


def _sign(clause: Clause) -> Text:
    if clause.value is None:
        return ERROR
    return YES if clause.fulfilled else NO


def _clause(clause: Clause) -> Text:
    text = Text("" if clause.wanted else "unless ", style="dim")
    text.append(clause.text, style="default")
    if clause.value is None:
        meaning = "an error, so not true" if clause.wanted else "an error, so it excludes nobody"
        text.append(f"  {meaning}", style="yellow")
    for part, value in clause.parts.items():
        text.append(f"\n{part} = ", style="dim")
        text.append(literal_text(value), style="cyan")
    return text


def _moments(rule: Rule, row: RowWhy, now: datetime, zone: str | None) -> Text:
    windows, unknown = row.explanation.windows, row.explanation.unknown
    if unknown and not windows:
        return Text("\n".join(f"{why}, so it never speaks" for why in unknown), style="yellow")
    if not windows:
        return Text("the timestamp it hangs on is not known, so it never speaks", style="yellow")
    text = Text()
    for number, window in enumerate(windows):
        moment = rule.at[window.ordinal].text if rule.at else "whenever it is true"
        begin = f"from {instant_text(window.at, zone)}" if window.at else ""
        end = f"until {instant_text(window.until, zone)}" if window.until else ""
        text.append("\n" if number else "")
        text.append(f"{moment}: {begin} {end}".rstrip(" :"))
        text.append(*_position(window, now, row.past))
    for why in unknown:
        text.append(f"\n{why}", style="yellow")
    return text


def _position(window: Window, now: datetime, past: Sequence[NoticeRecord]) -> tuple[str, str]:
    if window.at is not None and now < window.at and any(_told_then(each, window) for each in past):
        return "  told already, by a tick at a later time than this", "green"
    if window.contains(now):
        return "  ← now", "green"
    if window.at is not None and now < window.at:
        return "  still to come", "dim"
    return "  over", "dim"


def _told_then(record: NoticeRecord, window: Window) -> bool:
    """Whether the notice of this moment was told: a tick may be at a time that is still to come (`tick --at`)."""
    draft = record.draft
    if draft.kind is not NoticeKind.NOTICE or record.told_at is None:
        return False
    return (draft.ordinal, draft.at) == (window.ordinal, window.at)


def _verdict(draft: Draft) -> Text:
    _, colour, _ = SIGNS[draft.verdict.state]
    kind = KINDS[draft.kind]
    return Text.assemble(
        (f"{word_of(draft)}", f"bold {colour}"), f" {kind}" if kind else "", f": {draft.verdict.reason.text}"
    )


def _verdict_line(at: datetime, state: NoticeState, reason: str, zone: str | None) -> Text:
    _, colour, word = SIGNS[state]
    return Text.assemble(f"{instant_text(at, zone)}  ", (word, f"bold {colour}"), f": {reason}")


def _past(record: NoticeRecord, zone: str | None) -> Text:
    draft = record.draft
    _, colour, word = SIGNS[draft.verdict.state]
    when = record.told_at or record.changed_at
    channels = ", ".join(
        f"{each.message.channel} ({each.state})" if each.state in HANDED_OVER else each.message.channel.value
        for each in record.messages
        if each.state is not MessageState.CANCELLED
    )
    return Text.assemble(
        f"{instant_text(when, zone)}  ",
        (word, f"bold {colour}"),
        f" {KINDS[draft.kind] or 'notice'} {draft.reference} of {draft.rule}, {subject_of(draft)}",
        f" by {channels}" if channels else "",
        f": {draft.verdict.reason.text}",
        "".join(f"; {line}" for line in voices_lines(record) if record.speaks_for),
    )


def _message(record: MessageRecord, zone: str | None) -> Text:
    place = record.message.to or "an address that is not kept"
    text = Text.assemble(
        (record.message.channel.value, "bold"),
        f" to {place}: {record.state.value}",
    )
    if record.accepted_at is not None:
        text.append(f" at {instant_text(record.accepted_at, zone)} by {record.provider} as {record.provider_id}")
    if record.error:
        text.append(f" ({one_line(record.error)})")
    return text


def _evidence(evidence: Mapping[str, object], rule: Rule | None) -> Table:
    """Each clause of the rule, and below it the values that it read; without the rule, all the evidence."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(overflow="fold", ratio=1)
    rest = dict(evidence)
    clauses = [] if rule is None else [*((c.text, True) for c in rule.when), *((c.text, False) for c in rule.unless)]
    for clause, wanted in clauses:
        if clause not in rest:
            continue
        value = rest.pop(clause)
        table.add_row(YES if (value is True) is wanted else NO, Text(clause if wanted else f"unless {clause}"))
        for part in [part for part in rest if part in clause]:
            table.add_row("", _value(part, rest.pop(part)))
    for part, value in rest.items():
        table.add_row("", _value(part, value))
    return table


def _value(part: str, value: object) -> Text:
    return Text.assemble((f"{part} = ", "dim"), (one_line(literal_text(value)), "cyan"))


def _grid() -> Table:
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=8, style="dim", justify="right")
    rows.add_column(overflow="fold", ratio=1)
    return rows
