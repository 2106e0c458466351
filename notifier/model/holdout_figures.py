"""What a holdout shows, and how large it has to be: values and sums, no I/O."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.model.holdouts import Holdout
from notifier.model.shares import CONFIDENT, FEWEST, Share, difference

POWERFUL = 0.8416212335729143
"""The normal quantile of a power of 80 %: of ten effects that are there, eight are seen."""
HARMFUL = 3.89059188641312
"""The normal quantile of a 99.99 % interval: looked at in each pass, chance ends fewer than one of a hundred holdouts
by it (`python -m bench.holdout_stops`; by 99.9 % up to three), and the look at the planned end keeps its 5 %."""
FEWEST_STOPPED = 20
"""Households on each side below which no holdout ends for harm."""
BASES = (0.05, 0.1, 0.2, 0.4)
"""Shares of held-out customers who make contact, for which a plan says how many are needed."""


class Finding(StrEnum):
    """What a holdout shows."""

    TOO_EARLY = "too_early"
    """Its planned end is ahead: nothing is said before, for chance looks like an effect to who looks every day."""
    HARM = "harm"
    """Before the planned end: so many more of those who were not told made contact that nobody is left untold."""
    CANNOT_BE_SHOWN = "cannot_be_shown"
    """Too few customers, or the interval holds nought."""
    FEWER = "fewer"
    """Of those who were told, fewer made contact."""
    MORE = "more"


@dataclass(frozen=True, kw_only=True)
class HoldoutFigures:
    """One holdout of a rule. Customers are counted, by household, and not their contacts."""

    rule: str
    holdout: Holdout
    since: datetime | None
    """When the first was drawn; None where nobody was."""
    shown_from: datetime
    told: Share
    """Of the households that were told, those with a contact for one of the reasons."""
    held_out: Share
    finding: Finding

    @property
    def interval(self) -> tuple[float, float] | None:
        """How much smaller the share with a contact is among those who were told; None before the planned end.

        Where it ended for harm, it is the interval that showed that (99.99 %); else one of 95 %.
        """
        if self.finding is Finding.TOO_EARLY:
            return None
        return difference(self.held_out, self.told, HARMFUL if self.finding is Finding.HARM else CONFIDENT)

    @property
    def avoided(self) -> tuple[float, float] | None:
        """How many households were spared a contact, as an interval; None where that cannot be shown."""
        if self.finding is not Finding.FEWER or self.interval is None:
            return None
        low, high = self.interval
        return low * self.told.whole, high * self.told.whole


def finding_of(told: Share, held_out: Share, *, now: datetime, shown_from: datetime) -> Finding:
    """What these show at `now`, where they may be looked at from `shown_from` on."""
    if now < shown_from:
        return Finding.HARM if is_harm(told, held_out) else Finding.TOO_EARLY
    between = difference(held_out, told)
    if between is None or min(told.whole, held_out.whole) < FEWEST or between[0] <= 0 <= between[1]:
        return Finding.CANNOT_BE_SHOWN
    return Finding.FEWER if between[0] > 0 else Finding.MORE


def is_harm(told: Share, held_out: Share) -> bool:
    """Whether those who are not told surely make contact more often, so that nobody may be left untold any longer."""
    between = difference(held_out, told, HARMFUL)
    return between is not None and min(told.whole, held_out.whole) >= FEWEST_STOPPED and between[0] > 0


@dataclass(frozen=True, kw_only=True)
class Needed:
    """How many customers a holdout needs before it can show an effect, if that many make contact without the notice."""

    base: float
    """The share of held-out customers who make contact."""
    customers: int
    """On both sides together."""
    held_out: int
    weeks: int | None
    """At the present volume; None where nobody was told lately."""


@dataclass(frozen=True, kw_only=True)
class HoldoutPlan:
    """What can be shown with a rule's holdout, said before it starts."""

    rule: str
    holdout: Holdout
    effect: float
    """Which share of the contacts the notice is to spare (0.5: half of them)."""
    weekly: float
    """Households that the rule told a week, lately, with those who were held out of it."""
    measured: Share
    """Of these, those with a contact for one of the reasons: with the notice, so that without it there are more."""
    needed: Sequence[Needed]


def customers_needed(base: float, effect: float, share: float) -> int:
    """How many customers on both sides show that the notice spares this share of contacts, in four of five cases.

    Two-sided, 5 %, by the normal approximation with sides of different sizes (Fleiss, Statistical Methods for Rates and
    Proportions, ch. 4). `base` and `share` lie between 0 and 1, `effect` above 0 and at most 1.
    """
    told = base * (1 - effect)
    pooled = share * base + (1 - share) * told
    chance = CONFIDENT * math.sqrt(pooled * (1 - pooled) / (share * (1 - share)))
    power = POWERFUL * math.sqrt(base * (1 - base) / share + told * (1 - told) / (1 - share))
    return math.ceil(((chance + power) / (base - told)) ** 2)


def plan_of(
    rule: str, holdout: Holdout, *, effect: float, weekly: float, measured: Share, bases: Sequence[float] = BASES
) -> HoldoutPlan:
    """The plan of a holdout at this volume."""
    needed = []
    for base in bases:
        customers = customers_needed(base, effect, float(holdout.share))
        weeks = math.ceil(customers / weekly) if weekly else None
        held_out = math.ceil(customers * float(holdout.share))
        needed.append(Needed(base=base, customers=customers, held_out=held_out, weeks=weeks))
    return HoldoutPlan(
        rule=rule, holdout=holdout, effect=effect, weekly=weekly, measured=measured, needed=tuple(needed)
    )
