"""A holdout that harms ends, and the owner of its rule hears of it, once: what was sent says that it ended."""

from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import Ruleset
from notifier.model.holdouts import Holdout
from notifier.model.listening_alerts import HoldoutStoppedAlert
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.shares import Share
from notifier.planning.occurrences import holdout_stopped
from notifier.rules.checked_rules import Rule


def holdout_alert(
    ruleset: Ruleset,
    reader: StateReader,
    rule: Rule,
    holdout: Holdout,
    sides: tuple[Share, Share],
    now: datetime,
    *,
    live: bool,
) -> Draft:
    """The alert that a holdout ended for harm; `sides` are those who were told, and those who were not."""
    told, held_out = sides
    return alert_draft(
        ruleset,
        reader,
        occurrence=holdout_stopped(rule.name, holdout.name, live=live),
        cause=rule.name,
        subject=("holdout", holdout.name),
        owner=rule.owner,
        alert=HoldoutStoppedAlert(rule=rule.name, holdout=holdout, told=told, held_out=held_out),
        why=f"of {held_out.whole} households not told {held_out.part} made contact, of {told.whole} told {told.part}: "
        f"the holdout {holdout.name} ended for harm",
        now=now,
    )
