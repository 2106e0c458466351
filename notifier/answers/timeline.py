"""Everything between a company and one customer, in order: promised, told, delivered, asked, found, decided.

A page is read in two steps. One statement finds which entries are on it, from each kind no more than a page; then only
these are read. So it costs the same whether the customer is one of ten, or one of a hundred thousand in an incident.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from notifier.answers.theirs import Theirs, addresses_of
from notifier.answers.timeline_entries import Entry, read_entries
from notifier.answers.timeline_sources import keys, parse_key
from notifier.model.types import TopicType

__all__ = ["Entry", "Order", "Timeline", "timeline"]


class Order(StrEnum):
    """Which entries come first."""

    NEWEST = "newest first"
    OLDEST = "oldest first"


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """One page of what happened between a company and one customer."""

    customer_id: str
    order: Order
    entries: Sequence[Entry]
    next: str | None
    """What to give as `after` for the next page; None at the end."""


def timeline(
    connection: sa.Connection,
    customer: str,
    topics: Mapping[str, TopicType],
    *,
    live: bool,
    order: Order = Order.NEWEST,
    since: datetime | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Timeline:
    """The page of `limit` entries after `after` (the `next` of the page before). Raises ValueError where it is none.

    `since` (aware UTC) leaves out what is older. `topics` says how values of promises are read; the value of a topic
    that is not there is a text.
    """
    theirs = Theirs(customer, live)
    places = addresses_of(connection, theirs)
    start = None if after is None else parse_key(after)
    found = keys(
        connection, theirs, places, oldest_first=order is Order.OLDEST, since=since, after=start, limit=limit + 1
    )
    page = found[:limit]
    return Timeline(
        customer_id=customer,
        order=order,
        entries=read_entries(connection, page, topics),
        next=str(page[-1]) if len(found) > limit else None,
    )
