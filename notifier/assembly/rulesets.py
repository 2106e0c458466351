"""What sets of files say by the settings of this installation: projects, what is wrong in their texts, and rulesets.

What was read once is kept on disk, by the files and by all else that decides it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from notifier import __version__
from notifier.assembly.outlets import unavailable_channels
from notifier.drafting.ruleset import Ruleset, ruleset_of
from notifier.drivers.kept_results import cache_folder, kept
from notifier.model.digests import text_digest
from notifier.model.problems import Problem, ProblemsError
from notifier.rendering.renderer import Renderer
from notifier.rules.checked import Broken, Project
from notifier.rules.checked_owners import Owner
from notifier.rules.file_set import FileSet
from notifier.settings import Settings
from notifier.store.migrating import CURRENT_REVISION

T = TypeVar("T")


@dataclass(frozen=True)
class Rulesets:
    """Reads the files of one project folder, whichever of its sets is asked for."""

    folder: Path
    settings: Settings

    def read(self, files: FileSet) -> Project:
        """What these files say. Raises nothing: problems are part of it."""

        def make() -> Project:
            from notifier.rules.loader import load_project  # what was read before needs no parser

            return load_project(self.folder, files)

        return replace(self._kept("project", files, (), make), folder=self.folder)

    def of(self, project: Project) -> Ruleset:
        """The rules of a project with their statements, and the renderer."""
        renderer = Renderer(project, self.settings.rendering)
        unavailable, operations = unavailable_channels(self.settings), self._operations(project)
        return ruleset_of(project, renderer, self.settings.defaults, unavailable, operations)

    def in_force(self, files: FileSet, *, tried: bool) -> Ruleset:
        """The ruleset of a set that is in force, or shall be: without what is wrong in it.

        `tried`: the texts of the set were tried before, and found good.
        """
        project = self.read(files)
        broken = () if tried else self.wrong_texts(project, files)
        return replace(self.of(project.without(broken)), identity=self._identity(files))

    def without_errors(self, files: FileSet) -> Ruleset:
        """The ruleset that a set of files makes, whatever is in force.

        Raises ProblemsError where it has an error: of what is set aside nobody knows whom it would tell.
        """
        project = self.read(files)
        broken = () if project.has_errors else self.wrong_texts(project, files)
        if errors := [*project.errors, *(problem for each in broken for problem in each.problems)]:
            raise ProblemsError(errors)
        return self.of(project)

    def wrong_texts(self, project: Project, files: FileSet, rules: Collection[str] | None = None) -> tuple[Broken, ...]:
        """The rules, of these or all, whose texts have an error."""
        rendering = self.settings.rendering

        def make() -> tuple[Broken, ...]:
            from notifier.rendering.wrong_texts import wrong_texts

            return wrong_texts(project, rendering, rules)

        chosen = None if rules is None else sorted(rules)
        return self._kept("texts", files, (repr(rendering), chosen), make)

    def wording(self, project: Project, files: FileSet) -> Sequence[Problem]:
        """What a reader of the texts will stumble over."""
        rendering = self.settings.rendering

        def make() -> Sequence[Problem]:
            from notifier.rendering.wording_lint import wording_problems

            return wording_problems(project, Renderer(project, rendering))

        return self._kept("wording", files, (repr(rendering),), make)

    def approvals(self, project: Project, files: FileSet) -> Sequence[Problem]:
        """What is wrong with the WhatsApp texts that were handed in for approval, or were not."""
        rendering = self.settings.rendering

        def make() -> Sequence[Problem]:
            from notifier.rendering.approvals import approval_problems

            return approval_problems(project, Renderer(project, rendering))

        if not project.speaks_whatsapp and not project.approved_texts:
            return ()
        return self._kept("approvals", files, (repr(rendering),), make)

    def _identity(self, files: FileSet) -> str:
        """What decides besides the state: another process that has the same decides the same."""
        rendering, unavailable = self.settings.rendering, sorted(unavailable_channels(self.settings))
        settings = (rendering, rendering.token_key, self.settings.defaults, unavailable, self.settings.operations)
        return text_digest(repr((__version__, CURRENT_REVISION, files.digest, settings)))

    def _operations(self, project: Project) -> Owner | None:
        """Who is told what is set aside, where the settings name somebody who can be reached."""
        named = self.settings.operations
        if named is not None and "@" in named:
            return Owner(id="operations", name="operations", email=named)
        return None if named is None else project.owners.get(named)

    def _kept(self, what: str, files: FileSet, inputs: tuple[object, ...], make: Callable[[], T]) -> T:
        """What `make` makes of the files and these inputs, or what was made of the same before, in whatever folder."""
        there = None if files.folder_exists else str(self.folder)  # it is named in the problem
        return kept(cache_folder() if self.settings.cache else None, what, (there, files.digest, *inputs), make)
