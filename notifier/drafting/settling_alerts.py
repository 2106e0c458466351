"""The alerts of a flood, of steps, of what came back: each one draft, however many contradictions it is about."""

from collections.abc import Sequence
from datetime import datetime

from notifier.drafting.alert_drafts import alert_draft
from notifier.drafting.ruleset import Ruleset
from notifier.model.alert_kinds import AlertKind
from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.settling import CauseAgain, Group
from notifier.model.settling_alerts import CauseAgainAlert, FloodAlert, SettlingAlert
from notifier.planning.occurrences import mode
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import Cause, Step


def flood_alert(
    ruleset: Ruleset,
    reader: StateReader,
    check: Check,
    group: Group,
    samples: Sequence[Contradiction],
    now: datetime,
    *,
    live: bool,
) -> Draft:
    """The one alert of a flood, to the owner of its check."""
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|flood|{group.id}",
        cause=check.name,
        subject=("contradiction_group", group.id),
        owner=check.owner,
        alert=FloodAlert(
            check=check.name,
            group=group.id,
            count=group.count,
            common=group.causes,
            samples=tuple(samples),
            holds_rules=check.hold.rules,
            holds_topics=check.hold.topics,
        ),
        why=f"{group.count} contradictions of {check.name} at once (group {group.id})",
        now=now,
    )


def step_alert(
    ruleset: Ruleset,
    reader: StateReader,
    owner: str,
    number: int,
    step: Step,
    found: tuple[int, Sequence[Contradiction]],
    now: datetime,
    *,
    live: bool,
) -> Draft:
    """That nobody has taken these, to whom the step names."""
    count, samples = found
    first = samples[0]
    since = first.steps_from or first.opened_at
    what = first.id if count == 1 else owner
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|step|{what}|{number}|{(since if count == 1 else now).isoformat()}",
        cause=first.check,
        subject=(first.subject_type, first.subject_id) if count == 1 else ("owner", owner),
        owner=step.to,
        alert=SettlingAlert(
            kind=AlertKind.STEP,
            owner=_name(ruleset, owner),
            count=count,
            since=since,
            step=number,
            samples=tuple(samples),
        ),
        why=f"nobody has taken {_these(count, first)} (owner {owner}, step {number})",
        now=now,
        by=step.by,
    )


def came_back_alert(
    ruleset: Ruleset,
    reader: StateReader,
    owner: str,
    found: tuple[int, Sequence[Contradiction]],
    now: datetime,
    *,
    live: bool,
) -> Draft:
    """That nobody followed up what somebody took, to its owner."""
    count, samples = found
    first = samples[0]
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|came back|{first.id if count == 1 else owner}|{now.isoformat()}",
        cause=first.check,
        subject=(first.subject_type, first.subject_id) if count == 1 else ("owner", owner),
        owner=owner,
        alert=SettlingAlert(
            kind=AlertKind.CAME_BACK,
            owner=_name(ruleset, owner),
            count=count,
            since=first.acknowledged_at or now,
            samples=tuple(samples),
        ),
        why=f"nobody followed up {_these(count, first)}",
        now=now,
    )


def waivers_end_alert(
    ruleset: Ruleset,
    reader: StateReader,
    owner: str,
    occurrence: str,
    ending: Sequence[Contradiction],
    samples: int,
    now: datetime,
) -> Draft:
    """That waivers of this owner end before the next working day."""
    first = ending[0]
    return alert_draft(
        ruleset,
        reader,
        occurrence=occurrence,
        cause=first.check,
        subject=("owner", owner),
        owner=owner,
        alert=SettlingAlert(
            kind=AlertKind.WAIVERS_END,
            owner=_name(ruleset, owner),
            count=len(ending),
            since=first.waived_until or now,
            samples=tuple(ending[:samples]),
        ),
        why=f"the waiver of {_these(len(ending), first)} ends before the next working day",
        now=now,
    )


def cause_again_alert(
    ruleset: Ruleset, reader: StateReader, cause: Cause, again: CauseAgain, now: datetime, *, live: bool
) -> Draft:
    """That a cause came back, to its owner."""
    return alert_draft(
        ruleset,
        reader,
        occurrence=f"{mode(live)}|alert|cause|{cause.id}|{again.last_at.isoformat()}|{again.count}",
        cause=cause.id,
        subject=("cause", cause.id),
        owner=cause.owner,
        alert=CauseAgainAlert(again=again, about=cause.about),
        why=f"{cause.id} came back: {again.count} times within {again.within.days} days",
        now=now,
    )


def _name(ruleset: Ruleset, owner: str) -> str:
    known = ruleset.project.owners.get(owner)
    return owner if known is None else known.name


def _these(count: int, first: Contradiction) -> str:
    return first.id if count == 1 else f"{count} contradictions, {first.id} first"
