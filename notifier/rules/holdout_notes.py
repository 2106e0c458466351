"""How large a holdout has to be before it can show anything: said when its rule is checked, and not at its end."""

from notifier.model.holdout_figures import BASES, customers_needed
from notifier.model.problems import Problem
from notifier.rules.checked import Project

HALF = 0.5
"""The effect that the note speaks of: a notice that spares half of the contacts."""


def holdout_notes(project: Project) -> list[Problem]:
    """A note for each rule with a holdout."""
    return sorted(
        Problem(rule.place, _size(float(rule.holdout.share)), severity="note")
        for rule in project.rules.values()
        if rule.holdout is not None
    )


def _size(share: float) -> str:
    sizes = [f"{customers_needed(base, HALF, share):,} if {base:.0%} would make contact" for base in BASES]
    return (
        f"to show that the notice spares half of the contacts, its holdout of {share:.0%} takes so many households: "
        f"{', '.join(sizes)}; notifier report holdout --plan says how many weeks that is"
    )
