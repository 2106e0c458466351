"""Which messages are leased, how many, and what the rows of rate and halt tell every process."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from notifier.model.notices import RenderedMessage
from notifier.model.outgoing import Outgoing
from notifier.model.outlet import Outlet
from notifier.model.pace import NEVER_USED
from notifier.model.types import ChannelName
from notifier.store.database import open_engine, read_only
from notifier.store.outbox import completion, halts, leasing, pace
from notifier.store.outbox.commit import commit
from notifier.store.outbox.queue import Waiting, cancel_overdue, waiting, work
from notifier.store.outbox.unknown_messages import left_behind, owned_ids
from tests.support.drafts import NOW, batch, draft, mail, sms
from tests.support.leases import lease_due
from tests.support.postgres import fresh_database

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
SANDBOX_SMS, SANDBOX_EMAIL = (Outlet(live=False, channel=channel) for channel in (SMS, EMAIL))
LIVE_SMS, LIVE_EMAIL = (Outlet(live=True, channel=channel) for channel in (SMS, EMAIL))
LATER = NOW + timedelta(minutes=10)


def queue(engine: sa.Engine, *messages: RenderedMessage, now: datetime = NOW, until: datetime | None = None) -> None:
    """A notice for each of these messages, in their order."""
    with engine.begin() as connection:
        for number, message in enumerate(messages):
            one = draft(f"A-{number}-{now}", messages=(message,), until=until)
            commit(connection, batch(one), now=now + timedelta(microseconds=number), live=False)


def lease(engine: sa.Engine, channel: ChannelName = SMS, now: datetime = LATER, **changes: float) -> list[Outgoing]:
    values = {"limit": 100, **changes}
    with engine.begin() as connection:
        return leasing.lease_due(connection, Outlet(live=False, channel=channel), now=now, **values)  # type: ignore[arg-type]  # numbers


def of(segments: int, to: int) -> RenderedMessage:
    return replace(sms(f"{segments} segments", to=f"+57300000{to:04}"), segments=segments)


def test_a_lease_takes_what_its_budget_covers_counted_in_segments(engine: sa.Engine) -> None:
    queue(engine, *(of(segments, to) for to, segments in enumerate([3, 1, 2, 1, 1])))
    # The third one begins within the budget, so it goes: else a long text would never fit into a small one.
    assert [message.segments for message in lease(engine, budget=4.5)] == [3, 1, 2]
    assert lease(engine, budget=0) == []
    assert [message.segments for message in lease(engine, budget=0.1)] == [1]


def test_a_mail_counts_as_one(engine: sa.Engine) -> None:
    queue(engine, *(mail(to=f"c{number}@example.com") for number in range(3)))
    assert [message.segments for message in lease(engine, EMAIL, budget=2)] == [1, 1]


def test_channels_have_queues_of_their_own_in_everything(engine: sa.Engine) -> None:
    queue(engine, sms(), mail())
    (leased,) = lease(engine, SMS)
    with engine.begin() as connection:
        leasing.mark_called(connection, [leased], now=LATER)
        much_later = LATER + timedelta(hours=1)
        assert waiting(connection, SANDBOX_SMS, now=LATER) is None
        assert waiting(connection, SANDBOX_EMAIL, now=LATER) == Waiting(count=1, since=NOW + timedelta(microseconds=1))
        assert left_behind(connection, SANDBOX_EMAIL, now=much_later) == 0
        assert left_behind(connection, SANDBOX_SMS, now=much_later) == 1


@pytest.mark.parametrize(("behind", "ended", "text"), [(1, 0, []), (5, 1, ["second"])])
def test_the_order_at_an_address_holds_while_clocks_differ_by_less_than_a_lease(
    engine: sa.Engine, behind: int, ended: int, text: list[str]
) -> None:
    queue(engine, sms("first"), sms("second"))
    slow = lease(engine, now=LATER - timedelta(minutes=behind), limit=1)
    with engine.begin() as connection:
        assert leasing.mark_called(connection, slow, now=LATER - timedelta(minutes=behind))
        # Another process, whose clock is right, cannot tell such a lease from that of a process that died.
        assert left_behind(connection, SANDBOX_SMS, now=LATER) == ended
    assert [message.text for message in lease(engine)] == text


@pytest.mark.parametrize("live", [False, True])
def test_a_round_has_something_to_do_only_in_its_world(engine: sa.Engine, live: bool) -> None:
    queue(engine, sms())
    assert has_work(engine, LATER, live=live) is not live


def has_work(engine: sa.Engine, now: datetime, *, live: bool = False, channel: ChannelName = SMS) -> bool:
    with read_only(engine) as connection:
        return work(connection, Outlet(live=live, channel=channel), now=now, lease=leasing.LEASE).any


def test_a_round_has_something_to_do_while_something_is_due_left_behind_unknown_or_overdue(engine: sa.Engine) -> None:
    queue(engine, sms(), until=LATER + timedelta(hours=1))
    assert not has_work(engine, NOW - timedelta(seconds=1))
    assert has_work(engine, NOW)
    (leased,) = lease(engine)
    assert not has_work(engine, LATER)
    assert has_work(engine, LATER + leasing.LEASE)

    def record(at: datetime, **values: object) -> None:
        with engine.begin() as connection:
            completion.record_unknown(connection, leased, reason="lost", ask_at=at, now=LATER)

    record(LATER + timedelta(minutes=30))
    assert not has_work(engine, LATER + leasing.LEASE)
    assert has_work(engine, LATER + timedelta(minutes=30))


def test_what_is_overdue_of_a_told_notice_is_something_to_do_and_of_another_not(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        commit(connection, batch(draft("A-1", until=LATER)), now=NOW, live=False)
        commit(connection, batch(draft("A-2", until=LATER, messages=(mail(),))), now=NOW, live=False)
    (text,) = lease(engine, SMS, now=NOW)
    with engine.begin() as connection:
        completion.record_accepted(connection, text, provider="sandbox", provider_id="1", now=NOW)
    assert has_work(engine, LATER, channel=EMAIL)
    with engine.begin() as connection:
        assert cancel_overdue(connection, SANDBOX_SMS, now=LATER) == 0
        assert cancel_overdue(connection, SANDBOX_EMAIL, now=LATER) == 1
    assert not has_work(engine, LATER, channel=EMAIL)  # the other one is the evaluation's


def test_ids_are_owned_by_address_from_shortly_before_the_attempt(engine: sa.Engine) -> None:
    for number, accepted_at in enumerate([NOW, NOW + timedelta(hours=2), NOW + timedelta(hours=4)]):
        queue(engine, sms(f"text {number}"), sms(f"text {number}", to="+573000000009"), now=accepted_at)
        to_ana, to_another = lease(engine, now=accepted_at + timedelta(seconds=1))
        with engine.begin() as connection:
            for name, message in (("ana", to_ana), ("another", to_another)):
                completion.record_accepted(
                    connection, message, provider="twilio", provider_id=f"{name}-{number}", now=accepted_at
                )
    queue(engine, sms("asked about"), now=NOW + timedelta(hours=2, minutes=30))
    asked = lease(engine, now=NOW + timedelta(hours=2, minutes=30, seconds=1))
    with read_only(engine) as connection:
        assert owned_ids(connection, asked) == {"+573001234567": {"ana-1", "ana-2"}}
        assert owned_ids(connection, []) == {}


def test_two_processes_that_lease_at_once_are_given_turns_one_after_the_other(engine: sa.Engine) -> None:
    ready = threading.Barrier(2)
    starts: list[datetime] = []

    def reserve() -> None:
        ready.wait()
        for _ in range(10):
            with engine.begin() as connection:
                free_at = max(pace.lock(connection, SANDBOX_SMS), NOW)
                starts.append(free_at)
                pace.reserve(connection, SANDBOX_SMS, until=free_at + timedelta(seconds=1))

    threads = [threading.Thread(target=reserve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(starts) == [NOW + timedelta(seconds=number) for number in range(20)]


def test_turns_are_taken_back_only_where_nobody_was_given_later_ones(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        pace.lock(connection, LIVE_SMS)
        pace.reserve(connection, LIVE_SMS, until=LATER)
        assert pace.give_back(connection, LIVE_SMS, unused_from=NOW, reserved_until=LATER)
        assert pace.lock(connection, LIVE_SMS) == NOW
        assert not pace.give_back(connection, LIVE_SMS, unused_from=NOW, reserved_until=LATER)
        pace.rest(connection, LIVE_SMS, until=LATER)
        pace.rest(connection, LIVE_SMS, until=NOW)  # a shorter rest does not end a longer one
        assert pace.lock(connection, LIVE_SMS) == LATER + timedelta.resolution
        assert pace.lock(connection, LIVE_EMAIL) == NEVER_USED
        assert pace.lock(connection, SANDBOX_SMS) == NEVER_USED


def test_a_halt_keeps_its_beginning_until_it_is_over(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        first = halts.halt(connection, LIVE_SMS, reason="suspended", now=NOW)
        again = halts.halt(connection, LIVE_SMS, reason="unpaid", now=LATER)
        assert (first.halted_at, first.tries_again_at) == (NOW, NOW + halts.FIRST_PAUSE)
        assert again == halts.Halted(reason="unpaid", halted_at=NOW, tries_again_at=LATER + halts.HALT_PAUSE)
        assert halts.known(connection, LIVE_EMAIL) is None
        assert halts.resume(connection, LIVE_SMS)
        assert not halts.resume(connection, LIVE_SMS)
        assert halts.halt(connection, LIVE_SMS, reason="unpaid", now=LATER).halted_at == LATER


@pytest.fixture
def postgres_engine(migrated_template: str, postgres: sa.URL) -> Iterator[sa.Engine]:
    """For what only a database with several writers can show."""
    with fresh_database(postgres, migrated_template) as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        yield engine
        engine.dispose()


def test_two_channels_that_withdraw_at_once_know_of_each_other(postgres_engine: sa.Engine) -> None:
    with postgres_engine.begin() as connection:
        commit(connection, batch(draft("A-1")), now=NOW, live=False)
        text, letter = lease_due(connection, now=NOW)
    locked = threading.Event()
    seen: list[set[str]] = []

    def withdraw() -> None:
        with postgres_engine.begin() as connection:
            leasing.lock_notices(connection, [letter])
            locked.set()
            completion.withdraw(connection, letter, reason="no longer true", now=LATER)
            states = connection.execute(sa.text("SELECT state FROM message ORDER BY id")).scalars()
            seen.append(set(states))

    with postgres_engine.begin() as connection:
        leasing.lock_notices(connection, [text])
        other = threading.Thread(target=withdraw)
        other.start()
        assert not locked.wait(0.05)  # it waits for us
        completion.withdraw(connection, text, reason="no longer true", now=LATER)
    other.join()
    assert seen == [{"cancelled"}]
