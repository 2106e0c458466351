"""Makes the dumps of one build's database: `python -m tests.store.old_database.make CHECKOUT`.

CHECKOUT is a clone of the repository that stands at the build and has its `.venv` (`make .venv/.run` there). The build
itself works through two days of the invented customers of `project/`, once on SQLite and once on PostgreSQL. In the end
it dies with messages in hand. PostgreSQL is that of the tests; `pg_dump` must be on the path.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from tests.store.old_database.faulty import DIED
from tests.store.old_database.loading import HERE, dump_of, lay_out
from tests.support.postgres import fresh_database, postgres_server

BY = ("--by", "marta", "--reason", "agreed on the phone")
NOT_DATA = ("--", "\\", "SET ", "SELECT pg_catalog.set_config(")
"""How lines of pg_dump begin that are comments, orders to psql, or settings of a session."""


class Build:
    """One project folder in the hands of one build."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self._command: list[str | Path] = [checkout / ".venv/bin/python", HERE / "faulty.py", "--project", folder]
        self._events = folder / "events"

    def run(self, *arguments: str, expected: int = 0) -> str:
        """One command's output."""
        done = subprocess.run([*self._command, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != expected:
            raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def load(self, name: str) -> None:
        self.run("import", "events", str(self._events / f"{name}.jsonl"))

    def tick(self, at: str, expected: int = 0) -> None:
        self.run("tick", "--at", at, expected=expected)

    def live_through_two_days(self) -> None:
        """Every kind of row comes to be: told, held, deferred, halted, unknown, half handed over, not looked at."""
        self.run("rules", "check")
        self.load("first")
        self.tick("2026-03-02T09:00:00-05:00")
        self.load("second")
        self.tick("2026-03-03T10:00:00-05:00")
        found = json.loads(self.run("contradictions", "list", "--json"))
        ids = {each["customer"]: each["id"] for each in found}
        at = ("--at", "2026-03-03T10:02:00-05:00")
        self.run("contradictions", "waive", ids["C-9"], *BY, *at)
        self.run("contradictions", "ack", ids["C-10"], *BY, *at)
        (held,) = json.loads(self.run("notices", "list", "--customer", "C-10", "--json"))
        self.run("notices", "cancel", held["reference"], *BY, *at)
        self.load("third")
        self.tick("2026-03-03T10:03:00-05:00")
        self.load("fourth")
        self.tick("2026-03-03T10:06:00-05:00")
        self.tick("2026-03-03T10:09:00-05:00", expected=DIED)
        self.load("unseen")


def sqlite_dump(file: Path) -> Iterator[str]:
    with closing(sqlite3.connect(file)) as connection:
        yield from connection.iterdump()


def postgresql_dump(address: sa.URL) -> Iterator[str]:
    program = shutil.which("pg_dump")
    if program is None:
        raise SystemExit("pg_dump is not on the path")
    url = address.set(drivername="postgresql").render_as_string(hide_password=False)
    options = ["--rows-per-insert=1000", "--no-owner", "--no-privileges", "--no-comments", "--dbname", url]
    done = subprocess.run([program, *options], capture_output=True, text=True, check=True)
    yield from (line for line in done.stdout.splitlines() if not line.startswith(NOT_DATA))


def main(checkout: Path) -> None:
    git = ["git", "-C", str(checkout), "rev-parse", "--short=7", "HEAD"]
    name = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as temporary, postgres_server() as server, fresh_database(server) as database:
        file = Path(temporary) / "notifier.db"
        urls = {"sqlite": f"sqlite:///{file}", "postgresql": database.render_as_string(hide_password=False)}
        for dialect, url in urls.items():
            Build(checkout.resolve(), lay_out(Path(temporary) / dialect, url)).live_through_two_days()
            lines = sqlite_dump(file) if dialect == "sqlite" else postgresql_dump(database)
            dump_of(name, dialect).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
