"""A project -> the same without the rules whose texts have an error: they are set aside, as for any other error.

A text that lacks a language on one channel would be told to one person in two languages, and one that cannot be
rendered would fail at each customer. It is found out once, before the files are taken.
"""

from collections.abc import Collection

from notifier.model.setting_aside import Part
from notifier.rendering.lint import problems_of
from notifier.rendering.renderer import Renderer
from notifier.rendering.settings import RenderSettings
from notifier.rules.checked import Broken, Project


def wrong_texts(project: Project, settings: RenderSettings, rules: Collection[str] | None = None) -> tuple[Broken, ...]:
    """The rules whose texts have an error, with these errors. With `rules`, only the texts of these are tried."""
    renderer = Renderer(project, settings)
    broken = []
    for name, rule in project.rules.items():
        if rules is not None and name not in rules:
            continue
        if errors := sorted(problem for problem in problems_of(rule, renderer) if problem.is_error):
            broken.append(Broken(kind=Part.RULE, name=name, problems=tuple(errors), owner=rule.owner))
    return tuple(broken)


def without_wrong_texts(project: Project, settings: RenderSettings, rules: Collection[str] | None = None) -> Project:
    """The project without the rules whose texts have an error; it has these errors among its own."""
    return project.without(wrong_texts(project, settings, rules))
