"""What the service is made of: passed to every route, made once in `assembly/service.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notifier.consent.mails import MailDesk
from notifier.intake.parsing import ImportContext
from notifier.model.clock import Clock
from notifier.rules.checked import Project

Responses = dict[int | str, dict[str, Any]]
"""What a route may answer, as its description says it."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The service's surroundings."""

    database: sa.Engine
    clock: Clock
    live: bool
    company: str
    public_url: str | None = None
    """Where the world reaches this service: what Twilio signed. Without a slash at the end."""
    auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    """With which Twilio may sign: of one that is changed, also the one before. None: nothing of it is believed."""
    shared_key: str | None = field(default=None, repr=False)
    """The secret of a shared key, where Twilio signs with one (SHA-256)."""
    token_key: str | None = field(default=None, repr=False)
    """The key of the tokens in links; None where there are none."""
    desk: MailDesk | None = None
    """How mails are taken; None where there is no address for bounces, and nobody may post them."""
    mailbox: str | None = None
    """The name of the mailbox with bounces that daemons read; None where there is none."""
    api_token: str | None = field(default=None, repr=False)
    """Of who may post promises; None where nobody may."""
    gateway_token: str | None = field(default=None, repr=False)
    """Of the company's own SMS gateway; None where it says nothing."""
    imports: Callable[[], ImportContext | None] = lambda: None
    """How promises are read, by the rules in force; None while there are none."""
    language: str = "en"
    """The locale of the pages that people see, where they have none of their own."""
    timezone: str | None = None
    """Of those without their own (IANA)."""
    project: Callable[[], Project | None] = lambda: None
    """The rules in force, whose questions replies answer; None while there are none."""
    passed: Callable[[], None] | None = None
    """Says to the database that this process serves; called every few seconds. None: nobody is told."""
    our_numbers: frozenset[str] = frozenset()
    """From which nothing is heard."""
