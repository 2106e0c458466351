"""The time of short commands relative to the start of Python itself, measured as whole processes.

`preview` runs one rule on the demo's project and database, as a person does who writes a rule. Modules are compiled
before anything is measured, as pip does on installation, whatever the environment of the benchmark says.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.harness import Bench, Case, Clock, Job, Result

NAME = "start"
RULE, AT = "late-order", "2026-03-10T10:00:00-05:00"
"""A rule with notices in the demo, on both channels: one without notices renders nothing, and would be faster."""
ROUNDS = 5
"""More rounds than elsewhere, because short processes vary more."""
ALLOWED = {"notifier --help": 0.3, f"notifier preview {RULE}": 1.5}
"""Targets in seconds, on an idle machine."""
PYTHON = 0.01
"""The time of `python -c pass` there, in seconds, which turns the targets into ratios."""


def run(bench: Bench) -> Iterator[Result]:
    """One ratio per command; the seconds are in its note."""
    python = Path(sys.executable)
    notifier = str(python.with_name("notifier"))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "demo")
        call = partial(_call, bench.states.data / "compiled")
        call([notifier, "demo", "--folder", str(folder)], Path(temporary))
        for what, command, shows in (
            ("notifier --help", [notifier, "--help"], "preview"),
            (f"notifier preview {RULE}", [notifier, "preview", RULE, "--at", AT], "Would be told: "),
        ):
            call(command, folder, shows)  # compiles what it imports
            result = bench.compare(
                NAME,
                Case(
                    name=what,
                    ours=Job(name="whole process", run=partial(call, command, folder, shows)),
                    other=Job(name="python -c pass", run=partial(call, [str(python), "-c", "pass"], folder)),
                    at_most=ALLOWED[what] / PYTHON,
                    clock=Clock.WALL,
                    rounds=ROUNDS,
                ),
            )
            walls = sorted(spent.wall for spent in result.ours)
            cpus = sorted(spent.cpu for spent in result.ours)
            bench.note(
                f"`{what}`: {walls[0]:.2f}-{walls[-1]:.2f} s wall, {cpus[0]:.2f}-{cpus[-1]:.2f} s CPU; "
                f"wanted are less than {ALLOWED[what]:g} s."
            )
            yield result


def _call(compiled: Path, command: list[str], folder: Path, shows: str = "") -> None:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(compiled)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    if shows not in done.stdout:
        raise ValueError(f"{' '.join(command)} did not show '{shows}', but:\n{done.stdout}")
