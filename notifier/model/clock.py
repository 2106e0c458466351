"""The type of a clock, and how far clocks may differ. The functions that read the computer's are in `drivers.clock`."""

from datetime import datetime, timedelta
from typing import Protocol

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clocks of two machines, or one clock before and after it was set, may differ without a word. What is
stored with a later time was written by a clock that was ahead: nothing waits until it is that late again."""


class Clock(Protocol):
    """Returns the current instant, aware UTC."""

    def __call__(self) -> datetime:
        """Now."""
        ...
