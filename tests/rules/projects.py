"""Project folders for tests: a small good one, and files written into it."""

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small good project."""
    return Path(shutil.copytree(HERE / "project", tmp_path / "project"))


def write(folder: Path, file: str, text: str) -> Path:
    """Writes a file of the project; the text may be indented as in a test."""
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
