"""A project folder -> its set of files: all that decide what is told, read once, with what could not be read.

Rules, checks, owners, ways out, policy, hours and texts belong together: half of them says something that nobody
wrote. So they are one value with one digest. What cannot be read is an error, never taken for what is not there.

Names that begin with a dot are left alone: editors, git and Kubernetes keep their own files under them, and some of
those are copies of a rule file, or links that lead nowhere.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from notifier.model.problems import Place, Problem
from notifier.rules.findings import Findings
from notifier.rules.regular_files import read_regular_file

RULES, TEMPLATES = "rules", "templates"
RULE_SUFFIX, TEMPLATE_SUFFIX = ".yaml", ".j2"
SCENARIO_SUFFIX = ".test.yaml"
MOST_FILES = 10_000
"""The most files below the two folders; a folder with more is the wrong one."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive, so that equal sets are equal bytes."""

Fingerprint = frozenset[tuple[str, int, int, int, int]]
"""(path, kind, inode, time of the last change in ns, size) of every file."""


@dataclass(frozen=True, kw_only=True)
class FileSet:
    """The files of a project that decide what is told, by their path in it: `rules/telco/billing.yaml`."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()
    """What could not be read, so that nobody knows what the whole of the files says."""
    folder_exists: bool = True
    """Whether there is a folder `rules` at all."""
    misnamed: tuple[Problem, ...] = field(default=())
    """Files that look like rule files and are not read because of their name."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over names and contents: equal sets have equal digests, wherever and whenever they were saved.

        What could not be read counts, too: a set that lacks it is not the one without it.
        """
        found = hashlib.sha256()
        for name in sorted(self.files):
            content = self.files[name]
            found.update(f"{len(name.encode())} {len(content)} ".encode() + name.encode() + content)
        for problem in (*self.problems, *self.misnamed):
            found.update(str(problem).encode())
        return found.hexdigest()

    def archived(self) -> bytes:
        """The files as a ZIP archive, which `from_archive` reads and so does everybody else."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(self.files):
                archive.writestr(zipfile.ZipInfo(name, _EARLIEST), self.files[name], zipfile.ZIP_DEFLATED)
        return content.getvalue()

    @classmethod
    def from_archive(cls, content: bytes) -> "FileSet":
        """The set of which `archived` made these bytes."""
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return cls(files={name: archive.read(name) for name in archive.namelist()})

    def differences(self, other: "FileSet") -> list[str]:
        """How this set differs from another, a phrase a file: `rules/mine.yaml is new`."""
        found = []
        for name in sorted(self.files.keys() | other.files.keys()):
            if name not in other.files:
                found.append(f"{name} is new")
            elif name not in self.files:
                found.append(f"{name} is gone")
            elif self.files[name] != other.files[name]:
                found.append(f"{name} has changed")
        return found


def read_file_set(folder: Path) -> FileSet:
    """The set of files in a folder. Nothing in the folder raises, and nothing in it can make this wait."""
    findings, misnamed = Findings(), Findings()
    files: dict[str, bytes] = {}
    for path, name in _paths(folder, findings):
        if not is_ours(name):
            _name_it(name, misnamed)
        elif len(files) == MOST_FILES:
            findings.add(Place(name), f"the project has more than {MOST_FILES:,} files; is this its folder?")
            break
        else:
            try:
                files[name] = read_regular_file(path)
            except ValueError as error:
                findings.add(Place(name), str(error))
    return FileSet(
        files=files,
        problems=tuple(sorted(findings.problems)),
        folder_exists=(folder / RULES).is_dir(),
        misnamed=tuple(sorted(misnamed.problems)),
    )


def fingerprint(folder: Path) -> Fingerprint:
    """What tells whether a file of the set was added, changed, replaced or removed since. Reads no content."""
    seen = set()
    for path, name in _paths(folder, Findings()):
        try:
            found = path.stat()
        except OSError as error:  # an editor replaces files while we look
            seen.add((name, error.errno or 0, 0, 0, 0))
        else:
            seen.add((name, found.st_mode, found.st_ino, max(found.st_mtime_ns, found.st_ctime_ns), found.st_size))
    return frozenset(seen)


def newest_change(folder: Path) -> float:
    """When the set was last changed, in seconds since 1970 by the clock of the file system; 0 for an empty one.

    A file that was deleted or renamed changed its folder.
    """
    newest = 0.0
    places = [folder / name for name in (RULES, TEMPLATES)]
    for path in (*places, *(path for path, _ in _paths(folder, Findings(), folders=True))):
        try:
            found = path.stat()
        except OSError:  # gone meanwhile, which changed its folder
            continue
        newest = max(newest, found.st_ctime, found.st_mtime)
    return newest


def _paths(folder: Path, findings: Findings, *, folders: bool = False) -> Iterator[tuple[Path, str]]:
    """Every file below the two folders with its name in the project, in the order of the names; linked folders too.

    With `folders` the folders between, too.
    """
    for name in (RULES, TEMPLATES):
        root = folder / name
        if root.is_dir():
            yield from _below(root, name, (os.path.realpath(root),), findings, folders=folders)
        elif root.exists() or root.is_symlink():
            findings.add(Place(name), "it is not a folder; the project's files are below it")


def _below(
    folder: Path, name: str, above: tuple[str, ...], findings: Findings, *, folders: bool
) -> Iterator[tuple[Path, str]]:
    try:
        entries = sorted(entry.name for entry in os.scandir(folder))
    except OSError as error:
        findings.add(
            Place(name), f"the folder cannot be read: {error.strerror}; what is in it would be missing: mend its rights"
        )
        return
    for entry in entries:
        if entry.startswith("."):
            continue
        path, inner = folder / entry, f"{name}/{entry}"
        if not path.is_dir():
            yield path, inner
            continue
        if folders:
            yield path, inner
        if is_ours(inner):
            yield path, inner
        real = os.path.realpath(path)
        if real in above:
            findings.add(Place(inner), "the link leads back to a folder above it; remove it")
        else:
            yield from _below(path, inner, (*above, real), findings, folders=folders)


def is_ours(name: str) -> bool:
    """Whether a file of this path in the project decides what is told: a rule file or a text."""
    if name.startswith(f"{RULES}/"):
        return name.endswith(RULE_SUFFIX) and not name.endswith(SCENARIO_SUFFIX)
    return name.endswith(TEMPLATE_SUFFIX)


def _name_it(name: str, findings: Findings) -> None:
    """Adds a problem for a file that somebody will have taken for a rule file or a text."""
    if name.startswith(f"{RULES}/") and name.lower().endswith((".yml", RULE_SUFFIX)):
        if not name.endswith(SCENARIO_SUFFIX):
            findings.add(Place(name), "rule files end in .yaml; rename it, or it is not read")
    elif name.startswith(f"{TEMPLATES}/"):
        last = name.rpartition("/")[2].lower().removesuffix(TEMPLATE_SUFFIX)
        if last.startswith(("sms.", "email.", "whatsapp.")) and last.endswith((".txt", ".subject", ".html")):
            findings.add(Place(name), "texts end in .j2; rename it, or it is not read")
