"""The business state: what is true about customers, orders, contracts and what was promised.

One SQLModel table an entity. Ids are the business's own strings and hold no personal data. Instants are aware UTC.
Amounts are exact, with their currency in a column of the same row. Names and status values follow the TM Forum Open
APIs where one fits; each docstring says which. `attributes` holds a business's own fields (`rules/attributes.yaml`).
`written_at` is the `--at` of the last accepted write: an older write is ignored. `born_at` is that of the first one,
null for a row that was there before (of a baseline, or computed), and `set_at` says when a later write changed an
instant of the row. Nothing here does I/O.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import ConfigDict
from sqlmodel import Field, SQLModel

from notifier.model.columns import Amount, LocalDate, UtcTime, only_where
from notifier.model.vocabulary import known

JSON_DOCUMENT = sa.JSON(none_as_null=True)


class Table(SQLModel):
    """What every table is. No instance is made of it, so what would validate one is not built: that took a while."""

    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]  # of which SQLModel's is a part


class Row(Table):
    """The columns of every entity."""

    id: str = Field(primary_key=True)
    attributes: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    written_at: datetime | None = Field(default=None, sa_type=UtcTime)
    born_at: datetime | None = Field(default=None, sa_type=UtcTime)
    set_at: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    """`{"starts_at": instant}`, as the database writes instants; null where no instant was changed."""
    source_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    """What wrote the values that checks read: a row of `write_source`; null where nobody signed for them."""
    source_line: int | None = None
    """The line of its file, where it was one."""


class Customer(Row, table=True):
    """TM Forum TMF629 Customer. Locale, timezone and country fall back to the settings' defaults."""

    __tablename__ = "customer"
    __table_args__: ClassVar[Any] = known("customer")
    name: str
    locale: str | None = None
    timezone: str | None = None
    country: str | None = None
    phone: str | None = Field(default=None, index=True)
    email: str | None = Field(default=None, index=True)
    preferred_channel: str | None = None
    site_id: str | None = Field(default=None, index=True)
    subdivision: str | None = None
    """Of the country (ISO 3166-2 without it: `FL`): where contact law is that of a state."""


class Representative(Row, table=True):
    """TM Forum TMF632 Party with a role: somebody who hears what concerns a customer, such as a parent or a carer.

    The person is a customer of their own: name, addresses, language and consent are theirs.
    """

    __tablename__ = "representative"
    __table_args__: ClassVar[Any] = known("representative")
    customer_id: str = Field(index=True)
    """Whom they represent."""
    person_id: str = Field(index=True)
    role: str
    valid_from: datetime | None = Field(default=None, sa_type=UtcTime)
    valid_until: datetime | None = Field(default=None, sa_type=UtcTime)


class Site(Row, table=True):
    """TM Forum TMF674 GeographicSite: a shop, office or restaurant. `opening_hours` is OSM syntax."""

    __tablename__ = "site"
    name: str
    address: str | None = None
    phone: str | None = None
    timezone: str
    country: str
    subdivision: str | None = None
    opening_hours: str
    daily_capacity: int | None = None


class SiteDay(Row, table=True):
    """Computed: one local day of one site, `SITE/DATE`; `kind` is relative to the site's own ordinary week."""

    __tablename__ = "site_day"
    __table_args__: ClassVar[Any] = known("site_day")
    site_id: str = Field(index=True)
    date: str = Field(sa_type=LocalDate)
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    kind: str
    opens_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str | None = None


