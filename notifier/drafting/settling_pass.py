"""What a pass does for contradictions on their way to an end: steps, what comes back, waivers that end, causes.

Steps belong to the state and are read again when due: they are asked for in `owners.yaml` as it is now, of what is
open now. So whoever takes a contradiction ends every step of it, and no old step wakes anybody. An alert and the mark
that it was said are one batch, so each is said once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifier.drafting.ruleset import UNKNOWN_ZONE, Ruleset
from notifier.drafting.settling_alerts import came_back_alert, cause_again_alert, step_alert, waivers_end_alert
from notifier.evaluation.day_counts import DayCounts, Locality
from notifier.model.alerts import SAMPLES
from notifier.model.batches import Batch
from notifier.model.contradictions import Contradiction, ContradictionState
from notifier.model.notices import Draft
from notifier.model.reading import StateReader
from notifier.model.settling import CameBack, SettlingWork, StepDue, Told
from notifier.planning.occurrences import mode
from notifier.promises.found import FoundContradictions
from notifier.promises.wording import with_pairs_accepted
from notifier.rules.checked_owners import Owner
from notifier.rules.checked_rules import DayKind

AHEAD = timedelta(days=14)
"""How far waivers are looked for: further than any row of days on which nobody works."""
_DAY = timedelta(days=1)


def settling_batches(
    ruleset: Ruleset, reader: StateReader, found: FoundContradictions, now: datetime, *, live: bool
) -> Iterator[Batch]:
    """The batches of one pass.

    `found`: what its checks changed. The reader does not see that yet, so it waits for the next pass, and so does an
    owner with a flood of it.
    """
    yield from _told_first(reader, found, now)
    # Steps and what comes back are of contradictions that hold: mostly there are none, and a dozen owners.
    owners = ruleset.project.owners.values() if reader.any_contradiction_holds() else ()
    may_come_back = reader.owners_with_acknowledged() if owners else ()
    for owner in owners:
        changed = found.of_owner(owner.id)
        if changed is not None:
            without = tuple(changed)
            if owner.id in may_come_back:
                yield from _not_followed_up(ruleset, reader, owner, without, now, live=live)
            yield from _steps(ruleset, reader, owner, without, now, live=live)
    yield from _waivers(ruleset, reader, now, live=live)
    yield from _causes(ruleset, reader, now, live=live)


def _steps(
    ruleset: Ruleset, reader: StateReader, owner: Owner, without: tuple[str, ...], now: datetime, *, live: bool
) -> Iterator[Batch]:
    for number, step in enumerate(owner.steps, 1):
        due = StepDue(owner=owner.id, step=number, since=now - step.after, without=without)
        count_and_samples = reader.steps_due(due, SAMPLES)
        if count_and_samples[0]:
            alert = step_alert(ruleset, reader, owner.id, number, step, count_and_samples, now, live=live)
            yield Batch(kind="settling", name=owner.id, drafts=(alert,), settling=SettlingWork(steps=(due,)))


def _not_followed_up(
    ruleset: Ruleset, reader: StateReader, owner: Owner, without: tuple[str, ...], now: datetime, *, live: bool
) -> Iterator[Batch]:
    back = CameBack(owner=owner.id, now=now, back_after=owner.back_after, without=without)
    count_and_samples = reader.not_followed_up(back, SAMPLES)
    if count_and_samples[0]:
        alert = came_back_alert(ruleset, reader, owner.id, count_and_samples, now, live=live)
        yield Batch(kind="settling", name=owner.id, drafts=(alert,), settling=SettlingWork(came_back=(back,)))


def _waivers(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """Once, on the last working day before days on which nobody works: what ends on them."""
    by_owner: dict[str, list[Contradiction]] = defaultdict(list)
    for each in reader.waivers_ending(now, now + AHEAD):
        by_owner[each.owner].append(each)
    counts = DayCounts(ruleset.project.hours)
    for name, all_ending in by_owner.items():
        owner = ruleset.project.owners.get(name)
        zone = ZoneInfo((owner and owner.timezone) or ruleset.defaults.timezone or UNKNOWN_ZONE)
        today = now.astimezone(zone).date()
        back = _back_at_work(counts, Locality(country=ruleset.defaults.country), today)
        if back is None:
            continue
        tomorrow, working = (datetime.combine(day, time(), tzinfo=zone) for day in (today + _DAY, back))
        ending = [each for each in all_ending if each.waived_until and tomorrow <= each.waived_until < working]
        occurrence = f"{mode(live)}|alert|waivers|{name}|{back}"
        if ending and not reader.alerts_known([occurrence]):
            alert = waivers_end_alert(ruleset, reader, name, occurrence, ending, SAMPLES, now)
            yield Batch(kind="settling", name=name, drafts=(alert,))


def _back_at_work(counts: DayCounts, place: Locality, today: date) -> date | None:
    """The next working day, where today is one and tomorrow is none; None on any other day."""
    is_working = counts.reached(place, DayKind.WORKING, today - _DAY, 1) == today
    back = counts.reached(place, DayKind.WORKING, today, 1)
    return back if is_working and back is not None and back > today + _DAY else None


def _causes(ruleset: Ruleset, reader: StateReader, now: datetime, *, live: bool) -> Iterator[Batch]:
    """Whether what was named as a cause since the last pass had been named shortly before."""
    by_cause: dict[str, list[str]] = defaultdict(list)
    for settling_id, name in reader.settlings_uncounted():
        by_cause[name].append(settling_id)
    for name, settlings in by_cause.items():
        cause = ruleset.project.causes.get(name)
        again = None if cause is None else reader.cause_again(name, cause.again_within, now)
        drafts: tuple[Draft, ...] = ()
        if cause is not None and again is not None and again.count > 1:
            drafts = (cause_again_alert(ruleset, reader, cause, again, now, live=live),)
        yield Batch(kind="settling", name=name, drafts=drafts, settling=SettlingWork(counted=tuple(settlings)))


def _told_first(reader: StateReader, found: FoundContradictions, now: datetime) -> Iterator[Batch]:
    """Where the customer was told of it first, it is over: these two values are no surprise to anybody."""
    told = {each.contradiction_id or "": (each, at) for each, at in reader.admissions_told()}
    if not told:
        return
    changed = found.named()
    names = [name for name in told if name not in changed]
    contradictions: Sequence[Contradiction] = reader.contradictions_named(names)
    ended = []
    for each in contradictions:
        settling, _ = told[each.id]
        reason = f"the customer was told first, by {settling.by}: {settling.reason}"
        accepted = with_pairs_accepted(each)
        ended.append(replace(accepted, state=ContradictionState.SETTLED, reason=reason, changed_at=now))
    over = {each.id: each for each in ended}
    marks = tuple(
        Told(settling_id=settling.id, at=at, promises=_promises(over.get(name)))
        for name, (settling, at) in told.items()
        if name not in changed
    )
    yield Batch(kind="settling", name="told first", contradictions=tuple(ended), settling=SettlingWork(told=marks))


def _promises(contradiction: Contradiction | None) -> tuple[str, ...]:
    if contradiction is None:
        return ()
    return tuple(sorted({contradiction.promise_id, *(record.promise_id for record in contradiction.records)}))
