"""For tests of what happens between a lease and its recheck, which are two transactions."""

from collections.abc import Callable
from typing import Any

import pytest

from notifier.sending.lease import Lease
from notifier.sending.recheck import recheck


def before_each_recheck(monkeypatch: pytest.MonkeyPatch, happens: Callable[[Lease], object]) -> None:
    """From now on, this happens when a lease was taken, and before it is rechecked."""

    def interrupted(lease: Lease, **options: Any) -> None:
        happens(lease)
        recheck(lease, **options)

    monkeypatch.setattr("notifier.sending.dispatch.recheck", interrupted)
