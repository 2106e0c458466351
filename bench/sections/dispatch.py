"""Ready to handed over: the daemon's own Dispatcher against bare clients that hand over the same messages.

Providers are stubs on this machine, in processes of their own, which check that each side hands over every message
exactly once. Wall time, since two processes work; what it costs ours in processor time is told with it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from operator import attrgetter
from statistics import median

from bench import bare_clients
from bench.bare_clients import AT_ONCE, Share
from bench.by_hand import HandKept
from bench.harness import Bench, Case, Clock, Job, Result, Spent
from bench.outbox_state import Outbox, ready
from bench.pacing import add_burst, send_paced
from bench.profiling import costliest
from bench.providers import Stub, stub
from bench.sending import Sending
from notifier.delivery.smtp_connections import AT_MOST
from notifier.model.types import USUAL_CHANNELS, ChannelName
from notifier.sending.background import in_turn

NAME = "dispatch"
SMALL = 0.01
"""The scale of the state around the notices: sending looks rows up by their ids."""
NOTICES = 500
QUICK_NOTICES = 250
LEAST = 20
"""Notices of a smoke run: at a scale below `SMALL`."""
FEW = 1_000
"""Notices at most for what need not be many: a profile, the part of a burst that is followed."""
PART = 0.2
"""Of the messages, for those who take a millisecond or two for each, however many there are."""
LATENCY = {ChannelName.SMS: timedelta(milliseconds=100), ChannelName.EMAIL: timedelta(milliseconds=20)}
"""How soon providers answer: one on the other side of the network, and a relay nearby."""
SLOW = {ChannelName.SMS: 640, ChannelName.EMAIL: 240}
"""Messages to providers that take their time: about a second's. A third of it in a quick run."""
AT_LEAST = 0.8
BURST = 100_000
QUICK_BURST = 10_000
LEAST_BURST = 200
"""Messages due at once where the provider has a rate; the notices are the first of them."""
RATE = 100.0
"""Segments a second: what Twilio gives a short code."""
LONGEST = 1.05
"""The time that a burst takes by the time that the rate gives it. The issue names no figure."""

STAGES = {
    "sending/lease.py, _next": "leasing",
    "sending/recheck.py, _examined": "the recheck: draft()",
    "sending/completer.py, _commit": "committing: what is called next, what came back",
    "sending/dispatch.py, dispatch": "the provider's client and the event loop",
}


Book = Callable[[HandKept], Share]


@dataclass(frozen=True, kw_only=True)
class Opponent:
    """A bare client that hands over the first `part` of the messages."""

    name: str
    client: Callable[..., None]
    part: float = 1.0
    book: Book | None = None
    """How it keeps an outbox by hand around the calls."""
    target: bool = False
    """It is the one that the target speaks of: the provider's own library, asynchronous, as many at once as we."""


SHARED: Book = attrgetter("together")
ONE_BY_ONE: Book = attrgetter("one_by_one")
OPPONENTS = {
    ChannelName.SMS: (
        Opponent(
            name=f"Twilio's SDK, asynchronous, {AT_ONCE} at once", client=bare_clients.twilio_sdk_async, target=True
        ),
        Opponent(
            name="Twilio's SDK and an outbox by hand, shared commits",
            client=bare_clients.twilio_sdk_async,
            book=SHARED,
        ),
        Opponent(
            name="Twilio's SDK and an outbox by hand, two commits each",
            client=bare_clients.twilio_sdk_async,
            part=PART,
            book=ONE_BY_ONE,
        ),
        Opponent(name=f"aiohttp alone, {AT_ONCE} at once", client=bare_clients.bare_aiohttp),
        Opponent(name="Twilio's SDK in a loop", client=bare_clients.twilio_sdk, part=PART),
    ),
    ChannelName.EMAIL: (
        Opponent(name=f"aiosmtplib, {AT_MOST} connections", client=bare_clients.bare_aiosmtplib, target=True),
        Opponent(
            name="aiosmtplib and an outbox by hand, shared commits", client=bare_clients.bare_aiosmtplib, book=SHARED
        ),
        Opponent(
            name="aiosmtplib and an outbox by hand, two commits each",
            client=bare_clients.bare_aiosmtplib,
            part=PART,
            book=ONE_BY_ONE,
        ),
        Opponent(name="smtplib, 1 connection", client=bare_clients.bare_smtplib),
    ),
}


