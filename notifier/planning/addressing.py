"""Who is told and where: a customer or an owner becomes a recipient, its addresses and consents the usable channels."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import field, replace

from notifier.model.address_reading import SuppressedAddress
from notifier.model.consent import Ledger, Word
from notifier.model.formats import is_sendable
from notifier.model.notices import ReasonCode, Recipient, Voice
from notifier.model.phones import is_landline
from notifier.model.plain_values import plain_value
from notifier.model.reading import CustomerRow, KnownNotice, StateReader
from notifier.model.types import TO_PHONES, Address, ChannelName, NoticeClass
from notifier.rules.checked_owners import Owner

OWNERS_ZONE = "UTC"
"""The zone of alerts where neither owner nor settings name one: what an owner must know is never held."""
Consents = Mapping[tuple[str, ChannelName, NoticeClass], bool]
Refusals = Mapping[tuple[Address, NoticeClass], Sequence[str]]
"""Who refused a class at an address."""

CONSENT_NEEDED = frozenset({NoticeClass.MARKETING})
"""Classes that need a yes; every other class goes unless the customer said no."""
YES_NEEDED_ON = frozenset({ChannelName.WHATSAPP})
"""Channels that need a yes for every class: WhatsApp's terms ask for it (https://business.whatsapp.com/policy)."""


_SHARED = {
    ReasonCode.NO_ADDRESS: "no address for",
    ReasonCode.NO_PROVIDER: "no provider for",
    ReasonCode.NO_CONSENT: "no consent for",
    ReasonCode.QUIET_HOURS: "quiet hours for",
    ReasonCode.CONTACT_LAW: "contact law closes",
    ReasonCode.CONTACT_LIMIT: "no contact left on",
}
"""Reasons that several channels share in one breath, where they have no text of their own."""
PLACES = {
    ChannelName.SMS: "number",
    ChannelName.EMAIL: "mail address",
    ChannelName.WHATSAPP: "WhatsApp number",
    ChannelName.CHAT: "chat",
}
"""What a channel's address is called in a reason."""


@plain_value(frozen=True, kw_only=True)
class Defaults:
    """What a customer without a locale, zone (IANA) or country (ISO 3166) gets; from the settings."""

    locale: str = "en"
    timezone: str | None = None
    """None where nobody chose one: it is never assumed, and notices that need it are held."""
    country: str = "US"
    whatsapp: bool = False
    """Whether a customer's phone number is an address of WhatsApp, too: some rule speaks there."""


def customer_recipient(customer: CustomerRow, defaults: Defaults) -> Recipient:
    """The recipient a customer is, with the defaults filled in."""
    return Recipient(
        id=customer.id,
        name=customer.name,
        locale=customer.locale or defaults.locale,
        timezone=customer.timezone or defaults.timezone,
        country=customer.country or defaults.country,
        phone=customer.phone,
        email=customer.email,
        preferred_channel=ChannelName(customer.preferred_channel) if customer.preferred_channel else None,
        subdivision=customer.subdivision,
        own_locale=customer.locale,
        needs=customer.needs,
        whatsapp=customer.phone if defaults.whatsapp else None,
    )


def in_language_of(told: KnownNotice, recipient: Recipient) -> Recipient:
    """The recipient in the language of what was told last, unless the customer has another locale since then.

    Defaults and templates may have changed meanwhile. A thread does not change its language for that.
    """
    if told.locale is None or told.own_locale != recipient.own_locale or told.locale == recipient.locale:
        return recipient
    return replace(recipient, locale=told.locale)


def in_language_of_row(recipient: Recipient, locale: str | None) -> Recipient:
    """The recipient in the language of the row: of an order that was placed in it, an appointment booked in it."""
    if locale is None:
        return recipient
    return replace(recipient, locale=locale, own_locale=locale, row_locale=locale)


def placed(recipient: Recipient, timezone: str | None) -> Recipient:
    """The recipient in a zone: the own one, else that of the site which the row belongs to."""
    return recipient if recipient.timezone is not None or timezone is None else replace(recipient, timezone=timezone)


