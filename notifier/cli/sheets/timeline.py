"""A page of a timeline becomes a sheet: one line an entry, with what proves it below."""

from notifier.answers.speech import Speech
from notifier.answers.timeline import Order, Timeline
from notifier.answers.timeline_entries import Entry
from notifier.answers.timeline_sources import EntryKind
from notifier.answers.timeline_words import heading, sentence
from notifier.cli.sheets.moments import moment
from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone
from notifier.model.texts import one_line

TONES = {
    EntryKind.FOUND: Tone.BAD,
    EntryKind.WITHHELD: Tone.WAITING,
    EntryKind.TOLD: Tone.GOOD,
    EntryKind.SETTLED: Tone.GOOD,
    EntryKind.PROMISED: Tone.WAITING,
}


def timeline_sheet(found: Timeline, speech: Speech, name: str, again: str) -> Sheet:
    """The sheet. `name` is the customer's, `again` the command that shows this page."""
    newest, oldest = speech.pick("newest first", "lo último primero"), speech.pick("oldest first", "lo primero primero")
    order = newest if found.order is Order.NEWEST else oldest
    more = "" if found.next is None else f"{again} --after '{found.next}'"
    return Sheet(
        kind="timeline",
        language=speech.language,
        title=speech.pick(f"{name}: timeline", f"{name}: línea de tiempo"),
        subtitle=f"{found.customer_id} · {order} · {speech.pick('times of', 'horas de')} {speech.timezone}",
        sections=[
            Section(
                title=speech.pick("Everything, in order", "Todo, en orden"),
                lines=[entry_line(entry, speech) for entry in found.entries],
                empty=speech.pick("Nothing yet.", "Todavía nada."),
                note=speech.pick(f"There is more: {more}", f"Hay más: {more}") if more else "",
            )
        ],
    )


def entry_line(entry: Entry, speech: Speech) -> Line:
    """One entry."""
    more = [one_line(entry.evidence)] if entry.evidence else []
    bad = entry.kind is EntryKind.DELIVERED and entry.state in ("undelivered", "complaint")
    return Line(
        when=moment(speech, entry.at),
        tag=heading(entry, speech),
        tone=Tone.BAD if bad else TONES.get(entry.kind, Tone.PLAIN),
        text=sentence(entry, speech),
        more=[f"{speech.pick('evidence', 'prueba')}: {each}" for each in more],
    )
