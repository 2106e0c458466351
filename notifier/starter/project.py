"""Answers -> all files of a new project, in memory; and their writing, which replaces nothing.

What is written passes `notifier rules check` and `notifier rules test` before anything is configured.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.file_set import RULES, SCENARIO_SUFFIX, TEMPLATES
from notifier.starter import places
from notifier.starter.answers import Answers
from notifier.starter.catalogue import catalogue_files
from notifier.starter.example_data import Example, example_of
from notifier.starter.lock import LOCK, as_copied, bases_of, lock_text, locked
from notifier.starter.packs import PackFile, files_of, packs

TEXTS = Path(__file__).parent / "texts"
README, SETTINGS, EVENTS = "README.md", ".env", "data/example.jsonl"
SHOWN = 20
"""The most files of a folder that are named one by one."""


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """What is written for a new project."""

    files: Mapping[str, str]
    """Content by path in the project."""
    shown_at: datetime
    """The instant at which a preview shows something."""


SchemaLine = Callable[[str], str | None]
"""A file's path in the project -> the first line by which editors find its schema."""


def new_project(answers: Answers, now: datetime, schema_line: SchemaLine = lambda _: None) -> NewProject:
    """All files of the project that these answers describe."""
    copied = files_of(answers.packs)
    example = example_of(answers, now)
    files = {
        **_texts(answers, example, copied),
        EVENTS: example.events,
        **{
            path: "".join(f"{line}\n" for line in [schema_line(path)] if line is not None) + text
            for path, text in catalogue_files(answers, copied, example.days).items()
        },
        **{file.path: as_copied(file, schema_line(file.path)) for file in copied},
        **bases_of(copied),
        LOCK: lock_text({file.path: locked(file) for file in copied}),
    }
    return NewProject(files=files, shown_at=example.shown_at)


def rule_files(project: NewProject) -> Mapping[str, bytes]:
    """The files that decide what is told, as a set of files has them."""
    return {
        path: content.encode()
        for path, content in project.files.items()
        if path.startswith((f"{RULES}/", f"{TEMPLATES}/")) and not path.endswith(SCENARIO_SUFFIX)
    }


def write_project(project: NewProject, folder: Path) -> list[str]:
    """Write all files, or none. Returns what was in the folder before, by name: it stays as it is.

    Raises ProblemsError with every file that is in the way.
    """
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    problems = [*_in_the_way(project, folder)]
    if problems:
        raise ProblemsError(problems)
    for path, content in project.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
    (folder / SETTINGS).chmod(0o600)
    return there


def _in_the_way(project: NewProject, folder: Path) -> list[Problem]:
    if folder.exists() and not folder.is_dir():
        return [Problem(Place(str(folder)), "it is a file; name a folder")]
    found = {path for path in project.files if (folder / path).exists() or (folder / path).is_symlink()}
    for name in (RULES, TEMPLATES):  # half a project of somebody else's and half of this one says what nobody wrote
        found |= {path.relative_to(folder).as_posix() for path in (folder / name).rglob("*") if path.is_file()}
    found |= {parent for path in project.files for parent in _files_above(folder, path)}
    what = "it is there already, in the place of a file of the new project; move it, or name another folder"
    problems = [Problem(Place(path), what) for path in sorted(found)[:SHOWN]]
    if len(found) > SHOWN:
        problems.append(Problem(Place(str(folder)), f"{len(found) - SHOWN} more files are in the way"))
    return problems


def _files_above(folder: Path, path: str) -> list[str]:
    """Files that stand where the path needs a folder."""
    above = [parent for parent in Path(path).parents if str(parent) != "."]
    return [parent.as_posix() for parent in above if (folder / parent).exists() and not (folder / parent).is_dir()]


def _texts(answers: Answers, example: Example, copied: list[PackFile]) -> Mapping[str, str]:
    """The files that are made of a template: settings, what a reader and what other tools need."""
    environment = Environment(  # noqa: S701 - Markdown and settings, no HTML
        loader=FileSystemLoader(TEXTS), undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
    rules = [path for file in copied if file.is_rules for path in [file.path]]
    values = {
        "answers": answers,
        "company": _quoted(answers.company),
        "country": places.country_name(answers.country, answers.language),
        "packs": [packs()[name] for name in answers.packs],
        "rules": rules,
        "shown_at": example.shown_at.isoformat(),
        "example": rules[0],
    }
    names = {
        README: f"README.{answers.language}.md.j2",
        SETTINGS: f"env.{answers.language}.j2",
        ".gitignore": "gitignore.j2",
        ".yamllint": "yamllint.j2",
    }
    return {path: environment.get_template(name).render(values) for path, name in names.items()}


def _quoted(text: str) -> str:
    """A text as python-dotenv reads it back."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
