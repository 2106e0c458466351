"""Strict YAML 1.2 core: exact values, a place for every character, and one clear problem for unreadable files."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.model.problems import Place, ProblemsError
from notifier.rules.regular_files import LARGEST_FILE
from notifier.rules.yaml_nodes import ListNode, MappingNode, Node, ScalarNode, plain
from notifier.rules.yaml_reader import DEEPEST, read_yaml

CORE = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("False", False),
    ("yes", "yes"),
    ("on", "on"),
    ("7", 7),
    ("-7", -7),
    ("017", 17),
    ("0o17", 15),
    ("0x1F", 31),
    ("0.10", Decimal("0.10")),
    (".5", Decimal("0.5")),
    ("1e3", Decimal("1E+3")),
    ("10%", "10%"),
    ("48h", "48h"),
    ("1_000", "1_000"),
    ("08:00", "08:00"),
    ("2026-12-24", "2026-12-24"),
    ("2026-03-05T10:00:00-05:00", "2026-03-05T10:00:00-05:00"),
    ("'7'", "7"),
    ('"true"', "true"),
]

UNREADABLE = [
    (b"a: [1, 2", "1:9: not YAML: while parsing a flow sequence: expected ',' or ']', but got '<stream end>'; "
     "a quote or bracket is not closed"),
    (b"a: b: c", "1:5: not YAML: mapping values are not allowed here; quote a text that holds ': ', "
     "or mend the indentation"),
    (b"a: @b", "1:4: not YAML: while scanning for the next token: found character '@' that cannot start any token; "
     "quote the text"),
    (b"a: x\x00y", "1:5: the character U+0000 is not allowed in YAML"),
    (b"a: 1\nb: \xff", "2:4: the file is not UTF-8; save it as UTF-8"),
    (b"a: *b", "1:4: the alias '*b' names no anchor that ends before it"),
    (b"a: &b [*b]", "1:8: the alias '*b' names no anchor that ends before it"),
    (b"a: !!str 1", "1:4: the tag 'tag:yaml.org,2002:str' is not read; remove it"),
    (b"%YAML 1.1\n---\na: 1", "1:1: files are read as YAML 1.2, not 1.1; remove the directive"),
    (b"a: 1\n---\nb: 2", "2:1: a second document starts here; one file holds one document"),
    (b"? [a]\n: b", "1:3: a key is a text, not a list or a mapping"),
    (b"a: .nan", "1:4: '.nan' is no number that can be used; quote it if it is a text"),
    (b"a: 1e99", "1:4: the number 1e99 is too large or too small; quote it if it is a text"),
    (b"a: " + b"1" * 5000, "1:4: the number has 5,000 characters; quote it if it is a text"),
    (b"[" * 100_000, f"1:{DEEPEST + 1}: lists and mappings are nested more than {DEEPEST} deep"),
    (b"#" * (LARGEST_FILE + 1), "1:1: the file has 1,048,577 bytes; at most 1,048,576 are read"),
]  # fmt: skip


def _read(text: str) -> Node:
    node = read_yaml(text.encode(), "file.yaml")
    assert node is not None
    return node


def _scalars(node: Node) -> Iterator[ScalarNode]:
    match node:
        case ScalarNode():
            yield node
        case ListNode():
            for item in node.items:
                yield from _scalars(item)
        case MappingNode():
            for entry in node.entries:
                yield from (*_scalars(entry.key), *_scalars(entry.value))


def _assert_each_character_is_where_it_says(text: str) -> None:
    lines = text.split("\n")
    for scalar in _scalars(_read(text)):
        for offset, character in enumerate(scalar.text):
            place = scalar.place_of(offset)
            if not character.isspace():
                assert lines[place.line - 1][place.column - 1] == character, (scalar, offset, place)


@pytest.mark.parametrize(("written", "value"), CORE)
def test_a_plain_value_means_what_the_core_schema_says(written: str, value: object) -> None:
    read = plain(_read(f"key: {written}"))
    expected = f"decimal:{value}" if isinstance(value, Decimal) else value
    assert read == {"key": expected}


@pytest.mark.parametrize(
    ("content", "sentence"), UNREADABLE, ids=[content[:12].decode("latin1") for content, _ in UNREADABLE]
)
def test_what_cannot_be_read_is_one_problem_with_its_place(content: bytes, sentence: str) -> None:
    with pytest.raises(ProblemsError) as refusal:
        read_yaml(content, "file.yaml")
    assert [str(problem) for problem in refusal.value.problems] == [f"file.yaml:{sentence}"]


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"---\n", b"\xef\xbb\xbf# a byte order mark\n"])
def test_a_file_without_content_is_empty(content: bytes) -> None:
    assert read_yaml(content, "file.yaml") is None


def test_a_key_given_twice_is_kept_for_its_reader_to_refuse() -> None:
    node = _read("a: 1\na: 2\n")
    assert isinstance(node, MappingNode)
    assert [entry.key.place for entry in node.entries] == [Place("file.yaml", 1, 1), Place("file.yaml", 2, 1)]


def test_few_aliases_are_expanded() -> None:
    assert plain(_read("a: &x { b: 1 }\nc: [*x, *x]\n")) == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


def test_aliases_cannot_nest_deeper_than_brackets() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, DEEPEST + 5))
    with pytest.raises(ProblemsError, match=f"nested more than {DEEPEST} deep"):
        read_yaml(chain.encode(), "file.yaml")


EVERY_STYLE = """\
plain: one two
continued: one
  two

  three
