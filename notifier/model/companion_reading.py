"""What a pass asks about messages with several notices: a part of `model.reading.StateReader`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from notifier.model.types import ChannelName, NoticeClass


@dataclass(frozen=True, kw_only=True)
class Companion:
    """A notice that may go in one message with others to the same person, or does."""

    rule: str
    subject_id: str
    each_id: str | None
    recipient_id: str
    occurrence: str
    told_without: ChannelName | None
    """Where it was told on another channel: the one on which the message is still to go that has it as a part."""


@dataclass(frozen=True, kw_only=True)
class PartTold:
    """A notice that was told, and is a part of the message of another one."""

    through: str
    """The occurrence of the notice that speaks."""
    channel: ChannelName
    occurrence: str
    reference: str
    content_digest: str


class CompanionQuestions(Protocol):
    """Questions about what goes in one message, and what went."""

    def companions(self, notice_class: NoticeClass, recipients: Collection[str]) -> Sequence[Companion]:
        """The notices of this class to these customers that wait, or that were told although a message of which they
        are a part is still to go."""
        ...

    def listed(self, rule: str, recipients: Collection[str]) -> Sequence[Companion]:
        """The same for the notices, corrections and follow-ups of one rule, whatever their class."""
        ...

    def parts_told(self, occurrences: Collection[str]) -> Sequence[PartTold]:
        """What was told already of the parts of the messages of these notices."""
        ...
