"""Who is affected by a change of rules: what two versions tell on one snapshot of the state, notice by notice."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

import sqlalchemy as sa

from notifier.answers.rule_changes import changes_of, reads_differently
from notifier.drafting.ruleset import Ruleset
from notifier.model.notices import Claims
from notifier.model.rule_changes import Affected, Ahead, Bill, Effect, RulesDiff, ToldAhead
from notifier.model.values import canonical
from notifier.simulation.ahead import narrowed, told_ahead
from notifier.store.copying import copy_into, opened_copy
from notifier.store.database import read_only
from notifier.store.outbox import ahead

SAME_TIME = timedelta(minutes=1)
"""Two instants that are no further apart are the same one: occurrences are told by the minute, too."""


def rules_diff(
    database: sa.Engine,
    before: tuple[str, Ruleset],
    after: tuple[str, Ruleset],
    now: datetime,
    *,
    days: int,
    live: bool,
) -> RulesDiff:
    """How the second version of the rules differs from the first, in what it says and for whom, until so many days
    after `now`. Each version has its name. Nothing is written to the database, and nobody waits for it.

    Both are played on copies of one snapshot, so time that passes is no difference. Raises EvaluationFailedError where
    a rule cannot be evaluated.
    """
    (name_before, old), (name_after, new) = before, after
    changed = changes_of(old.project, new.project)
    until = now + timedelta(days=days) if days else now + timedelta(seconds=1)
    names = _to_play(old, new, {each.name for each in changed if each.what == "rule"})
    pending: set[str] = set()
    told_before = told_after = Ahead(told={}, not_told={})
    if changed and names:
        with TemporaryDirectory(prefix="notifier-", ignore_cleanup_errors=True) as folder:
            snapshot, other = Path(folder) / "before.db", Path(folder) / "after.db"
            copy_into(snapshot, database)
            shutil.copyfile(snapshot, other)
            told_before, pending = _played(snapshot, narrowed(old, names), now, until, live=live)
            told_after, _ = _played(other, narrowed(new, names), now, until, live=live)
    return RulesDiff(
        before=name_before,
        after=name_after,
        now=now,
        until=until,
        changed=changed,
        affected=sorted(
            _affected(told_before, told_after, pending),
            key=lambda each: (each.rule, each.effect, each.at, each.subject, each.recipient or ""),
        ),
        bill_before=_bill(told_before),
        bill_after=_bill(told_after),
    )


def _to_play(old: Ruleset, new: Ruleset, changed: set[str]) -> set[str]:
    """The rules whose notices may differ: those that changed; all where one rule's notices bear on another's."""
    contacts = [ruleset.project.policy.contact for ruleset in (old, new)]
    bear_on_each_other = any(contact.terms or contact.merging is not None for contact in contacts)
    if bear_on_each_other or reads_differently(old.project, new.project):
        return {*old.project.rules, *new.project.rules}
    return changed


def _played(path: Path, ruleset: Ruleset, now: datetime, until: datetime, *, live: bool) -> tuple[Ahead, set[str]]:
    engine = opened_copy(path)
    try:
        with read_only(engine) as connection:
            waiting = ahead.pending(connection, live=live)
        return told_ahead(engine, ruleset, now, until, live=live), waiting
    finally:
        engine.dispose()


def _affected(before: Ahead, after: Ahead, pending: set[str]) -> Iterator[Affected]:
    for occurrence in before.told.keys() | after.told.keys():
        was, is_now = before.told.get(occurrence), after.told.get(occurrence)
        found = _one(was, is_now, before, after, pending=occurrence in pending)
        if found is not None:
            yield found


def _one(
    was: ToldAhead | None, is_now: ToldAhead | None, before: Ahead, after: Ahead, *, pending: bool
) -> Affected | None:
    told = is_now or was
    assert told is not None, "it is told by one of both"
    if was is None or is_now is None:
        effect, other = (Effect.ADDED, before) if was is None else (Effect.DROPPED, after)
        why_not = _why_not(other, told.occurrence)
        reasons = (told.reason, why_not) if was is None else (why_not, told.reason)
        return Affected(effect=effect, at=told.at, why=reasons[0], why_before=reasons[1], **_whose(told, pending))
    claims = _claims(was.claims, is_now.claims)
    texts = tuple(
        channel
        for channel in dict.fromkeys((*was.texts, *is_now.texts))
        if was.texts.get(channel) != is_now.texts.get(channel)
    )
    moved = abs(is_now.at - was.at) > SAME_TIME
    if not claims and not texts and not moved:
        return None
    return Affected(
        effect=Effect.OTHERWISE if claims or texts else Effect.MOVED,
        at=is_now.at,
        was_at=was.at if moved else None,
        why=is_now.reason,
        why_before=was.reason,
        claims=claims,
        texts=texts,
        lines=tuple(_lines(was.texts.get(texts[0], ""), is_now.texts.get(texts[0], ""))) if texts else (),
        **_whose(told, pending),
    )


class _Whose(TypedDict):
    """What all of these say."""

    rule: str
    subject: str
    recipient: str | None
    pending: bool


def _whose(told: ToldAhead, pending: bool) -> _Whose:
    return {"rule": told.rule, "subject": told.subject, "recipient": told.recipient, "pending": pending}


def _why_not(other: Ahead, occurrence: str) -> str:
    found = other.not_told.get(occurrence)
    return "the rule does not say it" if found is None else f"{found.state}: {found.reason}"


def _claims(before: Claims, after: Claims) -> Mapping[str, tuple[str | None, str | None]]:
    return {
        name: (_text(before, name), _text(after, name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }


def _text(claims: Claims, name: str) -> str | None:
    claim = claims.get(name)
    if claim is None or claim.value is None:
        return None
    value = str(canonical(claim.type, claim.value))
    return value if claim.currency is None else f"{value} {claim.currency}"


def _lines(before: str, after: str) -> Iterator[str]:
    for line in unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _bill(told: Ahead) -> Bill:
    notices = told.told.values()
    cost: dict[str, Decimal] = {}
    for notice in notices:
        for currency, amount in notice.cost.items():
            cost[currency] = cost.get(currency, Decimal(0)) + amount
    return Bill(
        notices=len(notices),
        customers=len({notice.recipient for notice in notices}),
        messages=sum(len(notice.texts) for notice in notices),
        segments=sum(notice.segments for notice in notices),
        cost=dict(sorted(cost.items())),
    )
