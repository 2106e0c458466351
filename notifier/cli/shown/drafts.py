"""A draft becomes a card: who, when, why, and the exact text on every channel; or why not."""

import re
from collections.abc import Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from notifier.cli.shown.values import count_text, instant_text, money_text
from notifier.model.mails import entry_in_short
from notifier.model.notices import Draft, NoticeKind, NoticeState, ReasonCode, RenderedMessage
from notifier.model.retention import FORGOTTEN
from notifier.model.texts import one_line
from notifier.model.types import TO_PHONES, ChannelName

SIGNS: Mapping[NoticeState, tuple[str, str, str]] = {
    NoticeState.READY: ("●", "green", "tell"),
    NoticeState.HELD: ("■", "red", "held"),
    NoticeState.DEFERRED: ("◷", "yellow", "deferred"),
    NoticeState.SUPPRESSED: ("○", "magenta", "suppressed"),
    NoticeState.EXPIRED: ("✕", "magenta", "expired"),
    NoticeState.CANCELLED: ("✕", "bright_black", "cancelled"),
    NoticeState.TOLD: ("●", "green", "told"),
    NoticeState.FAILED: ("✕", "red", "failed"),
}
"""The sign, colour and word of each state."""

KINDS: Mapping[NoticeKind, str] = {
    NoticeKind.NOTICE: "",
    NoticeKind.CORRECTION: "correction",
    NoticeKind.FOLLOW_UP: "follow-up",
    NoticeKind.ALERT: "alert",
}
BUBBLE = 71
"""Columns of a message's box: it fits an 80-column terminal with its indentation."""
FACTS_SHOWN = 4
"""Values of a condition that are shown as the reason's facts."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.*Z")
"""Values of this form are left out of the facts: the reason and the claims say the times."""
IN_SHADOW = "in shadow"
"""The word for what a rule in shadow records as told: nobody hears it."""
RECORDED = (ReasonCode.BACKLOG, ReasonCode.BASELINE)


def word_of(draft: Draft) -> str:
    """The state in one word (held, deferred, …); `backlog` or `baseline` for what is recorded and never told."""
    if draft.verdict.reason.code in RECORDED and draft.spent:
        return draft.verdict.reason.code.value
    if draft.verdict.state is NoticeState.TOLD:
        return IN_SHADOW if draft.shadow else "told already"
    if draft.shadow and draft.verdict.state is NoticeState.READY:
        return IN_SHADOW
    return SIGNS[draft.verdict.state][2]


def name_of(draft: Draft) -> str:
    """`Ana Ruiz (C-01)`, or the id alone where the customer is not in the state."""
    if draft.recipient is None:
        forgotten = draft.subject_type == FORGOTTEN
        return "somebody who was forgotten" if forgotten else draft.recipient_id or "nobody"
    return one_line(f"{draft.recipient.name} ({draft.recipient.id})")


def subject_of(draft: Draft) -> str:
    """`appointment A-1`, with the second row where the rule has one."""
    if draft.subject_type == FORGOTTEN:
        return "not kept"
    each = f" · {draft.each_id}" if draft.each_id else ""
    return f"{draft.subject_type} {draft.subject_id}{each}"


def zone_of(draft: Draft) -> str | None:
    """The recipient's zone (IANA), in which the draft's times are shown; None where there is no recipient."""
    return None if draft.recipient is None else draft.recipient.timezone


_NAMES = {ChannelName.SMS: "SMS", ChannelName.WHATSAPP: "WhatsApp"}


def card(draft: Draft, *, brief: bool = False, sign_word: str | None = None) -> RenderableType:
    """Everything about one draft. `brief`: no times, the SMS without a bubble, only the subject and facts of a mail."""
    rows = Table.grid(padding=(0, 1))
    names = [_NAMES.get(message.channel, "mail") for message in draft.messages]
    rows.add_column(width=max([6, *map(len, names)]), style="dim", justify="right")
    rows.add_column(overflow="fold", ratio=1)
    if not brief:
        rows.add_row("when", _when(draft))
    rows.add_row("why", _why(draft))
    if brief:
        for message in draft.messages:
            rows.add_row(_NAMES.get(message.channel, "mail"), _brief(message))
    parts: list[RenderableType] = [headline(draft, sign_word), Padding(rows, (0, 0, 0, 2))]
    if not brief:
        parts += [Padding(message_card(message), (0, 0, 0, 9)) for message in draft.messages]
    return Group(*parts)


def headline(draft: Draft, sign_word: str | None = None) -> Text:
    """`● tell Ana Ruiz (C-01) · installation-reminder · appointment A-1 · ref 7K3QM-X9T2A`."""
    sign, colour, word = SIGNS[draft.verdict.state]
    line = Text(f"{sign} ", style=colour)
    line.append(f"{sign_word or word} ", style=f"bold {colour}")
    line.append(name_of(draft), style="bold")
    kind = KINDS[draft.kind]
    line.append(f" · {draft.rule}{f' · {kind}' if kind else ''} · {subject_of(draft)}")
    line.append(f" · {draft.reference}", style="dim")
    return line


def message_card(message: RenderedMessage) -> RenderableType:
    """One message as the customer reads it, in a bubble whose caption says where it goes and what it costs."""
    caption = Text(_caption(message), style="dim")
    if not message.text:
        return Panel(Text("not kept", style="dim"), title=caption, title_align="left", box=box.ROUNDED, width=BUBBLE)
    if message.channel in TO_PHONES:
        return Panel(Text(message.text), title=caption, title_align="left", box=box.ROUNDED, width=BUBBLE)
    letter = Text.assemble((message.subject or "", "bold"), f"\n\n{message.text.strip()}")
    if message.calendar is not None:
        letter.append(f"\n\ncalendar: {entry_in_short(message.calendar)}", style="dim")
    return Panel(letter, title=caption, title_align="left", box=box.SQUARE, width=BUBBLE)


def facts_of(mail: str) -> str:
    """The facts of a mail's text, its `- Label: value` lines, on one line."""
    facts = [line[2:].strip() for line in mail.splitlines() if line.startswith("- ") and ": " in line]
    return " · ".join(facts)


