"""What a pass asks about contacts: a part of `model.reading.StateReader`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from notifier.model.case_briefs import CaseBrief
from notifier.model.unusual_days import KnownIncident


class ListeningQuestions(Protocol):
    """Questions about how many people got in touch, and why."""

    def contacts_by_span(self, edges: Sequence[datetime]) -> Sequence[Mapping[str, int]]:
        """Contacts of customers, and feedback, by reason, for each span between two neighbours of these edges.

        A span begins at its first edge and ends before the other; what has no reason is `unclear`.
        """
        ...

    def contacts_of_days(self, edges: Sequence[datetime], now: datetime) -> Sequence[Mapping[str, int]]:
        """The same, as it was a quarter of an hour ago at most.

        What came in late for a day that is over may be missing for so long; all edges lie before `now`.
        """
        ...

    def contacts_sampled(self, reason: str | None, since: datetime, until: datetime, limit: int) -> Sequence[str]:
        """Some of them, the latest first, as `contact:K-1`; None: of all reasons."""
        ...

    def case_of(self, customer_id: str) -> CaseBrief | None:
        """Who it is, what was said last, and what they were told; None for a customer that the state does not have."""
        ...

    def incidents_known(self, since: datetime, until: datetime) -> Sequence[KnownIncident]:
        """The incidents that went on at any time of [since, until), those that were called off left out."""
        ...