def owner_recipient(owner: Owner, defaults: Defaults) -> Recipient:
    """The recipient an owner is."""
    return Recipient(
        id=owner.id,
        name=owner.name,
        locale=owner.locale or defaults.locale,
        timezone=owner.timezone or defaults.timezone or OWNERS_ZONE,
        country=defaults.country,
        phone=owner.phone,
        email=owner.email,
        chat=owner.chat,
        owner=True,
    )


def address_of(recipient: Recipient, channel: ChannelName) -> str | None:
    """The phone number (E.164) for SMS and WhatsApp, the mail address for email, the name of an owner's chat."""
    match channel:
        case ChannelName.SMS:
            return recipient.phone
        case ChannelName.WHATSAPP:
            return recipient.whatsapp
        case ChannelName.EMAIL:
            return recipient.email
        case ChannelName.CHAT:
            return recipient.chat


def places_of(recipient: Recipient) -> Iterator[Address]:
    """Every address of the recipient, with its channel.

    Addresses are compared as they are stored. The import writes numbers as E.164 and domains as A-labels in small
    letters. It leaves the local part of a mail address alone, for only its server knows whether `Ana@` is `ana@`: two
    of them may be told twice, but nobody is left untold.
    """
    if recipient.phone is not None:
        yield ChannelName.SMS, recipient.phone
    if recipient.email is not None:
        yield ChannelName.EMAIL, recipient.email
    if recipient.whatsapp is not None:
        yield ChannelName.WHATSAPP, recipient.whatsapp
    if recipient.chat is not None:
        yield ChannelName.CHAT, recipient.chat


def shared_channels(one: Recipient, other: Recipient) -> frozenset[ChannelName]:
    """The channels that reach both at the same address: what is said there to one of them, the other hears."""
    return frozenset(channel for channel, _ in set(places_of(one)) & set(places_of(other)))


@plain_value(frozen=True, kw_only=True)
class Access:
    """Where recipients may be written to in one pass, apart from their addresses."""

    consents: Consents = field(default_factory=dict)
    refusals: Refusals = field(default_factory=dict)
    ledger: Ledger = field(default_factory=dict)
    suppressed: Mapping[Address, SuppressedAddress] = field(default_factory=dict)
    unavailable: Collection[ChannelName] = ()
    """Channels without a provider."""

    def says_yes(self, recipient: Recipient, channel: ChannelName, notice_class: NoticeClass) -> bool:
        """Whether the recipient said yes to the class there, to the business or in the ledger."""
        allowed = self.consents.get((recipient.id, channel, notice_class))
        if allowed is not None or not self.ledger:
            return bool(allowed)
        address = address_of(recipient, channel)
        said = None if address is None else self.ledger.get(((channel, address), notice_class))
        return said is not None and said.word is Word.IN


def access_of(
    reader: StateReader,
    recipients: Mapping[str, Recipient],
    notice_class: NoticeClass,
    unavailable: Collection[ChannelName],
    *,
    needs_yes: bool = False,
) -> Access:
    """Where these recipients, by id, may be written to with this class of notices.

    `needs_yes`: some country wants a yes for a class that otherwise needs none.
    """
    if not recipients:
        return Access(unavailable=unavailable)
    addresses = addresses_of(recipients.values())
    return Access(
        # Where no yes is needed, the refusals at an address say all: the recipient's own are among them.
        consents=reader.consents(recipients.keys()) if needs_yes or notice_class in CONSENT_NEEDED else {},
        refusals=reader.refusals(addresses),
        ledger=reader.ledger(addresses),
        suppressed=reader.suppressed(addresses),
        unavailable=unavailable,
    )


@plain_value(frozen=True, kw_only=True)
class LeftOut:
    """A channel that cannot be used, and why."""

    channel: ChannelName
    code: ReasonCode
    text: str = ""
    """The reason as part of a sentence, where its code alone does not say it."""
    voice: Voice | None = None
    """The notice that speaks on the channel, for TOLD_THROUGH."""


def barriers(
    recipient: Recipient,
    wanted: Sequence[ChannelName],
    notice_class: NoticeClass,
    access: Access,
    failed: Mapping[Address, str],
) -> tuple[LeftOut, ...]:
    """Those of the wanted channels that lack a provider, an address that may be written to, or a consent.

    `failed` are the addresses that this very notice did not reach before, each with the reason.
    """
    found = (_barrier(recipient, channel, notice_class, access, failed) for channel in wanted)
    return tuple(barrier for barrier in found if barrier is not None)


