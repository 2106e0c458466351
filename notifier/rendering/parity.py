"""The texts of one notice -> the proof that they print the same claims, or a RenderingError.

Guarantee 2: every channel prints every claim that has a value; channels print the same sides of an instant (if one
prints its time, all do); no digit is left when the claims are removed, and what was printed of the fixed texts (names,
way out, reference); and every text prints the way out and the reference. The lint checks this on samples, and rendering
on each real message before it can be sent.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from notifier.model.notices import Claims
from notifier.model.problems import Place
from notifier.model.types import TopicType
from notifier.rendering.context import BRANCH, CURRENT, DATE, PREVIOUS, TIME, Printed
from notifier.rendering.errors import RenderingError

_DIGIT = re.compile(r"\d")
_TAKEN_OUT = "\ue005"
"""Stands where a form was: of Unicode's private use area, so that it makes no other form with what stands beside it."""
_BY_BRANCH = (TopicType.BOOL, TopicType.TEXT)
"""Types whose claims a text may say by a branch instead of printing them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedText:
    """One text of a notice as its reader sees it, with the record of what was printed into it."""

    file: str
    """The template's file, for messages."""
    text: str
    printed: Printed
    misnamed: tuple[str, ...] = ()
    """The claims that a correction's own words call changed though they are not: built-in words stand there instead."""
    listed: tuple[str, ...] = ()
    """The claims that the built-in sentence of a correction names."""


def differences(
    parts: Sequence[PrintedText], claims: Claims, *, required: Mapping[str, str]
) -> Iterator[RenderingError]:
    """An error, naming the file, for each claim that a text omits, and for a figure in it that is not a claim.

    `required` are the fixed texts that every text must print, by the name that templates have for them.
    """
    expected = [name for name, claim in claims.items() if claim.value is not None and not claim.seen]
    for part in parts:
        yield from _omitted(part, expected, claims)
        for called, text in required.items():
            if text not in part.text:
                yield RenderingError(f"it does not print {{{{ {called} }}}}", Place(part.file))
        yield from figures(part)


def figures(part: PrintedText) -> Iterator[RenderingError]:
    """An error where a text, such as a subject, prints a figure that is not a claim."""
    figure = _unclaimed(part)
    if figure:
        yield RenderingError(f"it prints a figure that is no claim: '{figure}'", Place(part.file))


def one_sided(parts: Sequence[PrintedText], *, partly: bool = False) -> Iterator[RenderingError]:
    """An error for each text that does not print the date or the time of an instant which another text prints.

    Otherwise a change of it would change only some of the channels. So it is with all that a follow-up prints of the
    values that are true now. `previous` values are left to the author. `partly`: only where the text prints something
    of the claim, because what it omits was said already.
    """
    sides_of = [
        {
            (name, side)
            for name, side in part.printed.sides
            if (side in (DATE, TIME) or name.startswith(CURRENT)) and not name.startswith(PREVIOUS)
        }
        for part in parts
    ]
    everything = set().union(*sides_of)
    for part, sides in zip(parts, sides_of, strict=True):
        spoken_of = {name.removeprefix(CURRENT) for name, _ in sides}
        for name, side in sorted(everything - sides):
            if partly and name.removeprefix(CURRENT) not in spoken_of:
                continue
            other = next(p.file for p, s in zip(parts, sides_of, strict=True) if (name, side) in s)
            what = f"the {side} of '{name}'" if side in (DATE, TIME) else f"'{name}'"
            yield RenderingError(f"it does not print {what}, which {other} does", Place(part.file))


def _omitted(part: PrintedText, expected: Sequence[str], claims: Claims) -> Iterator[RenderingError]:
    # A follow-up may say what is true now of a claim in place of what was told.
    printed = {name.removeprefix(CURRENT) for name, form in part.printed.forms if form in part.text}
    for name in expected:
        by_branch = claims[name].type in _BY_BRANCH and (name, BRANCH) in part.printed.sides
        if name not in printed and not by_branch:
            yield RenderingError(f"it does not print the claim '{name}'", Place(part.file))


def _unclaimed(part: PrintedText) -> str:
    """The first line that still has a digit without the claims and the fixed texts; empty when there is none."""
    rest = part.text
    claims = {form for _, form in part.printed.forms}
    fixed = Counter(part.printed.fixed)
    # The longest first: `6` (a table for 6) must not be cut out of a telephone number.
    for text in sorted(filter(_DIGIT.search, {*claims, *fixed}), key=len, reverse=True):
        rest = rest.replace(text, _TAKEN_OUT, -1 if text in claims else fixed[text])
    digit = _DIGIT.search(rest)
    if digit is None:
        return ""
    rest = rest.replace(_TAKEN_OUT, " ")
    start = rest.rfind("\n", 0, digit.start()) + 1
    return rest[start : rest.find("\n", start) if "\n" in rest[start:] else None].strip()
