"""A reply that came in -> entries of the consent ledger, the one answer to send back, and what its owner must hear.

The caller keeps the reply itself as a contact, sends the answer, and passes the sentence on to the owner.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.consent.reading import Read, read_reply
from notifier.consent.words import languages
from notifier.model.consent import Source, Word
from notifier.model.replies import Meaning
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.consent import (
    ALL_BUT_SAFETY,
    append,
    ledger_at,
    taken_already,
    unblock,
    waiting_beside,
)
from notifier.store.contacts import RepliedTo, addresses_of, customers_at, last_told

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
    named: RepliedTo | None = None,
) -> Taken:
    """Read a reply and write down what it says of consent, in the connection's transaction, which the caller commits.

    `opt_out_type` is Twilio's OptOutType: it goes before our own reading. `way_out` says where a person answers
    about a notice, for the answer to HELP. A `message_id` that was taken before changes nothing. `named` is the notice
    that the reply itself names; without it, the one that was told last at the address is answered. Where that notice
    was told elsewhere, nobody has shown that it is theirs: an opt-out then counts for the writer's own address, and is
    a probable one for the notice's.
    """
    reply_to = named or last_told(connection, address, channel, live=live)
    is_foreign = reply_to is not None and reply_to.address != address
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

    def write(
        word: Word, classes: Iterable[NoticeClass], *, blocked: bool = False, at: Address = (channel, address)
    ) -> None:
        elsewhere = "" if at == (channel, address) else ", which came from another address"
        append(
            connection,
            address=at[1],
            channel=at[0],
            classes=classes,
            word=word,
            source=Source.REPLY,
            by="the recipient",
            reason=_reason(read, opt_out_type) + elsewhere,
            now=now,
            live=live,
            blocked=blocked,
            message_id=message_id,
        )

    def mute_the_person() -> None:
        """All but safety waits for a decision, wherever they are written to: what they meant is not known yet."""
        places = _places_of(connection, reply_to, channel, address, now)
        ledger = ledger_at(connection, places, live=live)
        for place in places:
            held_there = {of for of in ALL_BUT_SAFETY if (place, of) in ledger and ledger[place, of].word is Word.OUT}
            if open_ := [of for of in ALL_BUT_SAFETY if of not in held_there]:
                write(Word.PROBABLE, open_, at=place)

    blocked = handled is Meaning.STOP
    answered = handled is not None
    two_meanings = meaning is Meaning.STOP_OR_CANCEL and _may_cancel(reply_to, now) and not is_foreign
    match meaning:
        case Meaning.STOP | Meaning.STOP_OR_CANCEL:
            stops_all = blocked or not two_meanings or read.stops_all
            classes = tuple(NoticeClass) if stops_all else (NoticeClass.MARKETING,)
            write(Word.OUT, classes, blocked=blocked)
            is_new = not set(classes) <= held
            if is_foreign:
                mute_the_person()
                return Taken(meaning=meaning, for_owner=_probable(reply_to, is_foreign=True), reply_to=reply_to)
            silent = answered or two_meanings or not is_new
            answer = None if silent else _answer("stop", read, reply_to, company, channel=channel)
            return Taken(
                meaning=meaning,
                answer=answer,
                for_owner=_two_meanings(reply_to, read, channel, stops_all=stops_all, blocked=blocked)
                if two_meanings
                else None,
                reply_to=reply_to,
            )
        case Meaning.PROBABLE_STOP:
            mute_the_person()
            return Taken(meaning=meaning, for_owner=_probable(reply_to, is_foreign=is_foreign), reply_to=reply_to)
        case Meaning.START:
            for place in waiting_beside(connection, (channel, address), live=live):
                write(Word.LIFTED, ALL_BUT_SAFETY, at=place)  # what waited there for a decision has been decided
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


def _places_of(
    connection: sa.Connection, reply_to: RepliedTo | None, channel: ChannelName, address: str, now: datetime
) -> Sequence[Address]:
    """The address of a reply, and wherever else its writer is written to: the customer whose notice it answers, else
    everybody who has the address."""
    if reply_to is not None and reply_to.recipient_id is not None and reply_to.may_be_meant(now):
        people: Sequence[str] = [reply_to.recipient_id]
        told: list[Address] = [(channel, reply_to.address)]
    else:
        people, told = customers_at(connection, channel, address), []
    return list(dict.fromkeys([(channel, address), *told, *addresses_of(connection, people)]))


def _two_meanings(
    reply_to: RepliedTo | None, read: Read, channel: ChannelName, *, stops_all: bool, blocked: bool
) -> str:
    assert reply_to is not None, "only a notice can be answered by CANCEL"
    here = "to this mail address" if channel is ChannelName.EMAIL else "to this number"
    muted = f"no more messages go {here}" if stops_all else f"no more advertising goes {here}"
    by = ", and the provider blocks it" if blocked else ""
    return (
        f"{reply_to.recipient_id} answered '{(read.word or 'cancel').upper()}' to {reply_to.reference} about "
        f"{reply_to.subject_type}:{reply_to.subject_id}: it may mean the appointment, or the messages. {muted}{by}; "
        "ask whether the appointment is to be cancelled"
    )


def _probable(reply_to: RepliedTo | None, *, is_foreign: bool) -> str:
    about = "" if reply_to is None else f" ({reply_to.recipient_id}, after {reply_to.reference})"
    what = "a reply sounds like an opt-out"
    if is_foreign:
        what = "an opt-out came from another address than the notice went to"
    return (
        f"{what}{about}: nothing but safety goes to this person, on any channel, until somebody decides with "
        "notifier consent set; notifier consent show lists it"
    )


def _answer(
    key: str,
    read: Read,
    reply_to: RepliedTo | None,
    company: str,
    way_out: str = "",
    *,
    channel: ChannelName = ChannelName.SMS,
) -> str:
    """The answer in the language of the last notice, where we have it, else in that of the word."""
    known = languages()
    wanted = (*_spoken(reply_to), read.language or FALLBACK)
    language = next((each for each in wanted if each in known), FALLBACK)
    answers = known[language].answers
    where = answers["way_out"].format(address=way_out) + " " if way_out else ""
    reference = "" if reply_to is None else reply_to.reference
    here = known[language].here[channel]
    return answers[key].format(company=company, way_out=where, reference=reference, here=here)
