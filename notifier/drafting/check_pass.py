"""One check in one pass: from what it finds to batches of contradictions, each with the alert to its owner.

Where a pass finds a few, each has an alert of its own, in the batch that opens it. Where it finds many, a flood, they
are marked as waiting, and the last batch has one alert for all of them, with what they have in common. A pass that was
cut short leaves the marks, and the next one alerts of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from notifier.drafting.alerts import ALARMING, contradiction_alerts
from notifier.drafting.ruleset import DraftOptions, Ruleset
from notifier.drafting.settling_alerts import flood_alert
from notifier.model.alerts import SAMPLES
from notifier.model.batches import Batch
from notifier.model.contradictions import Contradiction
from notifier.model.digests import reference
from notifier.model.notices import Draft
from notifier.model.reading import RuleState, StateReader
from notifier.model.settling import Group, SettlingWork
from notifier.planning.occurrences import mode
from notifier.promises.assess import ContradictionChange
from notifier.promises.checking import run_check
from notifier.promises.common_cause import CommonCauses
from notifier.promises.wording import alert_key
from notifier.rules.checked import Check

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
    ) -> None:
        self.ruleset = ruleset
        self.check = check
        self.reader = reader
        self.now = now
        self.live = options.live
        self.state = state
        unknown = state is None or state.digest != check.digest or state.failed is not None or state.is_ahead(now)
        self.full = options.full or unknown
        self._alone = 0
        self._together = 0
        self._causes = CommonCauses(check, ruleset.project.schema)
        self._samples: list[Contradiction] = []

    def batches(self) -> Iterator[Batch]:
        """What is decided; the caller adds the watermark."""
        since = self.state.since(self.now) if self.state is not None else self.now
        query = self.ruleset.check_queries[self.check.name]
        for events in run_check(self.check, query, self.reader, now=self.now, since=since, full=self.full):
            yield self._batch(events)
        yield from self._flood()

    def _batch(self, events: Sequence[ContradictionChange]) -> Batch:
        alarming = self._alarming(events)
        alone = self._together == 0 and self._alone + len(alarming) <= ALONE
        contradictions = tuple(self._marked(event, alarming, alone=alone) for event in events)
        drafts: tuple[Draft, ...] = ()
        if alone:
            self._alone += len(alarming)
            now, live = self.now, self.live
            drafts = contradiction_alerts(self.ruleset, self.check, alarming, self.reader, now, live=live)
        else:
            self._count([each for each in contradictions if each.alert_waits])
        return Batch(kind="check", name=self.check.name, contradictions=contradictions, drafts=drafts)

    def _alarming(self, events: Sequence[ContradictionChange]) -> list[ContradictionChange]:
        """Those of which the owner has had no alert with these values."""
        found = {}
        for event in events:
            if event.event in ALARMING:
                key = alert_key(event.contradiction, self.now)
                if key not in (event.contradiction.alerted or "").split("\n"):
                    found[f"{mode(self.live)}|alert|{event.contradiction.id}|{key}"] = event
        known = self.reader.alerts_known(found.keys()) if found else set()
        return [event for occurrence, event in found.items() if occurrence not in known]

    def _marked(
        self, event: ContradictionChange, alarming: Sequence[ContradictionChange], *, alone: bool
    ) -> Contradiction:
        contradiction = event.contradiction
        if alone or not any(event is each for each in alarming):
            return contradiction
        keys = [*filter(None, [contradiction.alerted]), alert_key(contradiction, self.now)]
        return replace(contradiction, alerted="\n".join(keys), alert_waits=True)

    def _count(self, waiting: Sequence[Contradiction]) -> None:
        if not waiting:
            return
        self._together += len(waiting)
        self._samples = sorted([*self._samples, *waiting], key=_urgency)[:SAMPLES]
        promises = {each.promise_id for each in waiting}
        facts = {member.fact_id for each in waiting for member in each.members}
        self._causes.add(self.reader, promises, facts)

    def _flood(self) -> Iterator[Batch]:
        left = self.reader.alerts_waiting().get(self.check.name, 0)
        count = self._together + left
        if not count:
            return
        samples = self._samples
        if left:
            earlier = self.reader.waiting_samples(self.check.name, SAMPLES)
            samples = sorted([*samples, *earlier], key=_urgency)[:SAMPLES]
        name = reference(f"group:{self.check.name}:{self.now.isoformat()}")
        group = Group(
            id=f"G-{name}",
            check=self.check.name,
            owner=self.check.owner,
            opened_at=self.now,
            count=count,
            causes=self._causes.found(self._together) if self._together else (),
        )
        draft = flood_alert(self.ruleset, self.reader, self.check, group, samples, self.now, live=self.live)
        yield Batch(kind="check", name=self.check.name, drafts=(draft,), settling=SettlingWork(groups=(group,)))


def _urgency(contradiction: Contradiction) -> tuple[bool, datetime, str]:
    surfaces_at = contradiction.surfaces_at
    return surfaces_at is None, surfaces_at or contradiction.opened_at, contradiction.id
