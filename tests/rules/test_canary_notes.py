"""A canary that cannot stop is said when its rule is checked."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from notifier.model.problems import Place
from notifier.model.types import NoticeClass
from notifier.rules.canary_notes import canary_notes
from notifier.rules.checked import Project
from notifier.rules.checked_rules import STOP_AT, Canary, Limits, Stops

ANY = Stops(failures=Decimal(1000), opt_outs=Decimal(2), replies=Decimal(1000))
MANY = Stops(failures=Decimal(300), opt_outs=Decimal(300), replies=Decimal(300))


def noted(first: int, stop_at: Stops = STOP_AT, notice_class: NoticeClass = NoticeClass.SERVICE) -> list[str]:
    limits = Limits(canary=Canary(first=first, then_wait=timedelta(minutes=30), stop_at=stop_at))
    rules: dict[str, Any] = {
        "one": SimpleNamespace(place=Place("rules/a.yaml", 3, 5), limits=limits, notice_class=notice_class),
        "two": SimpleNamespace(place=Place("rules/a.yaml", 9, 5), limits=Limits(), notice_class=notice_class),
    }
    notes = canary_notes(cast(Project, SimpleNamespace(rules=rules)))
    assert {(str(note.place), note.severity) for note in notes} <= {("rules/a.yaml:3:5", "note")}
    return [note.what for note in notes]


def test_the_first_who_are_fewer_than_what_stops_it_are_noted() -> None:
    [note] = noted(2)
    assert note.startswith("of the first 2 there are never 3 failures or 5 replies, so that stops nothing: ")
    [note] = noted(200, MANY, NoticeClass.SAFETY)
    assert "never 300 failures or 300 opt_outs or 300 replies" in note


@pytest.mark.parametrize(
    ("first", "stop_at"),
    [
        pytest.param(5, STOP_AT, id="as many as stop it"),
        pytest.param(2, ANY, id="any number, as the author wrote it"),
        pytest.param(200, MANY, id="shares count"),
    ],
)
def test_what_can_stop_or_is_not_meant_to_is_not_noted(first: int, stop_at: Stops) -> None:
    assert noted(first, stop_at) == []
