"""The text of a YAML 1.2 file -> nodes with positions, or the problem that makes it unreadable.

The events come from ruamel.yaml. Their interpretation here is stricter than YAML: the core schema with exact numbers,
one document, no tags, no merges, texts as keys, and limits on size, depth and the expansion of aliases, so that a few
lines cannot become a billion values.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.texts import called, unseen_in
from notifier.rules.regular_files import LARGEST_FILE, read_regular_file
from notifier.rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode, ScalarValue

DEEPEST = 32
"""The most levels of lists and mappings, with aliases expanded."""
MOST_ALIASED = 10_000
"""The most values that all aliases of a file may expand to."""
LONGEST_NUMBER = 40
"""The most characters of a number; no amount, count or coordinate needs more."""

_NULLS = ("", "~", "null", "Null", "NULL")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")

_REMEDIES = (
    ("'\\t'", "indent with spaces, not tabs"),
    ("cannot start any token", "quote the text"),
    ("mapping values are not allowed", "quote a text that holds ': ', or mend the indentation"),
    ("end of stream", "a quote or bracket is not closed"),
    ("<stream end>", "a quote or bracket is not closed"),
    ("expected ',' or", "quote a text that holds brackets or commas"),
    ("expected <block end>", "mend the indentation, or quote the text"),
    ("could not find expected ':'", "a key needs ': ' after it"),
)
"""The usual remedy, by a part of ruamel.yaml's message."""


class _Composed(NamedTuple):
    node: Node
    size: int
    height: int


def read_yaml_file(path: Path, file: str) -> Node | None:
    """The content of a file, None when it is empty; `file` is its name in places. Raises ProblemsError."""
    try:
        content = read_regular_file(path)
    except ValueError as error:
        raise _error(Place(file), str(error)) from error
    return read_yaml(content, file)


def read_yaml(content: bytes, file: str) -> Node | None:
    """The one document in `content`, None when there is none. Raises ProblemsError with exactly one problem."""
    if len(content) > LARGEST_FILE:
        raise _error(Place(file), f"the file has {len(content):,} bytes; at most {LARGEST_FILE:,} are read")
    text = _decoded(content, file)
    hidden = unseen_in(text)
    if hidden is not None and text[hidden] > "\x7f":  # the parser refuses the others
        raise _error(_place_at(text, hidden, file), _unseen(text[hidden]))
    try:
        return _Composer(text, file).document()
    except ReaderError as error:
        place = _place_at(text, error.position, file)
        raise _error(place, f"the character U+{_code(error.character):04X} is not allowed in YAML") from error
    except MarkedYAMLError as error:
        raise _error(_mark_place(error, file), _unreadable(error)) from error
    except YAMLError as error:
        raise _error(Place(file), f"not YAML: {error}") from error


