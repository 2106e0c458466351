"""One tick, and one round of asking providers, for those who run them by a timetable of their own.

Each writes down which passes ended, so that whoever watches sees them as those of a daemon.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import sqlalchemy as sa

from notifier.consent.simulated import play
from notifier.drafting.ruleset import Ruleset
from notifier.drivers.passes import Passes
from notifier.model.clock import Clock
from notifier.model.processes import Process
from notifier.receipts.asking import EVER, MOST_BY_HAND
from notifier.receipts.taking import Taken, settle
from notifier.sending.dispatch import Dispatcher, DispatchReport
from notifier.sending.reply_answers import AnswerSender
from notifier.tick import TickReport, evaluate

PASSES_OF_A_TICK = (Process.EVALUATING, Process.DISPATCHING_SMS, Process.DISPATCHING_EMAIL, Process.RECONCILING)

OpenDispatchers = Callable[[], AbstractContextManager[Sequence[Dispatcher]]]


def tick_once(
    database: sa.Engine,
    ruleset: Ruleset,
    now: datetime,
    *,
    live: bool,
    full: bool,
    answers: AnswerSender | None,
    dispatchers: OpenDispatchers,
    clock: Clock,
) -> tuple[TickReport, DispatchReport]:
    """Evaluate and send once, as if it were `now` (aware UTC); `clock` says when that was done."""
    settle(database, now=now)
    if not live:
        play(database, ruleset, now=now)
    report = evaluate(database, ruleset, now, live=live, full=full)
    if answers is not None:
        answers.send()
    with dispatchers() as opened:
        sent = sum((dispatcher.dispatch(ruleset) for dispatcher in opened), start=DispatchReport())
    _write_down(Passes(database, clock, live=live), *PASSES_OF_A_TICK)
    return report, sent


def ask_once(
    database: sa.Engine,
    ruleset: Callable[[], Ruleset],
    clock: Clock,
    *,
    live: bool,
    dispatchers: OpenDispatchers,
) -> Taken:
    """Ask providers, now, what became of every message of which they said nothing yet."""
    taken = settle(database, now=clock())
    if not live:
        taken += play(database, ruleset(), now=clock()).taken
    with dispatchers() as opened:
        taken = sum((each.confirm(EVER, most=MOST_BY_HAND) for each in opened), start=taken)
    _write_down(Passes(database, clock, live=live), Process.RECONCILING)
    return taken


def _write_down(passes: Passes, *ended: Process) -> None:
    for process in ended:
        passes.ended(process)
    passes.write()
