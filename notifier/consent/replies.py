"""A reply that came in -> entries of the consent ledger, the one answer to send back, and what its owner must hear.

The caller keeps the reply itself as a contact, sends the answer, and passes the sentence on to the owner.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.consent.reading import Read, read_reply
from notifier.consent.words import languages
from notifier.model.consent import Source, Word
from notifier.model.replies import Meaning
from notifier.model.types import ChannelName, NoticeClass
from notifier.store.consent import (
    ALL_BUT_SAFETY,
    append,
    ledger_at,
    taken_already,
    unblock,
)
from notifier.store.contacts import RepliedTo, last_told

ANSWERS_WITHIN = timedelta(days=30)
"""How long after a notice about an appointment CANCEL may be an answer to it, where its moment is not known."""
SUBJECT_OF_TWO_MEANINGS = "appointment"
FALLBACK = "en"

WayOut = Callable[[RepliedTo | None], str]
"""Where a person answers about this notice, as people read it: a number, an address. Empty where nobody knows."""

_BY_PROVIDER = {"STOP": Meaning.STOP, "START": Meaning.START, "HELP": Meaning.HELP}
"""Twilio's OptOutType: what it has done, and answered, by itself."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a reply."""

    meaning: Meaning
    answer: str | None = None
    """The one text to send back; None where nothing is to be sent: the provider answered, or it was said before."""
    for_owner: str | None = None
    """What the owner of the notice must hear, where a person is needed."""
    reply_to: RepliedTo | None = None
    """The notice that was told last at this address."""
    muted: bool = False
    """Whether service notices go there no more: then no answer goes there, either."""


def take_reply(
    connection: sa.Connection,
    address: str,
    channel: ChannelName,
    text: str,
    opt_out_type: str | None,
    now: datetime,
    *,
    live: bool,
    company: str,
    way_out: WayOut | None = None,
    message_id: str | None = None,
) -> Taken:
    """Read a reply and write down what it says of consent, in the connection's transaction, which the caller commits.

    `opt_out_type` is Twilio's OptOutType: it goes before our own reading. `way_out` says where a person answers
    about a notice, for the answer to HELP. A `message_id` that was taken before changes nothing.
    """
    reply_to = last_told(connection, address, channel, live=live)
    read = read_reply(text, _spoken(reply_to))
    handled = _BY_PROVIDER.get((opt_out_type or "").upper())
    meaning = handled or read.meaning
    if handled is Meaning.STOP and read.meaning is Meaning.STOP_OR_CANCEL:
        meaning = Meaning.STOP_OR_CANCEL  # the provider blocks either way, and the wish to cancel must not get lost
    if message_id is not None and taken_already(connection, address, channel, message_id):
        return Taken(meaning=meaning, reply_to=reply_to)
    before = ledger_at(connection, [(channel, address)], live=live)
    service = before.get(((channel, address), NoticeClass.SERVICE))
    muted = service is not None and service.word in (Word.OUT, Word.PROBABLE)
    held = {notice_class for (_, notice_class), said in before.items() if said.word is Word.OUT}
    if handled is Meaning.START and read.meaning is Meaning.CONFIRM and not before:
        meaning = Meaning.CONFIRM  # Twilio takes YES for START, also where it answers a question of ours

    def write(word: Word, classes: Iterable[NoticeClass], *, blocked: bool = False) -> None:
        append(
            connection,
            address=address,
            channel=channel,
            classes=classes,
            word=word,
            source=Source.REPLY,
            by="the recipient",
            reason=_reason(read, opt_out_type),
            now=now,
            live=live,
            blocked=blocked,
            message_id=message_id,
        )

    blocked = handled is Meaning.STOP
    answered = handled is not None
    two_meanings = meaning is Meaning.STOP_OR_CANCEL and _may_cancel(reply_to, now)
    match meaning:
        case Meaning.STOP | Meaning.STOP_OR_CANCEL:
            stops_all = blocked or not two_meanings or read.stops_all
            classes = tuple(NoticeClass) if stops_all else (NoticeClass.MARKETING,)
            write(Word.OUT, classes, blocked=blocked)
            is_new = not set(classes) <= held
            answer = None if answered or two_meanings or not is_new else _answer("stop", read, reply_to, company)
            return Taken(
                meaning=meaning,
                answer=answer,
                for_owner=_two_meanings(reply_to, read, stops_all=stops_all, blocked=blocked) if two_meanings else None,
                reply_to=reply_to,
            )
        case Meaning.PROBABLE_STOP:
            if not held >= set(ALL_BUT_SAFETY):
                write(Word.PROBABLE, (each for each in ALL_BUT_SAFETY if each not in held))
            return Taken(meaning=meaning, for_owner=_probable(reply_to), reply_to=reply_to)
        case Meaning.START:
            write(Word.LIFTED, tuple(NoticeClass))
            unblock(connection, address, channel, live=live)
            answer = None if answered or not held else _answer("start", read, reply_to, company)
            return Taken(meaning=meaning, answer=answer, reply_to=reply_to)
        case Meaning.HELP:
            where = way_out(reply_to) if way_out is not None else ""
            answer = None if answered else _answer("help", read, reply_to, company, where)
            return Taken(meaning=meaning, answer=answer, reply_to=reply_to)
        case Meaning.CONFIRM | Meaning.CANCEL | Meaning.OTHER:
            return Taken(meaning=meaning, reply_to=reply_to, muted=muted)


