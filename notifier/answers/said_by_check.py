"""What a check says, key by key, on one line each: two versions of it are held beside each other."""

from collections.abc import Iterable, Mapping, Sequence

from notifier.model.durations import duration_text
from notifier.rules.checked_checks import Check, Implied, Tolerance
from notifier.rules.checked_rules import Condition
from notifier.rules.expressions import Expression


def said_by_check(check: Check) -> Mapping[str, str]:
    """By the names of what is compared of a check; what it does not say is empty."""
    hold = check.hold
    return {
        "topic": check.topic,
        "topic_type": str(check.topic_type),
        "worse": check.worse or "",
        "implied": "" if check.implied is None else _implied(check.implied),
        "against": check.against or "",
        "on": _texts(check.on),
        "when": _conditions(check.when),
        "actual": _text(check.actual),
        "actual_currency": _text(check.actual_currency),
        "actual_tax_included": _text(check.actual_tax_included),
        "actual_until": _text(check.actual_until),
        "unit": check.unit or "",
        "valid_at": _texts(check.valid_at),
        "kept_when": _conditions(check.kept_when),
        "tolerance": _tolerance(check.tolerance),
        "surfaces_at": _text(check.surfaces_at),
        "warn": duration_text(check.warn),
        "owner": check.owner,
        "severity": check.severity,
        "hold": ", ".join([*(f"claims of {topic}" for topic in hold.topics), *hold.rules]),
        "avoids": check.avoids or "",
    }


def _implied(implied: Implied) -> str:
    when = _conditions(implied.when)
    return f"{implied.entity}: {_text(implied.value)}" + (f" when {when}" if when else "")


def _tolerance(tolerance: Tolerance) -> str:
    said = []
    if tolerance.share is not None:
        said.append(f"{(tolerance.share * 100).normalize():f} %")
    if tolerance.amount is not None:
        said.append(" ".join(filter(None, (f"{tolerance.amount:f}", tolerance.currency))))
    if tolerance.duration is not None:
        said.append(duration_text(tolerance.duration))
    return ", ".join(said)


def _conditions(conditions: Sequence[Condition]) -> str:
    return "; ".join(" ".join(condition.text.split()) for condition in conditions)


def _texts(expressions: Iterable[Expression]) -> str:
    return ", ".join(map(_text, expressions))


def _text(expression: Expression | None) -> str:
    return "" if expression is None else " ".join(expression.text.split())
