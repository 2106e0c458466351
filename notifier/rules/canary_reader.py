"""`first` and what goes with it in `limits`, and how many people `approval` asks for."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from notifier.model.types import NoticeClass
from notifier.rules import shapes
from notifier.rules.checked_rules import STOP_ABOVE, STOP_AT, Canary, Stops
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span, share
from notifier.rules.shapes import Shape

PEOPLE = {"one": 1, "two": 2}
"""How many people approve, by the word for it."""
_BESIDE_FIRST = ("then_wait", "stop_at", "stop_above")


def read_canary(limits: Fields, findings: Findings) -> Canary | None:
    """The canary of `limits`; None where there is none, or where it is wrong, which is added to `findings`."""
    first = limits.whole("first")
    if "first" not in limits:
        for key in _BESIDE_FIRST:
            if key in limits:
                findings.add(limits.key_place(key), f"'{key}' is for a canary; say with 'first' how many hear it first")
        return None
    if "then_wait" not in limits:
        findings.add(
            limits.key_place("first"), "'first' needs 'then_wait': how long the others wait after the last of the first"
        )
    if first is not None and first < 1:
        findings.add(limits.key_place("first"), "'first' is at least 1; remove it where all hear it at once")
    then_wait = limits.converted("then_wait", positive_span)
    stop_at = _stops(limits, "stop_at", shapes.STOP_AT, findings, _number, STOP_AT)
    stop_above = _stops(limits, "stop_above", shapes.STOP_ABOVE, findings, share, STOP_ABOVE)
    if first is None or first < 1 or then_wait is None:
        return None
    return Canary(first=first, then_wait=then_wait, stop_at=stop_at, stop_above=stop_above)


def read_approvals(policy: Fields, findings: Findings) -> Mapping[NoticeClass, int]:
    """How many people approve the notices of each class that `approval` of the policy names."""
    node = policy.node("approval")
    if node is None:
        return {}
    fields = Fields(node, shapes.APPROVAL_BY_CLASS, findings)
    said = {notice_class: fields.text(notice_class.value) for notice_class in NoticeClass}
    return {notice_class: PEOPLE[word] for notice_class, word in said.items() if word in PEOPLE}


def _stops(
    limits: Fields, key: str, shape: Shape, findings: Findings, read: Callable[[str], Decimal], default: Stops
) -> Stops:
    node = limits.node(key)
    if node is None:
        return default
    fields = Fields(node, shape, findings)
    return Stops(
        failures=fields.converted("failures", read) or default.failures,
        opt_outs=fields.converted("opt_outs", read) or default.opt_outs,
        replies=fields.converted("replies", read) or default.replies,
    )


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if number < 1:
        raise ValueError(f"'{text}' is less than 1; write 1000 where it may be any number")
    return number
