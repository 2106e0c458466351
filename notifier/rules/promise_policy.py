"""`supersedes` and `costs` of `rules/policy.yaml`: whose word goes before whose, and what the company is spared.

A promise that names another one in `replaces` takes its place where the matrix allows it. Where it does not, both
stand, and a check `against: promise` finds them where they disagree.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from notifier.model.problems import Place
from notifier.model.schema import Schema
from notifier.model.types import TopicType
from notifier.model.values import parse_value
from notifier.model.vocabulary import VALUES
from notifier.rules import shapes
from notifier.rules.catalogue_files import check_identifier
from notifier.rules.checked import Supersedes
from notifier.rules.checked_checks import Cost
from notifier.rules.checked_rules import PROMISE, Condition
from notifier.rules.conditions import Scope, parse_condition
from notifier.rules.fields import Fields, referred
from notifier.rules.findings import Findings
from notifier.rules.yaml_nodes import ListNode, Node, ScalarNode

SOURCES = VALUES[PROMISE]["source"]
NOTICE = "notice"
"""Our own notices never supersede anything, and nothing supersedes them."""
_SPOKEN = ("sales", "agent", "web", "social", "campaign", "robot")
DEFAULT_SUPERSEDES: Supersedes = {
    "contract": ("order", "quote", *_SPOKEN),
    "order": ("quote", *_SPOKEN),
    "quote": _SPOKEN,
    "agent": ("sales", "web", "social", "campaign", "robot", "customer"),
    "sales": ("web", "social", "campaign", "robot"),
    "customer": ("robot",),
    "web": ("robot",),
    "social": ("robot",),
    "campaign": ("robot",),
}
"""Where the project says nothing: what is signed goes before what is written, that before what is said by a person,
and all of them before a robot. Every source supersedes its own earlier word."""
_COST = re.compile(r"\s*(\S+)\s+([A-Z]{3})\s*")


def read_supersedes(node: Node | None, findings: Findings) -> Supersedes:
    """The matrix; each source of it replaces the default of that source alone."""
    matrix = dict(DEFAULT_SUPERSEDES)
    for entry in () if node is None else Fields(node, shapes.POLICY_FILE, findings).named("supersedes"):
        known = [source for source in SOURCES if source != NOTICE]
        referred(entry.key, known, "source", "promises that supersede", findings)
        nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
        named = [each for each in nodes if isinstance(each, ScalarNode) and each.value is not None]
        if len(named) < len(nodes):
            findings.add(entry.value.place, f"'{entry.key.text}' supersedes sources; write them like [quote, sales]")
        matrix[entry.key.text] = tuple(
            referred(each, known, "source", "promises that are superseded", findings) for each in named
        )
    return matrix


def read_costs(node: Node | None, findings: Findings) -> Mapping[str, Cost]:
    """`truck_roll: 45000 COP`."""
    costs = {}
    for entry in () if node is None else Fields(node, shapes.POLICY_FILE, findings).named("costs"):
        check_identifier(entry.key, findings)
        text = entry.value.text if isinstance(entry.value, ScalarNode) else ""
        written = _COST.fullmatch(text)
        if written is None:
            findings.add(entry.value.place, f"'{text[:40]}' is no cost; write an amount and its currency: 45000 COP")
            continue
        try:
            amount = parse_value(TopicType.MONEY, written[1], written[2])
        except ValueError as error:
            findings.add(entry.value.place, str(error))
            continue
        assert isinstance(amount, Decimal)
        costs[entry.key.text] = Cost(amount=amount, currency=written[2])
    return costs


def may_supersede(supersedes: Supersedes, source: str, other: str) -> bool:
    """Whether a promise of `source` may take the place of one of `other`."""
    return NOTICE not in (source, other) and (source == other or other in supersedes.get(source, ()))


def not_superseded(supersedes: Supersedes, name: str, schema: Schema) -> Condition:
    """That no open promise about the same has taken the place of the promise called `name`."""
    by = {
        other: [source for source in SOURCES if may_supersede(supersedes, source, other)]
        for other in SOURCES
        if other != NOTICE
    }
    pairs = " or ".join(f"{name}.source == '{other}' and s.source in {sources}" for other, sources in by.items())
    text = (
        f"not {name}.successors.exists(s, s.state == 'open' and s.id != {name}.id and s.topic == {name}.topic "
        f"and ({pairs}))"
    )
    return parse_condition(text, Scope(schema, {name: PROMISE}), Place("rules/policy.yaml"))
