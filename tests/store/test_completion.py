"""Leases: each message is sent by one process, in order, and nothing is lost where a process dies."""

import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from notifier.delivery.outcomes import SuppressAddress
from notifier.model.notices import MessageState, NoticeKind, NoticeState
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.transitions import ForbiddenMoveError, message_moves, notice_moves
from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import migrate
from notifier.store.outbox import completion, leasing
from notifier.store.outbox.commit import commit
from notifier.store.outbox.past_verdicts import past_verdicts
from notifier.store.outbox.queue import cancel_overdue
from notifier.store.outbox.suppressions import suppressions
from notifier.store.outbox.unknown_messages import left_behind, unknown_due
from tests.support.drafts import NOW, batch, draft, mail, messages, notices, sms
from tests.support.leases import lease_due

LATER = NOW + timedelta(minutes=10)
SANDBOX_SMS = Outlet(live=False, channel=ChannelName.SMS)


def queue(engine: sa.Engine, *drafts: object, now: datetime = NOW, live: bool = False) -> None:
    with engine.begin() as connection:
        commit(connection, batch(*drafts), now=now, live=live)  # type: ignore[arg-type]  # a test's shorthand


def lease(engine: sa.Engine, now: datetime = NOW, limit: int = 100, *, live: bool = False) -> list[Outgoing]:
    with engine.begin() as connection:
        return lease_due(connection, now=now, live=live, limit=limit)


def only(engine: sa.Engine) -> tuple[sa.Row[object], sa.Row[object]]:
    """The one notice and the one message that there are."""
    with read_only(engine) as connection:
        (notice,), (message,) = notices(connection), messages(connection)
    return notice, message


def test_a_lease_is_committed_as_sending_with_its_start_and_made_once(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),)))
    (leased,) = lease(engine)

    _, message = only(engine)
    assert (message.state, message.started_at, message.attempts) == ("sending", NOW, 1)
    assert (leased.payload, leased.address, leased.attempt, leased.started_at) == (
        sms().payload,
        "+573001234567",
        1,
        NOW,
    )
    assert (leased.notice_state, leased.recipient_id, leased.content_digest) == (
        NoticeState.READY,
        "C-1",
        draft().content_digest,
    )
    assert lease(engine) == []


def test_what_was_rendered_for_the_sandbox_is_never_leased_live(engine: sa.Engine) -> None:
    queue(engine, draft())
    assert lease(engine, live=True) == []
    assert len(lease(engine, live=False)) == 2


def test_a_message_waits_for_its_time_and_is_left_once_its_time_is_over(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),), until=LATER))
    assert lease(engine, now=NOW - timedelta(seconds=1)) == []
    assert lease(engine, now=LATER) == []
    assert len(lease(engine, now=LATER - timedelta(seconds=1))) == 1


def test_a_lease_takes_one_channel(engine: sa.Engine) -> None:
    queue(engine, draft())
    with engine.begin() as connection:
        assert leasing.lease_due(connection, Outlet(live=False, channel=ChannelName.CHAT), now=NOW, limit=100) == []
    for name in USUAL_CHANNELS:
        with engine.begin() as connection:
            (leased,) = leasing.lease_due(connection, Outlet(live=False, channel=name), now=NOW, limit=100)
        assert leased.channel == name


def test_an_accepted_message_makes_its_notice_told_once(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),)))
    (leased,) = lease(engine)
    with engine.begin() as connection:
        assert completion.record_accepted(connection, leased, provider="sandbox", provider_id="1.txt", now=LATER)
    with engine.begin() as connection:
        assert not completion.record_accepted(connection, leased, provider="sandbox", provider_id="1.txt", now=LATER)

    notice, message = only(engine)
    assert (notice.state, notice.told_at, notice.spent) == ("told", LATER, True)
    assert (message.state, message.provider, message.provider_id) == ("accepted", "sandbox", "1.txt")


