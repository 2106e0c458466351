"""The book for those who write rules, sentence by sentence, and the tests that hold each of them to the product.

The book is docs/writing-rules.md and the pages in docs/book/. `writing-rules.sentences` has every sentence of the
first, `book/NAME.sentences` those of the page NAME, below each what holds it:

    A contract that is cancelled on day thirteen is not told on day fourteen.
        tests/meaning/test_what_a_rule_means.py::test_a_reminder_cannot_survive_a_cancellation
        rules/telco/installation.test.yaml: a cancelled installation is never announced
    You need a text editor and ten minutes.
        says no behaviour: introduction

After an edit of a page, `.venv/bin/python -m tests.meaning.sentences` writes the new sentences into its file; a
sentence that moved from one page to another takes its tests along. What it puts after a `?` is for you: name the tests
there, and take the `?` away. `test_sentences.py` fails until you did.
"""

import ast
import difflib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
BOOK = DOCS / "book"
COMMAND = ".venv/bin/python -m tests.meaning.sentences"
NO_BEHAVIOUR = "says no behaviour: "
REASONS: Mapping[str, str] = {
    "introduction": "says what the page, or a part of it, is about",
    "example": "shows what a sentence near it says",
    "advice": "says what a person should do or think",
    "pointer": "leads to another place",
    "source": "says where something was looked up",
    "contents": "says what a file that the reader writes on this page is to hold; the page's test follows it",
}
"""The words by which a sentence says no behaviour of the product, and what they mean."""
OPEN = "?"
UNNAMED = f"{OPEN} tests/ROOM/test_FILE.py::test_NAME, or {NO_BEHAVIOUR}WORD"

_GENERATED_COLUMNS = re.compile(r"<!-- generated: entities.*?<!-- end of entities -->", re.DOTALL)
_TARGET = re.compile(r"\]\([^)]*\)")
_FENCE = re.compile(r"^ *```(\w*)")
_ITEM = re.compile(r"^ *- ")
_COMMENT = re.compile(r"(?:^|\s)# ")
_CODE = re.compile(r"`[^`]+`")
_END = re.compile(r"(?<=[.!?])(?P<closing>[\"*)]*)\s+(?=[A-Z`*\"(\x00])")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of the book."""

    path: Path

    @property
    def name(self) -> str:
        """Where it is: `docs/book/moments.md`."""
        return self.path.relative_to(REPOSITORY).as_posix()

    @property
    def held(self) -> Path:
        """The file with what holds each of its sentences."""
        return Path(__file__).parent / self.path.relative_to(DOCS).with_suffix(".sentences")

    @property
    def held_name(self) -> str:
        """Where that is: `tests/meaning/book/moments.sentences`."""
        return self.held.relative_to(REPOSITORY).as_posix()

    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")

    def what_holds(self) -> "Held":
        """What holds each sentence, as its file says."""
        return read(self.held.read_text(encoding="utf-8")) if self.held.exists() else {}


INDEX = Page(path=DOCS / "writing-rules.md")
PAGES = (INDEX, *(Page(path=path) for path in sorted(BOOK.rglob("*.md"))))
"""Every page of the book."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of the page, one row of a table, or one comment of an example, on one line."""

    section: str
    text: str
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: words that two sections share are two sentences."""
        return self.section, self.text


def sentences_of(page: str) -> Iterator[Sentence]:
    """Every sentence in the page's order.

    Commands and files of examples are left out but for their comments: `tests/docs/test_commands.py` follows them to
    the letter. So are the columns of entities, which are printed from the tables that the product has.
    """
    page = _GENERATED_COLUMNS.sub(lambda match: "\n" * match[0].count("\n"), page)
    section, language = "", None
    block: list[str] = []
    begun = 0
    for number, line in enumerate([*page.splitlines(), ""], start=1):
        fence = _FENCE.match(line)
        is_text = (
            language is None and fence is None and line.strip() != "" and line[:1] not in "#|" and line[:4] != "<!--"
        )
        if block and (not is_text or _ITEM.match(line)):
            yield from _split(" ".join(block), section, begun)
            block = []
        if fence is not None:
            language = fence[1] if language is None else None
        elif language is not None:
            if language == "yaml" and _COMMENT.search(line):
                yield Sentence(section=section, text=" ".join(line.split()), line=number)
        elif line.startswith("#"):
            section = line.lstrip("# ")
        elif line.startswith("|"):
            if not _is_head(page, number):
                yield Sentence(section=section, text=_row(line), line=number)
        elif is_text:
            begun = number if not block else begun
            block.append(_ITEM.sub("", line).strip())


def _is_head(page: str, number: int) -> bool:
    """Whether the row of a table is its heading, or the line below that."""
    lines = page.splitlines()
    return any(line.startswith("|---") for line in lines[number - 1 : number + 1])


def _row(line: str) -> str:
    return " | ".join(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")))


def _split(text: str, section: str, line: int) -> Iterator[Sentence]:
    codes: list[str] = []

    def hidden(match: re.Match[str]) -> str:
        codes.append(match[0])
        return f"\x00{chr(0xE000 + len(codes) - 1)}" + ("\x01." if match[0].endswith((".`", "!`", "?`")) else "")

    def shown(part: str) -> str:
        return re.sub("\x00(.)", lambda match: codes[ord(match[1]) - 0xE000], part.replace("\x01.", ""))

    parted = _END.sub(r"\g<closing>\n", _CODE.sub(hidden, text))
    for part in parted.split("\n"):
        yield Sentence(section=section, text=shown(part).strip(), line=line)


Held = dict[tuple[str, str], list[str]]
"""What holds each sentence, by its section and text."""


def read(text: str) -> Held:
    """The file of what holds each sentence."""
    held: Held = {}
    section, lines = "", []
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith(" "):
            lines.append(line.strip())
        elif line.strip():
            lines = held.setdefault((section, line), [])
    return held


def written(sentences: Iterable[Sentence], held: Held, gone_elsewhere: Held | None = None) -> str:
    """The same file for these sentences: what is new comes with a `?`, what is gone is left out.

    `gone_elsewhere` has what holds the sentences that are gone from other pages: one of them may have moved here. Where
    several have its words, that of a section of the same name counts, else the last.
    """
    sentences = list(sentences)
    moved = {key: lines for text, lines in (gone_elsewhere or {}).items() for key in _keys_of_moved(*text)}
    gone = [key for key in held if key not in {sentence.key for sentence in sentences}]
    parts: list[str] = []
    section = None
    for sentence in sentences:
        if sentence.section != section:
            section = sentence.section
            parts.append(f"\n## {section}\n")
        from_elsewhere = (moved[key] for key in _keys_of_moved(*sentence.key) if key in moved)
        lines = held.get(sentence.key) or next(from_elsewhere, None)
        if lines is None:
            before = nearest(sentence, gone)
            lines = [UNNAMED] if before is None else [f"{OPEN} {line.lstrip(OPEN + ' ')}" for line in held[before]]
        parts.append("\n".join([sentence.text, *(f"    {line}" for line in lines)]))
    return "\n".join(parts).lstrip("\n") + "\n"


def _keys_of_moved(section: str, text: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """By what a sentence is known on another page, from which its links lead to their targets by other ways."""
    words = _TARGET.sub("]", text)
    return (section, words), ("", words)


def nearest(sentence: Sentence, gone: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The sentence that is no longer on the page and was most likely this one."""
    texts = [text for section, text in gone if section == sentence.section]
    found = difflib.get_close_matches(sentence.text, texts, n=1, cutoff=0.5)
    return (sentence.section, found[0]) if found else None


