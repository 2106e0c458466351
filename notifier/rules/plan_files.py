"""A project with other rules than its folder has: some left out, and those of more files added or in their place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean, one_of
from notifier.rules.checked import Project
from notifier.rules.file_set import RULES, TEMPLATE_SUFFIX, TEMPLATES, FileSet
from notifier.rules.kinds import NAMED_FILES
from notifier.rules.loader import load_project
from notifier.rules.regular_files import read_regular_file


@dataclass(frozen=True, kw_only=True)
class PlannedRules:
    """The project of a plan, and what it changes."""

    project: Project
    without: Sequence[str]
    added: Sequence[str]
    """Rules and checks that the files have: new ones, and those in the place of others."""


def planned_rules(
    project: Project, files: FileSet, without: Collection[str], rule_files: Sequence[Path]
) -> PlannedRules:
    """The project without these rules and checks, and with what these files say.

    A rule of a file takes the place of the project's rule of that name. Its texts are the project's, or those in a
    folder `templates` beside the file. Raises ProblemsError for a name that is unknown, and for every error in a file.
    """
    known = [*project.rules, *project.checks]
    unknown = [
        Problem(Place("--without"), f"there is no rule or check '{name}'{did_you_mean(name, known) or listed(known)}")
        for name in without
        if name not in known
    ]
    if unknown:
        raise ProblemsError(unknown)
    rules = {name: rule for name, rule in project.rules.items() if name not in without}
    checks = {name: check for name, check in project.checks.items() if name not in without}
    templates = dict(project.templates)
    added: list[str] = []
    for path in rule_files:
        found = _read(project, files, path)
        rules |= found.rules
        checks |= found.checks
        templates |= found.templates
        added += [*found.rules, *found.checks]
    planned = replace(project, rules=rules, checks=checks, templates=templates)
    return PlannedRules(project=planned, without=tuple(without), added=tuple(dict.fromkeys(added)))


def listed(known: Sequence[str]) -> str:
    """What there is, where nothing is close."""
    return f"; there are {one_of(known)}" if known else "; the project has none"


def _read(project: Project, files: FileSet, path: Path) -> Project:
    """What a rule file says beside the project's owners, topics and texts."""
    inside = f"{RULES}/{path.name}"
    shared = {name: content for name, content in files.files.items() if name in NAMED_FILES}
    shared |= {name: content for name, content in files.files.items() if name.startswith(f"{TEMPLATES}/")}
    try:
        mine = {inside: read_regular_file(path), **_texts_beside(path)}
    except (ValueError, OSError) as error:
        raise ProblemsError([Problem(Place(str(path)), f"it cannot be read: {error}")]) from error
    found = load_project(project.folder, FileSet(files={**shared, **mine}))
    errors = [
        replace(one, place=replace(one.place, file=str(path) if one.place.file == inside else one.place.file))
        for one in found.problems
        if one.is_error
    ]
    if errors:
        raise ProblemsError(errors)
    if not (found.rules or found.checks):
        raise ProblemsError([Problem(Place(str(path)), "it has neither rules nor checks")])
    return found


def _texts_beside(path: Path) -> Mapping[str, bytes]:
    folder = path.parent / TEMPLATES
    found = sorted(folder.rglob(f"*{TEMPLATE_SUFFIX}")) if folder.is_dir() else []
    return {f"{TEMPLATES}/{one.relative_to(folder).as_posix()}": read_regular_file(one) for one in found}
