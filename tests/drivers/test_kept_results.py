"""A result is kept for as long as all that it follows from is the same, and is made anew in any doubt."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.drivers import kept_results
from notifier.drivers.kept_results import cache_folder, kept
from notifier.rules.checked import Project
from notifier.rules.loader import load_project

REPOSITORY = Path(__file__).parents[2]


class Counted:
    """Makes a result, and counts how often."""

    def __init__(self, result: object) -> None:
        self.result = result
        self.times = 0

    def __call__(self) -> object:
        self.times += 1
        return self.result


def file_of(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_the_shipped_project_comes_back_as_it_was(tmp_path: Path) -> None:
    project = load_project(REPOSITORY)
    make = Counted(project)
    assert kept(tmp_path, "project", "a", make) is project
    again = kept(tmp_path, "project", "a", make)
    assert isinstance(again, Project)
    assert (again, make.times) == (project, 1)
    assert again.schema.entities["order"] is project.schema.entities["order"]  # with its table


@pytest.mark.parametrize("other", [("texts", "a"), ("project", "b")])
def test_another_input_is_another_result(tmp_path: Path, other: tuple[str, str]) -> None:
    kept(tmp_path, "project", "a", Counted(1))
    assert kept(tmp_path, *other, Counted(2)) == 2


def test_another_program_makes_its_own_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, "project", "a", Counted(1))
    monkeypatch.setattr(kept_results, "_program", lambda: "an edited file")
    assert kept(tmp_path, "project", "a", Counted(2)) == 2


def _open_to_others(path: Path) -> None:
    path.chmod(0o666)


def _in_an_open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _broken(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _of_another_kind(path: Path) -> None:
    path.write_bytes(pickle.dumps(os.getcwd))


def _a_link(path: Path) -> None:
    elsewhere = path.parent.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


@pytest.mark.parametrize("change", [_open_to_others, _in_an_open_folder, _broken, _of_another_kind, _a_link])
def test_what_might_be_somebody_elses_is_made_anew(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder = tmp_path / "cache"
    make = Counted("right")
    kept(folder, "project", "a", make)
    change(file_of(folder))
    assert kept(folder, "project", "a", make) == "right"
    assert make.times == 2


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    make = Counted(1)
    for folder in (None, None, tmp_path / "file"):
        assert kept(folder, "project", "a", make) == 1
    assert make.times == 3


def test_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_results, "MOST", 3)
    for number in range(5):
        kept(tmp_path, "project", number, Counted(number))
    assert len([*tmp_path.iterdir()]) == 3


def test_it_is_where_users_programs_keep_such_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/notifier")
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert cache_folder() is None
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/ana")
    assert cache_folder() == Path("/home/ana/.cache/notifier")
    monkeypatch.delenv("HOME")
    assert cache_folder() is None
