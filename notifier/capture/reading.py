"""A call note, a chat or a transcript -> what it seems to promise. A person confirms each; nothing here writes.

The text is untrusted: it is capped, read once from start to end, and only its own words come back. For each sentence,
the phrases that hold a value are read by the grammar (`phrases.py`), and the words around them say which topic it is
(the cues of the language). What a customer says, asks or wishes, what might be, what was, and what a competitor offers
is no promise (the guards of the language).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from notifier.capture.forms import Formed, formed
from notifier.capture.language import FOLDER, Cue, Guard, Language, language
from notifier.capture.meaning import Meaning
from notifier.capture.moments import Joiner
from notifier.capture.phrases import Phrase, phrases, tokens_of
from notifier.capture.proposals import Proposal
from notifier.capture.second_opinion import Opinion, doubt
from notifier.capture.surroundings import Surroundings
from notifier.capture.texts import LONGEST_TEXT, Line, Sentence, folded, lines, sentences
from notifier.capture.values import Amount, Length, Unclear, When

LANGUAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
"""The languages that can be read."""
ASSUMED_COSTS = 15
"""Percent of confidence that an assumption costs."""
DOUBT_COSTS = 40
"""Percent of confidence that a second reading costs."""
LEAST_BARE_PRICE = 1000
"""A smaller whole number without a currency may be a number of anything."""
REMEMBERED = 250
FOLLOWING = 60
"""Characters before and after a visit in which its purpose is sought."""
TAX_WITHIN = 30
"""Characters behind an amount in which its tax is sought."""
_MONEY_TOPICS = ("monthly_price", "price", "installation_fee", "refund")


_ONCE = ("installation_fee",)
"""Topics of which a sentence says one value: what the first cue found."""
_CORRECTED = Guard(name="corrected", pattern=re.compile(""), until=None, reaches_back=True)


class UnreadableTextError(ValueError):
    """The text cannot be read at all; the sentence says why, and what can be done."""


def read(text: str, surroundings: Surroundings, opinion: Opinion | None = None) -> list[Proposal]:
    """What the text proposes, in its order; of another opinion about its days only a doubt.

    Raises UnreadableTextError where it is too long or in another language.
    """
    if len(text) > LONGEST_TEXT:
        raise UnreadableTextError(
            f"the text has {len(text):,} characters, {LONGEST_TEXT:,} are read; give one call or one chat at a time"
        )
    if surroundings.language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise UnreadableTextError(f"texts in '{surroundings.language}' cannot be read; one of {known} (--locale es-CO)")
    return _Reader(text, surroundings, language(surroundings.language), opinion).read()


@dataclass(frozen=True)
class _Found:
    """A proposal while it may still be taken back."""

    proposal: Proposal
    line: int
    by_customer: bool


class _Reader:
    def __init__(self, text: str, surroundings: Surroundings, known: Language, opinion: Opinion | None) -> None:
        self._opinion = opinion
        self._text = text
        self._folded = folded(text)
        self._surroundings = surroundings
        self._language = known
        self._meaning = Meaning(known, surroundings)
        self._found: list[_Found] = []
        self._company_line = -1
        """The last line in which somebody of the company spoke."""

    def read(self) -> list[Proposal]:
        for number, line in enumerate(lines(self._folded, self._language.speakers)):
            of_customer = self._is_customer(line)
            if of_customer and self._language.refusal.search(self._folded[line.start : line.end]):
                self._found = [each for each in self._found if each.line < self._company_line or each.by_customer]
            if not of_customer:
                self._company_line = number
            for sentence in sentences(self._folded, line.start, line.end):
                self._sentence(sentence, number, of_customer=of_customer)
        found = sorted((each.proposal for each in self._unique()), key=lambda one: (one.start, one.end, one.topic))
        return self._hours_joined([self._of_installation(each) for each in found])

    def _of_installation(self, proposal: Proposal) -> Proposal:
        """A visit is one for an installation where the words around it speak of one."""
        near = self._folded[max(0, proposal.start - REMEMBERED) : proposal.end + FOLLOWING]
        installs = self._language.installing.search(near) and not self._language.repairing.search(near)
        if proposal.topic != "appointment" or not installs:
            return proposal
        return replace(proposal, topic="installation_date")

    def _hours_joined(self, found: Sequence[Proposal]) -> list[Proposal]:
        """Opening hours that go on in the next sentence are one."""
        joined: list[Proposal] = []
        for each in found:
            last = joined[-1] if joined else None
            between = "" if last is None else self._folded[last.end : each.start]
            if (
                last is not None
                and each.topic == last.topic == "opening_hours"
                and self._language.series.fullmatch(between.replace("\n", " "))
            ):
                said = self._text[last.start : each.end]
                joined[-1] = replace(last, value=f"{last.value}; {each.value}", said=said, end=each.end)
            else:
                joined.append(each)
        return joined

    def _is_customer(self, line: Line) -> bool:
        return bool(line.speaker) and self._language.customers.fullmatch(line.speaker) is not None

    def _unique(self) -> Iterator[_Found]:
        """The same value of a topic counts once, and of two values of one amount the last that was said."""
        seen = set()
        for each in sorted(self._found, key=lambda one: one.by_customer):  # the company's own words go first
            key = (each.proposal.topic, each.proposal.value)
            if key not in seen:
                seen.add(key)
                yield each

    def _sentence(self, sentence: Sentence, line: int, *, of_customer: bool) -> None:
        text = self._folded[sentence.start : sentence.end]
        if sentence.asks:
            return
        read = list(phrases(tokens_of(text, self._language), self._language, self._meaning))
        shaped = _Shape(
            text,
            [
                self._about(text, each)
                for each in Joiner(text, self._language, self._surroundings, self._meaning).joined(read)
            ],
        )
        corrected = self._language.correction.search(shaped.text)
        if corrected:
            self._take_back(line)
        stopped = [
            (guard, *shaped.reach(guard)) for guard in self._language.guards if guard.pattern.search(shaped.text)
        ]
        if corrected:
            stopped.append((_CORRECTED, 0, corrected.start()))
        taken: set[int] = set()
        topics: dict[str, list[tuple[int, int]]] = {}
        for cue in self._language.cues:
            if of_customer and not cue.customer:
                continue
            if cue.needs is not None and cue.needs not in topics:
                continue
            for found in cue.pattern.finditer(shaped.text):
                if self._is_stopped(cue, _point(found), stopped) or _overlap(found, topics.get(cue.topic, ())):
                    continue
                proposal = self._proposal(cue, found, shaped, sentence, taken)
                repeated = cue.topic in topics and (proposal is None or proposal.value == "open" or cue.topic in _ONCE)
                if proposal is None or repeated:
                    continue
                topics.setdefault(cue.topic, []).append(found.span())
                self._found.append(_Found(proposal, line, of_customer))

    def _is_stopped(self, cue: Cue, point: int, stopped: Sequence[tuple[Guard, int, int]]) -> bool:
        return any(guard.name not in cue.despite and start <= point < end for guard, start, end in stopped)

    def _proposal(self, cue: Cue, found: Any, shaped: "_Shape", sentence: Sentence, taken: set[int]) -> Proposal | None:
        groups = found.groupdict()
        index = None if groups.get("value") is None else int(groups["value"])
        if index is not None and index in taken:
            return None
        value: object = cue.value if cue.value is not None else None if index is None else shaped.phrases[index].value
        as_formed: Formed | None = formed(cue.form, value, self._surroundings)
        if as_formed is None:
            return None
        if index is not None:
            taken.add(index)
        taken.update(int(number) for name, number in groups.items() if name.startswith("also") and number is not None)
        start, end = shaped.original(found.start(), found.end())
        said = self._text[sentence.start + start : sentence.start + end]
        lead = len(said) - len(said.lstrip())
        assumed = as_formed.assumed
        in_doubt = self._doubt(shaped.phrases[index], sentence) if index is not None else None
        return Proposal(
            topic=cue.topic,
            value=True if as_formed.value == "true" else as_formed.value,
            currency=as_formed.currency,
            tax_included=self._taxed(as_formed, sentence.start + end, sentence.end),
            said=said.strip(),
            start=sentence.start + start + lead,
            end=sentence.start + start + lead + len(said.strip()),
            assumed=assumed,
            doubt=in_doubt,
            confidence=max(10, cue.confidence - ASSUMED_COSTS * bool(assumed) - DOUBT_COSTS * bool(in_doubt)),
        )

    def _doubt(self, phrase: Phrase, sentence: Sentence) -> str | None:
        """What somebody else reads in the words of a day."""
        if self._opinion is None or not isinstance(phrase.value, When):
            return None
        words = self._text[sentence.start + phrase.start : sentence.start + phrase.end]
        return doubt(phrase.value, words, self._surroundings, self._opinion)

    def _taxed(self, found: Formed, start: int, end: int) -> bool | None:
        """Whether tax is in the amount, as it or the words behind it say."""
        if found.currency is None or found.tax_included is not None:
            return found.tax_included
        behind = self._folded[start : min(end, start + TAX_WITHIN)]
        if self._language.tax_excluded.search(behind):
            return False
        return True if self._language.tax_included.search(behind) else None

    def _about(self, text: str, phrase: Phrase) -> Phrase:
        """An amount that is only about so much says no value."""
        if not isinstance(phrase.value, Amount | Length):
            return phrase
        about = self._language.about.search(text[max(0, phrase.start - 40) : phrase.start])
        if not about and not self._language.about_after.match(text, phrase.end):
            return phrase
        if isinstance(phrase.value, Length):
            return replace(phrase, value=phrase.value.assuming(self._language.assumption("about", "")))
        return replace(phrase, value=Unclear(), kind="unclear")

    def _take_back(self, line: int) -> None:
        """What this line said of money before was a slip."""
        self._found = [each for each in self._found if each.line != line or each.proposal.topic not in _MONEY_TOPICS]


class _Shape:
    """A folded sentence with `<kind:number>` in the place of each phrase, as cues see it."""

    def __init__(self, text: str, found: Sequence[Phrase]) -> None:
        self.phrases = list(found)
        pieces: list[str] = []
        self._marks: list[tuple[int, int, int]] = []
        """(position in the shape, position in the text, by how much the text is longer from there on)."""
        at = length = 0
        for number, phrase in enumerate(found):
            plain = text[at : phrase.start].replace("<", " ").replace(">", " ")
            mark = f"<{_kind(phrase)}:{number}>"
            pieces += [plain, mark]
            length += len(plain)
            self._marks.append((length, length + len(mark), number))
            length += len(mark)
            at = phrase.end
        pieces.append(text[at:].replace("<", " ").replace(">", " "))
        self.text = "".join(pieces)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The positions in the sentence of a match in the shape; a phrase that is touched is taken whole."""
        return self._position(start, last=False), self._position(end, last=True)

    def _position(self, position: int, *, last: bool) -> int:
        shift = 0
        for begin, end, number in self._marks:
            phrase = self.phrases[number]
            if position <= begin:
                break
            if position < end:
                return phrase.end if last else phrase.start
            shift = phrase.end - end
        return position + shift

    def reach(self, guard: Guard) -> tuple[int, int]:
        """The part of the shape that a guard is about."""
        found = guard.pattern.search(self.text)
        assert found is not None
        begin = 0 if guard.reaches_back else found.start()
        if guard.until is None:
            return 0, len(self.text) + 1
        ends = guard.until.search(self.text, found.end())
        return begin, len(self.text) + 1 if ends is None else ends.start()


def _overlap(found: re.Match[str], before: Sequence[tuple[int, int]]) -> bool:
    """Whether a cue uses words that have made a promise of its topic already."""
    return any(start < found.end() and found.start() < end for start, end in before)


def _point(found: re.Match[str]) -> int:
    """Where a cue says its value: the guards that reach there stop it."""
    return found.start("value") if found.groupdict().get("value") is not None else found.end() - 1


def _kind(phrase: Phrase) -> str:
    """What cues call the phrase: they tell money from other numbers, and months from minutes."""
    value = phrase.value
    if isinstance(value, Amount) and phrase.kind == "amount":
        if value.lowered:
            return "lowered"
        if value.marked:
            return "amount"
        return "figure" if value.amount >= LEAST_BARE_PRICE or value.amount != int(value.amount) else "number"
    if isinstance(value, Length) and phrase.kind == "length":
        return "while" if value.unit in ("minute", "hour") else "length"
    if isinstance(value, When) and value.within is not None and value.within.unit == "minute":
        return "soon"
    return phrase.kind if not isinstance(value, Unclear) else "unclear"
