"""What the consent ledger says of an address, and whether it keeps a class of notices back."""

from notifier.model.consent import Ledger, Source, Standing, Word
from notifier.model.types import Address, ChannelName, NoticeClass


def said_there(ledger: Ledger, place: Address, notice_class: NoticeClass) -> Standing | None:
    """What holds there. A register of numbers that want nothing is about WhatsApp, too: it lists telephones."""
    said = ledger.get((place, notice_class))
    if place[0] is ChannelName.WHATSAPP and (said is None or said.word is Word.IN):
        listed = ledger.get(((ChannelName.SMS, place[1]), notice_class))
        return listed if listed is not None and listed.source is Source.REGISTER else said
    return said


def is_stopped_by(said: Standing, notice_class: NoticeClass, *, safety_after_stop: bool) -> bool:
    """Whether nothing of the class goes where this holds."""
    if said.word is Word.IN:
        return False
    if notice_class is not NoticeClass.SAFETY:
        return True
    return said.word is Word.OUT and (said.blocked or not safety_after_stop)
