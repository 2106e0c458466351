"""What an examination found, as JSON documents."""

from typing import Literal

from typing_extensions import TypedDict


class FindingDocument(TypedDict):
    """One thing that was looked at."""

    about: str
    """`settings`, `rules`, `zones`, `database`, `clock`, `outbox`, `passes`, `receipts`, `twilio`, `gateway`, `mail`
    or `public address`."""
    level: Literal["fine", "doubtful", "wrong"]
    """`wrong`: something that is wanted does not work."""
    what: str
    remedy: str | None
    """What to do about it; null where it is fine."""
