"""Results that follow from files alone, kept in the user's cache folder, so that the next command need not work again.

What the rules of a folder say, and whether texts are right, was a fifth of a `preview`. A result is found by the digest
of all that it follows from: its inputs, this program's own files, and the packages beside it. So one that would be
another today is not found. Nothing depends on a result being there: what cannot be read is made, and what cannot be
written is not kept.

Results are pickled. Only the user's own file is read, which nobody else may write, and only values of this program are
made of it.
"""

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from notifier.model.schema import Entity, entities

T = TypeVar("T")

MOST = 50
"""Files that are kept; the oldest go."""
ROOMS = ("model", "calendars", "rules", "rendering")
"""The rooms that make such results."""
_PLAIN = {
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("pathlib", "PosixPath"),
    ("pathlib", "WindowsPath"),
}


def cache_folder() -> Path | None:
    """Where this user's programs keep such files (XDG_CACHE_HOME); None where there is no such place."""
    home = os.environ.get("XDG_CACHE_HOME") or (Path(os.environ["HOME"], ".cache") if os.environ.get("HOME") else None)
    return None if home is None or not Path(home).is_absolute() else Path(home, "notifier")


def kept(folder: Path | None, what: str, inputs: object, make: Callable[[], T]) -> T:
    """The result of `make`, or the same that was kept: made with these `inputs`, which `repr` tells apart."""
    if folder is None or (program := _program()) is None:
        return make()
    name = hashlib.sha256(repr((program, what, inputs)).encode()).hexdigest()
    path = folder / f"{what}-{name[:40]}"
    # Whatever is in the file: this result is made anew, and the file written anew.
    with contextlib.suppress(Exception):
        return _Reading(io.BytesIO(_own_file(path))).load()  # type: ignore[no-any-return]
    result = make()
    # A full disk, a folder that is read-only, a value that cannot be pickled: the next command makes it anew.
    with contextlib.suppress(Exception):
        content = io.BytesIO()
        _Writing(content, protocol=5).dump(result)
        _write(path, content.getvalue())
    return result


class _Writing(pickle.Pickler):
    def persistent_id(self, value: object) -> str | None:
        """Entities are this program's own, and hold tables."""
        return value.name if isinstance(value, Entity) else None


class _Reading(pickle.Unpickler):
    def persistent_load(self, name: str) -> Entity:
        return entities()[name]

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name)
        if (module, name) in _PLAIN or (module.split(".")[0] == "notifier" and isinstance(found, type)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of this program")


@cache
def _program() -> str | None:
    """This program's files and the packages beside it, as they are; None where that cannot be said."""
    here = Path(__file__).parents[1]
    try:
        files = sorted(each for room in ROOMS for each in _files(here / room))
        packages = [(place, Path(place).stat().st_mtime_ns) for place in sys.path if place.endswith("site-packages")]
    except OSError:  # run from an archive
        return None
    return repr((sys.version, files, packages))


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith((".py", ".yaml")):
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size
            elif entry.is_dir() and entry.name != "__pycache__":
                yield from _files(Path(entry.path))


def _own_file(path: Path) -> bytes:
    """The content of a file that this user alone can write. Raises OSError for any other."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        for found in (os.fstat(file.fileno()), path.parent.stat()):
            if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                raise PermissionError(f"others may write {path}")
        return file.read()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for another command may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
    files = sorted(path.parent.iterdir(), key=lambda each: each.stat().st_mtime_ns, reverse=True)
    for old in files[MOST:]:
        old.unlink(missing_ok=True)
