"""What a pass looked at of the notices that were told lately, so that the next one need not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """Kept by who evaluates again and again, in memory: without it a pass looks at everything told within minutes."""

    at: datetime
    """The `now` of that pass, which was complete."""
    told: Mapping[str, datetime]
    """By the id of each told notice of which nothing was on its way any more: when it had changed last."""
