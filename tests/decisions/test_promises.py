"""What somebody said is recorded by somebody, with a reason, and can be withdrawn once.

On SQLite alone: a promise is written as an import writes it, which test_imports does on both databases.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.promises import AddPromise, WithdrawPromise, new_promise_id
from notifier.intake.parsing import ImportContext
from notifier.model.problems import ProblemsError
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from tests.support.deciding import a_person_decides
from tests.support.drafts import NOW
from tests.support.sqlite_alone import migrated_url
from tests.support.state import changes, stored

__all__ = ["migrated_url"]

PRICE = {
    "subject": "contract:K-1",
    "customer_id": "C-1",
    "topic": "monthly_price",
    "value": "79900",
    "currency": "COP",
    "made_by": "Julián (sales)",
    "source": "sales",
    "evidence": None,
}
LATER = NOW + timedelta(hours=1)


def add(engine: sa.Engine, context: ImportContext, name: str = "P-1", **more: Any) -> str:
    decision = AddPromise(name, {**PRICE, **more}, context)
    done = a_person_decides(engine, decision, by="luz", reason="the customer called", now=NOW)
    assert done.sentence == f"Promise {name} is recorded."
    return done.objects[0].id


def withdraw(engine: sa.Engine, promise: str = "P-1", *, reason: str, now: datetime = LATER) -> None:
    done = a_person_decides(engine, WithdrawPromise(promise), by="luz", reason=reason, now=now)
    assert done.sentence == f"Promise {promise} is withdrawn."


def deeds(engine: sa.Engine, promise: str) -> list[tuple[str, str, str]]:
    with read_only(engine) as connection:
        return [(row.actor, row.verb, row.reason) for row in interventions_on(connection, "promise", promise)]


def test_a_promise_is_recorded_with_its_typed_value_and_who_recorded_it(
    engine: sa.Engine, context: ImportContext
) -> None:
    assert add(engine, context) == "P-1"
    row = stored(engine, "promise")["P-1"]
    assert (row["value"], row["value_number"], row["currency"]) == ("79900", Decimal(79900), "COP")
    assert (row["subject_type"], row["subject_id"], row["made_at"], row["state"]) == ("contract", "K-1", NOW, "open")
    assert deeds(engine, "P-1") == [("luz", "add", "the customer called")]
    assert [change["new_keys"]["subject_id"] for change in changes(engine)] == ["K-1"]


def test_a_promise_without_an_id_gets_one(engine: sa.Engine, context: ImportContext) -> None:
    first, second = (add(engine, context, new_promise_id(NOW)) for _ in range(2))
    assert first != second
    assert set(stored(engine, "promise")) == {first, second}


def test_a_callback_keeps_its_instant_in_utc(engine: sa.Engine, context: ImportContext) -> None:
    add(engine, context, topic="callback", value="2026-03-03T09:00:00-05:00", currency=None, subject="customer:C-1")
    row = stored(engine, "promise")["P-1"]
    assert (row["value"], row["value_at"]) == ("2026-03-03T14:00:00Z", NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"value": "79.900"}, "promise P-1: value: '79.900' is ambiguous: COP has 2 decimals"),
        ({"currency": None}, "promise P-1: value: an amount of money needs its currency"),
        ({"topic": "price"}, "promise P-1: topic: unknown topic 'price'"),
        ({"subject": "K-1"}, "promise P-1: subject: 'K-1' is no subject"),
        ({"source": None}, "promise P-1 is not there yet, and a new one needs source"),
        ({"evidnce": "call 7"}, "promise has no column 'evidnce'; did you mean 'evidence'?"),
    ],
)
def test_a_promise_that_cannot_be_read_is_refused_and_nothing_is_recorded(
    engine: sa.Engine, context: ImportContext, change: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ProblemsError) as caught:
        add(engine, context, **change)
    assert problem in str(caught.value)
    assert stored(engine, "promise") == {}
    assert deeds(engine, "P-1") == []


def test_a_promise_is_never_overwritten_by_adding_another(engine: sa.Engine, context: ImportContext) -> None:
    add(engine, context)
    with pytest.raises(RefusedError, match="there is a promise P-1 already; withdraw it"):
        add(engine, context, value="1")
    assert stored(engine, "promise")["P-1"]["value"] == "79900"


def test_a_withdrawn_promise_says_by_whom_and_why(engine: sa.Engine, context: ImportContext) -> None:
    add(engine, context)
    withdraw(engine, reason="wrong customer")
    assert stored(engine, "promise")["P-1"]["state"] == "withdrawn"
    assert deeds(engine, "P-1")[-1] == ("luz", "withdraw", "wrong customer")
    assert changes(engine)[-1]["at"] == LATER


@pytest.mark.parametrize(
    ("promise", "reason", "error", "message"),
    [
        ("P-404", "x", RefusedError, "there is no promise P-404"),
        ("P-1", " ", RefusedError, "say why"),
    ],
)
def test_a_promise_that_cannot_be_withdrawn_says_why(
    engine: sa.Engine, context: ImportContext, promise: str, reason: str, error: type[Exception], message: str
) -> None:
    add(engine, context)
    with pytest.raises(error, match=message):
        withdraw(engine, promise, reason=reason)
    assert stored(engine, "promise")["P-1"]["state"] == "open"


def test_a_promise_is_withdrawn_once(engine: sa.Engine, context: ImportContext) -> None:
    add(engine, context)
    withdraw(engine, reason="wrong customer")
    with pytest.raises(RefusedError, match="the promise P-1 is withdrawn already"):
        withdraw(engine, reason="again")


def test_a_withdrawal_dated_before_the_promise_is_refused(engine: sa.Engine, context: ImportContext) -> None:
    add(engine, context)
    earlier = NOW - timedelta(hours=1)
    with pytest.raises(RefusedError, match="was written with a later time"):
        withdraw(engine, reason="x", now=earlier)
    assert len(deeds(engine, "P-1")) == 1
