"""A project made ready to run: rules and checks with their statements, and the renderer. Built once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from notifier.evaluation.day_counts import DayCounts
from notifier.evaluation.rule_query import RuleQuery
from notifier.model.portions import Portions
from notifier.model.types import ChannelName
from notifier.planning.addressing import Defaults
from notifier.promises.check_query import CheckQuery
from notifier.rendering.renderer import Renderer
from notifier.rules.checked import Project
from notifier.rules.checked_owners import Owner

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
    identity: str | None = None
    """A digest of all that decides besides the state: processes with the same one share a pass. None: nobody does."""

    @property
    def searched_columns(self) -> set[tuple[str, ...]]:
        """What its statements search by: indexed, so that an idle tick scans nothing, and a change only its own."""
        columns: set[tuple[str, ...]] = set()
        for query in self.rule_queries.values():
            columns |= query.indexed_columns() | query.indexed_figures()
        for check_query in self.check_queries.values():
            columns |= check_query.indexed_columns()
        return columns


def ruleset_of(
    project: Project,
    renderer: Renderer,
    defaults: Defaults,
    unavailable: frozenset[ChannelName] = frozenset(),
    operations: Owner | None = None,
) -> Ruleset:
    """The ruleset of a project."""
    defaults = replace(defaults, whatsapp=project.speaks_whatsapp)
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
    portions: Portions | None = None
    """The portions of this pass that other processes may decide; None where this one decides everything."""
    batch_size: int = 2_000
    """Subjects whose drafts are committed together. It bounds memory, and how long other writers wait (0.4 s). Each
    commit writes much of the index of references anew: with 1,000, a flood of 200,000 notices leaves a log of 1.4 GB on
    SQLite and not of 1.1; with 2,500 it takes 20 MB more memory. With 500 it takes a tenth more processor time."""