def spoken_answer(key: str, reply_to: RepliedTo, company: str, way_out: str) -> str:
    """An answer that says nothing of consent, in the language of the notice."""
    return _answer(key, Read(meaning=Meaning.OTHER), reply_to, company, way_out)


def _spoken(reply_to: RepliedTo | None) -> tuple[str, ...]:
    return () if reply_to is None or reply_to.locale is None else (reply_to.locale.split("-")[0],)


def _reason(read: Read, opt_out_type: str | None) -> str:
    if opt_out_type:
        return f"the provider read the reply as {opt_out_type.upper()}"
    if read.meaning is Meaning.PROBABLE_STOP:
        return f"the reply holds '{read.word}'"
    return f"the reply is '{read.word}'"


def _may_cancel(reply_to: RepliedTo | None, now: datetime) -> bool:
    """Whether the last notice was about an appointment that is still to come."""
    if reply_to is None or reply_to.subject_type != SUBJECT_OF_TWO_MEANINGS:
        return False
    return now < (reply_to.anchor or reply_to.told_at + ANSWERS_WITHIN)


def _two_meanings(reply_to: RepliedTo | None, read: Read, *, stops_all: bool, blocked: bool) -> str:
    assert reply_to is not None, "only a notice can be answered by CANCEL"
    muted = "no more messages go to this number" if stops_all else "no more advertising goes to this number"
    by = ", and the provider blocks it" if blocked else ""
    return (
        f"{reply_to.recipient_id} answered '{(read.word or 'cancel').upper()}' to {reply_to.reference} about "
        f"{reply_to.subject_type}:{reply_to.subject_id}: it may mean the appointment, or the messages. {muted}{by}; "
        "ask whether the appointment is to be cancelled"
    )


def _probable(reply_to: RepliedTo | None) -> str:
    about = "" if reply_to is None else f" ({reply_to.recipient_id}, after {reply_to.reference})"
    return (
        f"a reply sounds like an opt-out{about}: nothing but safety goes to this address until somebody decides with "
        "notifier consent set; notifier consent show lists it"
    )


def _answer(key: str, read: Read, reply_to: RepliedTo | None, company: str, way_out: str = "") -> str:
    """The answer in the language of the last notice, where we have it, else in that of the word."""
    known = languages()
    wanted = (*_spoken(reply_to), read.language or FALLBACK)
    language = next((each for each in wanted if each in known), FALLBACK)
    answers = known[language].answers
    where = answers["way_out"].format(address=way_out) + " " if way_out else ""
    reference = "" if reply_to is None else reply_to.reference
    return answers[key].format(company=company, way_out=where, reference=reference)
