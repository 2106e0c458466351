"""One or two daemons on one PostgreSQL, from rows that fall due to messages that providers took.

`python -m bench.evaluators URL FOLDER SMS_PORT MAIL_PORT NAME` is one of them: the daemon's own functions in its own
threads (evaluation, a dispatcher a channel). It prints a line when it is ready, begins with the first line of its
standard input, ends with the second, and prints what it cost.
"""

import gc
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from bench.due import DUE
from bench.harness import TICKS
from bench.project import REPOSITORY, load_ruleset
from bench.providers import Reached, Stub
from bench.sending import logs_of_a_daemon
from notifier.cli.main import GARBAGE
from notifier.helping import help_out
from notifier.model.notices import NoticeState
from notifier.model.outlet import Outlet
from notifier.model.types import USUAL_CHANNELS, ChannelName
from notifier.sending.dispatch import Dispatcher
from notifier.settings import Settings
from notifier.store.database import open_engine
from notifier.store.portions import offer_help
from notifier.tick import evaluate

ROUND = timedelta(seconds=10)
TICK_SECONDS: float = Settings.model_fields["tick_seconds"].default
"""Between two passes of a daemon."""
LOOK_SECONDS = 1
"""Between two looks whether another daemon leads a pass."""
CPU = Path("/sys/fs/cgroup/cpu")
"""Where the kernel keeps its groups of processes with a limit of processor time (cgroup v1)."""
PERIOD = 10_000
"""Microseconds after which a limited process goes on: the kernel's own hundred milliseconds would let a process that
holds a lock keep it for as long."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one of the daemons did, and what it cost, in seconds."""

    ready: int
    accepted: int
    cpu: float
    server: float
    """Of the server's processes that worked for it."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What all daemons together did."""

    wall: float
    costs: Sequence[Cost]

    @property
    def longest(self) -> float:
        """The most processor time that one daemon needed, with the server's for it: what no number of cores shortens
        further."""
        return max(cost.cpu + cost.server for cost in self.costs)

    @property
    def cpu(self) -> float:
        """Of all daemons and of the server for them."""
        return sum(cost.cpu + cost.server for cost in self.costs)


def together(
    database: sa.Engine, folder: Path, stubs: Sequence[Stub], due: int, processes: int, share: float | None
) -> Run:
    """Have this many daemons make `due` notices ready, and hand their messages over to these stubs, if there are any.

    With `share`, each of them gets no more than this part of a core, so that neither the cores nor the server are what
    they wait for. Raises ValueError where anything is missing or was done twice.
    """
    url = database.url.render_as_string(hide_password=False)
    ports, sends = [str(stub.port) for stub in stubs] or ["0", "0"], bool(stubs)
    with ExitStack() as closing:
        begun = []
        for number in range(processes):
            command = [sys.executable, "-m", "bench.evaluators", url, str(folder), *ports, f"daemon-{number}"]
            pipe = subprocess.PIPE
            process = closing.enter_context(
                subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY)
            )
            begun.append(process)
            _line_of(process)
            if share is not None:
                closing.enter_context(_limited(process, share))
        offer_help(database)
        began = time.perf_counter()
        for process in begun:
            _say(process)
        _until_done(database, due, sends=sends)
        wall = time.perf_counter() - began
        for process in begun:
            _say(process)
        costs = [Cost(**json.loads(_line_of(process))) for process in begun]
    if sum(cost.ready for cost in costs) != due or (sends and sum(cost.accepted for cost in costs) != 2 * due):
        raise ValueError(f"not everything was done just once: {costs}")
    return Run(wall=wall, costs=costs)


def _until_done(database: sa.Engine, due: int, *, sends: bool) -> None:
    what = "message WHERE state IN ('accepted', 'delivered')" if sends else "notice WHERE state = 'ready'"
    wanted = 2 * due if sends else due
    pid = sa.text(f"SELECT count(*) FROM {what}")
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        given_up = time.perf_counter() + 900
        while connection.execute(pid).scalar_one() < wanted:
            if time.perf_counter() > given_up:
                raise ValueError("the daemons do not come to an end")
            time.sleep(0.2)


