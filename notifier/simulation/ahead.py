"""What rules would tell within the coming days: the tick itself, on a copy of the database, at each instant at which
something falls due."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.model.rule_changes import Ahead, ToldAhead
from notifier.simulation.world import EvaluationFailedError
from notifier.store.database import read_only
from notifier.store.next_due import next_due
from notifier.store.outbox import ahead
from notifier.tick import evaluate


def told_ahead(copy: sa.Engine, ruleset: Ruleset, now: datetime, until: datetime, *, live: bool) -> Ahead:
    """All that is told from `now` until `until`, where the state stays as it is and each provider takes everything.

    The copy is used up by it. Raises EvaluationFailedError where a rule or check cannot be evaluated.
    """
    told: dict[str, ToldAhead] = {}
    at: datetime | None = now
    while at is not None:
        report = evaluate(copy, ruleset, at, live=live)
        if report.failures:
            raise EvaluationFailedError("; ".join(f"{one.kind} {one.name}: {one.why}" for one in report.failures))
        with copy.begin() as connection:
            told.update(ahead.hand_over(connection, at, live=live))
        with read_only(copy) as connection:
            at = next_due(connection, ruleset, after=at, before=until)
    with read_only(copy) as connection:
        return Ahead(told=told, not_told=ahead.not_told(connection, live=live))


def narrowed(ruleset: Ruleset, names: Collection[str]) -> Ruleset:
    """The ruleset with these rules alone, and all checks: what the others tell is the same before and after."""
    rules = {name: rule for name, rule in ruleset.project.rules.items() if name in names}
    queries = {name: query for name, query in ruleset.rule_queries.items() if name in names}
    return replace(ruleset, project=replace(ruleset.project, rules=rules), rule_queries=queries)
