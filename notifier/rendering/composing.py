"""One sheet and the files of a wording -> the message of one channel, and what its texts printed."""

import re
from datetime import datetime
from decimal import Decimal

from notifier.model.notices import Recipient, RenderedMessage
from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.rendering import parity
from notifier.rendering.catalogue import Wording
from notifier.rendering.context import Printed
from notifier.rendering.corrections import opening, reopening, with_opening, within_body
from notifier.rendering.environment import Compiled, render
from notifier.rendering.errors import RenderingError
from notifier.rendering.formats import plain
from notifier.rendering.layout import Layout, Letter, inlined, visible
from notifier.rendering.letters import blocks_of
from notifier.rendering.mime import Envelope, quoted_printable
from notifier.rendering.parity import PrintedText
from notifier.rendering.segments import MAX_CHARACTERS, count_segments
from notifier.rendering.settings import RenderSettings
from notifier.rendering.sheets import Sheet
from notifier.rendering.words import ENGLISH, words_for

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")

Composed = tuple[RenderedMessage, list[PrintedText]]


class Composer:
    """Composes the messages of one sender; `layout` is the HTML of mails without a template of their own."""

    def __init__(self, settings: RenderSettings, layout: Layout) -> None:
        self._settings = settings
        self._layout = layout
        self._envelope = Envelope(settings)

    def sms(self, wording: Wording, sheet: Sheet, recipient: Recipient) -> Composed:
        """Raises RenderingError when there is no phone number, or the text is empty or too long."""
        if recipient.phone is None or not _PHONE.fullmatch(recipient.phone):
            raise RenderingError("the recipient has no phone number in the form +573001234567")
        part = _text_part(wording, sheet, mail=False)
        text = part.text
        if not text:
            raise RenderingError("the SMS is empty", Place(part.file))
        if len(text) > MAX_CHARACTERS:
            raise RenderingError(
                f"{part.file}: the SMS has {len(text):,} characters; at most {MAX_CHARACTERS:,} can go"
            )
        settings = self._settings
        counted = count_segments(text, toll_free=settings.sms_toll_free, smart_encoding=settings.sms_smart_encoding)
        price = settings.price(recipient.country)
        message = RenderedMessage(
            channel=ChannelName.SMS,
            to=recipient.phone,
            text=text,
            payload=text.encode(),
            encoding=counted.encoding,
            segments=counted.segments,
            cost=None if price is None else Decimal(counted.segments) * price,
            cost_currency=None if price is None else settings.sms_currency,
        )
        return message, [part]

    def email(
        self, wording: Wording, sheet: Sheet, recipient: Recipient, now: datetime, *, unsubscribable: bool
    ) -> Composed:
        """Raises RenderingError when there is no address, or the subject is not one line."""
        if recipient.email is None:
            raise RenderingError("the recipient has no e-mail address")
        subject = _subject(wording, sheet)
        part = _text_part(wording, sheet, mail=True)
        parts = [part]
        if wording.html is None:
            letter = self._letter(wording, sheet, subject, part.text, unsubscribable=unsubscribable)
            html = self._layout.html(letter)
        else:
            own = _own_html(wording, wording.html, sheet)
            html = quoted_printable(own.text)
            parts.append(PrintedText(file=own.file, text=visible(own.text), printed=own.printed))
        payload = self._envelope.message(
            to=recipient.email,
            subject=subject,
            text=part.text,
            html=html,
            reference=sheet.reference,
            now=now,
            unsubscribable=unsubscribable,
        )
        message = RenderedMessage(
            channel=ChannelName.EMAIL, to=recipient.email, text=part.text, payload=payload, subject=subject
        )
        return message, parts

    def _letter(self, wording: Wording, sheet: Sheet, subject: str, text: str, *, unsubscribable: bool) -> Letter:
        return Letter(
            language=wording.language,
            company=self._settings.company,
            subject=subject,
            blocks=blocks_of(text),
            way=sheet.way,
            reference=sheet.reference,
            unsubscribe=self._envelope.unsubscribe_link(sheet.reference) if unsubscribable else None,
            words=wording.words or words_for(self._settings.default_locale) or ENGLISH,
        )


def _text_part(wording: Wording, sheet: Sheet, *, mail: bool) -> PrintedText:
    printed = sheet.voice.start_text()
    text = tidy(render(wording.text, sheet.names))
    if sentence := _first_sentence(wording, wording.text, sheet, printed):
        text = with_opening(sentence, text, mail=mail)
    return PrintedText(file=wording.text.file, text=text, printed=printed)


def _own_html(wording: Wording, compiled: Compiled, sheet: Sheet) -> PrintedText:
    """The folder's own HTML. Its CSS is inlined for each message, because claims may decide what it prints."""
    printed = sheet.voice.start_text()
    html = plain(render(compiled, sheet.names))
    if sentence := _first_sentence(wording, compiled, sheet, printed):
        html = within_body(sentence, html)
    return PrintedText(file=compiled.file, text=inlined(html), printed=printed)


def _first_sentence(wording: Wording, compiled: Compiled, sheet: Sheet, printed: Printed) -> str:
    """The built-in first sentence of a correction whose text has none; empty where none is needed."""
    if sheet.reinstated:
        return reopening(sheet.claims_now, sheet.previous, printed, wording.words)
    if sheet.correction and not compiled.uses_previous:
        return opening(sheet.claims_now, sheet.previous, printed, wording.words)
    return ""


def _subject(wording: Wording, sheet: Sheet) -> str:
    compiled = wording.subject
    assert compiled is not None
    printed = sheet.voice.start_text(one_line=True)
    subject = plain(render(compiled, sheet.names)).strip()
    if not subject or "\n" in subject or "\r" in subject:
        raise RenderingError(f"the subject {'has a line break' if subject else 'is empty'}", Place(compiled.file))
    if sheet.reinstated or (sheet.correction and not (compiled.uses_previous or compiled.uses_correction)):
        subject = f"{(wording.words or ENGLISH).correction}: {subject}"
    parity.verify_figures(PrintedText(file=compiled.file, text=subject, printed=printed), sheet.fixed)
    return subject


def tidy(text: str) -> str:
    """NFC with plain spaces, without spaces at line ends and without more than one blank line in a row."""
    text = plain(text.replace("\r\n", "\n"))
    if " \n" in text or "\t\n" in text:  # checked first: the pattern is slow, as it tries at each space
        text = _TRAILING.sub("\n", text)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return text.strip()
