"""`own_words`: the bytes of a mail -> what its author wrote in it, without what the mail answers.

quotequail knows how mail programs introduce what they quote, in several languages, and its patterns take time in
proportion to the text. What it leaves behind is ours: lines with `>`, signatures, and what telephones add.
"""

from collections.abc import Mapping
from email.message import Message
from html.parser import HTMLParser

from notifier.bounces.parts import text_of
from notifier.consent.words import languages
from notifier.model.texts import folded, without_foreign

MOST_LINES = 400
"""Of a mail that are looked at: who writes more than that writes no answer to a notice."""
LONGEST = 40_000
"""Characters of a mail that are looked at."""
FEW_LINES = 6
"""How many lines a name with its address has below a closing word."""
SIGNATURE = "--"
"""The line above a signature (RFC 3676, 4.3), without the space behind it."""
ROUNDS = 5
"""How often a mail may quote and answer, piece by piece."""
OF_A_HEAD = 3
"""Fields that make lines the head of a quoted mail."""
_HEAD = ("from", "to", "date", "subject")
_BREAKING = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr"})
_QUOTING = frozenset({"blockquote"})
_UNSEEN = frozenset({"style", "script", "head", "title"})
_QUOTE_CLASSES = ("gmail_quote", "gmail_extra", "yahoo_quoted", "moz-cite-prefix")
_QUOTE_IDS = ("divRplyFwdMsg", "appendonsend", "mail-editor-reference-message-container")
"""What mail programs call the part that they quote, where they use no `blockquote` (Gmail, Yahoo, Thunderbird,
Outlook)."""
_EMPTY = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base", "source"})


def own_words(mail: Message) -> str:
    """What the author wrote, on plain lines; empty where nothing of the mail is text, or all of it is a quote."""
    return _signed(_unquoted(without_foreign(_text(mail))[:LONGEST]))


def to_be_read(text: str) -> str:
    """The words above the closing: `Sí` of `Sí`, `Saludos`, `Ana Ruiz`."""
    lines = text.split("\n")
    closings = {closing for words in languages().values() for closing in words.closings}
    for index, line in enumerate(lines):
        if index and folded(line) in closings and any(lines[:index]) and _count(lines[index:]) <= FEW_LINES:
            return "\n".join(lines[:index]).strip()
    return text


def _text(mail: Message) -> str:
    plain = html = None
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind == "text/plain" and plain is None:
            plain = text_of(part)
        elif kind == "text/html" and html is None:
            html = text_of(part)
    if plain is not None and (plain.strip() or html is None):
        return plain
    return "" if html is None else _text_of_html(html)


def _parts(mail: Message) -> list[Message]:
    """The parts that a mail program shows, outside of mails that are attached."""
    if mail.get_content_maintype() != "multipart":
        return [] if mail.get_content_disposition() == "attachment" else [mail]
    inner = mail.get_payload()
    found: list[Message] = []
    for each in inner if isinstance(inner, list) else ():
        if isinstance(each, Message):
            found += _parts(each)
    return found


def _unquoted(text: str) -> str:
    from quotequail import unwrap

    lines = text.split("\n")[:MOST_LINES]
    own: list[str] = []
    for _ in range(ROUNDS):
        found = unwrap("\n".join(lines))
        if found is None or not _is_quote(found):
            own += lines
            break
        own += _without_introduction(found.get("text_top", "").split("\n"), is_known=found["type"] != "quote")
        lines = found.get("text_bottom", "").split("\n")
        if not any(lines):
            break
    kept = "\n".join(line.rstrip() for line in own if not line.lstrip().startswith(">"))
    return kept.strip("\n")


def _is_quote(found: Mapping[str, str]) -> bool:
    """Whether it is one, and not lines of the author's own that look like the head of a mail: `Para: el martes`."""
    return found["type"] != "forward" or sum(name in found for name in _HEAD) >= OF_A_HEAD


def _without_introduction(lines: list[str], *, is_known: bool) -> list[str]:
    """Without the last paragraph where it introduces a quote in words that quotequail does not know: `Ana a écrit:`."""
    if is_known or not lines or not lines[-1].rstrip().endswith(":"):
        return lines
    last = next((index for index in range(len(lines) - 1, -1, -1) if not lines[index].strip()), -1)
    return lines[: last + 1]


def _signed(text: str) -> str:
    """Without a signature and without what a telephone adds."""
    devices = tuple(device for words in languages().values() for device in words.devices)
    own: list[str] = []
    for line in text.split("\n"):
        if line.rstrip() == SIGNATURE:
            break
        if own and any(own) and folded(line).startswith(devices):
            break
        own.append(line)
    return "\n".join(own).strip()


def _count(lines: list[str]) -> int:
    return sum(1 for line in lines if line.strip())


def _text_of_html(html: str) -> str:
    reader = _Reader()
    reader.feed(html[: 4 * LONGEST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return "\n".join(lines)


class _Reader(HTMLParser):
    """Prints what people see of a page, outside of quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._inside: list[str] = []
        """The open elements, from the first one on that is not printed."""
        self._ended = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKING and not self._inside:
            self.said.append("\n")
        if self._inside:
            if tag not in _EMPTY:
                self._inside.append(tag)
            return
        given = {name: value or "" for name, value in attrs}
        if given.get("id", "") in _QUOTE_IDS:
            self._ended = True  # Outlook puts what it answers behind it, not inside
        quotes = tag in _QUOTING or any(name in given.get("class", "") for name in _QUOTE_CLASSES)
        if (quotes or tag in _UNSEEN) and tag not in _EMPTY:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            if tag in self._inside:  # also where elements inside it are not closed
                while self._inside.pop() != tag:
                    pass
        elif tag in _BREAKING:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._inside and not self._ended:
            self.said.append(data.replace("\n", " "))
