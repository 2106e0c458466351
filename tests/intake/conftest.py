"""Imports are read into a migrated database of each kind."""

from tests.store.conftest import context, engine, order, sqlite_engine

__all__ = ["context", "engine", "order", "sqlite_engine"]
