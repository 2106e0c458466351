"""Daemons as they are in life: each an interpreter of its own, in a folder of its own, perhaps of another version of
the program, or on a machine of its own (a network namespace)."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.crash.worker import Life
from tests.crash.world import CrashWorld
from tests.support.world_clock import WorldClock

HERE = Path(__file__).parents[2]
"""The files of this version."""
LIVES = """
import json, sys
from datetime import timedelta
from pathlib import Path
from tests.crash.worker import Life, live
from tests.support.world_clock import WorldClock
said = json.loads(sys.argv[1])
clock = WorldClock(Path(said["clock"]), timedelta(seconds=said["ahead"]))
live(Life(number=said["number"], folder=Path(said["folder"]), clock=clock, journal=Path(said["journal"])))
"""
"""What an interpreter is to do; it holds in every version that has crash tests."""


@dataclass
class Machine:
    """A place where one daemon runs after the other."""

    name: str
    world: CrashWorld
    folder: Path
    ahead: timedelta = timedelta()
    """By how much its clock is wrong."""
    enter: Sequence[str] = ()
    """The command before a command that runs it there."""
    process: "subprocess.Popen[bytes] | None" = None
    logs: list[Path] = field(default_factory=list)

    @classmethod
    def of(
        cls, world: CrashWorld, name: str, *, ahead: timedelta = timedelta(), enter: Sequence[str] = ()
    ) -> "Machine":
        """With a copy of the world's project."""
        folder = world.folder / name
        for each in ("rules", "templates"):
            shutil.copytree(world.folder / each, folder / each)
        shutil.copy(world.folder / ".env", folder)
        return cls(name=name, world=world, folder=folder, ahead=ahead, enter=enter)

    def begin(self, tree: Path = HERE) -> None:
        """Start a daemon of the version whose files are in `tree`."""
        number = 100 * len(self.logs) + len(self.world.lives)
        clock = WorldClock(self.world.clock.file, self.ahead)
        life = Life(number=number, folder=self.folder, clock=clock, journal=self.world.folder / "strikes.jsonl")
        said = {
            "number": number,
            "folder": str(self.folder),
            "clock": str(clock.file),
            "ahead": self.ahead.total_seconds(),
            "journal": str(life.journal),
        }
        self.logs.append(life.log)
        with (self.folder / "stderr.log").open("ab") as stderr:
            self.process = subprocess.Popen(
                [*self.enter, sys.executable, "-c", LIVES, json.dumps(said)],
                cwd=tree,
                env=os.environ | {"PYTHONPATH": str(tree)},
                stderr=stderr,
            )

    @property
    def lives(self) -> bool:
        """Whether its daemon did not end."""
        return self.process is not None and self.process.poll() is None

    @property
    def is_at_work(self) -> bool:
        """Whether it lives, and its last daemon evaluated once."""
        log = self.logs[-1]
        return self.lives and log.exists() and "daemon.pulse" in log.read_text()

    def send(self, number: signal.Signals) -> None:
        """A signal to its daemon."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and its end."""
        self.send(signal.SIGKILL)
        self._ended()

    def end(self) -> int:
        """SIGTERM, as a service manager would; returns its exit code."""
        self.send(signal.SIGTERM)
        return self._ended()

    def _ended(self) -> int:
        assert self.process is not None
        return self.process.wait(self.world.patience)

    def said(self, event: str) -> int:
        """How often its daemons logged this."""
        return sum(log.read_text().count(event) for log in self.logs if log.exists())
