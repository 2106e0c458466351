"""`packs.lock` and the folder `.packs`: which files of a project came from which pack, and how they were then.

Whoever changes a file of a pack keeps the change: a newer pack is compared with what came (the base), and with what
the file is now. Without the base nobody could say which of the two changed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.starter.packs import PackFile

LOCK = "packs.lock"
BASES = ".packs"
"""The folder with every file as it came, by its path in the project."""
MARK = "# pack: "
"""Begins the line that a copied rule file has before its first content: `# pack: retail 3`."""
SCHEMA_MARK = "# yaml-language-server: "
"""Begins the line by which editors find the schema of a file."""


@dataclass(frozen=True, kw_only=True)
class Locked:
    """One file that came from a pack."""

    pack: str
    version: int
    source: str
    digest: str
    """SHA-256 of the file as it came, in hexadecimal."""


def digest_of(content: str) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content.encode()).hexdigest()


def locked(file: PackFile) -> Locked:
    """What the lock records of a file that is copied."""
    return Locked(pack=file.pack, version=file.version, source=file.source, digest=digest_of(file.content))


def lock_text(files: Mapping[str, Locked]) -> str:
    """The content of `packs.lock` for files by their path in the project."""
    about = "written by notifier init and notifier rules packs; keep it, with the folder .packs, beside the rules"
    document = {"about": about, "files": {path: asdict(files[path]) for path in sorted(files)}}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read_lock(folder: Path) -> Mapping[str, Locked]:
    """What a project's lock records. Raises ProblemsError where there is none, or it cannot be read."""
    try:
        document = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        return {path: Locked(**entry) for path, entry in document["files"].items()}
    except FileNotFoundError:
        what = "there is none: no pack was copied into this project by notifier init"
        raise ProblemsError([Problem(Place(LOCK), what)]) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"it cannot be read ({type(error).__name__}); take it back from your version control"
        raise ProblemsError([Problem(Place(LOCK), what)]) from error


def as_copied(file: PackFile, schema_line: str | None = None) -> str:
    """The content of a file in the project: a rule file says in its first lines where it came from."""
    lines = [schema_line] if schema_line is not None and file.path.endswith(".yaml") else []
    if file.is_rules:
        lines.append(f"{MARK}{file.pack} {file.version}")
    return "".join(f"{line}\n" for line in lines) + file.content


def without_marks(content: str) -> str:
    """A file of the project without the lines that `as_copied` added."""
    lines = content.splitlines(keepends=True)
    while lines and lines[0].startswith((MARK, SCHEMA_MARK)):
        lines.pop(0)
    return "".join(lines)


def bases_of(files: Iterable[PackFile]) -> Mapping[str, str]:
    """The copies that are kept of files as they came, by their path in the project."""
    return {f"{BASES}/{file.path}": file.content for file in files}
