"""Work that several ask for at the same time is done for all of them at once: many small commits become one.

That keeps nobody waiting: done one by one, each would wait for the commits of those before it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(kw_only=True)
class _Asked(Generic[Item, Result]):
    item: Item
    result: list[Result] = field(default_factory=list)
    """Empty until it is done."""


class Grouped(Generic[Item, Result]):
    """Calls from tasks of one event loop become calls of `work`, which gives a result for each item in their order."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """`work` does all or nothing: where it raises, each item is tried by itself, since only one may be to blame."""
        self._work = work
        self._waiting: list[_Asked[Item, Result]] = []

    async def __call__(self, item: Item) -> Result:
        """The result for this item. Raises what `work` raises for it alone."""
        mine: _Asked[Item, Result] = _Asked(item=item)
        self._waiting.append(mine)
        await asyncio.sleep(0)  # whoever is ready by now, too, is in the same group
        if not mine.result:
            together = [mine, *(other for other in self._waiting if other is not mine)]
            self._waiting = []
            try:
                self._do(together)
            except Exception:
                if len(together) == 1:
                    raise
                self._do([mine])
        return mine.result[0]

    def _do(self, together: Sequence[_Asked[Item, Result]]) -> None:
        results = self._work([asked.item for asked in together])
        for asked, result in zip(together, results, strict=True):
            asked.result.append(result)
