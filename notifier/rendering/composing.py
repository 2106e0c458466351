"""One sheet and the files of a wording -> the message of one channel, and what its texts printed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import TypedDict

from markupsafe import escape

from notifier.model.mail_forms import FilledForm, quoted_printable
from notifier.model.notices import Recipient, RenderedMessage
from notifier.model.problems import Place
from notifier.model.texts import foreign_in
from notifier.model.types import ChannelName
from notifier.rendering import parity
from notifier.rendering.catalogue import Wording
from notifier.rendering.context import CHANGES, Printed
from notifier.rendering.corrections import with_opening, within_body
from notifier.rendering.environment import Compiled, render
from notifier.rendering.errors import RenderingError, UnapprovedError
from notifier.rendering.formats import plain
from notifier.rendering.greetings import without_nobody
from notifier.rendering.layout import Layout, Letter, Way, inlined, visible
from notifier.rendering.letters import Block, blocks_of
from notifier.rendering.mime import Envelope, check_header
from notifier.rendering.numbered import Numbered, payload_of, unapprovable
from notifier.rendering.parity import PrintedText
from notifier.rendering.segments import MAX_CHARACTERS, count_segments
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Sheet, as_first_told
from notifier.rendering.words import ENGLISH, words_for

Approved = Mapping[tuple[str, str, str], str | None]
"""Template, locale and body of a WhatsApp text -> its ContentSid; None while it waits for approval."""

NO_CONTENT_SID = "HX" + "0" * 32
"""Stands for the id that Twilio will give a text, where each text counts as approved."""

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")


class Cost(TypedDict):
    """What a message costs, and in which currency (ISO 4217)."""

    cost: Decimal | None
    cost_currency: str | None


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, and its texts with the record of what each of them printed."""

    message: RenderedMessage
    parts: Sequence[PrintedText]
    refusal: str | None = None
    """Why it may not be sent as it is, though it says what it must: a WhatsApp text that nobody approved."""
    numbered: Numbered | None = None
    """Of a WhatsApp text that has holes: what is approved, and its values."""


