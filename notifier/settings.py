"""The settings of this installation, and what each room needs of them. Loaded by `settings_sources.load_settings`."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import sqlalchemy as sa
from pydantic import PrivateAttr, model_validator

from notifier import settings_checks as checks
from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import HttpGatewayAccount, ImapMailbox, SmtpSecurity, SmtpServer, TwilioAccount
from notifier.model.problems import Place, Problem
from notifier.model.retention import Kept
from notifier.planning.addressing import Defaults
from notifier.rendering.settings import RenderSettings
from notifier.settings_variables import Variables, variable

ENVIRONMENT = "environment"
"""The name used as the file in problems with environment variables."""


class Settings(Variables):
    """The settings of this installation, and what follows from them.

    Made by `load_settings`, which knows the source of each value and makes paths relative to the project folder.
    """

    _warnings: tuple[Problem, ...] = PrivateAttr(default=())
    _incomplete: tuple[Problem, ...] = PrivateAttr(default=())
    _places: Mapping[str, Place] = PrivateAttr(default_factory=dict)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Settings that work, but perhaps not as intended."""
        return self._warnings

    @property
    def incomplete(self) -> tuple[Problem, ...]:
        """What is missing of a provider's credentials, live. Nothing may be sent before it is there."""
        return self._incomplete

    @property
    def serving_doubts(self) -> tuple[Problem, ...]:
        """What of `notifier serve` does nothing, because a setting is missing."""
        if self.public_url is None:
            return (self.warning("public_url", "it is not set, so nothing of Twilio is believed"),)
        sms = "twilio_auth_token" if self.sms_gateway is None else "sms_gateway_receipts_token"
        who = "Twilio" if self.sms_gateway is None else "the SMS gateway"
        said = {
            sms: f"it is not set, so nothing of {who} is believed",
            "token_key": "it is not set, so mails have no link that stops them",
        }
        return tuple(self.warning(name, what) for name, what in said.items() if getattr(self, name) is None)

    @property
    def rendering(self) -> RenderSettings:
        """The settings of rendering."""
        return RenderSettings(
            company=self.company,
            from_address=self.from_address,
            from_name=self.from_name,
            reply_to=self.reply_to,
            unsubscribe_url=self.unsubscribe_url or self._page_of_service("unsubscribe"),
            token_key=None if self.token_key is None else self.token_key.get_secret_value(),
            unsubscribe_mail=self.unsubscribe_mail,
            status_url=self._page_of_service("status"),
            default_locale=self.default_locale,
            sms_price=self.sms_price,
            sms_prices=self.sms_prices,
            sms_currency=self.sms_currency,
            whatsapp_price=self.whatsapp_price,
            whatsapp_prices=self.whatsapp_prices,
            sms_toll_free=self.sms_toll_free,
            sms_smart_encoding=self.sms_smart_encoding,
            names_way_to_stop=_names_way_to_stop,
        )

    def _page_of_service(self, name: str) -> str | None:
        """A page of `notifier serve`; only https is of use to the clients of mail, and safe for what names people."""
        if self.public_url is None or self.token_key is None or not self.public_url.startswith("https://"):
            return None
        return f"{self.public_url}/{name}/{{reference}}/{{token}}"

    @property
    def twilio(self) -> TwilioAccount | None:
        """The account for SMS; None without credentials, and where it is for WhatsApp alone."""
        sender, service = self.twilio_from, self.twilio_messaging_service_sid
        if sender is None and service is None and self.twilio_whatsapp_from is not None:
            return None
        return self._twilio_account(sender, service)

    @property
    def twilio_whatsapp(self) -> TwilioAccount | None:
        """The account for WhatsApp; None without credentials, or without a sender for it."""
        sender = self.twilio_whatsapp_from
        return None if sender is None else self._twilio_account(sender)

    def _twilio_account(self, sender: str | None, service: str | None = None) -> TwilioAccount | None:
        if self.twilio_account_sid is None or self.twilio_auth_token is None:
            return None
        return TwilioAccount(
            account_sid=self.twilio_account_sid,
            auth_token=self.twilio_auth_token.get_secret_value(),
            sender=sender,
            messaging_service_sid=service,
            base_url=self.twilio_base_url,
            status_callback=None if self.public_url is None else f"{self.public_url}/twilio/status",
        )

    @property
    def twilio_signing_tokens(self) -> tuple[str, ...]:
        """The tokens with which Twilio may sign what it tells us; none without credentials."""
        has_account = (self.twilio or self.twilio_whatsapp) is not None
        kept = (self.twilio_auth_token, self.twilio_auth_token_previous) if has_account else ()
        return tuple(each.get_secret_value() for each in kept if each is not None)

    @property
    def sms_gateway(self) -> HttpGatewayAccount | None:
        """The company's own gateway for SMS; None where there is none."""
        if self.sms_gateway_url is None or self.sms_gateway_token is None:
            return None
        return HttpGatewayAccount(url=self.sms_gateway_url, token=self.sms_gateway_token.get_secret_value())

    @property
    def gateway_receipts_token(self) -> str | None:
        """The token of what the gateway says to us."""
        token = self.sms_gateway_receipts_token
        return None if token is None else token.get_secret_value()

    @property
    def sends(self) -> bool:
        """Whether any provider for customers has credentials."""
        return any(
            provider is not None for provider in (self.twilio, self.sms_gateway, self.smtp, self.twilio_whatsapp)
        )

    @property
    def smtp(self) -> SmtpServer | None:
        """The relay for mail; None without a host."""
        if self.smtp_host is None:
            return None
        return SmtpServer(
            host=self.smtp_host,
            port=self.smtp_port,
            username=self.smtp_username,
            password=self.smtp_password.get_secret_value() if self.smtp_password is not None else None,
            security=self.smtp_security,
            sender=self.from_address,
            bounces=self.bounces,
        )

    @property
    def chat_addresses(self) -> Mapping[str, str]:
        """The secret address of each chat, by its name."""
        return {name: address.get_secret_value() for name, address in self.chats.items()}

    @property
    def kept_days(self) -> Mapping[Kept, int]:
        """For how many days what is kept of what was told; what is kept for good is not in it."""
        days = {Kept.BODIES: self.keep_bodies_days, Kept.ADDRESSES: self.keep_addresses_days}
        return {what: number for what, number in days.items() if number is not None}

    @property
    def pseudonyms(self) -> str | None:
        """The key by which maps make ids of mail addresses."""
        return None if self.pseudonym_key is None else self.pseudonym_key.get_secret_value()

    @property
    def bounces(self) -> BounceAddress | None:
        """Where bounces go; None where they go to the sender of the mails."""
        if self.bounce_address is None or self.token_key is None:
            return None
        return BounceAddress(address=self.bounce_address, key=self.token_key.get_secret_value())

    @property
    def bounce_mailbox(self) -> ImapMailbox | None:
        """The mailbox with bounces; None without a host."""
        if self.bounce_imap_host is None or self.bounce_imap_username is None or self.bounce_imap_password is None:
            return None
        return ImapMailbox(
            host=self.bounce_imap_host,
            port=self.bounce_imap_port,
            security=self.bounce_imap_security,
            username=self.bounce_imap_username,
            password=self.bounce_imap_password.get_secret_value(),
            folder=self.bounce_imap_folder,
        )

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database; None for any other."""
        with contextlib.suppress(sa.exc.ArgumentError):  # reported when the database is opened
            url = sa.make_url(self.database_url)
            if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
                return Path(str(url.database))
        return None

    @property
    def display_timezone(self) -> str:
        """The zone in which commands show times of no particular customer; they print its name."""
        return self.default_timezone or "UTC"

    @property
    def defaults(self) -> Defaults:
        """The locale, zone and country of customers without their own."""
        return Defaults(locale=self.default_locale, timezone=self.default_timezone, country=self.default_country)

    @model_validator(mode="after")
    def _rendering_takes_them(self) -> Self:
        # Raises ValueError for what cannot be in a mail's headers.
        _ = self.rendering
        return self

    @property
    def secrets(self) -> frozenset[str]:
        """Texts that must not be logged: tokens and passwords, also in the form `user:password` sent to providers."""
        kept = (
            *(self.twilio_auth_token, self.twilio_auth_token_previous, self.twilio_shared_key),
            *(self.smtp_password, self.token_key, self.bounce_imap_password, self.api_token),
            *(self.pseudonym_key, self.sms_gateway_token, self.sms_gateway_receipts_token),
        )
        found = {secret.get_secret_value() for secret in kept if secret}
        if (account := self.twilio or self.twilio_whatsapp) is not None:
            found.add(f"{account.account_sid}:{account.auth_token}")
        with contextlib.suppress(sa.exc.ArgumentError):  # reported when the database is opened
            found.add(sa.make_url(self.database_url).password or "")
        return frozenset(found)

    def problem(self, name: str, what: str) -> Problem:
        """What is wrong with one setting, where it was given."""
        return setting_problem(self._places, name, what)

    def warning(self, name: str, what: str) -> Problem:
        """What is doubtful about one setting, where it was given."""
        return setting_problem(self._places, name, what, severity="warning")

    def in_folder(
        self,
        folder: Path,
        *,
        database_url: str,
        warnings: tuple[Problem, ...],
        incomplete: tuple[Problem, ...],
        places: Mapping[str, Place],
    ) -> Self:
        """A copy with paths relative to `folder`, live only where a provider has credentials.

        `places` is where each setting was given.
        """
        incomplete = incomplete if self.live else ()
        # With half a provider it stays live: what is shown is what would be sent once the rest is there.
        live = self.live and (self.sends or bool(incomplete))
        placed = self.model_copy(
            update={
                "outbox": folder / self.outbox,
                "pulse": folder / self.pulse,
                "reports": None if self.reports is None else folder / self.reports,
                "database_url": database_url,
                "live": live,
            }
        )
        placed._warnings, placed._incomplete, placed._places = warnings, incomplete, places
        return placed


def _names_way_to_stop(text: str) -> bool:
    from notifier.consent.required_content import names_way_to_stop  # only where a law wants it

    return names_way_to_stop(text)


def setting_problem(places: Mapping[str, Place], name: str, what: str, *, severity: str = "error") -> Problem:
    """What is wrong with one setting, at its place; a setting without a place is in the environment."""
    return Problem(places.get(name, Place(ENVIRONMENT)), f"{variable(name)}: {what}", severity)


def questionable(settings: Settings, *, whole: bool) -> Iterator[tuple[str, str]]:
    """(setting, what to know about it) for settings that may not do what they seem to.

    `whole`: nothing is missing of any provider's credentials.
    """
    if settings.live and whole and not settings.sends:
        yield "live", "no provider has credentials, so messages still go into the outbox folder"
    relay = settings.smtp
    if relay is not None and relay.security is SmtpSecurity.NONE and not checks.is_loopback(relay.host):
        yield "smtp_security", "mails are sent to another machine in the clear; starttls protects them"
