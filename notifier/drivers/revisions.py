"""A version of the rules by its name -> its set of files: a folder, or a revision of the git repository around one."""

import io
import subprocess
import zipfile
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.file_set import RULES, TEMPLATES, FileSet, is_ours, read_file_set

LONGEST = 60
"""Seconds that git may take."""


def files_of(name: str, project: Path) -> FileSet:
    """The files of a folder of this name, else of this revision of the project's git repository.

    Raises ProblemsError where there is neither, or where the revision has no rules.
    """
    folder = Path(name)
    if folder.is_dir():
        return read_file_set(folder)
    prefix = _git(project, "rev-parse", "--show-prefix").decode().strip()
    if _git_code(project, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"):
        raise _problem(
            f"there is no folder and no revision '{name}'; name a folder with rules/, or a commit, tag or branch"
        )
    there = [part for part in (RULES, TEMPLATES) if not _git_code(project, "cat-file", "-e", f"{name}:{prefix}{part}")]
    if RULES not in there:
        raise _problem(f"the revision '{name}' has no folder {prefix}{RULES}; name one in which the project was there")
    top = Path(_git(project, "rev-parse", "--show-toplevel").decode().strip())
    archive = _git(top, "archive", "--format=zip", f"{name}:{prefix}", *there)
    with zipfile.ZipFile(io.BytesIO(archive)) as content:
        found = [info.filename for info in content.infolist() if not info.is_dir()]
        return FileSet(files={file: content.read(file) for file in found if is_ours(file) and not _is_hidden(file)})


def _is_hidden(file: str) -> bool:
    return any(part.startswith(".") for part in file.split("/"))


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and nothing but names of revisions
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the git that the person uses, too
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
    except FileNotFoundError as error:
        raise _problem("git is not installed, so no revision can be read; name a folder") from error
    except subprocess.TimeoutExpired as error:
        raise _problem(f"git did not answer within {LONGEST} seconds") from error
    if done.returncode:
        said = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise _problem(f"git {arguments[0]} failed: {said}")
    return done.stdout


def _git_code(folder: Path, *arguments: str) -> int:
    done = subprocess.run(  # noqa: S603 - as above
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        timeout=LONGEST,
        check=False,
    )
    return done.returncode


def _problem(what: str) -> ProblemsError:
    return ProblemsError([Problem(Place("rules"), what)])
