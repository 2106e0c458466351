"""The customers of one rule who are not told for a time, by lot, as one pass sees them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from notifier.model.holdouts import Arm, Assignment, Holdout, unit_of
from notifier.model.instants import minute_text
from notifier.model.notices import Recipient


class HeldOut:
    """Who is told and who is not; everybody is told whose side is not asked for any more.

    `sides` are those that were kept, by customer: whoever moves or gets another number stays where they are.
    `in_contact` are the occurrences whose held-out customer made contact since: for those it is over.
    """

    def __init__(
        self, holdout: Holdout, sides: Mapping[str, Arm], in_contact: Collection[str], ends_at: datetime
    ) -> None:
        self.holdout = holdout
        self._sides = sides
        self._in_contact = in_contact
        self._ends_at = ends_at

    def assigned(self, recipient: Recipient) -> Assignment:
        """The customer's side."""
        unit = unit_of(recipient.phone, recipient.email, recipient.id)
        arm = self._sides.get(recipient.id) or self.holdout.arm_of(unit)
        return Assignment(holdout=self.holdout.name, unit=unit, arm=arm)

    def is_over_for(self, occurrence: str) -> bool:
        """Whether the customer made contact since they were not told of this: then they are told."""
        return occurrence in self._in_contact

    def why(self, zone: str) -> str:
        """Why the customer is not told, with the end in their zone (IANA)."""
        share = f"{(self.holdout.share * 100).normalize():f} %"
        ends = minute_text(self._ends_at, zone)
        return f"one of {share} who are not told until {ends}, by lot, decided by {self.holdout.decided_by}"
