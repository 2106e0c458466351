"""The settings of this installation, and what each room needs of them. Loaded by `settings_sources.load_settings`."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import sqlalchemy as sa
from pydantic import BeforeValidator, Field, PositiveFloat, PrivateAttr, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from notifier import settings_checks as checks
from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import HttpGatewayAccount, ImapMailbox, SmtpSecurity, SmtpServer, TwilioAccount
from notifier.model.problems import Place, Problem
from notifier.model.retention import Kept
from notifier.planning.addressing import Defaults
from notifier.rendering.settings import RenderSettings

PREFIX = "NOTIFIER_"
ENVIRONMENT = "environment"
"""The name used as the file in problems with environment variables."""

Address = Annotated[str, checks.ADDRESS]


def _price_list(value: object) -> object:
    """Parses JSON with exact decimals and a clear message; pydantic-settings would stop at the first mistake."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except json.JSONDecodeError:
        raise ValueError('it is not JSON; write it like {"CO": "0.052", "US": "0.0079"}') from None


def _chats(value: object) -> object:
    """Parses JSON without ever quoting it: what is in it is secret."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except json.JSONDecodeError:
        raise ValueError('it is not JSON; write it like {"billing-slack": "slack://..."}') from None
    if not isinstance(read, dict) or not all(isinstance(each, str) and "://" in each for each in read.values()):
        raise ValueError('it is not a mapping from names to addresses; write it like {"billing-slack": "slack://..."}')
    return read


class LogFormat(StrEnum):
    """`auto`: readable lines on a terminal, JSON elsewhere."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The lowest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class RulesTaken(StrEnum):
    """When changed files of the project come into force."""

    RESTED = "rested"
    PUBLISHED = "published"


class Driver(StrEnum):
    """What wakes the daemon's jobs."""

    LOCAL = "local"
    PROCRASTINATE = "procrastinate"