class _Composer:
    """Turns the parser's events into nodes, and counts what aliases expand to."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self._anchors: dict[str, _Composed] = {}
        self._aliased = 0

    def document(self) -> Node | None:
        next(self._events)  # the start of the stream
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            return None
        self._check_directives(start)
        root = self._compose(next(self._events), 1).node
        next(self._events)  # the end of the document
        following = next(self._events)
        if isinstance(following, DocumentStartEvent):
            raise _error(self._place(following), "a second document starts here; one file holds one document")
        if isinstance(root, ScalarNode) and root.value is None:
            return None
        return root

    def _check_directives(self, start: DocumentStartEvent) -> None:
        if start.version is not None and tuple(start.version) != (1, 2):
            version = ".".join(str(part) for part in start.version)
            raise _error(Place(self._file), f"files are read as YAML 1.2, not {version}; remove the directive")

    def _compose(self, event: Any, depth: int) -> _Composed:
        place = self._place(event)
        if depth > DEEPEST:
            raise _error(place, f"lists and mappings are nested more than {DEEPEST} deep")
        if isinstance(event, AliasEvent):
            return self._expand(event, depth)
        if event.ctag is not None:
            raise _error(place, f"the tag '{event.tag}' is not read; remove it")
        if isinstance(event, ScalarEvent):
            composed = _Composed(self._scalar(event), 1, 1)
        elif isinstance(event, MappingStartEvent):
            composed = self._mapping(event, depth)
        else:
            composed = self._list(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = composed
        return composed

    def _expand(self, event: AliasEvent, depth: int) -> _Composed:
        place = self._place(event)
        if event.anchor not in self._anchors:
            raise _error(place, f"the alias '*{event.anchor}' names no anchor that ends before it")
        target = self._anchors[event.anchor]
        self._aliased += target.size
        if self._aliased > MOST_ALIASED:
            raise _error(place, f"the aliases up to here stand for more than {MOST_ALIASED:,} values; write them out")
        if depth + target.height - 1 > DEEPEST:
            raise _error(place, f"lists and mappings are nested more than {DEEPEST} deep")
        return target

    def _mapping(self, start: Any, depth: int) -> _Composed:
        entries, size, height = [], 1, 0
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._compose(event, depth + 1)
            if not isinstance(key.node, ScalarNode):
                raise _error(key.node.place, "a key is a text, not a list or a mapping")
            value = self._compose(next(self._events), depth + 1)
            entries.append(Entry(key=key.node, value=value.node))
            size += key.size + value.size
            height = max(height, value.height)
        flow = bool(start.flow_style)
        return _Composed(MappingNode(place=self._place(start), entries=tuple(entries), flow=flow), size, height + 1)

    def _list(self, start: Any, depth: int) -> _Composed:
        items = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            items.append(self._compose(event, depth + 1))
        size = 1 + sum(item.size for item in items)
        height = 1 + max((item.height for item in items), default=0)
        return _Composed(ListNode(place=self._place(start), items=tuple(item.node for item in items)), size, height)

    def _scalar(self, event: Any) -> ScalarNode:
        start = event.start_mark.index
        raw = self._text[start : event.end_mark.index]
        properties = _PROPERTIES.match(raw) if event.anchor is not None else None
        if properties:
            start += properties.end()
            raw = raw[properties.end() :]
        place = _place_at(self._text, start, self._file) if properties else self._place(event)
        style = event.style or None
        try:
            value = core_value(event.value) if style is None else event.value
        except ValueError as error:
            raise _error(place, str(error)) from error
        hidden = unseen_in(event.value)
        if hidden is not None:  # written as an escape
            raise _error(place, _unseen(event.value[hidden]))
        return ScalarNode(place=place, value=value, text=event.value, raw=raw, style=style)

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)


def core_value(text: str) -> ScalarValue:
    """The value of a plain scalar in the core schema. Raises ValueError for a number that cannot be kept exactly."""
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(f"'{text}' is no number that can be used; quote it if it is a text")
    is_number = _WHOLE.fullmatch(text) or _OTHER_BASE.fullmatch(text) or _DECIMAL.fullmatch(text)
    if not is_number:
        return text
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"the number has {len(text):,} characters; quote it if it is a text")
    if _WHOLE.fullmatch(text):
        return int(text)
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    number = Decimal(text)
    if abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValueError(f"the number {text} is too large or too small; quote it if it is a text")
    return number


def _decoded(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        raise _error(_place_at(before, len(before), file), "the file is not UTF-8; save it as UTF-8") from error


def _place_at(text: str, offset: int, file: str) -> Place:
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(file, text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _mark_place(error: MarkedYAMLError, file: str) -> Place:
    mark = error.problem_mark or error.context_mark
    return Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)


def _unreadable(error: MarkedYAMLError) -> str:
    what = ": ".join(str(part) for part in (error.context, error.problem) if part)
    remedy = next((remedy for part, remedy in _REMEDIES if part in what), "")
    return f"not YAML: {what}" + (f"; {remedy}" if remedy else "")


def _unseen(character: str) -> str:
    return f"{called(character)} is seen by nobody; remove it"


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(character)


def _error(place: Place, what: str) -> ProblemsError:
    return ProblemsError([Problem(place, what)])
