"""The map of the customer's journey (`rules/journey.yaml`), read: stages, touchpoints, and what may fail at each."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from notifier.model.problems import Place

LEAST_SEVERE, MOST_SEVERE = 1, 5


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A failure that is foreseen at a touchpoint, and what is done about it: rules, checks, or why it is accepted."""

    failure: str
    """What fails, in words: `the parcel comes later than promised`."""
    severity: int
    """From 1 (a nuisance) to 5 (it costs the customer money or safety, or costs us the customer)."""
    reasons: tuple[str, ...] = ()
    """The reasons for which customers write or call about it, by their keys in `rules/reasons.yaml`."""
    rules: tuple[str, ...] = ()
    """The rules that speak of it."""
    checks: tuple[str, ...] = ()
    """The checks that find it."""
    accepted: str | None = None
    """Why nothing is done about it, as it was written: `because …`; None where a rule or check is named."""
    place: Place = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Touchpoint:
    """A point at which customers meet the company."""

    id: str
    name: str
    """In words; the id where the file says no other."""
    stage: str | None = None
    owner: str | None = None
    systems: tuple[str, ...] = ()
    """The systems behind it, in words."""
    topics: tuple[str, ...] = ()
    """What is promised or claimed there."""
    foreseen: tuple[Foreseen, ...] = ()
    nothing_foreseen: str | None = None
    """Why nothing is foreseen to fail there, as it was written: `because …`."""
    place: Place = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Journey:
    """The whole map."""

    stages: Mapping[str, str] = field(default_factory=dict)
    """The name of each stage in words, in the order in which customers come through them."""
    touchpoints: Mapping[str, Touchpoint] = field(default_factory=dict)
    """In the order of the file."""

    def in_order(self) -> list[Touchpoint]:
        """The touchpoints by stage, those of none last, each stage's in the order of the file."""
        order = {stage: index for index, stage in enumerate(self.stages)}
        return sorted(self.touchpoints.values(), key=lambda each: order.get(each.stage or "", len(order)))

    def foreseen(self) -> Iterator[tuple[Touchpoint, Foreseen]]:
        """Every foreseen failure with its touchpoint."""
        for touchpoint in self.in_order():
            for failure in touchpoint.foreseen:
                yield touchpoint, failure

    def of_reason(self, reason: str) -> tuple[Touchpoint, Foreseen] | None:
        """The failure that a reason speaks of, and its touchpoint; None for a reason that is on no touchpoint."""
        return next((found for found in self.foreseen() if reason in found[1].reasons), None)

    def names_of(self, stages: Iterable[str | None]) -> list[str]:
        """The names of stages in words."""
        return [self.stages.get(stage or "", stage or "") for stage in stages]
