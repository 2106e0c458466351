"""What a first pass or a baseline kept from being told is listed by rule; a person tells it after all, or never."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.decisions.backlog import OBJECT, Drop, Tell
from notifier.model.notices import NoticeKind, NoticeState, ReasonCode
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.outbox.backlog import BacklogCount, BacklogEntry, backlog_counts, backlog_entries
from tests.support.deciding import a_person_decides
from tests.support.rig import FILES, NOW, Rig, ana, contract, open_rig, visit
from tests.tick.test_set_aside import WITH_HELD, held, load_baseline, told

RULES = "rules/visits.yaml"
HOUR = timedelta(hours=1)


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """A baseline was loaded: of two orders held and two visits, the moment of one visit is past and one lies ahead."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.reload({**FILES, RULES: WITH_HELD})
        rig.set(customer=[ana()], contract=[contract()])
        rig.tick()
        past, ahead = visit(id="A-2", starts_at=NOW + 40 * HOUR), visit(id="A-3", starts_at=NOW + 49 * HOUR)
        load_baseline(rig, order=[held(1), held(2)], appointment=[past, ahead])
        rig.tick()
        yield rig
        rig.dispatch()
        rig.tick()
        assert rig.tick(full=True).verdicts == {}


def entries(rig: Rig, rule: str) -> list[BacklogEntry]:
    with read_only(rig.database) as connection:
        return list(backlog_entries(connection, rule=rule, live=False))


def counts(rig: Rig) -> list[BacklogCount]:
    with read_only(rig.database) as connection:
        return list(backlog_counts(connection, live=False, now=rig.clock()))


def tell(rig: Rig, rule: str, *subjects: str) -> str:
    about = rig.ruleset.project.rules[rule].about
    decision = Tell(rule, subjects, live=False, about=about)
    return a_person_decides(rig.database, decision, reason="nobody told them", now=rig.clock()).sentence


def drop(rig: Rig, rule: str, *subjects: str) -> str:
    return a_person_decides(rig.database, Drop(rule, subjects, live=False), reason="by phone", now=rig.clock()).sentence


def test_it_is_counted_by_rule_with_its_cause_and_since_when(rig: Rig) -> None:
    assert counts(rig) == [
        BacklogCount(
            rule="order-held",
            kind=NoticeKind.NOTICE,
            cause=ReasonCode.BASELINE,
            count=2,
            over=0,
            first=NOW,
            last=NOW,
        ),
        BacklogCount(
            rule="visit-reminder",
            kind=NoticeKind.NOTICE,
            cause=ReasonCode.BASELINE,
            count=1,
            over=0,
            first=NOW,
            last=NOW,
        ),
    ]
    rig.clock.at = NOW + 38 * HOUR
    assert [each.over for each in counts(rig)] == [0, 1]


def test_what_lay_ahead_of_the_baseline_is_not_in_it_and_is_told_at_its_moment(rig: Rig) -> None:
    assert [entry.subject_id for entry in entries(rig, "visit-reminder")] == ["A-2"]
    rig.clock.at = NOW + HOUR
    rig.tick()
    assert told(rig) == [("visit-reminder", "A-3")]


def test_what_a_person_tells_the_next_tick_tells(rig: Rig) -> None:
    said = tell(rig, "order-held", "O-1")
    assert said == (
        "1 entry of rule order-held left the backlog; the next tick tells what is still true and still helps."
    )
    tell(rig, "visit-reminder")
    rig.tick()
    assert told(rig) == [("order-held", "O-1"), ("visit-reminder", "A-2")]
    assert [entry.subject_id for entry in entries(rig, "order-held")] == ["O-2"]
    assert entries(rig, "visit-reminder") == []


def test_what_is_told_too_late_is_not_told(rig: Rig) -> None:
    rig.clock.at = NOW + 38 * HOUR
    tell(rig, "visit-reminder")
    rig.tick()
    assert ("visit-reminder", "A-2") not in told(rig)


def test_what_a_person_drops_is_never_told_also_when_it_is_true_again(rig: Rig) -> None:
    assert drop(rig, "order-held", "O-1") == "1 entry of rule order-held will never be told."
    drop(rig, "visit-reminder")
    for status in ("in_progress", "held"):
        rig.clock.forward(minutes=10)
        rig.set(order=[held(1, status=status), held(2, status=status)])
        rig.tick()
    assert told(rig) == [("order-held", "O-2")]
    assert entries(rig, "order-held") == entries(rig, "visit-reminder") == []
    assert {row.subject_id: row.state for row in rig.notices()}["A-2"] == NoticeState.CANCELLED


def test_each_decision_is_recorded_with_its_name_and_reason(rig: Rig) -> None:
    (visit_entry,), (first, _) = entries(rig, "visit-reminder"), entries(rig, "order-held")
    tell(rig, "visit-reminder")
    drop(rig, "order-held", "O-1")
    with read_only(rig.database) as connection:
        (of_visit,) = interventions_on(connection, OBJECT, visit_entry.record_id)
        (of_order,) = interventions_on(connection, OBJECT, first.record_id)
    assert (of_visit.actor, of_visit.verb, of_visit.reason) == ("marta", "tell", "nobody told them")
    assert (of_order.actor, of_order.verb, of_order.reason) == ("marta", "drop", "by phone")


def test_what_is_not_there_or_not_in_force_is_refused_and_nothing_is_changed(rig: Rig) -> None:
    with pytest.raises(RefusedError, match="the backlog of rule order-held has no O-9; did you mean"):
        tell(rig, "order-held", "O-1", "O-9")
    with pytest.raises(RefusedError, match="there is no rule order-helt; did you mean 'order-held'"):
        drop(rig, "order-helt")
    decision = Tell("order-held", live=False, about=None)
    with pytest.raises(RefusedError, match="rule order-held is not in force"):
        a_person_decides(rig.database, decision, reason="x", now=rig.clock())
    assert len(entries(rig, "order-held")) == 2


def test_a_first_pass_keeps_what_was_true_before_it(rig: Rig) -> None:
    renamed = WITH_HELD.replace("rule: order-held", "rule: held-order")
    rig.reload({RULES: renamed})
    rig.tick()
    assert {(entry.cause, entry.kind) for entry in entries(rig, "held-order")} == {
        (ReasonCode.BACKLOG, NoticeKind.NOTICE)
    }
    tell(rig, "held-order", "O-2")
    rig.tick()
    assert told(rig) == [("held-order", "O-2")]
