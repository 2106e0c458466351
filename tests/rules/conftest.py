"""Fixtures of this room."""

from tests.rules.projects import folder

__all__ = ["folder"]
