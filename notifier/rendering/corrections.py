"""What was last told and what is true now -> the first sentence of a correction whose template has none."""

import re
from collections.abc import Mapping

from markupsafe import escape

from notifier.rendering.context import DATE, TIME, VALUE, Names, PrintableClaim, Printed
from notifier.rendering.errors import RenderingError
from notifier.rendering.letters import GREETING
from notifier.rendering.words import Words, correction_sentence

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


def opening(now: Mapping[str, PrintableClaim | None], previous: Names, printed: Printed, words: Words | None) -> str:
    """The sentence that names the old and the new value of each claim that changed.

    An instant is shown by the sides that the text itself prints, so that both channels say the same. A claim that the
    text only branches on has no printed form and is left to the branch. What the sentence prints is recorded.
    """
    if words is None:
        raise RenderingError("there is no built-in correction in this language; let the template print 'previous'")
    changes = []
    for name, claim in now.items():
        before = previous[name]
        assert before is None or isinstance(before, PrintableClaim)
        if (None if before is None else before.claim) == (None if claim is None else claim.claim):
            continue
        form = _form(name, printed)
        if claim is not None and form == "":
            continue
        changes.append((_shown(before, form), _shown(claim, form)))
    return correction_sentence([change for change in changes if change[0] != change[1]], words)


def reopening(now: Mapping[str, PrintableClaim | None], previous: Names, printed: Printed, words: Words | None) -> str:
    """The sentence that the last message no longer holds, with what changed since the values that were told."""
    if words is None:
        raise RenderingError("there is no built-in sentence in this language; give the rule a follow-up on: reinstated")
    before = {name: claim.claim for name, claim in previous.items() if isinstance(claim, PrintableClaim)}
    if all(before.get(name) == (None if claim is None else claim.claim) for name, claim in now.items()):
        return words.reinstated
    return f"{words.reinstated} {opening(now, previous, printed, words)}"


def with_opening(sentence: str, text: str, *, mail: bool) -> str:
    """The text with the sentence first; in a mail, after the greeting."""
    if not mail:
        return f"{sentence} {text}"
    first, blank, rest = text.partition("\n\n")
    return f"{first}\n\n{sentence}\n\n{rest}" if blank and GREETING.fullmatch(first) else f"{sentence}\n\n{text}"


def within_body(sentence: str, html: str) -> str:
    """A template's own HTML with the sentence as the first paragraph of its body."""
    body = _BODY.search(html)
    cut = body.end() if body else 0
    return f"{html[:cut]}<p>{escape(sentence)}</p>{html[cut:]}"


def _form(name: str, printed: Printed) -> str | None:
    """The filter that shows the printed sides; None for the claim's default form, empty when none was printed."""
    sides = {side for claim, side in printed.sides if claim == name}
    if {DATE, TIME} <= sides:
        return "datetime"
    if DATE in sides:
        return "date"
    if TIME in sides:
        return "time"
    return None if VALUE in sides else ""


def _shown(claim: PrintableClaim | None, form: str | None) -> str | None:
    if claim is None or claim.claim.type == "bool":
        return None
    return claim.print(form or None)
