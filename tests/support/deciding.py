"""A decision of a person, in a transaction of its own."""

from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from notifier.decisions.decision import Decided, Decision, Signature, decide

Found = TypeVar("Found")


def a_person_decides(
    database: sa.Engine, decision: Decision[Found], *, by: str = "marta", reason: str, now: datetime
) -> Decided[Found]:
    """What came of the decision, committed; rolled back where it is refused."""
    with database.begin() as connection:
        return decide(connection, decision, Signature(by=by, reason=reason, now=now))
