"""When a message is retried: exponential back-off from half a minute to an hour, with jitter so that a burst does not
come back as a burst."""

import hashlib
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
SPREAD = 0.2
"""Each pause is up to this fraction shorter or longer."""


def next_attempt(message_id: str, attempt: int, now: datetime) -> datetime:
    """The instant of the attempt after `attempt` (counted from 1).

    The jitter is derived from the message's id, so the answer is always the same.
    """
    doublings = min(attempt - 1, 20)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    drawn = int.from_bytes(hashlib.sha256(f"{message_id}/{attempt}".encode()).digest()[:4], "big") / 2**32
    return now + pause * (1 - SPREAD + 2 * SPREAD * drawn)
