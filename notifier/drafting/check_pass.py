"""One check in one pass: from what it finds to batches of contradictions, each with the alert to its owner.

Where a pass finds a few, each has an alert of its own, in the batch that opens it. Where it finds many, a flood, they
are written as members of a group that has no alert yet, and the last batch has the group's alert, with what they have
in common. A pass that was cut short leaves such a group, and the next one alerts of its members.
"""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from heapq import nsmallest
from itertools import compress
from typing import Any

from notifier.drafting.alerts import ALARMING, Alarm, contradiction_alerts
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.drafting.settling_alerts import flood_alert
from notifier.model.alerts import SAMPLES
from notifier.model.batches import Batch
from notifier.model.contradictions import Contradiction
from notifier.model.digests import reference
from notifier.model.opened_together import OpenedTogether
from notifier.model.reading import RuleState, StateReader
from notifier.model.settling import CommonCause, Group, SettlingWork
from notifier.planning.occurrences import mode
from notifier.promises.assess import ContradictionChange
from notifier.promises.checking import TOGETHER, run_check
from notifier.promises.common_cause import CommonCauses
from notifier.promises.wording import alert_key, row_keys
from notifier.rules.checked_checks import Check

ALONE = 20
"""Alerts of one pass of one check that an owner reads one by one; what comes on top of them is one matter."""


