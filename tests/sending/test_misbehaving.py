"""One address that hangs, a list that hangs, or one odd refusal holds nobody else up, and safety goes first."""

import asyncio
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from notifier.delivery.outcomes import Absent, Accepted, Finding, Halt, Outcome, Retry, Unknown
from notifier.model.outgoing import Outgoing
from notifier.model.types import ChannelName, NoticeClass
from notifier.sending.completer import GRACE
from notifier.sending.dispatch import DispatchReport
from notifier.store.outbox.halts import FIRST_PAUSE
from tests.support.drafts import sms
from tests.support.rig import NOW, Rig, open_rig, waiting
from tests.support.scripted import ScriptedChannel

HANGING = "+573000000666"


class Hanging(ScriptedChannel):
    """Hangs with what goes to one number, or with its list, until the test lets it go; `meanwhile` happens then."""

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        super().__init__(*outcomes)
        self.go = asyncio.Event()
        self.list_hangs = False
        self.order: list[str] = []

    async def send(self, message: Outgoing) -> Outcome:
        self.order.append(message.text)
        if message.address == HANGING:
            await asyncio.wait_for(self.go.wait(), timeout=30)
        return await super().send(message)

    async def find(self, message: Outgoing, owned: Collection[str] = (), *, now: datetime) -> Finding:
        if self.list_hangs:
            await asyncio.wait_for(self.go.wait(), timeout=30)
        return await super().find(message, owned, now=now)


@pytest.fixture
def provider() -> Hanging:
    return Hanging()


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path, provider: Hanging) -> Iterator[Rig]:
    path = tmp_path / "notifier.db"
    path.write_bytes(migrated_file.read_bytes())
    with open_rig(tmp_path, f"sqlite:///{path}", {ChannelName.SMS: provider}) as rig:
        yield rig