def problems(page: str, held: Held, of: Page = INDEX) -> list[str]:
    """Whatever keeps a sentence of the text of a page from being held, each with its place and what to do."""
    here = of.held_name
    sentences = list(sentences_of(page))
    gone = [key for key in held if key not in {sentence.key for sentence in sentences}]
    found = []
    for sentence in sentences:
        place = f"{of.name}:{sentence.line}: {sentence.text!r}"
        lines = held.get(sentence.key)
        if lines is None:
            before = nearest(sentence, gone)
            was = "" if before is None else f" It was {before[1]!r}: look whether its tests hold these words, too."
            found.append(f"{place}\n    no test is named for it; run {COMMAND}, then fill in its ? in {here}.{was}")
        elif not lines or any(line.startswith(OPEN) for line in lines):
            found.append(f"{place}\n    its tests are still to be named: in {here}, name them and take the ? away.")
        else:
            found.extend(f"{place}\n    {here}: {fault}" for line in lines if (fault := _fault(line)))
    known = {nearest(sentence, gone) for sentence in sentences if sentence.key not in held}
    found.extend(
        f"{here}: {text!r}\n    stands no longer under {section!r} in {of.name}; run {COMMAND}"
        for section, text in gone
        if (section, text) not in known
    )
    return found


def _fault(line: str) -> str | None:
    """What is wrong with one line that is to hold a sentence; None where it does."""
    if line.startswith(NO_BEHAVIOUR):
        word = line.removeprefix(NO_BEHAVIOUR)
        return None if word in REASONS else f"{word!r} is none of the reasons {', '.join(REASONS)}"
    file, _, name = line.partition("::") if "::" in line else line.partition(": ")
    path = REPOSITORY / file
    if not path.is_file():
        return f"there is no file {file!r}; write tests/ROOM/test_FILE.py::test_NAME, or rules/FILE.test.yaml: SCENARIO"
    names = _scenarios(path) if file.endswith(".test.yaml") else _tests(path)
    if name.partition("[")[0] not in names:
        near = difflib.get_close_matches(name, names, n=1)
        return f"{file} has no test {name!r}" + (f"; did you mean {near[0]!r}?" if near else "; was it renamed?")
    return None


@cache
def _tests(path: Path) -> frozenset[str]:
    """The tests of a file that pytest collects and runs."""
    if not path.name.startswith("test_"):
        return frozenset()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    for group in body:
        if isinstance(group, ast.ClassDef) and group.name.startswith("Test"):
            functions |= {
                f"{group.name}::{node.name}": node for node in group.body if isinstance(node, ast.FunctionDef)
            }
    return frozenset(name for name, node in functions.items() if node.name.startswith("test_") and not _is_off(node))


def _is_off(test: ast.FunctionDef) -> bool:
    """Whether a test is marked never to run, or to fail."""
    marks = " ".join(ast.unparse(decorator) for decorator in test.decorator_list)
    return re.search(r"mark\.(skip\b|xfail)", marks) is not None


@cache
def _scenarios(path: Path) -> frozenset[str]:
    found = re.findall(r"^ *- scenario: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(name.strip("\"'") for name in found)


def main() -> None:
    """Writes the sentences of every page into its file anew."""
    held = {page.path: page.what_holds() for page in PAGES}
    said = {page.path: {sentence.key for sentence in sentences_of(page.text())} for page in PAGES}
    gone = {key: lines for path, known in held.items() for key, lines in known.items() if key not in said[path]}
    for page in PAGES:
        text = written(sentences_of(page.text()), held[page.path], gone)
        page.held.parent.mkdir(parents=True, exist_ok=True)
        page.held.write_text(text, encoding="utf-8")
        left = sum(any(line.startswith(OPEN) for line in lines) for lines in read(text).values())
        if left:
            sys.stdout.write(f"{page.held_name}: {left} sentences with a {OPEN} to fill in\n")


if __name__ == "__main__":
    main()
