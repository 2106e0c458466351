"""JSON -> its values, each with the line on which it begins.

Pages in the wild have comments and commas too many; those are read. Whatever else is no JSON is an error with its line:
one bad block must not cost the others of its page (findings/extruct-one-bad-block-loses-the-page.sh).
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args

LARGEST = 2_000_000
"""Characters of a block that are read; the largest block of the 26 public pages that were looked at has 40,000."""
DEEPEST = 100
"""Levels of a block: a page has five."""

_GRAMMAR = r"""
start: value
?value: object | array | STRING -> text | NUMBER -> number | CONSTANT -> constant
object: "{" [pair ("," pair)*] [","] "}"
pair: STRING ":" value
array: "[" [value ("," value)*] [","] "]"
STRING: /"(?:[^"\\]|\\.)*"/s
NUMBER: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?/
CONSTANT: "true" | "false" | "null"
COMMENT: /\/\/[^\n]*/ | /\/\*.*?\*\//s
%ignore /\s+/
%ignore COMMENT
"""
_OPENING = re.compile(r"\A[\s\ufeff]*(?:<!--|(?://\s*)?<!\[CDATA\[)?")
_CLOSING = re.compile(r"(?:(?://\s*)?(?:-->|\]\]>)|;|\s)*\Z")


@dataclass(frozen=True, kw_only=True)
class JsonNode:
    """A value: a dict of nodes, a list of nodes, a text, an exact number, a bool or None."""

    value: Any
    line: int
    """Counted from 1."""

    def get(self, key: str) -> "JsonNode | None":
        """The entry of an object; None where this is none, or has no such entry, or it is null."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return None if found is None or found.value is None else found

    def all(self, key: str) -> tuple["JsonNode", ...]:
        """The entry as several: schema.org lets one value stand for a list of one."""
        found = self.get(key)
        if found is None:
            return ()
        return tuple(found.value) if isinstance(found.value, list) else (found,)

    def text(self, key: str) -> str:
        """The entry as text; empty where there is none, or it is an object or a list."""
        found = self.get(key)
        return "" if found is None or isinstance(found.value, dict | list) else str(found.value).strip()


def parse_json(text: str) -> JsonNode:
    """The value of a text.

    Raises ValueError with a sentence whose first argument after it is the line of the fault, counted from 1.
    """
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    content = text[start:]
    closing = _CLOSING.search(content)
    content = content[: closing.start()] if closing else content
    above = text.count("\n", 0, start)
    if len(content) > LARGEST:
        raise JsonError(f"the block has {len(content):,} characters; at most {LARGEST:,} are read", above + 1)
    if _depth(content) > DEEPEST:
        raise JsonError(f"the block is nested deeper than {DEEPEST} levels", above + 1)
    try:
        tree = _parser().parse(content)
    except UnexpectedInput as error:
        line = above + max(getattr(error, "line", 1), 1) if getattr(error, "line", -1) > 0 else above + 1
        raise JsonError("this is no JSON; a validator of structured data shows what is wrong", line) from error
    return _Nodes(above).transform(tree)


class JsonError(ValueError):
    """A text that is no JSON: a sentence, and the line of the fault."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _depth(text: str) -> int:
    """How deep brackets are nested, those in texts included: enough for a limit."""
    depth = deepest = 0
    for character in text:
        if character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    return deepest


@v_args(inline=True)
class _Nodes(Transformer[Token, JsonNode]):
    def __init__(self, above: int) -> None:
        super().__init__()
        self._above = above

    def start(self, value: JsonNode) -> JsonNode:
        return value

    def text(self, token: Token) -> JsonNode:
        return JsonNode(value=_text(token), line=self._line(token))

    def number(self, token: Token) -> JsonNode:
        return JsonNode(value=Decimal(token), line=self._line(token))

    def constant(self, token: Token) -> JsonNode:
        return JsonNode(value={"true": True, "false": False, "null": None}[token], line=self._line(token))

    def pair(self, key: Token, value: JsonNode) -> tuple[str, JsonNode]:
        # The line of the key: a person who looks for the price looks for the word.
        return _text(key), JsonNode(value=value.value, line=self._line(key))

    @v_args(meta=True)
    def object(self, meta: Any, pairs: list[tuple[str, JsonNode]]) -> JsonNode:
        return JsonNode(value=dict(pairs), line=self._above + meta.line)

    @v_args(meta=True)
    def array(self, meta: Any, items: list[JsonNode]) -> JsonNode:
        return JsonNode(value=list(items), line=self._above + meta.line)

    def _line(self, token: Token) -> int:
        return self._above + (token.line or 1)


def _text(token: Token) -> str:
    """The text of a quoted token. Line breaks and tabs inside are read, as browsers' tools do."""
    decoded: str = json.loads(re.sub(r"\\(?![\"\\/bfnrtu])", r"\\\\", token), strict=False)
    return decoded