def test_a_provider_id_belongs_to_one_message(engine: sa.Engine) -> None:
    queue(engine, draft("A-1", messages=(sms(),)), draft("A-2", messages=(mail(),)))
    first, second = lease(engine)
    with engine.begin() as connection:
        completion.record_accepted(connection, first, provider="sandbox", provider_id="1", now=NOW)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        completion.record_accepted(connection, second, provider="sandbox", provider_id="1", now=NOW)


def test_a_retry_keeps_what_follows_to_the_same_address_back_and_nothing_else(engine: sa.Engine) -> None:
    queue(engine, draft("A-1", messages=(sms("first"),)))
    queue(engine, draft("A-2", messages=(sms("second"), mail("other address"))), now=NOW + timedelta(seconds=1))
    (first,) = lease(engine, limit=1)
    assert first.text == "first"
    # While it is being handed over, the second must wait as well.
    assert [message.text for message in lease(engine, now=LATER)] == ["other address"]

    with engine.begin() as connection:
        completion.record_retry(connection, first, reason="busy", at=LATER + timedelta(hours=1), now=LATER)
    assert lease(engine, now=LATER) == []
    assert [m.text for m in lease(engine, now=LATER + timedelta(hours=1))] == ["first", "second"]


def test_safety_is_not_kept_back(engine: sa.Engine) -> None:
    queue(engine, draft("A-1", messages=(sms("first"),)))
    (first,) = lease(engine)
    with engine.begin() as connection:
        completion.record_retry(connection, first, reason="busy", at=LATER + timedelta(hours=1), now=NOW)
    queue(engine, draft("A-2", notice_class=NoticeClass.SAFETY, messages=(sms("gas leak"),)))
    assert [message.text for message in lease(engine)] == ["gas leak"]


def test_a_retry_after_the_last_useful_moment_is_a_failure(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),), until=LATER))
    (leased,) = lease(engine)
    with engine.begin() as connection:
        completion.record_retry(connection, leased, reason="busy", at=LATER, now=NOW)
    notice, message = only(engine)
    assert (notice.state, notice.reason_code, message.state, message.decision) == (
        "deferred",
        "undeliverable",
        "failed",
        "Retry",
    )
    assert notice.reason.startswith("sms: busy; the next attempt would come after it stops being useful")


def test_a_notice_is_planned_again_only_when_all_its_messages_have_failed(engine: sa.Engine) -> None:
    queue(engine, draft())
    first, second = lease(engine)
    with engine.begin() as connection:
        completion.record_failed(connection, first, reason="a landline", decision="OtherChannel", now=NOW)
    with read_only(engine) as connection:
        assert [row.state for row in notices(connection)] == ["ready"]
    with engine.begin() as connection:
        completion.record_failed(connection, second, reason="no mailbox", decision="OtherChannel", now=LATER)
    with read_only(engine) as connection:
        (notice,) = notices(connection)
        (ready,) = past_verdicts(connection, [notice.id])[notice.id]
    assert (notice.state, notice.deferred_until, notice.spent) == ("deferred", LATER, False)
    assert notice.reason == f"{second.channel}: no mailbox; the next tick looks for another channel"
    assert ready.state is NoticeState.READY


def test_of_two_channels_that_fail_at_once_the_second_sees_what_became_of_the_first(engine: sa.Engine) -> None:
    queue(engine, draft())
    first, second = lease(engine)
    done = threading.Event()

    def fail_the_second() -> None:
        with engine.begin() as connection:
            completion.record_failed(connection, second, reason="no", decision="OtherChannel", now=NOW)
        done.set()

    other = threading.Thread(target=fail_the_second)
    with engine.begin() as connection:
        completion.record_failed(connection, first, reason="no", decision="OtherChannel", now=NOW)
        other.start()
        while engine.dialect.name == "postgresql" and not done.is_set() and not waits_for_a_lock(engine):
            pass
    other.join()
    with read_only(engine) as connection:
        assert [row.state for row in notices(connection)] == ["deferred"]


def waits_for_a_lock(engine: sa.Engine) -> bool:
    waiting = sa.text(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
    )
    with engine.connect() as connection:
        return connection.execute(waiting).first() is not None


