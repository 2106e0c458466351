"""The shipped project, whole, as a folder of its own; what happens in it is typed as a person would type it."""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from notifier.rules.shipped import shipped
from notifier.simulation.demo.folder import SETTINGS
from tests.cli.conftest import Run, logs_as_before, run_command
from tests.support.environment import shared_cache
from tests.support.kept import Run as TestRun

__all__ = ["logs_as_before"]

Happen = Callable[..., None]


@pytest.fixture(autouse=True)
def _rules_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shared_cache(TestRun.joined().folder).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name in ("rules", "templates"):
        shutil.copytree(shipped() / name, folder / name)
    (folder / ".env").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def run(project: Path) -> Run:
    return lambda *arguments: run_command(*arguments, project=project)


@pytest.fixture
def happen(project: Path, run: Run) -> Happen:
    """Import rows as of an instant, and tick then.

    Many stories begin alike. What happened to a folder with just these contents is kept for the other tests of a run:
    a first tick of all shipped rules takes longer than most of what a test asks of it.
    """

    def import_and_tick(at: str, **rows: Sequence[Mapping[str, Any]]) -> None:
        afterwards = _afterwards(project, at, rows)
        if afterwards.exists():
            shutil.rmtree(project)
            shutil.copytree(afterwards, project)
            return
        play(at, rows)
        _keep(project, afterwards)

    def play(at: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        if rows:
            file = project / "events.jsonl"
            file.write_text(json.dumps({"at": at, "set": rows}), encoding="utf-8")
            imported = run("import", "events", file)
            assert imported.code == 0, imported.err
        ticked = run("tick", "--at", at)
        assert ticked.code == 0, ticked.err

    return import_and_tick


def _afterwards(project: Path, at: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    """Where a folder with just the contents of this one stands, after these rows were imported and ticked."""
    found = hashlib.sha256(json.dumps([at, rows]).encode())
    for path in sorted(each for each in project.rglob("*") if each.is_file()):
        content = path.read_bytes()
        found.update(f"{path.relative_to(project)} {len(content)} ".encode() + content)
    return TestRun.joined().folder / "happened" / found.hexdigest()


def _keep(project: Path, afterwards: Path) -> None:
    """Whole or not at all, for another process may look for it."""
    afterwards.parent.mkdir(exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=afterwards.parent))
    shutil.copytree(project, making / "project")
    with contextlib.suppress(OSError):  # another process was faster
        (making / "project").rename(afterwards)
    shutil.rmtree(making)


def sent(project: Path) -> list[str]:
    """Every message in the outbox folder, as text."""
    folder = project / "outbox"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())] if folder.exists() else []
