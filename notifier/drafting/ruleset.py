"""A project made ready to run: rules and checks with their statements, and the renderer. Built once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from notifier.evaluation.day_counts import DayCounts
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.promises.check_query import CheckQuery
from notifier.rendering.renderer import Renderer
from notifier.rules.checked import Owner, Project
from notifier.rules.expressions import Expression

CALENDAR = "site_day"
"""The entity of the days of sites."""
UNKNOWN_ZONE = "UTC"
"""Where a time of day is taken for somebody whose zone nobody knows: the notice is held then, whatever the hour."""


@dataclass(frozen=True, kw_only=True)
class Ruleset:
    """A project made ready to run: its rules and checks with their statements, and its renderer. Built once."""

    project: Project
    rule_queries: Mapping[str, RuleQuery]
    check_queries: Mapping[str, CheckQuery]
    renderer: Renderer
    defaults: Defaults
    unavailable: frozenset[ChannelName] = frozenset()
    """Channels without a provider: notices skip them, as where the customer has no address."""
    operations: Owner | None = None
    """Who is alerted where something is set aside; None: the owners of what is."""
    edited: Project | None = None
    """A newer version of the project that has errors, so that this one stays in force."""

    @cached_property
    def reads_calendar(self) -> bool:
        """Whether a rule or check looks at the days of sites: then a new day is news by itself."""
        rules, checks = self.project.rules.values(), self.project.checks.values()
        roots: list[Expression | None] = [path for rule in rules for path in (rule.each, rule.to)]
        roots += [condition.expression for rule in rules for condition in (*rule.when, *rule.unless)]
        roots += [claim.expression for rule in rules for claim in rule.claims]
        roots += [each.expression for rule in rules for follow_up in rule.follow_up for each in follow_up.when]
        roots += [moment.anchor for rule in rules for moment in (*rule.at, *((rule.until,) if rule.until else ()))]
        roots += [each.expression for check in checks for each in (*check.when, *check.kept_when)]
        roots += [path for check in checks for path in (*check.on, check.actual, check.surfaces_at, *check.valid_at)]
        named = {rule.about for rule in rules} | {check.against for check in checks}
        return CALENDAR in named or any(
            node.entity == CALENDAR for root in roots if root is not None for node in root.walk()
        )


def ruleset_of(
    project: Project,
    renderer: Renderer,
    defaults: Defaults,
    unavailable: frozenset[ChannelName] = frozenset(),
    operations: Owner | None = None,
) -> Ruleset:
    """The ruleset of a project."""
    day_counts = DayCounts(project.hours)
    return Ruleset(
        project=project,
        rule_queries={
            name: RuleQuery(
                rule,
                project.schema,
                defaults.timezone or UNKNOWN_ZONE,
                default_country=defaults.country,
                day_counts=day_counts,
            )
            for name, rule in project.rules.items()
        },
        check_queries={name: CheckQuery(check, project.schema) for name, check in project.checks.items()},
        renderer=renderer,
        defaults=defaults,
        unavailable=unavailable,
        operations=operations,
    )


@dataclass(frozen=True, kw_only=True)
class DraftOptions:
    """How a pass is made."""

    live: bool = False
    full: bool = False
    """Evaluate every row, and not only what changed or fell due. It finds nothing more: a property test holds that."""
    everything: bool = False
    """Also yield what is unchanged or was told already: what preview shows."""
    rules: Collection[str] | None = None
    """Only these rules, and no checks; None means all."""
    customer: str | None = None
    """Only what is about rows of which somebody with this id is, or was, a recipient. What others are told counts for
    a rule's limits all the same."""
    resend: Mapping[str, ChannelName] = field(default_factory=dict)
    """Told occurrences of which a message is about to go on one more channel: for `redraft`, which answers for each."""
    batch_size: int = 2_000
    """Subjects whose drafts are committed together. It bounds memory, and how long other writers wait (0.4 s). Each
    commit writes much of the index of references anew: with 1,000, a flood of 200,000 notices leaves a log of 1.4 GB on
    SQLite and not of 1.1; with 2,500 it takes 20 MB more memory. With 500 it takes a tenth more processor time."""
