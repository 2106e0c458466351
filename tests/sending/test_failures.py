"""What a channel will not take is planned again: on another channel, at another address, or as failed with an alert.

On SQLite alone: what refused a message is written and read by statements that test_completion and test_reader run on
both databases, and test_dispatch and the random histories meet refusals on both.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from notifier.decisions.suppressions import Lift
from notifier.delivery.outcomes import Accepted, OtherChannel, Outcome, Retry, SuppressAddress
from notifier.drafting.alerts import channel_alert, unclear_alert
from notifier.model.batches import Batch
from notifier.model.types import ChannelName
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.outbox import suppressions
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.tick import TickReport
from tests.support.deciding import a_person_decides
from tests.support.outgoing import outgoing
from tests.support.rig import NOW, Rig, ana, visit
from tests.support.scripted import ScriptedChannel
from tests.support.sqlite_alone import migrated_url

__all__ = ["migrated_url"]

LANDLINE = OtherChannel(reason="a landline")
FULL = OtherChannel(reason="the mailbox is full")
STOP = SuppressAddress(reason="the customer opted out")
FEW = timedelta(hours=1)


def provider(rig: Rig, channel: ChannelName, *outcomes: Outcome) -> ScriptedChannel:
    """The channel's provider gives these answers, then accepts."""
    scripted = ScriptedChannel(*outcomes)
    scripted.name = f"scripted {channel}"
    rig.play(channel, scripted)
    return scripted


def settled(rig: Rig) -> None:
    """Neither a tick nor a full pass finds anything more at this instant."""
    before = rig.notices(), rig.messages()
    assert rig.tick().verdicts == {}
    assert rig.tick(full=True) == TickReport(now=rig.clock())
    assert (rig.notices(), rig.messages()) == before


def only(rig: Rig) -> sa.Row[Any]:
    """The one notice to a customer."""
    (notice,) = (row for row in rig.notices() if row.kind != "alert")
    return notice


def alerts(rig: Rig) -> list[sa.Row[Any]]:
    return [row for row in rig.notices() if row.kind == "alert"]


def test_what_the_preferred_channel_refuses_goes_out_on_the_other_one(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="sms")])
    provider(rig, ChannelName.SMS, LANDLINE)
    email = provider(rig, ChannelName.EMAIL)
    rig.tick()
    assert rig.dispatch() == DispatchReport(failed=1)
    notice = only(rig)
    assert (notice.state, notice.reason) == ("deferred", "sms: a landline; the next tick looks for another channel")

    rig.clock.forward(minutes=1)
    rig.tick()
    assert only(rig).reason.endswith("; sms: a landline")
    settled(rig)
    assert rig.dispatch() == DispatchReport(accepted=1)
    assert (only(rig).state, len(email.texts)) == ("told", 1)
    settled(rig)
    assert alerts(rig) == []


def test_while_another_channel_may_still_tell_it_nothing_is_planned_anew(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, Retry(reason="busy", after=FEW))
    provider(rig, ChannelName.EMAIL, FULL)
    rig.tick()
    queued = {row.channel: row.id for row in rig.messages()}
    assert rig.dispatch() == DispatchReport(retried=1, failed=1)
    settled(rig)
    rig.clock.forward(hours=1)
    assert rig.dispatch() == DispatchReport(accepted=1)
    assert only(rig).state == "told"
    assert {row.channel: row.id for row in rig.messages()} == queued


def test_what_no_channel_takes_has_failed_and_its_owner_hears_of_it_once(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, LANDLINE)
    email = provider(rig, ChannelName.EMAIL, FULL)
    rig.tick()
    rig.dispatch()
    rig.clock.forward(minutes=1)
    rig.tick()
    notice = only(rig)
    assert (notice.state, notice.reason_code) == ("failed", "undeliverable")
    assert notice.reason == "no channel took it: sms: a landline; email: the mailbox is full"
    settled(rig)
    (alert,) = alerts(rig)
    assert (alert.recipient_id, alert.reason) == ("field", notice.reason)
    rig.dispatch()
    assert "Every channel refused these notices for good." in email.texts[0]

    rig.clock.forward(hours=46)  # past `until`: the owner knows already
    rig.tick()
    assert (only(rig).state, len(alerts(rig))) == ("failed", 1)
    settled(rig)


def test_another_address_lets_a_failed_notice_go_out_while_it_helps(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, LANDLINE)
    provider(rig, ChannelName.EMAIL, FULL)
    rig.tick()
    rig.dispatch()
    rig.tick()
    rig.set(customer=[ana(phone="+573009999999")])
    rig.tick()
    assert only(rig).state == "ready"
    settled(rig)
    rig.dispatch()
    (told,) = (row for row in rig.messages() if row.state == "accepted" and row.notice_id == only(rig).id)
    assert (only(rig).state, told.address) == ("told", "+573009999999")

    rig.set(customer=[ana()])  # back at the old one: it was told, so nothing is owed
    settled(rig)


