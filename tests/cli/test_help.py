"""Every command explains itself, with an example that it understands."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from notifier.cli.main import app
from tests.cli.conftest import run_command

DESIGNED = {
    "demo",
    "import",
    "promise add",
    "promise list",
    "promise withdraw",
    "rules check",
    "rules test",
    "rules publish",
    "rules list",
    "preview",
    "why",
    "tick",
    "run",
    "reconcile",
    "serve",
    "health",
    "doctor",
    "receive-bounce",
    *(f"bounces {verb}" for verb in ("address", "list", "show")),
    *(f"contradictions {verb}" for verb in ("list", "show", "ack", "resolve", "waive")),
    *(f"notices {verb}" for verb in ("list", "show", "approve", "release", "cancel", "arrived", "resend")),
    *(f"suppressions {verb}" for verb in ("list", "lift")),
    *(f"backlog {verb}" for verb in ("list", "tell", "drop")),
}
NOT_YET = ("init", "simulate", "report", "timeline")


def commands(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        full = f"{above} {name}".strip()
        if hasattr(command, "commands"):
            yield from commands(command, full)
        else:
            yield full, command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_commands_are_those_of_the_design_and_none_is_a_stub() -> None:
    assert set(COMMANDS) == DESIGNED
    for name in NOT_YET:
        assert run_command(name).code == 2


@pytest.mark.parametrize("name", sorted(DESIGNED))
def test_help_has_an_example_with_options_that_exist(name: str) -> None:
    done = run_command(*name.split(), "--help")
    examples = re.findall(r"\[dim\](.*?)\[/dim\]", COMMANDS[name].help, re.DOTALL)

    assert done.code == 0
    assert examples
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    for example in examples:
        words = [word for word in shlex.split(example) if "=" not in word or word.startswith("--")]
        assert " ".join(words).startswith(f"notifier {name}")
        assert {word for word in words if word.startswith("--")} <= known


def test_the_version_and_no_arguments() -> None:
    assert run_command("--version").out.startswith("notifier ")
    assert "Usage: notifier" in run_command().out + run_command().err


def test_help_needs_no_heavy_room() -> None:
    heavy = ("sqlalchemy", "jinja2", "rich", "babel")
    script = f"import sys; from notifier.cli import main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
