"""Those who hear a version of a rule first, who waits for them, and what stops it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.notices import Approve, ApproveAll
from notifier.delivery.outcomes import OtherChannel
from notifier.model.reading import HeardFirst
from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.canary import FirstToHear, rank
from notifier.rules.checked_rules import STOP_ABOVE, STOP_AT, Canary, Stops
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError
from notifier.store.reader import Reader
from tests.meaning.street import in_force, play, rule, states
from tests.planning.builders import NOW as AT
from tests.planning.builders import RULE
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, visit
from tests.support.scripted import ScriptedChannel

HALF_AN_HOUR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
PEOPLE = [f"C-{number}" for number in range(1, 7)]
CANARY = Canary(first=50, then_wait=HALF_AN_HOUR)


def canary(**changes: Any) -> dict[str, Any]:
    """A reminder of which two customers hear first."""
    return rule(limits={"first": 2, "then_wait": "30m", **changes})


def decides(rig: Rig, decision: Any, by: str = "marta") -> str:
    """What a person is told who decides this now."""
    return a_person_decides(rig.database, decision, by=by, reason="looked at it", now=rig.clock()).sentence


def six(rig: Rig) -> None:
    """Six customers, each with a visit."""
    numbers = range(1, len(PEOPLE) + 1)
    rig.set(
        customer=[ana(id=f"C-{n}", phone=f"+57310555010{n}", email=f"c{n}@example.com") for n in numbers],
        appointment=[visit(id=f"A-{n}", customer_id=f"C-{n}", contract_id=None) for n in numbers],
    )


def reasons(rig: Rig) -> list[tuple[str, str]]:
    """State and reason code of each notice, by customer."""
    rows = sorted((row for row in rig.notices() if row.kind != "alert"), key=lambda row: row.recipient_id)
    return [(row.state, row.reason_code) for row in rows]


def first_two(rig: Rig) -> list[str]:
    """Whom the hash of the version puts first."""
    digest = rig.ruleset.project.rules["visit-reminder"].digest
    return sorted(sorted(PEOPLE, key=lambda customer: rank(digest, customer))[:2])


def test_the_first_go_and_the_others_wait_with_the_reason_until_the_wait_is_over(rig: Rig) -> None:
    in_force(rig, canary())
    six(rig)
    sent = play(rig, NOW)
    assert sorted(each.to for each in sent) == first_two(rig)
    assert sorted(reasons(rig)) == [("deferred", "canary")] * 4 + [("told", "due")] * 2
    (waiting,) = {row.reason for row in rig.notices() if row.state == "deferred"}
    assert waiting.startswith("waits until ")
    assert waiting.endswith("for what becomes of the first 2 who hear this version")
    assert play(rig, NOW + 29 * MINUTE) == []
    assert len(play(rig, NOW + 31 * MINUTE)) == 4


def test_a_second_try_of_the_same_version_meets_the_same_people(rig: Rig) -> None:
    in_force(rig, canary())
    six(rig)
    rig.clock.at = NOW
    rig.tick()
    rig.tick(full=True)
    ready = sorted(row.recipient_id for row in rig.notices() if row.state == "ready")
    assert ready == first_two(rig)


def test_whoever_comes_while_there_are_fewer_is_one_of_the_first(rig: Rig) -> None:
    in_force(rig, rule(limits={"first": 2, "then_wait": "30m"}))
    numbers = range(1, 4)
    rig.set(customer=[ana(id=f"C-{n}", phone=f"+57310555010{n}", email=f"c{n}@example.com") for n in numbers])
    for number, told in zip(numbers, (1, 1, 0), strict=True):
        at = NOW + number * MINUTE
        found = visit(id=f"A-{number}", customer_id=f"C-{number}", contract_id=None)
        assert len(play(rig, at, appointment=[found])) == told
    (waiting,) = [row for row in rig.notices() if row.state == "deferred"]
    assert waiting.deferred_until.replace(tzinfo=NOW.tzinfo) == NOW + 2 * MINUTE + HALF_AN_HOUR


def test_who_comes_later_hears_at_once_when_the_wait_is_over(rig: Rig) -> None:
    in_force(rig, canary())
    six(rig)
    play(rig, NOW)
    play(rig, NOW + 31 * MINUTE)
    (sent,) = play(rig, NOW + 32 * MINUTE, appointment=[visit(id="A-9", customer_id="C-1", contract_id=None)])
    assert sent.to == "C-1"


def test_failures_of_the_first_stop_it_and_the_owner_hears(rig: Rig) -> None:
    in_force(rig, canary(stop_at={"failures": 1}) | {"channels": ["sms"]})
    six(rig)
    rig.play(ChannelName.SMS, ScriptedChannel(*[OtherChannel(reason="no such number")] * 2))
    play(rig, NOW)
    assert play(rig, NOW + 31 * MINUTE) == []
    held = [row for row in rig.notices() if row.state == "held"]
    assert {row.reason_code for row in held} == {"canary_stopped"}
    assert len(held) == 4
    assert {row.reason for row in held} == {
        "2 of the first 2 (95 %: 34 to 100 %) did not get it, and 1 stop it; a person must approve"
    }
    assert [row.owner for row in rig.notices() if row.kind == "alert" and "approve" in row.reason]


def stopped(rig: Rig) -> None:
    """Both of the first asked for no more."""
    with rig.database.begin() as connection:
        for number in range(1, 7):
            connection.exec_driver_sql(
                "INSERT INTO consent_entry (at, channel, address, class, word, source, by, reason, blocked) VALUES "
                f"((SELECT max(told_at) FROM notice), 'sms', '+57310555010{number}', 'marketing', 'out', 'reply', "
                "'them', 'STOP', 0)"
            )


def test_opt_outs_stop_it_and_a_person_lets_the_rest_go(rig: Rig) -> None:
    in_force(rig, canary())
    six(rig)
    play(rig, NOW)
    stopped(rig)
    assert play(rig, NOW + 31 * MINUTE) == []
    assert sorted(states(rig)) == [("notice", "held")] * 4 + [("notice", "told")] * 2
    decides(rig, ApproveAll("visit-reminder", False, rig.ruleset.project.rules))
    assert len(play(rig, NOW + 32 * MINUTE)) == 4


def test_replies_count_and_a_yes_that_was_asked_for_does_not(rig: Rig) -> None:
    in_force(rig, canary(stop_at={"replies": 2}))
    six(rig)
    play(rig, NOW)
    first = [row for row in rig.notices() if row.state == "told"]
    wrote = (
        "INSERT INTO reply (id, at, channel, address, live, notice_id, meaning, confirmed, answered) "
        "VALUES (:id, (SELECT max(told_at) FROM notice), 'sms', '+57', 0, :notice, 'other', :yes, 0)"
    )
    answers = [{"id": f"sms:{row.id}", "notice": row.id, "yes": True} for row in first]
    with rig.database.begin() as connection:
        connection.execute(sa.text(wrote), answers)
    assert why_waits(rig).replies == ()
    with rig.database.begin() as connection:
        connection.execute(sa.text("UPDATE reply SET confirmed = :no"), {"no": False})
    assert len(why_waits(rig).replies) == 2
    assert play(rig, NOW + 31 * MINUTE) == []


def why_waits(rig: Rig) -> HeardFirst:
    """What became of the first."""
    digest = rig.ruleset.project.rules["visit-reminder"].digest
    with read_only(rig.database) as connection:
        return Reader(connection, live=False).heard_first("visit-reminder", digest)


def test_who_approved_before_it_stopped_did_not_approve_of_that(rig: Rig) -> None:
    in_force(rig, canary(recipients=1))
    six(rig)
    play(rig, NOW)
    decides(rig, ApproveAll("visit-reminder", False, rig.ruleset.project.rules))
    assert len(play(rig, NOW + MINUTE)) == 2
    stopped(rig)
    assert play(rig, NOW + 33 * MINUTE) == []
    assert [code for state, code in reasons(rig) if state == "held"] == ["canary_stopped"] * 4


def test_nobody_gets_the_old_and_the_new_text(rig: Rig) -> None:
    in_force(rig, rule())
    six(rig)
    rig.clock.at = NOW
    rig.tick()  # all wait in the queue with the old words
    in_force(rig, canary(), files={"templates/visit/email.en.subject.j2": "We come soon\n"})
    rig.dispatch()
    rig.tick()
    rig.dispatch()
    play(rig, NOW + 31 * MINUTE)
    told = [row for row in rig.messages() if row.channel == "email" and row.accepted_at is not None]
    assert len(told) == 6
    assert {row.subject for row in told} == {"We come soon"}


def test_what_corrects_waits_for_nobody(rig: Rig) -> None:
    in_force(rig, rule())
    six(rig)
    play(rig, NOW)
    in_force(rig, canary())
    moved = visit(id="A-1", customer_id="C-1", contract_id=None, starts_at=NOW + timedelta(hours=47))
    (sent,) = play(rig, NOW + MINUTE, appointment=[moved])
    assert sent.kind == "correction"


# What stops it


def heard(**changes: Any) -> HeardFirst:
    people = changes.pop("people", 50)
    recipients = frozenset(f"C-{number}" for number in range(people))
    return HeardFirst(**{"recipients": recipients, "told": people, "last_told_at": AT, **changes})


def why_stopped(found: HeardFirst, notice_class: NoticeClass = NoticeClass.SERVICE, **canary: Any) -> str | None:
    of = replace(CANARY, **canary)
    subject = replace(RULE, notice_class=notice_class)
    return FirstToHear(subject, of, found, AT + timedelta(hours=1)).stopped


@pytest.mark.parametrize("kind", ["failures", "opt_outs", "replies"])
def test_fewer_than_the_number_stop_nothing(kind: str) -> None:
    most = int(getattr(STOP_AT, kind))
    assert why_stopped(heard(**{kind: (AT,) * (most - 1)})) is None
    assert why_stopped(heard(**{kind: (AT,) * most})) is not None


def test_a_share_counts_from_two_hundred_on_with_its_interval() -> None:
    assert why_stopped(heard(people=200, failures=(AT,) * 8), first=200) is None
    assert why_stopped(heard(people=200, failures=(AT,) * 9), first=200) == (
        "9 of the first 200 (95 %: 2 to 8 %) did not get it, and more than 4 % stop it; a person must approve"
    )
    assert why_stopped(heard(people=199, failures=(AT,) * 3), first=199) is not None


def test_safety_stops_by_the_number_however_many_there_are() -> None:
    assert why_stopped(heard(people=400, failures=(AT,) * 3), NoticeClass.SAFETY, first=400) is not None
    assert why_stopped(heard(people=400, failures=(AT,) * 3), first=400) is None


def test_what_happens_after_the_wait_counts_no_more() -> None:
    late = (AT + timedelta(minutes=31),) * 9
    assert why_stopped(heard(failures=late)) is None


def test_a_rule_may_set_its_own_numbers() -> None:
    own = Stops(failures=STOP_AT.failures + 5, opt_outs=STOP_AT.opt_outs, replies=STOP_AT.replies)
    assert why_stopped(heard(failures=(AT,) * 3), stop_at=own) is None
    assert STOP_ABOVE.replies > STOP_ABOVE.failures


# Two people


@pytest.fixture
def two(rig: Rig) -> Rig:
    """A reminder that two people must approve."""
    in_force(rig, rule(approval="two"))
    rig.set(appointment=[visit()])
    return rig


def approve(rig: Rig, by: str) -> str:
    (row,) = [row for row in rig.notices() if row.kind == "notice"]
    return decides(rig, Approve(row.reference, {"visit-reminder": 2}), by)


def test_nothing_goes_before_two_people_approved_it(two: Rig) -> None:
    assert play(two, NOW) == []
    assert reasons(two) == [("held", "approval")]
    assert "approved once; a second person must approve" in approve(two, "marta")
    assert play(two, NOW + MINUTE) == []
    assert approve(two, "luis").endswith("is approved; the next tick sends it.")
    assert len(play(two, NOW + 2 * MINUTE)) == 1


def test_the_same_person_twice_is_refused_however_they_write_it(two: Rig) -> None:
    play(two, NOW)
    approve(two, "marta")
    with pytest.raises(RefusedError, match="the other one must be somebody else"):
        approve(two, " Marta ")
    assert play(two, NOW + MINUTE) == []


def test_what_is_approved_is_just_these_words(two: Rig) -> None:
    play(two, NOW)
    approve(two, "marta")
    approve(two, "luis")
    moved = visit(starts_at=NOW + timedelta(hours=47))
    assert play(two, NOW + MINUTE, appointment=[moved]) == []
    open_ = [row for row in two.notices() if row.state == "held"]
    assert [row.reason_code for row in open_] == ["approval"]


def test_a_class_may_ask_for_it_in_the_policy(rig: Rig) -> None:
    in_force(rig, rule(), files={"rules/policy.yaml": "approval: { service: one }\n"})
    assert play(rig, NOW, appointment=[visit()]) == []
    decides(rig, ApproveAll("visit-reminder", False, rig.ruleset.project.rules))
    assert len(play(rig, NOW + MINUTE)) == 1
