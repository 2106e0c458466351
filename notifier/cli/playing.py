"""`rules test`: plays the scenarios once, or again whenever a file is saved, and says or writes what came of it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from notifier.cli.console import out, print_json, print_problems, print_text
from notifier.cli.errors import explained
from notifier.cli.house import opened, project_folder
from notifier.cli.output_files import refuse_to_overwrite
from notifier.rules.file_set import RULE_SUFFIX, RULES, SCENARIO_SUFFIX, TEMPLATE_SUFFIX, TEMPLATES

if TYPE_CHECKING:
    from notifier.model.scenario_results import ScenarioResult
    from notifier.rules.checked import Project
    from notifier.simulation.coverage import Coverage
    from notifier.wiring import House

LOOK_SECONDS = 0.3
"""How often `--watch` looks whether a file was saved. Times of saving are read, as the daemon does: that works on every
file system, also over a network."""
NAMED = 3
"""So many of the files that were saved are named."""


@dataclass(frozen=True, kw_only=True)
class Playing:
    """What was asked for."""

    files: Sequence[Path] | None
    only: str | None
    debug: bool
    junit: Path | None
    coverage: bool
    least: int | None
    json: bool
    saved: Sequence[Path] = ()
    """The scenarios about these files are played before the others."""
    failed_before: Sequence[Path] = ()
    """Scenario files that are played after those, and before the rest."""
    failures_only: bool = False
    stop: Callable[[], bool] | None = None
    """Asked after each scenario: whether a further file was saved meanwhile."""
    failed: set[Path] = field(default_factory=set)
    """Taken down: the scenario files of which something failed."""

    def play(self, context: typer.Context) -> bool:
        """Play them, print and write the results; whether all hold, and enough is shown. Raises BadParameter where no
        scenario is meant."""
        from notifier.answers.documents.scenarios import coverage_document, scenario_document
        from notifier.cli.shown.scenarios import coverage_table, coverage_text, result_text, tally_text
        from notifier.planning.addressing import Defaults
        from notifier.simulation.scenario_files import files_about
        from notifier.simulation.scenarios import ScenarioSettings, rendering_of, run_scenarios

        console = out()
        results: list[ScenarioResult] = []
        with opened(context, warn=False) as house:
            house.refuse_broken_rules()
            settings = ScenarioSettings(
                defaults=Defaults(timezone=house.settings.default_timezone),
                rendering=rendering_of(house.project, house.settings.company),
            )
            self._refuse_junit(house)
            covered = self._coverage(house.project)
            first = [*files_about(house.project, self.saved), *self.failed_before]
            for result in run_scenarios(
                house.project, self.files, self.only, settings, debug=self.debug, coverage=covered, first=first
            ):
                results.append(result)
                if not result.passed:
                    self.failed.add(house.project.folder / result.file)
                if not (self.json or (self.failures_only and result.passed)):
                    console.print(result_text(result))
                if self.stop is not None and self.stop():
                    print_text("a file was saved meanwhile: from the beginning")
                    return False
            if not results:
                raise typer.BadParameter(self._none())
            self._write_junit(house, results)
        report = None if covered is None else covered.report()
        if self.json:
            documents = [scenario_document(result) for result in results]
            of = None if report is None else coverage_document(report)
            print_json(documents if of is None else {"scenarios": documents, "coverage": of})
        else:
            console.print(tally_text(results))
            if report is not None:
                if report.blanks:
                    print_text(coverage_table(report))
                console.print(coverage_text(report))
        enough = report is None or self.least is None or report.share >= self.least
        if not enough and not self.json and report is not None:
            print_text(f"{report.share} % is less than the {self.least} % that --fail-under asks for")
        return enough and all(result.passed for result in results)

    def _none(self) -> str:
        if self.only:
            return f"no scenario has '{self.only}' in its name; to play those of a rule, give its file: rules test FILE"
        folders = "rules/" if self.files is None else ", ".join(str(path) for path in self.files)
        return f"there is no scenario file (*{SCENARIO_SUFFIX}) below {folders}"

    def _coverage(self, project: "Project") -> "Coverage | None":
        if not self.coverage and self.least is None:
            return None
        from notifier.simulation.coverage import Coverage

        return Coverage(project)

    def _write_junit(self, house: "House", results: "Sequence[ScenarioResult]") -> None:
        if self.junit is None:
            return
        from notifier.answers.documents.junit import junit_xml

        self._refuse_junit(house)
        self.junit.write_text(junit_xml(results), encoding="utf-8")

    def _refuse_junit(self, house: "House") -> None:
        """Before a scenario is played: a slip of the pen must not overwrite a rule."""
        if self.junit is not None:
            refuse_to_overwrite(house, self.junit, "--junit", made_by_us=lambda beginning: "<testsuites" in beginning)


def watched(context: typer.Context, playing: Playing) -> None:
    """Play them, and again after each change, until somebody interrupts it.

    After a change of scenario files alone, only those are played; after any other, those about what was saved go first,
    then those that failed. A file that is saved meanwhile begins it anew. What cannot be read is said, and waits for
    the next change.
    """
    folder = project_folder(context)
    seen: dict[Path, tuple[int, int]] = {}
    failed: set[Path] = set()
    while True:
        stamps = _stamps(folder)
        if stamps != seen:
            changed = sorted(path for path in stamps.keys() | seen.keys() if stamps.get(path) != seen.get(path))
            only_stories = seen and all(path.name.endswith(SCENARIO_SUFFIX) for path in changed)
            mine = [path for path in changed if path in stamps] if only_stories and playing.files is None else None
            now_playing = replace(playing, stop=partial(_saved_since, folder, stamps), failed=set())
            if seen:
                print_text(_saved_text(folder, changed))
                now_playing = replace(now_playing, saved=changed, failed_before=sorted(failed), failures_only=True)
            seen = stamps
            _again(context, replace(now_playing, files=mine) if mine else now_playing)
            failed = now_playing.failed
        time.sleep(LOOK_SECONDS)


def _saved_since(folder: Path, stamps: dict[Path, tuple[int, int]]) -> bool:
    return _stamps(folder) != stamps


def _saved_text(folder: Path, changed: Sequence[Path]) -> str:
    names = [path.relative_to(folder).as_posix() for path in changed]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{datetime.now().astimezone():%H:%M:%S}  saved: {', '.join(names[:NAMED])}{more}; only what fails is listed"


def _again(context: typer.Context, playing: Playing) -> None:
    try:
        playing.play(context)
    except typer.BadParameter as error:
        print_text(error.message)
    except Exception as error:
        sentences = explained(error)
        if sentences is None:
            raise
        print_problems(sentences)
    if playing.stop is not None and playing.stop():
        return
    print_text(f"{datetime.now().astimezone():%H:%M:%S}  waiting for a file to be saved; Ctrl+C ends")


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each file was saved, and how long it is: rules, scenarios and texts."""
    found = {}
    for name in (RULES, TEMPLATES):
        for path in (folder / name).rglob("*"):
            if path.name.startswith(".") or path.suffix not in (RULE_SUFFIX, TEMPLATE_SUFFIX):
                continue
            try:
                status = path.stat()
            except OSError:  # an editor replaces files while we look
                continue
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
