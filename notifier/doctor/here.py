"""What can be examined without asking anybody else: settings, rules, zones, the database and what waits in it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.doctor.findings import Finding, Level, doubtful, fine, wrong
from notifier.model.clock import CLOCKS_DIFFER
from notifier.model.problems import Problem
from notifier.model.reading import StoreError
from notifier.model.zones import zones_in_use
from notifier.store.condition import Condition, condition
from notifier.store.database import read_only
from notifier.store.figures import Figures, figures
from notifier.store.migrating import is_current, newer_revision

WAITS_LONG = timedelta(minutes=15)
"""A message that is due for longer is not sent as fast as it comes."""
PASSES_MISSED = 10
"""Intervals after which the last pass is too long ago."""
FEW_CONNECTIONS = 5


def settings_finding(problems: Sequence[Problem], incomplete: Sequence[Problem], *, live: bool) -> Iterator[Finding]:
    """What the settings say of themselves."""
    for problem in incomplete:
        yield wrong("settings", str(problem), "give the missing setting; live, nothing is sent before")
    for problem in problems:
        yield doubtful("settings", str(problem), "see the table of settings in docs/operations.md")
    if not problems and not incomplete:
        yield fine("settings", "messages are sent for real" if live else "messages go into the outbox folder")


def rules_finding(rules: int, errors: Sequence[Problem]) -> Finding:
    """Whether the project's files can be read."""
    if errors:
        remedy = f"mend {errors[0].place.file}; notifier rules check lists all of them"
        return wrong("rules", f"{len(errors)} {'error' if len(errors) == 1 else 'errors'}: {errors[0]}", remedy)
    if not rules:
        return doubtful("rules", "there is no rule, so nobody is told anything", "write one: docs/writing-rules.md")
    return fine("rules", f"{rules} {'rule' if rules == 1 else 'rules'} without an error")


def zones_finding() -> Finding:
    """Which database of time zones counts."""
    used = zones_in_use()
    if used.startswith("tzdata "):
        return fine("zones", used)
    remedy = "unset PYTHONTZPATH, and install the package tzdata: the system's database may be older than the law"
    return doubtful("zones", used, remedy)


def database_findings(database: sa.Engine, now: datetime, *, live: bool, tick: timedelta) -> Iterator[Finding]:
    """The database, the clock beside it, and what waits in it."""
    try:
        if not is_current(database):
            remedy = "upgrade the program to the version of the others, or let a command that writes upgrade the tables"
            yield wrong("database", "its tables are of another version of this program", remedy)
            return
        newer = newer_revision(database)
        with read_only(database) as connection:
            found, waits = condition(connection), figures(connection, live=live, now=now)
    except StoreError as error:
        yield wrong("database", str(error), "nothing works without it")
        return
    yield _database(found)
    if newer is not None:
        what = f"a newer version of this program upgraded the tables (revision {newer}); this one may go on for now"
        yield doubtful("database", what, "replace this program by the newer one, too")
    yield _clock(found, now)
    yield _backlog(waits, now)
    yield _last_pass(waits, now, tick)
    if waits.unmatched:
        what = f"{waits.unmatched} receipts of the last days lead to no message"
        yield doubtful("receipts", what, "other programs may send by the same account; else one message was lost here")


def _database(found: Condition) -> Finding:
    if found.is_in_memory:
        return doubtful("database", "there is none yet", "bring rows into it with notifier import")
    if not found.keeps_readers_going:
        remedy = "move the file from a network share to a disk of this machine"
        return wrong("database", f"{found.name} is not in WAL mode", remedy)
    if found.free_connections is not None and found.free_connections < FEW_CONNECTIONS:
        what = f"{found.name} takes {found.free_connections} more connections"
        return doubtful("database", what, "raise max_connections, or stop a process")
    if found.free_connections is None:
        return fine("database", f"{found.name} in WAL mode")
    return fine("database", f"{found.name} takes {found.free_connections} more connections")


def _clock(found: Condition, now: datetime) -> Finding:
    if found.clock is None:
        return fine("clock", "this machine's is the database's")
    apart = abs(found.clock - now)
    what = f"it differs by {apart.total_seconds():.1f} s from the database's"
    if apart <= CLOCKS_DIFFER:
        return fine("clock", what)
    return wrong("clock", what, "let the machines keep their time (chrony, systemd-timesyncd)")


def _backlog(waits: Figures, now: datetime) -> Finding:
    for channel in sorted(waits.halted):
        remedy = "notifier tick says why; it goes on by itself once the provider takes a message"
        return wrong("outbox", f"{channel} is halted", remedy)
    count = sum(queue.count for queue in waits.queues.values())
    oldest = max((now - queue.since for queue in waits.queues.values()), default=timedelta())
    what = f"{count} messages are due, the oldest for {oldest.total_seconds():.0f} s" if count else "nothing waits"
    if oldest <= WAITS_LONG:
        return fine("outbox", what)
    return wrong("outbox", what, "is a daemon running (notifier health), and fast enough for its provider's rate?")


def _last_pass(waits: Figures, now: datetime, tick: timedelta) -> Finding:
    if waits.last_pass is None:
        return doubtful("passes", "the rules were never evaluated", "start notifier run, or notifier tick once")
    age = now - waits.last_pass
    what = f"the rules were last evaluated {age.total_seconds():.0f} s ago"
    if age <= tick * PASSES_MISSED:
        return fine("passes", what)
    return doubtful("passes", what, "start the daemon (notifier run), or see why it does not work (notifier health)")


def is_wrong(findings: Sequence[Finding]) -> bool:
    """Whether something that is wanted does not work."""
    return any(finding.level is Level.WRONG for finding in findings)
