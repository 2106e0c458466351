"""Edits of files in the midst of a story -> the project as its files say then."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from notifier.model.problems import Problem, ProblemsError, did_you_mean
from notifier.rules.checked import Project
from notifier.rules.file_set import read_file_set
from notifier.rules.loader import load_project
from notifier.rules.scenario_values import RuleEdit


def edited_project(folder: Path, edits: Sequence[RuleEdit]) -> Project:
    """The project with these edits made, one after the other; its folder stays as it is.

    Raises ProblemsError where a text does not stand there just once, and where an edit leaves an error: such files are
    never put in force.
    """
    files = read_file_set(folder)
    texts = dict(files.files)
    for edit in edits:
        text = texts[edit.file].decode("utf-8", errors="replace")
        found = text.count(edit.old)
        if found != 1:
            raise ProblemsError([Problem(edit.place, _not_once(edit, text, found))])
        texts[edit.file] = text.replace(edit.old, edit.new).encode()
    project = load_project(folder, replace(files, files=texts))
    if errors := [problem for problem in project.problems if problem.is_error]:
        what = f"the edit leaves an error, and would not come into force: {errors[0]}"
        raise ProblemsError([Problem(edits[-1].place, what)])
    return project


def _not_once(edit: RuleEdit, text: str, found: int) -> str:
    if found:
        return f"'{edit.old}' stands {found} times in {edit.file}; give more of the text around it"
    lines = [line.strip() for line in text.splitlines()]
    return f"'{edit.old}' does not stand in {edit.file}{did_you_mean(edit.old, lines)}"