def test_an_alert_that_no_channel_took_has_failed_at_once(engine: sa.Engine) -> None:
    queue(engine, draft(kind=NoticeKind.ALERT, messages=(sms(),)))
    (leased,) = lease(engine)
    with engine.begin() as connection:
        completion.record_failed(connection, leased, reason="a landline", decision="OtherChannel", now=NOW)
    notice, _ = only(engine)
    assert (notice.state, notice.reason) == ("failed", "no channel took it; the last one, sms: a landline")


def test_an_address_that_must_not_be_written_to_is_suppressed_with_the_failure(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),)))
    (leased,) = lease(engine)
    with engine.begin() as connection:
        completion.record_failed(connection, leased, reason="opted out", decision=SuppressAddress.__name__, now=NOW)
        (found,) = suppressions(connection, live=False)
        assert suppressions(connection, live=True) == []
    assert (found.channel, found.address, found.reason, found.since) == (
        ChannelName.SMS,
        "+573001234567",
        "opted out",
        NOW,
    )
    assert (found.message_id, found.recipient_id) == (leased.id, "C-1")


def test_one_channel_that_took_it_outweighs_one_that_did_not(engine: sa.Engine) -> None:
    queue(engine, draft())
    first, second = lease(engine)
    with engine.begin() as connection:
        completion.record_accepted(connection, first, provider="sandbox", provider_id="1", now=NOW)
        completion.record_failed(connection, second, reason="no mailbox", decision="SuppressAddress", now=NOW)
    with read_only(engine) as connection:
        assert [row.state for row in notices(connection)] == ["told"]


def test_a_message_given_back_counts_no_attempt(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),)))
    (leased,) = lease(engine)
    with engine.begin() as connection:
        completion.give_back(connection, leased, at=LATER, reason="quiet hours", now=NOW)
    _, message = only(engine)
    assert (message.state, message.attempts, message.next_attempt_at) == ("queued", 0, LATER)


def test_a_lease_left_behind_becomes_unknown_after_its_lease_and_is_not_sent_again(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),), until=None))
    leased = lease(engine)
    with engine.begin() as connection:
        assert leasing.mark_called(connection, leased, now=NOW) == {leased[0].id}
        early = NOW + leasing.LEASE - timedelta(seconds=1)
        assert left_behind(connection, SANDBOX_SMS, now=early) == 0
        assert left_behind(connection, SANDBOX_SMS, now=NOW + leasing.LEASE) == 1
        (unknown,) = unknown_due(connection, SANDBOX_SMS, now=NOW + leasing.LEASE, limit=10)
    assert unknown.started_at == NOW
    assert lease(engine, now=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_two_processes_that_end_leases_of_the_dead_do_not_wait_for_each_other(engine: sa.Engine) -> None:
    queue(
        engine, draft("A-1", messages=(sms("first"),), until=None), draft("A-2", messages=(sms("second"),), until=None)
    )
    first, second = (row.id for row in lease(engine))
    later = NOW + leasing.LEASE
    with engine.begin() as one, engine.begin() as other:
        one.execute(sa.text("SELECT 1 FROM message WHERE id = :id FOR UPDATE"), {"id": second})
        assert left_behind(other, SANDBOX_SMS, now=later) == 1
        assert left_behind(one, SANDBOX_SMS, now=later) == 1
    with read_only(engine) as connection:
        assert {row.id: row.state for row in messages(connection)} == {first: "queued", second: "queued"}


def test_a_lease_left_behind_before_its_provider_was_called_is_queued_again_uncounted(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),), until=None))
    (first,) = lease(engine)
    later = NOW + leasing.LEASE
    with engine.begin() as connection:
        assert left_behind(connection, SANDBOX_SMS, now=later) == 1
        assert unknown_due(connection, SANDBOX_SMS, now=later, limit=10) == []
    with engine.begin() as connection:
        assert leasing.mark_called(connection, [first], now=later) == set()  # whoever slept learns of it in time
    (again,) = lease(engine, now=later)
    assert again.attempt == 1
    with engine.begin() as connection:
        assert leasing.mark_called(connection, [first], now=later) == set()
        assert leasing.mark_called(connection, [again], now=later) == {again.id}


