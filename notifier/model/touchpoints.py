"""How red the points of the customer's journey are, and what reaches them. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What people said about something: contacts and feedback, and about how many matters.

    A matter is what one customer brings up about one row. Its second contact counts as a repetition.
    """

    contacts: int = 0
    feedback: int = 0
    matters: int = 0
    repeated: int = 0
    """Matters that were brought up more than once."""

    @property
    def total(self) -> int:
        """Contacts and feedback together."""
        return self.contacts + self.feedback

    @property
    def repetition(self) -> float:
        """How often each matter was brought up, on average: 1 where nobody had to come back, 0 without any."""
        return self.total / self.matters if self.matters else 0.0

    def __add__(self, other: "Heard") -> "Heard":
        return Heard(
            contacts=self.contacts + other.contacts,
            feedback=self.feedback + other.feedback,
            matters=self.matters + other.matters,
            repeated=self.repeated + other.repeated,
        )


@dataclass(frozen=True, kw_only=True)
class FailureFigures:
    """One foreseen failure: how bad it was in the period, and what is done about it."""

    failure: str
    severity: int
    """1 to 5, as the map says."""
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    checks: tuple[str, ...]
    accepted: str | None
    heard: Heard
    told: int
    """Notices that its rules told in the period."""
    found: int
    """Contradictions that its checks found in the period."""

    @property
    def score(self) -> float:
        """How red it is: contacts and feedback, times severity, times how often each matter was brought up."""
        return self.heard.total * self.severity * self.heard.repetition


@dataclass(frozen=True, kw_only=True)
class TouchpointFigures:
    """One touchpoint."""

    id: str
    name: str
    stage: str | None
    owner: str | None
    systems: tuple[str, ...]
    topics: tuple[str, ...]
    claims: tuple[str, ...]
    """The topics of the claims that reach it, by the rules that tell there."""
    rules: tuple[str, ...]
    """The rules whose notices reach it: those that name it, and those of its foreseen failures."""
    silent: tuple[str, ...]
    """Those of them that are in shadow, and tell nobody yet."""
    told: int
    """Notices that those rules told in the period."""
    nothing_foreseen: str | None
    failures: Sequence[FailureFigures]

    @property
    def heard(self) -> Heard:
        """Everything that was said about what fails there."""
        return sum((each.heard for each in self.failures), Heard())

    @property
    def score(self) -> float:
        """How red the touchpoint is: its failures together."""
        return sum(each.score for each in self.failures)

    @property
    def is_reached(self) -> bool:
        """Whether some rule tells customers something there."""
        return len(self.silent) < len(self.rules)


@dataclass(frozen=True, kw_only=True)
class JourneyReport:
    """The whole map with what happened in the period."""

    at: datetime
    since: datetime | None
    until: datetime | None
    stages: Mapping[str, str] = field(default_factory=dict)
    """The stages in their order, each with its name in words."""
    touchpoints: Sequence[TouchpointFigures] = ()
    """In the order of the journey."""
    elsewhere: Mapping[str, Heard] = field(default_factory=dict)
    """By reason: what people said for reasons that are at no foreseen failure."""
    unclear: int = 0
    """Contacts and feedback whose reason nobody knows yet: they are in no figure."""
    rules_elsewhere: tuple[str, ...] = ()
    """Rules that reach no touchpoint of the map."""
    checks_elsewhere: tuple[str, ...] = ()
    """Checks that are at no foreseen failure."""

    @property
    def red_points(self) -> list[tuple[TouchpointFigures, FailureFigures]]:
        """The foreseen failures of which people spoke, the reddest first."""
        found = [(point, failure) for point in self.touchpoints for failure in point.failures if failure.score]
        return sorted(found, key=lambda pair: (-pair[1].score, pair[0].id, pair[1].failure))

    @property
    def unreached(self) -> list[TouchpointFigures]:
        """The touchpoints at which no rule tells customers anything."""
        return [each for each in self.touchpoints if not each.is_reached]
