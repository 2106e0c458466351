"""Contacts that no word of ours preceded, and what they hang on. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.model.figures import Spans

WORTH_IT = timedelta(hours=1)
"""A rule is worth writing where it could have spoken longer than this before the contact."""


@dataclass(frozen=True, kw_only=True)
class Clue:
    """An instant of the row that contacts are about, near which they come."""

    column: str
    """`order.promised_at`."""
    is_ahead: bool
    """Whether the contacts come before the instant."""
    distance: Spans
    """Between the contact and the instant, with the contacts near it."""
    time_left: Spans
    """From when a rule could have spoken to the contact: from the instant, or from when it was known where that was
    later; ahead of the instant, from when it was known. Contacts before that are not in it."""


@dataclass(frozen=True, kw_only=True)
class Hanging:
    """The rows of one entity that contacts are about."""

    entity: str
    contacts: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    """How many contacts are about rows of each kind, the most first; empty where the entity has none."""
    clues: Sequence[Clue] = ()

    @property
    def kind(self) -> str | None:
        """The kind of nearly all rows (four of five); None where there is none."""
        return next((kind for kind, count in self.kinds.items() if count * 5 >= self.contacts * 4), None)

    @property
    def nearest(self) -> Sequence[Clue]:
        """The instants that half of the contacts come near, the one of the shortest median distance first."""
        near = [each for each in self.clues if each.distance.count * 2 >= self.contacts]
        return sorted(near, key=lambda each: (each.distance.median or timedelta(), each.column))


@dataclass(frozen=True, kw_only=True)
class Preceded:
    """What came before the contacts of one reason."""

    contacts: int = 0
    """Contacts and feedback of customers whom we know."""
    told: int = 0
    """The customer had a word of a rule that speaks of the reason; without a map of the journey, any about the row."""
    told_otherwise: int = 0
    """The customer had a word about the same row, from a rule that does not speak of the reason."""

    @property
    def silent(self) -> int:
        """No word of ours about that row came before."""
        return self.contacts - self.told - self.told_otherwise

    @property
    def missing(self) -> int:
        """No word of ours about the reason came before."""
        return self.contacts - self.told


@dataclass(frozen=True, kw_only=True)
class MissingWords:
    """One reason, and the notice that was missing."""

    reason: str
    title: str
    """In words; the key where no file knows the reason any more."""
    owner: str | None
    touchpoint: str | None
    """Where it is foreseen; None where it is not."""
    failure: str | None
    rules: tuple[str, ...]
    """The rules that speak of it and tell customers; empty: none does."""
    in_shadow: tuple[str, ...] = ()
    """Rules that would speak of it, and are in shadow."""
    accepted: str | None
    preceded: Preceded
    hanging: Sequence[Hanging] = ()
    """The rows that the contacts without a word about the reason are about; the most contacts first."""
    examples: Sequence["Unpreceded"] = ()
    """Some of those contacts, the latest first."""


@dataclass(frozen=True, kw_only=True)
class Unpreceded:
    """A contact before which there was no word of ours about its reason."""

    entity: str
    """`contact` or `feedback`."""
    id: str
    customer: str
    at: datetime
    subject: str | None
    """`order:O-1`."""


@dataclass(frozen=True, kw_only=True)
class MissingReport:
    """All reasons of the period, those with the most missing words first."""

    at: datetime
    since: datetime | None
    until: datetime | None
    within: timedelta
    """How long before a contact a word counts."""
    total: Preceded
    reasons: Sequence[MissingWords]
    unclear: int
    """Contacts and feedback whose reason nobody knows yet: they are in no figure."""
    of_nobody: int
    """Feedback of customers whom we do not know, who cannot be told anything: they are in no figure."""
    has_map: bool
    """Whether a map of the journey says which rule speaks of what; without it, any word about the same row counts."""
    unanswered: Sequence[tuple[str, str, int]] = ()
    """Foreseen failures without a rule: (touchpoint, failure, contacts of its reasons)."""
