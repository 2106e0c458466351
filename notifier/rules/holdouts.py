"""`holdout` of a rule: a share of its customers is not told for a time, so that it can be seen what telling changes.

Refused where not being told hurts: danger, what is owed by law or by word, what makes good, what tries something else.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from notifier.model.holdouts import CONTACTS_WITHIN, MOST_HELD_OUT, Holdout
from notifier.model.texts import problem_of
from notifier.model.types import NoticeClass
from notifier.rules import shapes
from notifier.rules.catalogue import REASONS, Catalogue
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Expression
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span, share

_OWED = {"promise": "a promise", "admission": "an admission"}
"""Entities of which a notice speaks that is owed to whoever hears it."""


def read_holdout(fields: Fields, catalogue: Catalogue, findings: Findings) -> Holdout | None:
    """The holdout of a rule, as it is written; what is wrong with it is added to `findings`."""
    node = fields.node("holdout")
    if node is None:
        return None
    said = Fields(node, shapes.HOLDOUT, findings)
    part = said.converted("share", _share)
    until = said.converted("until", _day)
    within = said.converted("within", positive_span)
    decided_by = said.text("decided_by").strip()
    if decided_by and (wrong := problem_of(decided_by)) is not None:
        findings.add(said.key_place("decided_by"), f"'decided_by' {wrong}")
    contacts = said.references("contacts", catalogue.reasons, "reason", REASONS)
    if part is None or until is None:
        return None
    return Holdout(
        name=said.text("name") or fields.text("rule"),
        share=part,
        until=until,
        decided_by=decided_by,
        contacts=contacts,
        within=within or CONTACTS_WITHIN,
    )


def refuse_holdout(rule: Rule, fields: Fields, findings: Findings) -> None:
    """Add why nobody may be held out of this rule."""
    for why in _why_not(rule) if rule.holdout is not None else ():
        findings.add(fields.key_place("holdout"), f"nobody is held out of {why}; remove 'holdout'")


def _why_not(rule: Rule) -> Iterator[str]:
    """What such a rule is, of which everybody has to hear."""
    if rule.notice_class is NoticeClass.SAFETY:
        yield "a rule of class safety: danger is told to everybody"
    if rule.duty is not None:
        yield f"what is a duty ({rule.duty})"
    owed = {each.entity for each in _read_by(rule)} | {rule.about}
    for entity, what in _OWED.items():
        if entity in owed:
            yield f"a rule that reads {what}: what was promised, or went wrong, is told to everybody"
    if rule.limits.canary is not None:
        yield "a rule with 'limits: first': two trials at once show the effect of neither"
    if rule.shadow:
        yield "a rule in shadow, which tells nobody"


def _read_by(rule: Rule) -> Iterator[Expression]:
    expressions = [
        *(condition.expression for condition in (*rule.when, *rule.unless)),
        *(claim.expression for claim in rule.claims),
        *(moment.anchor for moment in (*rule.at, *([rule.until] if rule.until is not None else []))),
        rule.to,
        *([rule.each] if rule.each is not None else []),
    ]
    for expression in expressions:
        yield from expression.walk()


def _share(text: str) -> Decimal:
    part = share(text)
    if part > MOST_HELD_OUT:
        most = f"{(MOST_HELD_OUT * 100).normalize():f}%"
        raise ValueError(f"{text} of the customers are more than may be held out; {most} at most")
    return part


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a day; write it like 2026-06-30") from error
