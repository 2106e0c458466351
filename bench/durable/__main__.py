"""By hand: reminders of 10,000 appointments by one rule of ours, and by a durable workflow each; both are killed.

    python -m bench.durable --appointments 10000 --kills 10

"Remind 48 h before, correct when it moves, cancel when it is cancelled", with five minutes in the place of 48 hours: a
side takes nine minutes of real time. One tenth of the appointments moves, one twentieth is cancelled, at random
instants. The process is killed (SIGKILL) at random instants and started again at once; a kill waits until the process
before has begun its work, so each of them interrupts something. All work on one PostgreSQL and
send to the same fake of Twilio, one after the other, with the same random numbers. The peer is written in the two ways
that its documentation offers: a workflow that waits (`reminders.py`), and a workflow that is enqueued with a delay
(`delayed.py`).

Printed of each: lines of code, CPU seconds of its processes and of PostgreSQL, and of the messages how many were
missing, came twice, or said what had not been so for `GRACE` seconds when they were sent.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOSClient

from bench.durable import delayed
from bench.harness import cpu_of, server_cpu
from notifier.model.types import ChannelName
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from notifier.store.state.changes import write_rows
from tests.crash import project
from tests.support.postgres import fresh_database, postgres_server
from tests.support.smtp_server import smtp_server
from tests.support.twilio_server import ACCOUNT_SID, AUTH_TOKEN, SENDER, TwilioServer, twilio_server

BEFORE = 300.0
"""Seconds before an appointment at which it is told of: longer than our lease of two minutes, as 48 hours are."""
FIRST = 60.0
"""When the first reminder falls due, in seconds after the beginning."""
LATEST = 150.0
"""Seconds before an appointment after which nothing changes any more: longer than that lease, too."""
MOVED, CANCELLED = 0.1, 0.05
MOVED_BY = 20.0
GRACE = 5.0
"""Seconds that a message may lag behind a change: no tick, queue or restart takes longer where the machine is free."""
LEAD, LEAD_FOR_EACH = 60.0, 0.02
"""Seconds, and for each appointment: the peer begins a workflow for each before it is at work."""
RULES = {
    "rules/topics.yaml": "topics: {}\n",
    "rules/policy.yaml": "quiet_hours: [{ class: service, allowed: always }]\n",
    "rules/visits.yaml": """\
rules:
  - rule: visit
    about: appointment
    owner: field
    class: service
    when: appointment.status == 'confirmed'
    at: 300s before appointment.starts_at
    born_late: tell
    claims: { said: appointment.place }
    template: visit
    channels: [sms]
    exit: desk
    limits: { recipients: 1000000, share: 100% }
    follow_up:
      - { when: appointment.status == 'cancelled', template: cancelled }
