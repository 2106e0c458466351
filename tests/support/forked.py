"""Processes that begin with everything imported: forks of a server process (multiprocessing's forkserver).

To import the program costs most of what a short command costs. There is one such server per test process, which starts
with the first fork; whoever wants forks says beforehand what they import.
"""

import gc
import io
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

from tests.support.kept import end_with_parent

FORKSERVER = multiprocessing.get_context("forkserver")
"""Forks one process by process (`FORKSERVER.Process`)."""
_imported = ["tests.support.ends_with_tests"]
"""This one ends the server process with ours."""


def import_in_forkserver(*modules: str) -> None:
    """What the server imports before it forks; to be called before any test runs."""
    _imported.extend(modules)
    FORKSERVER.set_forkserver_preload(_imported)


import_in_forkserver(__name__, "tests.support.whole_program")


def forked_command(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path, *, timeout: float
) -> CompletedProcess[str]:
    """`notifier` with these arguments in a process of its own; `output` is a file for both its outputs, in order.

    Raises TimeoutExpired where it takes longer than `timeout` seconds.
    """
    process = FORKSERVER.Process(target=_command, args=(arguments, folder, dict(environment), output))
    process.start()
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        raise TimeoutExpired(["notifier", *arguments], timeout)
    return CompletedProcess(arguments, process.exitcode, stdout=output.read_text(encoding="utf-8"))


def _command(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> None:
    from notifier.cli.main import run

    end_with_parent()
    with output.open("wb") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8", write_through=True)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["notifier", *arguments]
    gc.freeze()  # what it was forked with is no garbage: to look through it would copy it all
    run()
