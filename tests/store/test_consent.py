"""The consent ledger on both databases: its rows are only added, and whoever has an address is evaluated again."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from notifier.model.consent import Source, Standing, Word
from notifier.model.state import Change
from notifier.model.types import Address, ChannelName, NoticeClass
from notifier.store.consent import (
    all_entries,
    append,
    append_all,
    entries_at,
    ledger_at,
    not_in_register,
    taken_already,
    unblock,
    undecided,
)
from notifier.store.contacts import last_told
from notifier.store.database import read_only
from notifier.store.outbox.commit import commit
from notifier.store.outbox.completion import record_accepted
from notifier.store.outbox.suppressions import suppress
from notifier.store.reader import Reader
from notifier.store.sql import table_of
from notifier.store.state.changes import write_rows
from tests.support.drafts import NOW, batch, draft
from tests.support.leases import lease_due
from tests.support.people import ANA, row_of

PHONE: Address = (ChannelName.SMS, "+573001234567")
MARKETING = (NoticeClass.MARKETING,)


def say(connection: sa.Connection, word: Word, classes: Sequence[NoticeClass] = MARKETING, **more: Any) -> None:
    values: dict[str, Any] = {"source": Source.REPLY, "by": "the recipient", "reason": "a test", "live": False}
    append(connection, address=PHONE[1], channel=PHONE[0], classes=classes, word=word, now=NOW, **(values | more))


def test_the_last_word_counts_in_its_mode_and_a_register_stands_for_itself(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, "customer", [row_of(ANA)], NOW)
        connection.execute(sa.delete(table_of(Change)))
        assert not Reader(connection, live=False).ledger([PHONE])
        say(connection, Word.PROBABLE, message_id="SM1")
        assert undecided(connection, live=False) == [PHONE]
        assert undecided(connection, live=True) == []
        assert taken_already(connection, PHONE[1], PHONE[0], "SM1")
        assert not taken_already(connection, PHONE[1], PHONE[0], "SM2")
        say(connection, Word.OUT)
        assert undecided(connection, live=False) == []
        numbers = [PHONE[1], "+573009999999"]
        assert not_in_register(connection, numbers, PHONE[0], "RNE", MARKETING) == numbers
        register = {"word": Word.OUT, "source": Source.REGISTER, "by": "marta", "reason": "list", "live": None}
        append_all(connection, numbers, channel=PHONE[0], classes=MARKETING, now=NOW, register="RNE", **register)
        assert not_in_register(connection, numbers, PHONE[0], "RNE", MARKETING) == []
        say(connection, Word.LIFTED)
    with read_only(engine) as connection:
        held = Standing(word=Word.OUT, source=Source.REGISTER, register="RNE", since=NOW)
        for live in (True, False):
            assert Reader(connection, live=live).ledger([PHONE]) == {(PHONE, NoticeClass.MARKETING): held}
        assert [entry.word for entry in entries_at(connection, [PHONE])] == ["probable", "out", "out", "lifted"]
        assert len(list(all_entries(connection))) == 5
        assert set(connection.execute(sa.select(table_of(Change).c.row_id)).scalars()) == {ANA.id}


def test_what_was_told_last_is_found_and_start_lifts_what_an_opt_out_at_the_provider_suppressed(
    engine: sa.Engine,
) -> None:
    with engine.begin() as connection:
        write_rows(connection, "customer", [row_of(ANA)], NOW)
        commit(connection, batch(draft("A-1")), now=NOW, live=False)
        leased = {message.channel: message for message in lease_due(connection, now=NOW, live=False)}
        sms = leased[ChannelName.SMS]
        assert last_told(connection, PHONE[1], PHONE[0], live=False) is None
        record_accepted(connection, sms, provider="sandbox", provider_id="1", now=NOW)
        told = last_told(connection, PHONE[1], PHONE[0], live=False)
        assert told is not None
        assert (told.subject_id, told.recipient_id, told.told_at) == ("A-1", ANA.id, NOW)
        assert last_told(connection, PHONE[1], PHONE[0], live=True) is None
        (contact,) = (
            each
            for each in Reader(connection, live=False).contacted(sms.notice_class, [ANA.id], [PHONE], NOW)
            if each.address == PHONE
        )
        assert (contact.at, contact.recipient_id) == (NOW, ANA.id)
        suppress(connection, sms, reason="Twilio 21610", now=NOW)
        say(connection, Word.OUT, tuple(NoticeClass), source=Source.PROVIDER, blocked=True, message_id=sms.id)
        assert all(said.blocked for said in ledger_at(connection, [PHONE], live=False).values())
        unblock(connection, PHONE[1], PHONE[0], live=True)
        assert Reader(connection, live=False).suppressed([PHONE])
        unblock(connection, PHONE[1], PHONE[0], live=False)
        assert not Reader(connection, live=False).suppressed([PHONE])
