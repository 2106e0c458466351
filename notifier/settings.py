"""Environment variables and the project folder's `.env` become settings, or every problem at once.

Each field is the variable `NOTIFIER_<FIELD>`; the environment wins over the file. Nothing here repeats a value in an
error unless it can be no secret.
"""

import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import sqlalchemy as sa
from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from notifier.delivery.accounts import SmtpSecurity, SmtpServer, TwilioAccount
from notifier.model.formats import country_code, email_address, locale_name, zone_name
from notifier.model.problems import Place, Problem, ProblemsError, did_you_mean
from notifier.planning.addressing import Defaults
from notifier.rendering.settings import RenderSettings

PREFIX = "NOTIFIER_"
FILE = ".env"
ENVIRONMENT = "environment"
"""What a problem in an environment variable names as its file."""

Address = Annotated[str, AfterValidator(email_address)]


def _price_list(value: object) -> object:
    """Read here, exactly and with a message, instead of by pydantic-settings, which would stop at the first mistake."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except json.JSONDecodeError:
        raise ValueError('it is not JSON; write it like {"CO": "0.052", "US": "0.0079"}') from None


class LogFormat(StrEnum):
    """`auto`: readable lines on a terminal, JSON elsewhere."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """What is logged, and everything above it."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """How this installation runs. Made by `load_settings`, which counts relative paths from the project folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file_encoding="utf-8", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: str = Field(
        default="sqlite:///notifier.db",
        repr=False,
        description="sqlite:///FILE (relative to the project folder) or postgresql://USER:PASSWORD@HOST/NAME",
    )
    live: bool = Field(default=False, description="true sends for real; false writes messages into the outbox folder")
    outbox: Path = Field(default=Path("outbox"), description="the folder that receives messages while not live")
    default_locale: Annotated[str, AfterValidator(locale_name)] = Field(
        default="en", description="for customers without a locale"
    )
    default_timezone: Annotated[str, AfterValidator(zone_name)] = Field(
        default="UTC", description="for customers without a time zone"
    )
    default_country: Annotated[str, AfterValidator(country_code)] = Field(
        default="US", description="for customers without a country"
    )
    company: str = Field(default="Notifier", description="the company's name as its customers know it")
    from_address: Address = Field(default="notices@example.com", description="the sender of every mail")
    from_name: str | None = Field(default=None, description="shown beside it; the company where there is none")
    reply_to: Address | None = Field(default=None, description="where replies to mails go")
    unsubscribe_url: str | None = Field(
        default=None, description="one-click unsubscribing; {reference} in it becomes the notice's reference"
    )
    unsubscribe_mail: Address | None = Field(default=None, description="unsubscribing by mail")
    sms_price: Decimal | None = Field(default=None, ge=0, description="what one SMS segment costs")
    sms_prices: Annotated[dict[str, Decimal], NoDecode, BeforeValidator(_price_list)] = Field(
        default_factory=dict, description='what one segment costs by country, as JSON: {"CO": "0.052"}'
    )
    sms_currency: str = Field(default="USD", pattern="^[A-Z]{3}$", description="the currency of SMS prices")
    sms_toll_free: bool = Field(default=False, description="the SMS sender is a North American toll-free number")
    sms_smart_encoding: bool = Field(default=False, description="the SMS provider replaces typographic characters")
    sms_segments_per_second: PositiveFloat = Field(
        default=1, description="how fast the SMS sender may go: 1 for a long number, 3 toll-free, 100 for a short code"
    )
    email_messages_per_second: PositiveFloat | None = Field(
        default=None, description="how fast the mail relay may be used; no limit where there is none"
    )
    twilio_account_sid: str | None = Field(
        default=None, pattern="^AC[0-9a-fA-F]{32}$", description="the Twilio account: AC and 32 digits"
    )
    twilio_auth_token: SecretStr | None = Field(default=None, description="its auth token")
    twilio_from: str | None = Field(default=None, description="the number that SMS come from, like +15005550006")
    twilio_messaging_service_sid: str | None = Field(
        default=None, pattern="^MG[0-9a-fA-F]{32}$", description="a messaging service that chooses the number instead"
    )
    twilio_base_url: str = Field(default="https://api.twilio.com", description="where Twilio's API is")
    smtp_host: str | None = Field(default=None, description="the mail relay")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="its port")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS, description="starttls, tls, or none for a relay on this machine"
    )
    smtp_username: str | None = Field(default=None, description="the user at the relay, where it asks for one")
    smtp_password: SecretStr | None = Field(default=None, description="the user's password")
    channel_owner: str | None = Field(
        default=None,
        description="the owner (owners.yaml) who is told when a channel stands still; else the owner of what waits",
    )
    tick_seconds: PositiveFloat = Field(default=60, description="pause between two evaluations of `notifier run`")
    dispatch_seconds: PositiveFloat = Field(default=5, description="pause between two rounds of sending")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")
    log_format: LogFormat = Field(default=LogFormat.AUTO, description="auto, console or json")

    @property
    def rendering(self) -> RenderSettings:
        """What rendering needs of these."""
        return RenderSettings(
            company=self.company,
            from_address=self.from_address,
            from_name=self.from_name,
            reply_to=self.reply_to,
            unsubscribe_url=self.unsubscribe_url,
            unsubscribe_mail=self.unsubscribe_mail,
            default_locale=self.default_locale,
            sms_price=self.sms_price,
            sms_prices=self.sms_prices,
            sms_currency=self.sms_currency,
            sms_toll_free=self.sms_toll_free,
            sms_smart_encoding=self.sms_smart_encoding,
        )

    @property
    def twilio(self) -> TwilioAccount | None:
        """The account that SMS go through; None without credentials."""
        if self.twilio_account_sid is None or self.twilio_auth_token is None:
            return None
        return TwilioAccount(
            account_sid=self.twilio_account_sid,
            auth_token=self.twilio_auth_token.get_secret_value(),
            sender=self.twilio_from,
            messaging_service_sid=self.twilio_messaging_service_sid,
            base_url=self.twilio_base_url,
        )

    @property
    def smtp(self) -> SmtpServer | None:
        """The relay that mail goes through; None without a host."""
        if self.smtp_host is None:
            return None
        return SmtpServer(
            host=self.smtp_host,
            port=self.smtp_port,
            username=self.smtp_username,
            password=self.smtp_password.get_secret_value() if self.smtp_password is not None else None,
            security=self.smtp_security,
            sender=self.from_address,
        )

    @property
    def defaults(self) -> Defaults:
        """What a customer gets who has no locale, zone or country."""
        return Defaults(locale=self.default_locale, timezone=self.default_timezone, country=self.default_country)

    @model_validator(mode="after")
    def _rendering_takes_them(self) -> Self:
        # Raises ValueError for what cannot stand in a mail's headers.
        _ = self.rendering
        return self


