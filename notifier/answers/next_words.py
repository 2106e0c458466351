"""What to say next to a customer, in their own language: from what is open, what did not arrive, and what comes.

Of an open contradiction neither side is said: whoever repeats the promise may break it, and whoever repeats the fact
breaks it now. What is said is that it is being looked at, by whom, and until when it must be clear.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.answers.brief import Brief, Promised
from notifier.answers.speech import Speech
from notifier.answers.timeline_entries import Value
from notifier.answers.timeline_words import medium, value_text
from notifier.model.contradictions import Contradiction
from notifier.model.instants import utc_text
from notifier.model.notices import MessageState, NoticeState
from notifier.rules.checked_owners import Owner

CANCELLED = "cancelled"


class Why(StrEnum):
    """Why it is to be said."""

    BROKEN = "broken"
    """A promise was broken, and the customer knows: it is admitted first."""
    IN_DOUBT = "in_doubt"
    """A promise and a fact disagree, and nobody has settled it."""
    NOT_ARRIVED = "not_arrived"
    TO_COME = "to_come"
    """A notice is on its way."""
    PROMISED = "promised"
    """A promise that stands, with a date."""
    NO_MORE = "no_more"
    """They asked for no more on a channel, or seem to have."""


@dataclass(frozen=True, kw_only=True)
class Say:
    """One thing to say."""

    why: Why
    text: str
    """In the customer's language."""
    about: str | None = None
    reference: str | None = None
    """The contradiction, or the notice."""


def next_words(brief: Brief, speech: Speech, owners: Mapping[str, Owner]) -> Sequence[Say]:
    """What to say, the hardest first. `speech` is the customer's."""
    doubted = {each.topic for each in brief.open}
    return [
        *(_broken(each, speech) for each in brief.broken),
        *(_in_doubt(each, brief.now, speech, owners) for each in _once(brief.open)),
        *_not_arrived(brief, speech),
        *_to_come(brief, speech),
        *_promised(brief, speech, doubted),
        *_no_more(brief, speech),
    ]


