"""What became of all promises, by topic and source, against the SQL that a person would write for the same figures.

The outcome of each promise is computed from the promise, its contradictions and the facts that surfaced: at full scale
from 300,000 promises and two million charges. Both sides must count the same.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from bench.harness import Bench, Case, Job, Result
from bench.rows import NOW
from bench.state import Kept
from notifier.model.columns import UtcTime
from notifier.promises.check_query import CheckQuery
from notifier.store.database import read_only
from notifier.store.reports.dimensions import Period
from notifier.store.reports.promises import outcomes_by
from tests.promises.world import CALLED_BACK, SCHEMA, written_callback, written_check

NAME = "reports"
BY = ("topic", "source")
CHECKS = {check.name: CheckQuery(check, SCHEMA) for check in (written_check(), written_callback(CALLED_BACK))}
ALWAYS = Period(since=None, until=None, timezone="UTC")
BY_HAND = """
SELECT topic, source, outcome, count(*) FROM (
  SELECT p.topic, p.source, CASE
    WHEN p.state IN ('withdrawn', 'superseded') THEN 'withdrawn'
    WHEN p.state IN ('broken', 'kept') THEN p.state
    WHEN c.lapsed = 1 THEN 'broken'
    WHEN c.holding = 1 THEN 'open'
    WHEN c.waived = 1 THEN 'waived'
    WHEN p.topic NOT IN ('monthly_price', 'callback') THEN 'unwatched'
    WHEN coalesce(p.due_at, p.valid_until) <= :now OR p.topic = 'monthly_price' AND p.subject_type = 'contract'
      AND EXISTS (SELECT 1 FROM charge x WHERE x.contract_id = p.subject_id AND coalesce(x.bill_at, :now) <= :now
        AND coalesce(x.bill_at, :now) >= coalesce(p.valid_from, p.made_at)
        AND (p.valid_until IS NULL OR coalesce(x.bill_at, :now) < p.valid_until)) THEN 'kept'
    ELSE 'open' END AS outcome
  FROM promise p LEFT JOIN (
    SELECT r.promise_id, max(CASE WHEN k.state = 'lapsed' THEN 1 ELSE 0 END) AS lapsed,
      max(CASE WHEN k.state IN ('open', 'acknowledged') THEN 1 ELSE 0 END) AS holding,
      max(CASE WHEN k.state = 'waived' THEN 1 ELSE 0 END) AS waived
    FROM contradiction_promise r JOIN contradiction k ON k.id = r.contradiction_id GROUP BY r.promise_id
  ) c ON c.promise_id = p.id
  WHERE p.source <> 'notice'
) outcomes GROUP BY topic, source, outcome
"""


def run(bench: Bench) -> Iterator[Result]:
    """For each database, one ratio against hand-written SQL."""
    for kept in bench.state.databases:
        with kept.opened() as database, read_only(database) as connection:
            yield bench.compare(NAME, _case(connection, kept))


def _case(connection: sa.Connection, kept: Kept) -> Case:
    count = connection.scalar(sa.text("SELECT count(*) FROM promise"))
    return Case(
        name=f"outcomes of {count:,} promises by topic and source, {kept.name}",
        ours=Job(name="the report", run=lambda: _ours(connection)),
        other=Job(name="hand-written SQL", run=lambda: _theirs(connection)),
        at_most=2.5,  # a check leads from the promise to its contract and on; a person takes the short way
        server=kept.server,
    )


def _ours(connection: sa.Connection) -> list[tuple[str | int, ...]]:
    found = outcomes_by(connection, CHECKS, SCHEMA, now=NOW, period=ALWAYS, by=BY)
    return sorted((*group, outcome, count) for group, of in found.items() for outcome, count in of.items())


def _theirs(connection: sa.Connection) -> list[tuple[str | int, ...]]:
    statement = sa.text(BY_HAND).bindparams(sa.bindparam("now", NOW, type_=UtcTime()))
    return sorted((row[0], row[1], row[2], row[3]) for row in connection.execute(statement))
