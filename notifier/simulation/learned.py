"""What a scenario says was learned, as if it had been learned from rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.evaluation.forecasts import ALL
from notifier.model.learning import MINIMUM_CASES
from notifier.rules.forecasting import LEARNABLE
from notifier.rules.scenario_values import ScenarioLearned
from notifier.store.learning import LearnedGroup, learning_of, write_learning

_COARSEST = max(len(each.levels) for each in LEARNABLE) - 1
_MICROSECOND = timedelta(microseconds=1)


def write_learned(connection: sa.Connection, learned: Sequence[ScenarioLearned], now: datetime) -> None:
    """One learning for each forecast, of all rows alike; below the minimum of cases it says nothing, as in life."""
    said: dict[str, dict[int, ScenarioLearned]] = {}
    for each in learned:
        for forecast in each.forecasts:
            said.setdefault(forecast.key, {})[forecast.probability] = each
    for key, by_probability in said.items():
        cases = max(each.cases for each in by_probability.values())
        left = {probability: each.left // _MICROSECOND for probability, each in by_probability.items()}
        group = LearnedGroup(key=ALL, level=_COARSEST, cases=cases, time_left=left)
        learning = learning_of(
            key,
            [group] if cases >= MINIMUM_CASES else [],
            at=now,
            computed_at=now,
            first=True,
            cases=cases,
            still_open=0,
            lost_after=None,
        )
        write_learning(connection, learning)
