"""By hand: a long run of the daemon under random deaths, stops and provider faults; prints what became of everything.

    python -m tests.crash.long --database postgresql --messages 2000 --deaths 60
    python -m tests.crash.long --database postgresql --driver procrastinate --processes 4 --skew 5 --crashes 6
    python -m tests.crash.long --database postgresql --processes 3 --portions --skew 5

Processes are killed (SIGKILL) or stopped (SIGSTOP, then SIGCONT, now shorter and now longer than the lease) at random
instants, `--processes` at once, while both providers fail at random: they accept and hang up, accept and answer 500,
reject with 429 or 451, answer late, list late. The world's clock runs twenty times as fast, so a lease ends after six
seconds. With `--skew`, every third process has a clock that is so many minutes ahead or behind; with `--crashes`, the
server of the database dies as often and comes back by itself. With `--portions`, passes are cut so small that the
processes share each, and their leases end after three seconds. When the deaths are used up, one more process does what
is left. Exit code 1 where anything was lost, or an SMS doubled. Takes some minutes.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa

from notifier.model.reading import StoreError
from notifier.model.types import ChannelName, NoticeClass
from notifier.settings_variables import Driver
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from tests.crash.tally import tally
from tests.crash.world import CrashWorld, open_world
from tests.support.postgres import fresh_database, postgres_server
from tests.support.rig import NOW

FACTOR = 20
CLASSES = {NoticeClass.SERVICE: 2, NoticeClass.SAFETY: 1}
MESSAGES_EACH = 2 * sum(CLASSES.values())
"""Of one customer: every visit is told by SMS and by mail."""
SHARED = {
    "tick.helped": "a process helped another",
    "evaluation.taken_over": "a lead was taken over",
    "tick.superseded": "a pass was superseded",
    "helping.superseded": "a portion was superseded",
}
LONGEST_STOP = 12.0
"""Real seconds: twice the lease."""


def provider_faults(world: CrashWorld) -> list[Callable[[], None]]:
    """What may go wrong at a provider, each for a few messages."""
    twilio, smtp = world.twilio, world.smtp
    return [
        lambda: twilio.fault("accept_then_reset", times=3),
        lambda: twilio.fault("accept_then_5xx", times=3),
        lambda: twilio.fault("reset", times=3),
        lambda: twilio.fault("reject_429", times=2, retry_after=2),
        lambda: twilio.fault("slow", times=2, seconds=0.5),
        lambda: twilio.fault("late_listing", times=3, seconds=30, reset=True),
        lambda: smtp.fault("reject", times=3, code=451),
        lambda: smtp.fault("close_before_data", times=2),
        lambda: smtp.fault("close_after_data", times=2),
        lambda: smtp.fault("slow", times=2, seconds=0.5),
    ]


def run(
    world: CrashWorld,
    draw: random.Random,
    *,
    messages: int,
    deaths: int,
    processes: int,
    skew: timedelta = timedelta(),
    crashes: int = 0,
) -> Counter[str]:
    """The random part: a few customers book, some of their messages leave, somebody dies. What was done how often."""
    done: Counter[str] = Counter()
    faults = provider_faults(world)
    living: list[BaseProcess] = []
    each = -(-messages // (MESSAGES_EACH * deaths))
    while done["killed"] < deaths:
        living = [process for process in living if process.is_alive()]
        living += [_born(world, skew) for _ in range(processes - len(living))]
        if done["crashes of the server"] < crashes and draw.random() < crashes / deaths:
            done["crashes of the server"] += 1
            crash_server(world)
        patiently(lambda: world.book(each, CLASSES))
        if draw.random() < 0.5:
            done["provider faults"] += 1
            draw.choice(faults)()
        some_leave(world, draw.randint(1, 2 * each * MESSAGES_EACH))
        victim = draw.choice(living)
        if draw.random() < 0.75:
            done["killed"] += 1
            _send(victim, signal.SIGKILL)
            victim.join()
        else:
            done["stopped"] += 1
            _send(victim, signal.SIGSTOP)
            # Not by this thread: where the victim holds SQLite's lock, booking waits until it goes on.
            threading.Timer(draw.uniform(0.1, LONGEST_STOP), _send, (victim, signal.SIGCONT)).start()
    for process in living:
        _send(process, signal.SIGKILL)
        process.join()
    return done


def crash_server(world: CrashWorld) -> None:
    """One of PostgreSQL's processes is killed, so that it ends all others and recovers (`restart_after_crash`)."""
    with world.database.connect() as connection:
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        os.kill(pid, signal.SIGKILL)
        connection.invalidate()