""",
}
TEXTS = {
    "templates/visit/sms.en.txt.j2": "We visit you {{ said }}. {{ exit.address }} {{ reference }}\n",
    "templates/cancelled/sms.en.txt.j2": "Your visit is cancelled: {{ said }}. {{ exit.address }} {{ reference }}\n",
}
LOOK_EVERY = 0.05
"""Seconds between two looks at whether a process has begun."""
WAITING, DELAYED = "bench.durable.reminders", "bench.durable.delayed"
Truth = list[tuple[float, str]]
"""What was so of an appointment since when: `at SECONDS`, or `cancelled`."""


@dataclass
class Plan:
    """What is going to happen, the same for both: drawn once."""

    starts: dict[str, float]
    """Seconds after the beginning, by appointment."""
    changes: list[tuple[float, str, str]]
    """When which appointment is `moved` or `cancelled`."""
    kills: list[float]
    ends: float

    @property
    def lead(self) -> float:
        """Seconds in which a side gets ready before anything happens."""
        return LEAD + LEAD_FOR_EACH * len(self.starts)

    @classmethod
    def drawn(cls, count: int, kills: int, seed: int, minutes: float) -> "Plan":
        """A plan for so many appointments, whose reminders fall due within so many minutes."""
        draw, last = random.Random(seed), FIRST + 60 * minutes
        starts = {f"A-{number:05}": draw.uniform(FIRST, last) + BEFORE for number in range(count)}
        changed = draw.sample(sorted(starts), round(count * (MOVED + CANCELLED)))
        what = dict.fromkeys(changed, "moved") | dict.fromkeys(changed[: round(count * CANCELLED)], "cancelled")
        # Some before their reminder, some after it; none so late that nobody could be told in time.
        changes = sorted(
            (starts[each] - draw.uniform(LATEST, BEFORE + FIRST - 15), each, kind) for each, kind in what.items()
        )
        return cls(
            starts=starts,
            changes=changes,
            kills=sorted(draw.uniform(FIRST / 2, last) for _ in range(kills)),
            ends=last + BEFORE + MOVED_BY,
        )


@dataclass
class Run:
    """One side's run."""

    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    begun: bytes
    """What its process writes when it is at work."""
    cpu: float = 0.0
    kills: int = 0
    """How many processes were killed after they had begun, without the last one, which ends the run."""
    began: float = 0.0
    truths: dict[str, Truth] = field(default_factory=lambda: defaultdict(list))
    _process: "subprocess.Popen[bytes] | None" = None
    _written: int = 0
    """Bytes in the log that processes before wrote."""

    @property
    def log(self) -> Path:
        """What all its processes wrote."""
        return self.folder / "process.log"

    @property
    def has_begun(self) -> bool:
        """Whether the process that runs now is at work."""
        with self.log.open("rb") as log:
            log.seek(self._written)
            return self.begun in log.read()

    def start(self) -> None:
        """Start the process, again after a death."""
        self._written = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """Kill it, and count what it took."""
        assert self._process is not None
        if self._process.poll() is not None:
            sys.stdout.write(f"it had ended by itself with {self._process.returncode}; see {self.folder}\n")
            return
        self.cpu += cpu_of(self._process.pid)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def play(run: Run, plan: Plan, change: Callable[[str, str, float], None]) -> None:
    """Let everything happen. `change(appointment, kind, starts_at)` writes it where the side reads it.

    Raises ValueError where the first process has not begun by the time at which everything begins.
    """
    kills = list(plan.kills)

    def wait_until(at: float) -> None:
        while (left := run.began + at - time.time()) > 0:
            if kills and time.time() >= run.began + kills[0] and run.has_begun:
                del kills[0]
                run.kill()
                run.start()
                run.kills += 1
            time.sleep(min(left, LOOK_EVERY))

    for name, starts in plan.starts.items():
        run.truths[name].append((0.0, f"at {run.began + starts:.0f}"))
    wait_until(0)
    if not run.has_begun:
        raise ValueError(f"not at work within {plan.lead:.0f} s: this machine is too busy for the plan; see {run.log}")
    for at, name, kind in plan.changes:
        wait_until(at)
        starts = run.began + plan.starts[name] + (MOVED_BY if kind == "moved" else 0)
        change(name, kind, starts)
        run.truths[name].append((time.time(), "cancelled" if kind == "cancelled" else f"at {starts:.0f}"))
    wait_until(plan.ends)
    run.kill()


def judged(run: Run, plan: Plan, twilio: TwilioServer, phones: Mapping[str, str]) -> Counter[str]:
    """How many messages were sent, came twice, were stale, and are missing."""
    held = defaultdict(list)
    for message in twilio.messages():
        held[message.to].append(message)
    found: Counter[str] = Counter()
    for name, truth in run.truths.items():
        messages = held[phones[name]]
        bodies = [_said(message.body) for message in messages]
        found["sent"] += len(messages)
        found["doubled"] += len(bodies) - len(set(bodies))
        if len(bodies) != len(set(bodies)):
            twice = "; ".join(f"{message.date_created:%H:%M:%S} {message.body}" for message in messages)
            sys.stdout.write(f"  {name}: {twice}\n")
        for message, body in zip(messages, bodies, strict=True):
            at = message.date_created.timestamp()
            ends = [*(since for since, _ in truth[1:]), float("inf")]
            # Twilio dates by the second, so a message may be a second younger than its date.
            so = {what for (since, what), end in zip(truth, ends, strict=True) if since <= at + 1 and at <= end + GRACE}
            found["stale"] += body not in so
        last, last_at = truth[-1][1], truth[-1][0]
        due = float(plan.starts[name]) + run.began - BEFORE
        reminded = last != "cancelled" or last_at > due + GRACE
        found["missing"] += reminded and last not in bodies
    return found


def _said(body: str) -> str:
    """What a text says last: a correction names what was told before it."""
    if "cancelled" in body:
        return "cancelled"
    found = re.findall(r"at \d{9,}", body)
    return str(found[-1]) if found else body


def _source(module: str) -> str:
    return Path(__file__).with_name(f"{module.rpartition('.')[2]}.py").read_text()


