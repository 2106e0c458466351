"""Project folders for tests of the command line, and a runner that keeps output and problems apart."""

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import structlog
import typer.testing
from typer.main import get_command
from typer.testing import CliRunner

from notifier.cli.main import app
from notifier.rules.shipped import shipped
from notifier.simulation.demo.folder import SETTINGS
from tests.support.kept import Run as TestRun
from tests.support.schemas import command_of, problems_of

STATE = [
    {
        "at": "2026-03-02T08:00:00-05:00",
        "set": {
            "customer": [
                {"id": "C-1", "name": "Ana Ruiz", "phone": "+573001234567", "email": "ana@example.com"},
                {"id": "C-2", "name": "Luis Mora", "phone": "+573001234568", "email": "luis@example.com"},
                {"id": "C-3", "name": "Sin Señas"},
            ],
            "contract": [
                {"id": "K-1", "customer_id": "C-1", "status": "active"},
                {"id": "K-2", "customer_id": "C-2", "status": "active"},
                {"id": "K-3", "customer_id": "C-3", "status": "active"},
            ],
            "appointment": [
                {
                    "id": f"A-{number}",
                    "customer_id": f"C-{number}",
                    "contract_id": f"K-{number}",
                    "kind": "installation",
                    "status": "confirmed",
                    "starts_at": "2026-03-05T10:00:00-05:00",
                    "place": f"Calle {number}",
                }
                for number in (1, 2, 3)
            ],
            "charge": [
                {
                    "id": "X-1",
                    "customer_id": "C-1",
                    "contract_id": "K-1",
                    "kind": "recurring",
                    "proration": False,
                    "amount": 111860,
                    "currency": "COP",
                    "bill_at": "2026-03-06T06:00:00-05:00",
                    "billed": False,
                }
            ],
            "promise": [
                {
                    "id": "P-1",
                    "customer_id": "C-1",
                    "subject": "contract:K-1",
                    "topic": "monthly_price",
                    "value": 79900,
                    "currency": "COP",
                    "made_at": "2026-03-01T10:00:00-05:00",
                    "made_by": "agent 7",
                    "source": "sales",
                    "evidence": "call 88",
                }
            ],
        },
    }
]
"""Three installations, one of them for a customer without an address; and a price that is not what was promised."""
TICK = "2026-03-03T10:00:00-05:00"
"""The instant at which the reminders of these installations and the bill are due."""

FOREIGN = ("NOTIFIER_PROJECT", "NOTIFIER_DATABASE_URL", "NOTIFIER_LIVE")
"""Settings that this machine may have, and that no test wants."""


@dataclass(frozen=True)
class Ran:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def usage(self) -> str:
        """What is wrong with the usage: the words on stderr without the box around them."""
        return " ".join(re.sub("[│╭╮╰╯─]", " ", self.err).split())


Run = Callable[..., Ran]

# The commands are made of their functions once: to do so for each command run took a tenth of its time.
typer.testing._get_command = cache(get_command)  # type: ignore[attr-defined]  # it exports no other place


@pytest.fixture(autouse=True)
def logs_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands configure the logs; the next test finds them as they were. No setting of this machine leaks in."""
    with _undisturbed(monkeypatch):
        yield


@contextmanager
def _undisturbed(patch: pytest.MonkeyPatch) -> Iterator[None]:
    patch.setenv("COLUMNS", "100")
    for name in FOREIGN:
        patch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def run_command(*arguments: object, project: Path | None = None, stdin: bytes | None = None) -> Ran:
    """Run a command in this process. An error that nobody expected is raised, and JSON is held to its schema."""
    options = [] if project is None else ["--project", str(project)]
    done = CliRunner().invoke(app, [*options, *(str(one) for one in arguments)], input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if "--json" in arguments and "--help" not in arguments and done.stdout:
        assert problems_of(command_of(arguments), json.loads(done.stdout)) == []
    return Ran(code=done.exit_code, out=done.stdout, err=done.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with the shipped telco rules and no database yet."""
    return _project(tmp_path / "project")


def _project(folder: Path) -> Path:
    source = shipped()
    for name in ("owners", "contact_points", "topics"):
        (folder / "rules").mkdir(parents=True, exist_ok=True)
        shutil.copy(source / "rules" / f"{name}.yaml", folder / "rules")
    for name in ("installation", "billing", "cancellation"):
        shutil.copy(source / "rules" / "telco" / f"{name}.yaml", folder / "rules")
    for name in ("installation_reminder", "installation_cancelled", "bill_is_ready"):
        shutil.copytree(source / "templates" / name, folder / "templates" / name)
    shutil.copy(source / "templates" / "layout.html.j2", folder / "templates")
    (folder / ".env").write_text(SETTINGS, encoding="utf-8")
    return folder


@pytest.fixture
def run(project: Path) -> Run:
    """Runs commands in the project."""

    def command(*arguments: object, stdin: bytes | None = None) -> Ran:
        return run_command(*arguments, project=project, stdin=stdin)

    return command


@pytest.fixture(scope="session")
def loaded_once() -> Path:
    """What `loaded` copies: made once for all processes of the run."""
    return TestRun.joined().folder_once("loaded", _load_once)


def _load_once(folder: Path) -> None:
    _project(folder)
    run = partial(run_command, project=folder)
    with pytest.MonkeyPatch.context() as patch, _undisturbed(patch):
        assert run("tick", "--at", "2026-03-02T07:00:00-05:00").code == 0
        load(folder, run, STATE)


@pytest.fixture
def loaded(project: Path, loaded_once: Path) -> Path:
    """The project with `STATE` imported, after a first tick: the rules are in force."""
    shutil.copytree(loaded_once, project, dirs_exist_ok=True)
    return project


@pytest.fixture(scope="session")
def ticked_once(loaded_once: Path) -> Path:
    """What `ticked` copies."""

    def tick(folder: Path) -> None:
        shutil.copytree(loaded_once, folder, dirs_exist_ok=True)
        with pytest.MonkeyPatch.context() as patch, _undisturbed(patch):
            assert run_command("tick", "--at", TICK, project=folder).code == 0

    return TestRun.joined().folder_once("ticked", tick)


@pytest.fixture
def ticked(project: Path, ticked_once: Path) -> Path:
    """The same after a tick at `TICK`, which opened the contradiction, held the bill and sent the reminders."""
    shutil.copytree(ticked_once, project, dirs_exist_ok=True)
    return project


def load(folder: Path, run: Run, events: list[dict[str, Any]]) -> None:
    """Import these change sets."""
    file = folder / "events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    done = run("import", "events", file)
    assert done.code == 0, done.err


def rows_of(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the project's database."""
    import sqlite3

    connection = sqlite3.connect(folder / "notifier.db")
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in sorted(names)}
    finally:
        connection.close()


@pytest.fixture(scope="session")
def played() -> tuple[Path, str]:
    """The demo's folder after the demo, and what it printed. Tests only read it, or copy it."""
    folder = TestRun.joined().folder_once("demo", _play)
    return folder / "demo", (folder / "printed").read_text(encoding="utf-8")


def _play(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch, _undisturbed(patch):
        done = run_command("demo", "--folder", folder / "demo")
    assert done.code == 0, done.err
    (folder / "printed").write_text(done.out, encoding="utf-8")
