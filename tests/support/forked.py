"""Processes that begin with everything imported: forks of a server process (multiprocessing's forkserver).

To import the program costs most of what a short command costs. There is one such server per test process, which starts
with the first fork; whoever wants forks says beforehand what they import.
"""

import gc
import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
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


import_in_forkserver(__name__, "tests.support.whole_program", "tests.support.warm")


def look_for_garbage_seldom() -> None:
    """In a fork: what it was forked with is no garbage, and to look through it would copy it all."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def forked_command(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    *,
    timeout: float = 300,
    errors: Path | None = None,
) -> CompletedProcess[str]:
    """`notifier` with these arguments in a process of its own, from its start to its end.

    Raises TimeoutExpired where it takes longer than `timeout` seconds.
    """
    process = forked_notifier(arguments, folder, environment, output, errors)
    process.join(timeout)
    if process.exitcode is None:
        process.kill()
        raise TimeoutExpired(["notifier", *arguments], timeout)
    said = None if errors is None else errors.read_text(encoding="utf-8")
    return CompletedProcess(arguments, process.exitcode, output.read_text(encoding="utf-8"), said)


def forked_notifier(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    errors: Path | None = None,
    prepare: Callable[[], None] | None = None,
) -> BaseProcess:
    """`notifier` with these arguments in a process of its own, begun in `folder`.

    `output` is a file for both its outputs, in order; `errors` one for the second alone. `prepare` is what the process
    does before.
    """
    process = FORKSERVER.Process(
        target=_notifier, args=(arguments, folder, dict(environment), output, errors or output, prepare)
    )
    process.start()
    return process


def _notifier(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    output: Path,
    errors: Path,
    prepare: Callable[[], None] | None,
) -> None:
    from notifier.cli.main import run

    end_with_parent()
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if errors != output:
        with errors.open("wb") as file:
            os.dup2(file.fileno(), 2)
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(encoding="utf-8", write_through=True)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["notifier", *arguments]
    if prepare is not None:
        prepare()
    look_for_garbage_seldom()
    run()
