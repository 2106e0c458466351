"""Where the columns of one rule's rows stand: what its statements select, and what reads their rows rely on."""

from enum import StrEnum

from notifier.evaluation.births import births_of
from notifier.evaluation.explanations import probes
from notifier.evaluation.local_moments import counts_days
from notifier.rules.checked_rules import Rule

SPEAKING = ("order", "appointment")
"""The entities whose rows may have a language of their own."""


class Purpose(StrEnum):
    """Which windows of a row are wanted."""

    OPEN = "open"
    """Those that contain `now`."""
    ENDED = "ended"
    """Those that ended after `since` and not after `now`."""
    ANY = "any"
    """All; a single one without times where the anchors are null."""


class RowLayout:
    """The places of a rule's columns.

    Its subject, the row of `each`, the recipient, the purpose, `since`, the zones of site and recipient; then the
    anchors of its moments and of `until`, its claims and their currencies, the probes of its conditions, when rows came
    to be, and, where the rule needs them, what chooses its text, the language of its rows, and where days are counted.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.counts_days = counts_days(rule)
        self.probes = probes((*rule.when, *rule.unless), [claim.expression for claim in rule.claims])
        self.first_anchor = 7
        self.until = self.first_anchor + len(rule.at)
        self.first_claim = self.until + 1
        self.first_currency = self.first_claim + len(rule.claims)
        first_probe = self.first_currency + len(rule.claims)
        self.columns_of = {probe.text: first_probe + index for index, probe in enumerate(self.probes)}
        self.births = tuple(births_of(rule, moment) if rule.skips_born_late(moment) else () for moment in rule.at)
        """For each moment; empty where it does not matter."""
        first_birth = first_probe + len(self.probes)
        each_once = dict.fromkeys(birth for births in self.births for birth in births)
        self.birth_columns = {birth: first_birth + index for index, birth in enumerate(each_once)}
        self.chosen_by = first_birth + len(self.birth_columns)
        self.speaking = [name for name, entity in reversed([*rule.names.items()]) if entity in SPEAKING]
        """The rows of the rule that may have a language of their own, the nearest to the notice first."""
        self.locale = self.chosen_by + (rule.texts is not None)
        self.first_of_locality = self.locale + bool(self.speaking)
