"""What the texts for a thousand readers of one template, language and branch have in common is rendered once: a mould.

By guarantee 2 a text is fixed words with holes for claims. A mould is made from one notice: its templates are rendered
once more with a mark in place of each printed form (`marks`), and the proof that all texts say the same (`parity`) is
made of the marked texts. It holds for whatever the marks stand for. Then each notice of the same shape only has its own
forms written into the holes of its SMS, its mail's text and its subject; of the mail's bytes it keeps what fills them
(`model.mail_forms`). It is written byte for byte as the plain way would write it, or not by a mould at all:

- what decides which words are printed is part of the shape: which claims have a value, what changed, truths, and the
  values of claims that a template compares;
- a value that could change more than its hole (an empty one, one that begins with a dash, one whose digits stand
  elsewhere in the text, too) is in doubt, and the notice is rendered the plain way;
- so are texts that have no holes: HTML of the folder's own, letters of a name, a correction in built-in words alone;
- a new mould must first write the notice it was made from as the plain way did.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from notifier.model.mail_forms import ENCODERS, MailForm
from notifier.model.mail_forms import Text as FormText
from notifier.model.notices import ClaimValue, Recipient, RenderedMessage
from notifier.rendering import parity
from notifier.rendering.catalogue import Wording
from notifier.rendering.composing import Composer
from notifier.rendering.context import Printed
from notifier.rendering.errors import RenderingError
from notifier.rendering.greetings import NOBODY
from notifier.rendering.letters import blocks_of, is_greeting
from notifier.rendering.marked_texts import (
    greetings_of,
    marked_subject,
    marked_text,
    refuse_loose_lines,
    text_to_approve,
)
from notifier.rendering.marks import FIRST, MARK, ClaimHole, Facts, Hole, InDoubtError, Marks, TextHole, has_marks
from notifier.rendering.numbered import Numbered, body_of
from notifier.rendering.parity import PrintedText
from notifier.rendering.sheets import Sheet

FIRST_SPOT = 0xE800
_HOLE_OR_SPOT = re.compile("([\ue100-\uf0ff])")
"""A mark, or a spot: where an encoded text with marks stands in a mail."""
_DIGIT = re.compile(r"\d")
_LATIN = "\u0300"
"""No character below it changes in NFC because of what stands before it."""
FAILURES = (RenderingError, InDoubtError, ValueError, ArithmeticError)
"""What may happen where a value is written; the plain way then says what is wrong, if anything is."""

Values = Sequence[str]
"""What the holes of a mould hold for one notice, and after them those that lose their full stop to the sentence."""


@dataclass(slots=True)
class _Text:
    """A text with holes. `slots`: the index of the value of each hole, in order."""

    form: str
    slots: tuple[int, ...]

    def of(self, values: Values) -> str:
        return self.form % tuple([values[slot] for slot in self.slots]) if self.slots else self.form


@dataclass(slots=True)
class _Part:
    """One text as its reader sees it, with what must hold of it for each notice."""

    file: str
    text: _Text
    holes: tuple[tuple[int, int], ...]
    """The index of each hole, and how often it is printed."""
    fixed: Mapping[str, int]
    """The texts with digits that are the same for all readers, and how often they are printed."""
    composes: bool
    """Whether a character after a hole may become one with the value."""


@dataclass(slots=True)
class _Sms:
    part: _Part


@dataclass(slots=True)
class _WhatsApp:
    part: _Part
    template: str
    locale: str
    body: str
    """What is approved: the text with numbered holes."""


@dataclass(slots=True)
class _Mail:
    part: _Part
    subject: _Part
    form: MailForm
    fills: Callable[[Values], Any]
    """Takes the values of the form from all that a notice has."""
    greetings: Sequence[tuple[_Text, bool]]
    """The first paragraphs that have holes, and whether each is a greeting: the summary is the first that is none."""


class Mould:
    """The texts of one shape, with their holes."""

    def __init__(self, composer: Composer, marks: Marks) -> None:
        self._composer = composer
        self._marks = marks
        self._holes = marks.holes
        self._stopped: list[int] = []
        self._forms = _Forms()
        self._channels: list[_Sms | _WhatsApp | _Mail] = []

    def add_sms(self, wording: Wording, sheet: Sheet) -> PrintedText:
        """Make the mould of an SMS; its marked text is what parity is to be proven of. Raises InDoubtError."""
        marked = marked_text(wording, sheet, mail=False)
        self._channels.append(_Sms(self._part(marked)))
        return marked

    def add_whatsapp(self, template: str, wording: Wording, sheet: Sheet) -> PrintedText:
        """The same of a WhatsApp text, whose holes are those that are approved."""
        marked = text_to_approve(wording, sheet)
        self._channels.append(_WhatsApp(self._part(marked), template, wording.locale, body_of(marked.text)))
        return marked

    def numbered(self, facts: Facts) -> Numbered:
        """What a mould of one WhatsApp text makes of this notice. Raises what `FAILURES` has."""
        (each,) = self._channels
        assert isinstance(each, _WhatsApp), "only WhatsApp's texts are numbered"
        filled = _Filled(self._holes, facts, self._stopped, self._forms)
        filled.proven(each.part)
        return _numbered(each, filled.values)

    def add_mail(self, wording: Wording, sheet: Sheet, token: str | None) -> PrintedText:
        """The same of a mail. `token`: the mark of what proves its link for unsubscribing, None where it has none."""
        if wording.html is not None or wording.subject is None:
            raise InDoubtError("claims may decide what its own HTML prints")
        marked = marked_text(wording, sheet, mail=True)
        subject = marked_subject(wording.subject, sheet)
        blocks = blocks_of(marked.text)
        refuse_loose_lines(marked.text)
        first = greetings_of(blocks, opened=bool(marked.listed))
        letter = self._composer.letter(wording, sheet, subject.text, marked.text, token)
        form, slots = self._form(
            sheet.reference, subject.text, marked.text, self._composer.layout.pieces(letter), token
        )
        self._channels.append(
            _Mail(
                part=self._part(marked),
                subject=self._part(subject),
                form=form,
                fills=itemgetter(*slots),
                greetings=[(self._text(text), greets) for text, greets in first],
            )
        )
        return marked

    def write(self, facts: Facts, recipient: Recipient) -> tuple[RenderedMessage, ...] | None:
        """The messages of a notice of this shape; None in doubt: the plain way says what is to be written, if any."""
        try:
            return self._write(facts, recipient)
        except FAILURES:
            return None

    def _write(self, facts: Facts, recipient: Recipient) -> tuple[RenderedMessage, ...]:
        filled = _Filled(self._holes, facts, self._stopped, self._forms)
        values = filled.values
        if any(values[one] == values[other] for one, other in self._marks.apart):
            raise InDoubtError("built-in words show a change by more than the sides that its text prints")
        messages: list[RenderedMessage] = []
        for each in self._channels:
            text = filled.proven(each.part)
            if isinstance(each, _Sms):
                messages.append(self._composer.sms_message(text, recipient, each.part.file))
                continue
            if isinstance(each, _WhatsApp):
                numbered = _numbered(each, values)
                if self._composer.refusal(each.template, each.locale, numbered) is not None:
                    raise InDoubtError("it may not be sent so")
                messages.append(
                    self._composer.whatsapp_message(
                        text, recipient, each.part.file, each.template, each.locale, numbered
                    )
                )
                continue
            if any(is_greeting(first.of(values)) is not greets for first, greets in each.greetings):
                raise InDoubtError("a long name makes a paragraph of a greeting")
            subject = filled.proven(each.subject)
            content = each.form.filled(each.fills(values))
            messages.append(self._composer.mail_of_form(text, subject, content, facts.reference, recipient))
        return tuple(messages)

    def _part(self, marked: PrintedText) -> _Part:
        pieces = MARK.split(marked.text)
        holes = Counter(ord(mark) - FIRST for mark in pieces[1::2])
        fixed = Counter(text for text in marked.printed.fixed if _DIGIT.search(text))
        return _Part(
            file=marked.file,
            text=self._text(marked.text),
            holes=tuple(holes.items()),
            fixed=fixed,
            composes=any(literal[:1] >= _LATIN for literal in pieces[2::2]),
        )

    def _form(
        self,
        reference: str,
        subject: str,
        text: str,
        html: Iterator[tuple[bytes, str | None]],
        token: str | None,
    ) -> tuple[MailForm, Sequence[int]]:
        """The bytes of the mail with holes, and which of a notice's values fill them, in their order.

        `html`: what stands before a text, and the text.
        """
        spots: list[tuple[str, str]] = []

        def spot(encoder: str, text: str) -> str:
            """The text as it is written, or where it will be."""
            if not has_marks([text]):
                return ENCODERS[encoder](text).decode("ascii")
            if (encoder, text) not in spots:
                spots.append((encoder, text))
            return chr(FIRST_SPOT + spots.index((encoder, text)))

        envelope = self._composer.envelope
        whole = envelope.written(
            to=self._marks.of(TextHole("to", "")),
            subject=spot("header", subject),
            date=self._marks.of(TextHole("date", "")),
            message_id=spot("lower", reference),
            reference=reference,
            unsubscribe=[] if token is None else envelope.unsubscribe_lines(reference, token),
            text="\r\n".join([spot("line", line) for line in text.split("\n")]),
            html="".join(
                [before.decode("ascii") + ("" if text is None else spot("html", text)) for before, text in html]
            ),
        )
        pieces = _HOLE_OR_SPOT.split(whole)
        found = [
            spots[ord(each) - FIRST_SPOT] if ord(each) >= FIRST_SPOT else ("as it is", each) for each in pieces[1::2]
        ]
        distinct = list(dict.fromkeys(found))
        words = [self._text(text) for _, text in distinct]
        slots = list(dict.fromkeys(slot for text in words for slot in text.slots))
        return (
            MailForm(
                frame="%b".join([piece.replace("%", "%%") for piece in pieces[::2]]).encode(),
                order=tuple([distinct.index(each) for each in found]),
                texts=tuple(
                    [
                        FormText(encoder, text.form, tuple([slots.index(slot) for slot in text.slots]))
                        for (encoder, _), text in zip(distinct, words, strict=True)
                    ]
                ),
                values=len(slots),
            ),
            slots,
        )

    def _text(self, marked: str) -> _Text:
        """A text with marks as one with holes.

        A form that ends in a full stop before one of the sentence (`a las 10:00 a. m.`) loses its own there.
        """
        pieces = MARK.split(marked)
        slots = [ord(mark) - FIRST for mark in pieces[1::2]]
        if not slots:
            return _Text(marked, ())
        for index, literal in enumerate(pieces[2::2]):
            hole = slots[index]
            if literal.startswith(".") and not literal.startswith("..") and isinstance(self._holes[hole], ClaimHole):
                if hole not in self._stopped:
                    self._stopped.append(hole)
                slots[index] = -1 - self._stopped.index(hole)  # the number of holes is not known yet
        form = "%s".join(literal.replace("%", "%%") for literal in pieces[::2])
        return _Text(form, tuple(slots))


class _Forms:
    """What the holes of one mould print: the form that was made last, while the claim is the very same."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[ClaimValue, str, str]] = {}
        """By hole: the claim, the reader's zone, and the form."""

    def of(self, index: int, hole: Hole, facts: Facts) -> str:
        """As `hole.form_in`. A thousand readers of one incident read the same instants."""
        if type(hole) is not ClaimHole:
            return hole.form_in(facts)
        claim, zone = hole.claim_in(facts), facts.zone
        last = self._last.get(index)
        if last is None or last[0] is not claim or last[1] != zone:
            last = self._last[index] = (claim, zone, hole.form_in(facts))
        return last[2]


