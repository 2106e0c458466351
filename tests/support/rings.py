"""Three rings of tests: marks by what a test uses, a guard that holds it to them, and its place in the queue.

A test that needs a database is marked `db` (PostgreSQL: `pg` as well), one that starts a process or talks to a server
`process`. The marks follow from its fixtures and from what its module imports. Without a mark, opening a database or
starting a process is an error, so `make quick` can rely on them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest

DATABASES = {
    "database_url", "databases", "db", "migrated_file", "migrated_template", "migrated_url", "postgres", "sqlite_db",
}  # fmt: skip
"""Fixtures with a database, or with what makes one."""
PROJECTS = {"bench", "loaded", "played", "project"}
"""Fixtures with a folder into which commands, or the benchmark, put a database."""
OPENING = {"notifier.simulation.databases", "notifier.simulation.scenarios", "notifier.store.database"}
OPENING |= {"notifier.store.migrating", "sqlite3"}
"""Modules that open databases: they, or what they define, stand in the module of a test that opens one itself."""
OPENING |= {"notifier.wiring", "bench.state"}
OPENING |= {"tests.cli.conftest", "tests.crash.world", "tests.evaluation.oracle.comparing", "tests.support.rig"}
OPENING |= {"tests.serving.conftest"}
STARTING = {"multiprocessing", "subprocess", "bench.providers", "tests.crash.world", "tests.wire.projects"}
"""The same for processes, and servers in them."""
STARTING |= {"tests.serving.conftest", "tests.support.twilio_server"}
STARTING |= {
    f"tests.support.{name}"
    for name in (
        "chat_server",
        "exim",
        "forked",
        "imap_server",
        "kept",
        "language_server",
        "postfix",
        "prism",
        "smtp_server",
        "twilio_server",
    )
}
POSTGRESQL = {"postgresql", "postgres_db"}
"""Parameters by which a test gets PostgreSQL."""
NEEDS = {
    "sqlite3.connect": "db",
    "os.fork": "process",
    "os.posix_spawn": "process",
    "subprocess.Popen": "process",
    "socket.connect": "process",
}
"""What Python says of itself (its audit events), and the mark that allows it."""
SLOW = (
    "tests/crash/test_deaths.py",
    "tests/docs/test_commands.py",
    "tests/fuzz/",
    "tests/promises/test_incremental.py",
    "tests/properties/",
)
"""Where single tests take many seconds: these are shared out one by one, all others by their file."""
LONG = (
    "tests/evaluation/test_oracle.py",
    "tests/meaning/test_what_a_rule_means.py",
    "tests/scenarios/",
    "tests/promises/test_compare_property.py",
    "tests/cli/test_demo.py",
    "tests/crash/",
    "tests/wire/",
)
"""Files that take longest as a whole."""
OPTIONAL = ("Caddy", "Exim", "Postfix", "nginx", "promtool", "sqlite3", "systemd-analyze", "to root")
"""Programs of the system that CI installs or has, where it can; and a user with fewer rights than root."""

_allowed: set[str] | None = None
"""The marks of the test that runs."""


def marks_of(item: pytest.Item) -> Iterator[str]:
    """The marks that follow from a test's fixtures, parameters and module."""
    assert isinstance(item, pytest.Function)
    fixtures = set(item.fixturenames)
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    is_postgres = "postgres" in fixtures or any(value in POSTGRESQL for value in parameters if isinstance(value, str))
    imported = {_module_of(value) for value in vars(item.module).values()}
    if is_postgres:
        yield "pg"
    if is_postgres or fixtures & (DATABASES | PROJECTS) or imported & OPENING:
        yield "db"
    if imported & STARTING or fixtures & {"twilio", "postgres"} or is_postgres:
        yield "process"


def _module_of(value: object) -> str:
    name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
    return name if isinstance(name, str) else ""


def may_be_lacking(why_skipped: str) -> bool:
    """Whether also CI may lack what a test is skipped without."""
    return any(name in why_skipped for name in OPTIONAL)


def place_of(nodeid: str) -> int:
    """What takes long goes first, so that at the end test processes share what is short."""
    return 0 if nodeid.startswith(SLOW) else 1 if nodeid.startswith(LONG) else 2


def queue_of(nodeid: str) -> str:
    """Tests of one queue run in one process, one after the other, and share what their file makes."""
    return nodeid if nodeid.startswith(SLOW) else nodeid.split("::")[0]


@contextmanager
def held_to_its_marks(item: pytest.Item) -> Iterator[None]:
    """Only what the test's marks allow."""
    global _allowed
    _allowed = {mark.name for mark in item.iter_markers()}
    try:
        yield
    finally:
        _allowed = None


def guard() -> None:
    """From now on in this process. (An audit hook is for good.)"""
    sys.addaudithook(_heard)


def _heard(event: str, _: object) -> None:
    needed = NEEDS.get(event)
    if needed is not None and _allowed is not None and needed not in _allowed:
        raise RuntimeError(
            f"{event} in a test that is not marked '{needed}'; tests/support/rings.py says what marks it"
        )
