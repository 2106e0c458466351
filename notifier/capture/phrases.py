"""A folded sentence -> the phrases in it that hold a value: the longest at each place, read by the language's grammar.

The words are lexed once. From each word on, the grammar is fed word by word for as long as it can go on (LALR, so no
word is looked at twice by one kind of phrase), and the longest phrase that means something is kept.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedInput
from lark.parsers.lalr_interactive_parser import InteractiveParser

from notifier.capture.language import STARTS, Language
from notifier.capture.meaning import Meaning
from notifier.capture.numbers import words

LONGEST_PHRASE = 16
"""Words of one phrase."""
_THINGS = ("UNIT", "WORKING", "PERCENT", "CURRENCY", "THOUSAND", "MILLION", "SPEED_UNIT")
_NUMBERED = {"day": (*_THINGS, "AMPM", "PART", "O_CLOCK"), "span": _THINGS, "clock": _THINGS}
"""What a number at the end of such a phrase may count instead."""
_STEPS = {"es": ("y",), "en": ("and", "-")}


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A value with the words that say it, `text[start:end]`."""

    kind: str
    value: Any
    start: int
    end: int


def tokens_of(sentence: str, language: Language) -> list[Token]:
    """The words of a folded sentence; number words that write one number are one word."""
    lexed = list(language.parser.lex(sentence))
    return list(_numbers_joined(lexed, sentence, language))


def phrases(tokens: Sequence[Token], language: Language, meaning: Meaning) -> Iterator[Phrase]:
    """The phrases, from left to right, none within another."""
    index = 0
    while index < len(tokens):
        found = _longest(tokens, index, language, meaning)
        if found is None:
            index += 1
            continue
        kind, value, length = found
        last = tokens[index + length - 1]
        yield Phrase(kind=kind, value=value, start=tokens[index].start_pos or 0, end=last.end_pos or 0)
        index += length


def _longest(
    tokens: Sequence[Token], index: int, language: Language, meaning: Meaning
) -> tuple[str, object, int] | None:
    best: tuple[str, object, int] | None = None
    for start in STARTS:
        for length, tree in reversed(_parses(tokens, index, start, language)):
            if best is not None and length <= best[2]:
                break
            if start in _NUMBERED and _counts_something_else(start, tokens, index + length):
                continue
            if start == "days" and index and tokens[index - 1].type == "BETWEEN":
                continue  # between Monday and Wednesday: a range, and no two days
            value = meaning.of(start, tree)
            if value is not None:
                best = (start, value, length)
                break
    return best


def _counts_something_else(start: str, tokens: Sequence[Token], end: int) -> bool:
    """Whether the number at the end of a day or window counts what follows: `viernes 10 am`, `3 to 5 business days`."""
    return end < len(tokens) and tokens[end - 1].type == "NUM" and tokens[end].type in _NUMBERED[start]


def _parses(tokens: Sequence[Token], index: int, start: str, language: Language) -> list[tuple[int, Tree[Token]]]:
    """Each beginning of these words that is a whole phrase, the shortest first."""
    found: list[tuple[int, Tree[Token]]] = []
    state = language.parser.parse_interactive(start=start)
    for length, token in enumerate(tokens[index : index + LONGEST_PHRASE], start=1):
        if token.type not in _choices(state):
            break
        try:
            state.feed_token(token)
        except UnexpectedInput:
            break
        if "$END" in _choices(state):
            try:
                found.append((length, _ended(state, token)))
            except UnexpectedInput:
                continue
    return found


def _choices(state: InteractiveParser) -> Collection[str]:
    found: Collection[str] = state.choices()  # type: ignore[no-untyped-call]
    return found


def _ended(state: InteractiveParser, last: Token) -> Tree[Token]:
    """The tree of what was fed so far; the state can go on. Raises UnexpectedInput where it is no whole phrase."""
    copy = state.copy()  # type: ignore[no-untyped-call]
    tree: Tree[Token] = copy.feed_eof(last)
    return tree


def _numbers_joined(tokens: Sequence[Token], sentence: str, language: Language) -> Iterator[Token]:
    index = 0
    while index < len(tokens):
        length = _number_words(tokens, index, sentence, language) if tokens[index].type == "NUMWORD" else 0
        if not length:
            yield tokens[index] if tokens[index].type != "NUMWORD" else _named(tokens[index], "WORD")
            index += 1
            continue
        first, last = tokens[index], tokens[index + length - 1]
        assert first.start_pos is not None
        assert last.end_pos is not None
        text = sentence[first.start_pos : last.end_pos]
        yield Token("NUM", text, start_pos=first.start_pos, end_pos=last.end_pos)
        index += length


def _number_words(tokens: Sequence[Token], index: int, sentence: str, language: Language) -> int:
    """How many words from here on write one number: as many as can."""
    run = index
    while run < len(tokens) and run - index < LONGEST_PHRASE:
        kind, text = tokens[run].type, str(tokens[run])
        if kind not in ("NUMWORD", "THOUSAND", "MILLION") and text not in _STEPS[language.name]:
            break
        if text in ("k", "lucas", "luca", "grand", "palos", "palo"):
            break
        run += 1
    start = tokens[index].start_pos
    for end in range(run, index, -1):
        if (
            tokens[end - 1].type in ("NUMWORD", "THOUSAND", "MILLION")
            and words(sentence[start : tokens[end - 1].end_pos], language.name) is not None
        ):
            return end - index
    return 0


def _named(token: Token, kind: str) -> Token:
    return Token(kind, str(token), start_pos=token.start_pos, end_pos=token.end_pos)
