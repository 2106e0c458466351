"""The typed syntax tree of conditions, claims and paths."""

from dataclasses import dataclass

from notifier.model.types import ValueType


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A node; subclasses say which."""

    type: ValueType
    entity: str | None = None
    """The entity of a path that ends at a row (ENTITY) or at rows (ENTITIES)."""
