"""How many recipients a rule may reach before a person must approve: the blast radius."""

from datetime import timedelta

from notifier.model.notices import Reason, ReasonCode
from notifier.model.types import ValueType
from notifier.planning.situation import Action, Intent
from notifier.rules.checked_rules import DEFAULT_RECIPIENTS, Rule
from notifier.rules.row_paths import is_bounded

WINDOW = timedelta(hours=24)
SHARE_APPLIES_ABOVE = 50
"""Below this many recipients a share of a small customer base says nothing."""


def is_limited(rule: Rule) -> bool:
    """Whether any limit applies to the rule."""
    return _recipients(rule) is not None or rule.limits.share is not None or rule.limits.canary is not None


def asks_limits(intent: Intent) -> bool:
    """Whether the limits decide if it is told: not what is not to be told, nor what they let pass before."""
    if intent.action not in (Action.PLAN, Action.RESEND) or intent.reason is not None:
        return False
    known = intent.known
    return known is None or not known.passed_limits or known.approved_digest is not None


def tells_one_a_row(rule: Rule) -> bool:
    """Whether each row of `each`, or each of the rule's rows where it has none, has one recipient at most."""
    return rule.to.type is not ValueType.ENTITIES


def is_share_weighed(rule: Rule, reached: int) -> bool:
    """Whether this number of recipients brings the rule's share into play, and with it the number of all customers."""
    return rule.limits.share is not None and reached > SHARE_APPLIES_ABOVE


def exceeded(rule: Rule, reached: int, customers: int) -> Reason | None:
    """Why the whole batch must wait, or None. A number that passes lets every smaller one pass.

    `reached` counts the distinct recipients of the last 24 h with those of this batch; `customers` how many there are,
    which counts only where `is_share_weighed`.
    """
    limit = _recipients(rule)
    if limit == 0 and reached:
        return Reason(
            code=ReasonCode.LIMIT, text="each notice of this rule waits until a person has approved its words"
        )
    if limit is not None and reached > limit:
        text = f"{reached} recipients in 24 h are more than the rule's limit of {limit}; a person must approve"
        return Reason(code=ReasonCode.LIMIT, text=text)
    share = rule.limits.share
    if share is not None and is_share_weighed(rule, reached) and reached > share * customers:
        text = (
            f"{reached} recipients in 24 h are more than {(share * 100).normalize():f} % of {customers} customers; "
            "a person must approve"
        )
        return Reason(code=ReasonCode.LIMIT, text=text)
    return None


def _recipients(rule: Rule) -> int | None:
    if rule.limits.recipients is not None:
        return rule.limits.recipients
    return None if rule.each is None and is_bounded(rule.to) else DEFAULT_RECIPIENTS