class CheckPass:
    """One check in one pass at `now`."""

    def __init__(
        self,
        ruleset: Ruleset,
        check: Check,
        reader: StateReader,
        now: datetime,
        options: DraftOptions,
        state: RuleState | None,
        *,
        wiser: bool = False,
    ) -> None:
        """`wiser`: something was learned since the last pass, by which all is compared again."""
        self.ruleset = ruleset
        self.check = check
        self.reader = reader
        self.now = now
        self.live = options.live
        self.state = state
        unknown = state is None or state.digest != check.digest or state.failed is not None or state.is_ahead(now)
        self.full = options.full or unknown or wiser
        self._at_least = sys.maxsize if check.of_contacts else TOGETHER  # what is told of each row is not told together
        self._alone = 0
        self._together = 0
        self._causes = CommonCauses(lambda: ruleset.check_queries[check.name].causes)
        self._samples: list[Contradiction] = []
        self._group_id = f"G-{reference(f'group:{check.name}:{now.isoformat()}')}"

    def batches(self) -> Iterator[Batch]:
        """What is decided; the caller adds the watermark."""
        since = self.state.since(self.now) if self.state is not None else self.now
        query = self.ruleset.check_queries[self.check.name]
        for found in run_check(
            self.check, query, self.reader, now=self.now, since=since, full=self.full, at_least=self._at_least
        ):
            together = found.together
            if together is None or (self._together == 0 and self._alone + len(together) <= ALONE):
                yield self._batch(found.all())
            else:
                yield self._of_flood(found.changes, together)
        yield from self._flood()

    def _of_flood(self, events: Sequence[ContradictionChange], together: OpenedTogether) -> Batch:
        """Those that opened together, and what else happened: each is marked as waiting."""
        waiting = together.columns
        columns: dict[str, Sequence[Any]] = {**waiting, "group_id": [self._group_id] * len(together)}
        heard = self._heard(list(zip(waiting["id"], waiting["alerted"], strict=True)))
        if heard:  # their rows were lost, and the alerts were not
            waits = [pair not in heard for pair in zip(waiting["id"], waiting["alerted"], strict=True)]
            marks = ("alerted", "group_id")
            columns |= {
                name: [mark if each else None for mark, each in zip(columns[name], waits, strict=True)]
                for name in marks
            }
            waiting = {name: [*compress(column, waits)] for name, column in waiting.items()}
        promises = waiting["promise_id"]
        begun = self._begun(len(promises))
        if promises:
            never = [at is None for at in waiting["surfaces_at"]]
            by_urgency = zip(never, waiting["surfaces_at"], waiting["id"], promises, strict=True)
            self._sample(together.unpack([promise for *_, promise in nsmallest(SAMPLES, by_urgency)]))
            self._causes.add(self.reader, promises, waiting["fact_id"])
        rest = self._batch(events) if events else Batch(kind="check", name=self.check.name)
        return replace(rest, together=replace(together, columns=columns), settling=begun or rest.settling)

    def _batch(self, events: Sequence[ContradictionChange]) -> Batch:
        alarming = self._alarming(events)
        if self._together == 0 and self._alone + len(alarming) <= ALONE:
            self._alone += len(alarming)
            contradictions = tuple(event.contradiction for event in events)
            alarms = [
                Alarm(contradiction=each, key=key, row=row)
                for each in contradictions
                for key, row in alarming.get(each.id, ())
            ]
            return Batch(
                kind="check",
                name=self.check.name,
                contradictions=contradictions,
                drafts=contradiction_alerts(self.ruleset, self.check, alarms, self.reader, self.now, live=self.live),
            )
        marked = tuple(self._marked(event.contradiction, alarming) for event in events)
        begun = self._count([each for each in marked if each.id in alarming])
        return Batch(kind="check", name=self.check.name, contradictions=marked, settling=begun)

    def _alarming(self, events: Sequence[ContradictionChange]) -> Mapping[str, Sequence[tuple[str, str | None]]]:
        """Those of which the owner has had no alert with these values: by id the keys of alerts, each with its row."""
        found: dict[tuple[str, str], str | None] = {}
        for event in events:
            if event.event in ALARMING:
                contradiction = event.contradiction
                had = (contradiction.alerted or "").split("\n")
                found |= {(contradiction.id, key): row for key, row in self._keys(contradiction) if key not in had}
        known = self._heard(found)
        alarming: dict[str, list[tuple[str, str | None]]] = {}
        for (name, key), row in found.items():
            if (name, key) not in known:
                alarming.setdefault(name, []).append((key, row))
        return alarming

    def _keys(self, contradiction: Contradiction) -> Sequence[tuple[str, str | None]]:
        if self.check.of_contacts:
            return row_keys(contradiction, self.now)
        return [(alert_key(contradiction, self.now), None)]

    def _heard(self, alerts: Collection[tuple[str, str]]) -> Set[tuple[str, str]]:
        """Those pairs of a contradiction and a key of which the owner has had the alert."""
        begin = f"{mode(self.live)}|alert|"
        occurrences = [f"{begin}{name}|{key}" for name, key in alerts]
        known = self.reader.alerts_known(occurrences) if occurrences else ()
        return {pair for pair, each in zip(alerts, occurrences, strict=True) if each in known} if known else set()

    def _marked(
        self, contradiction: Contradiction, alarming: Mapping[str, Sequence[tuple[str, str | None]]]
    ) -> Contradiction:
        """With the mark that its owner has still to hear of it, where that is so."""
        keys = [key for key, _ in alarming.get(contradiction.id, ())]
        if not keys:
            return contradiction
        known = [] if contradiction.alerted is None else [contradiction.alerted]
        return contradiction.changed(alerted="\n".join([*known, *keys]), group_id=self._group_id)

    def _begun(self, count: int) -> SettlingWork | None:
        """So many more wait for the alert of the flood; says what the first batch of them writes of it."""
        is_first, self._together = self._together == 0 < count, self._together + count
        return SettlingWork(begun=(self._group(count),)) if is_first else None

    def _group(self, count: int, causes: tuple[CommonCause, ...] = ()) -> Group:
        check = self.check
        return Group(
            id=self._group_id, check=check.name, owner=check.owner, opened_at=self.now, count=count, causes=causes
        )

    def _count(self, waiting: Sequence[Contradiction]) -> SettlingWork | None:
        if not waiting:
            return None
        begun = self._begun(len(waiting))
        self._sample(waiting)
        promises = {each.promise_id for each in waiting}
        facts = {member.fact_id for each in waiting for member in each.members}
        self._causes.add(self.reader, promises, facts)
        return begun

    def _sample(self, waiting: Sequence[Contradiction]) -> None:
        self._samples = sorted([*self._samples, *waiting], key=_urgency)[:SAMPLES]

    def _flood(self) -> Iterator[Batch]:
        left = self.reader.alerts_waiting().get(self.check.name, 0)
        count = self._together + left
        if not count:
            return
        samples = self._samples
        if left:
            earlier = self.reader.waiting_samples(self.check.name, SAMPLES)
            samples = sorted([*samples, *earlier], key=_urgency)[:SAMPLES]
        group = self._group(count, self._causes.found(self._together) if self._together else ())
        draft = flood_alert(self.ruleset, self.reader, self.check, group, samples, self.now, live=self.live)
        yield Batch(kind="check", name=self.check.name, drafts=(draft,), settling=SettlingWork(groups=(group,)))


def _urgency(contradiction: Contradiction) -> tuple[bool, datetime, str]:
    surfaces_at = contradiction.surfaces_at
    return surfaces_at is None, surfaces_at or contradiction.opened_at, contradiction.id
