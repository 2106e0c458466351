"""The blast radius of a rule."""

from dataclasses import replace
from decimal import Decimal

from notifier.model.types import ValueType
from notifier.planning.limits import exceeded, is_limited
from notifier.rules.checked_rules import Limits
from notifier.rules.expressions import Expression
from tests.planning.builders import RULE


def test_a_rule_to_one_recipient_a_row_has_no_limit_of_its_own() -> None:
    assert not is_limited(RULE)
    assert exceeded(RULE, 10_000, 10_000) is None


def test_a_rule_to_many_recipients_a_row_may_reach_500() -> None:
    rule = replace(RULE, to=Expression(type=ValueType.ENTITIES, entity="customer"))
    assert exceeded(rule, 500, 10_000) is None
    reason = exceeded(rule, 501, 10_000)
    assert reason is not None
    assert reason.text == "501 recipients in 24 h are more than the rule's limit of 500; a person must approve"


def test_a_share_counts_above_fifty_recipients_only() -> None:
    rule = replace(RULE, limits=Limits(share=Decimal("0.10")))
    assert exceeded(rule, 50, 100) is None
    reason = exceeded(rule, 51, 100)
    assert reason is not None
    assert "more than 10 % of 100 customers" in reason.text
    assert exceeded(rule, 51, 510) is None
