"""The same history with other rules, side by side: what is told more often, less often, or at another time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from notifier.model.figures import Spans, spans_of
from notifier.model.simulated import RuleTold, Simulation

SAME_TIME = timedelta(minutes=1)
"""Two instants that are less apart are the same one."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a plan changes for one rule, or in total: with it less without it."""

    rule: str
    told: int
    customers: int
    segments: int
    cost: Mapping[str, Decimal]
    earlier: Spans
    """Of what is told with the plan and without it: how many are told earlier, and by how long."""
    later: Spans

    @property
    def is_nothing(self) -> bool:
        """Whether the plan changes nothing of it that is counted, and moves nothing."""
        counted = self.told or self.customers or self.segments or any(self.cost.values())
        return not (counted or self.earlier.count or self.later.count)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The same history with other rules."""

    without: Sequence[str]
    added: Sequence[str]
    now: Simulation
    planned: Simulation

    @property
    def differences(self) -> Sequence[Difference]:
        """Of the rules that differ, and in total, which is always there."""
        before = {each.rule: each for each in self.now.rules}
        after = {each.rule: each for each in self.planned.rules}
        names = sorted(before.keys() | after.keys())
        found = [_difference(name, self, before.get(name), after.get(name)) for name in names]
        total = _difference(self.now.total.rule, self, self.now.total, self.planned.total)
        return [*(each for each in found if not each.is_nothing), total]


def _difference(rule: str, found: Comparison, before: RuleTold | None, after: RuleTold | None) -> Difference:
    was, becomes = (each or RuleTold(rule=rule, verdicts={}) for each in (before, after))
    currencies = sorted(was.cost.keys() | becomes.cost.keys())
    cost = {each: becomes.cost.get(each, Decimal(0)) - was.cost.get(each, Decimal(0)) for each in currencies}
    moves = list(_moves(found, None if was is found.now.total else rule))
    return Difference(
        rule=rule,
        told=becomes.told - was.told,
        customers=becomes.customers - was.customers,
        segments=becomes.segments - was.segments,
        cost=cost,
        earlier=spans_of([-move for move in moves if move <= -SAME_TIME]),
        later=spans_of([move for move in moves if move >= SAME_TIME]),
    )


def _moves(found: Comparison, rule: str | None) -> Iterator[timedelta]:
    """How far each notice of the rule (of all where None) moves that is told with the plan and without it.

    The first that a customer hears of something is held beside the first, the second beside the second: what is told
    more often with the plan, or less often, has nothing beside it and is counted, not moved.
    """
    for key, before in found.now.told_at.items():
        if rule is None or key[0] == rule:
            yield from (then - at for at, then in zip(before, found.planned.told_at.get(key, ()), strict=False))