class Settings(BaseSettings):
    """The settings of this installation. Each field is the variable `NOTIFIER_<FIELD>`.

    Made by `load_settings`, which knows the source of each value and makes paths relative to the project folder.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )
    _warnings: tuple[Problem, ...] = PrivateAttr(default=())
    _incomplete: tuple[Problem, ...] = PrivateAttr(default=())
    _places: Mapping[str, Place] = PrivateAttr(default_factory=dict)

    database_url: str = Field(
        default="sqlite:///notifier.db",
        repr=False,
        description="sqlite:///FILE (relative to the project folder) or postgresql://USER:PASSWORD@HOST/NAME",
    )
    live: bool = Field(default=False, description="true sends for real; false writes messages into the outbox folder")
    outbox: Path = Field(default=Path("outbox"), description="the folder that receives messages while not live")
    cache: bool = Field(
        default=True, description="commands keep what they read of rules and texts in the user's cache folder"
    )
    default_locale: Annotated[str, checks.LOCALE] = Field(default="en", description="for customers without a locale")
    default_timezone: Annotated[str, checks.ZONE] | None = Field(
        default=None, description="for customers without a time zone; without it, their notices are held"
    )
    default_country: Annotated[str, checks.COUNTRY] = Field(default="US", description="for customers without a country")
    company: Annotated[str, checks.PLAIN] = Field(
        default="Notifier", description="the company's name as its customers know it"
    )
    from_address: Address = Field(default="notices@example.com", description="the sender of every mail")
    from_name: Annotated[str, checks.PLAIN] | None = Field(
        default=None, description="the name shown with it; the company's where there is none"
    )
    reply_to: Address | None = Field(default=None, description="where replies to mails go")
    unsubscribe_url: str | None = Field(
        default=None,
        description="one-click unsubscribing; {reference} in it becomes the notice's reference, {token} its token; "
        "with a public URL and a token key that of `notifier serve`",
    )
    unsubscribe_mail: Address | None = Field(default=None, description="unsubscribing by mail")
    public_url: Annotated[str, checks.PUBLIC_URL] | None = Field(
        default=None,
        description="where the world reaches `notifier serve`, as providers call it: https://notices.example.com; "
        "with it Twilio is asked to say what becomes of each SMS",
    )
    token_key: Annotated[SecretStr, checks.TOKEN_KEY] | None = Field(
        default=None, description="the key of the tokens in links that mails hold: 32 characters or more, kept secret"
    )
    pseudonym_key: Annotated[SecretStr, checks.TOKEN_KEY] | None = Field(
        default=None,
        description="the key by which maps make ids of mail addresses (`pseudonym`): 32 characters or more, kept "
        "secret, and never changed: with another key everybody is somebody else",
    )
    api_token: Annotated[SecretStr, checks.TOKEN_KEY] | None = Field(
        default=None,
        description="the token of the systems that post promises to `notifier serve`, 32 characters or more, kept "
        "secret; without it none are taken",
    )
    sms_price: Decimal | None = Field(default=None, ge=0, description="what one SMS segment costs")
    sms_prices: Annotated[dict[str, Decimal], NoDecode, BeforeValidator(_price_list)] = Field(
        default_factory=dict, description='what one segment costs by country, as JSON: {"CO": "0.052"}'
    )
    sms_currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="the currency of SMS prices")
    whatsapp_price: Decimal | None = Field(
        default=None, ge=0, description="what one WhatsApp message costs, in the currency of SMS prices"
    )
    whatsapp_prices: Annotated[dict[str, Decimal], NoDecode, BeforeValidator(_price_list)] = Field(
        default_factory=dict, description='what one WhatsApp message costs by country, as JSON: {"CO": "0.0063"}'
    )
    sms_toll_free: bool = Field(default=False, description="the SMS sender is a North American toll-free number")
    sms_smart_encoding: bool = Field(default=False, description="the SMS provider replaces typographic characters")
    sms_segments_per_second: PositiveFloat = Field(
        default=1, description="how fast the SMS sender may go: 1 for a long number, 3 toll-free, 100 for a short code"
    )
    whatsapp_messages_per_second: PositiveFloat = Field(
        default=10, description="how fast the WhatsApp sender may go; Twilio's default is 10, and more on request"
    )
    email_messages_per_second: PositiveFloat | None = Field(
        default=None, description="how fast the mail relay may be used; no limit where there is none"
    )
    twilio_account_sid: Annotated[str, checks.ACCOUNT_SID] | None = Field(
        default=None, description="the Twilio account: AC and 32 digits"
    )
    twilio_auth_token: Annotated[SecretStr, checks.TOKEN] | None = Field(default=None, description="its auth token")
    twilio_auth_token_previous: Annotated[SecretStr, checks.TOKEN] | None = Field(
        default=None,
        description="the auth token before it: while it is being changed, what Twilio signed with either is believed",
    )
    twilio_shared_key: Annotated[SecretStr, checks.PASSWORD] | None = Field(
        default=None,
        description="the secret of a shared key, where Twilio signs with one (SHA-256) instead of the auth token",
    )
    twilio_from: Annotated[str, checks.SMS_SENDER] | None = Field(
        default=None, description="the number that SMS come from, like +15005550006, a short code or a name"
    )
    twilio_messaging_service_sid: Annotated[str, checks.SERVICE_SID] | None = Field(
        default=None, description="a messaging service that chooses the number instead: MG and 32 digits"
    )
    twilio_whatsapp_from: Annotated[str, checks.PHONE] | None = Field(
        default=None, description="the number that WhatsApp messages come from, like +15005550006; without it none go"
    )
    twilio_base_url: Annotated[str, checks.BASE_URL] = Field(
        default="https://api.twilio.com", description="where Twilio's API is"
    )
    sms_gateway_url: Annotated[str, checks.BASE_URL] | None = Field(
        default=None,
        description="your own SMS gateway instead of Twilio: where it is, like https://sms.example.com/v1",
    )
    sms_gateway_token: Annotated[SecretStr, checks.TOKEN] | None = Field(
        default=None, description="the token with which it knows us"
    )
    sms_gateway_receipts_token: Annotated[SecretStr, checks.TOKEN_KEY] | None = Field(
        default=None,
        description="the token with which it says to `notifier serve` what became of messages, 32 characters or more; "
        "without it none is believed, and it is asked instead",
    )
    smtp_host: Annotated[str, checks.HOST] | None = Field(default=None, description="the mail relay")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS, description="starttls, tls, or none for a relay on this machine"
    )
    smtp_username: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="the user at the relay, where it asks for one"
    )
    smtp_password: Annotated[SecretStr, checks.PASSWORD] | None = Field(default=None, description="the user's password")
    bounce_address: Annotated[Address, checks.BOUNCE_ADDRESS] | None = Field(
        default=None,
        description="where mails that cannot be delivered come back to, like bounce@notices.example.com: the envelope "
        "sender of each mail is bounce+REFERENCE-TOKEN@notices.example.com; it needs the token key",
    )
    bounce_imap_host: Annotated[str, checks.HOST] | None = Field(
        default=None, description="the IMAP server of a mailbox with bounces, which the daemon reads"
    )
    bounce_imap_port: int = Field(default=993, ge=1, le=65535, description="its port")
    bounce_imap_security: SmtpSecurity = Field(
        default=SmtpSecurity.TLS, description="tls, starttls, or none for a server on this machine"
    )
    bounce_imap_username: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="the mailbox's user"
    )
    bounce_imap_password: Annotated[SecretStr, checks.PASSWORD] | None = Field(
        default=None, description="the user's password"
    )
    bounce_imap_folder: str = Field(default="INBOX", description="the folder; nothing in it is changed")
    bounce_imap_seconds: PositiveFloat = Field(default=60, description="pause between two looks into the mailbox")
    secrets_dir: Path | None = Field(
        default=None,
        description="a folder with one file a setting, named like it; /run/secrets is read where it exists",
    )
    chats: Annotated[dict[str, SecretStr], NoDecode, BeforeValidator(_chats)] = Field(
        default_factory=dict,
        description="chats in which owners are alerted besides, as JSON: a name for owners.yaml and the address as "
        'Apprise writes it, which is a secret: {"billing-slack": "slack://TokenA/TokenB/TokenC"}',
    )
    channel_owner: str | None = Field(
        default=None,
        description="owner (owners.yaml) who is told of a halted channel; else the owner of the message that caused it",
    )
    operations: Annotated[str, checks.OPERATIONS] | None = Field(
        default=None,
        description="who is told that rules or checks are set aside: an owner (owners.yaml), or a mail address, which "
        "is reached even while owners.yaml cannot be read; else their owners; and of replies that answer no notice",
    )
    rules_rest_seconds: float = Field(
        default=10,
        ge=0,
        le=3600,
        description="how long changed files of the project must stay as they are before they are taken",
    )
    rules_taken: RulesTaken = Field(
        default=RulesTaken.RESTED,
        description="rested: changed files are taken once they have rested; published: only `notifier rules publish` "
        "and SIGHUP take them",
    )
    driver: Driver = Field(
        default=Driver.LOCAL,
        description="what wakes `notifier run`: local, each daemon by itself; procrastinate, all daemons of a "
        "PostgreSQL together, each run done by one of them (extra cluster)",
    )
    tick_seconds: PositiveFloat = Field(default=60, description="pause between two evaluations of `notifier run`")
    dispatch_seconds: PositiveFloat = Field(default=5, description="pause between two rounds of sending")
    pulse: Path = Field(
        default=Path("notifier.pulse"),
        description="the file in which `notifier run` says that it lives, for `notifier health`; one for each daemon",
    )
    learn_days: int = Field(
        default=7,
        ge=0,
        description="how many days after the last time `notifier run` learns anew how long things take, where a rule "
        "forecasts; 0: `notifier learn` alone learns",
    )
    reports: Path | None = Field(
        default=None,
        description="the folder into which `notifier run` writes the pages of `notifier report` anew each day; none "
        "where it is not set",
    )
    reports_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        default="06:00", description="from when on each day, in NOTIFIER_DEFAULT_TIMEZONE"
    )
    keep_bodies_days: int | None = Field(
        default=None,
        ge=1,
        description="how many days the texts of what was told are kept; for good where it is not set",
    )
    keep_addresses_days: int | None = Field(
        default=None,
        ge=31,  # replies, receipts, bounces and contact limits look back up to a month
        description="how many days the addresses of what was told are kept, 31 or more; for good where it is not set",
    )
    keep_former_values_days: int = Field(
        default=400,
        ge=0,
        description="how many days it is kept what a write replaced in the columns that checks read, for "
        "`notifier contradictions explain`; 0 keeps nothing of it",
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")
    log_format: LogFormat = Field(default=LogFormat.AUTO, description="auto, console or json")

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


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name}".upper()


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
