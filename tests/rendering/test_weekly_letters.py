"""What owners read of their week, and of an action that is open again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from notifier.model.actions import Action, ActionStatus
from notifier.model.weekly import WEEK, ActionBackAlert, Counted, Week, WeeklyAlert
from tests.rendering.support import NOW
from tests.rendering.test_alerts import alerted

ACTION = Action(
    id="AC-7K3QM-X9T2A",
    owner="billing",
    what="two people check the price list",
    cause="price-list",
    due_at=NOW - timedelta(days=1),
    opened_at=NOW - timedelta(days=12),
    opened_by="marta",
)
DONE = replace(
    ACTION,
    status=ActionStatus.DONE,
    closed_at=NOW - timedelta(days=2),
    closed_by="marta",
    found_cause="one list for two plans",
    effect="no wrong price in two weeks",
    watched_until=NOW + timedelta(days=28),
)
BACK = replace(DONE, status=ActionStatus.OPEN, came_back_at=NOW, came_back_count=3, times_back=1, due_at=NOW + WEEK)
FULL = Week(
    owner="billing",
    since=NOW - WEEK,
    until=NOW,
    contradictions=(Counted(name="promised-price-vs-billing", count=12, before=4),),
    notices=tuple(Counted(name=f"rule-{n}", count=1, before=0, state="expired", of=7) for n in range(12)),
    contacts=(Counted(name="bill-higher", count=89, before=31, people=71),),
    customers=3412,
    open=(ACTION, BACK),
    done=(DONE,),
    back=(BACK,),
)
QUIET = Week(owner="billing", since=NOW - WEEK, until=NOW)


@pytest.mark.parametrize("locale", ["es-CO", "en-US"])
@pytest.mark.parametrize(
    "alert",
    [
        WeeklyAlert(week=FULL),
        WeeklyAlert(week=QUIET),
        ActionBackAlert(action=DONE, count=3, first_at=NOW - timedelta(days=1)),
        ActionBackAlert(action=replace(DONE, cause=None, contacts="bill-higher"), count=1, first_at=NOW),
    ],
    ids=["full", "quiet", "cause", "contacts"],
)
def test_an_owner_reads_the_week_and_what_came_back(
    alert: WeeklyAlert | ActionBackAlert, locale: str, snapshot: SnapshotAssertion
) -> None:
    sms, mail = alerted(alert, locale)
    assert (sms.text, mail.subject, mail.text) == snapshot
    assert sms.encoding == "GSM-7"
