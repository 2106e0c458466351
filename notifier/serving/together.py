"""Receipts that come at about the same time are committed together, in a thread: a commit waits for the disk.

While as many commits are under way as the database takes at once, what comes waits for the next one. So two hundred a
second share a few commits, and the event loop answers other requests meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
MOST = 1_000
"""Items of one commit. On a busy machine a commit may wait for seconds until it is its turn: what came meanwhile goes
with it, or it would fall behind for ever."""


class Together(Generic[Item]):
    """Hands items to `commit`, which returns once they are stored. All or nothing: where it fails, each is alone."""

    def __init__(self, commit: Callable[[Sequence[Item]], object], *, at_once: int = 1) -> None:
        """`at_once`: how many commits may be under way. SQLite has one writer; more would wait for its lock."""
        self._commit = commit
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._at_once = at_once
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()
        """Held, so that they are not collected while they work."""

    async def stored(self, item: Item) -> None:
        """Returns once the item is committed. Raises what `commit` raises for it alone."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._under_way < self._at_once:
            self._under_way += 1
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._store(group)
        finally:  # at once: whoever comes next must see that nobody works any more
            self._under_way -= 1

    async def _store(self, group: Sequence[tuple[Item, "asyncio.Future[None]"]]) -> None:
        try:
            await asyncio.to_thread(self._commit, [item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever handed it in gets it
            if len(group) > 1:
                for one in group:
                    await self._store([one])
                return
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            return
        for _, done in group:
            if not done.done():  # who waited for it may be gone
                done.set_result(None)