def _line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    if not (line := process.stdout.readline()):
        raise ValueError("a daemon of the benchmark ended by itself")
    return line


def _say(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextmanager
def _limited(process: "subprocess.Popen[str]", share: float) -> Iterator[None]:
    """The process gets no more than this part of a core. It must have said its last word when the block is left."""
    group = CPU / f"bench-{process.pid}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(int(PERIOD * share)))
        (group / "cgroup.procs").write_text(str(process.pid))
        yield
    finally:
        process.wait()  # a group with a process in it cannot be removed
        group.rmdir()


def may_limit() -> bool:
    """Whether this machine lets us say how much of a core a process gets."""
    return CPU.is_dir() and (CPU / "tasks").exists()


class _Daemon:
    def __init__(self, url: str, folder: Path, ports: Sequence[int], name: str) -> None:
        address = sa.make_url(url).update_query_dict({"application_name": name})
        self._name = name
        self._database = open_engine(address.render_as_string(hide_password=False))
        self._ruleset = replace(load_ruleset(folder), identity="bench")
        self._ports = dict(zip(USUAL_CHANNELS, ports, strict=True))
        self._stop = threading.Event()
        self._began = time.perf_counter()
        self._ready = 0
        self._accepted = dict.fromkeys(USUAL_CHANNELS, 0)

    def run(self) -> Cost:
        with self._database.connect() as connection:  # as a daemon has, that ticked before
            connection.exec_driver_sql("SELECT 1")
        print(flush=True)
        sys.stdin.readline()
        cpu, self._began = time.process_time(), time.perf_counter()
        works = [self._evaluate]
        if any(self._ports.values()):
            works += [partial(self._dispatch, channel) for channel in USUAL_CHANNELS]
        threads = [threading.Thread(target=work) for work in works]
        with logs_of_a_daemon():
            for thread in threads:
                thread.start()
            sys.stdin.readline()
            self._stop.set()
            for thread in threads:
                thread.join()
        return Cost(
            ready=self._ready,
            accepted=sum(self._accepted.values()),
            cpu=time.process_time() - cpu,
            server=self._of_server(),
        )

    def _evaluate(self) -> None:
        """By the two jobs of a daemon, in one thread."""
        next_pass, looked_at = 0.0, None
        while not self._stop.is_set():
            if (began := time.perf_counter()) >= next_pass:
                now = self._clock()
                report = evaluate(self._database, self._ruleset, now, live=True, stop=self._stop, looked_at=looked_at)
                looked_at = report.looked_at
                if report.failures:
                    raise ValueError(f"a pass failed: {report.failures}")
                self._ready += report.verdicts.get(NoticeState.READY, 0)
                next_pass = began + TICK_SECONDS
            helped = help_out(self._database, self._ruleset, live=True, stop=self._stop)
            self._ready += helped.get(NoticeState.READY, 0)
            self._stop.wait(LOOK_SECONDS)

    def _dispatch(self, channel: ChannelName) -> None:
        adapter, outlet = Reached(channel, self._ports[channel]).adapter(), Outlet(live=True, channel=channel)
        with Dispatcher(self._database, outlet, adapter, self._clock) as dispatcher:
            while not self._stop.is_set():
                report = dispatcher.dispatch(self._ruleset, at_most=ROUND)
                self._accepted[channel] += report.accepted
                if not report.more:
                    self._stop.wait(0.1)

    def _clock(self) -> datetime:
        return DUE + timedelta(seconds=time.perf_counter() - self._began)

    def _of_server(self) -> float:
        """CPU seconds of the server's processes that this daemon is connected to."""
        asked = sa.text("SELECT pid FROM pg_stat_activity WHERE application_name = :name")
        with self._database.connect() as connection:
            pids = connection.execute(asked, {"name": self._name}).scalars().all()
        return sum(_cpu_of(pid) for pid in pids)


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> int:
    """One of the daemons."""
    url, folder, sms, mail, name = sys.argv[1:]
    gc.set_threshold(*GARBAGE)
    print(json.dumps(asdict(_Daemon(url, Path(folder), [int(sms), int(mail)], name).run())), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
