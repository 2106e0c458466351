"""By hand: four daemons, each on a machine of its own, lose their lives, their time, their network and their server.

    python -m tests.crash.machines --rounds 12      # as root, on Linux

Each machine is a network namespace that reaches PostgreSQL and both providers by a cable (veth) to this one, with a
folder and an interpreter of its own. They share one timetable; two of the clocks are wrong (`--skew`). While
customers book, each round does one of these, in turn: SIGKILL and a new start; SIGSTOP for longer than the lease; the
cable cut for thirty seconds; the server stopped hard (as by `pg_ctl -m immediate`) for ten seconds. The world's clock
runs ten times as fast, so a lease ends after twelve seconds. Exit code 1 where anything was lost, an SMS doubled, or a
daemon failed.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from notifier.model.types import ChannelName, NoticeClass
from notifier.settings_variables import Driver
from notifier.store.database import open_engine
from notifier.store.migrating import migrate
from tests.crash.apart import HERE as FILES
from tests.crash.apart import Machine
from tests.crash.tally import tally
from tests.crash.upgrade import Flow
from tests.crash.world import open_world
from tests.support.ports import LISTEN_VARIABLE
from tests.support.postgres import Cluster, set_up
from tests.support.rig import NOW

FACTOR = 10
CLASSES = {NoticeClass.SERVICE: 2}
BRIDGE, NETWORK = "notifier0", "10.213.77"
HERE = f"{NETWORK}.1"
STOPPED, CUT, DOWN = 15.0, 30.0, 10.0
"""Seconds: of a process, a network, the server."""
SKEWS = (0, 1, -1, 0)
"""How wrong the clock of each machine is, in times of `--skew`."""


class Server:
    """PostgreSQL as a company has it: it listens on the network, and what it committed is on its disk."""

    def __init__(self, cluster: Cluster, data: Path) -> None:
        self._cluster = cluster
        with (data / "pg_hba.conf").open("a") as allowed:
            allowed.write(f"host all all {NETWORK}.0/24 trust\n")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> sa.URL:
        """As machines reach it."""
        return sa.URL.create("postgresql+psycopg", "postgres", host=HERE, port=5432, database="postgres")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [*self._cluster.command, "-h", HERE]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, user=self._cluster.user, stdout=quiet, stderr=quiet, cwd="/")
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        while self._process.poll() is None:
            try:
                engine.connect().close()
            except sa.exc.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("PostgreSQL does not start")

    def stop(self) -> None:
        """Hard: nothing is finished, and nothing is written but what was committed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()


@contextmanager
def networks(count: int) -> Iterator[list[str]]:
    """The names of namespaces, each with a cable to a bridge of this machine."""
    names = [f"notifier{number + 1}" for number in range(count)]
    _ip("link", "add", BRIDGE, "type", "bridge")
    try:
        _ip("addr", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number, name in enumerate(names):
            _ip("netns", "add", name)
            _ip("link", "add", _cable(name), "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", _cable(name), "master", BRIDGE, "up")
            _ip("-n", name, "addr", "add", f"{NETWORK}.{number + 11}/24", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        _ip("link", "del", BRIDGE)


def _cable(name: str) -> str:
    return f"to-{name}"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


class Misfortunes:
    """What may happen to machines, in turn."""

    def __init__(self, machines: list[Machine], server: Server, flow: Flow) -> None:
        self._machines = machines
        self._server = server
        self._flow = flow
        self.done: Counter[str] = Counter()

    def happen(self, number: int) -> None:
        """The one of this round, to the machine whose turn it is."""
        kinds: list[Callable[[Machine], None]] = [
            self._kill,
            self._stand_still,
            self._kill,
            self._cut,
            self._stop_server,
        ]
        kinds[number % len(kinds)](self._machines[number % len(self._machines)])
        self._flow.go_on(3)
        for machine in self._machines:
            assert machine.lives, f"{machine.name} ended by itself, see {machine.folder}"

    def _kill(self, machine: Machine) -> None:
        machine.kill()
        machine.begin()
        self.done["SIGKILLs"] += 1
        self._flow.until_at_work(machine)

    def _stand_still(self, machine: Machine) -> None:
        machine.send(signal.SIGSTOP)
        self._flow.go_on(STOPPED)
        machine.send(signal.SIGCONT)
        self.done["SIGSTOPs beyond the lease"] += 1

    def _cut(self, machine: Machine) -> None:
        _ip("link", "set", _cable(machine.name), "down")
        self._flow.go_on(CUT)
        _ip("link", "set", _cable(machine.name), "up")
        self.done["cuts of a network"] += 1

    def _stop_server(self, _machine: Machine) -> None:
        self._server.stop()
        time.sleep(DOWN)
        self._server.start()
        self.done["hard stops of the server"] += 1


def main() -> int:
    """Runs it as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--skew", type=float, default=5, help="minutes by which one clock is fast, and one slow")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # cables and namespaces outlive a process that just ends
    folder = Path(tempfile.mkdtemp(prefix="notifier-machines-"))
    folder.chmod(0o755)
    os.environ[LISTEN_VARIABLE] = "0.0.0.0"
    began = time.monotonic()
    with ExitStack() as opened:
        names = opened.enter_context(networks(len(SKEWS)))
        server = Server(set_up(folder / "postgresql"), folder / "postgresql" / "data")
        server.start()
        opened.callback(server.stop)
        url = server.url.render_as_string(hide_password=False)
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        world = opened.enter_context(open_world(folder, url, driver=Driver.PROCRASTINATE))
        world.clock.set(NOW, FACTOR)
        world.patience = 300
        ports = [str(world.twilio.port), str(world.smtp.server.port)]
        for name in names:
            relay = ["ip", "netns", "exec", name, sys.executable, "-m", "tests.crash.relay", HERE, *ports]
            opened.callback(subprocess.Popen(relay, cwd=FILES).kill)
        machines = [
            Machine.of(world, name, ahead=times * timedelta(minutes=chosen.skew), enter=["ip", "netns", "exec", name])
            for name, times in zip(names, SKEWS, strict=True)
        ]
        flow = Flow(world)
        misfortunes = Misfortunes(machines, server, flow)
        for machine in machines:
            machine.begin()
        for machine in machines:
            flow.until_at_work(machine)
        for number in range(chosen.rounds):
            misfortunes.happen(number)
        for machine in machines:
            machine.kill()
        world.clock.set(world.clock() + timedelta(minutes=10))
        world.abandon()
        world.settle()
        counted = tally(world)
        failed = sum(machine.said("daemon.failed") for machine in machines)
    what = ", ".join(f"{count} {kind}" for kind, count in misfortunes.done.items())
    sys.stdout.write(
        f"{len(names)} machines: {what}, {failed} failures; longest silence {flow.longest_silence:.0f} s, "
        f"{time.monotonic() - began:.0f} s; logs in {folder}\n{counted.table()}\n"
    )
    broken = counted.untold or counted.without_id or any(counted.lost.values()) or counted.doubled[ChannelName.SMS]
    return 1 if broken or failed else 0


if __name__ == "__main__":
    sys.exit(main())
