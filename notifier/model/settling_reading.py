"""What a pass asks about contradictions on their way to an end: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from notifier.model.contradictions import Contradiction
from notifier.model.settling import CameBack, CauseAgain, Settling, StepDue


class SettlingQuestions(Protocol):
    """Questions about contradictions that somebody has to take, did take, or settled."""

    def steps_due(self, due: StepDue, samples: int) -> tuple[int, Sequence[Contradiction]]:
        """How many contradictions a step is due for, and some of them, the longest waiting first."""
        ...

    def owners_with_acknowledged(self) -> Collection[str]:
        """The owners of acknowledged contradictions: only these can have one that nobody followed up."""
        ...

    def not_followed_up(self, back: CameBack, samples: int) -> tuple[int, Sequence[Contradiction]]:
        """How many acknowledged contradictions nobody followed up, and some of them, the longest waiting first."""
        ...

    def alerts_waiting(self) -> Mapping[str, int]:
        """Of how many contradictions of each check a pass that was cut short still had to alert."""
        ...

    def waiting_samples(self, check: str, samples: int) -> Sequence[Contradiction]:
        """Some of those contradictions, the most urgent first."""
        ...

    def waivers_ending(self, now: datetime, before: datetime) -> Sequence[Contradiction]:
        """The waived contradictions whose waiver ends in (now, before), the first to end first."""
        ...

    def settlings_uncounted(self) -> Sequence[tuple[str, str]]:
        """The settlings of which nobody has seen yet whether their cause came back: id and cause."""
        ...

    def cause_again(self, cause: str, within: timedelta, now: datetime) -> CauseAgain:
        """How often the cause was named within that time up to `now`."""
        ...

    def admissions_told(self) -> Sequence[tuple[Settling, datetime]]:
        """The settlings whose customer was told since the last pass, each with the instant."""
        ...

    def contradictions_named(self, ids: Collection[str]) -> Sequence[Contradiction]:
        """The contradictions of these ids that are open or acknowledged."""
        ...
