"""What the rules and checks of one project may refer to, and the files that declare it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from notifier.model.reasons import Reason
from notifier.model.schema import Schema
from notifier.rules.checked import ApprovedText, HoursException, Policy, Supersedes
from notifier.rules.checked_checks import Cost, Topic
from notifier.rules.checked_owners import ContactPoint, Owner
from notifier.rules.checked_rules import OTHER, PROMISE, Condition
from notifier.rules.fields import referred
from notifier.rules.findings import Findings
from notifier.rules.journey import Journey
from notifier.rules.promise_policy import not_superseded
from notifier.rules.yaml_nodes import ScalarNode

TOPICS = "rules/topics.yaml"
OWNERS = "rules/owners.yaml"
CONTACT_POINTS = "rules/contact_points.yaml"
HOURS = "rules/hours.yaml"
POLICY = "rules/policy.yaml"
ATTRIBUTES = "rules/attributes.yaml"
CAMPAIGNS = "rules/campaigns.yaml"
JOURNEY = "rules/journey.yaml"
CAUSES = "rules/causes.yaml"
REASONS = "rules/reasons.yaml"
AUTHORITY = "rules/authority.yaml"
PUBLISHED = "rules/published.yaml"
WHATSAPP = "rules/whatsapp.yaml"


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything read before the rules."""

    schema: Schema
    topics: Mapping[str, Topic]
    unusable_topics: Collection[str] = ()
    """Declared, but with a problem of their own: what refers to them is set aside, too."""
    owners: Mapping[str, Owner]
    contact_points: Mapping[str, ContactPoint]
    policy: Policy
    hours: tuple[HoursException, ...] = ()
    supersedes: Supersedes
    costs: Mapping[str, Cost]
    templates: Mapping[str, str]
    journey: Journey | None = None
    """None without `rules/journey.yaml`: then touchpoints are free text."""
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    """Why people get in touch."""
    approved_texts: tuple[ApprovedText, ...] = ()
    rule_names: Collection[str]
    """The names of all rules, including those with problems: what a check may hold."""

    @cached_property
    def not_superseded(self) -> Mapping[str, Condition]:
        """By the name of a promise: that no open promise has taken its place.

        It is read once for all checks, because it is longer than what a check itself says: read for each of 45
        checks, it took half of the time of all rules.
        """
        return {name: not_superseded(self.supersedes, name, self.schema) for name in (PROMISE, OTHER)}

    @property
    def template_names(self) -> frozenset[str]:
        """The folders under templates/."""
        return frozenset(path.split("/", 1)[0] for path in self.templates if "/" in path)

    def topic(self, node: ScalarNode, findings: Findings) -> Topic | None:
        """The topic that the text names; None, with a problem added, where there is no usable one."""
        if node.text in self.unusable_topics:
            findings.add(node.place, f"the topic '{node.text}' has a problem of its own; see {TOPICS}")
            return None
        return self.topics.get(referred(node, self.topics, "topic", TOPICS, findings))
