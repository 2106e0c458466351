"""The holdout of a rule in one pass: who is not told for a time, and that it ends where it harms."""

from collections.abc import Collection, Sequence, Set
from datetime import datetime
from functools import cached_property

from notifier.drafting.holdout_alerts import holdout_alert
from notifier.drafting.ruleset import UNKNOWN_ZONE, Ruleset
from notifier.model.holdout_figures import is_harm
from notifier.model.holdouts import Holdout
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.shares import Share
from notifier.planning.holdouts import HeldOut
from notifier.planning.occurrences import holdout_stopped
from notifier.planning.situation import Intent
from notifier.rules.checked_rules import Rule


class HoldoutInPass:
    """The holdout of one rule at `now`; all is None or empty where the rule has none, or its last day is over."""

    def __init__(self, ruleset: Ruleset, rule: Rule, reader: StateReader, now: datetime, *, live: bool) -> None:
        self._ruleset, self._rule, self._reader, self._now, self._live = ruleset, rule, reader, now, live

    def alert(self) -> Draft | None:
        """That it ends because it harms, to the rule's owner; None where it does not, or ended before."""
        if self._holdout is None or self._sides is None or self._has_ended:
            return None
        ruleset, reader, now = self._ruleset, self._reader, self._now
        return holdout_alert(ruleset, reader, self._rule, self._holdout, self._sides, now, live=self._live)

    def held_out(self, intents: Sequence[Intent], customers: Collection[str]) -> HeldOut | None:
        """Who of these customers is not told for a time; None where everybody is."""
        holdout = self._holdout
        if holdout is None or self._has_ended or self._sides is not None:
            return None
        sides = self._reader.holdout_sides(holdout.name, customers)
        in_contact = self._reader.held_out_in_contact([each.occurrence for each in intents if each.known is not None])
        return HeldOut(holdout, sides, in_contact, holdout.ends_at(self._default_zone))

    def in_contact(self) -> Set[str]:
        """The subjects of which somebody was not told, by lot, and made contact since."""
        if self._rule.holdout is None or "contact" not in self._reader.changed_entities():
            return set()
        return self._reader.held_out_to_tell(self._rule.name)

    @cached_property
    def _holdout(self) -> Holdout | None:
        """The rule's holdout, where its last day is not over."""
        holdout = self._rule.holdout
        ends_at = None if holdout is None else holdout.ends_at(self._default_zone)
        return holdout if ends_at is not None and ends_at > self._now else None

    @cached_property
    def _has_ended(self) -> bool:
        """Whether an earlier pass ended the holdout: what ended stays so, whatever is counted later."""
        holdout = self._holdout
        if holdout is None:
            return False
        return bool(self._reader.alerts_known([holdout_stopped(self._rule.name, holdout.name, live=self._live)]))

    @cached_property
    def _sides(self) -> tuple[Share, Share] | None:
        """Those who were told and those who were not, where that harms: asked once in a pass, where somebody is due."""
        if self._holdout is None:
            return None
        told, held_out = self._reader.holdout_shares(self._rule.name, self._holdout, self._now)
        return (told, held_out) if is_harm(told, held_out) else None

    @property
    def _default_zone(self) -> str:
        return self._ruleset.defaults.timezone or UNKNOWN_ZONE
