"""How far the evaluation of a rule or check has come."""

from collections.abc import Mapping
from datetime import datetime

from notifier.model.reading import RuleState


def watermark(state: RuleState | None, digest: str, now: datetime) -> RuleState:
    """How far the evaluation of a rule or check has come after a pass at `now`.

    It goes back where a clock was ahead: what falls due from now on is not behind it.
    """
    return RuleState(
        digest=digest,
        first_pass_at=state.first_pass_at if state is not None else now,
        evaluated_at=now,
        failed=None,
    )


def is_same(state: RuleState | None, digest: str, definition: Mapping[str, object]) -> bool:
    """Whether a watermark of this digest and definition leaves everything of the state but its instant."""
    return state is not None and state.failed is None and (state.digest, state.definition) == (digest, definition)
