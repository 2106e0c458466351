"""A message of unknown fate is asked for before anything is sent again; what its provider says of it decides."""

import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.delivery.channel import Channel
from notifier.delivery.outcomes import (
    Absent,
    Accepted,
    Finding,
    Found,
    Halt,
    OtherChannel,
    Outcome,
    Retry,
    SuppressAddress,
    Unclear,
    Unknown,
)
from notifier.delivery.sandbox import SandboxChannel
from notifier.delivery.twilio_receipts import receipt_of
from notifier.model.notices import NoticeKind
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass
from notifier.receipts.taking import settle, take
from notifier.sending.completer import GRACE
from notifier.sending.dispatch import DispatchReport
from notifier.sending.reconcile import SAFETY_WAITS
from notifier.store.outbox.leasing import LEASE
from notifier.store.sql import table_of
from notifier.store.tables import NoticeRow
from tests.support.drafts import sms
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel

LOST = Unknown(reason="a time-out")


class Asked(ScriptedChannel):
    """Keeps what it was told about ids that others own, and lets something happen before it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.owned: list[set[str]] = []
        self.meanwhile: Callable[[Outgoing], None] = lambda _: None

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        self.owned.append(set(owned))
        self.meanwhile(message)
        return await super().find(message, owned, now=now)


@pytest.fixture
def provider() -> Asked:
    return Asked()


@contextmanager
def handed_over(folder: Path, migrated_url: str, provider: Asked) -> Iterator[Rig]:
    """Ana's reminder was handed over as an SMS, and the answer was lost; mails go into the sandbox."""
    provider.script = [LOST]
    channels: dict[ChannelName, Channel] = {
        ChannelName.SMS: provider,
        ChannelName.EMAIL: SandboxChannel(folder / "outbox"),
    }
    with open_rig(folder, migrated_url, channels) as rig:
        rig.set(customer=[ana(email=None)], contract=[contract()], appointment=[visit()])
        rig.tick()
        assert rig.dispatch() == DispatchReport(unknown=1)
        yield rig


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path, provider: Asked) -> Iterator[Rig]:
    """On SQLite: what is decided is the same on both."""
    path = shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with handed_over(tmp_path, f"sqlite:///{path}", provider) as rig:
        yield rig


@pytest.fixture
def on_both(tmp_path: Path, migrated_url: str, provider: Asked) -> Iterator[Rig]:
    """On each database: for what rests on its transactions."""
    with handed_over(tmp_path, migrated_url, provider) as rig:
        yield rig


def reminder(rig: Rig) -> sa.Row[Any]:
    return next(row for row in rig.messages() if row.address == "+573001234567")


def notice(rig: Rig) -> sa.Row[Any]:
    return next(row for row in rig.notices() if row.kind != NoticeKind.ALERT)


def alerts(rig: Rig) -> list[sa.Row[Any]]:
    return [row for row in rig.notices() if row.kind == NoticeKind.ALERT]


def elsewhere(rig: Rig) -> DispatchReport:
    """Meanwhile, another process has a round of sending SMS."""
    reports = []

    def dispatch() -> None:
        provider = rig.dispatchers[ChannelName.SMS].channel
        with rig.process(ChannelName.SMS, provider) as dispatcher:
            reports.append(dispatcher.dispatch(rig.ruleset))

    thread = threading.Thread(target=dispatch)
    thread.start()
    thread.join()
    return reports[0]


def test_it_is_not_asked_for_before_the_provider_can_know(rig: Rig, provider: Asked) -> None:
    rig.clock.forward(seconds=GRACE.total_seconds() - 1)
    assert rig.dispatch() == DispatchReport()
    assert provider.asked == []


def test_found_it_counts_as_accepted_and_is_not_sent_again(on_both: Rig, provider: Asked) -> None:
    on_both.clock.at += GRACE
    provider.finding = Found(provider_id="SM-1")
    assert on_both.dispatch() == DispatchReport(accepted=1)
    assert (reminder(on_both).state, reminder(on_both).provider_id, provider.ledger) == ("accepted", "SM-1", {})
    assert notice(on_both).state == "told"


def test_a_receipt_that_came_while_its_fate_was_unknown_counts_once_it_is_found(rig: Rig, provider: Asked) -> None:
    early = take(rig.database, [receipt_of("SM-1", "undelivered", 30005)], now=rig.clock())
    assert (early.kept, early.unmatched) == (1, 1)
    rig.clock.at += GRACE
    provider.name, provider.finding = "twilio", Found(provider_id="SM-1")
    assert rig.dispatch() == DispatchReport(accepted=1)
    settle(rig.database, now=rig.clock())
    assert (reminder(rig).state, reminder(rig).error) == (
        "undelivered",
        "Twilio 30005: an unknown number, or not in service any more",
    )


