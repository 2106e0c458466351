"""What one commit writes: the unit in which a draft pass is stored in the outbox. Values only, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notifier.model.actions import ActionWork
from notifier.model.contradictions import Contradiction
from notifier.model.notices import Draft, ReasonCode
from notifier.model.opened_together import OpenedTogether
from notifier.model.reading import BacklogKey, Figures, RuleState
from notifier.model.setting_aside import SetAside
from notifier.model.settling import SettlingWork


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A part of the results of one rule or check at one `now`, committed in one transaction.

    A rule may yield several batches. The watermark comes with the last one, so an interrupted pass is repeated, which
    is harmless because occurrences are unique.
    """

    kind: str
    """`rule`, `check`, `file` for what is set aside, `reply` for what people answered, `settling` for what comes to an
    end, `listening` for days with unusually many contacts, `action` for what owners do about it."""
    name: str
    """The rule's or check's id."""
    drafts: tuple[Draft, ...] = ()
    """New notices, and new verdicts for notices that were not told yet (see `Draft.known_version`)."""
    first: int = 0
    """The index of its first draft among all drafts of the rule in this pass: ids sort by it."""
    contradictions: tuple[Contradiction, ...] = ()
    """Opened or changed, with all their members."""
    together: OpenedTogether | None = None
    """More that opened: a flood."""
    backlog_added: tuple[tuple[BacklogKey, ReasonCode], ...] = ()
    """Rows that are recorded instead of told, each with its cause: `BACKLOG` or `BASELINE`."""
    backlog_removed: tuple[BacklogKey, ...] = ()
    """Rows for which the rule turned false: if it becomes true again, they are told."""
    figures: tuple[tuple[str, Figures | None], ...] = ()
    """The figures with which all rows of a subject are decided once this batch is committed. None: not all of them."""
    forgets_figures: bool = False
    """The rule is looked at as a whole: the figures that its subjects had count for nothing."""
    said_again: tuple[str, ...] = ()
    """The ids of notices without which later passes decide, because what they told was told again, and again."""
    watermark: RuleState | None = None
    """Up to when the rule is evaluated once this batch is committed."""
    definition: Mapping[str, object] = field(default_factory=dict)
    """With a watermark: what later edits of the rule are compared with (`RuleState.definition`), as JSON values."""
    is_same_rule: bool = False
    """With a watermark: nothing but its instant is new."""
    failure: str | None = None
    """Why the evaluation failed. The rest of the batch is then ignored; the next pass is a full one."""
    retired: bool = False
    """The rule is no longer in the project. If it comes back after `RETURNS_WITHIN`, it starts like a new one."""
    to_shadow: bool = False
    """The rule is in shadow from now on: what it has not sent yet is cancelled."""
    shadow: bool = False
    """Its drafts are those of a rule in shadow: they are recorded apart, and nothing of them goes out."""
    set_aside: tuple[SetAside, ...] | None = None
    """All that is set aside now, where that is not what the last tick found: the next pass of these is a full one."""
    settling: SettlingWork | None = None
    """What it says of contradictions on their way to an end."""
    actions: ActionWork | None = None
    """What it says of actions that were done."""
    passed_on: tuple[str, ...] = ()
    """The ids of the replies of which its alert tells."""

    @property
    def is_watermark(self) -> bool:
        """Whether it holds nothing but the watermark."""
        writes = (
            self.drafts,
            self.contradictions,
            self.together,
            self.backlog_added,
            self.backlog_removed,
            self.figures,
            self.said_again,
        )
        empty = not any(writes) and not self.forgets_figures
        return (
            empty
            and self.settling is None
            and self.actions is None
            and self.watermark is not None
            and self.failure is None
            and not (self.retired or self.to_shadow)
        )
