"""What a rule with `repeat` told long ago is put away, as far as nothing hangs on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.reading import KnownNotice
from notifier.model.types import ChannelName
from notifier.planning.intents import intents_of
from notifier.planning.occurrences import correction_of, occurrence_of
from notifier.planning.situation import Situation
from notifier.rules.checked_rules import Rule
from tests.planning.builders import NOW, WITHOUT_AT, known, match

DAY = timedelta(days=1)
REPEATING = replace(WITHOUT_AT, repeat=DAY)
STANDING = match(at=None, until=None, anchor=None)
THREAD = ("A-1", "", "C-1")


def said(number: int, **changes: Any) -> KnownNotice:
    """The repeat of this number, each told a day after the one before; the fifth today."""
    at: datetime = NOW - (4 - number) * DAY
    name = occurrence_of(STANDING, live=False, repetition=number)
    return known(STANDING, id=f"N-{number}", occurrence=name, told_at=at, changed_at=at, **changes)


def put_away(words: Sequence[KnownNotice], rule: Rule = REPEATING, **situation: Any) -> list[str]:
    facts: dict[str, Any] = {"matches": [STANDING], "holding": [STANDING], "known": words, **situation}
    intents = intents_of(rule, Situation(now=NOW, live=False, **facts))
    return [word.id for word in intents.said_again]


WEEK = [said(number) for number in range(5)]


def test_all_but_the_last_repeats_are_put_away() -> None:
    assert put_away(WEEK) == ["N-0", "N-1", "N-2"]
    assert put_away(WEEK[:2]) == []


def test_a_rule_that_may_not_speak_again_keeps_everything() -> None:
    assert put_away(WEEK, WITHOUT_AT) == []


@pytest.mark.parametrize("kept", ["going_to", "told_addresses"])
def test_what_is_on_its_way_or_was_read_elsewhere_is_kept(kept: str) -> None:
    elsewhere = {kept: frozenset({(ChannelName.SMS, "+573001234567")})}
    assert put_away([WEEK[0], said(1, **elsewhere), *WEEK[2:]]) == ["N-0", "N-2"]


def test_what_a_later_word_corrects_is_kept() -> None:
    name = correction_of(WEEK[1].occurrence, "digest")
    correction = said(4, kind=NoticeKind.CORRECTION, corrects=WEEK[1].occurrence)
    assert put_away([*WEEK, replace(correction, id="N-5", occurrence=name)]) == ["N-0", "N-2"]


def test_what_was_never_told_is_put_away_with_what_was_told_after_it() -> None:
    expired = replace(WEEK[1], state=NoticeState.EXPIRED, told_at=None)
    assert put_away([WEEK[0], expired, *WEEK[2:]]) == ["N-0", "N-1", "N-2"]
    waiting = replace(expired, state=NoticeState.DEFERRED, spent=False)
    assert "N-1" not in put_away([WEEK[0], waiting, *WEEK[2:]])


def test_threads_that_go_on_in_others_are_kept() -> None:
    assert put_away(WEEK, continues={THREAD: ("A-1", "", "C-2")}) == []
    assert put_away(WEEK, subjects=frozenset({"A-1"})) == []


def test_the_next_repeat_has_the_number_that_it_would_have_after_all_of_them() -> None:
    for words in (WEEK, WEEK[3:]):
        late = [replace(word, told_at=word.told_at - DAY) for word in words if word.told_at is not None]
        facts: dict[str, Any] = {"matches": [STANDING], "holding": [STANDING], "known": late}
        (intent,) = intents_of(REPEATING, Situation(now=NOW, live=False, **facts)).intents
        assert intent.occurrence == occurrence_of(STANDING, live=False, repetition=5)
