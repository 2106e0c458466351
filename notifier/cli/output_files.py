"""Files that a command writes where a person says: never over the database, the project, or what it reads.

A slip of the pen (`--errors notifier.db`) would be the end of it. Another file is written over only where it is plain
that a command like this one made it.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from notifier.wiring import House

LOOKED_AT = 65_536
"""Bytes from which it is told what a file is."""


def refuse_to_overwrite(
    house: "House", path: Path, option: str, *, made_by_us: Callable[[str], bool], reads: tuple[Path | None, ...] = ()
) -> None:
    """Raises typer.BadParameter (wrong usage) where the option's file must not be written.

    `made_by_us` is asked about the beginning of a file that exists; `reads` are files that the command reads.
    """
    if (what := _refused(house, path, made_by_us, reads)) is not None:
        raise typer.BadParameter(what, param_hint=option)


def _refused(
    house: "House", path: Path, made_by_us: Callable[[str], bool], reads: tuple[Path | None, ...]
) -> str | None:
    for read in reads:
        if read is not None and _is_same(path, read):
            return f"{path} is what this command reads; name another file"
    real = Path(os.path.realpath(path))
    for ours, what in _protected(house):
        if real == Path(os.path.realpath(ours)) or (ours.is_dir() and real.is_relative_to(os.path.realpath(ours))):
            return f"{path} is {what}; name another file"
    try:
        found = path.stat()
    except OSError:
        return None  # new, or the writing says what is wrong
    if stat.S_ISDIR(found.st_mode):
        return f"{path} is a folder; name a file"
    if stat.S_ISREG(found.st_mode) and found.st_size:
        with path.open("rb") as stream:
            beginning = stream.read(LOOKED_AT).decode("utf-8", errors="replace")
        if not made_by_us(beginning):
            return f"{path} is there already, and no such command made it; name another file, or delete it"
    return None


def _protected(house: "House") -> Iterator[tuple[Path, str]]:
    folder = house.folder
    if house.settings.database_file is not None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            yield Path(f"{house.settings.database_file}{suffix}"), "the database"
    yield folder / "rules", "a file of the project"
    yield folder / "templates", "a file of the project"
    yield folder / ".env", "the file of settings"
    yield house.settings.outbox, "in the outbox folder"
    if house.settings.secrets_dir is not None:
        yield folder / house.settings.secrets_dir, "a secret"


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def is_errors_file(beginning: str) -> bool:
    """Whether a file is one that `import --errors` made."""
    return "_problem" in beginning.partition("\n")[0] or '"_problem": ' in beginning


def is_preview_page(beginning: str) -> bool:
    """Whether a file is one that `preview --html` made."""
    return "<!doctype html" in beginning[:100].lower() and 'name="generator" content="notifier' in beginning


def is_report_page(beginning: str) -> bool:
    """Whether a file is one that `report --html` made."""
    return "<!doctype html" in beginning[:100].lower() and 'name="generator" content="notifier report' in beginning


def is_journey_page(beginning: str) -> bool:
    """Whether a file is one that `journey --html` made."""
    return "<!doctype html" in beginning[:100].lower() and 'name="generator" content="notifier journey' in beginning


def is_simulation_page(beginning: str) -> bool:
    """Whether a file is one that `simulate --html` made."""
    return "<!doctype html" in beginning[:100].lower() and 'name="generator" content="notifier simulate' in beginning


def is_customer_document(beginning: str) -> bool:
    """Whether a file is one that `customer export --json` made."""
    return beginning.startswith('{\n  "customer": ')


def is_schema(beginning: str) -> bool:
    """Whether a file is one that `rules schema --write` made."""
    return '"title": "notifier: ' in beginning


def write_page(path: Path, page: str, option: str = "--html") -> None:
    """Write a page. Raises typer.BadParameter where that cannot be."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint=option) from error


def write_private(path: Path, text: str, option: str) -> None:
    """Write a file that only its owner may read. Raises typer.BadParameter where that cannot be."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            path.chmod(0o600)
            stream.write(text)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint=option) from error
