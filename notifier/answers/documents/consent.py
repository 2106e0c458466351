"""The consent ledger as JSON documents."""

from typing_extensions import TypedDict

from notifier.answers.documents.values import Instant
from notifier.model.consent import Entry, Ledger, Source, Word
from notifier.model.instants import utc_text
from notifier.model.types import Address, ChannelName, NoticeClass

_Class = TypedDict("_Class", {"class": NoticeClass})
"""Apart from the classes below, because a class body cannot declare a key named `class`."""


class StandingDocument(_Class):
    """What holds now for one class."""

    word: Word
    """`in`: a yes. `out`: no more. `probable`: it sounds like no more, and a person decides."""
    source: Source
    register: str | None
    since: Instant
    blocked: bool
    """The provider lets nothing through."""


class ConsentEntryDocument(_Class):
    """One entry of the ledger."""

    at: Instant
    word: Word
    source: Source
    register: str | None
    by: str
    reason: str
    live: bool | None
    """The mode in which it holds; null: in both."""


class ConsentDocument(TypedDict):
    """One address: what holds there, and all that was said about it."""

    channel: ChannelName
    address: str
    holds: list[StandingDocument]
    entries: list[ConsentEntryDocument]
    """Oldest first."""


def consent_document(place: Address, ledger: Ledger, entries: list[Entry]) -> ConsentDocument:
    """One item of `consent show --json`."""
    channel, address = place
    return {
        "channel": channel,
        "address": address,
        "holds": [
            {
                "class": notice_class,
                "word": held.word,
                "source": held.source,
                "register": held.register,
                "since": utc_text(held.since),
                "blocked": held.blocked,
            }
            for (where, notice_class), held in sorted(ledger.items())
            if where == place
        ],
        "entries": [
            {
                "class": each.notice_class,
                "at": utc_text(each.at),
                "word": each.word,
                "source": each.source,
                "register": each.register,
                "by": each.by,
                "reason": each.reason,
                "live": each.live,
            }
            for each in entries
            if each.address == place
        ],
    }
