"""What a daemon does once in a while: as often as the settings say, whoever asks and however often."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.drivers.regularly import DailyPages, PageMaker
from notifier.model.learning import LEARNING
from notifier.rules.expressions import Forecast
from notifier.store import regular_learning
from notifier.store.database import open_engine
from notifier.store.learning import computed, learnings, taught
from notifier.store.regular_learning import learn_due
from tests.evaluation.state import SCHEMA

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""07:00 in Bogotá."""
DAY, WEEK, HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)
PAGE = '<!doctype html><meta name="generator" content="notifier report promises">'


class TestLearning:
    def learn(self, engine: sa.Engine, now: datetime) -> int:
        return len(learn_due(engine, SCHEMA, self.forecast(), now=now, every=WEEK))

    @staticmethod
    def forecast() -> Sequence[tuple[Forecast, tuple[int, ...]]]:
        return taught(SCHEMA, [])[:1]

    def test_it_is_done_anew_after_its_time_whatever_was_learned_by_hand_and_once(
        self, migrated_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = open_engine(migrated_url)
        assert self.learn(engine, NOON) == 1
        assert self.learn(engine, NOON + WEEK - HOUR) == 0
        assert self.learn(engine, NOON - HOUR) == 0, "a clock that is behind learns nothing earlier"
        assert self.learn(engine, NOON + WEEK) == 1

        compute = computed

        def overtaken(*arguments: Any, **options: Any) -> Any:
            """Another process computes and writes the same meanwhile."""
            monkeypatch.setattr(regular_learning, "computed", compute)
            assert self.learn(engine, NOON + 2 * WEEK + HOUR) == 1
            return compute(*arguments, **options)

        monkeypatch.setattr(regular_learning, "computed", overtaken)
        assert self.learn(engine, NOON + 2 * WEEK) == 0
        with engine.connect() as connection:
            assert len(learnings(connection)) == 3
            in_force = sa.select(sa.func.count()).where(LEARNING.c.valid_until.is_(None))
            assert connection.execute(in_force).scalar_one() == 1
        engine.dispose()


class TestPages:
    def pages(self, folder: Path, now: datetime) -> DailyPages:
        return DailyPages(
            folder=folder,
            at=time(6),
            zone=ZoneInfo("America/Bogota"),
            clock=lambda: now,
            ruleset=lambda: SimpleNamespace(),  # type: ignore[arg-type,return-value]  # nobody reads it here
            pages=PageMaker(names=["promises.html"], make=lambda _, at: {"promises.html": f"{PAGE} {at:%d %H:%M}"}),
        )

    def test_they_are_written_by_the_first_look_after_six_of_each_day(self, tmp_path: Path) -> None:
        folder = tmp_path / "of" / "reports"
        said = []
        for later in (0 * HOUR, HOUR, 23 * HOUR - HOUR / 2, 23 * HOUR, 24 * HOUR):
            self.pages(folder, NOON + later).look()
            said.append((folder / "promises.html").read_text().removeprefix(PAGE).strip())
        assert said == ["02 12:00", "02 12:00", "02 12:00", "03 11:00", "03 11:00"]
        assert [each.name for each in folder.iterdir()] == ["promises.html"]

    def test_a_file_that_is_no_report_stays_and_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "promises.html").write_text("<h1>mine</h1>")
        os.utime(tmp_path / "promises.html", (0, 0))
        with capture_logs() as said:
            self.pages(tmp_path, NOON).look()
        assert (tmp_path / "promises.html").read_text() == "<h1>mine</h1>"
        assert said[0]["event"] == "reports.not_written"
        assert (
            said[0]["error"]
            == f"{tmp_path / 'promises.html'} is there already, and is no page of a report; move it away"
        )
