"""Notices that were planned, and what people decide about them ten minutes later."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from notifier.decisions.decision import Decided, Decision
from notifier.store.database import read_only
from notifier.store.outbox.commit import commit
from tests.support.deciding import a_person_decides
from tests.support.drafts import NOW, batch, notices

LATER = NOW + timedelta(minutes=10)


def write(engine: sa.Engine, *drafts: object) -> None:
    with engine.begin() as connection:
        commit(connection, batch(*drafts), now=NOW, live=False)  # type: ignore[arg-type]  # a test's shorthand


def decide(
    engine: sa.Engine,
    decision: Decision[Any],
    *,
    by: str = "Luz",
    reason: str = "she called",
    now: datetime = LATER,
) -> Decided[Any]:
    return a_person_decides(engine, decision, by=by, reason=reason, now=now)


def only(engine: sa.Engine) -> sa.Row[object]:
    with read_only(engine) as connection:
        (row,) = notices(connection)
    return row
