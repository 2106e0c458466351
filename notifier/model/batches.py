"""What one commit writes: the unit in which a draft pass reaches the outbox. Values only, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft, ReasonCode
from notifier.model.reading import BacklogKey, RuleState


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A part of what one rule or check has to say at one `now`; committed in one transaction, or not at all.

    A rule may come in several batches. The watermark travels with the last one, so that a pass that was cut short is
    repeated; repeating is harmless because occurrences are unique.
    """

    kind: str
    """`rule` or `check`."""
    name: str
    """The rule's or check's id."""
    drafts: tuple[Draft, ...] = ()
    """New notices, and new verdicts for notices that were not told yet (see `Draft.known_version`)."""
    first: int = 0
    """The place of its first draft among all that the rule says in this pass: ids sort by it."""
    contradictions: tuple[Contradiction, ...] = ()
    """Opened or changed, with all their members."""
    backlog_added: tuple[tuple[BacklogKey, ReasonCode], ...] = ()
    """Rows that are recorded and not told, each with its cause: `BACKLOG` or `BASELINE`."""
    backlog_removed: tuple[BacklogKey, ...] = ()
    """Rows for which the rule turned false: what becomes true again is told."""
    watermark: RuleState | None = None
    """How far the evaluation has come once this batch is committed."""
    definition: Mapping[str, object] = field(default_factory=dict)
    """With a watermark: what a later edit of the rule is compared with (`RuleState.definition`), as JSON values."""
    failure: str | None = None
    """Why the evaluation of this rule failed. Nothing else of the batch counts then; the next pass is a full one."""
    retired: bool = False
    """The rule is no longer in the project. Should it come back, it starts like a new one."""

    @property
    def is_watermark(self) -> bool:
        """Whether all it says is how far the evaluation has come."""
        empty = not (self.drafts or self.contradictions or self.backlog_added or self.backlog_removed)
        return empty and self.watermark is not None and self.failure is None and not self.retired