def load_settings(folder: Path) -> Settings:
    """The settings of the project in `folder`. Raises ProblemsError with everything that is wrong with them."""
    file = folder / FILE
    problems = list(_unknown(file))
    try:
        settings = Settings(_env_file=file)  # type: ignore[call-arg]  # pydantic-settings takes it, its types do not know it
    except ValidationError as error:
        problems += [_problem(file, details) for details in error.errors(include_url=False, include_input=False)]
        raise ProblemsError(problems) from None  # the cause would repeat inputs
    except UnicodeDecodeError:
        raise ProblemsError([Problem(Place(FILE), "it is not UTF-8 text; save it as UTF-8")]) from None
    if problems:
        raise ProblemsError(problems)
    return settings.model_copy(
        update={
            "outbox": folder / settings.outbox,
            "database_url": _absolute(settings.database_url, folder),
        }
    )


def _absolute(database_url: str, folder: Path) -> str:
    """A SQLite file counts from the project folder; every other URL stays as it is, also one that cannot be read."""
    try:
        url = sa.make_url(database_url)
    except sa.exc.ArgumentError:
        return database_url
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return database_url
    return url.set(database=str(folder.absolute() / str(url.database))).render_as_string(hide_password=False)


def _problem(file: Path, details: Mapping[str, object]) -> Problem:
    location = details["loc"]
    assert isinstance(location, tuple)
    message = str(details["msg"]).removeprefix("Value error, ")
    if not location:
        return Problem(Place(FILE if file.exists() else ENVIRONMENT), message)
    variable = f"{PREFIX}{location[0]}".upper()
    return Problem(_place(file, variable), f"{variable}: {message}")


def _place(file: Path, variable: str) -> Place:
    if variable in {name.upper() for name in os.environ}:
        return Place(ENVIRONMENT)
    return next((Place(FILE, number) for number, name in _variables(file) if name.upper() == variable), Place(FILE))


def _unknown(file: Path) -> Iterator[Problem]:
    """A misspelt name in the file would silently leave its setting at the default."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for number, name in _variables(file):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield Problem(Place(FILE, number), f"unknown setting '{name}'{did_you_mean(name.upper(), known)}")


def _variables(file: Path) -> Iterator[tuple[int, str]]:
    if not file.is_file():
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        name, equals, _ = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            yield number, name.strip()
