"""Valid documents become bad ones: cut, doubled, moved, spliced, and full of what real files hold by mistake.

Most of what is wrong in a file is close to what is right, and only such an input reaches the code behind the parser. So
every input starts as a document that is read without a problem, and up to six edits are made to it.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_EDITS = 6
LONGEST = 20_000
"""The most characters of an input: what is longer is refused by its length alone, which costs nothing to find out."""
TYPED = (
    *(
        "",
        " ",
        "\n",
        "\t",
        "\r",
        "\r\n",
        "'",
        '"',
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "<",
        ">",
    ),
    *(":", ": ", "- ", ",", ";", ".", "..", "…", "|", "&a ", "*a", "!x ", "#", "%", "@", "\\", "/", "=", "-", "+", "*"),
)
"""What fingers type."""
VALUES = (
    *("null", "true", "false", "no", "0", "-1", "1e999", "99999999999999999999", "0.1", ".5", "1,5", "0x10", "NaN"),
    *("2026-02-30", "2026-03-05", "2026-03-05T10:00:00", "2026-03-05T10:00:00-05:00", "9999-12-31T23:59:59-12:00"),
    *("0001-01-01T00:00:00+14:00", "48h", "-1h", "99999999d", "0.5%", "25:61", "COP", "XXX", "=SUM(A1)", "8.97E+11"),
)
"""Values of every type, and of none."""
UNSEEN = (
    *(
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\u2028",
        "\u202e",
        "\u2066",
        "\ufeff",
    ),
    *("\ud800", "\uffff", "\ue000", "\ue002", "\ue003", "é", "e\u0301", "ﬀ", "İ", "٣", "²", "ñ" * 40, "🏠"),
)
"""Characters that nobody sees, and letters that behave unlike others."""

Edit = Callable[[str], str]


@dataclass(frozen=True)
class Mutations:
    """Makes inputs from documents; `words` are those of the documents' language. The same seed makes the same input."""

    documents: Sequence[str]
    words: Sequence[str]

    def of(self, seed: int) -> str:
        """The input of a seed."""
        chance = random.Random(seed)
        text = chance.choice(self.documents)
        for _ in range(chance.choice((1, 1, 1, 1, 2, 3, MOST_EDITS))):
            text = self._edited(text, chance)
        return text[:LONGEST]

    def _edited(self, text: str, chance: random.Random) -> str:
        start, end = self._span(text, chance)
        before, span, after = text[:start], text[start:end], text[end:]
        match chance.randrange(9):
            case 0:
                return before + after
            case 1:
                return before + self._word(chance) + after
            case 2 | 3:
                return before + self._word(chance) + span + after
            case 4:
                repeated = span * min(chance.choice((2, 2, 2, 2, 3, 3, 50, 1_000)), LONGEST // (len(span) + 1) + 1)
                return before + repeated + after
            case 5:
                other = chance.choice(self.documents)
                first, last = self._span(other, chance)
                return before + other[first:last] + after
            case 6:
                other_start, other_end = self._span(after, chance)
                return before + after[other_start:other_end] + after[:other_start] + span + after[other_end:]
            case 7:
                return before + (span.swapcase() if chance.random() < 0.5 else span[::-1]) + after
            case _:
                return before if chance.random() < 0.1 else before + chance.choice(TYPED) + after

    def _word(self, chance: random.Random) -> str:
        return chance.choice(chance.choice((self.words, self.words, TYPED, VALUES, UNSEEN)))

    def _span(self, text: str, chance: random.Random) -> tuple[int, int]:
        """A place in the text: mostly a few characters, sometimes a word, a line or much of it."""
        if not text:
            return 0, 0
        start = chance.randrange(len(text))
        match chance.randrange(4):
            case 0:
                return start, min(len(text), start + chance.randrange(4))
            case 1:
                return _whole(text, start, " \n,;:(){}[]'\"")
            case 2:
                return _whole(text, start, "\n")
            case _:
                return start, chance.randrange(start, len(text) + 1)


def _whole(text: str, index: int, ends: str) -> tuple[int, int]:
    """The stretch around an index that none of these characters ends."""
    start = max(text.rfind(end, 0, index) for end in ends) + 1
    after = [found for end in ends if (found := text.find(end, index)) >= 0]
    return start, min(after, default=len(text))
