"""What the service is made of: passed to every route, made once in `wiring.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from notifier.bounces.verp import BounceAddress
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
    auth_token: str | None = field(default=None, repr=False)
    token_key: str | None = field(default=None, repr=False)
    """The key of the tokens in links; None where there are none."""
    bounces: BounceAddress | None = None
    """Where mails come back to; None where there is no such address, and nobody may post them."""
    mailbox: str | None = None
    """The name of the mailbox with bounces that daemons read; None where there is none."""
    language: str = "en"
    """The locale of the pages that people see, where they have none of their own."""
    timezone: str | None = None
    """Of those without their own (IANA)."""
    project: Callable[[], Project | None] = lambda: None
    """The rules in force, whose questions replies answer; None while there are none."""
    our_numbers: frozenset[str] = frozenset()
    """From which nothing is heard."""
