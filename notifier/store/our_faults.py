"""What did not arrive by our own fault: receipts of every provider that say so, by owner and reason.

All functions work within the connection's transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from notifier.model.columns import UtcTime
from notifier.model.notices import NoticeKind
from notifier.model.types import ChannelName
from notifier.store.tables import MESSAGE, NOTICE, OURS, RECEIPT


@dataclass(frozen=True, kw_only=True)
class OurFault:
    """Messages of one owner's notices that did not arrive, for one reason that lies with us."""

    channel: ChannelName
    owner: str
    reason: str
    count: int
    since: datetime
    reference: str
    """Of one of the notices."""


def our_faults(
    connection: sa.Connection, *, live: bool, since: datetime, owner: str | None = None
) -> Sequence[OurFault]:
    """What providers said since then, by owner and reason; all of it is this owner's, where one is named.

    Alerts that did not arrive are left out: an alert of one would be the next.
    """
    whose = NOTICE.c.owner if owner is None else sa.literal(owner, sa.String())
    why = sa.func.coalesce(RECEIPT.c.meaning, "no reason was given")
    statement = (
        sa.select(
            whose.label("owner"),
            RECEIPT.c.channel,
            why.label("reason"),
            sa.func.count(sa.distinct(MESSAGE.c.id)).label("number"),
            sa.func.min(RECEIPT.c.arrived_at, type_=UtcTime()).label("since"),
            sa.func.max(NOTICE.c.reference).label("reference"),
        )
        .join(MESSAGE, MESSAGE.c.id == RECEIPT.c.message_id)
        .join(NOTICE, NOTICE.c.id == MESSAGE.c.notice_id)
        .where(sa.text(f"receipt.{OURS}"), RECEIPT.c.arrived_at > since)
        .where(NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT)
        .group_by(*([NOTICE.c.owner] if owner is None else []), RECEIPT.c.channel, why)
        .order_by("owner", RECEIPT.c.channel, "reason")
    )
    return [
        OurFault(
            channel=ChannelName(row.channel),
            owner=row.owner,
            reason=row.reason,
            count=row.number,
            since=row.since,
            reference=row.reference,
        )
        for row in connection.execute(statement)
    ]
