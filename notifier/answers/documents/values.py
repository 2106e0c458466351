"""The parts that JSON documents share: instants, amounts of money, claims, and the text that a document becomes.

Every JSON document that leaves the product is made in this package. Keys are identifiers in a fixed order, instants are
RFC 3339 in UTC with `Z`, an amount is exact text next to its currency: the same values give the same bytes. The type of
a document is its contract, and `docs/schemas/` is written from these types.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import WithJsonSchema
from typing_extensions import TypedDict  # from `typing`, Pydantic reads it from Python 3.12 on

from notifier.evaluation.reading import JsonScalar
from notifier.model.digests import canonical_number
from notifier.model.instants import utc_text
from notifier.model.notices import Claims, ClaimValue
from notifier.model.quantities import Quantity
from notifier.model.types import TopicType
from notifier.model.values import canonical
from notifier.model.windows import Window

Instant = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"},
    ),
]
"""ISO 8601 in UTC: `2026-03-05T15:00:00Z`."""
ExactNumber = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"})]
"""`111860.5`: a JSON number would be read as binary floating point."""


class MoneyDocument(TypedDict):
    """An amount of money, exact."""

    amount: ExactNumber
    currency: str | None
    """ISO 4217."""


ClaimDocument = MoneyDocument | bool | int | float | str | None
"""A claim as a plain JSON value: a duration is seconds as text (`3600s`), null is a fact that is not known.

Percents, quantities and windows are canonical texts: `20%`, `200 Mbit/s`, two instants with a slash."""
RowDocument = dict[str, ClaimDocument]
ClaimsDocument = dict[str, ClaimDocument | list[RowDocument]]
"""The claims by name. A list has one mapping a row: `"visits": [{"starts_at": "2026-03-05T15:00:00Z"}]`."""
EvidenceDocument = dict[str, JsonScalar]
"""Each part of a condition with the value it had. Exact numbers are text, so are instants."""


def json_text(document: object) -> str:
    """The document as indented JSON; letters stay letters."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def instant_or_null(value: datetime | None) -> Instant | None:
    """The aware instant, where there is one."""
    return None if value is None else utc_text(value)


def money_document(amount: Decimal, currency: str | None) -> MoneyDocument:
    """The amount without trailing zeros."""
    return {"amount": canonical_number(amount), "currency": currency}


def claims_document(claims: Claims, beside: Sequence[Claims] = ()) -> ClaimsDocument:
    """The claims by name. `beside`: those of the other notices whose rows are in the same message."""
    document: ClaimsDocument = {}
    for name, claim in claims.items():
        of_list, _, _ = name.rpartition(".")
        if not of_list:
            document[name] = _claim(claim)
        elif of_list not in document:
            document[of_list] = [_row(of_list, each) for each in (claims, *beside)]
    return document


def _row(of_list: str, claims: Claims) -> RowDocument:
    """What one notice says in the list."""
    named = ((name.rpartition("."), claim) for name, claim in claims.items())
    return {shown: _claim(claim) for (name, _, shown), claim in named if name == of_list}


def _claim(claim: ClaimValue) -> ClaimDocument:
    value = claim.value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Quantity | Window):
        return canonical(claim.type, value)
    if not isinstance(value, Decimal):
        return value
    match claim.type:
        case TopicType.PERCENT:
            return canonical(claim.type, value)
        case TopicType.MONEY:
            return money_document(value, claim.currency)
        case TopicType.DURATION:
            return f"{canonical_number(value)}s"
    return int(value) if value == value.to_integral_value() else float(value)
