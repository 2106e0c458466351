"""What the service is made of: passed to every route, made once in `wiring.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from notifier.bounces.verp import BounceAddress
from notifier.model.clock import Clock
from notifier.model.types import ChannelName


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Something that a customer wrote to us."""

    channel: ChannelName
    address: str
    """Whose it is: the sender's."""
    text: str
    provider_id: str
    opt_out_type: str | None = None
    """Twilio's `OptOutType`: STOP, START or HELP, where Twilio has answered already."""


Responses = dict[int | str, dict[str, Any]]
"""What a route may answer, as its description says it."""
Hear = Callable[[sa.Connection, Reply, datetime], str | None]
"""Decides what a reply means for consent, in the transaction that keeps it; returns the one answer, or None."""


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
    """Of the pages that people see."""
    hear: Hear | None = None
    """None where nobody reads replies for opt-outs but Twilio."""