class Composer:
    """Composes the messages of one sender; `layout` is the HTML of mails without a template of their own.

    `approved`: the ContentSid of each WhatsApp text that was handed in.
    """

    def __init__(self, settings: RenderSettings, layout: Layout, approved: Approved | None = None) -> None:
        self._settings = settings
        self.layout = layout
        self._approved = approved or {}
        self.envelope = Envelope(settings)

    def sms(self, wording: Wording, sheet: Sheet, recipient: Recipient) -> Composed:
        """Raises RenderingError when there is no phone number, or the text is empty or too long."""
        _refuse_no_number(recipient)
        part = _text_part(wording, sheet, mail=False)
        return Composed(self.sms_message(part.text, recipient, part.file), [part])

    def sms_message(self, text: str, recipient: Recipient, file: str) -> RenderedMessage:
        """The message of this text, which is that of the template's `file`. Raises RenderingError as `sms`."""
        number = _refuse_no_number(recipient)
        if not text:
            raise RenderingError("the SMS is empty", Place(file))
        if len(text) > MAX_CHARACTERS:
            what = f"the SMS has {len(text):,} characters; at most {MAX_CHARACTERS:,} can go"
            raise RenderingError(what, Place(file))
        settings = self._settings
        counted = count_segments(text, toll_free=settings.sms_toll_free, smart_encoding=settings.sms_smart_encoding)
        price = settings.price(recipient.country)
        return RenderedMessage(
            channel=ChannelName.SMS,
            to=number,
            text=text,
            content=text.encode(),
            encoding=counted.encoding,
            segments=counted.segments,
            cost=None if price is None else Decimal(counted.segments) * price,
            cost_currency=None if price is None else settings.sms_currency,
        )

    def whatsapp(self, wording: Wording, sheet: Sheet, recipient: Recipient) -> Composed:
        """The text as its reader sees it, without what is handed over. Raises RenderingError as `sms`."""
        number = _refuse_no_number(recipient)
        part = _text_part(wording, sheet, mail=False)
        if not part.text:
            raise RenderingError("the WhatsApp text is empty", Place(part.file))
        return Composed(
            RenderedMessage(
                channel=ChannelName.WHATSAPP,
                to=number,
                text=part.text,
                content=part.text.encode(),
                **self._cost(recipient),
            ),
            [part],
        )

    def refusal(self, template: str, locale: str, numbered: Numbered) -> str | None:
        """Why a WhatsApp text may not be sent to anybody who did not just write; None where it may."""
        key = (template, locale, numbered.body)
        if self._settings.approves_every_text:
            return next(unapprovable(numbered.body), None) or numbered.refusal
        if self._approved.get(key) is None:
            where = f"{template}/{ChannelName.WHATSAPP}.{locale}.txt.j2"
            return f"nobody approved this text of {where}" + ("" if key not in self._approved else " yet")
        return numbered.refusal

    def whatsapp_message(
        self, text: str, recipient: Recipient, file: str, template: str, locale: str, numbered: Numbered
    ) -> RenderedMessage:
        """The message of this text, whose holes are filled with these values. Raises UnapprovedError where it may not
        be sent."""
        refused = self.refusal(template, locale, numbered)
        sid = self._approved.get((template, locale, numbered.body))
        if self._settings.approves_every_text:
            sid = sid or NO_CONTENT_SID
        if refused is not None or sid is None:
            raise UnapprovedError(refused or "", Place(file))
        return RenderedMessage(
            channel=ChannelName.WHATSAPP,
            to=_refuse_no_number(recipient),
            text=text,
            content=payload_of(sid, numbered, text),
            **self._cost(recipient),
        )

    def _cost(self, recipient: Recipient) -> Cost:
        price = self._settings.whatsapp_price_in(recipient.country)
        return {"cost": price, "cost_currency": None if price is None else self._settings.sms_currency}

    def chat(self, wording: Wording, sheet: Sheet, recipient: Recipient) -> Composed:
        """What a mail would say, as a title and a text. Raises RenderingError where the owner has no chat."""
        if recipient.chat is None:
            raise RenderingError("the recipient has no chat")
        part = _text_part(wording, sheet, mail=True)
        message = RenderedMessage(
            channel=ChannelName.CHAT,
            to=recipient.chat,
            text=part.text,
            content=part.text.encode(),
            subject=_subject(wording, sheet, first=False),
        )
        return Composed(message, [part])

    def email(
        self, wording: Wording, sheet: Sheet, recipient: Recipient, now: datetime, *, unsubscribable: bool
    ) -> Composed:
        """Raises RenderingError when there is no address, or the subject is not one line."""
        if recipient.email is None:
            raise RenderingError("the recipient has no e-mail address")
        part = _text_part(wording, sheet, mail=True)
        subject = _subject(
            wording, sheet, first=bool(part.misnamed) or (sheet.changes is not None and sheet.changes.reopens)
        )
        parts = [part]
        if wording.html is None:
            token = self.unsubscribe_token(sheet.reference, recipient.email) if unsubscribable else None
            html = self.layout.html(self.letter(wording, sheet, subject, part.text, token))
        else:
            own = _own_html(wording.html, sheet)
            html = quoted_printable(own.text)
            parts.append(PrintedText(file=own.file, text=plain(unescape(visible(own.text))), printed=own.printed))
        message = self.mail_message(
            part.text,
            subject,
            quoted_printable(part.text),
            html,
            sheet.reference,
            recipient,
            now,
            unsubscribable=unsubscribable,
        )
        return Composed(message, parts)

    def mail_message(
        self,
        text: str,
        subject: str,
        body: bytes,
        html: bytes,
        reference: str,
        recipient: Recipient,
        now: datetime,
        *,
        unsubscribable: bool,
    ) -> RenderedMessage:
        """The message of these texts; `body` and `html` are in quoted-printable. Raises RenderingError as `email`."""
        if recipient.email is None:
            raise RenderingError("the recipient has no e-mail address")
        content = self.envelope.message(
            to=recipient.email,
            subject=subject,
            text=body,
            html=html,
            reference=reference,
            now=now,
            unsubscribable=unsubscribable,
        )
        return RenderedMessage(
            channel=ChannelName.EMAIL, to=recipient.email, text=text, content=content, subject=subject
        )

    def mail_of_form(
        self, text: str, subject: str, content: FilledForm, reference: str, recipient: Recipient
    ) -> RenderedMessage:
        """The message of these texts, whose bytes are those of a filled form. Raises RenderingError as `email`."""
        if recipient.email is None:
            raise RenderingError("the recipient has no e-mail address")
        self.envelope.check(recipient.email, reference)
        check_header(subject)
        return RenderedMessage(
            channel=ChannelName.EMAIL, to=recipient.email, text=text, content=content, subject=subject
        )

    def unsubscribe_token(self, reference: str, to: str) -> str:
        """What proves that a link was sent to this address; empty where links hold no token."""
        return self.envelope.unsubscribe_token(reference, to)

    def letter(self, wording: Wording, sheet: Sheet, subject: str, text: str, token: str | None) -> Letter:
        """What the layout prints around this text. `token`: of its link for unsubscribing; None: there is no link."""
        return self._letter(wording, subject, blocks_of(text), sheet.way, (sheet.reference,), token)

    def joint_letter(
        self, wording: Wording, subject: str, blocks: Sequence[Block], references: Sequence[str], token: str | None
    ) -> Letter:
        """The same around the sections of several notices, each of which names its own way out."""
        return self._letter(wording, subject, blocks, None, references, token)

    def _letter(
        self,
        wording: Wording,
        subject: str,
        blocks: Sequence[Block],
        way: Way | None,
        references: Sequence[str],
        token: str | None,
    ) -> Letter:
        return Letter(
            language=wording.language,
            company=self._settings.company,
            subject=subject,
            blocks=blocks,
            way=way,
            reference=", ".join(references),
            unsubscribe=None if token is None else self.envelope.unsubscribe_link(references[0], token),
            words=wording.words or words_for(self._settings.default_locale) or ENGLISH,
        )


