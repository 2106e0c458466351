"""What a person takes of a newer pack, or keeps as it is: the only writes after `notifier init`, one rule at a time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.starter.lock import BASES, LOCK, SCHEMA_MARK, Locked, as_copied, digest_of, lock_text
from notifier.starter.packs import PackFile, files_of, packs
from notifier.starter.sections import sections_of
from notifier.starter.upgrades import PackItem, PackState, Part, Versions

TAKEN = (PackState.NEWER, PackState.NEW)
KEPT = (PackState.BOTH, PackState.NEWER, PackState.REMOVED)


def take(items: Sequence[PackItem], versions: Versions, folder: Path, shipped: Path | None = None) -> list[str]:
    """Write the newer version of these into the project; returns the paths written.

    Raises ProblemsError, and writes nothing, where one of them is changed, or nothing newer is there.
    """
    _refuse(items, TAKEN, "there is nothing newer to take")
    return _written(items, versions, folder, shipped, mine=True)


def keep(items: Sequence[PackItem], versions: Versions, folder: Path, shipped: Path | None = None) -> list[str]:
    """Leave these as they are, and count what ships now as seen; returns the paths whose base moved."""
    _refuse(items, KEPT, "there is nothing newer that could be passed over")
    return _written(items, versions, folder, shipped, mine=False)


def _refuse(items: Sequence[PackItem], allowed: Sequence[PackState], what: str) -> None:
    problems = []
    for item in items:
        place = Place(item.parts[0].path)
        if item.state is PackState.BOTH and PackState.BOTH not in allowed:
            remedy = (
                f"'{item.name}' is changed by you: write what you want of the newer version into it, then --keep it"
            )
            problems.append(Problem(place, remedy))
        elif item.state not in allowed:
            problems.append(Problem(place, f"'{item.name}' is {item.state}: {what}"))
    if problems:
        raise ProblemsError(problems)


def _written(
    items: Sequence[PackItem], versions: Versions, folder: Path, shipped: Path | None, *, mine: bool
) -> list[str]:
    files = {file.path: file for file in files_of([name for name in packs() if name in _names(versions)], shipped)}
    base, own = dict(versions.base), dict(versions.mine)
    paths: dict[str, None] = {}
    for part in _moved(items):
        base[part.path] = _replaced(base.get(part.path), part.base, part.theirs, files[part.path].content)
        if mine:
            own[part.path] = _replaced(own.get(part.path), part.mine, part.theirs, files[part.path].content)
        paths[part.path] = None
    lock = dict(versions.lock)
    for path in paths:
        file = files[path]
        lock[path] = _relocked(lock.get(path), file, base[path])
        _write(folder / BASES / path, base[path])
        if mine:
            _write(folder / path, _with_marks(folder / path, file, own[path], lock[path].version))
    _write(folder / LOCK, lock_text(lock))
    return list(paths)


def _names(versions: Versions) -> set[str]:
    return set(versions.packs.values())


def _moved(items: Sequence[PackItem]) -> Iterator[Part]:
    for item in items:
        yield from (part for part in item.parts if part.theirs is not None and part.theirs != part.base)


def _replaced(content: str | None, old: str | None, new: str | None, whole: str) -> str:
    """The content with one section in another version; the whole file where it was not there."""
    assert new is not None, "what is no longer shipped is not taken"
    if content is None or content == old:
        return whole if content is None else new
    if old is not None and old in content:
        return content.replace(old, new, 1)
    return _inserted(content, new, whole)


def _inserted(content: str, new: str, whole: str) -> str:
    """The content with a section that it lacks: behind the one that it follows in the whole file."""
    there, order = sections_of(content), list(sections_of(whole).values())
    at = next(index for index, section in enumerate(order) if section.text == new)
    before = [section for section in order[:at] if section.kind is order[at].kind and section.name in there]
    if before:
        neighbour = there[before[-1].name].text
        return content.replace(neighbour, f"{neighbour}\n{new}", 1)
    key = f"{order[at].kind}s:\n"
    first = re.search(rf"^{key}", content, re.MULTILINE)
    if first is None:
        return f"{content.rstrip()}\n\n{key}{new}"
    return f"{content[: first.end()]}{new}\n{content[first.end() :]}"


def _relocked(entry: Locked | None, file: PackFile, base: str) -> Locked:
    version = file.version if entry is None or base == file.content else entry.version
    made = entry or Locked(pack=file.pack, version=version, source=file.source, digest="")
    return replace(made, version=version, digest=digest_of(base))


def _with_marks(target: Path, file: PackFile, content: str, version: int) -> str:
    """With the first lines that a copied file has; the line for editors stays as it was."""
    lines = target.read_text(encoding="utf-8").splitlines() if target.exists() else []
    schema = next((line for line in lines[:2] if line.startswith(SCHEMA_MARK)), None)
    return as_copied(replace(file, content=content, version=version), schema)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
