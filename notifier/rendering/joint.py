"""Several notices to one person -> one message: the parts' own texts, one below the other.

Each part was rendered, and proven to say what it must, as if it went alone. It keeps its own way out and reference. So
the joint text prints every claim of every part and no other figure, and needs no proof of its own. In a mail each part
is a section under its subject.
"""

from collections.abc import Sequence
from datetime import datetime

from notifier.model.mail_forms import quoted_printable
from notifier.model.notices import Recipient, RenderedMessage
from notifier.model.types import ChannelName
from notifier.rendering.catalogue import Wording
from notifier.rendering.composing import Composer
from notifier.rendering.letters import Block, blocks_of
from notifier.rendering.segments import MAX_CHARACTERS

BETWEEN = "\n\n"
"""Stands between two parts of a text: an empty line, which no part begins or ends with."""
MOST_PARTS = 10
"""More in one message nobody reads."""
LONGEST_SUBJECT = 120
"""Characters that the subjects of the parts may fill; those left out are in the mail, above their sections."""


def fit_together(channel: ChannelName, messages: Sequence[RenderedMessage]) -> bool:
    """Whether these can go in one message of the channel."""
    if len(messages) > MOST_PARTS or channel is ChannelName.WHATSAPP:
        return False  # WhatsApp approved each text by itself
    length = sum(len(each.text) for each in messages) + len(BETWEEN) * (len(messages) - 1)
    return channel is not ChannelName.SMS or length <= MAX_CHARACTERS


def joint_message(
    composer: Composer,
    channel: ChannelName,
    messages: Sequence[RenderedMessage],
    references: Sequence[str],
    wording: Wording,
    recipient: Recipient,
    now: datetime,
    *,
    unsubscribable: bool,
) -> RenderedMessage:
    """One message of these, in their order. It answers to the first of the references, whose notice speaks.

    `wording` is that of the notice that speaks. Raises RenderingError.
    """
    if channel is ChannelName.SMS:
        return composer.sms_message(BETWEEN.join(each.text for each in messages), recipient, wording.text.file)
    subjects = [each.subject or "" for each in messages]
    subject = _subject(subjects)
    text = BETWEEN.join(f"{title}{BETWEEN}{each.text}" for title, each in zip(subjects, messages, strict=True))
    blocks = [
        block
        for title, each in zip(subjects, messages, strict=True)
        for block in (Block("heading", (title,)), *blocks_of(each.text))
    ]
    token = composer.unsubscribe_token(references[0], recipient.email or "") if unsubscribable else None
    letter = composer.joint_letter(wording, subject, blocks, references, token)
    return composer.mail_message(
        text,
        subject,
        quoted_printable(text),
        composer.layout.html(letter),
        references[0],
        recipient,
        now,
        unsubscribable=unsubscribable,
    )


def _subject(subjects: Sequence[str]) -> str:
    """The subjects, each once, as far as they fit; what is left out is only said to be there."""
    said: list[str] = []
    different = list(dict.fromkeys(subjects))
    for each in different:
        if said and len(" · ".join([*said, each])) > LONGEST_SUBJECT:
            return " · ".join([*said, "…"])
        said.append(each)
    return " · ".join(said)
