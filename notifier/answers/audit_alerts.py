"""Owners are alerted of what is published and differs: once for each set of differences, by the way of every alert."""

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa
import structlog

from notifier.answers.audit import Difference, audit, published_files
from notifier.drafting.alerts import published_alert
from notifier.drafting.ruleset import Ruleset
from notifier.model.alerts import PublishedDifference
from notifier.model.batches import Batch
from notifier.store.database import read_only
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.tick import say_what_reaches_nobody

log = structlog.get_logger()


def audit_and_alert(database: sa.Engine, ruleset: Ruleset, *, now: datetime, live: bool) -> int:
    """Hold what the project publishes against the state, and alert the owners who do not know yet; how many alerts.

    Differences of entries without an owner are only logged.
    """
    project = ruleset.project
    if not project.published:
        return 0
    files, problems = published_files(project)
    with read_only(database) as connection:
        found = audit(connection, project, files, now)
    for problem in (*problems, *found.problems):
        log.warning("audit.problem", place=str(problem.place), what=problem.what)
    by_owner: dict[str, list[Difference]] = defaultdict(list)
    for each in found.differences:
        if each.owner is not None:
            by_owner[each.owner].append(each)
    log.info("audit.done", compared=found.claims, different=len(found.differences))
    return _alert(database, ruleset, by_owner, now, live) if by_owner else 0


def _alert(
    database: sa.Engine, ruleset: Ruleset, by_owner: dict[str, list[Difference]], now: datetime, live: bool
) -> int:
    with database.begin() as connection:
        reader = Reader(connection, live=live)
        drafts = [
            published_alert(
                ruleset, reader, differences=[_said(each) for each in found], owner=owner, now=now, live=live
            )
            for owner, found in sorted(by_owner.items())
        ]
        known = reader.alerts_known([draft.occurrence for draft in drafts])
        new = tuple(draft for draft in drafts if draft.occurrence not in known)
        if new:
            commit(connection, Batch(kind="rule", name="published", drafts=new), now=now, live=live)
            say_what_reaches_nobody(new)
    return len(new)


def _said(each: Difference) -> PublishedDifference:
    return PublishedDifference(
        place=f"{each.place.file}:{each.place.line}",
        name=each.name,
        said=each.said,
        actual=each.actual,
        better=not each.hurts,
    )
