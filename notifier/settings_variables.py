"""The variables of this installation: each setting with its form, its default and what it is for."""

import json
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, PositiveFloat, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from notifier import settings_checks as checks
from notifier.delivery.accounts import SmtpSecurity

PREFIX = "NOTIFIER_"

Address = Annotated[str, checks.ADDRESS]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name}".upper()


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


class Variables(BaseSettings):
    """The settings as they are given. Each field is the variable `NOTIFIER_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

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
