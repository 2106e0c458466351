"""What a mapping may hold, as the reader, the reference and editors take it."""

from dataclasses import dataclass
from enum import StrEnum


class Named(StrEnum):
    """What a text may name; an editor offers the names that there are."""

    ENTITY = "entity"
    OWNER = "owner"
    CONTACT_POINT = "contact point"
    TEMPLATE = "template"
    TOPIC = "topic"
    RULE = "rule"
    CHECK = "check"


class ByEntity(StrEnum):
    """What a mapping has under the names of entities."""

    ROWS = "a list of rows"
    IDS = "a list of ids"
    FIELDS = "a mapping from names of fields to their types"


class Form(StrEnum):
    """How a value is written."""

    TEXT = "a text"
    TEXTS = "a text or a list of texts"
    EXPRESSION = "an expression"
    EXPRESSIONS = "an expression or a list of expressions"
    SCALAR = "a text or a number"
    WHOLE = "a whole number"
    TRUTH = "true or false"
    SHOWN = "a field, a list of fields, or a mapping from names"
    LIST = "a list"
    ENTRIES = "an entry or a list of entries"
    MAPPING = "a mapping"
    NAMED = "a mapping from names"
    CHOICE = "a text, or a mapping from values to texts"
    TEXT_OR_MAPPING = "a text or a mapping"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One allowed key."""

    name: str
    form: Form
    about: str
    """One line for people: what the key says."""
    required: bool = False
    values: tuple[str, ...] = ()
    """The allowed texts; empty when any text is allowed."""
    refused: tuple[tuple[str, str], ...] = ()
    """Texts that other keys allow, each with why it is none of its values."""
    one: str = ""
    """What one of its values is called; by default the key's own name."""
    shape: "Shape | None" = None
    """For MAPPING its keys, also where the value may be a text; for LIST and ENTRIES those of each item; for NAMED and
    SHOWN those of each value."""
    short: Form | None = None
    """For NAMED and SHOWN: how a value is written that is no mapping of `shape`: `plan: contract.plan` for a claim."""
    may_be_empty: bool = False
    """For NAMED: a name without any value says enough."""
    names: Named | None = None
    """What the text, or each of the texts, names."""
    by_entity: ByEntity | None = None
    """For NAMED: the names are those of entities, and this is what they have."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A mapping and the keys it may have. `what` completes "unknown key … in": `a rule`."""

    what: str
    keys: tuple[Key, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the keys, in order."""
        return tuple(key.name for key in self.keys)
