"""What people say about messages of unknown fate: that they arrived, or that they are to be sent again."""

import pytest
import sqlalchemy as sa

from notifier.answers.records import Directory, NoticeFilter, records
from notifier.decisions import decision
from notifier.decisions.decision import Signature
from notifier.decisions.unknown_messages import Arrived, Resend
from notifier.model.notices import NoticeState
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.outbox import completion
from tests.decisions.support import LATER, decide, only, write
from tests.support.drafts import NOW, draft, mail, messages
from tests.support.leases import lease_due


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
    done = decide(engine, Arrived(draft().reference))
    assert done.sentence == f"{draft().reference} counts as told; it is not sent again."
    assert standing(engine) == ("told", {"email": "accepted"})
    assert (only(engine).told_at, only(engine).spent) == (LATER, True)
    with read_only(engine) as connection:
        (row,) = interventions_on(connection, "notice", only(engine).id)
        (message,) = messages(connection)
    assert (row.actor, row.verb, row.reason) == ("Luz", "say that the email arrived", "she called")
    assert message.provider == "person"


def test_what_a_person_sends_again_is_queued_at_once(engine: sa.Engine) -> None:
    write(engine, draft(messages=(mail(),)))
    lose_the_answer(engine, ChannelName.EMAIL)
    she_has_none = Signature(by="Luz", reason="she has none", now=LATER)
    with engine.begin() as connection:
        done = decision.decide(connection, Resend(draft().reference), she_has_none)
        assert len(lease_due(connection, now=LATER)) == 1
    assert done.sentence == f"{draft().reference} is queued again."
    with read_only(engine) as connection:
        (message,) = messages(connection)
        (row,) = interventions_on(connection, "notice", only(engine).id)
    assert (message.attempts, message.error) == (2, "sent again by Luz: she has none")
    assert row.verb == "send the email again"


def test_what_is_sent_again_too_late_is_left_to_the_next_tick(engine: sa.Engine) -> None:
    write(engine, draft(messages=(mail(),), until=LATER))
    lose_the_answer(engine, ChannelName.EMAIL)
    done = decide(engine, Resend(draft().reference), reason="she has none")
    assert done.sentence == f"{draft().reference} is past its deadline; the next tick closes it."
    assert standing(engine) == ("deferred", {"email": "failed"})


def test_where_both_channels_are_unknown_a_person_says_which(engine: sa.Engine) -> None:
    write(engine, draft())
    lose_the_answer(engine, *ChannelName)
    reference = draft().reference
    with pytest.raises(RefusedError, match="of unknown fate on email and sms; say which: --channel NAME"):
        decide(engine, Arrived(reference))
    decide(engine, Arrived(reference, ChannelName.SMS))
    assert standing(engine) == ("told", {"sms": "accepted", "email": "unknown"})
    decide(engine, Arrived(reference))
    assert standing(engine) == ("told", {"sms": "accepted", "email": "accepted"})


def test_only_what_is_of_unknown_fate_can_be_ended_like_that(engine: sa.Engine) -> None:
    write(engine, draft())
    lose_the_answer(engine, ChannelName.EMAIL)
    before = standing(engine)
    for what in (Arrived, Resend):
        with pytest.raises(
            RefusedError, match=r"is told .*, and its sms is accepted, its email is unknown; only a message that may"
        ):
            decide(engine, what(draft().reference, ChannelName.SMS))
        with pytest.raises(RefusedError, match="say who you are"):
            decide(engine, what(draft().reference), by=" ")
    assert standing(engine) == before


def test_a_held_notice_has_nothing_that_could_have_arrived(engine: sa.Engine) -> None:
    write(engine, draft(state=NoticeState.HELD, messages=()))
    with pytest.raises(RefusedError, match="and it has no messages; only a message that may or may not have gone out"):
        decide(engine, Arrived(draft().reference))


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
