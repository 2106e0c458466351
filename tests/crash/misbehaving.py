"""By hand: 300 notices, and providers that fail in twelve ways each; prints how the queues shrink, and who had no word.

    python -m tests.crash.misbehaving --seconds 380

In real time, at 5 SMS and 10 mails a second: one fault a channel every five seconds for the first minute, each for a
few messages, and one address of each channel that fails for as long as it lasts. Nobody dies. Exit code 1 where
anything was lost or doubled. Takes as long as `--seconds` says.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from notifier.model.notices import MessageState, NoticeKind
from notifier.model.types import USUAL_CHANNELS, NoticeClass
from tests.crash.long import database
from tests.crash.tally import tally
from tests.crash.world import CrashWorld, open_world
from tests.support.rig import NOW

CUSTOMERS = 100
CLASSES = {NoticeClass.SERVICE: 2, NoticeClass.SAFETY: 1}
PACE = {"NOTIFIER_SMS_SEGMENTS_PER_SECOND": 5, "NOTIFIER_EMAIL_MESSAGES_PER_SECOND": 10}
EVERY = 5.0
"""Seconds between two faults."""
BAD_NUMBER, BAD_MAILBOX = "+573001000007", "c11@example.com"
LONG = 10_000
"""Times: for as long as it lasts."""
WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)


def faults_of_twilio(world: CrashWorld) -> Sequence[Callable[[], None]]:
    """Twelve, in the order in which they come."""
    twilio = world.twilio
    return [
        lambda: twilio.fault("reset", times=5),
        lambda: twilio.fault("reject_429", times=4, retry_after=20),
        lambda: twilio.fault("accept_then_reset", times=5),
        lambda: twilio.fault("accept_then_5xx", times=5),
        lambda: twilio.fault("answer", times=5, status=503, code=20503),
        lambda: twilio.fault("slow", times=5, seconds=30, accept=False),
        lambda: twilio.fault("slow", times=5, seconds=30),
        lambda: twilio.fault("late_listing", times=5, seconds=100, reset=True),
        lambda: twilio.fault("answer", times=2, status=401, code=20003),
        lambda: twilio.fault("raw", times=5, status=502, text="<html>Bad Gateway</html>"),
        lambda: twilio.fault("answer", times=2, status=400, code=21611),
        lambda: twilio.fault("slow", times=20, on="list", seconds=30),
    ]


def faults_of_smtp(world: CrashWorld) -> Sequence[Callable[[], None]]:
    """Twelve, in the order in which they come."""
    smtp = world.smtp
    return [
        lambda: smtp.fault("reject", times=5, code=451),
        lambda: smtp.fault("close_before_data", times=5),
        lambda: smtp.fault("close_after_data", times=5),
        lambda: smtp.fault("close_in_data", times=5),
        lambda: smtp.fault("reject", times=5, code=421),
        lambda: smtp.fault("reject", times=3, code="450 4.7.1"),
        lambda: smtp.fault("slow", times=5, seconds=70),
        lambda: smtp.fault("slow", times=3, seconds=30, phase="rcpt"),
        lambda: smtp.fault("reject", times=2, code="530 5.7.0", phase="mail"),
        lambda: smtp.fault("close", times=5, phase="mail"),
        lambda: smtp.fault("reject", times=2, code="452 4.2.2"),
        lambda: smtp.fault("reject", times=5, code=421, phase="mail"),
    ]


def run(world: CrashWorld, seconds: float) -> None:
    """Book, begin, let things go wrong, and say every 20 seconds what waits."""
    world.book(CUSTOMERS, CLASSES)
    world.twilio.fault("slow", times=LONG, to=BAD_NUMBER, seconds=30, accept=False)
    world.smtp.fault("slow", times=LONG, to=BAD_MAILBOX, seconds=70, phase="data")
    to_come = [iter(faults_of_twilio(world)), iter(faults_of_smtp(world))]
    process = world.begin()
    began = said = struck = time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        if now - struck >= EVERY:
            struck = now
            for faults in to_come:
                next(faults, lambda: None)()
        if now - said >= 20:
            said = now
            say(world, now - began)
        time.sleep(0.1)
    say(world, time.monotonic() - began)
    world.end(process)


def say(world: CrashWorld, after: float) -> None:
    """What waits now, by channel and state, and who had no word yet."""
    rows = world.messages()
    waits = Counter((row.channel, row.state) for row in rows if row.state in WAITING)
    safety = sum(row.state in WAITING and row.notice_notice_class == NoticeClass.SAFETY for row in rows)
    ours = [row for row in rows if row.notice_kind == NoticeKind.NOTICE]
    told = {row.address for row in ours if row.state == MessageState.ACCEPTED}
    numbers = [int(name.rpartition("57300")[2]) - 1_000_000 for name in told if name.startswith("+")]
    mails = [int(name[1:].partition("@")[0]) for name in told if not name.startswith("+")]
    untold = world.customers - len({*numbers, *mails})
    parts = ", ".join(f"{channel} {state} {count}" for (channel, state), count in sorted(waits.items()))
    sys.stdout.write(f"{after:5.0f} s: {untold} customers without a word, {safety} of safety wait; {parts}\n")
    sys.stdout.flush()


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=timedelta(minutes=6, seconds=20).total_seconds())
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="notifier-misbehaving-"))
    with database(chosen.database, folder) as url, open_world(folder, url) as world:
        world.clock.set(NOW)
        settings = folder / ".env"
        kept = [line for line in settings.read_text().splitlines() if line.partition("=")[0] not in PACE]
        settings.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in PACE.items())]) + "\n")
        run(world, chosen.seconds)
        counted = tally(world)
        not_lost = {row.id for row in world.messages(*WAITING, MessageState.FAILED)}
    lost = {channel: len(ids - not_lost) for channel, ids in counted.lost.items()}
    doubled = {channel: len(ids) for channel, ids in counted.doubled.items()}
    lines = [
        f"{channel}: {counted.sent[channel]} sent, {lost[channel]} lost, {doubled[channel]} doubled"
        for channel in USUAL_CHANNELS
    ]
    sys.stdout.write("\n".join([*lines, f"logs in {folder}"]) + "\n")
    return 1 if any(lost.values()) or any(doubled.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
