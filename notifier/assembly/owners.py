"""Whether the owners whom the settings name are in owners.yaml."""

from collections.abc import Callable

from notifier.model.problems import ProblemsError, did_you_mean
from notifier.rules.checked import Project
from notifier.settings import Settings


def refuse_unknown_owner(settings: Settings, read_project: Callable[[], Project]) -> None:
    """Raises ProblemsError where the settings name an owner who is not there; no file is read where they name none."""
    named = {name: getattr(settings, name) for name in ("channel_owner", "operations")}
    named = {name: owner for name, owner in named.items() if owner is not None and "@" not in owner}
    if not named:
        return
    project = read_project()
    if project.has_errors:  # owners.yaml may be what has them: it must not stop everything else
        return
    problems = [
        settings.problem(
            name, f"there is no such owner{did_you_mean(owner, project.owners) or '; name one of rules/owners.yaml'}"
        )
        for name, owner in named.items()
        if owner not in project.owners
    ]
    if problems:
        raise ProblemsError(problems)
