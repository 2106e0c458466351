"""Who wants to be written to, as the consent ledger has it: entries, and what they come to. Values only, no I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.model.types import Address, NoticeClass


class Word(StrEnum):
    """What was said about a class of notices at an address."""

    IN = "in"
    """A yes, for the classes that need one."""
    OUT = "out"
    """No more."""
    PROBABLE = "probable"
    """It sounds like no more: a person decides, and until then nothing but safety goes there."""
    LIFTED = "lifted"
    """What was said before counts no longer."""


class Source(StrEnum):
    """How the word came to us."""

    REPLY = "reply"
    PROVIDER = "provider"
    """The provider knew of an opt-out, as Twilio does with 21610."""
    COMPLAINT = "complaint"
    """A feedback report: the mail was marked as unwanted."""
    UNSUBSCRIBE = "unsubscribe"
    REGISTER = "register"
    """A do-not-contact list of a regulator."""
    PERSON = "person"
    """Somebody who works here wrote it down."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the ledger. It is never changed: a later one says what holds now."""

    id: int
    at: datetime
    address: Address
    notice_class: NoticeClass
    word: Word
    source: Source
    register: str | None
    """The name of the register, for that source: `RNE`. What one register says, another one does not lift."""
    by: str
    """Who said it, or wrote it down."""
    reason: str
    blocked: bool
    """The provider lets nothing through any more, whatever we decide."""
    live: bool | None
    """The mode in which it holds; None: in both, as registers and what people decide do."""
    message_id: str | None
    """The message that said it, or that drew it."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What holds now for one class at one address."""

    word: Word
    source: Source
    register: str | None
    since: datetime
    blocked: bool = False

    @property
    def text(self) -> str:
        """As part of a reason: `asked for no more by reply on 2026-03-03`."""
        day = f"{self.since:%Y-%m-%d}"
        if self.word is Word.PROBABLE:
            return f"seems to have asked for no more on {day}; a person decides (notifier consent show)"
        if self.word is Word.IN:
            return f"said yes by reply on {day}" if self.source is Source.REPLY else f"said yes, written down on {day}"
        match self.source:
            case Source.REGISTER:
                return f"stands in the register {self.register} (since {day})"
            case Source.PROVIDER:
                return f"opted out at the provider (since {day})"
            case Source.COMPLAINT:
                return f"complained of our mail on {day}"
            case Source.UNSUBSCRIBE:
                return f"unsubscribed on {day}"
            case Source.PERSON:
                return f"is to get no more, as a person wrote down on {day}"
            case Source.REPLY:
                return f"asked for no more by reply on {day}"


Ledger = Mapping[tuple[Address, NoticeClass], Standing]
"""What holds now, where anything was ever said."""

_WEIGHT = (Word.OUT, Word.PROBABLE, Word.IN)
"""Of what several grounds say, the first of these holds."""


def ledger_of(entries: Iterable[Entry]) -> Ledger:
    """What these entries, oldest first, come to.

    The last word counts. A register is a ground of its own: who answers START is written to again by us, and stays in
    the register.
    """
    grounds: dict[tuple[Address, NoticeClass], dict[str | None, Entry]] = {}
    for entry in entries:
        grounds.setdefault((entry.address, entry.notice_class), {})[entry.register] = entry
    found = {}
    for key, last in grounds.items():
        held = [entry for entry in last.values() if entry.word is not Word.LIFTED]
        if held:
            entry = min(held, key=lambda each: (_WEIGHT.index(each.word), not each.blocked, -each.id))
            found[key] = Standing(
                word=entry.word,
                source=entry.source,
                register=entry.register,
                since=entry.at,
                blocked=any(each.blocked and each.word is Word.OUT for each in held),
            )
    return found