single: 'it''s one
  two'
double: "one
   two"
literal: |
  one
    two

  three
folded: >-  # why
  one
  two

  three
anchored: &here  'one'
flow: [one, 'two', { three: "four" }]
"""


def test_every_character_knows_its_place_in_every_style() -> None:
    _assert_each_character_is_where_it_says(EVERY_STYLE)


def test_an_escape_stands_where_its_backslash_is() -> None:
    node = next(scalar for scalar in _scalars(_read(r'a: "x\u0041\\y\x42z"')) if scalar.style == '"')
    assert node.text == "xA\\yBz"
    assert [node.place_of(offset).column for offset in range(6)] == [5, 6, 12, 14, 15, 19]
    assert node.place_of(99).column == 20


WORDS = st.lists(st.text(alphabet="abcdefghijk.()=<>+*/ñ€😀'\"_", min_size=1, max_size=9), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(words=WORDS, breaks=st.lists(st.integers(0, 3), min_size=12, max_size=12), style=st.sampled_from("'\"|>"))
def test_every_character_of_a_folded_text_knows_its_place(words: list[str], breaks: list[int], style: str) -> None:
    gaps = [(" ", "  ", "\n   ", "\n\n   ")[kind] for kind in breaks]
    body = "".join(word + gap for word, gap in zip(words, gaps, strict=False)).rstrip()
    if style == "'":
        text = f"key: '{body.replace(chr(39), 2 * chr(39))}'\n"
    elif style == '"':
        text = f'key: "{body.replace(chr(34), chr(39))}"\n'
    else:
        text = f"key: {style}\n   {body}\n"
    _assert_each_character_is_where_it_says(text)


OVERRIDE, ISOLATE = "the character U+202E (right-to-left override)", "the character U+2066 (left-to-right isolate)"


@pytest.mark.parametrize(
    ("text", "place", "called"),
    [
        ("a: x\n# \u202ehidden\nb: y", Place("a.yaml", 2, 3), OVERRIDE),
        ("\u200ba: x", Place("a.yaml", 1, 1), "the character U+200B (zero width space)"),
        ('a: "x\\u2066y"', Place("a.yaml", 1, 4), ISOLATE),
        ('a: "x\\e[2Ky"', Place("a.yaml", 1, 4), "the control character U+001B"),
        ("a: x\ue002", Place("a.yaml", 1, 5), "the character U+E002"),
    ],
)
def test_what_nobody_sees_is_refused_also_in_a_comment(text: str, place: Place, called: str) -> None:
    with pytest.raises(ProblemsError) as refused:
        read_yaml(text.encode(), "a.yaml")
    (problem,) = refused.value.problems
    assert (problem.place, problem.what) == (place, f"{called} is seen by nobody; remove it")


def test_texts_of_every_script_are_read() -> None:
    for text in ("محمد", "می\u200cخواهم", "क्\u200dष", "👩\u200d👧", "ñ · …"):
        node = read_yaml(f"a: {text}".encode(), "a.yaml")
        assert node is not None
        assert plain(node) == {"a": text}
