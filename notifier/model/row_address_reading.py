"""What a pass asks about the addresses of those who read of rows of `each`: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Iterator, Mapping, Set
from typing import NamedTuple, Protocol

Rows = Mapping[str, Set[str]]
"""Rows of `each`, by their subject."""


class Heard(NamedTuple):
    """Where one notice goes or went: to whom, about which row of `each` (or ""), at which phone or mail address."""

    subject_id: str
    each_id: str
    recipient_id: str | None
    address: str | None
    """None where no message of it was written."""


class RowAddressQuestions(Protocol):
    """Questions about who shares an address with whom."""

    def addresses_of(self, ids: Collection[str]) -> Iterator[tuple[str, str]]:
        """(customer, phone or mail address) of these customers."""
        ...

    def customers_at(self, addresses: Collection[str]) -> Iterator[tuple[str, str]]:
        """(customer, phone or mail address) of all customers who have one of these, whatever else they have."""
        ...

    def words_of_subjects(self, rule: str, subject_ids: Collection[str]) -> Iterator[Heard]:
        """Where each notice of the rule about these subjects goes or went, by its own message or another's."""
        ...

    def words_of_rows(self, rule: str, rows: Rows) -> Iterator[Heard]:
        """As `words_of_subjects`, of those about these rows of `each` alone."""
        ...

    def words_at(self, rule: str, addresses: Collection[str]) -> Iterator[Heard]:
        """As `words_of_subjects`, of all that go or went to one of these addresses."""
        ...

    def rows_to(self, rule: str, recipients: Collection[str]) -> set[tuple[str, str]]:
        """Subject and row of `each` (or "") of each notice of the rule to one of these customers."""
        ...

    def rows_spoken_for(self, rule: str, rows: Rows) -> set[tuple[str, str]]:
        """Subject and row of `each` (or "") of each notice of the rule that speaks for one about these rows, or that
        one of them speaks for."""
        ...
