"""`lead` of a rule: how long before what it warns of each notice is told at the latest, or it is an incident."""

from collections.abc import Sequence
from datetime import timedelta

from notifier.rules.checked_rules import Moment
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span


def read_lead(fields: Fields, at: Sequence[Moment], findings: Findings) -> timedelta | None:
    """The lead, where there is one: some moment keeps it, and what comes in too late is told, too."""
    lead = fields.converted("lead", positive_span)
    if lead is None:
        return None
    place = fields.key_place("lead")
    if "at" not in fields:
        findings.add(place, "'lead' is for a rule with 'at': a moment before something; remove it")
    elif at and not any(_may_keep(moment, lead) for moment in at):
        what = f"no moment is {fields.text('lead')} before its anchor, so every notice would come too late"
        findings.add(place, f"{what}; give 'at' an earlier moment, or a shorter lead")
    elif fields.text("born_late") != "tell":
        what = "with 'lead', what comes in too late is told and its owner hears of it; say born_late: tell"
        findings.add(place, what)
    return lead


def _may_keep(moment: Moment, lead: timedelta) -> bool:
    """Whether the moment may lie so long before its anchor. Of one at a local time only the days are known: a day more
    than they say is the farthest."""
    if not moment.before:
        return False
    if moment.local_time is None:
        return -moment.offset >= lead
    return -moment.offset + timedelta(days=abs(moment.days) + 1) >= lead