def notes_of(left_out: Sequence[LeftOut]) -> list[str]:
    """Why these channels are left out, one part of a sentence for each reason."""
    notes: list[str] = []
    if not left_out:
        return notes
    for code, text in _SHARED.items():
        channels = [each.channel.value for each in left_out if each.code is code and not each.text]
        if channels:
            notes.append(f"{text} {' and '.join(channels)}")
    notes += _voices(left_out)
    return notes + [each.text for each in left_out if each.text]


def parts_of(carried: Mapping[ChannelName, Voice]) -> list[str]:
    """In whose message it goes, one part of a sentence for each notice that speaks."""
    channels: dict[Voice, list[str]] = {}
    for channel, voice in carried.items():
        channels.setdefault(voice, []).append(channel)
    return [f"by {' and '.join(names)} in the message of {voice.reference}" for voice, names in channels.items()]


def _voices(left_out: Sequence[LeftOut]) -> list[str]:
    """Who hears it instead, where other notices say the same."""
    places: dict[Voice, list[str]] = {}
    for each in left_out:
        if each.voice is not None:
            places.setdefault(each.voice, []).append(PLACES[each.channel])
    return [
        f"said to {voice.recipient_id} at the same {' and '.join(names)} (reference {voice.reference})"
        for voice, names in places.items()
    ]


def _barrier(
    recipient: Recipient,
    channel: ChannelName,
    notice_class: NoticeClass,
    access: Access,
    failed: Mapping[Address, str],
) -> LeftOut | None:
    if channel in access.unavailable:
        return LeftOut(channel=channel, code=ReasonCode.NO_PROVIDER)
    address = address_of(recipient, channel)
    if address is None:
        return LeftOut(channel=channel, code=ReasonCode.NO_ADDRESS)
    needs_yes = notice_class in CONSENT_NEEDED or channel in YES_NEEDED_ON
    allowed = access.consents.get((recipient.id, channel, notice_class), not needs_yes)
    if not allowed and not access.says_yes(recipient, channel, notice_class):
        return LeftOut(channel=channel, code=ReasonCode.NO_CONSENT)
    refused_by = access.refusals.get(((channel, address), notice_class), ())
    if refused_by:
        own = recipient.id in refused_by
        text = "" if own else f"{refused_by[0]} refused it at the same {PLACES[channel]}"
        return LeftOut(channel=channel, code=ReasonCode.NO_CONSENT, text=text)
    if (channel, address) in failed:
        text = f"{channel}: {failed[channel, address]}"
        return LeftOut(channel=channel, code=ReasonCode.UNDELIVERABLE, text=text)
    unusable = _unusable(channel, address)
    if unusable is not None:
        return LeftOut(channel=channel, code=ReasonCode.UNUSABLE_ADDRESS, text=unusable)
    suppressed = access.suppressed.get((channel, address))
    if suppressed is not None:
        text = f"the provider refuses the {channel} address: {suppressed.reason} (since {suppressed.since:%Y-%m-%d})"
        return LeftOut(channel=channel, code=ReasonCode.ADDRESS_SUPPRESSED, text=text)
    return None


def _unusable(channel: ChannelName, address: str) -> str | None:
    """Why no message of the channel can reach the address, whatever it says."""
    match channel:
        case ChannelName.SMS if is_landline(address):
            return "a landline takes no SMS"
        case ChannelName.EMAIL if not is_sendable(address):
            return "the e-mail address is not one that mails can go to; import it again"
        case _:
            return None


def is_reached_at(customer: CustomerRow, addresses: Set[Address]) -> bool:
    """Whether what went to these addresses reached this customer: two rows of one person are one reader."""
    own = {*((channel, customer.phone) for channel in TO_PHONES), (ChannelName.EMAIL, customer.email)}
    return bool(addresses) and addresses <= own


def addresses_of(recipients: Iterable[Recipient]) -> set[Address]:
    """Every address of these recipients, with its channel."""
    return {place for each in recipients for place in places_of(each)}
