"""Where `now` comes from: the one place that reads the computer's clocks.

The wall clock says what is due. The steady clock says when the next pass is: it goes on where somebody sets the other
one.
"""

import time
from datetime import UTC, datetime


def system_clock() -> datetime:
    """The computer's clock, aware UTC."""
    return datetime.now(UTC)


def steady_clock() -> float:
    """Seconds since an instant in the past, the same for every process of this machine; never set, never behind."""
    return time.monotonic()
