"""What people decide about notices: recorded with name and reason, refused where it makes no sense."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeFilter, records
from notifier.decisions import notices
from notifier.model.digests import approval_digest
from notifier.model.notices import NoticeState, Reason, ReasonCode
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.outbox import completion
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from tests.support.drafts import NOW, batch, draft, mail, messages, verdict
from tests.support.drafts import notices as rows
from tests.support.leases import lease_due

LATER = NOW + timedelta(minutes=10)
LIMIT = verdict(NoticeState.HELD, reason=Reason(code=ReasonCode.LIMIT, text="501 recipients"), contradictions=())


def write(engine: sa.Engine, *drafts: object) -> None:
    with engine.begin() as connection:
        commit(connection, batch(*drafts), now=NOW, live=False)  # type: ignore[arg-type]  # a test's shorthand


def decide(
    engine: sa.Engine,
    what: Callable[..., str],
    reference: str,
    *,
    by: str = "Luz",
    reason: str = "she called",
    now: datetime = LATER,
) -> str:
    with engine.begin() as connection:
        return what(connection, reference, by=by, reason=reason, now=now)


def only(engine: sa.Engine) -> sa.Row[object]:
    with read_only(engine) as connection:
        (row,) = rows(connection)
    return row


def test_an_approval_is_bound_to_the_rule_and_the_claims(engine: sa.Engine) -> None:
    held = draft(verdict=LIMIT, messages=())
    write(engine, held)
    assert decide(engine, notices.approve, held.reference) == held.reference
    row = only(engine)
    assert row.approved_digest == approval_digest(held.rule_digest, held.claims_digest)
    assert (row.state, row.version, row.changed_at) == ("held", 1, LATER)


def test_what_a_person_decided_is_looked_at_by_the_next_tick(engine: sa.Engine) -> None:
    write(
        engine, draft("A-1", verdict=LIMIT, messages=()), draft("A-2", NoticeState.HELD), draft("A-3", NoticeState.HELD)
    )
    decide(engine, notices.approve, draft("A-1").reference)
    decide(engine, notices.release, draft("A-2").reference)
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        assert reader.subjects_due("reminder", LATER, NOW) == {"A-1", "A-2"}
        known = reader.notices("reminder", ["A-2", "A-3"])
    assert {each.subject_id: each.released for each in known} == {"A-2": True, "A-3": False}


def test_a_whole_batch_is_approved_at_once(engine: sa.Engine) -> None:
    write(engine, *(draft(f"A-{n}", verdict=LIMIT, messages=()) for n in range(3)), draft("A-9", NoticeState.HELD))
    with engine.begin() as connection:
        done = notices.approve_all(connection, "reminder", live=False, by="Luz", reason="it is right", now=LATER)
    assert sorted(done) == sorted(draft(f"A-{n}").reference for n in range(3))
    with engine.begin() as connection, pytest.raises(RefusedError, match="no notice of rule other waits"):
        notices.approve_all(connection, "other", live=False, by="Luz", reason="it is right", now=LATER)


def test_a_cancelled_notice_is_never_told_and_its_messages_go_with_it(engine: sa.Engine) -> None:
    write(engine, draft())
    decide(engine, notices.cancel, draft().reference)
    row = only(engine)
    assert (row.state, row.spent, row.reason_code) == ("cancelled", True, "person")
    assert row.reason == "cancelled by Luz: she called"
    with read_only(engine) as connection:
        assert {message.state for message in messages(connection)} == {"cancelled"}


def test_every_decision_leaves_an_append_only_record(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.HELD))
    decide(engine, notices.release, draft().reference)
    a_minute_later = LATER + timedelta(minutes=1)
    decide(engine, notices.cancel, draft().reference, reason="too late", now=a_minute_later)
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
    assert decide(engine, notices.release, spoken.get(typed, typed.format(reference))) == reference


@pytest.mark.parametrize(
    ("state", "what", "why"),
    [
        (NoticeState.READY, notices.approve, "only a notice that is held by a limit can be approved"),
        (NoticeState.HELD, notices.approve, "only a notice that is held by a limit can be approved"),
        (NoticeState.DEFERRED, notices.release, "only a notice that is held by a contradiction can be released"),
        (NoticeState.EXPIRED, notices.cancel, "only a notice that was not told yet can be cancelled"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    engine: sa.Engine, state: NoticeState, what: Callable[..., str], why: str
) -> None:
    write(engine, draft(state=state))
    before = only(engine)
    with pytest.raises(RefusedError, match=why):
        decide(engine, what, draft().reference)
    assert only(engine) == before


@pytest.mark.parametrize(("by", "reason", "why"), [(" ", "she called", "who you are"), ("Luz", "", "say why")])
def test_a_decision_needs_a_name_and_a_reason(engine: sa.Engine, by: str, reason: str, why: str) -> None:
    write(engine, draft())
    with pytest.raises(RefusedError, match=why):
        decide(engine, notices.cancel, draft().reference, by=by, reason=reason)
    assert only(engine).state == "ready"


def test_a_notice_that_is_being_handed_over_cannot_be_cancelled(engine: sa.Engine) -> None:
    write(engine, draft())
    with engine.begin() as connection:
        lease_due(connection, now=NOW, live=False, limit=1)
    with pytest.raises(RefusedError, match="a message of it is being handed over"):
        decide(engine, notices.cancel, draft().reference)


def test_a_reference_nobody_gave_out_is_said_so(engine: sa.Engine) -> None:
    with pytest.raises(RefusedError, match="there is no notice 00000-00000; see notifier notices list"):
        decide(engine, notices.cancel, "00000-00000")


# -- messages of unknown fate ------------------------------------------------------------------------------------------


def lose_the_answer(engine: sa.Engine, *channels: ChannelName) -> None:
    """Every queued message is handed over; on these channels the answer is lost, on the others it was accepted."""
    with engine.begin() as connection:
        for message in lease_due(connection, now=NOW):
            if message.channel in channels:
                completion.record_unknown(connection, message, reason="no answer", ask_at=LATER, now=NOW)
            else:
                completion.record_accepted(connection, message, provider="sandbox", provider_id=message.id, now=NOW)


def standing(engine: sa.Engine) -> tuple[str, dict[str, str]]:
    """The state of the one notice, and of its message on each channel."""
    with read_only(engine) as connection:
        return only(engine).state, {row.channel: row.state for row in messages(connection)}


def test_what_a_person_says_arrived_is_told(engine: sa.Engine) -> None:
    write(engine, draft(messages=(mail(),)))
    lose_the_answer(engine, ChannelName.EMAIL)
    done = decide(engine, partial(notices.arrived, channel=None), draft().reference)
    assert (done, standing(engine)) == (draft().reference, ("told", {"email": "accepted"}))
    assert (only(engine).told_at, only(engine).spent) == (LATER, True)
    with read_only(engine) as connection:
        (row,) = interventions_on(connection, "notice", only(engine).id)
        (message,) = messages(connection)
    assert (row.actor, row.verb, row.reason) == ("Luz", "say that the email arrived", "she called")
    assert message.provider == "person"


def test_what_a_person_sends_again_is_queued_at_once(engine: sa.Engine) -> None:
    write(engine, draft(messages=(mail(),)))
    lose_the_answer(engine, ChannelName.EMAIL)
    with engine.begin() as connection:
        done = notices.resend(connection, draft().reference, channel=None, by="Luz", reason="she has none", now=LATER)
        assert len(lease_due(connection, now=LATER)) == 1
    assert done == (draft().reference, True)
    with read_only(engine) as connection:
        (message,) = messages(connection)
        (row,) = interventions_on(connection, "notice", only(engine).id)
    assert (message.attempts, message.error) == (2, "sent again by Luz: she has none")
    assert row.verb == "send the email again"


def test_what_is_sent_again_too_late_is_left_to_the_next_tick(engine: sa.Engine) -> None:
    write(engine, draft(messages=(mail(),), until=LATER))
    lose_the_answer(engine, ChannelName.EMAIL)
    with engine.begin() as connection:
        done = notices.resend(connection, draft().reference, channel=None, by="Luz", reason="she has none", now=LATER)
    assert done == (draft().reference, False)
    assert standing(engine) == ("deferred", {"email": "failed"})


def test_where_both_channels_are_unknown_a_person_says_which(engine: sa.Engine) -> None:
    write(engine, draft())
    lose_the_answer(engine, *ChannelName)
    reference = draft().reference
    with pytest.raises(RefusedError, match="of unknown fate on email and sms; say which: --channel NAME"):
        decide(engine, partial(notices.arrived, channel=None), reference)
    decide(engine, partial(notices.arrived, channel=ChannelName.SMS), reference)
    assert standing(engine) == ("told", {"sms": "accepted", "email": "unknown"})
    decide(engine, partial(notices.arrived, channel=None), reference)
    assert standing(engine) == ("told", {"sms": "accepted", "email": "accepted"})


def test_only_what_is_of_unknown_fate_can_be_ended_like_that(engine: sa.Engine) -> None:
    write(engine, draft())
    lose_the_answer(engine, ChannelName.EMAIL)
    before = standing(engine)
    decisions: list[Callable[..., Any]] = [notices.arrived, notices.resend]
    for what in decisions:
        with pytest.raises(
            RefusedError, match=r"is told .*, and its sms is accepted, its email is unknown; this is for"
        ):
            decide(engine, partial(what, channel=ChannelName.SMS), draft().reference)
        with pytest.raises(RefusedError, match="say who you are"):
            decide(engine, partial(what, channel=None), draft().reference, by=" ")
    assert standing(engine) == before


def test_a_held_notice_has_nothing_that_could_have_arrived(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.HELD, messages=()))
    with pytest.raises(RefusedError, match="and it has no messages; this is for messages of which nobody can say"):
        decide(engine, partial(notices.arrived, channel=None), draft().reference)


def test_people_find_what_is_of_unknown_fate(engine: sa.Engine) -> None:
    write(engine, draft("A-1", messages=(mail(),)))
    lose_the_answer(engine, ChannelName.EMAIL)
    write(engine, draft("A-2"))
    directory = Directory(defaults=Defaults(), owners={})
    with read_only(engine) as connection:
        (found,) = records(connection, NoticeFilter(unknown=True), directory)
        assert len(records(connection, NoticeFilter(), directory)) == 2
    assert found.draft.subject_id == "A-1"
    assert [(each.message.channel, each.started_at) for each in found.unknown] == [(ChannelName.EMAIL, NOW)]
