"""What a company offers when what a rule tells goes wrong: what it admits, what it makes good, who decides, by when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

ANY_LANGUAGE = ""
"""The key of a text that was written once, for readers of every language."""
PARTS = ("admission", "remedy", "decides", "by")
"""What a rescue says, by its keys."""


@dataclass(frozen=True, kw_only=True)
class Rescue:
    """The `rescue` of a rule: all of it, or the reason why there is none."""

    admission: Mapping[str, str] = field(default_factory=dict)
    """What is said first, before anything is explained. By language; empty where its author wrote none."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What the customer gets. By language; empty where its author wrote none."""
    decides: str | None = None
    """The owner who decides it, whom nobody has to ask for leave."""
    by: timedelta | None = None
    """How soon after it went wrong it is decided."""
    none_because: str = ""
    """Why there is nothing to make good; the rest is empty then."""

    @property
    def is_offered(self) -> bool:
        """Whether it offers something."""
        return not self.none_because

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the four its author did not say."""
        if self.none_because:
            return ()
        return tuple(part for part in PARTS if not getattr(self, part))


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else the one for all, else the first; empty where there is none."""
    of_language = next((text for name, text in texts.items() if name.partition("-")[0] == language), None)
    return of_language or texts.get(ANY_LANGUAGE) or next(iter(texts.values()), "")
