"""How a contradiction came about becomes a sheet: one line a link, the first one first."""

from collections.abc import Mapping

from notifier.answers.explain import Explained, Link, LinkKind
from notifier.answers.speech import Speech
from notifier.answers.timeline_entries import actual_of, promised_of
from notifier.answers.timeline_words import value_text, whose_side, word
from notifier.cli.sheets.moments import moment
from notifier.cli.sheets.sheet import Line, Section, Sheet, Tone
from notifier.model.texts import one_line
from notifier.model.writers import Way
from notifier.store.writes import Write

_TAGS: Mapping[LinkKind, tuple[str, str, Tone]] = {
    LinkKind.PROMISE: ("the promise", "la promesa", Tone.WAITING),
    LinkKind.FACT: ("the fact", "el hecho", Tone.PLAIN),
    LinkKind.FOUND: ("found", "hallado", Tone.BAD),
    LinkKind.ALERT: ("owner told", "responsable avisado", Tone.WAITING),
    LinkKind.DECIDED: ("decided", "decidido", Tone.PLAIN),
    LinkKind.ENDED: ("ended", "terminado", Tone.GOOD),
}
_WAYS: Mapping[Way, tuple[str, str]] = {
    Way.IMPORT: ("file {}", "archivo {}"),
    Way.EVENTS: ("events of {}", "eventos de {}"),
    Way.DECISION: ("notifier {}", "notifier {}"),
    Way.REPLY: ("a reply to {}", "una respuesta a {}"),
    Way.CALL: ("a call of {}", "una llamada de {}"),
}
LONGEST = 80


def explained_sheet(found: Explained, speech: Speech) -> Sheet:
    """The sheet of one contradiction."""
    pick, about = speech.pick, found.contradiction
    said, actual = value_text(speech, promised_of(about)), actual_of(about)
    more = found.left_out
    return Sheet(
        kind="explain",
        language=speech.language,
        title=pick(f"{about.id}: how it came about", f"{about.id}: cómo ocurrió"),
        subtitle=f"{about.check} · {speech.row(f'{about.subject_type}:{about.subject_id}')} · "
        f"{pick('times of', 'horas de')} {speech.timezone}",
        facts=[
            (pick("topic", "tema"), speech.topic(about.topic)),
            (pick("promised", "prometido"), f"{said}, {about.promised_by}"),
            (whose_side(speech, actual), value_text(speech, actual)),
            (pick("state", "estado"), word(speech, about.state)),
        ],
        sections=[
            Section(
                title=pick("From the log, the first one first", "Del registro, lo primero primero"),
                lines=[_line(link, speech) for link in found.links],
                note=pick(f"{more:,} more rows of facts", f"{more:,} filas de hechos más") if more else "",
            )
        ],
        footer=pick(
            "What was written before the log began, or is older than it keeps, has no writer here.",
            "Lo escrito antes de que empezara el registro, o más antiguo de lo que guarda, no tiene autor aquí.",
        )
        if any(link.write is not None and link.write.writer is None for link in found.links)
        else "",
    )


def _line(link: Link, speech: Speech) -> Line:
    english, spanish, tone = _TAGS[link.kind]
    if link.kind is LinkKind.FACT and link.write is not None and link.write.entity == "promise":
        english, spanish, tone = "the other promise", "la otra promesa", Tone.WAITING
    text, more = _text(link, speech), []
    if link.write is not None and link.write.writer is not None:
        writer = link.write.writer
        more = [f"{_whence(link.write, speech)}, {one_line(writer.by)}, {moment(speech, writer.at)}"]
    return Line(
        when=speech.pick("before the log", "antes del registro") if link.at is None else moment(speech, link.at),
        tag=speech.pick(english, spanish),
        tone=tone,
        text=text,
        more=more,
    )


def _text(link: Link, speech: Speech) -> str:
    if link.write is not None:
        return _written(link.write, speech)
    if link.decision is not None:
        return f"{one_line(link.decision.actor)}: {link.decision.verb}; {one_line(link.decision.reason)}"
    if link.kind is LinkKind.ALERT:
        return f"{link.text}, {link.reference}"
    return one_line(link.text or "")


def _written(write: Write, speech: Speech) -> str:
    row = speech.row(f"{write.entity}:{write.id}")
    if write.deleted:
        return speech.pick(f"{row} went away", f"{row} desapareció")
    changes = [
        f"{name} {_short(write.before[name])} → {_short(value)}" if name in write.before else f"{name} {_short(value)}"
        for name, value in sorted(write.after.items())
        if value is not None or name in write.before
    ]
    return f"{row}: {', '.join(changes)}"


def _short(value: str | None) -> str:
    text = "null" if value is None else one_line(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _whence(write: Write, speech: Speech) -> str:
    assert write.writer is not None
    named = speech.pick(*_WAYS[write.writer.way]).format(one_line(write.writer.name))
    return named if write.line is None else f"{named}:{write.line}"
