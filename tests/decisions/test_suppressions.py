"""A person lifts a suppressed address, and all who have it are looked at again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.decision import Decided
from notifier.decisions.suppressions import OBJECT, Lift
from notifier.model.types import ChannelName
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.state.changes import write_rows
from tests.store.test_suppressions import MAIL, PHONE, changed, forget_changes, known, refuse
from tests.support.deciding import a_person_decides
from tests.support.drafts import NOW

LATER = NOW + timedelta(days=1)


def lift(engine: sa.Engine, decision: Lift, *, reason: str = "she asked") -> Decided[Any]:
    return a_person_decides(engine, decision, by="Luz", reason=reason, now=LATER)


def test_whoever_has_the_address_is_looked_at_when_it_is_lifted(engine: sa.Engine) -> None:
    customers = [
        {"id": "C-1", "name": "Ana", "phone": PHONE[1]},
        {"id": "C-2", "name": "Her mother", "phone": PHONE[1]},
        {"id": "C-3", "name": "Her sister, never written to", "phone": PHONE[1]},
        {"id": "C-4", "name": "Luis", "phone": "+573009999999"},
    ]
    with engine.begin() as connection:
        write_rows(connection, "customer", customers, NOW)
    forget_changes(engine)
    refuse(engine)
    forget_changes(engine)
    lift(engine, Lift(PHONE[1], live=False))
    assert set(changed(engine)) == {"C-1", "C-2", "C-3"}


def test_a_person_lifts_it_with_a_record_that_holds_no_address(engine: sa.Engine) -> None:
    message, _ = refuse(engine)
    lifted = lift(engine, Lift(f" {PHONE[1]} ", live=False))
    with read_only(engine) as connection:
        (row,) = interventions_on(connection, OBJECT, message)
    assert [each.channel for each in lifted.objects] == [ChannelName.SMS]
    assert (row.actor, row.verb, row.reason, row.at) == ("Luz", "lift", "she asked", LATER)
    assert known(engine, PHONE, MAIL).keys() == {MAIL}


def test_what_is_not_suppressed_cannot_be_lifted(engine: sa.Engine) -> None:
    refuse(engine)
    for address, channel, live, why in (
        ("+573009999999", None, False, r"\+573009999999 is not suppressed; see notifier suppressions list"),
        (PHONE[1], ChannelName.EMAIL, False, "is not suppressed on email"),
        (PHONE[1], None, True, "is not suppressed"),
    ):
        with pytest.raises(RefusedError, match=why):
            lift(engine, Lift(address, channel, live=live))
    with pytest.raises(RefusedError, match="say why"):
        lift(engine, Lift(PHONE[1], live=False), reason="")
    assert len(known(engine, PHONE, MAIL)) == 2