def test_a_failed_notice_that_is_no_longer_true_ends_and_fails_again_when_it_comes_back(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, LANDLINE)
    provider(rig, ChannelName.EMAIL, FULL)
    rig.tick()
    rig.dispatch()
    rig.tick()
    rig.set(appointment=[visit(status="cancelled")])
    rig.tick()
    assert only(rig).state == "cancelled"
    settled(rig)
    rig.clock.forward(minutes=1)
    rig.set(appointment=[visit()])
    rig.tick()
    assert (only(rig).state, len(alerts(rig))) == ("failed", 2)
    settled(rig)


def test_what_fails_too_late_for_another_channel_expires_and_its_owner_hears_of_it(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="sms")])
    provider(rig, ChannelName.SMS, LANDLINE)
    rig.tick()
    rig.dispatch()
    assert only(rig).state == "deferred"
    rig.clock.forward(hours=46)
    rig.tick()
    assert (only(rig).state, only(rig).reason_code, len(alerts(rig))) == ("expired", "missed", 1)
    settled(rig)


def test_the_other_channel_waits_for_the_end_of_the_quiet_hours(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="sms")])
    provider(rig, ChannelName.SMS, LANDLINE)
    email = provider(rig, ChannelName.EMAIL)
    rig.tick()
    rig.clock.at = datetime(2026, 3, 4, 0, 59, tzinfo=UTC)  # 19:59 in Bogotá
    rig.dispatch()
    rig.clock.forward(minutes=2)
    rig.tick()
    assert (only(rig).state, only(rig).deferred_until) == ("deferred", datetime(2026, 3, 4, 13, 0, tzinfo=UTC))
    settled(rig)
    rig.clock.at = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)
    rig.tick()
    rig.dispatch()
    assert (only(rig).state, len(email.texts)) == ("told", 1)


def test_a_correction_that_is_refused_where_the_customer_was_told_takes_the_other_channel(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="sms")])
    provider(rig, ChannelName.SMS)
    email = provider(rig, ChannelName.EMAIL)
    rig.tick()
    rig.dispatch()
    rig.set(appointment=[visit(starts_at=NOW + timedelta(hours=47))])
    rig.tick()
    provider(rig, ChannelName.SMS, LANDLINE)
    rig.dispatch()
    rig.tick()
    settled(rig)
    rig.dispatch()
    correction = next(row for row in rig.notices() if row.kind == "correction")
    assert (correction.state, len(email.texts)) == ("told", 1)


# -- suppressed addresses ----------------------------------------------------------------------------------------------


def test_an_opt_out_leaves_mail_for_this_notice_and_every_later_one(rig: Rig) -> None:
    sms, email = provider(rig, ChannelName.SMS, STOP), provider(rig, ChannelName.EMAIL)
    rig.tick()
    assert rig.dispatch() == DispatchReport(failed=1, accepted=1)
    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    settled(rig)
    assert rig.dispatch() == DispatchReport(accepted=1)
    second = next(row for row in rig.notices() if row.subject_id == "A-2")
    assert second.state == "told"
    assert second.reason.endswith("; the provider refuses the sms address: the customer opted out (since 2026-03-03)")
    assert (sms.texts, len(email.texts)) == ([], 2)


def test_what_is_queued_to_an_address_that_was_suppressed_since_does_not_go_there(rig: Rig) -> None:
    rig.set(appointment=[visit(), visit(id="A-2")])
    sms = provider(rig, ChannelName.SMS)
    rig.tick()
    suppress(rig, "A-1")
    rig.dispatch()
    assert sms.texts == []
    assert {row.state for row in rig.notices()} == {"told"}
    withdrawn = [row.error for row in rig.messages() if row.channel == "sms" and row.state == "cancelled"]
    assert all("the provider refuses the sms address" in error for error in withdrawn)
    rig.tick()
    settled(rig)


def test_what_was_claimed_together_with_the_message_that_drew_an_opt_out_does_not_follow_it(rig: Rig) -> None:
    rig.set(appointment=[visit(), visit(id="A-2")])
    sms = provider(rig, ChannelName.SMS, STOP)
    rig.tick()
    rig.dispatch()
    assert sms.texts == []
    assert {row.state for row in rig.notices()} == {"told"}


def test_the_second_channel_of_a_told_notice_does_not_go_to_an_address_that_was_suppressed_since(
    rig: Rig,
) -> None:
    sms = provider(rig, ChannelName.SMS, Retry(reason="busy", after=FEW))
    rig.tick()
    rig.dispatch()
    suppress(rig, "A-1")
    rig.clock.forward(hours=1)
    assert rig.dispatch() == DispatchReport(stale=1)
    assert sms.texts == []


