"""Rules and checks become tables: when they speak, about what, and who answers for them."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text

from notifier.model.durations import duration_text
from notifier.rules.checked import Check, Rule


def rules_table(rules: Iterable[Rule]) -> Table:
    """One row a rule."""
    table = _table("rule", "about", "speaks", "owner", "class")
    for rule in rules:
        table.add_row(
            Text(rule.name, style="bold"), _about(rule), _speaks(rule), f"{rule.owner}", rule.notice_class.value
        )
    return table


def checks_table(checks: Iterable[Check]) -> Table:
    """One row a check."""
    table = _table("check", "promise", "against", "owner", "severity", "holds")
    for check in checks:
        against = check.actual.text if check.actual is not None else "kept when it happens in time"
        holds = [*(f"topic {topic}" for topic in check.hold.topics), *check.hold.rules]
        table.add_row(
            Text(check.name, style="bold"),
            check.topic,
            against,
            check.owner,
            check.severity,
            "\n".join(holds),
        )
    return table


def _about(rule: Rule) -> str:
    return rule.about if rule.each_name is None else f"{rule.about}, {rule.each_name}"


def _speaks(rule: Rule) -> str:
    if rule.at:
        return "\n".join(moment.text for moment in rule.at)
    return f"while true, every {duration_text(rule.repeat)}" if rule.repeat else "when it becomes true"


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
