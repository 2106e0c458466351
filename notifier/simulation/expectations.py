"""Compares what a scenario expects with what was seen: every difference, so that its author sees what to change.

Lists match unordered and one to one. A maximum matching is computed, so that two expectations that could both take
the same notice do not compete for it. Leftovers on both sides are paired by likeness: "expected this, got that,
because".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from notifier.model.notices import NoticeKind
from notifier.model.scenario_results import Difference
from notifier.rules.scenarios import Expectation, ExpectedAlert, ExpectedContradiction, ExpectedNotice
from notifier.simulation import likeness
from notifier.store.outbox.news import Seen, SeenAlert, SeenContradiction, SeenNotice

E = TypeVar("E", ExpectedNotice, ExpectedContradiction, ExpectedAlert)
S = TypeVar("S", SeenNotice, SeenContradiction, SeenAlert)

WhyMissing = Callable[[ExpectedNotice], Sequence[str]]
"""Returns why the customer of an expected notice was not told; called only when nothing like it was seen."""
ClaimsBehind = Callable[[ExpectedNotice, SeenNotice], Sequence[str]]
"""Returns which claims are behind the texts that differ; called only when a notice is not the expected one."""


def differences(
    expect: Expectation,
    seen: Sequence[Seen],
    at: datetime,
    why_missing: WhyMissing,
    claims_behind: ClaimsBehind | None = None,
) -> list[Difference]:
    """Every difference between `seen` (all observations since the previous expect) and this expect."""
    notices = [notice for one in seen for notice in one.notices]
    found: list[Difference] = []
    for what, kind, wanted in (
        ("notices", NoticeKind.NOTICE, expect.notices),
        ("corrections", NoticeKind.CORRECTION, expect.corrections),
        ("follow_ups", NoticeKind.FOLLOW_UP, expect.follow_ups),
    ):
        if wanted is not None:
            of_kind = [notice for notice in notices if notice.kind is kind]
            behind = claims_behind or _nothing_known
            found += _Comparison(what, at, likeness.of_notices, why_missing, behind).of(wanted, of_kind)
    if expect.contradictions is not None:
        contradictions = [item for one in seen for item in one.contradictions]
        comparison = _Comparison("contradictions", at, likeness.of_contradictions, _nothing_known)
        found += comparison.of(expect.contradictions, contradictions)
    if expect.alerts is not None:
        alerts = [item for one in seen for item in one.alerts if likeness.counts(item, expect.alerts)]
        found += _Comparison("alerts", at, likeness.of_alerts, _nothing_known).of(expect.alerts, alerts)
    return found


@dataclass(frozen=True)
class _Comparison(Generic[E, S]):
    """One list of one expect."""

    what: str
    at: datetime
    mismatches: Callable[[E, S], list[str]]
    why_missing: Callable[[E], Sequence[str]]
    behind: Callable[[E, S], Sequence[str]] = field(default=lambda _expected, _seen: ())

    def of(self, expected: Sequence[E], seen: Sequence[S]) -> list[Difference]:
        pairs = assigned([[not self.mismatches(wanted, item) for item in seen] for wanted in expected])
        over = [item for index, item in enumerate(seen) if index not in pairs.values()]
        found = []
        for index, wanted in enumerate(expected):
            if index in pairs:
                continue
            alike = [item for item in over if likeness.same_thing(wanted, item)]
            if alike:
                nearest = min(alike, key=lambda item: len(self.mismatches(wanted, item)))
                over.remove(nearest)
                why: list[str] = self.mismatches(wanted, nearest)
                why.extend(self.behind(wanted, nearest))
                found.append(self._difference(likeness.described(wanted), likeness.described(nearest), why))
            else:
                found.append(self._difference(likeness.described(wanted), None, self.why_missing(wanted)))
        unexpected = [(likeness.described(item), [item.reason] if item.reason else []) for item in over]
        return found + [self._difference(None, described, why) for described, why in unexpected]

    def _difference(self, expected: str | None, got: str | None, why: Sequence[str]) -> Difference:
        return Difference(at=self.at, what=self.what, expected=expected, got=got, why=tuple(why))


def assigned(fits: Sequence[Sequence[bool]]) -> dict[int, int]:
    """The largest one-to-one assignment of rows to columns that fit, as row -> column (augmenting paths)."""
    taken: dict[int, int] = {}

    def assign(row: int, tried: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in tried:
                tried.add(column)
                if column not in taken or assign(taken[column], tried):
                    taken[column] = row
                    return True
        return False

    for row in range(len(fits)):
        assign(row, set())
    return {row: column for column, row in taken.items()}


def _nothing_known(*_items: object) -> Sequence[str]:
    return ()
