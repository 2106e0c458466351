"""What cannot be read is not as if it were not there, and nothing in a project folder makes anybody wait."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.rules.file_set import read_file_set
from notifier.rules.loader import load_project
from notifier.rules.regular_files import LARGEST_FILE
from tests.support.rig import write_project

NAME = "rules/more.yaml"


def bind(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkfifo, "this is a pipe, not a file; rename or remove it"),
        (bind, "this is a socket, not a file; rename or remove it"),
        (os.mkdir, "this is a folder, not a file; rename or remove it"),
        (lambda path: path.symlink_to("/dev/zero"), "this is a device, not a file; rename or remove it"),
        (lambda path: path.symlink_to("nowhere"), "cannot be read: the link leads nowhere; mend or remove it"),
        (lambda path: path.symlink_to(path), "cannot be read: Too many levels of symbolic links"),
        (
            lambda path: path.write_bytes(b"#" * (LARGEST_FILE + 1)),
            "the file has 1,048,577 bytes; at most 1,048,576 are read",
        ),
    ],
)
@pytest.mark.parametrize("name", [NAME, "templates/visit/sms.es.txt.j2", "rules/policy.yaml"])
def test_what_is_no_file_is_an_error_and_a_gap(
    tmp_path: Path, make: Callable[[Path], object], said: str, name: str
) -> None:
    write_project(tmp_path)
    make(tmp_path / name)
    assert [str(problem) for problem in load_project(tmp_path).gaps] == [f"{name}:1:1: {said}"]


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, {"rules/secret/more.yaml": "rules: []\n"})
    scan = os.scandir

    def refuse(path: Path) -> object:  # to root, no folder is closed
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("notifier.rules.file_set.os.scandir", refuse)
    assert [str(problem) for problem in load_project(tmp_path).gaps] == [
        "rules/secret:1:1: the folder cannot be read: Permission denied; what is in it would be missing: mend its "
        "rights"
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="to root, no folder is closed")
def test_a_closed_folder_is_an_error(tmp_path: Path) -> None:
    write_project(tmp_path, {"rules/secret/more.yaml": "rules: []\n"})
    (tmp_path / "rules/secret").chmod(0)
    try:
        assert "rules/secret:1:1: the folder cannot be read" in str(load_project(tmp_path).gaps[0])
    finally:
        (tmp_path / "rules/secret").chmod(0o755)


def test_a_linked_folder_is_read_like_any_other_and_a_circle_is_an_error(tmp_path: Path) -> None:
    write_project(tmp_path / "project")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/more.yaml").write_text("rules: []\n")
    (tmp_path / "project/rules/shared").symlink_to(tmp_path / "shared")
    assert "rules/shared/more.yaml" in read_file_set(tmp_path / "project").files
    (tmp_path / "shared/again").symlink_to(tmp_path / "project/rules")
    assert [str(problem) for problem in read_file_set(tmp_path / "project").problems] == [
        "rules/shared/again:1:1: the link leads back to a folder above it; remove it"
    ]


def test_a_folder_as_kubernetes_mounts_it_is_read_once(tmp_path: Path) -> None:
    """A ConfigMap: the files are links into a folder whose name begins with dots, and which is replaced as a whole."""
    (tmp_path / "rules/..2026_03_02").mkdir(parents=True)
    (tmp_path / "rules/..2026_03_02/visits.yaml").write_text("rules: []\n")
    (tmp_path / "rules/..data").symlink_to("..2026_03_02")
    (tmp_path / "rules/visits.yaml").symlink_to("..data/visits.yaml")
    assert list(read_file_set(tmp_path).files) == ["rules/visits.yaml"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rules/more.yml", "rule files end in .yaml; rename it, or it is not read"),
        ("rules/more.YAML", "rule files end in .yaml; rename it, or it is not read"),
        ("templates/visit/sms.es.txt", "texts end in .j2; rename it, or it is not read"),
        ("templates/visit/email.es.subject.J2", "texts end in .j2; rename it, or it is not read"),
    ],
)
def test_a_file_that_is_not_read_because_of_its_name_says_so(tmp_path: Path, name: str, said: str) -> None:
    write_project(tmp_path, {name: "x"})
    assert [str(problem) for problem in load_project(tmp_path).problems] == [f"{name}:1:1: {said}"]


@pytest.mark.parametrize("name", ["rules", "templates"])
def test_a_file_in_the_place_of_a_folder_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    said = f"{name}:1:1: it is not a folder; the project's files are below it"
    assert said in [str(problem) for problem in load_project(tmp_path).gaps]
