"""A WhatsApp text as it is approved: fixed words with numbered holes, and what may stand in the holes.

WhatsApp sends to nobody who has not just written but texts that it approved letter by letter. What it refuses is taken
from Twilio's page on variables (https://www.twilio.com/docs/content/using-variables-with-content-api) and from Meta's
refusal of values ("Param text cannot have new-line/tab characters or more than 4 consecutive spaces").
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from notifier.model.plain_values import plain_value
from notifier.rendering.marks import MARK

MOST_CHARACTERS = 1024
"""Of a text with its values (Twilio's page on 63021)."""
MOST_HOLES = 100
_HOLE = re.compile(r"\{\{\d+\}\}")
_SIDE_BY_SIDE = re.compile(r"\}\}\s*\{\{")
_UNSENDABLE = (
    (re.compile(r"[\n\r\t]"), "a line break or a tab"),
    (re.compile(" {5}"), "more than four spaces in a row"),
)


@plain_value(frozen=True, slots=True)
class Numbered:
    """What is approved, and what one notice writes into its holes, the first into `{{1}}`."""

    body: str
    values: tuple[str, ...]

    @property
    def refusal(self) -> str | None:
        """Why WhatsApp does not take these values; None where it does. It names no value: reasons are stored."""
        for number, value in enumerate(self.values, start=1):
            if not value.strip():
                return f"what stands in {{{{{number}}}}} is empty"
            for pattern, what in _UNSENDABLE:
                if pattern.search(value):
                    return f"what stands in {{{{{number}}}}} has {what}, which WhatsApp does not take"
        length = len(_HOLE.sub("", self.body)) + sum(map(len, self.values))
        if length > MOST_CHARACTERS:
            return f"it has {length:,} characters; WhatsApp takes at most {MOST_CHARACTERS:,}"
        return None

    @property
    def variables(self) -> Mapping[str, str]:
        """By number, as Twilio takes them."""
        return {str(number): value for number, value in enumerate(self.values, start=1)}


def body_of(marked: str) -> str:
    """The text with a numbered hole for each mark, as often as it stands there."""
    pieces = MARK.split(marked)
    return "".join(piece if index % 2 == 0 else f"{{{{{(index + 1) // 2}}}}}" for index, piece in enumerate(pieces))


def payload_of(content_sid: str, numbered: Numbered, text: str) -> bytes:
    """What is handed over, as JSON: the approved text and its values. `Text`, for people, is what they read then."""
    return json.dumps(
        {"ContentSid": content_sid, "ContentVariables": numbered.variables, "Text": text}, ensure_ascii=False
    ).encode()


def unapprovable(body: str) -> Iterator[str]:
    """Why WhatsApp would not approve this text, each with what to do."""
    holes: Sequence[str] = _HOLE.findall(body)
    if _SIDE_BY_SIDE.search(body):
        yield "two values stand side by side; WhatsApp wants words between them"
    for where, beside in (("begins", body.partition("{{")[0]), ("ends", body.rpartition("}}")[2])):
        if not any(character.isalnum() for character in beside):
            yield f"it {where} with a value; WhatsApp wants words before the first and after the last one"
    words = len(_HOLE.sub(" ", body).split())
    if words < 2 * len(holes) + 1:
        yield (
            f"it has {words} words beside its {len(holes)} values; WhatsApp wants {2 * len(holes) + 1}: twice as many "
            "as values, and one more"
        )
    if len(holes) > MOST_HOLES:
        yield f"it has {len(holes)} values; WhatsApp takes at most {MOST_HOLES}"
    if len(body) > MOST_CHARACTERS:
        yield f"it has {len(body):,} characters without values; WhatsApp takes at most {MOST_CHARACTERS:,} with them"
