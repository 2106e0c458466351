"""A database that a build left behind becomes a database again, in a copy of the project folder it belongs to."""

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import psycopg
import sqlalchemy as sa

HERE = Path(__file__).parent
DUMPS = HERE / "dumps"
BUILDS = sorted({path.name.partition(".")[0] for path in DUMPS.iterdir()})
"""The commits of the builds of which a database is kept."""
SETTINGS: Mapping[str, object] = {
    "COMPANY": "Fibra",
    "DEFAULT_LOCALE": "en",
    "DEFAULT_TIMEZONE": "America/Bogota",
    "DEFAULT_COUNTRY": "CO",
    "SMS_PRICE": 45,
    "SMS_CURRENCY": "COP",
}


def dump_of(build: str, dialect: str) -> Path:
    """Where the dump of this build's database lies; `dialect` is sqlite or postgresql."""
    return DUMPS / f"{build}.{dialect}.sql"


def lay_out(folder: Path, database_url: str) -> Path:
    """The project folder with its settings."""
    shutil.copytree(HERE / "project", folder)
    settings = {"DATABASE_URL": database_url, **SETTINGS}
    lines = (f"NOTIFIER_{name}={value}\n" for name, value in settings.items())
    (folder / ".env").write_text("".join(lines), encoding="utf-8")
    return folder


def load(build: str, database_url: str) -> None:
    """Fill the empty database with what this build left behind."""
    address = sa.make_url(database_url)
    statements = dump_of(build, address.get_backend_name()).read_text(encoding="utf-8")
    if address.get_backend_name() == "sqlite":
        assert address.database is not None
        connection = sqlite3.connect(address.database)
        connection.executescript(statements)
        connection.close()
        return
    with psycopg.connect(address.set(drivername="postgresql").render_as_string(hide_password=False)) as server:
        server.execute(statements.encode())
