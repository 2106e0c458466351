"""The type of a clock. The one function that reads the computer's clock is in `drivers.clock`."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Returns the current instant, aware UTC."""

    def __call__(self) -> datetime:
        """Now."""
        ...
