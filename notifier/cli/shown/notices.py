"""Notices of the outbox become a table, and one of them a card."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from notifier.answers.records import MessageRecord, NoticeRecord
from notifier.cli.shown.drafts import KINDS, SIGNS, headline, message_card, name_of, subject_of, zone_of
from notifier.cli.shown.listing import Listing
from notifier.cli.shown.values import claim_text, instant_text
from notifier.model.notices import MessageState
from notifier.model.texts import one_line
from notifier.model.transitions import HANDED_OVER


def notices_table(records: Iterable[NoticeRecord]) -> Listing:
    """One row a notice: reference and state, what and for whom, why."""
    table = Listing("reference", "when", "notice", "why")
    for record in records:
        draft = record.draft
        _, colour, word = SIGNS[draft.verdict.state]
        kind = KINDS[draft.kind]
        what = f"{draft.rule}{f', {kind}' if kind else ''}\n{name_of(draft)}, {subject_of(draft)}"
        when = instant_text(record.told_at or record.changed_at, zone_of(draft))
        table.add(
            draft.reference,
            Text.assemble((word, colour), f"\n{when}", f"\n{arrived}" if (arrived := arrival_text(record)) else ""),
            Text(what),
            Text(
                "\n".join(
                    [
                        one_line(draft.verdict.reason.text),
                        *(unknown_text(each, zone_of(draft)) for each in record.unknown),
                    ]
                )
            ),
        )
    return table


def notice_card(record: NoticeRecord) -> RenderableType:
    """Everything about one notice, with the text of every message that was not cancelled."""
    draft, zone = record.draft, zone_of(record.draft)
    rows = Table.grid(padding=(0, 1))
    rows.add_column(width=8, style="dim", justify="right")
    rows.add_column(overflow="fold", ratio=1)
    rows.add_row("why", Text(one_line(draft.verdict.reason.text)))
    rows.add_row("decided", instant_text(record.decided_at, zone))
    if record.told_at is not None:
        rows.add_row("told", instant_text(record.told_at, zone))
    for line in voices_lines(record):
        rows.add_row("shared", line)
    if draft.until is not None:
        rows.add_row("helps", f"until {instant_text(draft.until, zone)}")
    for name, claim in draft.claims.items():
        rows.add_row("says", Text(f"{name} = {claim_text(claim, zone)}"))
    rows.add_row("owner", f"{draft.owner} · class {draft.notice_class.value}")
    if record.approved or record.released:
        rows.add_row("person", "approved by those named below" if record.approved else "released from the hold")
    parts: list[RenderableType] = [headline(draft), Padding(rows, (0, 0, 0, 2))]
    for each in record.messages:
        parts.append(Padding(Text(_standing(each, zone), style="dim"), (0, 0, 0, 9)))
        parts.append(Padding(message_card(each.message), (0, 0, 0, 9)))
    return Group(*parts)


def arrival_text(record: NoticeRecord) -> str:
    """What became of each message that was handed over: `sms delivered, email accepted`. Accepted may still be lost."""
    handed_over = [each for each in record.messages if each.state in HANDED_OVER]
    return ", ".join(f"{each.message.channel} {each.state}" for each in handed_over)


def voices_lines(record: NoticeRecord) -> list[str]:
    """Through which notice it is told and for whom it speaks, where customers share an address, and what is in one
    message with it."""
    spoken = [
        f"by {each.channel} in the message of {each.voice.reference}"
        if each.voice.is_part
        else f"told by {each.channel} through {each.voice.reference} to {each.voice.recipient_id}"
        for each in record.through
    ]
    return spoken + [
        f"its message by {' and '.join(each.channels)} has {each.reference} as a part"
        if each.is_part
        else f"speaks by {' and '.join(each.channels)} for {each.recipient_id}, too ({each.reference})"
        for each in record.speaks_for
    ]


def unknown_text(record: MessageRecord, zone: str | None) -> str:
    """What a person must know about a message that may or may not have gone out, and which command ends that."""
    since = "" if record.started_at is None else f" since {instant_text(record.started_at, zone)}"
    return (
        f"{record.message.channel} unknown{since}: nobody can say whether the provider has it; "
        "settle it with notifier notices arrived or notifier notices resend"
    )


def _standing(record: MessageRecord, zone: str | None) -> str:
    parts = [unknown_text(record, zone) if record.state is MessageState.UNKNOWN else record.state.value]
    if record.accepted_at is not None:
        parts.append(f"{instant_text(record.accepted_at, zone)}, {record.provider} {record.provider_id}")
    if record.attempts > 1:
        parts.append(f"{record.attempts} attempts")
    if record.error:
        parts.append(one_line(record.error))
    return " · ".join(parts)
