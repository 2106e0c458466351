"""How much one rule or check may say: what both databases take with room to spare, said where it is written.

A rule becomes one statement. SQLite takes 1,000 levels of an expression, and each condition of a list is one; found out
at a tick, that would be an error of the database that nobody who writes rules understands.
"""

from collections.abc import Mapping

from notifier.rules.fields import Fields
from notifier.rules.findings import Findings

MOST_CONDITIONS = 100
MOST_MOMENTS = 24
MOST_CLAIMS = 100
MOST_FOLLOW_UPS = 50
MOST_CHARACTERS = 20_000
"""Of all conditions of one rule together: each of them may have 4,000."""

_CONDITIONS = ("when", "unless", "kept_when")
_LISTS: Mapping[str, int] = {
    **dict.fromkeys(_CONDITIONS, MOST_CONDITIONS),
    **dict.fromkeys(("at", "until"), MOST_MOMENTS),
}


def within_limits(fields: Fields, findings: Findings) -> bool:
    """Whether every list is short enough; adds a problem for each that is not, at its first entry too many.

    One that is far too long is not read any further: its problems would bury this one.
    """
    before = len(findings.problems)
    characters = 0
    for key, most in _LISTS.items():
        nodes = fields.scalars(key) if key in fields else ()
        if len(nodes) > most:
            what = "conditions" if key in _CONDITIONS else "moments"
            many = f"'{key}' has {len(nodes):,} {what}, {most} are allowed; make it several rules"
            findings.add(nodes[most].place, many)
        characters += sum(len(node.text) for node in nodes) if key in _CONDITIONS else 0
    if characters > MOST_CHARACTERS and len(findings.problems) == before:
        findings.add(
            fields.place,
            f"its conditions have {characters:,} characters together, {MOST_CHARACTERS:,} are allowed; make it several "
            "rules, or bring a field of the state that says it",
        )
    if "claims" in fields and len(claims := fields.named("claims")) > MOST_CLAIMS:
        findings.add(
            claims[MOST_CLAIMS].key.place, f"{len(claims):,} claims, {MOST_CLAIMS} are allowed; leave some out"
        )
    if "follow_up" in fields and len(items := fields.items("follow_up")) > MOST_FOLLOW_UPS:
        findings.add(items[MOST_FOLLOW_UPS].place, f"{len(items):,} follow-ups, {MOST_FOLLOW_UPS} are allowed")
    return len(findings.problems) == before
