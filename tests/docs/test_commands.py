"""Every command in the documents runs: in the order of the page, in a folder like the one its reader has."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEEDED = ("rules", "templates", "docs", "Makefile", "pyproject.toml", "README.md", "requirements", "deploy")
SELF = ("make test", ".ci/run")
"""Commands that would run this test within itself; that they exist is shown by its running."""


@dataclass(frozen=True)
class Command:
    """One line of a page, and the exit code it announces (`# exit 1`)."""

    page: Path
    text: str
    exit_code: int

    @property
    def skipped(self) -> bool:
        return self.text.startswith(SELF)


def commands_of(page: Path) -> list[Command]:
    """The lines that begin with `$ ` in the page's `console` blocks."""
    found = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for line in re.sub(r"\\\n>? *", "", block).splitlines():
            if line.startswith("$ "):
                text, _, remark = line[2:].partition("  # exit ")
                found.append(Command(page=page, text=text, exit_code=int(remark or 0)))
    return found


def test_the_readme_begins_with_two_commands() -> None:
    assert [command.text for command in commands_of(REPOSITORY / "README.md")][:2] == ["make demo", "make test"]


@pytest.mark.parametrize("page", [page for page in PAGES if commands_of(page)], ids=lambda page: page.stem)
def test_every_command_of_the_page_runs(page: Path, tmp_path: Path) -> None:
    for name in NEEDED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, tmp_path / name)
    (tmp_path / "notifier").symlink_to(REPOSITORY / "notifier")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    if (REPOSITORY.parent / "shared").is_dir() and not (tmp_path.parent / "shared").exists():
        (tmp_path.parent / "shared").symlink_to(REPOSITORY.parent / "shared")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    for command in commands_of(page):
        if command.skipped:
            continue
        done = subprocess.run(
            command.text,
            shell=True,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == command.exit_code, f"$ {command.text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
