"""What is submitted at about the same time is committed together; nobody waits for a caller that does not come."""

import asyncio
from collections.abc import Sequence

import pytest

from notifier.sending.group_commit import GroupCommit


class Doubling:
    """Remembers what it was called with; some items are to blame."""

    def __init__(self, *broken: int) -> None:
        self.calls: list[list[int]] = []
        self._broken = set(broken)

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.calls.append(list(items))
        if self._broken & set(items):
            raise ValueError("broken")
        return [2 * item for item in items]


def test_whoever_asks_together_is_answered_together() -> None:
    work = Doubling()
    commits = GroupCommit(work)

    async def ask() -> list[int]:
        return await asyncio.gather(*(commits.submit(number) for number in range(5)))

    assert asyncio.run(ask()) == [0, 2, 4, 6, 8]
    assert work.calls == [[0, 1, 2, 3, 4]]


def test_who_takes_part_is_waited_for_until_it_asks_or_leaves() -> None:
    work = Doubling()
    commits = GroupCommit(work, patience=60)
    turns: list[int] = []

    async def member(number: int, pauses: int, *, asks: bool = True) -> None:
        with commits.expecting_one():
            for _ in range(pauses):
                await asyncio.sleep(0)
            if asks:
                turns.append(await commits.submit(number))

    async def all_of_them() -> None:
        await asyncio.gather(member(1, 0), member(2, 3), member(3, 6), member(4, 9, asks=False))

    asyncio.run(all_of_them())
    assert work.calls == [[1, 2, 3]]
    assert turns == [2, 4, 6]


def test_who_takes_long_is_not_waited_for() -> None:
    work = Doubling()
    commits = GroupCommit(work)

    async def member(answered: asyncio.Event) -> None:
        with commits.expecting_one():
            await answered.wait()

    async def both() -> int:
        answered = asyncio.Event()
        busy = asyncio.create_task(member(answered))
        await asyncio.sleep(0)
        result = await commits.submit(7)
        answered.set()
        await busy
        return result

    assert asyncio.run(both()) == 14
    assert work.calls == [[7]]


def test_where_one_is_to_blame_only_that_one_fails() -> None:
    commits = GroupCommit(Doubling(2))

    async def ask() -> list[int | BaseException]:
        return await asyncio.gather(*(commits.submit(number) for number in range(4)), return_exceptions=True)

    results = asyncio.run(ask())
    assert [results[0], results[1], results[3]] == [0, 2, 6]
    with pytest.raises(ValueError, match="broken"):
        raise results[2] if isinstance(results[2], BaseException) else AssertionError("2 did not fail")
