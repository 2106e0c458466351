"""Messages that did not arrive by our own fault are told to those who can mend it: once a day for each reason.

That is whoever answers for the channels, else operations, else the owners of the notices.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog

from notifier.drafting.alerts import our_fault_alert
from notifier.drafting.ruleset import Ruleset
from notifier.model.batches import Batch
from notifier.store.database import read_only
from notifier.store.our_faults import our_faults
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.tick import say_what_reaches_nobody

log = structlog.get_logger()

LATELY = timedelta(days=1)
"""What is older was told, or nobody could be told of it."""


def alert_owners(database: sa.Engine, ruleset: Ruleset, *, now: datetime, live: bool, owner: str | None = None) -> int:
    """Alert those who do not know yet; how many alerts. `owner` answers for the channels; None: nobody does."""
    operations = ruleset.operations if owner is None else None
    owner = operations.id if operations is not None else owner
    with read_only(database) as connection:
        found = our_faults(connection, live=live, since=now - LATELY, owner=owner)
    if not found:
        return 0
    with database.begin() as connection:
        reader = Reader(connection, live=live)
        drafts = [
            our_fault_alert(
                ruleset,
                reader,
                channel=each.channel,
                reason=each.reason,
                count=each.count,
                notice=each.reference,
                owner=each.owner,
                known=operations,
                since=each.since,
                now=now,
                live=live,
            )
            for each in found
        ]
        known = reader.alerts_known([draft.occurrence for draft in drafts])
        new = tuple(draft for draft in drafts if draft.occurrence not in known)
        if new:
            commit(connection, Batch(kind="rule", name="our faults", drafts=new), now=now, live=live)
            say_what_reaches_nobody(new)
    for draft in new:
        log.error("receipts.our_fault", reference=draft.reference, reason=draft.verdict.reason.text)
    return len(new)