def test_while_its_fate_is_unknown_it_is_not_too_late_and_then_its_owner_hears_once(
    on_both: Rig, provider: Asked
) -> None:
    provider.finding = Unclear(reason="nobody knows")
    on_both.clock.at = notice(on_both).until_at + timedelta(minutes=1)
    assert [on_both.tick().conflicts for _ in range(2)] == [0, 0]
    assert (notice(on_both).state, alerts(on_both)) == ("ready", [])

    provider.finding = Absent()
    on_both.dispatch()
    on_both.tick()
    on_both.clock.forward(minutes=1)
    on_both.tick()
    assert notice(on_both).state == "expired"
    assert len(alerts(on_both)) == 1


@pytest.mark.parametrize(
    ("outcome", "report", "state", "decision"),
    [
        (OtherChannel(reason="filtered"), DispatchReport(failed=1), "failed", "OtherChannel"),
        (SuppressAddress(reason="opted out"), DispatchReport(failed=1), "failed", "SuppressAddress"),
        (Retry(reason="handset off", after=timedelta(hours=1)), DispatchReport(retried=1), "queued", "Retry"),
        (Retry(reason="handset off", attempts=1), DispatchReport(failed=1), "failed", "OtherChannel"),
    ],
)
def test_found_to_have_failed_since_that_failure_decides(
    rig: Rig, provider: Asked, outcome: Retry | OtherChannel, report: DispatchReport, state: str, decision: str
) -> None:
    rig.clock.at += GRACE
    provider.finding = Found(provider_id="SM-1", outcome=outcome)
    assert rig.dispatch() == report
    assert (reminder(rig).state, reminder(rig).decision) == (state, decision)
    assert provider.ledger == {}


def test_found_to_have_failed_for_all_the_channel_stands_still_and_the_message_waits(rig: Rig, provider: Asked) -> None:
    rig.clock.at += GRACE
    provider.finding = Found(provider_id="SM-1", outcome=Halt(reason="suspended"))
    report = rig.dispatch()
    assert (report.put_off, report.halted) == (1, {ChannelName.SMS: "suspended"})
    assert reminder(rig).state == "queued"
    assert [alert.subject_type for alert in alerts(rig)] == ["channel"]


def test_absent_it_is_sent_again(on_both: Rig, provider: Asked) -> None:
    on_both.clock.at += GRACE
    assert on_both.dispatch() == DispatchReport(accepted=1, retried=1)
    assert len(provider.texts) == 1
    assert reminder(on_both).attempts == 2


def test_absent_but_no_longer_true_it_is_not_sent_again(rig: Rig, provider: Asked) -> None:
    rig.set(appointment=[visit(status="cancelled")])
    rig.tick()
    assert notice(rig).state == "ready"  # nothing of it is replaced while the provider may have it
    rig.clock.at += GRACE
    assert rig.dispatch() == DispatchReport(retried=1, stale=1)
    assert notice(rig).state == "cancelled"
    assert provider.ledger == {}


def test_absent_but_too_late_it_has_failed(rig: Rig) -> None:
    rig.clock.at = NOW + timedelta(hours=45)
    assert rig.dispatch() == DispatchReport(failed=1)


def test_unclear_it_waits_with_growing_pauses_and_its_owner_is_told_once(rig: Rig, provider: Asked) -> None:
    provider.finding = Unclear(reason="the list cannot be had")
    told_at: list[datetime] = []
    while rig.clock.at < NOW + timedelta(days=3):
        rig.clock.at = reminder(rig).next_attempt_at
        assert rig.dispatch().unknown == 1
        told_at += [rig.clock.at] if alerts(rig) and not told_at else []
    assert (reminder(rig).state, reminder(rig).error) == ("unknown", "the list cannot be had")
    assert notice(rig).state == "ready"
    assert len(provider.asked) < 25
    (alert,) = alerts(rig)
    assert alert.owner == "field"
    assert SAFETY_WAITS <= told_at[0] - NOW < SAFETY_WAITS + timedelta(minutes=5)
    assert provider.ledger == {}


def test_unclear_nobody_is_asked_where_another_channel_told_it(rig: Rig, provider: Asked) -> None:
    with rig.database.begin() as connection:
        connection.execute(sa.update(table_of(NoticeRow)).values(state="told", told_at=NOW, spent=True))
    provider.finding = Unclear(reason="the list cannot be had")
    for _ in range(3):
        rig.clock.at += SAFETY_WAITS
        assert rig.dispatch().unknown == 1
    assert alerts(rig) == []