class _Filled:
    """The values of one notice, each proven to change nothing but its holes. Raises what `FAILURES` has."""

    def __init__(self, holes: Sequence[Hole], facts: Facts, stopped: Sequence[int], forms: _Forms) -> None:
        self._holes = holes
        values: list[str] = []
        self._changed: dict[int, str] = {}
        """The forms that a filter changed, as they were before."""
        self._composes = False
        dotted = False
        for index, hole in enumerate(holes):
            value = forms.of(index, hole, facts)
            if hole.change is not None:
                form, value = value, hole.change(value)
                if value != form:
                    self._changed[index] = form
                    dotted = dotted or form.endswith(".")
            self._refuse(value)
            values.append(value)
            dotted = dotted or (value[-1] == "." and type(hole) is ClaimHole)
        self._figures = [_DIGIT.search(value) is not None for value in values]
        # They are found by negative indexes, the last one first.
        values += [_without_stop(values[index]) for index in reversed(stopped)]
        self.values = values
        self._dotted = dotted

    def _refuse(self, value: str) -> None:
        if not value or value[0] == "-" or value.strip() != value or value == NOBODY:
            raise InDoubtError("it may change the lines around it")
        if not value.isascii():
            if not unicodedata.is_normalized("NFC", value):
                raise InDoubtError("it may become one with its neighbours")
            self._composes = self._composes or value[0] >= _LATIN

    def proven(self, part: _Part) -> str:
        """The text. Its claims are told by construction; that no other figure is in it is proven here."""
        text = part.text.of(self.values)
        if self._dotted and (".." in text or ".<" in text):
            raise InDoubtError("full stops may be one too many")
        if (part.composes or self._composes) and not unicodedata.is_normalized("NFC", text):
            raise InDoubtError("characters become one")
        if not self._stand_alone(part, text):
            whole = PrintedText(file=part.file, text=text, printed=self._printed(part))
            for error in parity.figures(whole):
                raise error
        return text

    def _printed(self, part: _Part) -> Printed:
        """What the plain way would have recorded of the figures in this text."""
        printed = Printed(fixed=[*Counter(part.fixed).elements()])
        for index, times in part.holes:
            hole = self._holes[index]
            if isinstance(hole, ClaimHole):
                forms = [self.values[index], *([self._changed[index]] if index in self._changed else [])]
                printed.forms += [(hole.name, form) for form in forms]
            else:
                printed.fixed += [self.values[index]] * times
        return printed

    def _stand_alone(self, part: _Part, text: str) -> bool:
        """Whether each form with a figure stands in the text where it was printed, and nowhere else.

        Then nothing of it is left without them, because the words between them have no figures.
        """
        values, figures = self.values, self._figures
        for index, times in part.holes:
            if figures[index]:
                value = values[index]
                if text.find(value) != text.rfind(value) and not _stands(value, times, text):
                    return False
        for fixed, times in part.fixed.items():
            if text.find(fixed) != text.rfind(fixed) and not _stands(fixed, times, text):
                return False
        return not (self._changed and any(form in text for form in self._changed.values()))


def _numbered(each: _WhatsApp, values: Values) -> Numbered:
    return Numbered(each.body, tuple([values[slot] for slot in each.part.text.slots]))


def _stands(value: str, times: int, text: str) -> bool:
    """Whether the text holds the value so often, also where one begins within another."""
    found = start = 0
    while (start := text.find(value, start) + 1) > 0:
        found += 1
    return found == times


def _without_stop(value: str) -> str:
    if value == ".":
        raise InDoubtError("nothing would be left of it")
    return value.removesuffix(".")
