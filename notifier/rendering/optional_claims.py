"""Which claims may have no value, so that texts have to guard against it."""

from notifier.model.types import ValueType
from notifier.rules.aggregates import Aggregated
from notifier.rules.checked_rules import Rule
from notifier.rules.expressions import Attribute, Choice, Column, Expression, Forecast, Sum
from notifier.rules.row_paths import picked


def may_be_none(expression: Expression, rule: Rule) -> bool:
    """Whether a claim's column, forecast or figure of rows may be null and the rule does not read it elsewhere.

    A column that a condition or a moment reads is assumed to be there: a null anchor is not true, and an author who
    tests a column has thought of null.
    """
    if isinstance(expression, Choice):
        asked = set(expression.condition.walk())
        branches = (expression.if_true, expression.if_false)
        return any(
            branch.type is ValueType.NULL or (branch not in asked and may_be_none(branch, rule)) for branch in branches
        )
    figure = isinstance(expression, Aggregated) or (isinstance(expression, Sum) and expression.currency is not None)
    if not figure and not isinstance(expression, Attribute | Column | Forecast):
        return False
    if isinstance(expression, Column) and not expression.field.nullable and picked(expression.row) is None:
        return False
    read = [condition.expression for condition in (*rule.when, *rule.unless)]
    read += [moment.anchor for moment in (*rule.at, *([rule.until] if rule.until else []))]
    return not any(node == expression for expression_read in read for node in expression_read.walk())
