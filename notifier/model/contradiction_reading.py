"""What a pass asks about contradictions, whatever their state: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from notifier.model.contradictions import Contradiction

ContradictedRow = tuple[str, str, str]
"""(check, subject type, subject id)"""


class ContradictionQuestions(Protocol):
    """Questions about promises and facts that disagree."""

    def contradictions(self, check: str, promise_ids: Collection[str] | None = None) -> Sequence[Contradiction]:
        """The check's contradictions, in any state; of all promises when `promise_ids` is None.

        Those of a promise are what it is a record of, and what is named after it.
        """
        ...

    def contradictions_due(self, check: str, now: datetime) -> set[str]:
        """The promise ids of the check's open or acknowledged contradictions with `surfaces_at <= now`, and of waived
        ones whose waiver is over."""
        ...

    def holding_contradictions(
        self, *, checks: Collection[str] | None = None, customer: str | None = None
    ) -> Sequence[Contradiction]:
        """The open and acknowledged contradictions, of these checks and about this customer where they are given."""
        ...

    def any_contradiction_holds(self) -> bool:
        """Whether any contradiction is open or acknowledged."""
        ...

    def contradictions_about(self, entity: str, ids: Collection[str]) -> Sequence[Contradiction]:
        """The open and acknowledged contradictions about these rows of the entity."""
        ...

    def contradictions_changed(self, since: datetime) -> Sequence[ContradictedRow]:
        """Of each contradiction that changed at or after `since`, perhaps by a person: its check, and its subject."""
        ...