def lines_of(*texts: str) -> int:
    """Lines that are neither blank nor a comment."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for text in texts for line in text.splitlines())


Side = Callable[[Path, str, TwilioServer, Plan], AbstractContextManager[tuple[Run, Callable[..., None]]]]


@contextmanager
def ours(folder: Path, url: str, twilio: TwilioServer, plan: Plan) -> Iterator[tuple[Run, Callable[..., None]]]:
    """A project with one rule, and `notifier run`."""
    with smtp_server(folder) as smtp:
        project.write(folder, RULES, url, twilio, smtp)
        for name, text in TEXTS.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        subprocess.run([sys.executable, "-m", "notifier", "rules", "check"], cwd=folder, check=True)
        settings = (folder / ".env").read_text().replace("TICK_SECONDS=0.2", "TICK_SECONDS=1")
        (folder / ".env").write_text(settings)
        engine = open_engine(url)
        migrate(engine)
        run = Run([sys.executable, "-m", "notifier", "run"], folder, {}, b"daemon.pulse")
        run.began = time.time() + plan.lead

        def row(name: str, starts: float, status: str = "confirmed") -> dict[str, object]:
            number = int(name[2:])
            at = datetime.fromtimestamp(round(starts), UTC)
            customer = {"customer_id": f"C-{number}", "kind": "installation", "place": f"at {starts:.0f}"}
            return {"id": name, "status": status, "starts_at": at, **customer}

        now = datetime.now(UTC)
        with engine.begin() as connection:
            people = [project.customer(number, [ChannelName.SMS]) for number in range(len(plan.starts))]
            write_rows(connection, "customer", people, now)
            rows = [row(name, run.began + starts) for name, starts in plan.starts.items()]
            write_rows(connection, "appointment", rows, now)

        def change(name: str, kind: str, starts: float) -> None:
            status = "cancelled" if kind == "cancelled" else "confirmed"
            with engine.begin() as connection:
                write_rows(connection, "appointment", [row(name, starts, status)], datetime.now(UTC))

        yield run, change
        engine.dispose()


@contextmanager
def theirs(
    module: str, folder: Path, url: str, twilio: TwilioServer, plan: Plan
) -> Iterator[tuple[Run, Callable[..., None]]]:
    """A table of appointments, and the peer's process, which is this module."""
    engine = sa.create_engine(url)
    run = Run(
        [sys.executable, "-m", module],
        Path.cwd(),
        {
            "BENCH_DATABASE": url,
            "BENCH_MESSAGES": f"{twilio.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
            "BENCH_ACCOUNT": f"{ACCOUNT_SID}:{AUTH_TOKEN}",
            "BENCH_SENDER": SENDER,
            "BENCH_BEFORE": str(BEFORE),
        },
        b"begun\n",
    )
    run.folder = folder
    run.environment = {**run.environment, "PYTHONPATH": str(Path.cwd())}
    subprocess.run(run.command, env={**os.environ, **run.environment, "BENCH_ONLY_TABLES": "1"}, check=True)
    run.began = time.time() + plan.lead
    table = "CREATE TABLE peer_appointment (id text PRIMARY KEY, phone text, starts_at float, cancelled boolean)"
    rows = [
        {"id": name, "phone": project.customer(int(name[2:]))["phone"], "starts_at": run.began + starts}
        for name, starts in plan.starts.items()
    ]
    with engine.begin() as connection:
        connection.execute(sa.text(table))
        connection.execute(sa.text("INSERT INTO peer_appointment VALUES (:id, :phone, :starts_at, false)"), rows)
    client: list[DBOSClient] = []

    def change(name: str, kind: str, starts: float) -> None:
        with engine.begin() as connection:
            statement = sa.text("UPDATE peer_appointment SET starts_at = :at, cancelled = :gone WHERE id = :id")
            connection.execute(statement, {"id": name, "at": starts, "gone": kind == "cancelled"})
        if not client:
            client.append(DBOSClient(system_database_url=url))
        if module == DELAYED:
            delayed.changed(client[0], name, starts, BEFORE)
        else:
            client[0].send(name, kind, topic="changed")

    yield run, change
    for one in client:
        one.destroy()
    engine.dispose()


def main() -> int:
    """Runs both and prints a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--appointments", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=2, help="in which all reminders fall due")
    parser.add_argument("--side", choices=["ours", "waiting", "delayed"])
    chosen = parser.parse_args()
    plan = Plan.drawn(chosen.appointments, chosen.kills, chosen.seed, chosen.minutes)
    phones = {name: str(project.customer(int(name[2:]))["phone"]) for name in plan.starts}
    sides: dict[str, tuple[Side, int]] = {
        "ours": (ours, lines_of(*RULES.values(), *TEXTS.values())),
        "waiting": (partial(theirs, WAITING), lines_of(_source(WAITING))),
        "delayed": (partial(theirs, DELAYED), lines_of(_source(DELAYED))),
    }
    with postgres_server() as server:
        for name, (side, lines) in sides.items():
            if chosen.side not in (None, name):
                continue
            folder = Path(tempfile.mkdtemp(prefix=f"notifier-durable-{name}-"))
            with (
                fresh_database(server) as fresh,
                twilio_server(folder) as twilio,
                side(folder, fresh.render_as_string(hide_password=False), twilio, plan) as (run, change),
            ):
                before = server_cpu(server)
                run.start()
                play(run, plan, change)
                of_server = server_cpu(server) - before
                found = judged(run, plan, twilio, phones)
            counts = ", ".join(f"{found[each]} {each}" for each in ("sent", "missing", "doubled", "stale"))
            sys.stdout.write(
                f"{name}: {lines} lines, {run.kills} kills, {run.cpu:.1f} s of CPU and {of_server:.1f} s of "
                f"PostgreSQL's; {counts}; load {os.getloadavg()[0]:.0f}\n"
            )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
