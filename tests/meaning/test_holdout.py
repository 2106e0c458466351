"""Some are not told for a time, by lot; whoever makes contact is told; nothing is shown before its end."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.preview import preview
from notifier.model.holdout_figures import Finding, customers_needed, finding_of
from notifier.model.holdouts import Arm, Holdout, unit_of
from notifier.model.reasons import DecidedBy, Label
from notifier.model.shares import Share, difference
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.reasons import add_labels
from notifier.store.reports.holdouts import holdout_plans, holdout_report
from notifier.store.tables import HOLDOUT_CASE
from tests.meaning.street import happen, in_force, play, rule
from tests.support.rig import NOW, Rig, ana, visit

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
REASONS = {
    "rules/reasons.yaml": (
        "reasons: { visit-when: { object: technician visit, step: day of the visit, "
        "failure: nobody said the hour, owner: field } }\n"
    )
}
HALF = {"share": "20%", "until": "2026-03-20", "decided_by": "Marta Ruiz", "contacts": ["visit-when"], "within": "7d"}
PEOPLE = [f"C-{number}" for number in range(1, 11)]


def held_out(**changes: Any) -> dict[str, Any]:
    """A reminder of which a fifth of the customers hears nothing."""
    return rule(holdout={**HALF, **changes})


def people(rig: Rig, numbers: range = range(1, 11)) -> None:
    """Customers, each with a visit."""
    rig.set(
        customer=[ana(id=f"C-{n}", phone=f"+5731055501{n:02}", email=f"c{n}@example.com") for n in numbers],
        appointment=[visit(id=f"A-{n}", customer_id=f"C-{n}", contract_id=None) for n in numbers],
    )


def drawn(rig: Rig) -> set[str]:
    """Who is not told, by the hash alone."""
    holdout = rig.ruleset.project.rules["visit-reminder"].holdout
    assert holdout is not None
    phones = {f"C-{n}": f"+5731055501{n:02}" for n in range(1, 11)}
    return {who for who, phone in phones.items() if holdout.arm_of(unit_of(phone, None, who)) is Arm.HELD_OUT}


def sides(rig: Rig) -> dict[str, str]:
    """The side of each customer, as it was kept."""
    with read_only(rig.database) as connection:
        return dict(connection.execute(sa.text("SELECT recipient_id, arm FROM holdout_case")).all())


def calls(rig: Rig, customer: str, reason: str = "visit-when") -> None:
    """The customer calls now."""
    name = f"T-{customer}-{rig.clock():%d%H%M}"
    happen(
        rig,
        contact=[{"id": name, "customer_id": customer, "at": rig.clock(), "channel": "phone", "direction": "inbound"}],
    )
    label = Label(
        entity="contact",
        row_id=name,
        reason=reason,
        decided_by=DecidedBy.WORDS,
        decided_from="words",
        decided_at=rig.clock(),
    )
    with rig.database.begin() as connection:
        add_labels(connection, [label])


def test_who_is_drawn_is_not_told_and_the_verdict_says_why(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    rig.clock.at = NOW
    with read_only(rig.database) as connection:
        shown = preview(rig.ruleset, Reader(connection, live=False), NOW)
    told = {each.to for each in play(rig, NOW)}
    silent = drawn(rig)
    assert {each.recipient_id for each in shown.told} == told
    assert {each.recipient_id for each in shown.not_told if each.verdict.gate == "held_out"} == silent
    assert 0 < len(silent) < 10
    assert told == set(PEOPLE) - silent
    rows = {row.recipient_id: row for row in rig.notices() if row.kind == "notice"}
    assert {rows[who].gate for who in silent} == {"held_out"}
    assert {(rows[who].state, rows[who].reason_code) for who in silent} == {("suppressed", "held_out")}
    (why,) = {rows[who].reason for who in silent}
    assert why == "one of 20 % who are not told until 2026-03-21 00:00 UTC, by lot, decided by Marta Ruiz".replace(
        "2026-03-21 00:00 UTC", "2026-03-20 19:00 America/Bogota"
    )
    assert sides(rig) == {who: "held_out" if who in silent else "told" for who in PEOPLE}
    assert [row for row in rig.notices() if row.kind == "alert"] == []  # nothing went wrong


def test_the_side_that_was_kept_stays_whatever_is_edited_or_moves(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    play(rig, NOW)
    before = sides(rig)
    in_force(rig, held_out(share="1%"), files=REASONS)
    rig.set(customer=[ana(id=who, phone=f"+57320000{index:04}") for index, who in enumerate(PEOPLE)])
    rig.set(appointment=[visit(id=f"B-{who}", customer_id=who, contract_id=None) for who in PEOPLE])
    told = {each.to for each in play(rig, NOW + MINUTE)}
    assert told == {who for who, side in before.items() if side == "told"}


def test_those_who_share_an_address_are_on_one_side(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    holdout = rig.ruleset.project.rules["visit-reminder"].holdout
    assert holdout is not None
    one = unit_of("+573001234567", "a@example.com", "C-1")
    assert one == unit_of("+573001234567", "b@example.com", "C-2")
    assert unit_of(None, " B@example.com", "C-2") == unit_of("", "b@example.com", "C-3")
    assert holdout.arm_of(one) is holdout.arm_of(one)


def test_the_lot_draws_about_the_share(rig: Rig) -> None:
    in_force(rig, held_out(share="5%"), files=REASONS)
    holdout = rig.ruleset.project.rules["visit-reminder"].holdout
    assert holdout is not None
    few = sum(holdout.arm_of(str(number)) is Arm.HELD_OUT for number in range(20_000))
    assert 900 < few < 1_100  # 3.2 standard deviations


def test_whoever_makes_contact_is_told_of_that_case(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    play(rig, NOW)
    (first, *others) = sorted(drawn(rig))
    rig.clock.at = NOW + 5 * MINUTE
    calls(rig, first)
    sent = play(rig, NOW + 6 * MINUTE)
    assert [each.to for each in sent] == [first]
    assert sides(rig)[first] == "held_out"  # what was drawn is what counts
    assert play(rig, NOW + 7 * MINUTE) == []
    assert {row.recipient_id for row in rig.notices() if row.gate == "held_out"} == set(others)


def test_only_those_are_drawn_who_would_be_told(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    rig.set(customer=[ana(id=who, phone=None, email=None) for who in PEOPLE])
    rig.set(appointment=[visit(id=f"A-{who}", customer_id=who, contract_id=None) for who in PEOPLE])
    play(rig, NOW)
    assert sides(rig) == {}
    assert {row.gate for row in rig.notices() if row.kind == "notice"} == {"reachable"}


def test_a_contact_counts_for_two_weeks_where_nobody_says(rig: Rig) -> None:
    terms = {key: value for key, value in HALF.items() if key != "within"}
    in_force(rig, rule(holdout=terms), files=REASONS)
    holdout = rig.ruleset.project.rules["visit-reminder"].holdout
    assert holdout is not None
    assert (holdout.within, holdout.contacts) == (14 * DAY, ("visit-when",))
    assert holdout.shown_from("America/Bogota").isoformat() == "2026-04-04T00:00:00-05:00"


def test_after_its_last_day_everybody_is_told(rig: Rig) -> None:
    in_force(rig, held_out(until="2026-03-02"), files=REASONS)
    people(rig)
    assert {each.to for each in play(rig, NOW)} == set(PEOPLE)
    assert sides(rig) == {}


def test_what_was_told_is_corrected_whatever_the_lot_says(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    told = {each.to for each in play(rig, NOW)}
    moved = [visit(id=f"A-{n}", customer_id=f"C-{n}", starts_at=NOW + 50 * 60 * MINUTE) for n in range(1, 11)]
    assert {each.to for each in play(rig, NOW + MINUTE, appointment=moved) if each.kind == "correction"} == told


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"class_": "safety"}, "nobody is held out of a rule of class safety: danger is told to everybody"),
    ({"duty": "Decree 1377, art. 5"}, r"nobody is held out of what is a duty \(Decree 1377, art. 5\)"),
    ({"limits": {"first": 5, "then_wait": "30m"}}, "nobody is held out of a rule with 'limits: first'"),
    ({"mode": "shadow"}, "nobody is held out of a rule in shadow"),
    (
        {"when": "appointment.customer.promises.exists(p, p.state == 'open')"},
        "nobody is held out of a rule that reads a promise",
    ),
    (
        {"about": "admission", "when": "admission.status == 'decided'", "at": None, "until": None, "claims": None},
        "nobody is held out of a rule that reads an admission",
    ),
    ({"holdout": {**HALF, "share": "21%"}}, "21% of the customers are more than may be held out; 20% at most"),
    ({"holdout": {**HALF, "until": "20.03.2026"}}, "'20.03.2026' is not a day; write it like 2026-06-30"),
    ({"holdout": {**HALF, "contacts": ["visit-whn"]}}, "unknown reason 'visit-whn'.*did you mean 'visit-when'"),
    ({"holdout": {"share": "5%", "until": "2026-03-20"}}, "decided_by"),
]


def test_nobody_is_held_out_of_what_is_owed(rig: Rig) -> None:
    for changes, problem in REFUSED:
        terms: dict[str, Any] = {"holdout": HALF, **changes}
        written = json.dumps({"rules": [rule(**terms)]})
        rig.reload({"rules/visits.yaml": written} | REASONS)
        project = rig.ruleset.project
        found = " ".join(str(each) for each in project.problems)
        assert re.search(problem, found), found
        assert "visit-reminder" not in project.rules
    in_force(rig, rule())


def test_nothing_is_shown_before_the_planned_end_and_then_only_what_cannot_be_chance(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    play(rig, NOW)
    rig.clock.at = NOW + DAY
    for who in sorted(drawn(rig)):
        calls(rig, who)
    rig.clock.at = NOW + 8 * DAY
    calls(rig, "C-1", reason="visit-when")  # too late: within is 7 days
    rules = list(rig.ruleset.project.rules.values())
    with read_only(rig.database) as connection:
        (early,) = holdout_report(connection, rules, now=NOW + 20 * DAY, timezone="UTC", live=False)
        (late,) = holdout_report(connection, rules, now=NOW + 30 * DAY, timezone="UTC", live=False)
        (plan,) = holdout_plans(connection, rules, now=NOW + DAY, effect=0.5, live=False)
    silent = len(drawn(rig))
    assert (early.finding, early.interval, early.avoided) == (Finding.TOO_EARLY, None, None)
    assert (late.told, late.held_out) == (
        Share(part=0, whole=10 - silent),
        Share(part=silent, whole=silent),
    )
    assert late.finding is Finding.CANNOT_BE_SHOWN  # fewer than 20 on a side
    assert (plan.weekly, plan.measured.whole) == (10, 10 - silent)  # in the first week of the rule
    assert [each.customers for each in plan.needed] == sorted((each.customers for each in plan.needed), reverse=True)
    play(rig, NOW + 8 * DAY)


@pytest.mark.parametrize(
    ("told", "silent", "finding"),
    [
        ((12, 200), (30, 200), Finding.FEWER),
        ((0, 50), (3, 50), Finding.CANNOT_BE_SHOWN),
        ((30, 200), (12, 200), Finding.MORE),
        ((0, 19), (19, 19), Finding.CANNOT_BE_SHOWN),
        ((0, 0), (0, 0), Finding.CANNOT_BE_SHOWN),
    ],
)
def test_what_may_be_chance_cannot_be_shown(told: tuple[int, int], silent: tuple[int, int], finding: Finding) -> None:
    sides = [Share(part=part, whole=whole) for part, whole in (told, silent)]
    assert finding_of(*sides, now=NOW, shown_from=NOW) is finding
    assert finding_of(*sides, now=NOW - MINUTE, shown_from=NOW) is Finding.TOO_EARLY


def test_harm_that_is_no_chance_is_said_before_the_end() -> None:
    told = Share(part=12, whole=400)
    for held_out, finding in ((Share(part=3, whole=20), Finding.TOO_EARLY), (Share(part=11, whole=20), Finding.HARM)):
        assert finding_of(told, held_out, now=NOW - MINUTE, shown_from=NOW) is finding
    few = Share(part=19, whole=19)
    assert finding_of(told, few, now=NOW - MINUTE, shown_from=NOW) is Finding.TOO_EARLY


def test_a_holdout_that_harms_ends_at_once(rig: Rig) -> None:
    in_force(rig, held_out(), files=REASONS)
    people(rig)
    cases = [
        {
            "occurrence": f"past-{side}-{number}",
            "holdout": "visit-reminder",
            "rule": "visit-reminder",
            "subject_id": "A-0",
            "recipient_id": f"{side}-{number}",
            "unit": f"{side}-{number}",
            "arm": side,
            "live": False,
            "assigned_at": NOW - DAY,
        }
        for side, many in (("told", 60), ("held_out", 20))
        for number in range(many)
    ]
    with rig.database.begin() as connection:
        connection.execute(sa.insert(HOLDOUT_CASE), cases)
    rig.clock.at = NOW - MINUTE
    for number in range(15):
        calls(rig, f"held_out-{number}")
    assert {each.to for each in play(rig, NOW)} == set(PEOPLE)
    [alert] = [row for row in rig.notices() if row.kind == "alert"]
    assert alert.reason == (
        "of 20 households not told 15 made contact, of 60 told 0: the holdout visit-reminder ended for harm"
    )
    rules = list(rig.ruleset.project.rules.values())
    with read_only(rig.database) as connection:
        [figures] = holdout_report(connection, rules, now=NOW, timezone="UTC", live=False)
    assert figures.finding is Finding.HARM
    assert figures.interval is not None
    assert figures.interval[0] > 0.25
    with rig.database.begin() as connection:  # what was counted since says less: what ended stays ended
        connection.execute(sa.delete(HOLDOUT_CASE).where(HOLDOUT_CASE.c.recipient_id.like("told-%")))
    rig.clock.at = NOW + MINUTE
    people(rig, range(11, 13))
    assert {each.to for each in play(rig, NOW + MINUTE)} == {"C-11", "C-12"}
    assert sum(row.kind == "alert" for row in rig.notices()) == 1


def test_the_interval_is_newcombes() -> None:
    """statsmodels' confint_proportions_2indep(method="newcomb"), as the study ran it: 12 and 30 of 200, 0 and 3 of 50.
    And the example of the paper itself: 56 of 70 less 48 of 80, 0.0524 to 0.3339."""
    first = difference(Share(part=12, whole=200), Share(part=30, whole=200))
    second = difference(Share(part=0, whole=50), Share(part=3, whole=50))
    paper = difference(Share(part=56, whole=70), Share(part=48, whole=80))
    assert first is not None
    assert second is not None
    assert paper is not None
    assert [round(each, 2) for each in (*first, *second)] == [-0.15, -0.03, -0.16, 0.02]
    assert [round(each, 4) for each in paper] == [0.0524, 0.3339]


def test_how_many_are_needed_is_what_the_textbook_says() -> None:
    """Two sides of one size, 20 % against 10 %: 199 on each by Fleiss without the correction for continuity."""
    assert customers_needed(0.2, 0.5, 0.5) == 2 * 199 or abs(customers_needed(0.2, 0.5, 0.5) - 2 * 199) <= 1
    assert customers_needed(0.2, 0.5, 0.05) > customers_needed(0.2, 0.5, 0.2) > customers_needed(0.2, 0.5, 0.5)


def test_a_name_of_its_own_draws_anew() -> None:
    terms: dict[str, Any] = {
        "share": Decimal("0.2"),
        "until": date(2026, 3, 20),
        "decided_by": "Marta",
        "contacts": ("visit-when",),
    }
    one, other = Holdout(name="a", **terms), Holdout(name="b", **terms)
    assert [one.arm_of(str(n)) for n in range(50)] != [other.arm_of(str(n)) for n in range(50)]
