"""Why people get in touch: reasons, what names them in a text, and what was decided about one contact. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from notifier.model.problems import Place

UNCLEAR = "unclear"
"""The class of what nobody can tell yet: a queue with an age, never a row in a ranking."""
HEARD = ("contact", "feedback")
"""The entities that have reasons."""


class Worth(StrEnum):
    """What one such contact is for a side."""

    VALUABLE = "valuable"
    IRRITATING = "irritating"


class Quadrant(StrEnum):
    """What to do about a reason, by what it is for the customer and for the company (Price and Jaffe, 2008)."""

    ELIMINATE = "eliminate"
    """Irritating for both: mend the cause."""
    AUTOMATE = "automate"
    """Valuable for the customer alone: let them do it themselves."""
    SIMPLIFY = "simplify"
    """Valuable for the company alone: make it shorter."""
    LEVERAGE = "leverage"
    """Valuable for both: welcome it."""


_QUADRANTS = {
    (Worth.IRRITATING, Worth.IRRITATING): Quadrant.ELIMINATE,
    (Worth.VALUABLE, Worth.IRRITATING): Quadrant.AUTOMATE,
    (Worth.IRRITATING, Worth.VALUABLE): Quadrant.SIMPLIFY,
    (Worth.VALUABLE, Worth.VALUABLE): Quadrant.LEVERAGE,
}
"""By (for the customer, for the company)."""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """Words by which people name a reason in one language."""

    phrases: tuple[str, ...]
    """Any of them names it."""
    unless: tuple[str, ...] = ()
    """None of these stands in the text, too."""
    why: str | None = None
    """Why these words mean it."""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason of `rules/reasons.yaml`."""

    key: str
    object: str
    """The thing that it is about."""
    step: str
    """Where in dealing with it."""
    failure: str
    """What went wrong then."""
    owner: str
    """Of rules/owners.yaml."""
    sayings: Mapping[str, tuple[Saying, ...]] = field(default_factory=dict)
    """By language: `es`."""
    imported_as: tuple[str, ...] = ()
    """Values of the column `reason` of contacts and feedback that mean it."""
    customer: Worth | None = None
    """What such a contact is for the customer; both sides are given, or none."""
    company: Worth | None = None
    minutes: int | None = None
    """What one such contact takes of the company's time."""
    cost: Decimal | None = None
    """What one such contact costs the company."""
    currency: str | None = None
    """ISO 4217; of `cost`."""
    severity: int | None = None
    """1 (a nuisance) to 5 (somebody is harmed)."""
    place: Place = field(default_factory=lambda: Place(""), compare=False)

    @property
    def title(self) -> str:
        """How people read it: `checkout, step 3: card declined twice`."""
        return f"{self.object}, {self.step}: {self.failure}"

    @property
    def quadrant(self) -> Quadrant | None:
        """What to do about it; None where the owner has not answered for both sides."""
        if self.customer is None or self.company is None:
            return None
        return _QUADRANTS[self.customer, self.company]


class DecidedBy(StrEnum):
    """Who or what gave a contact its reason."""

    IMPORTED = "imported"
    """The other system's own word for it, which the reason lists in `imported_as`."""
    WORDS = "words"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The text of one contact or feedback, and how the other system called it."""

    entity: str
    id: str
    text: str
    """Everything that somebody wrote of it; empty where nobody did."""
    imported: str | None = None
    """The column `reason`."""
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Label:
    """Why one contact or feedback came, as it was decided once: a later decision is another row."""

    entity: str
    row_id: str
    reason: str
    """The key of the primary reason, or `unclear`."""
    others: Sequence[str] = ()
    """The keys of further reasons that the text names."""
    confidence: float | None = None
    """The model's own probability, 0 to 1; None where no model decided. How often it is right is measured by people."""
    decided_by: DecidedBy
    decided_from: str = ""
    """What it was told by: the phrase, the imported word, or the name of the person."""
    digest: str | None = None
    """Of the words, or of the model, that decided; None for a person."""
    decided_at: datetime
    was: str | None = None
    """Of a person's label: what a machine had said; None where nothing had."""
    was_by: DecidedBy | None = None
    draw: str | None = None
    """The draw in which a person was asked: `2026-W49`. None where somebody just corrected it, which proves nothing
    about the others."""
