"""What the scenarios of a project show of its rules, checks and texts, and what none of them shows.

A rule should speak in one scenario and stay silent in another one; each part of a clause should be true for some row,
and false for some; each branch of a text should be printed. It says what was never seen, and not that what was seen is
right.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.evaluation.truths import ClausePart, Truths, truths_of_check, truths_of_rule
from notifier.model.notices import NoticeKind
from notifier.model.problems import Place
from notifier.model.scenario_results import Blank, BlankKind, CoverageReport
from notifier.rendering.branches import BranchLog, branches_of
from notifier.rendering.catalogue import FILE
from notifier.rendering.environment import TemplateEnvironment
from notifier.rendering.renderer import Renderer
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.scenario_values import Expectation
from notifier.store.outbox.news import Seen
from notifier.store.truths import truths_now

_Part = tuple[str, str, str]
"""The rule or check, where its clause stands, and the part's text."""


@dataclass
class _Story:
    """One scenario while it is played: the rules and checks."""

    there: set[str] = field(default_factory=set)
    """Of which rows were there."""
    spoke: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    """Which an expectation says to have said nothing."""


class Coverage:
    """Takes down what scenarios show; `report` says what they do not."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._log = BranchLog()
        self._asked: dict[tuple[str, str], Truths] = {}
        """By name and digest."""
        self._seen: dict[_Part, set[bool]] = defaultdict(set)
        self._in_force: set[str] = set()
        self._spoke: set[str] = set()
        self._silent: set[str] = set()
        self._story = _Story()

    def watch(self, renderer: Renderer) -> None:
        """Take down which branches this renderer prints; it has compiled nothing yet."""
        renderer.catalogue.environment.log_branches(self._log)

    def begin(self) -> None:
        """A scenario begins, and the one before it is over."""
        story, self._story = self._story, _Story()
        self._spoke |= story.spoke
        self._silent |= (story.silent & story.there) - story.spoke

    def look(self, connection: sa.Connection, ruleset: Ruleset, seen: Seen, now: datetime) -> None:
        """What one tick showed, with the rows as they are after it."""
        self._story.spoke |= {each.rule for each in seen.notices if each.kind is NoticeKind.NOTICE}
        self._story.spoke |= {each.check for each in seen.contradictions}
        for name, truths in self._truths(ruleset):
            self._in_force.add(name)
            rows, found = truths_now(connection, truths, now)
            if rows:
                self._story.there.add(name)
                for part, (true, false) in found.items():
                    self._seen[_key(name, part)] |= {value for value, was in ((True, true), (False, false)) if was}

    def expected(self, ruleset: Ruleset, expect: Expectation) -> None:
        """An expectation was compared: what it does not name among what it lists is to be silent."""
        if expect.notices is not None:
            self._story.silent |= ruleset.project.rules.keys() - {each.rule for each in expect.notices}
        if expect.contradictions is not None:
            self._story.silent |= ruleset.project.checks.keys() - {each.check for each in expect.contradictions}

    def _truths(self, ruleset: Ruleset) -> Iterable[tuple[str, Truths]]:
        project = ruleset.project
        for rule in project.rules.values():
            key = (rule.name, rule.digest)
            if key not in self._asked:
                self._asked[key] = truths_of_rule(rule, project.schema)
            yield rule.name, self._asked[key]
        for check in project.checks.values():
            key = (check.name, check.digest)
            if key not in self._asked:
                self._asked[key] = truths_of_check(check, project.schema)
            yield check.name, self._asked[key]

    def report(self) -> CoverageReport:
        """What was shown of the rules and checks that were in force in some scenario, and every blank."""
        self.begin()
        blanks: list[Blank] = []
        shown = total = 0
        named: Mapping[str, Rule | Check] = {**self._project.rules, **self._project.checks}
        for name, each in named.items():
            if name not in self._in_force:
                continue
            for what, where in ((BlankKind.NEVER_SPEAKS, self._spoke), (BlankKind.NEVER_SILENT, self._silent)):
                total, shown = total + 1, shown + (name in where)
                if name not in where:
                    blanks.append(Blank(kind=what, of=name, place=each.place, what=name))
            truths = self._asked.get((name, each.digest))
            for part in truths.parts if truths is not None else ():
                values = self._seen[_key(name, part)]
                for what, value in ((BlankKind.NEVER_TRUE, True), (BlankKind.NEVER_FALSE, False)):
                    total, shown = total + 1, shown + (value in values)
                    if value not in values:
                        blanks.append(Blank(kind=what, of=name, place=part.place, what=part.text))
        for blank, printed in self._branches():
            total, shown = total + 1, shown + printed
            blanks += [] if printed else [blank]
        return CoverageReport(shown=shown, total=total, blanks=tuple(blanks))

    def _branches(self) -> Iterable[tuple[Blank, bool]]:
        rules = [rule for name, rule in self._project.rules.items() if name in self._in_force]
        used = {template: rule.name for rule in reversed(rules) for template in rule.templates}
        environment = TemplateEnvironment(self._project.templates)
        for path in sorted(self._project.templates):
            file = FILE.fullmatch(path)
            if file is None or file["template"] not in used:
                continue
            source = environment.source(path)
            for branch in branches_of(environment.parse(source, path, path), source, path):
                blank = Blank(
                    kind=BlankKind.NEVER_PRINTED,
                    of=used[file["template"]],
                    place=Place(f"{environment.prefix}{path}", branch.line),
                    what=branch.text,
                    locale=file["locale"],
                )
                yield blank, (path, branch.number) in self._log.printed


def _key(name: str, part: ClausePart) -> _Part:
    return name, str(part.place), part.text