def _born(world: CrashWorld, skew: timedelta) -> BaseProcess:
    ahead = (timedelta(), skew, -skew)[len(world.lives) % 3]
    return world.begin(ahead=ahead)


def patiently(work: Callable[[], None]) -> None:
    """Do it once the server is there again."""
    given_up = time.monotonic() + 60
    while True:
        try:
            work()
        except StoreError:
            if time.monotonic() > given_up:
                raise
            time.sleep(0.1)
        else:
            return


def some_leave(world: CrashWorld, count: int) -> None:
    """Wait until the providers have so many messages more, or `LONGEST_STOP` seconds, as nobody may be at work."""
    enough, given_up = received(world) + count, time.monotonic() + LONGEST_STOP
    while received(world) < enough and time.monotonic() < given_up:
        time.sleep(0.01)


def received(world: CrashWorld) -> int:
    """How often the providers were called with a message."""
    return world.twilio.posts() + len(world.smtp.mails())


def _send(process: BaseProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    if process.is_alive():
        os.kill(process.pid, number)


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--deaths", type=int, default=60)
    parser.add_argument("--driver", choices=list(Driver), type=Driver, default=Driver.LOCAL)
    parser.add_argument("--skew", type=float, default=0, help="minutes")
    parser.add_argument("--crashes", type=int, default=0, help="of the server; PostgreSQL alone")
    parser.add_argument("--processes", type=int, help="default: 1 on SQLite, 2 on PostgreSQL")
    parser.add_argument("--portions", action="store_true", help="the processes share each pass")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    processes = chosen.processes or {"sqlite": 1, "postgresql": 2}[chosen.database]
    folder = Path(tempfile.mkdtemp(prefix="notifier-long-"))
    began = time.monotonic()
    with database(chosen.database, folder) as url, open_world(folder, url, driver=chosen.driver) as world:
        world.clock.set(NOW, FACTOR)
        world.patience = 1800
        world.cuts = chosen.portions
        draw = random.Random(chosen.seed)
        done = run(
            world,
            draw,
            messages=chosen.messages,
            deaths=chosen.deaths,
            processes=processes,
            skew=timedelta(minutes=chosen.skew),
            crashes=chosen.crashes,
        )
        world.clock.set(world.clock())
        world.abandon()
        world.settle()
        counted = tally(world)
        said = "".join(life.log.read_text() for life, _ in world.lives if life.log.exists())
        done |= {f"times {word}": said.count(f'"{event}"') for event, word in SHARED.items()}
    doubled_mails = counted.doubled[ChannelName.EMAIL]
    lines = [
        f"{chosen.database}, {chosen.driver}, {processes} at once, {len(world.lives)} lives, seed {chosen.seed}: "
        + ", ".join(f"{count} {what}" for what, count in done.items())
        + f", {time.monotonic() - began:.0f} s; logs in {folder}",
        counted.table(),
        f"{len(doubled_mails & counted.safety)} of the doubled mails are of the safety class",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    broken = counted.untold or counted.without_id or any(counted.lost.values()) or counted.doubled[ChannelName.SMS]
    return 1 if broken or doubled_mails - counted.safety else 0


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database with its tables."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'notifier.db'}"
        _migrate(url)
        yield url
        return
    with postgres_server() as server, fresh_database(server) as fresh:
        url = fresh.render_as_string(hide_password=False)
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
