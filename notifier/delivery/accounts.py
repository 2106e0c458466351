"""Addresses and credentials of the providers: what the adapters need of the settings. Secrets stay out of `repr`."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from notifier.bounces.verp import BounceAddress


@dataclass(frozen=True, kw_only=True)
class TwilioAccount:
    """One Twilio account with its sender: a number, or a messaging service that chooses one."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str | None = None
    """A number (E.164), a short code or an alphanumeric sender; None where a messaging service is named."""
    messaging_service_sid: str | None = None
    base_url: str = "https://api.twilio.com"
    status_callback: str | None = None
    """Where Twilio is to say what becomes of each message; None where nobody can be reached from outside."""
    timeout: timedelta = timedelta(seconds=10)
    """For one call as a whole; must stay below half of `store.outbox.leasing.LEASE`."""


@dataclass(frozen=True, kw_only=True)
class HttpGatewayAccount:
    """A company's own SMS gateway."""

    url: str
    """Without a slash at the end: messages are posted to `URL/messages`."""
    token: str = field(repr=False)
    timeout: timedelta = timedelta(seconds=10)
    """For one call as a whole; must stay below half of `store.outbox.leasing.LEASE`."""


class SmtpSecurity(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    """Starts in plain text and is encrypted before anything else is sent; fails where the server lacks STARTTLS."""
    TLS = "tls"
    """Encrypted from the first byte (port 465)."""
    NONE = "none"
    """In plain text: for a relay on this machine only."""


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """The relay that takes our mail."""

    host: str
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    security: SmtpSecurity = SmtpSecurity.STARTTLS
    sender: str
    """The envelope sender (MAIL FROM) where there is no address for bounces."""
    bounces: BounceAddress | None = None
    """Where bounces go: each mail has an envelope sender of its own there."""
    timeout: timedelta = timedelta(seconds=20)
    """For each answer of the server, except the one to the content, which may take the rest of the call. Must stay well
    below half of `store.outbox.leasing.LEASE`."""


@dataclass(frozen=True, kw_only=True)
class ImapMailbox:
    """A mailbox to which bounces are delivered."""

    host: str
    port: int = 993
    security: SmtpSecurity = SmtpSecurity.TLS
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    timeout: timedelta = timedelta(seconds=20)
    """For each answer of the server."""

    @property
    def name(self) -> str:
        """By which it is remembered how far it was read."""
        return f"{self.username}@{self.host}/{self.folder}"
