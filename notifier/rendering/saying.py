"""What one message says, before anybody decides how: claims with their values, by name."""

from dataclasses import field

from notifier.model.notices import Claims, NoticeKind, ThreadEvent
from notifier.model.plain_values import plain_value
from notifier.rendering.labels import Labels


@plain_value(frozen=True, kw_only=True)
class Said:
    """What a notice says: `claims` by their bare names, and what else was told or is true."""

    kind: NoticeKind
    claims: Claims
    """In a follow-up the values last told, else those that are true now, as also where something is so again."""
    previous: Claims = field(default_factory=dict)
    """For a correction, and where something is so again: the values last told."""
    current: Claims = field(default_factory=dict)
    """For a follow-up: the values that are true now."""
    labels: Labels = field(default_factory=dict)
    event: ThreadEvent | None = None
    """What became of the row, where that is why it is said."""
    is_listed: bool = False
    """Whether some are claims of rows, which texts loop over: `visits.1.starts_at` (`rendering.lists`)."""

    @property
    def is_reinstated(self) -> bool:
        """Whether it says that something is so again after the customer was told that it is not."""
        return self.event is ThreadEvent.REINSTATED
