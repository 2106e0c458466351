"""The map of the journey with what happened: what people said of each foreseen failure, what was told and found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.reasons import UNCLEAR
from notifier.model.touchpoints import FailureFigures, Heard, JourneyReport, TouchpointFigures
from notifier.rules.checked import Project
from notifier.rules.journey import Foreseen, Journey, Touchpoint
from notifier.store.reports.dimensions import Period
from notifier.store.reports.voices import voices
from notifier.store.tables import CONTRADICTION, NOTICE


def journey_report(
    connection: sa.Connection, project: Project, *, now: datetime, period: Period, live: bool
) -> JourneyReport:
    """The project's map, which it must have, with the figures of the period in the installation's own mode."""
    assert project.journey is not None, "asked of projects with a map"
    heard = heard_by_reason(connection, period)
    unclear = heard.pop(UNCLEAR, Heard())
    counted = _Counted(project, heard, _told(connection, period, live=live), _found(connection, period))
    journey = project.journey
    touchpoints = [counted.touchpoint(each) for each in journey.in_order()]
    placed = {reason for _, failure in journey.foreseen() for reason in failure.reasons}
    reaching = {name for point in touchpoints for name in point.rules}
    checking = {name for _, failure in journey.foreseen() for name in failure.checks}
    return JourneyReport(
        at=now,
        since=period.since,
        until=period.until,
        stages=journey.stages,
        touchpoints=touchpoints,
        elsewhere={
            reason: heard.get(reason, Heard()) for reason in sorted({*project.reasons, *heard}) if reason not in placed
        },
        unclear=unclear.total,
        rules_elsewhere=tuple(name for name in project.rules if name not in reaching),
        checks_elsewhere=tuple(name for name in project.checks if name not in checking),
    )


def heard_by_reason(connection: sa.Connection, period: Period) -> dict[str, Heard]:
    """What was said in the period by reason, `unclear` included. The database counts; it reads each row once."""
    said = voices(period).subquery("said")
    matter = (
        sa.select(
            said.c.reason,
            sa.func.sum(sa.case((said.c.entity == "contact", 1), else_=0)).label("contacts"),
            sa.func.count().label("total"),
        )
        .group_by(said.c.reason, sa.func.coalesce(said.c.customer, said.c.id), said.c.subject)
        .subquery("matter")
    )
    counted = sa.select(
        matter.c.reason,
        sa.func.sum(matter.c.contacts).label("contacts"),
        sa.func.sum(matter.c.total).label("total"),
        sa.func.count().label("matters"),
        sa.func.sum(sa.case((matter.c.total > 1, 1), else_=0)).label("repeated"),
    ).group_by(matter.c.reason)
    return {
        row.reason: Heard(
            contacts=int(row.contacts),
            feedback=int(row.total) - int(row.contacts),
            matters=int(row.matters),
            repeated=int(row.repeated),
        )
        for row in connection.execute(counted)
    }


def _told(connection: sa.Connection, period: Period, *, live: bool) -> Mapping[str, int]:
    """How many notices each rule told in the period."""
    told = (NOTICE.c.live.is_(live), NOTICE.c.kind != NoticeKind.ALERT, NOTICE.c.told_at.is_not(None))
    return _counts(connection, NOTICE.c.rule, *told, *period.covers(NOTICE.c.told_at))


def _found(connection: sa.Connection, period: Period) -> Mapping[str, int]:
    """How many contradictions each check found in the period."""
    return _counts(connection, CONTRADICTION.c.check, *period.covers(CONTRADICTION.c.opened_at))


def _counts(
    connection: sa.Connection, column: sa.ColumnElement[Any], *chosen: sa.ColumnElement[bool]
) -> Mapping[str, int]:
    statement = sa.select(column, sa.func.count()).where(*chosen).group_by(column)
    return {name: int(count) for name, count in connection.execute(statement)}


class _Counted:
    """The map's entries with what was counted."""

    def __init__(
        self, project: Project, heard: Mapping[str, Heard], told: Mapping[str, int], found: Mapping[str, int]
    ) -> None:
        self._project = project
        self._heard = heard
        self._told = told
        self._found = found

    def touchpoint(self, point: Touchpoint) -> TouchpointFigures:
        rules = rules_at(self._project, point)
        in_force = [self._project.rules[name] for name in rules if name in self._project.rules]
        topics = dict.fromkeys(claim.topic for rule in in_force for claim in rule.claims if not claim.seen)
        return TouchpointFigures(
            id=point.id,
            name=point.name,
            stage=point.stage,
            owner=point.owner,
            systems=point.systems,
            topics=point.topics,
            claims=tuple(topics),
            rules=rules,
            silent=tuple(name for name in rules if name not in speaking(self._project, rules)),
            told=sum(self._told.get(name, 0) for name in rules),
            nothing_foreseen=point.nothing_foreseen,
            failures=[self._failure(failure) for failure in point.foreseen],
        )

    def _failure(self, failure: Foreseen) -> FailureFigures:
        return FailureFigures(
            failure=failure.failure,
            severity=failure.severity,
            reasons=failure.reasons,
            rules=failure.rules,
            checks=failure.checks,
            accepted=failure.accepted,
            heard=sum((self._heard.get(reason, Heard()) for reason in failure.reasons), Heard()),
            told=sum(self._told.get(name, 0) for name in failure.rules),
            found=sum(self._found.get(name, 0) for name in failure.checks),
        )


def rules_at(project: Project, point: Touchpoint) -> tuple[str, ...]:
    """The rules whose notices reach a touchpoint: those that name it, and those of its foreseen failures."""
    naming = [rule.name for rule in project.rules.values() if rule.touchpoint == point.id]
    return tuple(dict.fromkeys([*naming, *(name for failure in point.foreseen for name in failure.rules)]))


def speaking(project: Project, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the rules that are in force and tell customers: not in shadow."""
    return tuple(name for name in rules if name in project.rules and not project.rules[name].shadow)


def rules_of_reason(journey: Journey, reason: str) -> tuple[str, ...]:
    """The rules that speak of a reason, as the map says."""
    found = journey.of_reason(reason)
    return () if found is None else found[1].rules
