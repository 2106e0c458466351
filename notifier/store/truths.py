"""What is true of which rows, for the coverage of scenario tests."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from notifier.evaluation.truths import ClausePart, Truths


def truths_now(
    connection: sa.Connection, truths: Truths, now: datetime
) -> tuple[int, Mapping[ClausePart, tuple[bool, bool]]]:
    """The number of rows, and of each part whether it is true of some row at `now` (aware UTC), and false of some."""
    return truths.read(connection.execute(truths.statement, {"now": now}).one())
