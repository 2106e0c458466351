"""`holdout` of a rule: a share of its customers is not told for a time, so that it can be seen what telling changes.

Refused where not being told hurts: danger, what is owed by law or by word, what makes good, what tries something else.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from notifier.model.holdouts import CONTACTS_WITHIN, MOST_HELD_OUT, Holdout
from notifier.model.texts import problem_of
from notifier.model.types import NoticeClass
from notifier.rules import shapes
from notifier.rules.catalogue import REASONS, Catalogue
from notifier.rules.checked import Rule
from notifier.rules.expressions import Expression
from notifier.rules.fields import Fields
from notifier.rules.findings import Findings
from notifier.rules.quantities import positive_span, share

_OWED = {"promise": "a promise", "admission": "an admission"}
"""Entities of which a notice speaks that is owed to whoever hears it."""


def with_holdout(rule: Rule, fields: Fields, catalogue: Catalogue, findings: Findings) -> Rule:
    """The rule with its holdout, as far as it may have one; what is wrong is added to `findings`."""
    node = fields.node("holdout")
    if node is None:
        return rule
    said = Fields(node, shapes.HOLDOUT, findings)
    place = fields.key_place("holdout")
    for why in _why_not(rule):
        findings.add(place, f"nobody is held out of {why}; remove 'holdout'")
    part = said.converted("share", _share)
    until = said.converted("until", _day)
    within = said.converted("within", positive_span)
    decided_by = said.text("decided_by").strip()
    if decided_by and (wrong := problem_of(decided_by)) is not None:
        findings.add(said.key_place("decided_by"), f"'decided_by' {wrong}")
    contacts = said.references("contacts", catalogue.reasons, "reason", REASONS)
    if findings or part is None or until is None:
        return rule
    holdout = Holdout(
        name=said.text("name") or rule.name,
        share=part,
        until=until,
        decided_by=decided_by,
        contacts=contacts,
        within=within or CONTACTS_WITHIN,
    )
    return replace(rule, holdout=holdout)


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
