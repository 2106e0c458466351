"""What a pass asks about actions, weekly letters and holdouts: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from typing import Protocol

from notifier.model.actions import ActionBack
from notifier.model.holdouts import Arm, Holdout
from notifier.model.shares import Share
from notifier.model.weekly import Week


class ActionQuestions(Protocol):
    """Questions about what owners do so that something does not happen again, and about what telling does."""

    def actions_back(self, now: datetime) -> Sequence[ActionBack]:
        """The actions that are done although what they were to end came back as often as opens them again."""
        ...

    def week_of(self, owner: str, since: datetime, until: datetime, *, reasons: Collection[str]) -> Week:
        """What went wrong for this owner in [since, until), and how its actions stand at the end of it.

        `reasons`: the reasons of contacts that the owner answers for.
        """
        ...

    def holdout_sides(self, holdout: str, recipients: Collection[str]) -> Mapping[str, Arm]:
        """The side of each of these customers who has one already: the first that was drawn."""
        ...

    def holdout_shares(self, rule: str, holdout: Holdout, now: datetime) -> tuple[Share, Share]:
        """Of the households that the rule told, and of those not told, those with a contact for one of the reasons."""
        ...

    def held_out_in_contact(self, occurrences: Collection[str]) -> Set[str]:
        """Of these occurrences, those whose held-out customer made contact since."""
        ...

    def held_out_to_tell(self, rule: str) -> Set[str]:
        """The subjects of the rule's held-out notices whose customer made contact, as changes say."""
        ...