def evidence_text(draft: Draft) -> str:
    """The values that the rule read: `incident.status = acknowledged, incident.kind = outage`."""
    looked_at = [
        (part, value)
        for part, value in draft.evidence.items()
        if not isinstance(value, bool) and not INSTANT.fullmatch(str(value))
    ]
    return ", ".join(f"{part} = {'null' if value is None else value}" for part, value in looked_at[:FACTS_SHOWN])


def _why(draft: Draft) -> Text:
    facts = evidence_text(draft)
    return Text.assemble(draft.verdict.reason.text, (f" · {facts}" if facts else "", "dim"))


def _brief(message: RenderedMessage) -> Text:
    measures = _measures(message)
    caption = (f"{measures}: " if measures and message.channel in TO_PHONES else "", "dim")
    if message.channel in TO_PHONES:
        return Text.assemble(caption, message.text)
    facts = facts_of(message.text)
    return Text.assemble((message.subject or "", "bold"), (f" · {facts}" if facts else "", "dim"))


def _caption(message: RenderedMessage) -> str:
    kind = _NAMES.get(message.channel, "mail")
    return " · ".join(part for part in (kind, message.to or "address not kept", _measures(message)) if part)


def _measures(message: RenderedMessage) -> str:
    """`2 segments GSM-7 · COP 90`; nothing for a mail."""
    parts = []
    if message.segments is not None:
        parts.append(f"{count_text(message.segments, 'segment')} {message.encoding}")
    if message.cost is not None:
        parts.append(money_text(message.cost, message.cost_currency))
    return " · ".join(parts)


def _when(draft: Draft) -> Text:
    zone = zone_of(draft)
    sent = draft.verdict.send_at
    text = Text(instant_text(sent, zone) if sent is not None else "not sent")
    if draft.until is not None:
        text.append(f" · helps until {instant_text(draft.until, zone)}", style="dim")
    if zone is not None:
        text.append(f" ({zone})", style="dim")
    return text
