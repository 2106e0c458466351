"""The texts that the enumerated columns of the business state allow, and the CHECK constraints that hold them.

The states are TM Forum's, in snake_case. Imports report which row and column is wrong; the constraints only protect
the assumptions of code.
"""

from collections.abc import Mapping

import sqlalchemy as sa

from notifier.model.types import CUSTOMER_CHANNELS, NoticeClass

VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customer": {"preferred_channel": CUSTOMER_CHANNELS},
    "representative": {"role": ("parent", "guardian", "carer", "partner", "assistant", "seller", "other")},
    "site_day": {"kind": ("normal", "reduced", "closed", "extended")},
    "contract": {"status": ("pending", "active", "suspended", "cancelled", "terminated")},
    "order": {"status": ("acknowledged", "in_progress", "held", "shipped", "completed", "cancelled", "failed")},
    "appointment": {
        "kind": ("installation", "repair", "delivery", "reservation", "visit"),
        "status": ("initialized", "confirmed", "completed", "cancelled", "failed"),
    },
    "charge": {"kind": ("recurring", "one_off", "installation", "tax", "fee", "discount")},
    "incident": {
        "kind": ("outage", "maintenance", "delay", "other"),
        "status": ("planned", "acknowledged", "in_progress", "resolved", "closed", "cancelled"),
    },
    "promise": {
        "source": (
            *("sales", "quote", "contract", "order", "campaign", "web", "social", "agent", "robot"),
            *("customer", "notice"),
        ),
        "state": ("open", "kept", "broken", "superseded", "withdrawn"),
        "subject_type": ("contract", "order", "appointment", "site", "customer", "charge", "incident"),
    },
    "contact": {
        "channel": ("phone", "chat", "email", "sms", "whatsapp", "social", "shop"),
        "direction": ("inbound", "outbound"),
        "outcome": ("answered", "unanswered", "solved", "open", "cancel"),
    },
    "admission": {"status": ("decided", "withdrawn")},
    "consent": {"channel": CUSTOMER_CHANNELS, "class": tuple(NoticeClass)},
}
"""The texts an enumerated column allows (TM Forum's states, in snake_case)."""


def known(entity: str, *, money: str | None = None) -> tuple[sa.CheckConstraint, ...]:
    """The CHECK constraints of an entity's table; `money` is its amount column, which requires a currency."""
    constraints = []
    for column, values in VALUES.get(entity, {}).items():
        allowed = ", ".join(f"'{value}'" for value in values)
        constraints.append(sa.CheckConstraint(f"{column} IN ({allowed})", name=f"known_{column}"))
    if money is not None:
        constraints.append(sa.CheckConstraint(f"{money} IS NULL OR currency IS NOT NULL", name=f"{money}_has_currency"))
    return tuple(constraints)
