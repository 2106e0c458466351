"""What was last told and what is true now -> what a correction says of it where its template does not.

A correction names exactly what changed: the old value and the new one of each changed claim, by its label, and nothing
that did not change. A text may say so in words of its own, with `previous` and `changed`. Whether it did is observed
while it is printed: what it leaves out, a built-in sentence adds. A text that calls something changed that did not
(`it is no longer 10:00: we come at 10:00`) is printed as a first notice instead, behind the built-in sentence.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from markupsafe import escape

from notifier.model.notices import Claims
from notifier.rendering.context import (
    BRANCH,
    CHANGES,
    DATE,
    PREVIOUS,
    TIME,
    VALUE,
    PrintableClaim,
    Printed,
)
from notifier.rendering.letters import GREETING
from notifier.rendering.words import Words

_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changed claims of a correction, as templates see them: what was told, and what is true now."""

    names: tuple[str, ...]
    before: Mapping[str, PrintableClaim | None]
    now: Mapping[str, PrintableClaim | None]
    labels: Mapping[str, str]
    words: Words
    reopens: bool = False
    """The customer was told that it is over, or not theirs, and it is so again: perhaps nothing else changed."""
    known_by: Mapping[str, PrintableClaim] = field(default_factory=dict)
    """What the reader knows the row by, for each changed claim of one of several rows."""

    def misnamed(self, printed: Printed) -> tuple[str, ...]:
        """The claims that a text calls changed, by printing what was told, and that did not change."""
        old = {name.removeprefix(PREVIOUS) for name, _ in printed.forms if name.startswith(PREVIOUS)}
        return tuple(sorted(old.difference(self.names))) if old else ()

    def unnamed(self, text: str, printed: Printed) -> tuple[str, ...]:
        """The changed claims of which a text does not say what was told before.

        Where nothing was told before, it is enough that the text asks whether the claim changed: it prints the new
        value in any case.
        """
        if CHANGES in text:
            return ()
        old = {name for name, _ in printed.forms if name.startswith(PREVIOUS)}
        return tuple(
            name
            for name in self.names
            if PREVIOUS + name not in old and not (self.before[name] is None and name in printed.asked)
        )

    def listed(self, names: Collection[str], printed: Printed) -> str:
        """These claims by their labels, each with the old and the new value. What it prints is recorded.

        An instant is shown by the sides that the text itself prints, so that both channels say the same. A text that
        the template only branches on has no printed form and is left to the branch.
        """
        shown = (self._change(name, printed) for name in names)
        return "; ".join(change for change in shown if change) or self.words.replaced

    def sentence(self, names: Collection[str], printed: Printed) -> str:
        """The built-in sentence of a correction about these claims."""
        if self.reopens and not names:
            return self.words.reinstated
        sentence = f"{self.words.correction}: {self.listed(names, printed)}"
        sentence = sentence if sentence.endswith(".") else f"{sentence}."
        return f"{self.words.reinstated} {sentence}" if self.reopens else sentence

    def _change(self, name: str, printed: Printed) -> str:
        before, now, words = self.before[name], self.now[name], self.words
        form = _form(name, printed)
        if form == "" and now is not None and now.claim.type == "text":
            return ""
        old, new = _shown(before, form, words), _shown(now, form, words)
        if old == new:  # the text prints a side that did not change
            old, new = _shown(before, None, words), _shown(now, None, words)
        label = self.labels[name]
        if name in self.known_by:
            label = f"{self.known_by[name].noted(None)}, {label}"
        if old is None:
            return words.is_now.format(label=label, now=new)
        if new is None:
            return words.was.format(label=label, before=old)
        return words.was_and_is.format(label=label, before=old, now=new)


def changed_names(previous: Claims, claims: Claims) -> tuple[str, ...]:
    """The names of the claims whose value is no longer the one told; a claim that was not told had none."""
    changed = []
    for name, claim in claims.items():
        if claim.seen:
            continue
        before = previous.get(name)
        if (claim.value is not None) if before is None else before != claim:
            changed.append(name)
    return tuple(changed)


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
    """The filter that shows the printed sides; None for the default form, empty where it is only branched on."""
    sides = {side for claim, side in printed.sides if claim == name}
    if {DATE, TIME} <= sides:
        return "datetime"
    if DATE in sides:
        return "date"
    if TIME in sides:
        return "time"
    return "" if BRANCH in sides and VALUE not in sides else None


def _shown(claim: PrintableClaim | None, form: str | None, words: Words) -> str | None:
    if claim is None:
        return None
    if isinstance(claim.value, bool):
        return words.truths[claim.value]
    return claim.noted(form or None)
