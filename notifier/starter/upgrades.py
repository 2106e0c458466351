"""A project and the packs that ship now -> what was changed by whom, rule by rule. Nothing is written here.

Three versions of everything are compared: the base (as it was copied), the project's own, and the one that ships now.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.file_set import RULE_SUFFIX, SCENARIO_SUFFIX, TEMPLATES
from notifier.starter.lock import BASES, Locked, digest_of, read_lock, without_marks
from notifier.starter.packs import files_of, packs
from notifier.starter.sections import Kind, Section, sections_of

AROUND = 2
"""Unchanged lines that a difference shows around a changed one."""


class PackState(StrEnum):
    """How a rule of a pack stands in a project."""

    UNTOUCHED = "untouched"
    CHANGED = "changed by you"
    NEWER = "newer available"
    BOTH = "changed by you, newer available"
    REMOVED = "removed by you"
    NEW = "new in the pack"
    DROPPED = "no longer in the pack"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file, or one section of a file, in its three versions; None where it is not there."""

    path: str
    base: str | None
    mine: str | None
    theirs: str | None

    @property
    def changed(self) -> bool:
        """Whether the project's own differs from what was copied, and from what ships now."""
        return self.mine not in (self.base, self.theirs)

    @property
    def newer(self) -> bool:
        """Whether what ships now differs from what was copied, and the project does not have it yet."""
        return self.theirs not in (self.base, self.mine)

    @property
    def collides(self) -> bool:
        """Whether both changed the same lines of the base."""
        return self.changed and self.newer and _meet(self.base or "", self.mine or "", self.theirs or "")


@dataclass(frozen=True, kw_only=True)
class PackItem:
    """A rule, a check or a file of scenarios of a pack, with the files that it is made of."""

    name: str
    kind: Kind
    pack: str
    version: int | None
    """The version that was copied; None for what the project does not have."""
    newest: int
    parts: tuple[Part, ...]

    @property
    def state(self) -> PackState:
        """How it stands; a rule stands as all its files do together."""
        own = self.parts[0]
        if own.base is None and own.mine is None:
            return PackState.NEW
        if own.mine is None:
            return PackState.REMOVED
        if own.theirs is None:
            return PackState.DROPPED
        changed, newer = any(part.changed for part in self.parts), any(part.newer for part in self.parts)
        if changed and newer:
            return PackState.BOTH
        return PackState.CHANGED if changed else PackState.NEWER if newer else PackState.UNTOUCHED


@dataclass(frozen=True, kw_only=True)
class Versions:
    """All files of the packs of a project, by path: as they were copied, as they are, as they ship now."""

    lock: Mapping[str, Locked]
    base: Mapping[str, str]
    mine: Mapping[str, str]
    theirs: Mapping[str, str]
    packs: Mapping[str, str]
    """The pack of each path."""

    def part(self, path: str) -> Part:
        """A whole file."""
        return Part(path=path, base=self.base.get(path), mine=self.mine.get(path), theirs=self.theirs.get(path))


def versions_of(folder: Path, shipped: Path | None = None) -> Versions:
    """The three versions of a project's packs. `shipped` has other rules than those that came with this program.

    Raises ProblemsError where the lock or a base cannot be read, or is not what was copied.
    """
    lock = read_lock(folder)
    names = [name for name in packs() if any(entry.pack == name for entry in lock.values())]
    files = files_of(names, shipped)
    base, problems = {}, []
    for path, entry in lock.items():
        content = _read(folder / BASES / path)
        if content is None or digest_of(content) != entry.digest:
            what = "it is not the file that was copied, so nobody can say who changed what; take it back"
            problems.append(Problem(Place(f"{BASES}/{path}"), what))
        else:
            base[path] = content
    if problems:
        raise ProblemsError(problems)
    theirs = {file.path: file.content for file in files}
    own = {path: content for path in {*lock, *theirs} if (content := _read(folder / path)) is not None}
    return Versions(
        lock=lock,
        base=base,
        mine={path: without_marks(content) for path, content in own.items()},
        theirs=theirs,
        packs={**{file.path: file.pack for file in files}, **{path: entry.pack for path, entry in lock.items()}},
    )


def items_of(versions: Versions) -> list[PackItem]:
    """Every rule, check and scenario file of the packs, by path and place in the file."""
    found: list[PackItem] = []
    for path in sorted(versions.packs):
        if path.endswith(SCENARIO_SUFFIX):
            found.append(_item(versions, path, path.rpartition("/")[2], Kind.SCENARIOS, (versions.part(path),)))
        elif path.endswith(RULE_SUFFIX):
            found += _rules(versions, path)
    return found


def _rules(versions: Versions, path: str) -> Iterator[PackItem]:
    base, mine, theirs = (
        sections_of(files[path]) if path in files else {} for files in (versions.base, versions.mine, versions.theirs)
    )
    for name in dict.fromkeys((*theirs, *base)):
        section = theirs.get(name) or base[name]
        own = Part(path=path, base=_text(base, name), mine=_text(mine, name), theirs=_text(theirs, name))
        if versions.mine.get(path) is not None and not mine:  # what cannot be read is shown as a whole
            own = versions.part(path)
        templates = {one for each in (base, mine, theirs) if name in each for one in each[name].templates}
        yield _item(versions, path, name, section.kind, (own, *_texts(versions, templates)))


def _texts(versions: Versions, templates: set[str]) -> Iterator[Part]:
    for path in sorted(versions.packs):
        if path.startswith(f"{TEMPLATES}/") and path.split("/")[1] in templates:
            yield versions.part(path)


def _item(versions: Versions, path: str, name: str, kind: Kind, parts: tuple[Part, ...]) -> PackItem:
    pack = versions.packs[path]
    entry = versions.lock.get(path)
    return PackItem(
        name=name,
        kind=kind,
        pack=pack,
        version=None if entry is None else entry.version,
        newest=packs()[pack].version,
        parts=parts,
    )


def _text(sections: Mapping[str, Section], name: str) -> str | None:
    return sections[name].text if name in sections else None


def difference(old: str | None, new: str | None) -> Sequence[str]:
    """The lines of a unified difference, without the two that name files."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    return list(difflib.unified_diff(before, after, n=AROUND, lineterm=""))[2:]


def _meet(base: str, mine: str, theirs: str) -> bool:
    """Whether a line of the base, or the gap between two, was changed on both sides."""
    return bool(_touched(base, mine) & _touched(base, theirs))


def _touched(base: str, other: str) -> set[int]:
    matcher = difflib.SequenceMatcher(a=base.splitlines(), b=other.splitlines(), autojunk=False)
    touched: set[int] = set()
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag != "equal":
            touched |= set(range(start, max(end, start + 1)))
    return touched


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (UnicodeDecodeError, OSError) as error:
        raise ProblemsError([Problem(Place(str(path)), f"it cannot be read: {error}")]) from error
