"""Every command explains itself, with an example that it understands."""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from notifier.cli.commands import COMMANDS as ALL
from notifier.cli.main import app
from notifier.cli.on_demand import Listed, group_of
from tests.cli.conftest import run_command

DESIGNED = {
    "demo",
    "init",
    "import",
    "promise add",
    "promise list",
    "promise read",
    "promise withdraw",
    "rules new",
    "rules packs",
    "rules check",
    "rules test",
    "rules publish",
    "rules list",
    "rules diff",
    "rules law",
    "rules whatsapp",
    "rules show",
    "rules schema",
    "preview",
    "simulate",
    "why",
    "timeline",
    "brief",
    "today",
    "digest",
    *(f"actions {verb}" for verb in ("open", "list", "show", "done", "move", "drop")),
    "status-page",
    "tick",
    "run",
    "reconcile",
    "serve",
    "health",
    "doctor",
    "receive",
    "learn",
    *(f"report {what}" for what in ("promises", "service", "contacts", "shadow", "holdout", "affected")),
    "receive-bounce",
    *(f"bounces {verb}" for verb in ("address", "list", "show")),
    *(f"contradictions {verb}" for verb in ("list", "show", "explain", "avoided", "causes", "groups")),
    *(f"contradictions {verb}" for verb in ("ack", "resolve", "settle", "approve", "waive")),
    *(f"notices {verb}" for verb in ("list", "show", "replies", "approve", "release", "cancel", "arrived", "resend")),
    *(f"suppressions {verb}" for verb in ("list", "lift")),
    *(f"customer {verb}" for verb in ("export", "forget", "readmit")),
    *(f"consent {verb}" for verb in ("show", "set", "import", "export")),
    *(f"backlog {verb}" for verb in ("list", "tell", "drop")),
    "promises audit",
    "journey",
    *(f"reasons {verb}" for verb in ("classify", "draw", "confirm", "train", "report", "missing")),
}


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


def test_the_list_of_commands_says_of_each_what_it_says_of_itself() -> None:
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]  # it is a group
        listed = next(each for each in ALL if each.name == name)
        first = (command.help or "").split("\n\n")[0]
        assert (listed.summary, listed.hidden) == (" ".join(first.split()), command.hidden)


def test_a_list_of_commands_loads_none_and_a_call_loads_one() -> None:
    loaded: list[str] = []

    class Seen(Listed):
        def loaded(self) -> Any:
            loaded.append(self.name)
            return super().loaded()

    small = typer.Typer(cls=group_of(tuple(Seen(each.name, each.place, each.summary) for each in ALL[:3])))
    small.callback()(lambda: None)
    small.command("own")(lambda: None)
    group: Any = typer.main.get_command(small)
    assert group.list_commands(None) == ["demo", "init", "import", "own"]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        group(["--help"], standalone_mode=False)
    assert "Loads rows by id." in printed.getvalue()
    assert (loaded, "own" in printed.getvalue()) == ([], True)
    assert (group.commands.get("none"), group.get_command(None, "init").name) == (None, "init")
    assert loaded == ["init"]
    assert [command.name for command in group.commands.values()] == ["demo", "init", "import", "own"]


def test_the_version_and_no_arguments() -> None:
    assert run_command("--version").out.startswith("notifier ")
    assert "Usage: notifier" in run_command().out + run_command().err


def test_help_needs_no_heavy_room() -> None:
    heavy = ("sqlalchemy", "jinja2", "rich", "babel")
    script = f"import sys; from notifier.cli import main; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_help_loads_neither_markdown_nor_traces_in_colours() -> None:
    script = (
        "import sys; from notifier.cli.main import run; sys.argv = ['notifier', '--help']\n"
        "try: run()\n"
        "finally: print([m for m in ('markdown_it', 'pygments', 'sqlalchemy') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"
    assert "Tells customers before they have to ask" in done.stdout


def test_what_is_loaded_late_is_the_real_one_when_it_is_used() -> None:
    script = (
        "from notifier.cli.late import load_late\n"
        "load_late('rich.traceback', 'Traceback'); load_late('rich.markdown', 'Markdown')\n"
        "from rich.markdown import Markdown; from rich.traceback import Traceback; from rich.text import Text\n"
        "kinds = Markdown | Text\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError as error: shown = Traceback.from_exception(type(error), error, None)\n"
        "print(type(shown).__module__, type(Markdown('*a*')).__module__)\n"
        "import rich.traceback; print(rich.traceback.install.__module__)\n"
        "load_late('phonenumbers.phonenumbermatcher', 'PhoneNumberMatch', 'PhoneNumberMatcher', 'Leniency')\n"
        "import phonenumbers\n"
        "(found,) = phonenumbers.PhoneNumberMatcher('call 300 123 4567', 'CO', leniency=phonenumbers.Leniency.VALID)\n"
        "print(type(found).__module__, found.raw_string.replace(' ', ''))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    words = done.stdout.split()
    assert words[:3] == ["rich.traceback", "rich.markdown", "rich.traceback"]
    assert words[3:] == ["phonenumbers.phonenumbermatcher", "3001234567"]


def test_a_code_of_an_emoji_is_a_text_like_any_other() -> None:
    program = (
        "from notifier.cli.late import know_no_attrs_classes, know_no_emoji_codes\n"
        "know_no_emoji_codes(); know_no_attrs_classes()\n"
        "from rich.console import Console\n"
        "Console().print('ask for :sun: [bold]here[/bold]')\n"
        "import sys; print('attr' in sys.modules); import attr; print(attr.ib.__module__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["ask for :sun: here", "False", "attr._make"]