def test_a_customer_whose_only_address_is_suppressed_is_told_nothing_and_the_owner_knows(rig: Rig) -> None:
    rig.set(customer=[ana(email=None)])
    provider(rig, ChannelName.SMS, STOP)
    rig.tick()
    rig.dispatch()
    rig.tick()
    failed = only(rig)
    assert (failed.state, failed.reason) == (
        "failed",
        "no channel took it: no address for email; sms: the customer opted out",
    )
    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    second = next(row for row in rig.notices() if row.subject_id == "A-2" and row.kind == "notice")
    assert (second.state, second.reason_code) == ("suppressed", "address_suppressed")
    assert len(alerts(rig)) == 2
    settled(rig)


def test_lifting_a_suppression_lets_everything_go_out_that_still_helps(rig: Rig) -> None:
    rig.set(customer=[ana(email=None)])
    provider(rig, ChannelName.SMS, STOP)
    rig.tick()
    rig.dispatch()
    rig.tick()
    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    a_person_decides(rig.database, Lift("+573001234567", live=False), reason="she asked", now=rig.clock())
    sms = provider(rig, ChannelName.SMS)
    rig.tick()
    settled(rig)
    rig.dispatch()
    assert [row.state for row in rig.notices() if row.kind == "notice"] == ["told", "told"]
    assert len(sms.texts) == 2


