"""What can be said without asking anybody: each finding with what to do, and wrong only where something fails."""

from datetime import timedelta

import pytest

from notifier.doctor import here
from notifier.doctor.findings import Finding, Level
from notifier.doctor.whatsapp import whatsapp_finding
from notifier.model.problems import Place, Problem
from notifier.model.types import ChannelName
from notifier.rules.checked import ApprovedText
from notifier.store.condition import Condition
from notifier.store.figures import Figures
from notifier.store.outbox.queue import Waiting
from tests.support.people import NOW

APPROVED = ApprovedText(template="visit", locale="es", body="{{1}}", content_sid="HX1")
WAITS = ApprovedText(template="visit", locale="en", body="{{1}}", content_sid=None)
PROBLEM = Problem(Place("rules/x.yaml", 3, 4), "unknown key 'wen'")
SQLITE = Condition(name="SQLite 3.40", keeps_readers_going=True, clock=None, free_connections=None)
SERVER = Condition(name="PostgreSQL 15", keeps_readers_going=True, clock=NOW, free_connections=90)
QUIET = Figures(
    queues={}, halted=frozenset(), contradictions={}, set_aside=0, unmatched=0, last_pass=NOW - timedelta(minutes=1)
)


def backlog(minutes: float) -> Figures:
    waits = Waiting(count=7, since=NOW - timedelta(minutes=minutes))
    return Figures(**(vars(QUIET) | {"queues": {ChannelName.SMS: waits}}))


@pytest.mark.parametrize(
    ("finding", "level", "words"),
    [
        (here.rules_finding(2, ()), Level.FINE, "2 rules without an error"),
        (here.rules_finding(0, ()), Level.DOUBTFUL, "nobody is told anything"),
        (here.rules_finding(2, (PROBLEM,)), Level.WRONG, "rules/x.yaml:3:4"),
        (whatsapp_finding([APPROVED], sends=False), Level.DOUBTFUL, "there is no sender"),
        (
            whatsapp_finding([APPROVED, WAITS], sends=True),
            Level.DOUBTFUL,
            "1 of 2 texts that were handed in are approved",
        ),
        (whatsapp_finding([APPROVED], sends=True), Level.FINE, "1 text is approved"),
        (here._database(SQLITE), Level.FINE, "SQLite 3.40 in WAL mode"),
        (here._database(SERVER), Level.FINE, "PostgreSQL 15 takes 90 more connections"),
        (here._database(Condition(**(vars(SQLITE) | {"keeps_readers_going": False}))), Level.WRONG, "WAL"),
        (here._database(Condition(**(vars(SQLITE) | {"is_in_memory": True}))), Level.DOUBTFUL, "none yet"),
        (here._database(Condition(**(vars(SERVER) | {"free_connections": 2}))), Level.DOUBTFUL, "2 more"),
        (here._clock(SQLITE, NOW), Level.FINE, "this machine's"),
        (here._clock(SERVER, NOW + timedelta(seconds=1)), Level.FINE, "1.0 s"),
        (here._clock(SERVER, NOW + timedelta(hours=1)), Level.WRONG, "3600.0 s"),
        (here._backlog(QUIET, NOW), Level.FINE, "nothing waits"),
        (here._backlog(backlog(1), NOW), Level.FINE, "7 messages are due"),
        (here._backlog(backlog(60), NOW), Level.WRONG, "for 3600 s"),
        (here._backlog(Figures(**(vars(QUIET) | {"halted": {ChannelName.SMS}})), NOW), Level.WRONG, "sms is halted"),
        (here._last_pass(QUIET, NOW, timedelta(minutes=1)), Level.FINE, "60 s ago"),
        (here._last_pass(QUIET, NOW, timedelta(seconds=1)), Level.DOUBTFUL, "60 s ago"),
        (here._last_pass(Figures(**(vars(QUIET) | {"last_pass": None})), NOW, timedelta(1)), Level.DOUBTFUL, "never"),
    ],
)
def test_each_says_what_is_so_and_what_to_do(finding: Finding, level: Level, words: str) -> None:
    assert finding.level is level
    assert words in finding.what
    assert (finding.remedy is None) == (level is Level.FINE)


def test_settings_that_are_not_whole_are_wrong_and_doubts_are_doubts() -> None:
    found = list(here.settings_finding((PROBLEM,), (PROBLEM,), live=True))
    assert [finding.level for finding in found] == [Level.WRONG, Level.DOUBTFUL]
    assert here.is_wrong(found)
    assert not here.is_wrong(list(here.settings_finding((), (), live=False)))
