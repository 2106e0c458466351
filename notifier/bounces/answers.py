"""The answer of the server that refused a mail, found in the fields and the words of a report."""

import re
from collections.abc import Iterable, Iterator

from notifier.bounces.codes import Answer
from notifier.bounces.parts import Fields

_TYPE = re.compile(r"^[\w-]{1,40};\s*")
_BOTH = re.compile(r"(?<![\w.])([45]\d\d)[ -]#?([45]\.\d{1,3}\.\d{1,3})(?![\w.])")
_CODE = re.compile(r"(?:^|<<< |: )[ \t]*([45]\d\d)(?=[ -]|$)", re.MULTILINE)
_MARKED = re.compile(r"#([45]\.\d{1,3}\.\d{1,3})(?![\w.])")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
_SAYS_NOTHING = re.compile(r"[45]\.0\.0")
_LINES_ABOUT = 6
"""How many lines below an address may be about it."""
_NO_ROUTE = re.compile(r"\bunrouteable address\b", re.IGNORECASE)
"""Exim's words for an address that it has no use for: also where it is a relay that lost its way out."""


def answer_in_report(block: Fields, words: str, reporter: str | None) -> Answer:
    """What the server said about the recipient of this block.

    The code of its own answer goes first, wherever it stands; then the field Status.
    """
    diagnostic = _TYPE.sub("", block.get("diagnostic-code", ""))
    about = "\n".join(_about(_address(block), words))
    status = _said(block.get("status", ""))
    for text in (diagnostic, about, words):
        found = answer_in(text)
        if found is not None:
            return found if found.status or status is None else Answer(code=found.code, status=status, text=found.text)
    if status is None and _NO_ROUTE.search(about) and _is_at_home(reporter, _address(block)):
        return Answer(text="no such user")
    return Answer(status=status, text=diagnostic or about)


def answer_in_words(addresses: Iterable[str], words: str) -> Answer:
    """What a server said about these recipients in a mail without a report: beside them, else anywhere."""
    about = "\n".join(line for address in addresses for line in _about(address, words))
    return answer_in(about) or answer_in(words) or Answer(text=about)


def answer_in(text: str) -> Answer | None:
    """The first answer of a server in a text: one with an enhanced code, else one with a code alone."""
    if found := _BOTH.search(text):
        status = None if _SAYS_NOTHING.fullmatch(found[2]) else found[2]
        return Answer(code=found[1], status=status, text=_line_at(text, found.start()))
    if found := _CODE.search(text):
        marked = _MARKED.search(text, found.start())
        return Answer(code=found[1], status=marked and marked[1], text=_line_at(text, found.start()))
    if found := _MARKED.search(text):
        return Answer(status=found[1], text=_line_at(text, found.start()))
    return None


def _said(status: str) -> str | None:
    found = _STATUS.match(status.strip())
    return None if found is None or _SAYS_NOTHING.fullmatch(found[0]) else found[0]


def _line_at(text: str, start: int) -> str:
    """The line in which an answer begins, from there on."""
    return text[start:].partition("\n")[0]


def _address(block: Fields) -> str:
    for name in ("original-recipient", "final-recipient"):
        if address := block.get(name, "").rpartition(";")[2].strip().strip("<>"):
            return address
    return ""


def _about(address: str, words: str) -> Iterator[str]:
    """What stands behind an address, and in the indented lines below it."""
    if not address:
        return
    lines = words.splitlines()
    for number, line in enumerate(lines):
        before, found, behind = line.partition(address)
        if not found:
            continue
        yield behind.lstrip(">:, ")
        depth = len(before) - len(before.lstrip())
        for below in lines[number + 1 : number + 1 + _LINES_ABOUT]:
            if len(below) - len(below.lstrip()) <= depth:
                break
            yield below.strip()


def _is_at_home(reporter: str | None, address: str) -> bool:
    """Whether the one who says it is the server of the address's own domain."""
    domain = address.rpartition("@")[2].casefold()
    host = (reporter or "").casefold()
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))
