"""What a pass does for owners: actions that are open again, and the weekly letter. Each is said once.

Both belong to the state: what came back is counted again at each pass until an action is open again, and a letter is an
occurrence of its moment. So a pass that dies in between is repeated, and two processes write one letter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import UNKNOWN_ZONE, Ruleset
from notifier.model.actions import ActionBack, ActionWork
from notifier.model.batches import Batch
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.types import ChannelName
from notifier.model.weekly import WEEK, ActionBackAlert, WeeklyAlert
from notifier.planning.occurrences import mode
from notifier.rules.checked import Project
from notifier.rules.checked_owners import Owner

HELPS_FOR = timedelta(days=2)
"""How long after its moment a letter is still written: over a weekend without a daemon, and no last week's news."""
WEEKLY = "weekly"


def action_batches(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """The batches of one pass: actions that are open again, and the letters whose moment came."""
    for back in reader.actions_back(now):
        alert = _back_alert(ruleset, reader, back, now, live=live)
        yield Batch(kind="action", name=back.action.id, drafts=(alert,), actions=ActionWork(back=(back,)))
    for owner in ruleset.project.owners.values():
        if owner.weekly is None:
            continue
        moment = owner.weekly.latest(now, zone_of(owner, ruleset))
        occurrence = _occurrence(owner.id, moment, live=live)
        if moment > now - HELPS_FOR and not reader.alerts_known([occurrence]):
            letter = weekly_letter(ruleset, reader, owner, moment, now, live=live)
            yield Batch(kind="action", name=owner.id, drafts=(letter,))


def weekly_letter(
    ruleset: Ruleset, reader: StateReader, owner: Owner, moment: datetime, now: datetime, *, live: bool
) -> Draft:
    """The letter to an owner about the week that ends at `moment`: by mail, and nowhere else."""
    week = reader.week_of(owner.id, moment - WEEK, moment, reasons=reasons_of(ruleset.project, owner.id))
    return alert_draft(
        ruleset,
        reader,
        occurrence=_occurrence(owner.id, moment, live=live),
        cause=WEEKLY,
        subject=("owner", owner.id),
        owner=owner.id,
        alert=WeeklyAlert(week=week),
        why=f"the week of {owner.id} until {moment:%Y-%m-%d}",
        now=now,
        known=owner,
        by=(ChannelName.EMAIL,),
    )


def zone_of(owner: Owner, ruleset: Ruleset) -> ZoneInfo:
    """Where the owner's hours are counted."""
    return ZoneInfo(owner.timezone or ruleset.defaults.timezone or UNKNOWN_ZONE)


def reasons_of(project: Project, owner: str) -> frozenset[str]:
    """The reasons of contacts for which this owner answers."""
    return frozenset(name for name, reason in project.reasons.items() if reason.owner == owner)


def _back_alert(ruleset: Ruleset, reader: StateReader, back: ActionBack, now: datetime, *, live: bool) -> Draft:
    action = back.action
    closed = action.closed_at.isoformat() if action.closed_at is not None else ""
    times = "once" if back.count == 1 else f"{back.count} times"
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|action|{action.id}|{closed}",
        cause=action.cause or action.contacts or action.id,
        subject=("action", action.id),
        owner=action.owner,
        alert=ActionBackAlert(action=action, count=back.count, first_at=back.first_at),
        why=f"{action.about} came back {times}, and {action.id} is open again",
        now=now,
    )


def _occurrence(owner: str, moment: datetime, *, live: bool) -> str:
    return f"{mode(live)}|alert|{WEEKLY}|{owner}|{moment.isoformat()}"
