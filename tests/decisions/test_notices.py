"""What people decide about notices: recorded with name and reason, refused where it makes no sense."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.decision import Decided
from notifier.decisions.notices import Approve, ApproveAll, Cancel, OfOneNotice, Release
from notifier.model.digests import approval_digest
from notifier.model.notices import NoticeState, Reason, ReasonCode
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.reader import Reader
from tests.decisions.support import LATER, decide, only, write
from tests.support.drafts import NOW, draft, messages, verdict
from tests.support.leases import lease_due

LIMIT = verdict(NoticeState.HELD, reason=Reason(code=ReasonCode.LIMIT, text="501 recipients"), contradictions=())


def reference_of(done: Decided[sa.Row[Any]]) -> str:
    """Of the one notice that was decided about."""
    (found,) = done.objects
    return str(found.reference)


def test_an_approval_is_bound_to_the_rule_and_the_claims(engine: sa.Engine) -> None:
    held = draft(verdict=LIMIT, messages=())
    write(engine, held)
    done = decide(engine, Approve(held.reference))
    assert (reference_of(done), done.objects) == (held.reference, [only(engine)])
    assert done.sentence == f"{held.reference} is approved; the next tick sends it."
    row = only(engine)
    assert row.approved_digest == approval_digest(held.rule_digest, held.claims_digest)
    assert (row.state, row.version, row.changed_at) == ("held", 1, LATER)


def test_what_a_person_decided_is_looked_at_by_the_next_tick(engine: sa.Engine) -> None:
    write(
        engine, draft("A-1", verdict=LIMIT, messages=()), draft("A-2", NoticeState.HELD), draft("A-3", NoticeState.HELD)
    )
    decide(engine, Approve(draft("A-1").reference))
    decide(engine, Release(draft("A-2").reference))
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        assert reader.subjects_due("reminder", LATER, NOW) == {"A-1", "A-2"}
        known = reader.notices("reminder", ["A-2", "A-3"])
    assert {each.subject_id: each.released for each in known} == {"A-2": True, "A-3": False}


def test_a_whole_batch_is_approved_at_once(engine: sa.Engine) -> None:
    write(engine, *(draft(f"A-{n}", verdict=LIMIT, messages=()) for n in range(3)), draft("A-9", NoticeState.HELD))
    done = decide(engine, ApproveAll("reminder", live=False), reason="it is right")
    assert sorted(row.reference for row in done.objects) == sorted(draft(f"A-{n}").reference for n in range(3))
    assert done.sentence == "3 notices are approved; the next tick sends them."
    for rule, live, why in (
        ("other", False, "there is no rule other; see notifier rules list"),
        ("reminder", True, "no notice of rule reminder waits"),
    ):
        with pytest.raises(RefusedError, match=why):
            decide(engine, ApproveAll(rule, live=live), reason="it is right")


def test_a_batch_of_one_is_a_notice(engine: sa.Engine) -> None:
    write(engine, draft(verdict=LIMIT, messages=()))
    done = decide(engine, ApproveAll("reminder", live=False))
    assert done.sentence == f"{draft().reference} is approved; the next tick sends it."


def test_a_cancelled_notice_is_never_told_and_its_messages_go_with_it(engine: sa.Engine) -> None:
    write(engine, replace(draft(), verdict=replace(draft().verdict, gate="quiet_hours")))
    decide(engine, Cancel(draft().reference))
    row = only(engine)
    assert (row.state, row.spent, row.reason_code) == ("cancelled", True, "person")
    assert (row.reason, row.gate) == ("cancelled by Luz: she called", None)
    with read_only(engine) as connection:
        assert {message.state for message in messages(connection)} == {"cancelled"}


def test_every_decision_leaves_an_append_only_record(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.HELD))
    decide(engine, Release(draft().reference))
    a_minute_later = LATER + timedelta(minutes=1)
    decide(engine, Cancel(draft().reference), reason="too late", now=a_minute_later)
    with read_only(engine) as connection:
        recorded = interventions_on(connection, "notice", only(engine).id)
    assert [(row.actor, row.verb, row.reason, row.at) for row in recorded] == [
        ("Luz", "release", "she called", LATER),
        ("Luz", "cancel", "too late", a_minute_later),
    ]


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "without hyphen", "id"])
def test_a_notice_is_found_however_its_reference_was_heard(engine: sa.Engine, typed: str) -> None:
    write(engine, draft(state=NoticeState.HELD))
    reference = draft().reference
    spoken = {"lower": reference.lower(), "without hyphen": reference.replace("-", " "), "id": only(engine).id}
    done = decide(engine, Release(spoken.get(typed, typed.format(reference))))
    assert reference_of(done) == reference


@pytest.mark.parametrize(
    ("state", "what", "why"),
    [
        (NoticeState.READY, Approve, "only a notice that waits for an approval can be approved"),
        (NoticeState.HELD, Approve, "only a notice that waits for an approval can be approved"),
        (NoticeState.DEFERRED, Release, "only a notice that is held by a contradiction can be released"),
        (NoticeState.EXPIRED, Cancel, "only a notice that has not been told can be cancelled"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    engine: sa.Engine, state: NoticeState, what: type[OfOneNotice], why: str
) -> None:
    write(engine, draft(state=state))
    before = only(engine)
    with pytest.raises(RefusedError, match=why):
        decide(engine, what(draft().reference))
    assert only(engine) == before


@pytest.mark.parametrize(("by", "reason", "why"), [(" ", "she called", "who you are"), ("Luz", "", "say why")])
def test_a_decision_needs_a_name_and_a_reason(engine: sa.Engine, by: str, reason: str, why: str) -> None:
    write(engine, draft())
    with pytest.raises(RefusedError, match=why):
        decide(engine, Cancel(draft().reference), by=by, reason=reason)
    assert only(engine).state == "ready"


def test_a_notice_that_is_being_handed_over_cannot_be_cancelled(engine: sa.Engine) -> None:
    write(engine, draft())
    with engine.begin() as connection:
        lease_due(connection, now=NOW, live=False, limit=1)
    with pytest.raises(RefusedError, match="one of its messages is being handed over"):
        decide(engine, Cancel(draft().reference))


def test_a_reference_nobody_gave_out_is_said_so(engine: sa.Engine) -> None:
    with pytest.raises(RefusedError, match="there is no notice 00000-00000; see notifier notices list"):
        decide(engine, Cancel("00000-00000"))