def test_everybody_who_is_written_to_at_a_suppressed_address_is_looked_at_again(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2")], appointment=[visit(), visit(id="A-2", customer_id="C-2")])
    rig.tick()
    rig.clock.at = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # 21:00 in Bogotá
    suppress(rig, "A-1")
    rig.tick()
    assert [(row.state, row.channels) for row in rig.notices()] == [("deferred", ["email"])] * 2
    settled(rig)


def suppress(rig: Rig, subject: str) -> None:
    """The provider of SMS says that the number of this appointment's message must not be written to again."""
    notice = next(row for row in rig.notices() if row.subject_id == subject and row.kind == "notice")
    message = next(row for row in rig.messages() if row.notice_id == notice.id and row.channel == "sms")
    with rig.database.begin() as connection:
        refused = outgoing(id=message.id, address=message.address)
        suppressions.suppress(connection, refused, reason="opted out", now=rig.clock())


# -- channels without a provider, and owners ---------------------------------------------------------------------------


def test_a_channel_without_a_provider_is_left_out_for_customers_and_owners(rig: Rig) -> None:
    rig.ruleset = replace(rig.ruleset, unavailable=frozenset({ChannelName.SMS}))
    rig.tick()
    assert [row.channel for row in rig.messages()] == ["email"]
    assert only(rig).reason.endswith("no provider for sms")
    rig.ruleset = replace(rig.ruleset, unavailable=frozenset(ChannelName))
    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    (alert,) = alerts(rig)
    assert alert.state == "suppressed"
    assert alert.reason == "owner field cannot be reached: no provider for sms and email (owners.yaml)"


def test_an_alert_that_reaches_nobody_or_fails_is_an_error_in_the_log(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, LANDLINE)
    provider(rig, ChannelName.EMAIL, FULL, FULL)
    rig.tick()
    rig.dispatch()
    rig.tick()
    with capture_logs() as lines:
        rig.dispatch()
    assert [(line["event"], line["notice"]) for line in lines if line["log_level"] == "error"] == [
        ("message.failed", alerts(rig)[0].id)
    ]
    rig.ruleset = replace(rig.ruleset, unavailable=frozenset(ChannelName))
    rig.set(appointment=[visit(id="A-2")])
    with capture_logs() as lines:
        rig.tick()
    (line,) = (line for line in lines if line["log_level"] == "error")
    assert (line["event"], line["owner"]) == ("alert.reaches_nobody", "field")


def test_an_alert_that_its_owners_address_refuses_has_failed_and_later_ones_say_so(rig: Rig) -> None:
    provider(rig, ChannelName.SMS, LANDLINE, LANDLINE)
    provider(rig, ChannelName.EMAIL, FULL, SuppressAddress(reason="no such mailbox"), FULL)
    rig.tick()
    rig.dispatch()
    rig.tick()
    rig.dispatch()  # the alert
    (alert,) = alerts(rig)
    assert alert.state == "failed"
    settled(rig)

    rig.set(appointment=[visit(id="A-2")])
    rig.tick()
    rig.dispatch()
    rig.tick()
    alert = alerts(rig)[-1]
    assert alert.state == "suppressed"
    assert "the provider refuses the email address: no such mailbox" in alert.reason


def halted(rig: Rig, reader: Reader, at: datetime = NOW, channel: ChannelName = ChannelName.SMS) -> Any:
    return channel_alert(
        rig.ruleset,
        reader,
        channel=channel,
        reason="suspended",
        halted_at=at,
        owner="field",
        now=at,
        live=False,
    )


def unclear(rig: Rig, reader: Reader, at: datetime = NOW, channel: ChannelName = ChannelName.SMS) -> Any:
    message = outgoing(started_at=at, owner="field", channel=channel)
    return unclear_alert(rig.ruleset, reader, message=message, reason="no answer", now=at, live=False)


@pytest.mark.parametrize("alert", [halted, unclear])
def test_an_alert_is_written_once_for_each_occasion(rig: Rig, alert: Callable[..., Any]) -> None:
    for at in (NOW, NOW, NOW + timedelta(minutes=30)):
        with rig.database.begin() as connection:
            draft = alert(rig, Reader(connection, live=False), at)
            commit(connection, Batch(kind="rule", name=draft.rule, drafts=(draft,)), now=at, live=False)
    assert [(row.state, row.recipient_id) for row in rig.notices()] == [("ready", "field")] * 2
    assert [row.channel for row in rig.messages()] == ["email", "email"]


def test_that_a_channel_stands_still_is_not_said_on_that_channel(rig: Rig) -> None:
    with read_only(rig.database) as connection:
        draft = halted(rig, Reader(connection, live=False), channel=ChannelName.EMAIL)
    assert draft.verdict.state == "suppressed"
    assert draft.verdict.reason.text == "owner field cannot be reached: no address for sms (owners.yaml)"


def test_an_owner_that_left_the_project_is_named_in_the_reason(rig: Rig) -> None:
    with read_only(rig.database) as connection:
        draft = unclear_alert(
            rig.ruleset,
            Reader(connection, live=False),
            message=outgoing(owner="gone"),
            reason="?",
            now=NOW,
            live=False,
        )
    assert draft.verdict.reason.text == "owner gone cannot be reached: no address for sms and email (owners.yaml)"


NO_SMTPUTF8 = OtherChannel(reason="the mail relay takes no address that is not ASCII")


def test_an_address_outside_ascii_is_written_to_and_where_no_relay_takes_it_the_sms_tells(rig: Rig) -> None:
    rig.set(customer=[ana(preferred_channel="email", email="josé@xn--espaa-rta.com")])
    provider(rig, ChannelName.EMAIL, NO_SMTPUTF8)
    sms = provider(rig, ChannelName.SMS)
    rig.tick()
    assert rig.dispatch() == DispatchReport(failed=1)
    rig.clock.forward(minutes=1)
    rig.tick()
    settled(rig)
    assert rig.dispatch() == DispatchReport(accepted=1)
    assert (only(rig).state, len(sms.texts)) == ("told", 1)
    assert alerts(rig) == []


@pytest.mark.parametrize(
    ("addresses", "channel"),
    [({"phone": "+576017455905"}, ChannelName.EMAIL), ({"email": "ana@españa.com"}, ChannelName.SMS)],
)
def test_an_address_that_cannot_be_used_does_not_hold_the_other_channel(
    rig: Rig, addresses: dict[str, str], channel: ChannelName
) -> None:
    rig.set(customer=[ana(**addresses)])
    told = provider(rig, channel)
    rig.tick()
    assert rig.dispatch() == DispatchReport(accepted=1)
    assert (only(rig).state, len(told.texts)) == ("told", 1)
    settled(rig)
    assert alerts(rig) == []


def test_a_provider_that_repeats_an_id_stops_that_message_alone(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2", phone="+573001234568", email="b@example.com")])
    rig.set(appointment=[visit(id=f"A-{number}", customer_id=f"C-{number % 2 + 1}") for number in range(2, 7)])
    scripted = provider(rig, ChannelName.SMS)
    answer = scripted.send

    async def send(message: Any) -> Outcome:
        await answer(message)
        return Accepted(provider_id="SM1" if len(scripted.ledger) in (1, 3) else f"SM-{message.id}")

    scripted.send = send  # type: ignore[method-assign]
    rig.tick()
    with capture_logs() as said:
        report = rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
    sent = [row for row in rig.messages() if row.channel == "sms"]
    assert [line["event"] for line in said if line["log_level"] == "error"] == ["message.repeated_id"]
    assert (report.unknown, report.accepted) == (1, len(sent) - 1)
    (stopped,) = [row for row in sent if row.state == "unknown"]
    assert stopped.error == "scripted sms took it under an id that another message has, so it may be either of them"
    rig.clock.forward(hours=2)  # a question would be answered "absent", and the message doubled
    rig.dispatch()
    assert len(scripted.ledger[stopped.id]) == 1
