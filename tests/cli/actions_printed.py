"""Documents for `test_schemas.py` of what owners do, of their week, and of holdouts: made of values, as a week and a
planned end would have to pass."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from notifier.answers.documents.actions import action_card_document, action_document, week_document
from notifier.answers.documents.holdouts import holdout_report_document
from notifier.model.actions import Action
from notifier.model.holdout_figures import Finding, HoldoutFigures, plan_of
from notifier.model.holdouts import Holdout
from notifier.model.shares import Share
from notifier.model.weekly import Counted, Week
from notifier.store.interventions import Intervention
from tests.cli.samples import NOW

DAY = timedelta(days=1)


def acted_on(note: Callable[[str, Any], None]) -> None:
    """An action that came back, a week that went wrong, and a holdout that showed something."""
    action = Action(
        id="AC-7K3QM-X9T2A",
        owner="billing",
        what="read the price list twice",
        contacts="bill-higher",
        due_at=NOW + DAY,
        opened_at=NOW - 40 * DAY,
        opened_by="marta",
        closed_at=NOW - 9 * DAY,
        closed_by="marta",
        found_cause="nobody read it",
        effect="none since",
        watched_until=NOW + DAY,
        came_back_at=NOW - DAY,
        came_back_count=5,
        times_back=1,
    )
    done = Intervention(
        at=NOW, actor="notifier", verb="open again", object_type="action", object_id=action.id, reason="5 contacts"
    )
    counted = Counted(name="late-order", count=3, before=1, state="expired")
    week = Week(
        owner="billing",
        since=NOW - 7 * DAY,
        until=NOW,
        contradictions=(counted,),
        notices=(counted,),
        contacts=(counted,),
        open=(action,),
        done=(action,),
        back=(action,),
    )
    note("actions list", [action_document(action, NOW)])
    note("actions show", action_card_document(action, [done], NOW))
    note("digest", week_document(week))
    holdout = Holdout(
        name="visit-reminder",
        share=Decimal("0.05"),
        until=date(2026, 2, 1),
        decided_by="Marta Ruiz",
        contacts=("visit-when",),
        within=7 * DAY,
    )
    told, held_out = Share(part=50, whole=900), Share(part=20, whole=50)
    figures = HoldoutFigures(
        rule="visit-reminder",
        holdout=holdout,
        since=NOW - 60 * DAY,
        shown_from=NOW - DAY,
        told=told,
        held_out=held_out,
        finding=Finding.FEWER,
    )
    plan = plan_of("visit-reminder", holdout, effect=0.5, weekly=200.0, measured=told)
    note("report holdout", holdout_report_document([figures], [plan], NOW))
