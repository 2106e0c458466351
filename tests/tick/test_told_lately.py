"""A process that evaluates again and again looks once at what was told; who committed late is looked at, too."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.looked_at import LookedAt
from notifier.model.notices import NoticeState
from notifier.model.types import ChannelName
from notifier.store.reader import Reader
from notifier.store.tables import NOTICE, TOLD_THROUGH
from notifier.tick import TickReport
from tests.support.rig import Rig, ana, visit


class Looks:
    """A process that ticks each second, and the subjects whose notices its ticks asked for."""

    def __init__(self, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rig = rig
        self.asked: set[str] = set()
        self.report: TickReport | None = None
        plain = Reader.notices

        def notices(reader: Reader, rule: str, subject_ids: Collection[str], **options: Any) -> Any:
            self.asked |= set(subject_ids)
            return plain(reader, rule, subject_ids, **options)

        monkeypatch.setattr(Reader, "notices", notices)

    def tick(self, **options: Any) -> set[str]:
        self.asked = set()
        before = None if self.report is None else self.report.looked_at
        self.report = self.rig.tick(**{"looked_at": before, **options})
        self.rig.clock.forward(seconds=1)
        return self.asked


@pytest.fixture
def looks(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Two visits are told of at the second tick."""
    found = Looks(rig, monkeypatch)
    rig.set(customer=[ana()], appointment=[visit(), visit(id="A-2")])
    assert found.tick() == {"A-1", "A-2"}
    rig.dispatch()
    return found


def told_at(rig: Rig, subject: str, state: NoticeState, at: datetime) -> None:
    with rig.database.begin() as connection:
        values = {"state": state, "told_at": at, "changed_at": at}
        connection.execute(sa.update(NOTICE).where(NOTICE.c.subject_id == subject).values(values))


def test_what_was_told_is_looked_at_once(looks: Looks) -> None:
    assert looks.tick() == {"A-1", "A-2"}
    assert looks.tick() == set()
    assert looks.tick(looked_at=None) == {"A-1", "A-2"}  # a process that has just begun
    looks.rig.set(appointment=[visit(place="Elsewhere")])
    assert looks.tick() == {"A-1"}


def test_what_commits_after_a_pass_is_looked_at_though_it_was_told_before(looks: Looks) -> None:
    before = looks.rig.clock() - timedelta(seconds=1)
    looks.rig.clock.forward(seconds=5)
    assert looks.tick() == {"A-1", "A-2"}
    assert looks.report is not None
    assert looks.report.looked_at is not None
    late, *_ = (row.id for row in looks.rig.notices() if row.subject_id == "A-2")
    unseen = {name: at for name, at in looks.report.looked_at.told.items() if name != late}
    assert looks.tick(looked_at=replace(looks.report.looked_at, told=unseen)) == {"A-2"}
    assert looks.tick() == set()
    told_at(looks.rig, "A-2", NoticeState.TOLD, before)  # as a receipt that read the clock before the pass
    assert looks.tick() == {"A-2"}
    assert looks.tick() == set()


def test_while_a_message_is_on_its_way_its_notice_is_looked_at(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(rig, monkeypatch)
    rig.set(customer=[ana()], appointment=[visit()])
    looks.tick()
    rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
    assert rig.notices()[0].state == NoticeState.TOLD
    assert [looks.tick(), looks.tick()] == [{"A-1"}, {"A-1"}]
    rig.dispatchers[ChannelName.EMAIL].dispatch(rig.ruleset)
    assert [looks.tick(), looks.tick()] == [{"A-1"}, set()]


def test_what_another_notice_speaks_for_is_looked_at_as_its_message_may_be_on_its_way(looks: Looks) -> None:
    part, *_ = (row.occurrence for row in looks.rig.notices() if row.subject_id == "A-1")
    speaker, *_ = (row.occurrence for row in looks.rig.notices() if row.subject_id == "A-2")
    with looks.rig.database.begin() as connection:
        values = {"occurrence": part, "channel": ChannelName.EMAIL, "through": speaker, "is_part": True}
        connection.execute(sa.insert(TOLD_THROUGH).values(values))
    looks.tick()
    assert "A-1" in looks.tick()


def test_only_a_pass_that_went_on_from_it_uses_it(looks: Looks) -> None:
    looks.tick()
    assert looks.report is not None
    assert looks.report.looked_at is not None
    assert len(looks.report.looked_at.told) == 2
    earlier = replace(looks.report.looked_at, at=looks.report.now - timedelta(microseconds=1))
    assert looks.tick(looked_at=earlier) == {"A-1", "A-2"}


def test_a_pass_that_left_something_says_nothing(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Event()
    stopped.set()
    looks.rig.set(appointment=[visit(place="Elsewhere")])
    looks.tick(stop=stopped)
    assert looks.report is not None
    assert not looks.report.complete
    assert looks.report.looked_at is None

    def fails(*_: object, **__: object) -> LookedAt:
        raise ValueError("it cannot be read")

    monkeypatch.setattr(Reader, "rows_due", fails)
    monkeypatch.setattr(Reader, "subjects_due", fails)
    looks.tick()
    assert looks.report.failures
    assert looks.report.looked_at is None
