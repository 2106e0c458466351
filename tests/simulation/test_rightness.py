"""What was told, held against what became of the rows: every rate by hand on a handful of rows."""

from datetime import UTC, datetime, timedelta

import pytest

from notifier.intake.outcomes import endings
from notifier.model.figures import spans_of
from notifier.model.notices import NoticeKind, NoticeState
from notifier.simulation.rightness import outcome_of
from notifier.store.reports.replayed import DecidedNotice

DUE = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE, UNTIL = DUE - 30 * DAY, DUE + 30 * DAY


def told(order: str, at: datetime | None, rule: str = "late", kind: NoticeKind = NoticeKind.NOTICE) -> DecidedNotice:
    state = NoticeState.EXPIRED if at is None else NoticeState.TOLD
    return DecidedNotice(
        id=f"{rule}-{order}-{kind}",
        kind=kind,
        rule=rule,
        subject_type="order",
        subject_id=order,
        each_id=None,
        customer="C-1",
        state=state,
        decided_at=at or DUE,
        told_at=at,
    )


ROWS = [
    {"subject": "order:O-1", "due_at": DUE, "came_at": DUE + 3 * DAY},  # late, told two days ahead, complains
    {"subject": "order:O-1", "score": 1, "contact_at": DUE + DAY},
    {"subject": "order:O-2", "due_at": DUE, "came_at": DUE - DAY},  # on time, told all the same
    {"subject": "order:O-2", "score": 5, "contact_at": DUE},
    {"subject": "order:O-3", "due_at": DUE, "came_at": None},  # never came, told a day after it was due
    {"subject": "order:O-3", "score": 1, "contact_at": DUE + 2 * DAY},
    {"subject": "order:O-4", "late": True},  # somebody says that it was late; nobody was told
    {"subject": "order:O-4", "contact_at": DUE - 2 * DAY},
    {"subject": "order:O-5", "score": 4},  # nobody says whether it was late
    {"subject": "order:O-7", "due_at": UNTIL + DAY},  # not of this time
    {"subject": "order:O-6", "score": 4},
]
NOTICES = [
    told("O-1", DUE - 2 * DAY),
    told("O-1", DUE - DAY),
    told("O-2", DUE - 2 * DAY),
    told("O-3", DUE + DAY),
    told("O-4", None),
    told("O-5", DUE),
    told("O-4", DUE - 3 * DAY, "status", NoticeKind.FOLLOW_UP),
]


def test_what_is_late_follows_from_when_it_was_due_and_came_unless_somebody_says_it() -> None:
    found = endings(ROWS, SINCE, UNTIL)
    late = {name: each.late for name, each in found.items()}
    assert late == {
        "order:O-1": True,
        "order:O-2": False,
        "order:O-3": True,
        "order:O-4": True,
        "order:O-5": None,
        "order:O-6": None,
    }


def test_precision_recall_and_lead_are_those_of_the_rows_whose_end_is_known() -> None:
    outcome = outcome_of(NOTICES, {}, endings(ROWS, SINCE, UNTIL), 1)
    late = outcome.rules["late"]
    assert (late.precision.part, late.precision.whole) == (2, 3)  # nobody knows of O-5
    assert (late.recall.part, late.recall.whole) == (1, 3)  # O-3 was told when it was late already
    assert (late.lead.count, late.lead.median) == (1, 2 * DAY)
    assert (outcome.late.part, outcome.late.whole) == (3, 4)


def test_a_complaint_had_a_word_before_where_any_word_about_its_row_was_told() -> None:
    outcome = outcome_of(NOTICES, {}, endings(ROWS, SINCE, UNTIL), 1)
    assert outcome.complaints == 3  # a five is none, and who writes without a score complains
    assert (outcome.rules["late"].before_contact.part, outcome.rules["late"].contact_lead.median) == (2, DAY)
    assert outcome.rules["status"].before_contact.part == 1
    everything = outcome.all_rules
    assert (everything.before_contact.part, everything.before_contact.whole) == (3, 3)
    assert (outcome.broken_before.part, outcome.broken_lead.median) == (2, DAY)
    assert outcome_of(NOTICES, {}, endings(ROWS, SINCE, UNTIL), 5).complaints == 4


def test_where_nobody_says_when_a_row_was_due_nobody_can_say_whether_a_promise_was_broken_before() -> None:
    rows = [
        {"subject": "order:O-1", "late": True, "contact_at": DUE},
        {"subject": "order:O-2", "late": False, "contact_at": DUE},
        {"subject": "order:O-3", "due_at": DUE - DAY, "late": True, "contact_at": DUE},
    ]
    outcome = outcome_of([], {}, endings(rows, SINCE, UNTIL), 1)
    assert (outcome.complaints, outcome.broken_before.part, outcome.broken_before.whole) == (3, 1, 2)


def test_scores_are_averages_with_their_cases_and_interval() -> None:
    outcome = outcome_of([], {}, endings(ROWS, SINCE, UNTIL), 1)
    assert (outcome.score_late.count, outcome.score_late.value, outcome.score_late.low) == (2, 1, None)  # of too few
    scores = [{"subject": f"order:S-{number}", "late": True, "score": 1 + number % 2} for number in range(20)]
    enough = outcome_of([], {}, endings(scores, SINCE, UNTIL), 1).score_late
    assert (enough.count, enough.value, round(enough.low or 0, 2), round(enough.high or 0, 2)) == (20, 1.5, 1.28, 1.72)
    assert (outcome.score_on_time.count, outcome.score_on_time.low) == (1, None)
    assert outcome.rules == {}
    assert outcome_of([], {}, {}, 1).score_late.value is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [([], (0, None, None, None)), ([3], (1, 3, 3, 3)), ([5, 1, 2, 4, 3, 6, 7, 8, 9, 10], (10, 1, 5, 9))],
)
def test_spans_are_of_the_nearest_rank(
    days: list[int], expected: tuple[int, int | None, int | None, int | None]
) -> None:
    spans = spans_of([timedelta(days=each) for each in days])
    ends = tuple(None if each is None else each.days for each in (spans.tenth, spans.median, spans.ninetieth))
    assert (spans.count, *ends) == expected
