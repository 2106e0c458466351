"""Checks of single settings, and of settings that belong together; their sentences repeat no value.

Checks of one setting take its text and return it, or raise ValueError. Names of settings are those of `Settings`.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from notifier.bounces.verp import ADDED, LONGEST_LOCAL_PART
from notifier.model.formats import country_code, email_address, locale_name, zone_name
from notifier.model.texts import problem_of

_SUGGESTION = re.compile(r"; did you mean '[\w/+-]+'\?$")
_SMS_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}")
"""E.164, a short code, or what Twilio takes as an alphanumeric sender."""
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")


def _unrepeated(check: Callable[[str], str], sentence: str) -> AfterValidator:
    """Replaces the sentence of a check that repeats the value by this one, keeping a suggestion."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            suggestion = _SUGGESTION.search(str(error))
            raise ValueError(sentence.partition("; ")[0] + suggestion[0] if suggestion else sentence) from None

    return AfterValidator(checked)


def _matching(pattern: str, sentence: str) -> AfterValidator:
    expression = re.compile(pattern)

    def checked(text: str) -> str:
        if not expression.fullmatch(text):
            raise ValueError(sentence)
        return text

    return AfterValidator(checked)


def _plain(text: str) -> str:
    if (wrong := problem_of(text)) is not None:
        raise ValueError(f"it {wrong}")
    return text


def _token(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]+", secret.get_secret_value()):
        raise ValueError("it holds a space, a line end or a character that is not ASCII; paste it again")
    return secret


