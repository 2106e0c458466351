"""A composed WhatsApp text -> its message as it is handed over, or why it may not be."""

from collections.abc import Iterable
from dataclasses import replace

from notifier.model.notices import Recipient
from notifier.model.types import ChannelName
from notifier.rendering.catalogue import Wording
from notifier.rendering.composing import Composed, Composer
from notifier.rendering.context import has_lines
from notifier.rendering.marks import Facts, Marks
from notifier.rendering.moulds import FAILURES, Mould
from notifier.rendering.sheets import Sheet


def numbered_message(
    composer: Composer,
    composed: Composed,
    template: str,
    sheets: Iterable[tuple[ChannelName, Wording, Sheet]],
    marks: Marks,
    facts: Facts,
    recipient: Recipient,
) -> Composed:
    """The same text with numbered holes, as `sheets` print it in these marks, filled with these facts."""
    lines = [
        name for name, claim in facts.said.claims.items() if isinstance(claim.value, str) and has_lines(claim.value)
    ]
    if lines:
        return replace(composed, refusal=f"'{lines[0]}' has a line break, which WhatsApp does not take")
    mould = Mould(composer, marks)
    try:
        ((_, wording, sheet),) = sheets
        file = mould.add_whatsapp(template, wording, sheet).file
        numbered = mould.numbered(facts)
    except FAILURES as error:
        return replace(composed, refusal=f"its text has no holes that can be numbered: {error}")
    refusal = composer.refusal(template, wording.locale, numbered)
    if refusal is not None:
        return replace(composed, refusal=refusal, numbered=numbered)
    message = composer.whatsapp_message(composed.message.text, recipient, file, template, wording.locale, numbered)
    return replace(composed, message=message, numbered=numbered)
