"""How work that waits for the database is done while messages are being sent."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class RunInBackground(Protocol):
    """`asyncio.to_thread`, or `in_turn`."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do the work, and return its result."""
        ...


async def in_turn(work: Callable[[], T], /) -> T:
    """Do the work while nothing is sent: for a clock that does not tick by itself."""
    return work()
