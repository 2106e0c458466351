"""What rule files need of a project: their texts, topics, owners and ways out, read from the files themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from notifier.rules.texts_by_value import BY
from notifier.rules.yaml_nodes import plain
from notifier.rules.yaml_reader import read_yaml


@dataclass
class Needs:
    """Names that a project must know before it can have the files."""

    templates: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    """With every claim's name, which is a topic where a project has one of that name."""
    owners: set[str] = field(default_factory=set)
    exits: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    """Those that a check holds."""
    names: set[str] = field(default_factory=set)
    """The rules and checks that stand in the files."""


def needs_of(contents: Iterable[str]) -> Needs:
    """What these rule files need together. Raises ProblemsError where one is not YAML."""
    needs = Needs()
    for content in contents:
        node = read_yaml(content.encode(), "rules")
        document = plain(node) if node is not None else None
        if isinstance(document, dict):
            for rule in _mappings(document.get("rules")):
                _take_rule(rule, needs)
            for check in _mappings(document.get("checks")):
                _take_check(check, needs)
    return needs


def _take_rule(rule: dict[str, object], needs: Needs) -> None:
    needs.names |= _texts(rule.get("rule"))
    needs.templates |= _chosen(rule.get("template"))
    needs.owners |= _texts(rule.get("owner"))
    needs.exits |= _texts(rule.get("exit"))
    claims = rule.get("claims")
    for name, claim in claims.items() if isinstance(claims, dict) else ():
        needs.topics |= {name} | (_texts(claim.get("topic")) if isinstance(claim, dict) else set())
    for follow_up in _mappings(rule.get("follow_up")):
        needs.templates |= _chosen(follow_up.get("template"))
    rescue = rule.get("rescue")
    if isinstance(rescue, dict):
        needs.owners |= _texts(rescue.get("decides"))
    for action in _mappings(rule.get("plan")):
        needs.owners |= _texts(action.get("owner"))


def _take_check(check: dict[str, object], needs: Needs) -> None:
    needs.names |= _texts(check.get("check"))
    needs.topics |= _texts(check.get("promise"))
    needs.owners |= _texts(check.get("owner"))
    hold = check.get("hold")
    if isinstance(hold, dict):
        needs.topics |= _texts(hold.get("topics"))
        needs.rules |= _texts(hold.get("rules"))


def _chosen(template: object) -> set[str]:
    """The one template, or those of all values: `{ by: appointment.kind, repair: …, else: … }`."""
    if not isinstance(template, dict):
        return _texts(template)
    return {name for key, value in template.items() if key != BY for name in _texts(value)}


def _mappings(value: object) -> Iterator[dict[str, object]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _texts(value: object) -> set[str]:
    """A text, or the texts of a list."""
    return {item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)}
