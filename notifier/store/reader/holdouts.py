"""Who was drawn to be told and who was not, as planning asks about them."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from notifier.model.holdouts import Arm, Holdout
from notifier.model.shares import Share
from notifier.store.contacts import CONTACT
from notifier.store.holdout_counts import holdout_counts
from notifier.store.reader.snapshot import LIVE, RULE, Snapshot
from notifier.store.sql import is_among, rows_among
from notifier.store.tables import CHANGE, HOLDOUT_CASE, NOTICE

H = HOLDOUT_CASE.c
HELD_OUT = "held_out"
"""The gate that gives such a verdict."""
_SIDES = (
    sa.select(H.recipient_id, H.arm)
    .where(
        H.holdout == sa.bindparam("holdout", type_=sa.String()),
        H.live == LIVE,
        H.arm.is_not(None),
        is_among(H.recipient_id),
    )
    .order_by(H.assigned_at.desc(), H.occurrence)
)
_SINCE = sa.and_(
    CONTACT.c.customer_id == H.recipient_id,
    CONTACT.c.direction == "inbound",
    CONTACT.c.at >= H.assigned_at,
    H.arm == Arm.HELD_OUT,
)
_IN_CONTACT = sa.select(H.occurrence).where(is_among(H.occurrence), sa.select(CONTACT.c.id).where(_SINCE).exists())
_TO_TELL = (
    sa.select(H.subject_id)
    .select_from(
        CHANGE.join(CONTACT, CONTACT.c.id == CHANGE.c.row_id)
        .join(HOLDOUT_CASE, _SINCE)
        .join(NOTICE, NOTICE.c.occurrence == H.occurrence)
    )
    .where(CHANGE.c.entity == "contact", H.rule == RULE, H.live == LIVE, NOTICE.c.gate == HELD_OUT)
    .distinct()
)


class HoldoutReader(Snapshot):
    """Questions about holdouts."""

    def holdout_sides(self, holdout: str, recipients: Collection[str]) -> Mapping[str, Arm]:
        """The side of each of these customers who has one already: the first that was drawn."""
        found = rows_among(self.connection, _SIDES, recipients, holdout=holdout, live=self.live)
        return {row.recipient_id: Arm(row.arm) for row in found}

    def holdout_shares(self, rule: str, holdout: Holdout, now: datetime) -> tuple[Share, Share]:
        """Of the households that the rule told, and of those not told, those with a contact for one of the reasons."""
        told, held_out, _ = holdout_counts(self.connection, rule, holdout, now, live=self.live)
        return told, held_out

    def held_out_in_contact(self, occurrences: Collection[str]) -> set[str]:
        """Of these occurrences, those whose held-out customer made contact since."""
        return {row.occurrence for row in rows_among(self.connection, _IN_CONTACT, occurrences)}

    def held_out_to_tell(self, rule: str) -> set[str]:
        """The subjects of the rule's held-out notices whose customer made contact, as changes say."""
        return self.ids(_TO_TELL, {"rule": rule, "live": self.live})
