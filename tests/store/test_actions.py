"""Actions, the week of an owner and holdouts as both databases keep and count them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from notifier.model.actions import Action, ActionStatus, ActionWork
from notifier.model.holdouts import Arm, Assignment, Holdout
from notifier.model.notices import Draft, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.reasons import DecidedBy, Label
from notifier.model.shares import Share
from notifier.model.weekly import WEEK, Counted
from notifier.rules.checked_rules import Rule
from notifier.store.actions import ActionFilter, actions_listed, add_action, any_stands, write_actions
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.reasons import add_labels
from notifier.store.reports.holdouts import holdout_plans, holdout_report
from notifier.store.state.changes import write_rows
from tests.decisions.support import write
from tests.planning.builders import RULE
from tests.support.drafts import NOW, draft

DAY = timedelta(days=1)
DONE = Action(
    id="AC-7K3QM-X9T2A",
    owner="billing",
    what="two people check the list",
    contacts="bill-higher",
    due_at=NOW,
    status=ActionStatus.DONE,
    opened_at=NOW - 20 * DAY,
    opened_by="marta",
    again_at=2,
    closed_at=NOW - 5 * DAY,
    closed_by="marta",
    found_cause="one list",
    effect="none since",
    watched_until=NOW + 25 * DAY,
)


def contacts(engine: sa.Engine, *days: int, customer: str = "C-1") -> None:
    """The customer called so many days before `NOW`, each time because the bill was higher."""
    names = [f"T-{customer}-{day}" for day in days]
    rows: list[dict[str, Any]] = [
        {"id": name, "customer_id": customer, "at": NOW - day * DAY, "channel": "phone", "direction": "inbound"}
        for name, day in zip(names, days, strict=True)
    ]
    by = {"decided_by": DecidedBy.WORDS, "decided_from": "words", "decided_at": NOW}
    with engine.begin() as connection:
        write_rows(connection, "contact", rows, NOW)
        add_labels(connection, [Label(entity="contact", row_id=name, reason="bill-higher", **by) for name in names])  # type: ignore[arg-type]


def test_what_came_back_is_counted_and_opens_the_action_again_once(engine: sa.Engine) -> None:
    contacts(engine, 1, 2, 6, 9)
    with engine.begin() as connection:
        add_action(connection, DONE)
        assert not any_stands(connection, cause="bill-higher", now=NOW)
        (back,) = Reader(connection, live=False).actions_back(NOW)
        assert (back.action, back.count, back.first_at) == (DONE, 2, NOW - 2 * DAY)
        write_actions(connection, ActionWork(back=(back,)), NOW)
        write_actions(connection, ActionWork(back=(back,)), NOW)
        assert Reader(connection, live=False).actions_back(NOW) == ()
        (found,) = actions_listed(connection, ActionFilter(statuses=(ActionStatus.OPEN,), contacts="bill-higher"))
        assert (found.came_back_count, found.times_back, found.due_at) == (2, 1, NOW + 30 * DAY)
        assert connection.execute(sa.text("SELECT count(*) FROM intervention")).scalar_one() == 1
        week = Reader(connection, live=False).week_of("billing", NOW - WEEK, NOW, reasons={"bill-higher"})
    assert week.contacts == (Counted(name="bill-higher", count=3, before=1, people=1),)
    assert [each.id for each in week.done] == [DONE.id]
    assert (week.open, week.back, week.contradictions, week.notices) == ((), (), (), ())


def test_sides_are_kept_once_and_counted_by_household(engine: sa.Engine) -> None:
    people = [f"C-{n}" for n in range(4)]
    drafts: list[Draft] = []
    for number, who in enumerate(people):
        arm = Arm.HELD_OUT if number % 2 else Arm.TOLD
        assigned = Assignment(holdout="bill", unit=f"unit-{min(number, 2)}", arm=arm)
        reason = Reason(code=ReasonCode.HELD_OUT, text="by lot")
        verdict = Verdict(state=NoticeState.SUPPRESSED, reason=reason, gate="held_out", assigned=assigned)
        drafts.append(replace(draft(f"A-{number}", verdict=verdict, rule="bill-is-ready"), recipient_id=who))
    write(engine, *drafts)
    write(engine, *drafts)
    contacts(engine, -1, -2, customer="C-1")
    contacts(engine, 1, customer="C-3")  # before
    holdout = Holdout(
        name="bill",
        share=Decimal("0.2"),
        until=(NOW - 30 * DAY).date(),
        decided_by="marta",
        contacts=("bill-higher",),
    )
    rule: Rule = replace(RULE, name="bill-is-ready", holdout=holdout)
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        assert reader.holdout_sides("bill", people)["C-1"] is Arm.HELD_OUT
        occurrences = [each.occurrence for each in drafts]
        assert reader.held_out_in_contact(occurrences) == {drafts[1].occurrence}
        assert reader.held_out_to_tell("bill-is-ready") == {"A-1"}
        (figures,) = holdout_report(connection, [rule], now=NOW + 3 * DAY, timezone="UTC", live=False)
        (plan,) = holdout_plans(connection, [rule], now=NOW + 3 * DAY, effect=0.5, live=False)
    assert (figures.told, figures.held_out) == (Share(part=0, whole=2), Share(part=1, whole=2))
    assert plan.measured == Share(part=0, whole=0)