class Contract(Row, table=True):
    """TM Forum TMF651 Agreement and TMF637 Product: what a customer subscribes to."""

    __tablename__ = "contract"
    __table_args__: ClassVar[Any] = known("contract")
    customer_id: str = Field(index=True)
    site_id: str | None = Field(default=None, index=True)
    plan: str | None = None
    zone: str | None = Field(default=None, index=True)
    campaign: str | None = Field(default=None, index=True)
    """The code of the campaign that it was sold in: what that promises is in `rules/campaigns.yaml`."""
    status: str
    status_since: datetime | None = Field(default=None, sa_type=UtcTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Order(Row, table=True):
    """TM Forum TMF622 ProductOrder; `promised_at` is its expectedCompletionDate."""

    __tablename__ = "order"
    __table_args__: ClassVar[Any] = known("order", money="total")
    customer_id: str = Field(index=True)
    contract_id: str | None = Field(default=None, index=True)
    site_id: str | None = Field(default=None, index=True)
    status: str
    status_since: datetime | None = Field(default=None, sa_type=UtcTime)
    placed_at: datetime = Field(sa_type=UtcTime)
    promised_at: datetime | None = Field(default=None, sa_type=UtcTime)
    handover_due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    handed_over_at: datetime | None = Field(default=None, sa_type=UtcTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    total: Decimal | None = Field(default=None, sa_type=Amount)
    currency: str | None = None
    seller: str | None = None
    locale: str | None = None
    """The language in which it was placed: notices about it are in it, whatever the customer's is."""
    campaign: str | None = Field(default=None, index=True)
    """As a contract's."""
    replaces: str | None = Field(default=None, index=True)
    """The id of the order that this one is in the place of."""


class Appointment(Row, table=True):
    """TM Forum TMF646 Appointment; `starts_at` and `ends_at` are its validFor, `place` its relatedPlace."""

    __tablename__ = "appointment"
    __table_args__: ClassVar[Any] = known("appointment")
    customer_id: str = Field(index=True)
    contract_id: str | None = Field(default=None, index=True)
    order_id: str | None = Field(default=None, index=True)
    site_id: str | None = Field(default=None, index=True)
    kind: str
    status: str
    status_since: datetime | None = Field(default=None, sa_type=UtcTime)
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    party_size: int | None = None
    place: str | None = None
    booked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was made, as the booking system says; else it came to be with its first import."""
    locale: str | None = None
    """The language in which it was booked: as an order's."""
    replaces: str | None = Field(default=None, index=True)
    """The id of the appointment that this one is in the place of: a booking system may move one so."""


class Charge(Row, table=True):
    """TM Forum TMF678 AppliedCustomerBillingRate; `billed` is its isBilled, the earliest signal of a bill."""

    __tablename__ = "charge"
    __table_args__: ClassVar[Any] = known("charge")
    customer_id: str = Field(index=True)
    contract_id: str | None = Field(default=None, index=True)
    order_id: str | None = Field(default=None, index=True)
    product: str | None = None
    kind: str
    proration: bool = False
    amount: Decimal = Field(sa_type=Amount)
    currency: str
    tax_included: bool | None = None
    period_start: datetime | None = Field(default=None, sa_type=UtcTime)
    period_end: datetime | None = Field(default=None, sa_type=UtcTime)
    bill_at: datetime | None = Field(default=None, sa_type=UtcTime)
    billed: bool = False


class Incident(Row, table=True):
    """TM Forum TMF656 ServiceProblem; related to contracts by `zone`, or by `site_id` where it names no zone."""

    __tablename__ = "incident"
    __table_args__: ClassVar[Any] = known("incident")
    kind: str
    zone: str | None = Field(default=None, index=True)
    site_id: str | None = Field(default=None, index=True)
    status: str
    status_since: datetime | None = Field(default=None, sa_type=UtcTime)
    cause: str | None = None
    started_at: datetime = Field(sa_type=UtcTime)
    expected_end_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Promise(Row, table=True):
    """Something that a customer was told. `value` is the canonical text of the topic's type.

    `value_number` (money, number, percent, quantity, duration in seconds), `value_at` (timestamp, start of a window)
    and `value_until` (end of a window) repeat it in a form SQL compares.
    """

    __tablename__ = "promise"
    # Of a topic there are many promises, of a subject few: where both are known, no database may start from the topic.
    __table_args__: ClassVar[Any] = (
        *known("promise"),
        sa.Index("ix_promise_subject_topic", "subject_id", "topic"),
        # Few promises replace another. By the statistics of an index that is all null, SQLite would read the table.
        sa.Index("ix_promise_replaces", "replaces", info=only_where("replaces IS NOT NULL")),
    )
    customer_id: str | None = Field(default=None, index=True)
    subject_type: str
    subject_id: str
    topic: str = Field(index=True)
    value: str
    value_number: Decimal | None = Field(default=None, sa_type=Amount)
    value_at: datetime | None = Field(default=None, sa_type=UtcTime)
    value_until: datetime | None = Field(default=None, sa_type=UtcTime)
    currency: str | None = None
    tax_included: bool | None = None
    made_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    made_by: str | None = None
    source: str
    channel: str | None = None
    evidence: str | None = None
    valid_from: datetime | None = Field(default=None, sa_type=UtcTime)
    valid_until: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = "open"
    replaces: str | None = None
    """The id of the promise that this one takes the place of, where its source may supersede that one's."""


class Contact(Row, table=True):
    """TM Forum TMF683 PartyInteraction: someone talked to someone."""

    __tablename__ = "contact"
    __table_args__: ClassVar[Any] = known("contact")
    customer_id: str = Field(index=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    channel: str
    direction: str
    reason: str | None = None
    subject: str | None = None
    outcome: str | None = None


class Feedback(Row, table=True):
    """What a customer said afterwards: a survey, a review, a complaint."""

    __tablename__ = "feedback"
    customer_id: str | None = Field(default=None, index=True)
    order_id: str | None = Field(default=None, index=True)
    site_id: str | None = Field(default=None, index=True)
    source: str
    at: datetime = Field(sa_type=UtcTime, index=True)
    score: int | None = None
    text: str | None = None
    reason: str | None = None


class Admission(Row, table=True):
    """What a person decided to tell a customer about a promise that is not kept: it is written by that decision alone.

    Of `promised_…` and `actual_…` those are filled that the topic's type says; without a value the promise was broken
    by nothing happening.
    """

    __tablename__ = "admission"
    __table_args__: ClassVar[Any] = known("admission")
    customer_id: str = Field(index=True)
    contract_id: str | None = Field(default=None, index=True)
    order_id: str | None = Field(default=None, index=True)
    contradiction_id: str = Field(index=True)
    topic: str
    promised_amount: Decimal | None = Field(default=None, sa_type=Amount)
    actual_amount: Decimal | None = Field(default=None, sa_type=Amount)
    promised_at: datetime | None = Field(default=None, sa_type=UtcTime)
    actual_at: datetime | None = Field(default=None, sa_type=UtcTime)
    promised_date: str | None = Field(default=None, sa_type=LocalDate)
    actual_date: str | None = Field(default=None, sa_type=LocalDate)
    promised_text: str | None = None
    actual_text: str | None = None
    credit: Decimal | None = Field(default=None, sa_type=Amount)
    currency: str | None = None
    remedy: str
    next_step: str
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_at: datetime = Field(sa_type=UtcTime)
    status: str
    status_since: datetime | None = Field(default=None, sa_type=UtcTime)


class Consent(Row, table=True):
    """Whether a customer allows a class of notices on a channel. Its id is computed: `CUSTOMER/CHANNEL/CLASS`."""

    __tablename__ = "consent"
    __table_args__: ClassVar[Any] = known("consent")
    customer_id: str = Field(index=True)
    channel: str
    class_: str = Field(sa_column=sa.Column("class", sa.String, nullable=False))
    allowed: bool
    at: datetime = Field(sa_type=UtcTime)
    source: str | None = None


class Change(Table, table=True):
    """A row was written or deleted. Written in the same transaction as the row, deleted when a tick consumed it.

    `old_keys` and `new_keys` hold the relation columns (`{"contract_id": "K-1"}`) before and after the write, so that
    rules are evaluated for the rows it was related to and for those it is related to now. `old_keys` is null for an
    insert, `new_keys` for a delete.
    """

    __tablename__ = "change"
    __table_args__: ClassVar[Any] = (sa.Index("ix_change_entity_row", "entity", "row_id"),)
    id: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
    )
    entity: str
    row_id: str
    old_keys: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    new_keys: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    at: datetime = Field(sa_type=UtcTime)
    baseline: bool = False
    """Loaded with `--baseline`: it causes no notice."""
    consumed_by: str | None = None
    """The tick that is working on it; null if it arrived since that tick began. Without an index: it is nearly all."""


class KeptChange(Table, table=True):
    """The changes of a row that were consumed while a rule or check could not see them: it was set aside, or failed.

    All changes of one row are one record, so that the table cannot outgrow the state, however long a file stays broken.
    It says what a baseline touched to those that come back into force, and is emptied once all of them have.
    """

    __tablename__ = "kept_change"
    entity: str = Field(primary_key=True)
    row_id: str = Field(primary_key=True)
    baseline: bool = Field(primary_key=True)
    old_keys: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    """Before the first of the changes."""
    new_keys: dict[str, Any] | None = Field(default=None, sa_type=JSON_DOCUMENT)
    """After the last of them."""
    at: datetime = Field(sa_type=UtcTime)
    """The date of the last of them."""
