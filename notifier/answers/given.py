"""What a customer gave us already: it is read from here, and not asked again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.answers.brief import Brief
from notifier.model.texts import one_line


@dataclass(frozen=True, kw_only=True)
class Given:
    """One thing that we know from the customer."""

    what: str
    """A field of the customer or of one of their rows (`phone`, `place`); `said` for their own words."""
    value: str
    about: str | None = None
    """The row that has it; None: the customer."""
    at: datetime | None = None
    """When they said it, where that is known."""
    channel: str | None = None


_FROM_CUSTOMER = ("plan", "place", "party_size")
"""Fields of their rows that a customer is asked for."""


def given_of(brief: Brief) -> Sequence[Given]:
    """All that is on the page of a brief and came from the customer."""
    return [*_of_customer(brief), *_of_rows(brief), *_said(brief)]


def _of_customer(brief: Brief) -> Iterator[Given]:
    who = brief.who
    fields = {"name": who.name, "phone": who.phone, "email": who.email, "site": who.site}
    fields |= {"preferred_channel": who.preferred_channel, "language": who.locale if who.has_own_locale else None}
    fields |= {name: str(value) for name, value in who.attributes.items()}
    for name, value in fields.items():
        if value:
            yield Given(what=name, value=one_line(value))


def _of_rows(brief: Brief) -> Iterator[Given]:
    for fact in brief.facts.rows:
        for cell in fact.cells:
            if cell.name in _FROM_CUSTOMER:
                yield Given(what=cell.name, value=cell.text, about=fact.about)


def _said(brief: Brief) -> Iterator[Given]:
    for conversation in brief.conversations:
        for contact in conversation.contacts:
            if contact.direction == "inbound" and contact.text:
                yield Given(
                    what="said",
                    value=contact.text,
                    about=conversation.case,
                    at=contact.at,
                    channel=contact.channel,
                )
