"""Who is told and where: a customer or an owner becomes a recipient, its addresses and consents the usable channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.model.notices import Recipient
from notifier.model.reading import CustomerRow
from notifier.model.types import ChannelName, NoticeClass
from notifier.rules.checked import Owner

Consents = Mapping[tuple[str, ChannelName, NoticeClass], bool]

CONSENT_NEEDED = frozenset({NoticeClass.MARKETING})
"""Classes that need a yes; every other class goes unless the customer said no."""


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What a customer without a locale, zone (IANA) or country (ISO 3166) gets; from the settings."""

    locale: str = "en"
    timezone: str = "UTC"
    country: str = "US"


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
    )


def owner_recipient(owner: Owner, defaults: Defaults) -> Recipient:
    """The recipient an owner is."""
    return Recipient(
        id=owner.id,
        name=owner.name,
        locale=owner.locale or defaults.locale,
        timezone=owner.timezone or defaults.timezone,
        country=defaults.country,
        phone=owner.phone,
        email=owner.email,
        owner=True,
    )


def address_of(recipient: Recipient, channel: ChannelName) -> str | None:
    """The phone number (E.164) for SMS, the mail address for email."""
    match channel:
        case ChannelName.SMS:
            return recipient.phone
        case ChannelName.EMAIL:
            return recipient.email


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """The channels that can be used, in order, and why the others cannot."""

    channels: tuple[ChannelName, ...]
    without_address: tuple[ChannelName, ...]
    refused: tuple[ChannelName, ...]


def reachable(
    recipient: Recipient, wanted: Sequence[ChannelName], notice_class: NoticeClass, consents: Consents
) -> Reachable:
    """Which of the wanted channels have an address and a consent.

    A customer who named a preferred channel is told there alone when it is usable; safety goes out on every channel.
    """
    usable, without_address, refused = [], [], []
    for channel in wanted:
        allowed = consents.get((recipient.id, channel, notice_class), notice_class not in CONSENT_NEEDED)
        if address_of(recipient, channel) is None:
            without_address.append(channel)
        elif not allowed:
            refused.append(channel)
        else:
            usable.append(channel)
    preferred = recipient.preferred_channel
    if preferred in usable and notice_class is not NoticeClass.SAFETY:
        usable = [preferred]
    return Reachable(channels=tuple(usable), without_address=tuple(without_address), refused=tuple(refused))