def test_unclear_only_safety_is_sent_again(rig: Rig, provider: Asked) -> None:
    provider.finding = Unclear(reason="the list cannot be had")
    provider.script = [LOST, LOST]
    rig.queue("B-1", sms("gas leak", to="+573000000001"), notice_class=NoticeClass.SAFETY)
    rig.queue("B-2", sms("your bill", to="+573000000002"))
    rig.dispatch()
    rig.clock.at += SAFETY_WAITS - timedelta(seconds=1)
    rig.dispatch()
    assert provider.texts == []
    rig.clock.at += SAFETY_WAITS
    rig.dispatch()
    assert provider.texts == ["gas leak"]


def test_a_mistake_in_the_adapter_is_no_answer(rig: Rig, provider: Asked) -> None:
    def broken(_: Outgoing) -> None:
        raise KeyError("sid")

    provider.meanwhile = broken
    rig.clock.at += GRACE
    assert rig.dispatch() == DispatchReport(unknown=1)
    assert reminder(rig).error == "scripted failed with KeyError"


def test_ids_that_other_messages_to_the_address_own_are_named_to_the_provider(on_both: Rig, provider: Asked) -> None:
    on_both.clock.forward(seconds=1)
    on_both.queue("B-1", sms("to Ana, too"), until=NOW + timedelta(hours=1))
    on_both.queue("B-2", sms("to another", to="+573000000002"))
    with on_both.database.begin() as connection:  # what keeps them back is the reminder
        connection.execute(sa.text("UPDATE message SET state = 'unknown' WHERE text = 'to Ana, too'"))
        connection.execute(
            sa.text("UPDATE message SET started_at = created_at, attempts = 1 WHERE text = 'to Ana, too'")
        )
    on_both.clock.at += GRACE
    provider.finding = Found(provider_id="SM-1")
    accepted = iter(["SM-1", "SM-2"])

    def next_one(_: Outgoing) -> None:
        provider.finding = Found(provider_id=next(accepted))

    provider.meanwhile = next_one
    assert on_both.dispatch().accepted == 3
    assert provider.owned == [set(), {"SM-1"}]

    on_both.queue("B-3", sms("to Ana, again"))
    provider.script = [LOST]
    on_both.dispatch()
    on_both.clock.at += GRACE
    provider.meanwhile = lambda _: None
    provider.finding = Absent()
    on_both.dispatch()
    assert provider.owned[-1] == {"SM-1", "SM-2"}


def test_two_processes_that_ask_at_once_send_it_again_once(on_both: Rig, provider: Asked) -> None:
    on_both.clock.at += GRACE

    def ask_too(_: Outgoing) -> None:
        provider.meanwhile = lambda _: None
        elsewhere(on_both)

    provider.meanwhile = ask_too
    on_both.dispatch()
    assert len(provider.asked) == 2
    assert len(provider.texts) == 1
    assert (reminder(on_both).state, reminder(on_both).attempts) == ("accepted", 2)


@pytest.mark.parametrize(
    "late", [Accepted(provider_id="SM-late"), Retry(reason="refused"), Halt(reason="suspended"), LOST]
)
def test_a_process_that_slept_through_its_lease_undoes_nothing(rig: Rig, provider: Asked, late: Outcome) -> None:
    rig.clock.at += GRACE
    rig.dispatch()
    rig.queue("B-1", sms("slow", to="+573000000001"))
    provider.script = [late]
    others = []

    def sleep(message: Outgoing) -> None:
        provider.before_each = lambda _: None
        rig.clock.at += LEASE
        provider.script = []
        others.append(elsewhere(rig))
        provider.script = [late]

    provider.before_each = sleep
    rig.dispatch()
    assert others == [DispatchReport(retried=1, accepted=1)]
    (row,) = [row for row in rig.messages() if row.text == "slow"]
    assert (row.state, row.provider_id) == ("accepted", f"P-{row.id}-1")
    assert row.attempts == 2


def test_a_message_that_waited_for_its_slot_through_its_lease_is_not_sent(on_both: Rig, provider: Asked) -> None:
    on_both.clock.at += GRACE
    on_both.dispatch()
    provider.ledger.clear()
    on_both.queue("B-1", sms("first"))
    on_both.clock.forward(seconds=1)
    on_both.queue("B-2", sms("second"))

    def sleep(_: Outgoing) -> None:
        provider.before_each = lambda _: None
        on_both.clock.at += LEASE
        elsewhere(on_both)

    provider.before_each = sleep
    on_both.dispatch()
    assert sorted(provider.texts) == ["first", "first", "second"]  # the first slept within its call: nobody can tell
    assert {row.state for row in on_both.messages()} == {"accepted"}
