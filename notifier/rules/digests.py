"""SHA-256 of everything that decides what a rule or a check says: a new digest means a full pass.

Computed from data, not text: comments, quotes and layout of a file do not count, nor do entries that it does not use.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from importlib.metadata import version
from typing import Any

from notifier.model.problems import Place
from notifier.model.types import ChannelName
from notifier.rules.catalogue import Catalogue
from notifier.rules.checked import Policy
from notifier.rules.checked_checks import Check
from notifier.rules.checked_owners import Owner
from notifier.rules.checked_rules import DayKind, Rule
from notifier.rules.contact_terms import ContactRules
from notifier.rules.yaml_nodes import Node, plain

LAYOUT = "layout.html.j2"
"""The layout of every HTML mail whose template has none of its own."""
UNSAID_OF_OWNERS = ("chat", "steps", "back_after", "weekly")
"""How an owner is alerted decides nothing of what customers are told."""


def with_digests(rule: Rule, node: Node, catalogue: Catalogue) -> Rule:
    """The rule with its digest and those of its templates. `node` is what its author wrote."""
    templates = {name: template_digest(name, catalogue.templates) for name in rule.templates}
    owners = owners_of(rule)
    topics = {claim.topic for claim in rule.claims}
    digest = _digest(
        {
            "rule": _without_hush(plain(node)),
            "templates": templates,
            "topics": _named(topics, catalogue.topics),
            "owners": _named(owners, catalogue.owners),
            "exit": data_of(catalogue.contact_points[rule.exit]),
            "policy": _of_policy(catalogue.policy),
            "attributes": data_of(catalogue.schema.attributes),
            **_calendar(rule, catalogue),
            **_approved(rule, catalogue),
        }
    )
    return replace(rule, digest=digest, template_digests=templates)


def owners_of(rule: Rule) -> set[str]:
    """Everybody who has to do something about it."""
    decides = set() if rule.rescue is None or rule.rescue.decides is None else {rule.rescue.decides}
    return {rule.owner, *(action.owner for action in rule.plan)} | decides


def with_digest(check: Check, node: Node, catalogue: Catalogue) -> Check:
    """The check with its digest. `node` is what its author wrote."""
    digest = _digest(
        {
            "check": plain(node),
            "topic": data_of(catalogue.topics[check.topic]),
            "owner": data_of(catalogue.owners[check.owner]),
            "attributes": data_of(catalogue.schema.attributes),
            "supersedes": data_of(catalogue.supersedes),
        }
    )
    return replace(check, digest=digest)


def _without_hush(written: Any) -> Any:
    """What its author does not want to read of a rule decides nothing of what it says."""
    return {key: value for key, value in written.items() if key != "hush"} if isinstance(written, dict) else written


def _of_policy(policy: Policy) -> Any:
    """What the policy says. Where nobody approves anything by class, the digest is that of before there was this."""
    said = data_of(policy)
    if not policy.approvals:
        del said["approvals"]
    return said


def _calendar(rule: Rule, catalogue: Catalogue) -> dict[str, Any]:
    """What a rule depends on that counts working days or opening days: a new calendar moves its moments."""
    moments = (*rule.at, *([rule.until] if rule.until is not None else []))
    if all(moment.counted is DayKind.CALENDAR for moment in moments):
        return {}
    return {"hours": data_of(catalogue.hours), "holidays": version("holidays")}


def _approved(rule: Rule, catalogue: Catalogue) -> dict[str, Any]:
    """Which of its WhatsApp texts may be sent: an approval lets it speak there."""
    if ChannelName.WHATSAPP not in rule.channels:
        return {}
    own = [each for each in catalogue.approved_texts if each.template in rule.templates]
    texts = sorted([each.template, each.locale, each.body, each.content_sid or ""] for each in own)
    return {"approved": texts, "terms": catalogue.policy.contact.whatsapp_digest}


def template_digest(name: str, templates: Mapping[str, str]) -> str:
    """The digest of every file in the template's folder, and of the layout."""
    return _digest(
        {path: source for path, source in templates.items() if path == LAYOUT or path.startswith(f"{name}/")}
    )


def _named(names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data_of(values[name]) for name in names if name in values}


def data_of(value: Any) -> Any:
    """A checked value as JSON data, without file positions."""
    if isinstance(value, ContactRules):
        return value.digest
    if is_dataclass(value) and not isinstance(value, type):
        return {
            slot.name: data_of(getattr(value, slot.name))
            for slot in fields(value)
            if not isinstance(getattr(value, slot.name), Place)
            and not (isinstance(value, Owner) and slot.name in UNSAID_OF_OWNERS)
        }
    if isinstance(value, Mapping):
        return {str(key): data_of(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [data_of(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _digest(data: object) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
