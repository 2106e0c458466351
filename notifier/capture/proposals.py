"""A promise that was read in a text, before a person has confirmed it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a text seems to promise. It counts for nothing until a person confirms it."""

    topic: str
    value: str | bool
    """In the topic's form: `79900`, `30%`, `P6M`, `open`, `2026-03-17`, an instant with its offset, two of them with
    `/` between for a range or a window, OSM opening hours, or true."""
    currency: str | None = None
    """ISO 4217, with every amount of money."""
    tax_included: bool | None = None
    """None where nothing is said."""
    said: str
    """The words of the text that it was read from, `text[start:end]`."""
    start: int
    end: int
    assumed: tuple[str, ...] = ()
    """What was assumed to read it, for the person who confirms it."""
    doubt: str | None = None
    """Another day that another library reads in the same words: a person is asked, whatever was confirmed at once."""
    confidence: int
    """Percent: how sure the words are, less for what was assumed or is in doubt. No probability."""