def queue_later(rig: Rig, provider: Hanging, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """While something hangs, a message is queued; when it has gone, what hangs may go on."""
    monkeypatch.setattr("notifier.sending.sender.SLOW", 0.05)
    said = provider.before_each

    def seen(message: Outgoing) -> None:
        said(message)
        if message.text == text:
            provider.go.set()

    provider.before_each = seen

    async def later() -> None:
        rig.queue("B-9", sms(text, to="+573000000009"), notice_class=NoticeClass.SAFETY)

    original = provider.send if not provider.list_hangs else provider.find

    async def hangs(message: Outgoing, *arguments: object, **named: object) -> object:
        if message.address == HANGING or provider.list_hangs:
            asyncio.get_running_loop().call_later(0.01, lambda: asyncio.ensure_future(later()))
        return await original(message, *arguments, **named)  # type: ignore[arg-type]  # it passes on what it got

    monkeypatch.setattr(provider, "find" if provider.list_hangs else "send", hangs)


def test_what_is_queued_while_one_address_hangs_does_not_wait_for_it(
    rig: Rig, provider: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.queue("B-1", sms("hangs", to=HANGING))
    queue_later(rig, provider, monkeypatch, "gas leak")
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset, at_most=timedelta(seconds=10)).accepted == 2
    assert provider.go.is_set()


def test_what_is_queued_while_the_list_hangs_does_not_wait_for_it(
    rig: Rig, provider: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script = [Unknown(reason="a time-out")]
    rig.queue("B-1", sms("lost", to="+573000000001"))
    rig.dispatch()
    rig.clock.at += GRACE
    provider.list_hangs = True
    provider.finding = Absent(certain_after=timedelta(hours=1))
    queue_later(rig, provider, monkeypatch, "gas leak")
    report = rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset, at_most=timedelta(seconds=10))
    assert report == DispatchReport(accepted=1, unknown=1)


def test_a_refusal_of_everything_is_tried_again_after_seconds_then_less_and_less_often(
    rig: Rig, provider: Hanging
) -> None:
    provider.script = [Halt(reason="HTTP 401")] * 20
    rig.commit(*(waiting(f"B-{number}", sms(f"m{number}", to=f"+5730000000{number:02}")) for number in range(20)))
    tried: list[float] = []
    provider.before_each = lambda _: tried.append((rig.clock.at - NOW).total_seconds())
    while rig.clock.at < NOW + timedelta(minutes=20):
        rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
        rig.clock.forward(seconds=5)
    assert tried[:6] == [0, 15, 30, 60, 120, 240]
    assert all(later - sooner <= 305 for sooner, later in pairwise(tried[5:]))


def test_the_message_that_was_refused_does_not_make_the_trial(rig: Rig, provider: Hanging) -> None:
    """Where a proxy refuses one number alone, the others show that the provider takes messages."""

    def refuses(message: Outgoing) -> None:
        provider.script = [Halt(reason="HTTP 403")] if message.text == "refused" else []

    provider.before_each = refuses
    rig.commit(
        waiting("B-1", sms("refused", to="+573000000001"), notice_class=NoticeClass.SAFETY),
        waiting("B-2", sms("taken", to="+573000000002")),
        waiting("B-3", sms("taken, too", to="+573000000003")),
    )
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 0
    rig.clock.at += FIRST_PAUSE
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 2


def test_a_rest_of_all_is_no_longer_because_one_message_was_tried_often(rig: Rig, provider: Hanging) -> None:
    rig.queue("B-1", sms("often", to="+573000000001"))
    provider.script = [Retry(reason="not reached")] * 6
    for _ in range(6):
        rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
        rig.clock.at = rig.messages()[0].next_attempt_at
    provider.script = [Retry(reason="too many requests", whole_channel=True)]
    rig.queue("B-2", sms("new", to="+573000000002"))
    rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
    rig.clock.forward(seconds=37)  # half a minute, and its jitter
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted >= 1


def test_safety_goes_before_what_was_queued_first(rig: Rig, provider: Hanging) -> None:
    rig.queue("B-1", sms("your bill", to="+573000000001"))
    rig.queue("B-2", sms("gas leak", to="+573000000002"), notice_class=NoticeClass.SAFETY)
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 2
    assert provider.order == ["gas leak", "your bill"]


def test_accepted_after_it_was_believed_absent_it_is_not_sent_again(rig: Rig, provider: Hanging) -> None:
    """The answer of the first call comes when the message waits to be sent a second time."""
    rig.queue("B-1", sms("slow", to="+573000000001"))

    def elsewhere(_: Outgoing) -> None:
        provider.before_each = lambda _: None
        rig.clock.at += timedelta(hours=1)  # this process slept; another one asked, and was told that it is absent
        with rig.database.begin() as connection:
            connection.exec_driver_sql("UPDATE message SET state = 'queued' WHERE text = 'slow'")

    provider.before_each = elsewhere
    provider.script = [Accepted(provider_id="SM-late")]
    assert rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset).accepted == 1
    (row,) = rig.messages()
    assert (row.state, row.provider_id) == ("accepted", "SM-late")


def test_a_trial_without_an_answer_is_repeated_soon_however_long_the_halt_has_lasted(
    rig: Rig, provider: Hanging
) -> None:
    rig.commit(*(waiting(f"B-{number}", sms(f"m{number}", to=f"+5730000000{number:02}")) for number in range(9)))
    provider.script = [*[Halt(reason="HTTP 401")] * 5, *[Unknown(reason="HTTP 502")] * 2]
    tried: list[float] = []
    provider.before_each = lambda _: tried.append((rig.clock.at - NOW).total_seconds())
    while rig.clock.at < NOW + timedelta(minutes=5):
        rig.dispatchers[ChannelName.SMS].dispatch(rig.ruleset)
        rig.clock.forward(seconds=5)
    assert tried[:8] == [0, 15, 30, 60, 120, 240, 255, 270]
