"""Drafts become notices and messages once, by compare-and-set, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from notifier.model.notices import MessageState, NoticeKind, NoticeState, ReasonCode
from notifier.model.reading import RuleState
from notifier.model.types import NoticeClass
from notifier.store.conflicts import ConflictError
from notifier.store.database import read_only
from notifier.store.outbox import completion
from notifier.store.outbox.commit import Committed, commit
from notifier.store.outbox.payloads import payload_of
from notifier.store.reader import Reader
from tests.support.drafts import NOW, again, batch, claims, draft, mail, messages, notices, sms, verdict
from tests.support.leases import lease_due

LATER = NOW + timedelta(minutes=10)


def write(engine: sa.Engine, *drafts: object, now: object = NOW, **changes: object) -> Committed:
    with engine.begin() as connection:
        return commit(connection, batch(*drafts, **changes), now=now, live=False)  # type: ignore[arg-type]  # a test's shorthand


def states(engine: sa.Engine) -> tuple[list[str], list[str]]:
    """The states of all notices and of all messages."""
    with read_only(engine) as connection:
        return [row.state for row in notices(connection)], [row.state for row in messages(connection)]


def test_a_ready_draft_becomes_a_notice_with_the_exact_bytes_of_its_messages(engine: sa.Engine) -> None:
    written = write(engine, draft())

    assert written == Committed(verdicts={NoticeState.READY: 1})
    with read_only(engine) as connection:
        (notice,) = notices(connection)
        email, text = messages(connection)
    assert (notice.state, notice.reason_code, notice.spent, notice.told_at) == ("ready", "due", False, None)
    assert notice.evidence == {"appointment.kind == 'installation'": True, "appointment.starts_at": NOW.isoformat()}
    assert (notice.rule_digest, notice.template_digest, notice.decided_at) == ("rule-1", "template-1", NOW)
    assert (payload_of(email), payload_of(text)) == (mail().payload, sms().payload)
    assert (email.content, text.content) == (mail().payload, None)  # the payload of an SMS is its text
    assert (email.state, text.state, text.address, text.segments) == ("queued", "queued", "+573001234567", 1)
    assert text.until_at == draft().until


def test_what_is_told_to_an_unknown_customer_keeps_the_id_that_the_rule_found(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.SUPPRESSED, recipient=None, recipient_id="C-404"))
    with read_only(engine) as connection:
        (notice,) = notices(connection)
    assert notice.recipient_id == "C-404"


def test_committing_a_batch_twice_changes_nothing(engine: sa.Engine) -> None:
    pass_again = [draft("A-1"), draft("A-2", NoticeState.HELD), draft("A-3", NoticeState.EXPIRED)]
    write(engine, *pass_again)
    with read_only(engine) as connection:
        before = (notices(connection), messages(connection))

    assert write(engine, *pass_again) == Committed()
    assert write(engine, *pass_again, now=LATER) == Committed()

    with read_only(engine) as connection:
        assert (notices(connection), messages(connection)) == before


def test_only_ready_notices_have_messages(engine: sa.Engine) -> None:
    write(engine, draft("A-1", NoticeState.HELD), draft("A-2", NoticeState.DEFERRED))
    assert states(engine) == (["held", "deferred"], [])


def test_an_expired_notice_is_recorded_and_spent_even_if_it_was_never_planned(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.EXPIRED))
    with read_only(engine) as connection:
        (notice,) = notices(connection)
    assert (notice.state, notice.spent, notice.reason_code) == ("expired", True, "missed")


def test_a_held_notice_gets_its_messages_when_it_becomes_ready(engine: sa.Engine) -> None:
    held = draft(state=NoticeState.HELD)
    write(engine, held)
    write(engine, again(held, NoticeState.READY, messages=(sms(), mail())), now=LATER)

    assert states(engine) == (["ready"], ["queued", "queued"])
    with read_only(engine) as connection:
        (notice,) = notices(connection)
    assert (notice.contradictions, notice.version, notice.changed_at, notice.decided_at) == ([], 1, LATER, NOW)


def test_changed_content_cancels_the_queued_messages_and_queues_new_ones(engine: sa.Engine) -> None:
    first = draft()
    write(engine, first)
    changed = replace(
        again(first, NoticeState.READY), claims=claims(17), content_digest="other", messages=(sms("a las 12"),)
    )
    write(engine, changed, now=LATER)

    assert states(engine) == (["ready"], ["cancelled", "cancelled", "queued"])
    with read_only(engine) as connection:
        assert messages(connection)[0].error == f"planned anew: {changed.verdict.reason.text}"
        assert messages(connection)[2].text == "a las 12"


def test_the_same_content_keeps_its_stored_bytes(engine: sa.Engine) -> None:
    first = draft()
    write(engine, first)
    rendered_later = again(first, NoticeState.READY, messages=(sms("the same, rendered at another time"),))
    longer = replace(rendered_later, until=LATER + timedelta(days=9))
    write(engine, longer, now=LATER)

    with read_only(engine) as connection:
        rows = messages(connection)
    assert [(row.state, row.text) for row in rows] == [("queued", mail().text), ("queued", sms().text)]
    assert {row.until_at for row in rows} == {longer.until}


def test_a_cancelled_notice_keeps_what_it_would_have_said_and_comes_back_when_it_is_true_again(
    engine: sa.Engine,
) -> None:
    first = draft()
    write(engine, first)
    bare = replace(again(first, NoticeState.CANCELLED), claims={}, evidence={}, content_digest="", at=None)
    write(engine, bare, now=LATER)
    with read_only(engine) as connection:
        (notice,) = notices(connection)
    assert states(engine) == (["cancelled"], ["cancelled", "cancelled"])
    assert (notice.spent, notice.at, len(notice.evidence), notice.content_digest) == (
        False,
        first.at,
        2,
        first.content_digest,
    )

    write(engine, again(first, NoticeState.READY, version=1), now=LATER + timedelta(hours=1))
    assert states(engine) == (["ready"], ["cancelled", "cancelled", "queued", "queued"])


def test_a_spent_notice_is_never_written_again(engine: sa.Engine) -> None:
    first = draft(spent=True, state=NoticeState.CANCELLED)
    write(engine, first)
    assert write(engine, again(first, NoticeState.READY)).conflicts == (first.occurrence,)
    assert states(engine) == (["cancelled"], [])


def test_a_verdict_made_from_an_older_version_loses(engine: sa.Engine) -> None:
    first = draft(state=NoticeState.HELD)
    write(engine, first)
    write(engine, again(first, NoticeState.SUPPRESSED), now=LATER)

    late = again(first, NoticeState.READY, version=0)
    assert write(engine, late, now=LATER).conflicts == (first.occurrence,)
    assert states(engine) == (["suppressed"], [])


def test_a_notice_is_left_alone_while_a_message_of_it_is_in_flight(engine: sa.Engine) -> None:
    first = draft()
    write(engine, first)
    with engine.begin() as connection:
        (leased, _) = lease_due(connection, now=NOW, live=False, limit=10)
    assert write(engine, again(first, NoticeState.CANCELLED)).conflicts == (first.occurrence,)

    with engine.begin() as connection:
        completion.record_unknown(connection, leased, reason="a time-out", ask_at=NOW, now=NOW)
    assert write(engine, again(first, NoticeState.CANCELLED)).conflicts == (first.occurrence,)
    assert states(engine)[0] == ["ready"]


def test_what_no_channel_took_is_queued_again_once_planning_finds_a_way(engine: sa.Engine) -> None:
    first = draft(messages=(sms(),))
    write(engine, first)
    with engine.begin() as connection:
        (leased,) = lease_due(connection, now=NOW, live=False, limit=10)
        completion.record_failed(connection, leased, reason="a landline", decision="OtherChannel", now=NOW)

    assert states(engine) == (["deferred"], ["failed"])
    write(engine, again(first, NoticeState.FAILED, version=1), now=LATER)
    assert states(engine) == (["failed"], ["failed"])

    new_number = again(first, NoticeState.READY, version=2, content_digest="other", messages=(sms(to="+573009999999"),))
    write(engine, new_number, now=LATER)
    assert states(engine) == (["ready"], ["failed", "queued"])


def test_a_correction_silences_what_is_still_queued_of_the_told_notice(engine: sa.Engine) -> None:
    first = draft()
    write(engine, first)
    with engine.begin() as connection:
        leased = lease_due(connection, now=NOW, live=False, limit=10)
        email, text = sorted(leased, key=lambda message: message.channel)
        completion.record_accepted(connection, text, provider="sandbox", provider_id="1", now=NOW)
        completion.give_back(connection, email, at=LATER, reason=None, now=NOW)
    correction = draft(
        occurrence=f"{first.occurrence}|correction 1",
        kind=NoticeKind.CORRECTION,
        corrects=first.occurrence,
        claims=claims(17),
        previous=claims(15),
        messages=(sms("a las 12"),),
    )
    write(engine, correction, now=LATER)

    assert sorted(states(engine)[1]) == ["accepted", "cancelled", "queued"]


def test_two_rules_with_one_reference_are_refused_as_a_whole_so_that_the_pass_is_repeated(engine: sa.Engine) -> None:
    write(engine, draft("A-1"))
    with pytest.raises(ConflictError, match="reference"):
        write(engine, draft("A-0"), draft("A-2", reference=draft("A-1").reference))
    assert states(engine)[0] == ["ready"]


def test_the_limits_are_passed_once_and_for_all(engine: sa.Engine) -> None:
    first = draft()
    write(engine, first)
    write(engine, again(first, NoticeState.READY, content_digest="other"), now=LATER)
    with read_only(engine) as connection:
        (notice,) = notices(connection)
    assert notice.passed_limits_at == NOW


def test_safety_comes_first_in_the_queue_and_no_end_comes_last(engine: sa.Engine) -> None:
    write(
        engine,
        draft("A-1", until=None, messages=(sms(to="+573000000001"),)),
        draft("A-2", messages=(sms(to="+573000000002"),)),
        draft("A-3", until=LATER, messages=(sms(to="+573000000003"),)),
        draft("A-4", notice_class=NoticeClass.SAFETY, until=None, messages=(sms(to="+573000000004"),)),
    )
    with engine.begin() as connection:
        leased = lease_due(connection, now=NOW, live=False, limit=10)
    assert [message.subject_id for message in leased] == ["A-4", "A-3", "A-2", "A-1"]


def test_the_watermark_travels_with_its_batch_and_a_failure_asks_for_a_full_pass(engine: sa.Engine) -> None:
    mark = RuleState(digest="rule-1", first_pass_at=NOW, evaluated_at=NOW, failed=None)
    write(engine, watermark=mark, definition={"follow_up": ["x -> y"]})
    with read_only(engine) as connection:
        assert Reader(connection, live=False).rule_states("rule") == {
            "reminder": replace(mark, definition={"follow_up": ["x -> y"]})
        }

    write(engine, failure="ValueError: broken")
    with read_only(engine) as connection:
        assert Reader(connection, live=False).rule_states("rule")["reminder"].failed == "ValueError: broken"

    write(engine, watermark=replace(mark, evaluated_at=LATER))
    with read_only(engine) as connection:
        states_now = Reader(connection, live=False).rule_states("rule")["reminder"]
    assert (states_now.failed, states_now.evaluated_at, states_now.first_pass_at) == (None, LATER, NOW)


def test_a_rule_that_failed_before_its_first_pass_stays_new(engine: sa.Engine) -> None:
    write(engine, failure="ValueError: broken")
    with read_only(engine) as connection:
        assert Reader(connection, live=False).rule_states("rule") == {}


def test_a_retired_rule_takes_its_unsent_notices_with_it_but_not_what_owners_are_told(engine: sa.Engine) -> None:
    mark = RuleState(digest="rule-1", first_pass_at=NOW, evaluated_at=NOW, failed=None)
    alert = draft("A-3", kind=NoticeKind.ALERT, messages=(mail(to="field@example.com"),))
    write(engine, draft("A-1"), draft("A-2", NoticeState.HELD), alert, watermark=mark)

    written = write(engine, retired=True, now=LATER)

    assert written.verdicts == {NoticeState.CANCELLED: 2}
    assert states(engine)[0] == ["cancelled", "cancelled", "ready"]
    with read_only(engine) as connection:
        assert notices(connection)[0].reason_code == ReasonCode.RULE_REMOVED
        assert Reader(connection, live=False).rule_states("rule") == {}
        assert [row.state for row in messages(connection)].count(MessageState.QUEUED) == 1


def test_the_backlog_is_recorded_once_and_forgotten_when_the_rule_turns_false(engine: sa.Engine) -> None:
    added = ((("A-1", "", "C-1"), ReasonCode.BACKLOG), (("A-2", "X-1", ""), ReasonCode.BASELINE))
    write(engine, backlog_added=added)
    write(engine, backlog_added=added)
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        assert reader.backlog("reminder", ["A-1", "A-2"]) == {("A-1", "", "C-1"): False, ("A-2", "X-1", ""): False}

    write(engine, backlog_removed=(("A-1", "", "C-1"),))
    with read_only(engine) as connection:
        assert Reader(connection, live=False).backlog_subjects("reminder") == {"A-2"}


def test_a_failing_batch_leaves_nothing_behind(engine: sa.Engine) -> None:
    impossible = draft("A-2", verdict=verdict(NoticeState.DEFERRED, send_at=None))
    with pytest.raises(sa.exc.IntegrityError):
        write(engine, draft("A-1"), impossible, backlog_added=((("A-9", "", ""), ReasonCode.BACKLOG),))
    assert states(engine) == ([], [])
    with read_only(engine) as connection:
        assert Reader(connection, live=False).backlog_subjects("reminder") == set()