def run(bench: Bench) -> Iterator[Result]:
    """For each database and channel a ratio against each client; then against slow providers, then a burst."""
    notices = LEAST if bench.scale < SMALL else QUICK_NOTICES if bench.quick else NOTICES
    state = bench.states.at(min(SMALL, bench.scale))
    rates = _Rates()
    for kept in state.databases:
        with ready(kept, state.ruleset, notices) as outbox:
            for channel in USUAL_CHANNELS:
                results = _measured(bench, outbox, channel, notices)
                rates.add(outbox, channel, notices, results[:-1])
                yield from results
            for channel in USUAL_CHANNELS:
                slow = min(notices, SLOW[channel] // (3 if bench.quick else 1))
                yield from _measured(bench, outbox, channel, slow, LATENCY[channel])
            yield _paced(bench, outbox, min(notices, FEW))
    bench.profiles["dispatch: messages a second, and milliseconds of processor time for each"] = rates.table()


def _measured(
    bench: Bench, outbox: Outbox, channel: ChannelName, notices: int, latency: timedelta = timedelta()
) -> list[Result]:
    name = f"{notices:,} by {'SMS' if channel is ChannelName.SMS else 'mail'}, {outbox.name}"
    if latency:
        name += f", answered after {latency / timedelta(milliseconds=1):g} ms"
    opponents = [each for each in OPPONENTS[channel] if each.target or not latency]
    with stub(channel, latency) as provider:
        side = Sending(outbox, provider, notices)
        cases = [
            Case(
                name=name,
                ours=Job(name="Dispatcher", before=side.renew, run=side.run),
                other=_job(each, provider, outbox, side),
                at_least=AT_LEAST if each.target else None,
                more_is_better=True,
                clock=Clock.WALL,
                server=outbox.server,
            )
            for each in opponents
        ]
        results = bench.compare_with_each(NAME, cases)
        if not latency:
            results.append(_bound(results, opponents))
            few = Sending(outbox, provider, min(notices, FEW), background=in_turn)
            few.renew()
            title = f"dispatch, {outbox.name}, {channel}: where the time goes"
            bench.profiles[title] = costliest(few.run, len(few.messages), STAGES)
        return results


def _bound(results: Sequence[Result], opponents: Sequence[Opponent]) -> Result:
    """What part of the bare client's rate the cheapest outbox leaves: the most that any durable one can reach."""
    cheapest, bare = (
        results[next(place for place, each in enumerate(opponents) if wanted(each))]
        for wanted in (lambda each: each.book is SHARED, lambda each: each.target)
    )
    case = Case(
        name=bare.case.name, ours=cheapest.case.other, other=bare.case.other, more_is_better=True, clock=Clock.WALL
    )
    ratios = [theirs.wall / ours.wall for ours, theirs in zip(cheapest.other, bare.other, strict=True)]
    return Result(section=NAME, case=case, ours=cheapest.other, other=bare.other, ratios=ratios)


def _job(opponent: Opponent, provider: Stub, outbox: Outbox, side: Sending) -> Job:
    given = side.messages[: max(1, int(len(side.messages) * opponent.part))]

    def run() -> None:
        opponent.client(provider, given)
        provider.check(given)

    def run_with_book(keep: Book) -> None:
        with closing(HandKept(outbox, provider.channel)) as book:
            opponent.client(provider, book.messages()[: len(given)], keep(book))
        provider.check(given)

    share = len(given) / len(side.messages)
    if opponent.book is not None:
        return Job(name=opponent.name, before=side.renew, run=partial(run_with_book, opponent.book), share=share)
    return Job(name=opponent.name, run=run, share=share)


def _paced(bench: Bench, outbox: Outbox, notices: int) -> Result:
    """Once only: nothing of it hangs on how fast the machine is, unless it falls behind."""
    count = LEAST_BURST if bench.scale < SMALL else QUICK_BURST if bench.quick else BURST
    add_burst(outbox, notices, count)
    course = send_paced(outbox, RATE, count, notices)
    what = f"{count:,} due at once, {RATE:g} segments a second, the first {notices:,}"
    bench.profiles[f"dispatch, {outbox.name}: {what}"] = course.table()
    taken, ideal = course.seconds
    case = Case(
        name=f"{what}, {outbox.name}",
        ours=Job(name="Dispatcher with a pace", run=lambda: None),
        other=Job(name="segments / rate", run=lambda: None),
        at_most=LONGEST,
        clock=Clock.SKIPPING,
    )
    spent = [Spent(cpu=0, wall=taken)], [Spent(cpu=0, wall=ideal)]
    return Result(section=NAME, case=case, ours=spent[0], other=spent[1], ratios=[taken / ideal])


@dataclass
class _Rates:
    lines: list[str] = field(default_factory=lambda: [f"{'a second':>10}  {'CPU ms':>7}"])

    def add(self, outbox: Outbox, channel: ChannelName, notices: int, results: Sequence[Result]) -> None:
        sides = [(results[0].case.ours, results[0].ours), *((result.case.other, result.other) for result in results)]
        for job, spent in sides:
            rate = notices / median(each.wall for each in spent)
            cpu = median(each.cpu for each in spent) / notices * 1000
            self.lines.append(f"{rate:10,.0f}  {cpu:7.2f}  {outbox.name}, {channel.value}: {job.name}")

    def table(self) -> str:
        return "\n".join(self.lines)
