"""Two replies of one address at the same time: one automatic answer, whatever the database."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from notifier.consent.replies import take_reply
from notifier.store.replies import answered_lately
from tests.consent.test_hearing import ASKS, say
from tests.support.rig import Rig, ana, open_rig, visit

MEETS = 0.5
"""Seconds in which the other one comes to the same point, if it can."""


@pytest.fixture
def rig(tmp_path: Path, database_url: str) -> Iterator[Rig]:
    """Ana was told of a visit."""
    with open_rig(tmp_path, database_url) as rig:
        rig.reload({"rules/visits.yaml": ASKS})
        rig.set(customer=[ana()], appointment=[visit()])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=5)
        yield rig


@pytest.mark.parametrize("texts", [("hola", "¿están?"), ("STOP", "BAJA")])
def test_of_two_replies_at_once_one_is_answered(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, texts: tuple[str, str]
) -> None:
    """Each stops between the question whether it was answered before and the answer: both, if nothing hinders."""
    barrier = threading.Barrier(2)

    def held(real: Any) -> Any:
        def asked(*arguments: Any, **options: Any) -> Any:
            found = real(*arguments, **options)
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(MEETS)
            return found

        return asked

    monkeypatch.setattr("notifier.consent.hearing.answered_lately", held(answered_lately))
    monkeypatch.setattr("notifier.consent.hearing.take_reply", held(take_reply))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: say(rig, pair[1], str(pair[0])), enumerate(texts)))
    assert [answer is not None for answer in sorted(answers, key=bool)] == [False, True]
