"""Decisions are recorded in a migrated database of each kind."""

from tests.store.conftest import context, engine, world

__all__ = ["context", "engine", "world"]
