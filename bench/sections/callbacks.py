"""Two hundred callbacks a second beside a sending daemon, against a bare FastAPI handler that inserts one row.

Each side runs once, for five seconds: its rate is given, so what is measured is how soon each
callback is answered, counted from the instant at which it was due, and what that costs the process that serves.
Nothing may be lost: a run in which a receipt is missing has no result.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bench.callback_processes import BARE
from bench.callbacks import STEPS, Callback, Course, LostCallbackError, accept_all, callback, measured
from bench.harness import Bench, Case, Clock, Job, Result, Spent
from bench.outbox_state import Outbox, ready
from bench.providers import stub
from bench.sections.dispatch import SMALL
from notifier.model.notices import MessageState
from notifier.model.types import ChannelName
from notifier.store.tables import MESSAGE, RECEIPT

NAME = "callbacks"
RATE = 200
SECONDS = 5
USUAL, LATEST = 0.05, 1.0
"""Seconds within which every callback must be answered."""
OURS, THEIRS = "notifier serve", "FastAPI that inserts one row"


def run(bench: Bench) -> Iterator[Result]:
    """For each database: the median and the slowest answer, the processor time, and the slowest against a second."""
    notices = RATE * SECONDS // len(STEPS)
    state = bench.states.at(min(SMALL, bench.scale))
    lines = [f"{'median ms':>10}  {'99 % ms':>8}  {'slowest ms':>10}  {'CPU ms':>7}  {'mails beside':>12}"]
    for kept in state.databases:
        with ready(kept, state.ruleset, notices) as outbox, stub(ChannelName.EMAIL) as relay:
            courses = {}
            for name, role in ((OURS, "ours"), (THEIRS, "bare")):
                sids = accept_all(outbox, notices)
                callbacks = [callback(sid, status) for status in STEPS for sid in sids]
                project = state.ruleset.project.folder
                course, sent = measured(role, outbox, callbacks, RATE, relay=relay.port, project=project)
                refuse_losses(outbox, role, callbacks, len(sids))
                courses[name] = course
                lines.append(_line(course, sent, f"{outbox.name}: {name}"))
        yield from _results(courses[OURS], courses[THEIRS], f"{RATE} a second for {SECONDS} s, {outbox.name}")
    bench.profiles[f"{NAME}: beside a sending daemon"] = "\n".join(lines)


def refuse_losses(outbox: Outbox, role: str, callbacks: Sequence[Callback], messages: int) -> None:
    """Raises LostCallbackError unless each callback is stored, and each message has its end."""
    column = BARE.c.sid if role == "bare" else RECEIPT.c.provider_id
    delivered = MESSAGE.c.state == MessageState.DELIVERED
    with outbox.database.connect() as connection:
        stored = connection.scalar(sa.select(sa.func.count()).where(column.not_like("SMwarming%")))
        arrived = connection.scalar(sa.select(sa.func.count()).select_from(MESSAGE).where(delivered))
    if role == "bare":  # it knows of no messages
        arrived = messages
    if (stored, arrived) != (len(callbacks), messages):
        raise LostCallbackError(
            f"of {len(callbacks)} callbacks {stored} are stored, of {messages} messages {arrived} arrived"
        )


def _results(ours: Course, theirs: Course, what: str) -> Iterator[Result]:
    for name, part in (("median answer", 0.5), ("slowest answer", 1.0)):
        yield _result(f"{name}, {what}", ours.share(part), theirs.share(part), THEIRS)
    yield _result(f"processor time, {what}", ours.cpu, theirs.cpu, THEIRS, clock=Clock.CPU)
    yield _result(f"median answer, {what}", ours.share(0.5), USUAL, "50 ms", at_most=1.0)
    yield _result(f"slowest answer, {what}", ours.share(1.0), LATEST, "1 second", at_most=1.0)


def _result(
    name: str, ours: float, theirs: float, other: str, *, at_most: float | None = None, clock: Clock = Clock.WALL
) -> Result:
    case = Case(
        name=name,
        ours=Job(name=OURS, run=lambda: None),
        other=Job(name=other, run=lambda: None),
        at_most=at_most,
        clock=clock,
    )
    spent = [Spent(cpu=ours, wall=ours)], [Spent(cpu=theirs, wall=theirs)]
    return Result(section=NAME, case=case, ours=spent[0], other=spent[1], ratios=[ours / theirs])


def _line(course: Course, sent: int, what: str) -> str:
    median, most, slowest = (course.share(part) * 1000 for part in (0.5, 0.99, 1.0))
    each = course.cpu / len(course.seconds) * 1000
    return f"{median:10.1f}  {most:8.1f}  {slowest:10.1f}  {each:7.2f}  {sent:12,}  {what}"
