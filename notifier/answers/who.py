"""Who a customer is: what the state says of them, and where they can be reached at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from notifier.model.consent import Word
from notifier.model.types import TO_PHONES, ChannelName, NoticeClass
from notifier.planning.addressing import Defaults
from notifier.store.consent import ledger_at
from notifier.store.tables import CUSTOMER, SUPPRESSED

NO_MORE = (Word.OUT, Word.PROBABLE)


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """Why an address is not written to, or not with all."""

    channel: ChannelName
    reason: str
    classes: Sequence[NoticeClass] = ()
    """The classes that it stops; empty: all."""
    is_probable: bool = False
    """It only sounds like an opt-out: a person decides."""


@dataclass(frozen=True, kw_only=True)
class Who:
    """One customer. Fields that nobody gave are None; `locale` and `timezone` are then the project's."""

    id: str
    known: bool
    """False where the customer is not in the state, but something is about their id."""
    name: str | None = None
    locale: str
    has_own_locale: bool = False
    timezone: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    preferred_channel: str | None = None
    site: str | None = None
    attributes: Mapping[str, Any]
    """The business's own fields that `rules/attributes.yaml` declares for customers: needs, preferences, frailty."""
    barriers: Sequence[Barrier] = ()


def name_of(connection: sa.Connection, customer: str) -> str:
    """The customer's name; the id where nobody has it."""
    name = connection.execute(sa.select(CUSTOMER.c.name).where(CUSTOMER.c.id == customer)).scalar()
    return name or customer


def who_is(
    connection: sa.Connection, customer: str, defaults: Defaults, declared: Mapping[str, Any], *, live: bool
) -> Who:
    """The customer of this id. `declared` are the attributes of customers, by name."""
    row = connection.execute(sa.select(CUSTOMER).where(CUSTOMER.c.id == customer)).first()
    if row is None:
        return Who(id=customer, known=False, locale=defaults.locale, attributes={})
    given = row.attributes or {}
    addresses = {**dict.fromkeys(TO_PHONES, row.phone), ChannelName.EMAIL: row.email}
    return Who(
        id=customer,
        known=True,
        name=row.name,
        locale=row.locale or defaults.locale,
        has_own_locale=row.locale is not None,
        timezone=row.timezone or defaults.timezone,
        country=row.country or defaults.country,
        phone=row.phone,
        email=row.email,
        preferred_channel=row.preferred_channel,
        site=row.site_id,
        attributes={name: given[name] for name in declared if given.get(name) is not None},
        barriers=_barriers(connection, addresses, live=live),
    )


def _barriers(
    connection: sa.Connection, addresses: Mapping[ChannelName, str | None], *, live: bool
) -> Sequence[Barrier]:
    places = [(channel, address) for channel, address in addresses.items() if address]
    found = []
    for channel, address in places:
        there = sa.and_(SUPPRESSED.c.channel == channel, SUPPRESSED.c.address == address, SUPPRESSED.c.live == live)
        reason = connection.execute(sa.select(SUPPRESSED.c.reason).where(there)).scalar()
        if reason is not None:
            found.append(Barrier(channel=channel, reason=reason))
    stopped: dict[tuple[ChannelName, str, bool], list[NoticeClass]] = {}
    for ((channel, _), notice_class), said in sorted(ledger_at(connection, places, live=live).items()):
        if said.word in NO_MORE:
            stopped.setdefault((channel, said.text, said.word is Word.PROBABLE), []).append(notice_class)
    found += [
        Barrier(channel=channel, reason=reason, classes=tuple(classes), is_probable=is_probable)
        for (channel, reason, is_probable), classes in stopped.items()
    ]
    return found
