"""Which rules and checks can speak in a replay at all: those whose rows the history has.

A rule about contracts costs a tick its questions, although a history of orders has no contract. Leaving it out changes
nothing: it has no row to be true for.
"""

from collections.abc import Collection, Set
from dataclasses import replace

from notifier.drafting.ruleset import Ruleset
from notifier.intake.histories import History
from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import PROMISE, Rule

SITE_DAY = "site_day"
HEARD = "contact"
"""A contact that cancels makes a promise."""
CAMPAIGN_ROWS = ("contract", "order")
"""Rows with the code of a campaign make the promises of the campaign."""


def relevant(ruleset: Ruleset, history: History) -> Ruleset:
    """The ruleset without what has no rows in this history."""
    there = entities_of(history, ruleset.project)
    rules = {name: rule for name, rule in ruleset.project.rules.items() if _may_speak(rule, there)}
    checks = {name: check for name, check in ruleset.project.checks.items() if _may_find(check, there)}
    campaigns = ruleset.project.campaigns if _names_campaigns(history) else {}
    return replace(
        ruleset,
        project=replace(ruleset.project, rules=rules, checks=checks, campaigns=campaigns),
        rule_queries={name: ruleset.rule_queries[name] for name in rules},
        check_queries={name: ruleset.check_queries[name] for name in checks},
    )


def entities_of(history: History, project: Project) -> Set[str]:
    """The entities of which the history has rows, or from whose rows others follow."""
    there = set(history.present)
    for happening in history.happenings:
        there |= happening.set.keys()
    if "site" in there:
        there.add(SITE_DAY)
    if HEARD in there or (project.campaigns and _names_campaigns(history)):
        there.add(PROMISE)
    return there


def _names_campaigns(history: History) -> bool:
    """Whether any row has the code of a campaign."""
    tables = [history.present, *(happening.set for happening in history.happenings)]
    return any(
        row.get("campaign") is not None for rows in tables for name in CAMPAIGN_ROWS for row in rows.get(name, ())
    )


def _may_speak(rule: Rule, there: Collection[str]) -> bool:
    return rule.about in there and (rule.each is None or rule.each.entity in there)


def _may_find(check: Check, there: Collection[str]) -> bool:
    return (check.implied is not None or PROMISE in there) and (check.against is None or check.against in there)
