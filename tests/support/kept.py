"""Processes that never outlive the tests that started them, whatever those tests die of.

A server of somebody else's (PostgreSQL, Exim, Prism) has a keeper (`keeper.py`). A process of our own code is asked of
the system: it dies with its parent. The fakes end with their standard input.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

KEEPER = Path(__file__).with_name("keeper.py")
VARIABLE = "TEST_RUN_FOLDER"
"""The environment variable by which the controller tells all others where the folder of their run is."""
PR_SET_PDEATHSIG = 1
"""prctl(2)"""
_OUTLIVE_US: list["subprocess.Popen[str]"] = []
"""Keepers whose end is not for us to await; Python complains of those that nothing refers to."""


def keep(
    command: Sequence[str | Path],
    *,
    held: int | IO[str],
    ends_by: signal.Signals,
    folders: Sequence[Path] = (),
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    output: int | IO[bytes] = subprocess.DEVNULL,
    shares: Sequence[int] = (),
) -> "subprocess.Popen[str]":
    """The keeper of a server that runs until the pipe `held` closes: then the server gets `ends_by`, and `folders` are
    removed. `shares` are descriptors that stay open as long."""
    options = [str(int(ends_by)), ":".join(map(str, folders)), user or ""]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", KEEPER, *options, *command],
        stdin=held,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,  # a Ctrl-C is for the tests: the keeper has to see their end
        pass_fds=shares,
    )


@contextmanager
def kept(command: Sequence[str | Path], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """A server that ends with this block, or with this process. The options are those of `keep`."""
    with keep(command, held=subprocess.PIPE, **options) as keeper:
        assert keeper.stdin is not None
        try:
            yield keeper
        finally:
            keeper.stdin.close()


class Run:
    """A test run: with xdist several processes, the first of which, its controller, lives as long as it does.

    What is costly and the same for all of them is made once, by whoever needs it first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pipe = folder / "alive"
        self._keepers = folder / "keepers"

    @classmethod
    def joined(cls) -> "Run":
        """The run that this process is part of."""
        return cls(Path(os.environ[VARIABLE]))

    @classmethod
    @contextmanager
    def begun(cls) -> Iterator[None]:
        """In the controller: a run, and its end, when every server that it had is gone."""
        run = cls(Path(tempfile.mkdtemp(prefix="notifier-tests-")))
        os.environ[VARIABLE] = str(run.folder)
        os.mkfifo(run._pipe)
        # For both directions, as opening one end alone waits for the other.
        held = os.open(run._pipe, os.O_RDWR)
        with run._keepers.open("w") as keepers:
            try:
                yield
            finally:
                os.close(held)
                fcntl.flock(keepers, fcntl.LOCK_EX)
                shutil.rmtree(run.folder, ignore_errors=True)

    def keep(
        self, command: Sequence[str | Path], *, folders: Sequence[Path] = (), **options: Any
    ) -> "subprocess.Popen[str]":
        """A server for the whole run. The options are those of `keep`."""
        held = os.open(self._pipe, os.O_RDONLY)
        try:
            with self._keepers.open("w") as file:
                fcntl.flock(file, fcntl.LOCK_SH)  # the keeper has the same open file, so it keeps the lock
                all_folders = [*folders, self.folder]
                keeper = keep(command, held=held, shares=[file.fileno()], folders=all_folders, **options)
            _OUTLIVE_US.append(keeper)
            return keeper
        finally:
            os.close(held)

    def folder_once(self, name: str, make: Callable[[Path], None]) -> Path:
        """A folder that `make` fills, which is there already when it is called. Tests only read it, or copy it."""
        folder = self.folder / "folders" / name
        with self.once(f"{name}-made") as made:
            if not made.exists():
                folder.mkdir(parents=True)
                make(folder)
                made.touch()
        return folder

    @contextmanager
    def once(self, name: str) -> Iterator[Path]:
        """The file that says what was made; whoever finds none makes it and writes the file. The others wait."""
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self.folder / name


def end_with_parent(number: int = signal.SIGKILL) -> None:
    """From now on this process gets the signal when its parent ends, even while it is stopped. On Linux alone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
