"""A PostgreSQL database that is made anew again and again as a copy of another, behind one engine."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from notifier.store.database import open_engine
from tests.support.postgres import administer


class CopiedDatabase:
    """Copies of `template`, one at a time.

    The engine stays the same: it keeps the statements it has compiled, which cost more than most of what a test does.
    """

    def __init__(self, server: sa.URL, template: str) -> None:
        self._server = server
        self._template = template
        self._name = f"test_{uuid.uuid4().hex}"
        self._engine = open_engine(server.set(database=self._name).render_as_string(hide_password=False))

    @contextmanager
    def fresh(self) -> Iterator[sa.Engine]:
        """The engine, on a new copy that is dropped afterwards."""
        administer(self._server, f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"')
        try:
            yield self._engine
        finally:
            self._engine.dispose()
            administer(self._server, f'DROP DATABASE "{self._name}" WITH (FORCE)')
