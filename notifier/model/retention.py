"""What of notices is kept for so many days, and what stands for who was forgotten."""

from enum import StrEnum

FORGOTTEN = "forgotten"
"""What a row of the ledger names instead of a person, an address or a row."""


class Kept(StrEnum):
    """A part of what was told that can be blanked, while the ledger says that it was told."""

    BODIES = "bodies"
    ADDRESSES = "addresses"
