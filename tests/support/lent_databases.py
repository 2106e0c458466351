"""PostgreSQL databases with the tables, which tests use one after the other.

Copying a database takes 0.1 s of the server's time, and emptying the few tables that a test wrote to a tenth of that.
Indexes that the product made for a test's rules are dropped; a database whose shape a test changed otherwise is not
lent again.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy as sa

from tests.support.postgres import fresh_database

SHAPE = sa.text("""
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', c.relname, c.relkind, c.reloptions::text, a.attname, a.atttypid, a.attnotnull) AS line
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        UNION ALL SELECT concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE conrelid > 0
        UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
        UNION ALL SELECT 'setting ' || setconfig::text FROM pg_db_role_setting
        UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS lines
""")
"""Everything that a test could change beside rows, and this database has of its own."""
WRITTEN = sa.text("""
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('alembic_version', 'oldest_program')
    AND pg_relation_size(c.oid) > 0
""")
STATISTICS = sa.text(
    "DELETE FROM pg_statistic s USING pg_class c WHERE s.starelid = c.oid AND c.relkind = 'r' AND "
    "c.relnamespace = 'public'::regnamespace"
)
MADE_FOR_RULES = sa.text(
    "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND starts_with(indexname, 'due_')"
)
"""`ensure_indexes` of the store names them so."""
OTHERS = sa.text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class LentDatabases:
    """Copies of `template` on a server; `close` drops them."""

    def __init__(self, server: sa.URL, template: str) -> None:
        self._server = server
        self._template = template
        self._copies = ExitStack()
        self._free: list[tuple[sa.URL, str]] = []

    @contextmanager
    def lend(self) -> Iterator[sa.URL]:
        """A database with empty tables."""
        url, shape = self._free.pop() if self._free else self._another()
        try:
            yield url
        finally:
            if self._emptied(url) == shape:
                self._free.append((url, shape))

    def close(self) -> None:
        self._copies.close()

    def _another(self) -> tuple[sa.URL, str]:
        url = self._copies.enter_context(fresh_database(self._server, self._template))
        return url, self._emptied(url)

    @staticmethod
    def _emptied(url: sa.URL) -> str:
        """Empties the tables, as if nobody had ever written to them; returns its shape and revision."""
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(OTHERS)
            if indexes := list(connection.execute(MADE_FOR_RULES).scalars()):
                connection.exec_driver_sql(f"DROP INDEX {', '.join(indexes)}")
            if written := list(connection.execute(WRITTEN).scalars()):
                connection.exec_driver_sql(f"TRUNCATE {', '.join(written)} RESTART IDENTITY CASCADE")
                connection.execute(STATISTICS)
            shape = str(connection.execute(SHAPE).scalar_one())
            if connection.dialect.has_table(connection, "alembic_version"):
                shape += str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all())
            if connection.dialect.has_table(connection, "oldest_program"):
                shape += str(connection.exec_driver_sql("SELECT revision FROM oldest_program").scalars().all())
            return shape
