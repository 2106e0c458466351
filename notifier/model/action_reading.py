"""What a pass asks about actions, and for the weekly letter: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from notifier.model.actions import ActionBack
from notifier.model.weekly import Week


class ActionQuestions(Protocol):
    """Questions about what owners do so that something does not happen again."""

    def actions_back(self, now: datetime) -> Sequence[ActionBack]:
        """The actions that are done although what they were to end came back as often as opens them again."""
        ...

    def week_of(self, owner: str, since: datetime, until: datetime, *, reasons: Collection[str]) -> Week:
        """What went wrong for this owner in [since, until), and how its actions stand at the end of it.

        `reasons`: the reasons of contacts that the owner answers for.
        """
        ...
