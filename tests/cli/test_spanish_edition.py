"""The Spanish pages of the book say what the English ones say, and can be followed to the letter.

In this process and in a small project: their commands are those of the English pages, which are followed with all that
ships, each command in a process of its own.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import run_command
from tests.docs.pages import REPOSITORY, Command, File, not_printed, steps_of
from tests.meaning.sentences import BOOK, sentences_of

PAGES = ("start.md", "tutorial.md")
SHIPPED = (
    *(path for path in (REPOSITORY / "rules").glob("*.yaml") if path.stem != "journey"),
    REPOSITORY / "rules" / "retail" / "new_date.yaml",
    REPOSITORY / "templates" / "layout.html.j2",
    *(REPOSITORY / "templates" / "new_date").iterdir(),
)
"""One rule is enough for a project; the map of the journey names all of them."""
ONLY_SPANISH = (".env",)
"""Files that a project in English needs not."""


def steps(page: Path) -> list[tuple[str, str]]:
    """What a page has its reader write and type, without the words of its language."""
    found = []
    for step in steps_of(page):
        if isinstance(step, File) and step.path not in ONLY_SPANISH:
            found.append(("write", step.path.replace(".es.", ".en.")))
        elif isinstance(step, Command):
            found.append(("type", step.text.replace("-05:00", "-04:00")))
    return found


@pytest.mark.parametrize("name", PAGES)
def test_the_spanish_edition_says_as_much_as_the_english_one(name: str) -> None:
    english, spanish = BOOK / name, BOOK / "es" / name
    assert steps(spanish) == steps(english)
    texts = [page.read_text(encoding="utf-8") for page in (english, spanish)]
    headings, sentences = ([len(re.findall("^#+ ", text, re.MULTILINE)) for text in texts], [*map(count, texts)])
    assert headings[0] == headings[1]
    assert 0 <= sentences[1] - sentences[0] <= len(ONLY_SPANISH)


def count(text: str) -> int:
    return len(list(sentences_of(text)))


@pytest.mark.parametrize("name", PAGES)
def test_a_spanish_page_can_be_followed_to_the_letter(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for shipped in SHIPPED:
        target = tmp_path / shipped.relative_to(REPOSITORY)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped, target)
    for step in steps_of(BOOK / "es" / name):
        if isinstance(step, File):
            target = tmp_path / step.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(step.text, encoding="utf-8")
        elif isinstance(step, Command):
            program, *arguments = shlex.split(step.text)
            done = run_command(*arguments)
            printed = done.err + done.out
            assert (program, done.code) == ("notifier", step.exit_code), f"{step.line}: {step.text}\n{printed}"
            assert not_printed(step.printed, printed) is None, f"{step.line}: {step.text}\n{printed}"
