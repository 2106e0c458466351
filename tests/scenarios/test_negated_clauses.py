"""Every clause of a shipped rule or check matters: negated or left out, one of its scenarios fails.

A scenario file that lets a broken rule pass is no test of it.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Condition, Rule
from notifier.rules.conditions import Scope, parse_condition
from notifier.rules.scenarios import Scenario
from notifier.simulation.databases import Databases
from notifier.simulation.scenarios import Player
from tests.scenarios import shipped

PROMISE = {"promise": "promise"}
"""What the conditions of a check may name besides the fact."""
PROJECT = shipped.project()

EVERY = int(os.environ.get("NOTIFIER_TEST_MUTANTS", "18"))
"""`make test` looks at every eighteenth changed clause, `make long` at each: most have a neighbour like them."""

Clauses = tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """The shipped project with one clause changed."""

    name: str
    rule: str
    """The rule or check that has it."""
    file: str
    project: Project


def mutants() -> Iterator[Mutant]:
    for rule in PROJECT.rules.values():
        for what, changed in _changed_rules(rule):
            project = replace(PROJECT, rules={**PROJECT.rules, rule.name: changed})
            yield Mutant(name=f"{rule.name}: {what}", rule=rule.name, file=rule.place.file, project=project)
    for check in PROJECT.checks.values():
        for what, changed_check in _changed_checks(check):
            project = replace(PROJECT, checks={**PROJECT.checks, check.name: changed_check})
            yield Mutant(name=f"{check.name}: {what}", rule=check.name, file=check.place.file, project=project)


def _changed_rules(rule: Rule) -> Iterator[tuple[str, Rule]]:
    for what, clauses in (*_negated(rule.when, rule.names), *_shortened(rule.when)):
        yield what, replace(rule, when=clauses)
    for what, clauses in (*_negated(rule.unless, rule.names), *_shortened(rule.unless)):
        yield f"unless {what}", replace(rule, unless=clauses)
    for number, follow_up in enumerate(rule.follow_up):
        if follow_up.tell_owner:  # it says what holds without it
            continue
        others = tuple(other for other in rule.follow_up if other is not follow_up)
        yield f"without the follow-up {number} ({follow_up.template or 'nobody'})", replace(rule, follow_up=others)


def _changed_checks(check: Check) -> Iterator[tuple[str, Check]]:
    names = PROMISE if check.against is None else {check.against: check.against, **PROMISE}
    for what, clauses in (*_negated(check.when, names), *_shortened(check.when)):
        yield what, replace(check, when=clauses)
    for what, clauses in _negated(check.kept_when, names):
        yield f"kept {what}", replace(check, kept_when=clauses)
    if check.implied is not None:
        for what, clauses in _negated(check.implied.when, {check.implied.entity: check.implied.entity}):
            yield f"promised {what}", replace(check, implied=replace(check.implied, when=clauses))


def _negated(clauses: Clauses, names: Mapping[str, str]) -> Iterator[tuple[str, Clauses]]:
    for index, clause in enumerate(clauses):
        text = f"!({' '.join(clause.text.split())})"
        negation = parse_condition(text, Scope(PROJECT.schema, names), clause.place)
        yield text, (*clauses[:index], negation, *clauses[index + 1 :])


def _shortened(clauses: Sequence[Condition]) -> Iterator[tuple[str, Clauses]]:
    for index, clause in enumerate(clauses):
        yield f"without {' '.join(clause.text.split())}", (*clauses[:index], *clauses[index + 1 :])


def _speaks_of(name: str, scenario: Scenario) -> bool:
    expected = [entry.expect for entry in scenario.timeline if entry.expect is not None]
    named = {notice.rule for each in expected for notice in each.notices or ()}
    return name in named | {found.check for each in expected for found in each.contradictions or ()}


@pytest.mark.parametrize("mutant", list(mutants())[::EVERY], ids=lambda mutant: mutant.name)
def test_a_rule_with_one_clause_changed_fails_its_scenarios(mutant: Mutant, databases: Databases) -> None:
    player = Player(mutant.project, databases)
    # Most mutants fail one of the scenarios that expect something of their rule: these first. A rule with a clause less
    # says too much, and fails where nothing is expected.
    wider = ": without " in mutant.name and "the follow-up" not in mutant.name
    scenarios = sorted(shipped.scenarios_of(mutant.file), key=lambda each: _speaks_of(mutant.rule, each) == wider)
    results = (player.play(scenario) for scenario in scenarios)
    assert any(result.differences for result in results)
