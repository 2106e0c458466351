"""The sender as recipients see it, and the price of an SMS: what rendering needs that no project file says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from notifier.model.tokens import STATUS, token

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
"""Exactly one plain address: no display name, no list, no quoting, nothing that could start a second header."""


def _knows_no_word(_: str) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class RenderSettings:
    """Raises ValueError for an address that is not exactly one address, or a URL that would break its header."""

    company: str = "Notifier"
    """Heads every mail; templates call it `company`."""
    from_address: str = "notices@example.com"
    from_name: str | None = None
    """The display name of the from address; None: the company."""
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    """For List-Unsubscribe, one click (RFC 8058); `{reference}` in it becomes the notice's reference, `{token}` a token
    for reference and address, so that nobody can stop somebody else's notices."""
    token_key: str | None = field(default=None, repr=False)
    """The key of these tokens."""
    unsubscribe_mail: str | None = None
    status_url: str | None = None
    """The page on which a customer sees how things stand; `{reference}` and `{token}` as above. None: there is none."""
    approves_every_text: bool = False
    """Whether each WhatsApp text that may be handed in counts as approved: in scenarios, which send nothing."""
    default_locale: str = "en"
    """The locale used when no template has the recipient's language."""
    sms_price: Decimal | None = None
    """Price of a segment; None: costs are not shown."""
    sms_prices: Mapping[str, Decimal] = field(default_factory=dict)
    """Price of a segment by the recipient's ISO 3166 country; takes precedence over `sms_price`."""
    sms_currency: str = "USD"
    whatsapp_price: Decimal | None = None
    """Price of a WhatsApp message, in the currency of SMS prices; None: costs are not shown."""
    whatsapp_prices: Mapping[str, Decimal] = field(default_factory=dict)
    """The same by the recipient's ISO 3166 country; takes precedence over `whatsapp_price`."""
    sms_toll_free: bool = False
    """The sender is a North American toll-free number, whose segments are shorter."""
    sms_smart_encoding: bool = False
    """The provider replaces typographic characters itself, so they do not force UCS-2."""

    names_way_to_stop: Callable[[str], bool] = field(default=_knows_no_word, repr=False, compare=False)
    """Whether a text names a word that stops further messages. Nothing is taken for one where no words are given."""

    def __post_init__(self) -> None:
        for name in ("from_address", "reply_to", "unsubscribe_mail"):
            address = getattr(self, name)
            if address is not None and not ADDRESS.fullmatch(address):
                raise ValueError(f"{name}: it is not exactly one plain e-mail address")
        if self.unsubscribe_url is not None and not re.fullmatch(r"https://[!-;=?-~]{4,900}", self.unsubscribe_url):
            raise ValueError("unsubscribe_url: one-click unsubscribing needs an https:// URL of plain characters")
        if self.token_key is None and self.unsubscribe_url is not None and "{token}" in self.unsubscribe_url:
            raise ValueError("unsubscribe_url: for the {token} in it a key is needed; set NOTIFIER_TOKEN_KEY")
        if self.status_url is not None and (self.token_key is None or "{token}" not in self.status_url):
            raise ValueError("status_url: nobody else may see the page, so it needs a {token}; set NOTIFIER_TOKEN_KEY")
        for name in ("company", "from_name"):
            text = getattr(self, name)
            if text is not None and not text.isprintable():
                raise ValueError(f"{name}: it holds control characters")

    def status_page(self, reference: str) -> str:
        """The link to the page of whoever was told by this reference; empty where there is no such page."""
        if self.status_url is None or self.token_key is None:
            return ""
        return self.status_url.replace("{reference}", reference).replace(
            "{token}", token(self.token_key, STATUS, reference)
        )

    def price(self, country: str) -> Decimal | None:
        """What one segment to a country costs, in `sms_currency`."""
        return self.sms_prices.get(country, self.sms_price)

    def whatsapp_price_in(self, country: str) -> Decimal | None:
        """What one WhatsApp message to a country costs, in `sms_currency`."""
        return self.whatsapp_prices.get(country, self.whatsapp_price)
