"""How many customers a rule may tell, counted before a pass plans anything; and who hears a new version of it first."""

from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from datetime import datetime

from notifier.drafting.notices import is_settled
from notifier.drafting.ruleset import DraftOptions
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.notices import Reason
from notifier.model.reading import StateReader
from notifier.planning.canary import FirstToHear
from notifier.planning.limits import WINDOW, asks_limits, exceeded, is_limited, is_share_weighed, tells_one_a_row
from notifier.planning.selection import Part, Selection
from notifier.planning.situation import Intents
from notifier.planning.standing import holders_of
from notifier.rules.checked_rules import Rule


class LimitInPass:
    """The limits of one rule at `now`.

    `intents_of` says what is to be done about a part, and `spoken_to` which customers that speaks to.
    """

    def __init__(
        self,
        rule: Rule,
        query: RuleQuery,
        reader: StateReader,
        now: datetime,
        options: DraftOptions,
        intents_of: Callable[[Selection, Part], Intents],
        spoken_to: Callable[[Intents], Set[str]],
    ) -> None:
        self._rule, self._query, self._reader, self._now, self._options = rule, query, reader, now, options
        self._intents_of, self._spoken_to = intents_of, spoken_to
        self._first: FirstToHear | None = None
        self.over_limit: Reason | None = None
        """Why notices wait for a person; None where the rule is within its limits."""

    def decided(self, selection: Selection, parts: Sequence[Part]) -> dict[int, Intents]:
        """Count recipients before the tick plans anything.

        Returns the intents that need not be found again: those of a single part, and of parts that leave all as it is.
        """
        if not parts or not is_limited(self._rule):
            return {}
        decided: dict[int, Intents] = {}
        if len(parts) == 1 and self._rule.limits.canary is None and self._options.customer is None:
            decided[0] = self._intents_of(selection, parts[0])
            if not any(asks_limits(intent) for intent in decided[0].intents):
                return decided  # nobody is to be told anything new, however many were told today
        customers = 0
        rows = [part.most_rows for part in parts if part.most_rows is not None]
        if tells_one_a_row(self._rule) and len(rows) == len(parts) and self._rule.limits.canary is None:
            most = self._reader.notices_counted(self._rule.name, self._now - WINDOW) + sum(rows)
            if is_share_weighed(self._rule, most):
                customers = self._reader.customer_count()
            if exceeded(self._rule, most, customers) is None:
                return decided  # not even if all of them are told: nobody needs to ask who is
        counted = self._reader.recipients_counted(self._rule.name, self._now - WINDOW)
        if len(parts) > 1 and self._are_within_limit(parts, counted):
            return {}
        for index, part in enumerate(parts):
            intents = decided[index] if index in decided else self._intents_of(selection, part)
            if (first := self.first_to_hear()) is not None:
                first.offer(intents.intents)
            if len(parts) == 1:
                decided[index] = intents
            elif not self._options.everything and all(is_settled(self._rule, each) for each in intents.intents):
                decided[index] = replace(intents, intents=(), told=())
            counted |= self._spoken_to(intents)
            if not customers and is_share_weighed(self._rule, len(counted)):
                customers = self._reader.customer_count()
            self.over_limit = exceeded(self._rule, len(counted), customers)
            if self.over_limit is not None and self._rule.limits.share is None:
                break
        return decided

    def _are_within_limit(self, parts: Sequence[Part], counted: Set[str]) -> bool:
        """Whether no limit is passed even if all are told whom these parts may be about.

        Who was told of an incident is counted already, and a correction of it reaches nobody else. To ask whom they are
        about is cheap beside deciding all parts in order to count, and deciding them again in order to write.
        """
        if self._rule.limits.canary is not None:
            return False
        reached = set(counted)
        for part in parts:
            reached.update(*holders_of(self._query, self._reader, part.subjects, part.rows).values())
            reached |= self._reader.recipients_known(self._rule.name, part.subjects)
            customers = self._reader.customer_count() if is_share_weighed(self._rule, len(reached)) else 0
            if exceeded(self._rule, len(reached), customers) is not None:
                return False
        return True

    def first_to_hear(self) -> FirstToHear | None:
        """Who hears this version of the rule first; None where all hear it at once."""
        canary = self._rule.limits.canary
        if canary is not None and self._first is None:
            heard = self._reader.heard_first(self._rule.name, self._rule.digest)
            self._first = FirstToHear(self._rule, canary, heard, self._now)
        return self._first