def _password(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.isprintable() or text != text.strip():
        raise ValueError("it holds a line end, or spaces around it; paste it again")
    return secret


def _bounce_address(text: str) -> str:
    local_part = text.rpartition("@")[0]
    if "+" in local_part or not text.isascii():
        raise ValueError("it is the address without a plus sign, in ASCII; each mail adds its own behind one")
    if len(local_part) + ADDED > LONGEST_LOCAL_PART:
        raise ValueError(f"its name is too long: with what each mail adds, a name has {LONGEST_LOCAL_PART} characters")
    return text


def _web_address(text: str, sentence: str, with_user: str) -> tuple[str, str]:
    """Scheme and host of an address with a path at most. `with_user` is said where it names a user."""
    try:
        url = urlsplit(text)
        host = url.hostname
        _ = url.port
    except ValueError:
        raise ValueError(sentence) from None
    if "@" in url.netloc:
        raise ValueError(with_user)
    if host is None or url.scheme not in ("http", "https") or url.query or url.fragment:
        raise ValueError(sentence)
    return url.scheme, host


def _base_url(text: str) -> str:
    sentence = "it is not the address of an API; write it like https://api.twilio.com"
    scheme, host = _web_address(text, sentence, "it holds a user or a password; those have settings of their own")
    if scheme != "https" and not is_loopback(host):
        raise ValueError("only https:// keeps the token secret on its way; http:// is for this machine alone")
    return text.rstrip("/")


def _public_url(text: str) -> str:
    sentence = "it is not where a service is reached; write it like https://notices.example.com"
    scheme, host = _web_address(text, sentence, sentence)
    if not text.isascii() or text != text.strip() or len(text) > 500:
        raise ValueError(sentence)
    if scheme != "https" and not is_loopback(host):
        raise ValueError("only https:// keeps what people write secret on its way; http:// is for this machine alone")
    return text.rstrip("/")


def _token_key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if len(text) < 32 or not re.fullmatch(r"[!-~]+", text):
        raise ValueError("it has 32 letters, digits and signs or more, without spaces: openssl rand -hex 32 makes one")
    return secret


def _host(text: str) -> str:
    if not _HOST_NAME.fullmatch(text) and not _is_address(text):
        raise ValueError("it is not the name of a machine; write it like smtp.example.com, without scheme and port")
    return text


PLAIN = AfterValidator(_plain)
ZONE = _unrepeated(zone_name, "it is no zone; write it like America/Bogota")
LOCALE = _unrepeated(locale_name, "it is no locale; write it like es-CO")
COUNTRY = _unrepeated(country_code, "it is no country; use its two-letter ISO 3166 code, for example CO or US")
OPERATIONS = _unrepeated(
    lambda text: email_address(text) if "@" in text else text,
    "it is not one e-mail address; write it like operations@example.com, or name an owner",
)
ADDRESS = _unrepeated(email_address, "it is not one e-mail address; write it like notices@example.com")
BOUNCE_ADDRESS = AfterValidator(_bounce_address)
ACCOUNT_SID = _matching("AC[0-9a-fA-F]{32}", "it is AC and 32 hexadecimal digits, as Twilio's console shows it")
SERVICE_SID = _matching("MG[0-9a-fA-F]{32}", "it is MG and 32 hexadecimal digits, as Twilio's console shows it")
SMS_SENDER = _matching(
    _SMS_SENDER.pattern,
    "it is a number like +15005550006, a short code, or a name of up to 11 letters and digits",
)
PHONE = _matching(r"\+[1-9]\d{6,14}", "it is a number like +15005550006")
BASE_URL = AfterValidator(_base_url)
PUBLIC_URL = AfterValidator(_public_url)
HOST = AfterValidator(_host)
TOKEN = AfterValidator(_token)
PASSWORD = AfterValidator(_password)
TOKEN_KEY = AfterValidator(_token_key)


def incomplete(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """(setting, what is missing) for providers of which only some settings are given.

    `given` are the values as written, valid or not.
    """
    yield from _twilio(given)
    yield from _gateway(given)
    yield from _smtp(given)
    yield from _bounces(given)


def _twilio(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    account = [name for name in ("twilio_account_sid", "twilio_auth_token") if name in given]
    senders = [name for name in ("twilio_from", "twilio_messaging_service_sid") if name in given]
    if account == ["twilio_account_sid"]:
        yield account[0], "its token is missing; set NOTIFIER_TWILIO_AUTH_TOKEN"
    if account == ["twilio_auth_token"]:
        yield account[0], "its account is missing; set NOTIFIER_TWILIO_ACCOUNT_SID"
    whatsapp = "twilio_whatsapp_from"
    if whatsapp in given and not account:
        yield whatsapp, "there is no account; set NOTIFIER_TWILIO_ACCOUNT_SID and NOTIFIER_TWILIO_AUTH_TOKEN"
    if account and not senders and whatsapp not in given:
        sentence = "there is no sender; set NOTIFIER_TWILIO_FROM or NOTIFIER_TWILIO_MESSAGING_SERVICE_SID"
        yield account[0], sentence
    if senders and not account:
        sentence = "there is no account; set NOTIFIER_TWILIO_ACCOUNT_SID and NOTIFIER_TWILIO_AUTH_TOKEN"
        yield senders[0], sentence
    if len(senders) > 1:
        yield senders[1], "a messaging service chooses the number itself; remove this, or NOTIFIER_TWILIO_FROM"


def _gateway(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    there = [name for name in ("sms_gateway_url", "sms_gateway_token") if name in given]
    if there == ["sms_gateway_url"]:
        yield there[0], "its token is missing; set NOTIFIER_SMS_GATEWAY_TOKEN"
    if there == ["sms_gateway_token"]:
        yield there[0], "there is no gateway; set NOTIFIER_SMS_GATEWAY_URL"
    only_whatsapp = "twilio_whatsapp_from" in given and not {"twilio_from", "twilio_messaging_service_sid"} & set(given)
    if there and "twilio_account_sid" in given and not only_whatsapp:
        yield there[0], "SMS go one way; remove this, or NOTIFIER_TWILIO_ACCOUNT_SID and its token"
    if "sms_gateway_receipts_token" in given and "sms_gateway_url" not in given:
        yield "sms_gateway_receipts_token", "there is no gateway; set NOTIFIER_SMS_GATEWAY_URL"


def _smtp(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    login = [name for name in ("smtp_username", "smtp_password") if name in given]
    host = given.get("smtp_host")
    if login == ["smtp_username"]:
        yield login[0], "its password is missing; set NOTIFIER_SMTP_PASSWORD"
    if login == ["smtp_password"]:
        yield login[0], "its user is missing; set NOTIFIER_SMTP_USERNAME"
    if login and host is None:
        yield login[0], "there is no relay; set NOTIFIER_SMTP_HOST"
    if host is not None and "from_address" not in given:
        yield "smtp_host", "the sender of mails is missing; set NOTIFIER_FROM_ADDRESS to an address of your domain"
    if login and host is not None and given.get("smtp_security") == "none" and not is_loopback(str(host)):
        yield "smtp_security", "the password would be sent in the clear; use starttls or tls"


def _bounces(given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if "bounce_address" in given and "token_key" not in given:
        yield "bounce_address", "the key of its tokens is missing; set NOTIFIER_TOKEN_KEY"
    needed = ("bounce_imap_host", "bounce_imap_username", "bounce_imap_password")
    there = [name for name in needed if name in given]
    if there and "bounce_address" not in given:
        yield there[0], "there is no address for bounces; set NOTIFIER_BOUNCE_ADDRESS"
    for name in needed:
        if there and name not in there:
            yield there[0], f"a part of the mailbox is missing; set NOTIFIER_{name.upper()}"
    if there and given.get("bounce_imap_security") == "none" and not is_loopback(str(given.get("bounce_imap_host"))):
        yield "bounce_imap_security", "the password would be sent in the clear; use tls or starttls"


def is_loopback(host: str) -> bool:
    """Whether a host name or address always means this machine."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
