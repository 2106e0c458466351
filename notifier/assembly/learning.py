"""Learning how long things take: what the rules and checks of a project forecast, and what always is."""

from datetime import datetime

import sqlalchemy as sa

from notifier.rules.checked import Project
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Forecast
from notifier.rules.forecasting import forecasts_of
from notifier.store.learned_dates import KeptDates, kept_dates
from notifier.store.learning import Learning, learn, taught


def learn_project(
    connection: sa.Connection, project: Project, *, at: datetime, computed_at: datetime
) -> list[Learning]:
    """Learn, in this transaction, all that a project has to be learned, from what was completed until `at`.

    Raises TooEarlyError where something later was learned.
    """
    return [
        learn(connection, project.schema, forecast, probabilities, at=at, computed_at=computed_at)
        for forecast, probabilities in taught(project.schema, _forecasts(project))
    ]


def dates_kept(connection: sa.Connection, project: Project, until: datetime) -> list[KeptDates]:
    """How many of the dates that were forecast were kept, for what came until then."""
    forecasts = [forecast for forecast, _ in taught(project.schema, _forecasts(project))]
    return [each for forecast in forecasts for each in kept_dates(connection, project.schema, forecast, until)]


def taught_in_force(project: Project) -> list[tuple[Forecast, tuple[int, ...]]]:
    """What a daemon learns by itself: as the command does, and nothing where no rule or check forecasts."""
    forecasts = _forecasts(project)
    return taught(project.schema, forecasts) if forecasts else []


def _forecasts(project: Project) -> list[Forecast]:
    items: list[Rule | Check] = [*project.rules.values(), *project.checks.values()]
    return [forecast for item in items for forecast in forecasts_of(item)]
