"""A portion of a pass is the same in the process that takes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from notifier.model.notices import Reason, ReasonCode
from notifier.model.reading import Figures
from notifier.planning.portions import Portion, portion_from_json, portion_to_json
from notifier.planning.selection import Part, Selection

NOW = datetime(2026, 3, 3, 15, 0, 0, 250, tzinfo=UTC)
SELECTION = Selection(
    subjects=frozenset({"A-1", "Ñ-2"}),
    since=NOW - timedelta(minutes=1),
    first_pass=True,
    baseline={"A-1": NOW, "Ñ-2": NOW - timedelta(days=3)},
    new_follow_ups=[1],
    has_replacements=False,
    edited=True,
    is_full=True,
)
PORTION = Portion(
    part=Part(subjects=["A-1", "Ñ-2"], rows={"A-1": {"R-1", "R-2"}, "Ñ-2": {""}}, most_rows=3, is_batch=True),
    selection=SELECTION,
    over_limit=Reason(code=ReasonCode.LIMIT, text="5 recipients in 24 h are more than the rule's limit of 4"),
    first=8_000,
    figures=((("A-1", Figures(truth="t", claims="c")), ("Ñ-2", None)),),
)


def test_a_portion_comes_back_as_it_was() -> None:
    assert portion_from_json(portion_to_json(PORTION)) == PORTION


def test_of_the_selection_goes_what_is_said_of_the_portions_own_subjects() -> None:
    some = replace(PORTION, part=Part(subjects=["A-1"]), over_limit=None, figures=None)
    come = portion_from_json(portion_to_json(some))
    assert come == replace(some, selection=replace(SELECTION, subjects=frozenset({"A-1"}), baseline={"A-1": NOW}))


def test_what_replaces_another_row_is_read_with_what_is_said_of_all() -> None:
    linked = replace(SELECTION, has_replacements=True, subjects=frozenset({"A-1"}))
    come = portion_from_json(portion_to_json(replace(PORTION, part=Part(subjects=["A-1"]), selection=linked)))
    assert come.selection == linked
