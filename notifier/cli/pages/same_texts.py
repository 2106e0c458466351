"""Drafts that say the same words become one group: what differs is whom they greet and by which reference."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import escape

from notifier.model.notices import Draft, RenderedMessage
from notifier.rendering.greetings import first_name

WHO, REFERENCE = "\x01", "\x02"
"""They stand in a text for the name of whoever gets it, and for the notice's reference; no text has them."""


@dataclass(frozen=True)
class SameText:
    """Drafts of one rule that read the same."""

    members: Sequence[Draft]

    @property
    def first(self) -> Draft:
        """The one that is shown."""
        return self.members[0]


def same_texts(drafts: Iterable[Draft]) -> list[SameText]:
    """The groups, in the order of their first drafts."""
    groups: dict[object, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(_sense(draft), []).append(draft)
    return [SameText(members) for members in groups.values()]


def _sense(draft: Draft) -> object:
    """What two drafts have in common when they read the same. Times are those of the reader's zone."""
    verdict, recipient = draft.verdict, draft.recipient
    zone = None if recipient is None else recipient.timezone
    texts = tuple((each.channel, each.segments, *_anonymous(draft, each)) for each in draft.messages)
    return (
        draft.rule,
        draft.kind,
        draft.owner,
        verdict.state,
        verdict.send_at,
        verdict.reason,
        draft.until,
        zone,
        texts,
    )


def _anonymous(draft: Draft, message: RenderedMessage) -> tuple[str, ...]:
    return tuple(_without_names(draft, text) for text in (message.subject or "", message.text, message.html or ""))


def _without_names(draft: Draft, text: str) -> str:
    text = text.replace(draft.reference, REFERENCE)
    if draft.recipient is None:
        return text
    name = draft.recipient.name
    for known in (name, first_name(name, draft.recipient.locale.partition("-")[0])):
        if known:
            for written in {known, str(escape(known))}:
                text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", WHO, text)
    return text
