"""What is claimed, how much of it, and what the rows of rate and halt say to every process."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from notifier.model.notices import RenderedMessage
from notifier.model.outgoing import Outgoing
from notifier.model.pace import NEVER_USED
from notifier.model.types import ChannelName
from notifier.store.database import open_engine, read_only
from notifier.store.outbox import completion, halts, leasing, pace
from notifier.store.outbox.commit import commit
from notifier.store.outbox.queue import Waiting, anything_to_do, cancel_overdue, waiting
from notifier.store.outbox.unknown_messages import left_behind, owned_ids
from tests.support.claims import claim_due
from tests.support.drafts import NOW, batch, draft, mail, sms
from tests.support.postgres import fresh_database

SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
LATER = NOW + timedelta(minutes=10)


def queue(engine: sa.Engine, *messages: RenderedMessage, now: datetime = NOW, until: datetime | None = None) -> None:
    """A notice for each of these messages, in their order."""
    with engine.begin() as connection:
        for number, message in enumerate(messages):
            one = draft(f"A-{number}-{now}", messages=(message,), until=until)
            commit(connection, batch(one), now=now + timedelta(microseconds=number), live=False)


def claim(engine: sa.Engine, channel: ChannelName = SMS, now: datetime = LATER, **changes: float) -> list[Outgoing]:
    values = {"limit": 100, **changes}
    with engine.begin() as connection:
        return leasing.claim_due(connection, now=now, live=False, channel=channel, **values)  # type: ignore[arg-type]  # numbers


def of(segments: int, to: int) -> RenderedMessage:
    return replace(sms(f"{segments} segments", to=f"+57300000{to:04}"), segments=segments)


def test_a_claim_takes_what_its_budget_covers_counted_in_segments(engine: sa.Engine) -> None:
    queue(engine, *(of(segments, to) for to, segments in enumerate([3, 1, 2, 1, 1])))
    # The third one begins within the budget, so it goes: else a long text would never fit into a small one.
    assert [message.segments for message in claim(engine, budget=4.5)] == [3, 1, 2]
    assert claim(engine, budget=0) == []
    assert [message.segments for message in claim(engine, budget=0.1)] == [1]


def test_a_mail_counts_as_one(engine: sa.Engine) -> None:
    queue(engine, *(mail(to=f"c{number}@example.com") for number in range(3)))
    assert [message.segments for message in claim(engine, EMAIL, budget=2)] == [1, 1]


def test_channels_have_queues_of_their_own_in_everything(engine: sa.Engine) -> None:
    queue(engine, sms(), mail())
    (claimed,) = claim(engine, SMS)
    with engine.begin() as connection:
        leasing.mark_called(connection, [claimed], now=LATER)
        much_later = LATER + timedelta(hours=1)
        assert waiting(connection, now=LATER, live=False, channel=SMS) is None
        assert waiting(connection, now=LATER, live=False, channel=EMAIL) == Waiting(
            count=1, since=NOW + timedelta(microseconds=1)
        )
        assert left_behind(connection, now=much_later, live=False, channel=EMAIL) == 0
        assert left_behind(connection, now=much_later, live=False, channel=SMS) == 1


@pytest.mark.parametrize("live", [False, True])
def test_a_round_has_something_to_do_only_in_its_world(engine: sa.Engine, live: bool) -> None:
    queue(engine, sms())
    assert look(engine, LATER, live=live) is not live


def look(engine: sa.Engine, now: datetime, *, live: bool = False, channel: ChannelName = SMS) -> bool:
    with read_only(engine) as connection:
        return anything_to_do(connection, now=now, lease_ends=now - leasing.LEASE, live=live, channel=channel)


def test_a_round_has_something_to_do_while_something_is_due_left_behind_unknown_or_overdue(engine: sa.Engine) -> None:
    queue(engine, sms(), until=LATER + timedelta(hours=1))
    assert not look(engine, NOW - timedelta(seconds=1))
    assert look(engine, NOW)
    (claimed,) = claim(engine)
    assert not look(engine, LATER)
    assert look(engine, LATER + leasing.LEASE)

    def record(at: datetime, **values: object) -> None:
        with engine.begin() as connection:
            completion.record_unknown(connection, claimed, reason="lost", ask_at=at, now=LATER)

    record(LATER + timedelta(minutes=30))
    assert not look(engine, LATER + leasing.LEASE)
    assert look(engine, LATER + timedelta(minutes=30))


def test_what_is_overdue_of_a_told_notice_is_something_to_do_and_of_another_not(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        commit(connection, batch(draft("A-1", until=LATER)), now=NOW, live=False)
        commit(connection, batch(draft("A-2", until=LATER, messages=(mail(),))), now=NOW, live=False)
    (text,) = claim(engine, SMS, now=NOW)
    with engine.begin() as connection:
        completion.record_accepted(connection, text, provider="sandbox", provider_id="1", now=NOW)
    assert look(engine, LATER, channel=EMAIL)
    with engine.begin() as connection:
        assert cancel_overdue(connection, now=LATER, live=False, channel=SMS) == 0
        assert cancel_overdue(connection, now=LATER, live=False, channel=EMAIL) == 1
    assert not look(engine, LATER, channel=EMAIL)  # the other one is the evaluation's


def test_ids_are_owned_by_address_from_shortly_before_the_attempt(engine: sa.Engine) -> None:
    for number, accepted_at in enumerate([NOW, NOW + timedelta(hours=2), NOW + timedelta(hours=4)]):
        queue(engine, sms(f"text {number}"), sms(f"text {number}", to="+573000000009"), now=accepted_at)
        to_ana, to_another = claim(engine, now=accepted_at + timedelta(seconds=1))
        with engine.begin() as connection:
            for name, message in (("ana", to_ana), ("another", to_another)):
                completion.record_accepted(
                    connection, message, provider="twilio", provider_id=f"{name}-{number}", now=accepted_at
                )
    queue(engine, sms("asked about"), now=NOW + timedelta(hours=2, minutes=30))
    asked = claim(engine, now=NOW + timedelta(hours=2, minutes=30, seconds=1))
    with read_only(engine) as connection:
        assert owned_ids(connection, asked) == {"+573001234567": {"ana-1", "ana-2"}}
        assert owned_ids(connection, []) == {}


def test_two_processes_that_claim_at_once_are_given_turns_one_after_the_other(engine: sa.Engine) -> None:
    ready = threading.Barrier(2)
    starts: list[datetime] = []

    def give_out() -> None:
        ready.wait()
        for _ in range(10):
            with engine.begin() as connection:
                free_at = max(pace.hold(connection, channel=SMS, live=False), NOW)
                starts.append(free_at)
                pace.give_out(connection, channel=SMS, live=False, free_at=free_at + timedelta(seconds=1))

    threads = [threading.Thread(target=give_out) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(starts) == [NOW + timedelta(seconds=number) for number in range(20)]


def test_turns_are_taken_back_only_where_nobody_was_given_later_ones(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        pace.hold(connection, channel=SMS, live=True)
        pace.give_out(connection, channel=SMS, live=True, free_at=LATER)
        assert pace.take_back(connection, channel=SMS, live=True, given_out=LATER, free_at=NOW)
        assert pace.hold(connection, channel=SMS, live=True) == NOW
        assert not pace.take_back(connection, channel=SMS, live=True, given_out=LATER, free_at=NOW)
        pace.rest(connection, channel=SMS, live=True, until=LATER)
        pace.rest(connection, channel=SMS, live=True, until=NOW)  # a shorter rest does not end a longer one
        assert pace.hold(connection, channel=SMS, live=True) == LATER + timedelta.resolution
        assert pace.hold(connection, channel=EMAIL, live=True) == NEVER_USED
        assert pace.hold(connection, channel=SMS, live=False) == NEVER_USED


def test_a_halt_keeps_its_beginning_until_it_is_over(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        first = halts.halt(connection, channel=SMS, live=True, reason="suspended", now=NOW)
        again = halts.halt(connection, channel=SMS, live=True, reason="unpaid", now=LATER)
        assert (first.halted_at, first.tries_again_at) == (NOW, NOW + halts.HALT_PAUSE)
        assert again == halts.Halted(reason="unpaid", halted_at=NOW, tries_again_at=LATER + halts.HALT_PAUSE)
        assert halts.known(connection, channel=EMAIL, live=True) is None
        assert halts.resume(connection, channel=SMS, live=True)
        assert not halts.resume(connection, channel=SMS, live=True)
        assert halts.halt(connection, channel=SMS, live=True, reason="unpaid", now=LATER).halted_at == LATER


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
        text, letter = claim_due(connection, now=NOW)
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
