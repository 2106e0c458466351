"""What a statement of a check found, as the promise or the fact that a row says."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from notifier.model.columns import EPOCH
from notifier.model.contradictions import OtherWord
from notifier.model.types import TopicType
from notifier.model.values import canonical, parse_canonical
from notifier.promises.assess import FactRow
from notifier.promises.compare import ComparedValue
from notifier.promises.found_values import summands_of, truth_of, typed
from notifier.promises.records import PromiseRow
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import PROMISE


def read_promise(check: Check, row: sa.Row[Any]) -> PromiseRow:
    """A row of `CheckQuery.promises`."""
    if check.implied is None:
        return PromiseRow(**row._mapping)
    topic_type, values = check.topic_type, dict(row._mapping)
    value = typed(check, values.pop("value"))
    is_promised = values.pop("is_promised") and value is not None
    return PromiseRow(
        **values,
        value="" if value is None else canonical(topic_type, value),
        topic=check.topic,
        state="open" if is_promised else "no longer made",
        source=check.implied.entity,
        made_by=None,
        made_at=EPOCH,
        evidence=None,
    )


def read_fact(check: Check, row: sa.Row[Any] | SimpleNamespace) -> FactRow:
    """A row of `CheckQuery.disagreeing` or `members`."""
    if check.kept_when:
        nothing = ComparedValue(type=check.topic_type, value=None)
        return FactRow(value=nothing, surfaces_at=row.surfaces_at, is_kept=bool(row.is_kept))
    if check.of_promises:
        return _other_promise(check, row)
    money = check.topic_type is TopicType.MONEY
    summands = summands_of(row.summands, check.actual)
    currencies = {each.currency for each in summands} or {row.currency if money else None}
    taxes = {each.tax_included for each in summands} - {None} or {row.tax_included}
    value = ComparedValue(
        type=check.topic_type,
        value=typed(check, row.actual, row.actual_until),
        currency=(currencies.pop() or None) if len(currencies) == 1 else None,
        tax_included=truth_of(taxes.pop()) if len(taxes) == 1 else None,
        summands=summands,
    )
    return FactRow(entity=row.fact_type, id=row.fact_id, value=value, surfaces_at=row.surfaces_at)


def _other_promise(check: Check, row: sa.Row[Any] | SimpleNamespace) -> FactRow:
    topic_type = check.topic_type
    value = ComparedValue(
        type=topic_type,
        value=parse_canonical(topic_type, row.actual),
        currency=row.currency or None,
        tax_included=truth_of(row.tax_included),
    )
    said = OtherWord(source=row.source, by=row.made_by, at=row.made_at, evidence=row.evidence)
    return FactRow(entity=PROMISE, id=row.fact_id, value=value, surfaces_at=row.surfaces_at, said=said)
