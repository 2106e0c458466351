"""Which scenario files are meant: every one of the project, those of a folder, those about a file that was saved."""

from collections.abc import Collection, Sequence
from pathlib import Path

from notifier.rules.checked import Project
from notifier.rules.file_set import RULE_SUFFIX, SCENARIO_SUFFIX, TEMPLATE_SUFFIX


def scenario_files(project: Project) -> list[Path]:
    """Every scenario file of the project, by path; not the files of editors, whose names begin with a dot."""
    return _below(project.folder / "rules")


def meant_files(named: Sequence[Path]) -> list[Path]:
    """The scenario files that are meant by these files and folders, each once."""
    found: dict[Path, None] = {}
    for path in named:
        beside = path.with_name(path.name.removesuffix(RULE_SUFFIX) + SCENARIO_SUFFIX)
        if path.is_dir():
            found |= dict.fromkeys(_below(path))
        else:
            found[beside if path.name.endswith(RULE_SUFFIX) and beside.is_file() else path] = None
    return list(found)


def files_about(project: Project, paths: Collection[Path]) -> list[Path]:
    """The scenario files that are most likely to say something about these files: they themselves, those beside a rule
    file, and those of the rules that speak in a text."""
    texts = {path.parent.name for path in paths if path.suffix == TEMPLATE_SUFFIX}
    speaking = {project.folder / rule.place.file for rule in project.rules.values() if texts & {*rule.templates}}
    return meant_files([*paths, *sorted(speaking)])


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob(f"*{SCENARIO_SUFFIX}") if not path.name.startswith("."))
