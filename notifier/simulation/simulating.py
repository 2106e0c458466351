"""A history and rules -> what a replay in a database of its own found."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifier.drafting.ruleset import Ruleset
from notifier.intake.histories import History
from notifier.intake.outcomes import endings
from notifier.model.simulated import Simulation
from notifier.simulation.databases import Databases
from notifier.simulation.figures import simulation_of
from notifier.simulation.relevance import relevant
from notifier.simulation.replay import HOURLY, Replayed, Span, replay
from notifier.simulation.rightness import COMPLAINT, outcome_of
from notifier.store.database import read_only
from notifier.store.migrating import ensure_indexes
from notifier.store.next_due import next_due
from notifier.store.reports.replayed import decided_notices

AHEAD = timedelta(days=31)
"""How far after its end a replay that told nobody looks for what falls due."""
Watch = Callable[[Replayed], None]
"""Called after each tick."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is played, and what it is held against."""

    history: History
    span: Span
    every: timedelta = HOURLY
    timezone: str = "UTC"
    """IANA: whose days and hours are counted."""
    outcomes: Sequence[Mapping[str, Any]] = ()
    """Rows of outcomes; empty where nothing is known from outside."""
    complaint: int = COMPLAINT


def simulate(
    question: Question, ruleset: Ruleset, databases: Databases, *, watch: Watch | None = None, keep: Path | None = None
) -> Simulation:
    """Plays the history once, in a fresh database, which is copied to `keep` at the end.

    Raises EvaluationFailedError where a rule or check could not be evaluated.
    """
    with databases.fresh() as database:
        with database.begin() as connection:
            ensure_indexes(connection, ruleset.searched_columns)
        done = Replayed(at=question.span.since)
        speaking = relevant(ruleset, question.history)
        for done in replay(question.history, speaking, database, question.span, every=question.every):
            if watch is not None:
                watch(done)
        with read_only(database) as connection:
            found = _found(connection, question, ruleset, done)
            if not found.total.told:
                until = question.span.until
                ahead = next_due(connection, speaking, after=until, before=until + AHEAD)
                found = replace(found, falls_due_at=ahead)
        if keep is not None:
            _copy(database, keep)
    return found


def _found(connection: sa.Connection, question: Question, ruleset: Ruleset, done: Replayed) -> Simulation:
    outcome = None
    if question.outcomes:
        known = endings(question.outcomes, question.span.since, question.span.until)
        outcome = outcome_of(decided_notices(connection), ruleset.project.rules, known, question.complaint)
    return simulation_of(
        connection,
        ruleset.project.rules,
        question.history,
        done,
        question.span,
        every=question.every,
        timezone=question.timezone,
        outcome=outcome,
    )


def _copy(database: sa.Engine, target: Path) -> None:
    """The database as one file: closing its last connection merges the log into it."""
    database.dispose()
    shutil.copyfile(str(database.url.database), target)
