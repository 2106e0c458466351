"""Contradictions on their way to an end, as a pass asks about them. An idle pass finds each answer by an index."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.model.contradictions import HOLDING, Contradiction, ContradictionState
from notifier.model.notices import NoticeKind
from notifier.model.settling import CameBack, CauseAgain, Settling, StepDue
from notifier.store.contradictions import with_members
from notifier.store.reader.snapshot import NOW, Snapshot
from notifier.store.settling import IS_UNCOUNTED, nobody_followed_up, settling_of, step_is_due, waiting_groups
from notifier.store.sql import is_among, is_any_of, rows_among
from notifier.store.tables import CONTRADICTION, NOTICE, SETTLING

C, S = CONTRADICTION.c, SETTLING.c
_ENDING = (
    sa.select(CONTRADICTION)
    .where(
        C.waived_until > NOW,
        C.waived_until < sa.bindparam("before", type_=C.waived_until.type),
        is_any_of(C.state, ContradictionState.WAIVED),
    )
    .order_by(C.waived_until, C.id)
)
_UNCOUNTED = sa.select(S.id, S.cause).where(IS_UNCOUNTED).order_by(S.at, S.id)
_TOLD = (
    sa.select(SETTLING, NOTICE.c.told_at.label("notice_told_at"))
    .join(NOTICE, sa.and_(NOTICE.c.subject_id == S.admission_id, NOTICE.c.subject_type == "admission"))
    .where(
        S.admission_id.is_not(None),
        S.told_at.is_(None),
        NOTICE.c.told_at.is_not(None),
        NOTICE.c.kind != NoticeKind.ALERT,  # that its words wait for a person tells the customer nothing
        NOTICE.c.live == sa.bindparam("live", type_=sa.Boolean()),
    )
    .order_by(S.at, S.id)
)
_NAMED = sa.select(CONTRADICTION).where(is_among(C.id), C.state.in_(HOLDING))
_ACKNOWLEDGED = sa.select(C.owner).where(C.state == ContradictionState.ACKNOWLEDGED).distinct()
FEW = 5


class SettlingReader(Snapshot):
    """Questions about settlings."""

    def __init__(self, connection: sa.Connection, *, live: bool) -> None:
        super().__init__(connection, live=live)
        self._alerts_waiting: Mapping[str, int] | None = None

    def steps_due(self, due: StepDue, samples: int) -> tuple[int, Sequence[Contradiction]]:
        """How many contradictions a step is due for, and some of them, the longest waiting first."""
        return self._counted(step_is_due(due), C.steps_from, samples)

    def owners_with_acknowledged(self) -> Collection[str]:
        """The owners of acknowledged contradictions: only these can have one that nobody followed up."""
        return frozenset(self.connection.execute(_ACKNOWLEDGED).scalars()) if self.has_any(CONTRADICTION) else ()

    def not_followed_up(self, back: CameBack, samples: int) -> tuple[int, Sequence[Contradiction]]:
        """How many acknowledged contradictions nobody followed up, and some of them, the longest waiting first."""
        return self._counted(nobody_followed_up(back), C.acknowledged_at, samples)

    def alerts_waiting(self) -> Mapping[str, int]:
        """Of how many contradictions of each check a pass that was cut short still had to alert."""
        if self._alerts_waiting is None:  # each check asks
            self._alerts_waiting = self._count_waiting() if self.has_any(CONTRADICTION) else {}
        return self._alerts_waiting

    def _count_waiting(self) -> Mapping[str, int]:
        waiting = dict(waiting_groups(self.connection))
        if not waiting:
            return {}
        counted = sa.select(C.group_id, sa.func.count()).where(C.group_id.in_(sorted(waiting))).group_by(C.group_id)
        found = Counter[str]()
        for group, count in self.connection.execute(counted):
            found[waiting[group]] += count
        return found

    def waiting_samples(self, check: str, samples: int) -> Sequence[Contradiction]:
        """Some of those contradictions, the most urgent first."""
        waiting = [group for group, _ in waiting_groups(self.connection, check)]
        return self._some(C.group_id.in_(waiting), C.surfaces_at, samples)

    def waivers_ending(self, now: datetime, before: datetime) -> Sequence[Contradiction]:
        """The waived contradictions whose waiver ends in (now, before), the first to end first."""
        if not self.has_any(CONTRADICTION):
            return ()
        found = self.connection.execute(_ENDING, {"now": now, "before": before})
        return with_members(self.connection, found)

    def settlings_uncounted(self) -> Sequence[tuple[str, str]]:
        """The settlings of which nobody has seen yet whether their cause came back: id and cause."""
        return [(row.id, row.cause) for row in self.connection.execute(_UNCOUNTED)] if self.has_any(SETTLING) else []

    def cause_again(self, cause: str, within: timedelta, now: datetime) -> CauseAgain:
        """How often the cause was named within that time up to `now`."""
        lately = (S.cause == cause, S.at > now - within, S.at <= now)
        counted = sa.select(
            sa.func.count(), sa.func.min(S.at, type_=S.at.type), sa.func.max(S.at, type_=S.at.type)
        ).where(*lately)
        count, first, last = self.connection.execute(counted).one()
        named = sa.select(sa.func.coalesce(S.contradiction_id, S.group_id)).where(*lately)
        latest = self.connection.execute(named.order_by(S.at.desc(), S.id.desc()).limit(FEW)).scalars().all()
        return CauseAgain(
            cause=cause,
            count=count,
            within=within,
            first_at=first or now,
            last_at=last or now,
            contradictions=tuple(latest),
        )

    def admissions_told(self) -> Sequence[tuple[Settling, datetime]]:
        """The settlings whose customer was told since the last pass, each with the instant."""
        if not self.has_any(SETTLING):
            return ()
        found = self.connection.execute(_TOLD, {"live": self.live})
        return [(settling_of(row), row.notice_told_at) for row in found]

    def contradictions_named(self, ids: Collection[str]) -> Sequence[Contradiction]:
        """The contradictions of these ids that are open or acknowledged."""
        return with_members(self.connection, rows_among(self.connection, _NAMED, ids))

    def _counted(
        self, which: sa.ColumnElement[bool], first: sa.ColumnElement[datetime], samples: int
    ) -> tuple[int, Sequence[Contradiction]]:
        count: int = self.connection.execute(sa.select(sa.func.count(C.id)).where(which)).scalar_one()
        return (count, self._some(which, first, samples)) if count else (0, ())

    def _some(
        self, which: sa.ColumnElement[bool], first: sa.ColumnElement[datetime], samples: int
    ) -> Sequence[Contradiction]:
        chosen = sa.select(CONTRADICTION).where(which).order_by(first.is_(None), first, C.id).limit(samples)
        return with_members(self.connection, self.connection.execute(chosen))
