"""How `now` is asked for. The type only: the one function that reads the computer's clock stands with the drivers."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Called for the present instant, aware UTC."""

    def __call__(self) -> datetime:
        """Now."""
        ...
