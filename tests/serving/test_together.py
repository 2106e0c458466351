"""What comes together is committed together; nothing that was handed in is ever left waiting."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from notifier.serving.together import Together


@pytest.mark.parametrize("at_once", [1, 3])
def test_while_commits_are_under_way_what_comes_shares_the_next_one(at_once: int) -> None:
    groups: list[int] = []
    go_on = threading.Event()

    def commit(items: Sequence[int]) -> None:
        groups.append(len(items))
        go_on.wait(5)

    async def all_of_them() -> None:
        together = Together(commit, at_once=at_once)
        waiting = [asyncio.create_task(together.stored(number)) for number in range(at_once)]
        while len(groups) < at_once:
            await asyncio.sleep(0.001)
            waiting += [asyncio.create_task(together.stored(number)) for number in range(at_once - len(groups))]
        waiting += [asyncio.create_task(together.stored(number)) for number in range(20)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*waiting)

    asyncio.run(all_of_them())
    assert len(groups) <= at_once + 2
    assert sum(groups) >= 20 + at_once


def test_what_comes_when_the_last_commit_ends_is_not_left_waiting() -> None:
    async def one_after_the_other() -> None:
        together = Together[int](lambda _items: None)

        async def again(number: int) -> None:
            await together.stored(number)
            await together.stored(number)  # the task that stored it may be just about to end

        for _ in range(200):
            await asyncio.wait_for(asyncio.gather(*(again(number) for number in range(3))), 5)

    asyncio.run(one_after_the_other())


def test_who_is_refused_does_not_take_others_along() -> None:
    def commit(items: Sequence[int]) -> None:
        if 2 in items:
            raise ValueError

    async def three() -> list[object]:
        together = Together(commit)
        return list(await asyncio.gather(*(together.stored(n) for n in (1, 2, 3)), return_exceptions=True))

    first, second, third = asyncio.run(three())
    assert (first, type(second), third) == (None, ValueError, None)