def ended(sentence: str) -> str:
    """With one full stop: `a. m.` has its own."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def _broken(each: Contradiction, speech: Speech) -> Say:
    about = f"{each.subject_type}:{each.subject_id}"
    topic = speech.topic(each.topic)
    text = speech.pick(
        f"We did not keep what we told you about your {topic} ({speech.row(about)}). We are sorry.",
        f"No cumplimos lo que le dijimos sobre su {topic} ({speech.row(about)}). Lo sentimos.",
    )
    return Say(why=Why.BROKEN, text=text, about=about, reference=each.id)


def _once(doubts: Iterable[Contradiction]) -> Iterable[Contradiction]:
    """Of those about one thing with one owner the most urgent: a customer hears the same sentence once."""
    found: dict[tuple[str, ...], Contradiction] = {}
    for each in sorted(doubts, key=_urgency):
        found.setdefault((each.topic, each.subject_type, each.subject_id, each.owner), each)
    return found.values()


def _urgency(each: Contradiction) -> tuple[object, ...]:
    """What surfaces first; of what surfaces at once always the same one."""
    surfaces = (each.surfaces_at is None, each.surfaces_at or each.opened_at)
    return (*surfaces, each.topic, each.subject_type, each.subject_id, each.id)


def _in_doubt(each: Contradiction, now: datetime, speech: Speech, owners: Mapping[str, Owner]) -> Say:
    about = f"{each.subject_type}:{each.subject_id}"
    owner = owners[each.owner].name if each.owner in owners else each.owner
    topic, row = speech.topic(each.topic), speech.row(about)
    text = speech.pick(
        f"Something does not match about your {topic} ({row}), and {owner} is looking at it. I cannot confirm it yet.",
        f"Hay algo que no coincide sobre su {topic} ({row}) y lo está revisando {owner}. Aún no se lo puedo confirmar.",
    )
    if each.surfaces_at is not None and each.surfaces_at > now:
        when = speech.instant(each.surfaces_at)
        text += ended(speech.pick(f" It has to be clear before {when}", f" Debe quedar claro antes del {when}"))
    return Say(why=Why.IN_DOUBT, text=text, about=about, reference=each.id)


def _not_arrived(brief: Brief, speech: Speech) -> Iterator[Say]:
    for record in brief.told:
        lost = [each for each in record.messages if each.state is MessageState.UNDELIVERED]
        arrived = [each for each in record.messages if each.state is MessageState.DELIVERED]
        if not lost or arrived or record.told_at is None:
            continue
        channels = medium(speech, ", ".join(dict.fromkeys(str(each.message.channel) for each in lost)))
        when = speech.instant(record.told_at)
        yield Say(
            why=Why.NOT_ARRIVED,
            text=speech.pick(
                f"We wrote to you on {when} by {channels}, and it did not arrive. Which address should we use?",
                f"Le escribimos el {when} por {channels} y no le llegó. ¿A qué dirección le escribimos?",
            ),
            about=f"{record.draft.subject_type}:{record.draft.subject_id}",
            reference=record.draft.reference,
        )


def _to_come(brief: Brief, speech: Speech) -> Iterator[Say]:
    for record in brief.pending:
        draft = record.draft
        if draft.verdict.state is NoticeState.HELD:
            continue  # neither side of what holds it is said
        about = f"{draft.subject_type}:{draft.subject_id}"
        at = draft.verdict.send_at
        row = speech.row(about)
        text = (
            speech.pick(f"We are writing to you about your {row} now.", f"Le estamos escribiendo sobre su {row}.")
            if at is None or at <= brief.now
            else speech.pick(
                f"On {speech.instant(at)} we write to you about your {row}.",
                f"El {speech.instant(at)} le escribimos sobre su {row}.",
            )
        )
        yield Say(why=Why.TO_COME, text=text, about=about, reference=draft.reference)
    for each in brief.ahead:
        if not each.held:
            when, row = speech.instant(each.at), speech.row(each.about)
            text = speech.pick(
                f"On {when} we write to you about your {row}.", f"El {when} le escribimos sobre su {row}."
            )
            yield Say(why=Why.TO_COME, text=text, about=each.about)


def _promised(brief: Brief, speech: Speech, doubted: set[str]) -> Iterator[Say]:
    for each in brief.promises:
        promised = each.entry.promised
        if promised is not None and promised.topic == CANCELLED and promised.topic not in doubted:
            yield from _cancelled(each, promised, speech)
            continue
        if each.due_at is None or each.contradiction is not None or promised is None or promised.topic in doubted:
            continue
        what = speech.topic(promised.topic)
        if promised.text != utc_text(each.due_at):  # else the value is the moment that is said anyway
            what = f"{what}, {value_text(speech, promised)}"
        when = speech.instant(each.due_at)
        text = ended(
            speech.pick(f"We promised you: {what}, by {when}", f"Le prometimos: {what}, a más tardar el {when}")
        )
        if each.due_at <= brief.now:
            text += speech.pick(" That moment is over; we are sorry.", " Ya pasó ese momento; lo sentimos.")
        yield Say(why=Why.PROMISED, text=text, about=each.entry.about, reference=None)


def _cancelled(each: Promised, promised: Value, speech: Speech) -> Iterator[Say]:
    """Who cancelled asks first of all whether anybody heard it."""
    if promised.text == "true":
        row = f" ({speech.row(each.entry.about)})" if each.entry.about else ""
        when = speech.instant(each.entry.at)
        text = speech.pick(
            f"Your cancellation{row} is on record since {when}", f"Su cancelación{row} quedó registrada el {when}"
        )
        yield Say(why=Why.PROMISED, text=ended(text), about=each.entry.about, reference=None)


def _no_more(brief: Brief, speech: Speech) -> Iterator[Say]:
    for each in brief.who.barriers:
        channel = medium(speech, each.channel)
        if not each.classes:
            text = speech.pick(
                f"Our messages by {channel} do not reach you any more. Which address should we use?",
                f"Nuestros mensajes por {channel} ya no le llegan. ¿A qué dirección le escribimos?",
            )
        elif each.is_probable:
            text = speech.pick(
                f"Should we stop writing to you by {channel}?", f"¿Desea que no le escribamos más por {channel}?"
            )
        else:
            text = speech.pick(
                f"You asked us not to write by {channel}, and we do not.",
                f"Usted nos pidió no escribirle por {channel}, y no lo hacemos.",
            )
        yield Say(why=Why.NO_MORE, text=text)
