"""A page of the documents -> its steps in order: the files it asks for, and the commands it shows with what they print.

A fenced block whose info string ends in a path (```` ```yaml rules/mine/contracts.yaml ````) is that file. In a
`console` block a line that begins with `$ ` is a command, `  # exit 1` after it its exit code, and the lines below it
are what it prints: in this order, with `…` where something is left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *(REPOSITORY / "docs").rglob("*.md")])
_BLOCK = re.compile(r"^```(?P<language>\w+)(?: (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = "  # exit "
LEFT_OUT = "…"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that the page's reader writes."""

    line: int
    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that the page's reader types, and what the page says will be printed."""

    line: int
    text: str
    exit_code: int
    printed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Any other fenced block."""

    line: int
    language: str


def steps_of(page: Path) -> Iterator[File | Command | Block]:
    """The steps of a page, in its order."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["language"] == "console":
            yield from _commands(match["text"], line)
        elif match["path"]:
            yield File(line=line, path=match["path"], text=match["text"])
        else:
            yield Block(line=line, language=match["language"])


def commands_of(page: Path) -> list[Command]:
    """The commands of a page."""
    return [step for step in steps_of(page) if isinstance(step, Command)]


def _commands(block: str, line: int) -> Iterator[Command]:
    joined = re.sub(r"\\\n *", "", block)
    for part in re.split(r"^(?=\$ )", joined, flags=re.MULTILINE):
        if part.startswith("$ "):
            head, *printed = part[2:].rstrip("\n").split("\n")
            text, _, remark = head.partition(_EXIT)
            lines = tuple(shown.rstrip() for shown in printed if shown.strip())
            yield Command(line=line, text=text, exit_code=int(remark or 0), printed=lines)


def not_printed(expected: tuple[str, ...], actual: str) -> str | None:
    """The first line that the page shows and the output does not have, in this order; None when it has them all.

    A line may leave out its middle or its end with `…`; a line of `…` alone stands for any lines.
    """
    lines = iter(actual.splitlines())
    for wanted in expected:
        if wanted.strip() == LEFT_OUT:
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split(LEFT_OUT)) + r"\s*")
        if not any(pattern.fullmatch(line) for line in lines):
            return wanted
    return None
