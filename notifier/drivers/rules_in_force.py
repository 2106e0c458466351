"""The set of files that is in force: whole, without an error, and the same for all who share the database.

A changed set is taken once it has rested, or when a person asks for it; one with an error never replaces one without,
so a slip of the pen at night silences nobody, and a half-saved file tells nobody anything. A single tick, which a
person reads, works by the files as they are, without what is wrong in them; nobody else does.
"""

import gc
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from notifier.drafting.ruleset import Ruleset
from notifier.drivers.resting import RestingFolder, Watch
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.rules.checked import Project
from notifier.rules.file_set import FileSet
from notifier.store.published_rules import How, Published, PublishedRules

log = structlog.get_logger()

NOT_PUBLISHED = "nothing is in force yet: publish the files with `notifier rules publish`"
OF_NEWER_VERSION = (
    "a newer version of this program put these files in force, and this one does not understand them: it does nothing "
    "until it is upgraded, too"
)
KEEP_CHANGING = "the files keep changing, and nothing is in force yet; run this again when they have rested"


class RulesInForce:
    """Follows one project folder and the database: what either brings is in force at the next look."""

    def __init__(
        self,
        folder: Path,
        load: Callable[[FileSet, bool], Ruleset],
        published: PublishedRules,
        *,
        rest_seconds: float,
        by_hand: bool = False,
        sets_aside: bool = False,
        quiet: bool = False,
        watch: Watch | None = None,
    ) -> None:
        """`load` reads a set; the ruleset's project lists its problems, and holds what has none. It is told whether the
        texts of the set were tried before, and found good.

        With `by_hand`, only a person takes changed files. With `sets_aside`, `ruleset()` is the folder's own without
        what is wrong in it, and not the last good one; it is in force nowhere else. `quiet` is for who says the
        problems in another way than by the log. Raises ProblemsError where nothing can be in force.
        """
        self._lock = threading.Lock()
        self._load = load
        self._published = published
        self._folder = RestingFolder(folder, rest_seconds, watch or Watch())
        self._by_hand = by_hand
        self._sets_aside = sets_aside
        self._quiet = quiet
        self._in_force: Published | None = None
        self._good: Ruleset | None = None
        self._ruleset: Ruleset | None = None
        files = None if by_hand else self._at_start()
        self._follow(files)
        if files is not None:
            self._offer(files, How.RESTED)
        elif not by_hand:
            log.warning("rules.kept", reason="the files keep changing; what was in force before stays so")
        if self._ruleset is None:
            raise ProblemsError([Problem(Place("rules"), NOT_PUBLISHED if by_hand else KEEP_CHANGING)])

    def ruleset(self) -> Ruleset:
        """The ruleset in force. One that stays in place of a newer set with errors names that in `edited`.

        May be called from several threads. Raises ProblemsError where a newer version of this program put in force what
        this one does not understand.
        """
        with self._lock:
            before = self._ruleset
            if not self._by_hand and (files := self._folder.changed()) is not None:
                try:
                    self._offer(files, How.RESTED)
                except Exception:  # the database may be away: the next look offers them again
                    self._folder.give_again()
                    raise
            self._follow(None)
            assert self._ruleset is not None
            replaced = self._ruleset is not before
            del before
            if replaced:
                # A ruleset is a ring of objects, and garbage is looked for so seldom (`cli.main.GARBAGE`) that a daemon
                # would keep them: 0.6 MB for each edit of five rules.
                gc.collect()
            return self._ruleset

    def take_now(self) -> None:
        """Take the files as they are, rested or not: a person asks for it. One with errors is not taken."""
        with self._lock:
            files = self._folder.now()
            if files is None:
                log.warning("rules.kept", reason="the files keep changing; what was in force before stays so")
                return
            self._offer(files, How.ASKED)

    def _at_start(self) -> FileSet | None:
        """The set as soon as it has rested, which one that is in force already need not."""
        newest = self._published.newest()
        files = None if newest is None else self._folder.now()
        if newest is not None and files is not None and files.digest == newest.digest:
            return files
        return self._folder.settled()

    def _follow(self, at_hand: FileSet | None) -> None:
        """Put in force what the database says, where that is something else than before."""
        newest = self._published.newest()
        if newest is None or (self._in_force is not None and newest.id == self._in_force.id):
            return
        if self._in_force is None or newest.digest != self._in_force.digest:
            here = at_hand is not None and at_hand.digest == newest.digest
            files = at_hand if here and at_hand is not None else self._published.files(newest)
            loaded = self._load(files, not newest.has_errors)
            self._refuse_words_of_a_newer_version(newest, loaded.project)
            self._put_in_force(newest, loaded)
        self._in_force = newest

    def _refuse_words_of_a_newer_version(self, newest: Published, project: Project) -> None:
        """Without a rule that the others have, this process would undo what they decide by it.

        Raises ProblemsError, so that it leaves the work to them.
        """
        if newest.has_errors or not project.has_errors or not self._published.are_of_newer_version():
            return
        raise ProblemsError([*project.errors, Problem(Place(newest.place), OF_NEWER_VERSION)])

    def _offer(self, files: FileSet, how: How) -> None:
        """Take a set of the folder, where it is news and may be taken."""
        current = self._in_force
        if current is not None and files.digest == current.digest:
            self._published.remember(files.digest)
            self._ruleset = self._good
            return
        if current is not None and how is How.RESTED and self._published.offered() == files.digest:
            # Another machine has published since, and this folder did not change: it is only older.
            log.info("rules.folder_is_older", in_force=current.place, since=current.at.isoformat())
            self._ruleset = self._good
            return
        loaded = self._load(files, False)
        if (refused := refusal(self._good, loaded.project, how)) is not None:
            if self._good is None:
                raise ProblemsError(refused.gaps)
            self._report(refused)
            if self._sets_aside and refused is loaded.project and not refused.gaps:
                self._ruleset = loaded
                return
            if not self._quiet:
                log.warning("rules.kept", reason="the new version has errors; the last good one stays in force")
            self._ruleset = replace(self._good, edited=refused)
            return
        how = How.FIRST if current is None else how
        published = self._published.publish(files, how, has_errors=loaded.project.has_errors)
        self._put_in_force(published, loaded)

    def _put_in_force(self, published: Published, ruleset: Ruleset) -> None:
        first = self._good is None
        self._in_force, self._good, self._ruleset = published, ruleset, ruleset
        project, at = ruleset.project, published.at.isoformat()
        if not first:
            counts = {"rules": len(project.rules), "checks": len(project.checks)}
            log.info("rules.reloaded", **counts, published=at, place=published.place, how=published.how.value)
        self._report(project)

    def _report(self, project: Project) -> None:
        for problem in () if self._quiet else project.errors:
            log.error("rules.problem", place=str(problem.place), problem=problem.what)


def refusal(in_force: Ruleset | None, project: Project, how: How) -> Project | None:
    """The project with its errors, where it must not take the place of what is in force; None where it may."""
    if project.gaps:
        return project
    if in_force is None or in_force.project.has_errors:
        return None
    if project.has_errors:
        return project
    gone = nothing_left(in_force.project, project)
    return None if gone is None or how is How.ASKED else replace(project, problems=(*project.problems, gone))


def nothing_left(before: Project, after: Project) -> Problem | None:
    """The problem of a folder that lost everything: it may not be mounted, or git is in the middle of a checkout."""
    if after.rules or after.checks or not (before.rules or before.checks):
        return None
    counted = f"{len(before.rules)} rules and {len(before.checks)} checks"
    return Problem(
        Place("rules"),
        f"no rule and no check is left, and {counted} are in force; bring them back, or say `notifier rules publish`",
    )