def test_a_process_that_lost_its_lease_changes_nothing(engine: sa.Engine) -> None:
    queue(engine, draft(messages=(sms(),), until=None))
    (slept,) = lease(engine)
    much_later = NOW + timedelta(hours=1)
    with engine.begin() as connection:
        leasing.mark_called(connection, [slept], now=NOW)
        left_behind(connection, SANDBOX_SMS, now=much_later)
        (unknown,) = unknown_due(connection, SANDBOX_SMS, now=much_later, limit=10)
        completion.record_retry(connection, unknown, reason="not there", at=much_later, now=much_later)
    (other,) = lease(engine, now=much_later)

    with engine.begin() as connection:
        assert not completion.record_failed(connection, slept, reason="late", decision="Retry", now=much_later)
        assert not completion.withdraw(connection, slept, reason="late", now=much_later)
        assert not completion.record_accepted(connection, slept, provider="sandbox", provider_id="1", now=much_later)
        assert completion.record_accepted(connection, other, provider="sandbox", provider_id="2", now=much_later)
    assert only(engine)[1].provider_id == "2"


def test_what_is_left_of_a_told_notice_is_cancelled_when_its_time_is_over(engine: sa.Engine) -> None:
    queue(engine, draft("A-1", until=LATER), draft("A-2", messages=(sms(to="+573000000002"),), until=LATER))
    first, second = [message for message in lease(engine) if message.subject_id == "A-1"]
    with engine.begin() as connection:
        completion.record_accepted(connection, first, provider="sandbox", provider_id="1", now=NOW)
        completion.give_back(connection, second, at=NOW, reason=None, now=NOW)
        assert cancel_overdue(connection, Outlet(live=False, channel=ChannelName.EMAIL), now=LATER) == 1
    with read_only(engine) as connection:
        assert sorted(row.state for row in messages(connection)) == ["accepted", "cancelled", "sending"]


def test_two_processes_claim_different_messages_and_all_of_them(engine: sa.Engine) -> None:
    many = [draft(f"A-{n:03}", messages=(sms(to=f"+57300000{n:04}"),)) for n in range(120)]
    queue(engine, *many)
    leased: list[list[str]] = [[], [], []]

    def work(mine: list[str]) -> None:
        while found := lease(engine, limit=7):
            mine.extend(message.id for message in found)

    workers = [threading.Thread(target=work, args=(mine,)) for mine in leased]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    everything = [one for mine in leased for one in mine]
    left = lease(engine)
    assert len(everything) == len(set(everything))
    assert len(everything) + len(left) == 120


def test_no_message_overtakes_one_that_another_process_is_claiming(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    queue(engine, draft("A-1", messages=(sms("first"),)))
    queue(engine, draft("A-2", messages=(sms("second"),)), now=NOW + timedelta(seconds=1))
    with engine.begin() as connection:
        (first,) = lease_due(connection, now=LATER, limit=1)
        assert first.text == "first"
        assert lease(engine, now=LATER) == []  # the claim of the first is not committed yet
    assert lease(engine, now=LATER) == []  # and now it is being handed over
    engine.dispose()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MessageState.DELIVERED, MessageState.SENDING),
        (MessageState.CANCELLED, MessageState.QUEUED),
        (MessageState.ACCEPTED, MessageState.QUEUED),
        (MessageState.FAILED, MessageState.QUEUED),
    ],
)
def test_a_final_message_state_is_never_left(old: MessageState, new: MessageState) -> None:
    with pytest.raises(ForbiddenMoveError, match=f"that is {old} cannot become {new}"):
        message_moves(old, new)


@pytest.mark.parametrize("new", list(NoticeState))
def test_what_was_told_stays_told(new: NoticeState) -> None:
    with pytest.raises(ForbiddenMoveError):
        notice_moves(NoticeState.TOLD, new)