def _refuse_no_number(recipient: Recipient) -> str:
    if recipient.phone is None or not _PHONE.fullmatch(recipient.phone):
        raise RenderingError("the recipient has no phone number in the form +573001234567")
    return recipient.phone


def _text_part(wording: Wording, sheet: Sheet, *, mail: bool) -> PrintedText:
    return _part(wording.text, sheet, tidy, lambda sentence, text: with_opening(sentence, text, mail=mail), str)


def _own_html(compiled: Compiled, sheet: Sheet) -> PrintedText:
    """The folder's own HTML. Its CSS is inlined for each message, because claims may decide what it prints."""
    part = _part(compiled, sheet, plain, within_body, lambda text: str(escape(text)))
    return replace(part, text=inlined(part.text))


def _part(
    compiled: Compiled,
    sheet: Sheet,
    tidied: Callable[[str], str],
    opened: Callable[[str, str], str],
    written: Callable[[str], str],
) -> PrintedText:
    """One text, which names all that changed where it is a correction.

    `opened` puts a built-in sentence first, `written` makes the list of changes a part of the text.
    """
    printed = sheet.voice.start_text()
    text = tidied(without_nobody(render(compiled, sheet.names)))
    changes = sheet.changes
    if changes is None:
        text = with_one_stop(text, printed)
        _refuse_foreign(text, compiled)
        return PrintedText(file=compiled.file, text=text, printed=printed)
    listed = changes.unnamed(text, printed)
    misnamed = changes.misnamed(printed)
    if misnamed or changes.reopens:
        printed = sheet.voice.start_text()
        text = tidied(without_nobody(render(compiled, as_first_told(sheet))))
        listed = changes.names
    elif CHANGES in text:
        text = text.replace(CHANGES, written(changes.listed(changes.names, printed)))
    if listed or changes.reopens:
        text = opened(changes.sentence(listed, printed), text)
    text = with_one_stop(text, printed)
    _refuse_foreign(text, compiled)
    return PrintedText(file=compiled.file, text=text, printed=printed, misnamed=misnamed, listed=listed)


def _subject(wording: Wording, sheet: Sheet, *, first: bool) -> str:
    """The subject; with `first` that of a first notice, marked as a correction."""
    compiled, changes = wording.subject, sheet.changes
    assert compiled is not None
    printed = sheet.voice.start_text(one_line=True)
    subject = plain(without_nobody(render(compiled, as_first_told(sheet) if first else sheet.names))).strip()
    if not subject or "\n" in subject or "\r" in subject:
        raise RenderingError(f"the subject {'has a line break' if subject else 'is empty'}", Place(compiled.file))
    if changes is not None:
        if not first and changes.misnamed(printed):
            return _subject(wording, sheet, first=True)
        if CHANGES in subject:
            subject = subject.replace(CHANGES, changes.listed(changes.names, printed))
        if first or not compiled.speaks_of_changes:
            subject = f"{changes.words.correction}: {subject}"
    subject = with_one_stop(subject, printed)
    _refuse_foreign(subject, compiled)
    if sheet.only_claims:
        for error in parity.figures(PrintedText(file=compiled.file, text=subject, printed=printed)):
            raise error
    return subject


def _refuse_foreign(text: str, compiled: Compiled) -> None:
    """Raises RenderingError for control characters and others that no message may hold: claims are clean already."""
    foreign = foreign_in(text)
    if foreign is not None:
        raise RenderingError(f"it prints {foreign}; remove it", Place(compiled.file))


def with_one_stop(text: str, printed: Printed) -> str:
    """The text with one full stop where a printed value ends in one and the sentence does, too: `a las 10:00 a. m.`"""
    if ".." not in text and ".<" not in text:
        return text
    for form in {form for _, form in printed.forms if form.endswith(".")}:
        text = re.sub(rf"({re.escape(form)}(?:</[a-z]+>)*)\.(?!\.)", r"\1", text)
    return text


def tidy(text: str) -> str:
    """NFC with plain spaces, without spaces at line ends and without more than one blank line in a row."""
    text = plain(text.replace("\r\n", "\n"))
    if " \n" in text or "\t\n" in text:  # checked first: the pattern is slow, as it tries at each space
        text = _TRAILING.sub("\n", text)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()
