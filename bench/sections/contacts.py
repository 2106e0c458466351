"""The report of contacts over a year of them, against the SQL that a person would write for its main figures.

At full scale 25,000 contacts of 5,000 customers, with their reasons, 12,500 orders and 8,250 notices that were
told. Both sides must count the same. The report has more parts: circles, episodes, and what notices left open.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from bench.contacts_by_hand import by_hand
from bench.database import sqlite_url
from bench.harness import Bench, Case, Clock, Job, Result, Spent
from bench.project import REPOSITORY
from bench.ready_alone import held
from bench.rows import NOW
from bench.year_of_contacts import SINCE, UNTIL, fill
from notifier.model.contact_figures import ContactReport
from notifier.store.database import open_engine, read_only
from notifier.store.migrating import migrate
from notifier.store.reports.dimensions import Period
from notifier.store.reports.listening.report import contact_report
from tests.support.postgres import administer

NAME = "contacts"
CONTACTS = 25_000
SPAN = Period(since=SINCE, until=UNTIL, timezone="UTC")


def run(bench: Bench) -> Iterator[Result]:
    """For each database, one ratio against hand-written SQL, and the peak memory of either in a process of its own."""
    contacts = max(400, min(CONTACTS, int(4 * CONTACTS * bench.scale)))
    for name, url, server in _databases(bench):
        with _filled(url, server, contacts) as database:
            what = f"a year of {contacts:,} contacts, {name}"
            yield bench.compare(NAME, _case(database, what, server))
            if not bench.quick:
                yield _memory(url, what)


def ours(database: sa.Engine) -> tuple[object, ...]:
    """The figures of the report that the other side has, too."""
    with read_only(database) as connection:
        return _main_figures(contact_report(connection, {}, now=NOW, period=SPAN, live=False))


def theirs(database: sa.Engine) -> tuple[object, ...]:
    """The same by hand."""
    with read_only(database) as connection:
        return by_hand(connection, SINCE, UNTIL, NOW)


def _main_figures(report: ContactReport) -> tuple[object, ...]:
    of_reason = sorted(report.by_reason, key=lambda each: each.reason or "")
    figures = [("", report.total), *((each.reason or "", each) for each in of_reason)]
    return (
        [(name, each.contacts, each.customers, each.again.part, each.again.whole) for name, each in figures],
        [(name, index, week.count) for name, each in figures for index, week in enumerate(each.weeks)],
        [week.base for week in report.weeks],
        report.unclear.part,
        [(ball.customer, ball.about, ball.contacts, ball.channels) for ball in report.snowballs],
        sorted((each.rule, each.asked.whole, each.replied.part, each.asked.part) for each in report.after_notices),
    )


def _databases(bench: Bench) -> Iterator[tuple[str, sa.URL, sa.URL | None]]:
    name = f"copy_{uuid4().hex[:12]}"  # so a killed run's are deleted by the next one
    yield "SQLite", sa.make_url(sqlite_url(bench.states.data / f"{name}.db")), None
    if bench.states.server is not None:
        yield "PostgreSQL", bench.states.server.set(database=name), bench.states.server


@contextmanager
def _filled(url: sa.URL, server: sa.URL | None, contacts: int) -> Iterator[sa.Engine]:
    """A database with a year of contacts; deleted afterwards."""
    if server is not None:
        administer(server, f'CREATE DATABASE "{url.database}"')
    database = open_engine(url.render_as_string(hide_password=False))
    try:
        migrate(database)
        fill(database, contacts)
        yield database
    finally:
        database.dispose()
        if server is not None:
            administer(server, f'DROP DATABASE "{url.database}" WITH (FORCE)')
        else:
            path = Path(url.database or "")
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink()


def _case(database: sa.Engine, what: str, server: sa.URL | None) -> Case:
    return Case(
        name=what,
        ours=Job(name="the report", run=lambda: ours(database)),
        other=Job(name="hand-written SQL for its main figures", run=lambda: theirs(database)),
        server=server,
    )


def _memory(url: sa.URL, what: str) -> Result:
    """The peak of a process that does nothing else; of PostgreSQL, that of its client."""
    mine, theirs = (_peak(url, side) for side in ("ours", "theirs"))
    case = Case(
        name=what,
        ours=Job(name=f"a process of its own: {mine:.0f} MB at most", run=_nothing),
        other=Job(name=f"the script: {theirs:.0f} MB", run=_nothing),
        clock=Clock.MEMORY,
    )
    spent = [Spent(memory=mine)], [Spent(memory=theirs)]
    return Result(section=NAME, case=case, ours=spent[0], other=spent[1], ratios=[mine / theirs])


def _peak(url: sa.URL, side: str) -> float:
    command = [sys.executable, "-m", __name__, side, url.render_as_string(hide_password=False)]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout))


def _nothing() -> None:
    """Runs nothing: the figures were measured elsewhere."""


def _main() -> None:
    side, url = sys.argv[1:]
    {"ours": ours, "theirs": theirs}[side](open_engine(url))
    print(json.dumps(held("VmHWM")))


if __name__ == "__main__":
    _main()
