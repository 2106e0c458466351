"""Rules and checks become tables: when they speak, about what, and who answers for them."""

from collections.abc import Iterable

from rich.text import Text

from notifier.cli.shown.listing import Listing
from notifier.model.durations import duration_text
from notifier.rules.checked_checks import Check
from notifier.rules.checked_rules import Rule


def rules_table(rules: Iterable[Rule]) -> Listing:
    """Two lines a rule."""
    table = Listing("rule", "speaks", "owner")
    for rule in rules:
        table.add(
            Text.assemble((rule.name, "bold"), (f"\nabout {_about(rule)}", "dim")),
            f"{_speaks(rule)}\nin shadow: tells nobody" if rule.shadow else _speaks(rule),
            Text.assemble(rule.owner, (f"\n{rule.notice_class.value}", "dim")),
        )
    return table


def checks_table(checks: Iterable[Check]) -> Listing:
    """Two lines a check."""
    table = Listing("check", "compares", "owner")
    for check in checks:
        fact = check.actual.text if check.actual is not None else "what must happen in time"
        holds = ", ".join([*(f"claims of {topic}" for topic in check.hold.topics), *check.hold.rules])
        table.add(
            Text.assemble((check.name, "bold"), (f"\nholds {holds}" if holds else "", "dim")),
            f"{check.topic} with {fact}",
            Text.assemble(check.owner, (f"\n{check.severity}", "dim")),
        )
    return table


def _about(rule: Rule) -> str:
    return rule.about if rule.each_name is None else f"{rule.about}, {rule.each_name}"


def _speaks(rule: Rule) -> str:
    if rule.at:
        return "\n".join(moment.text for moment in rule.at)
    return f"while true, every {duration_text(rule.repeat)}" if rule.repeat else "when it becomes true"
