"""Contradictions that open together are those that are opened one by one: the same rows, to the last column."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.promises import opening_together
from notifier.promises.wording import alert_key
from notifier.rules.checked_checks import Tolerance
from notifier.store.conflicts import ConflictError
from notifier.store.contradictions import save_together
from tests.promises.conftest import Worlds
from tests.promises.examples import DAY, HOUR, NOW
from tests.promises.world import ONE_PERIOD, PromiseWorld, superseding, written_check

CHECKS = (
    superseding(written_check(name="price", worse="higher", valid_at=("charge.period_start",))),
    superseding(written_check(name="price of a period", actual=ONE_PERIOD, tolerance=Tolerance())),
    superseding(
        written_check(name="lines of a period", actual=ONE_PERIOD.replace("sum(c, c.amount)", "size()"), worse="lower")
    ),
)
NAMES = ("plain", 'quoted "twice" \\ once', "100 %s", "línea\nnueva", "\ufdd0")
"""Ids of charges; the last is a mark itself."""
ALERTS = ("alerted", "group_id")
"""What a flood says besides; `tests/tick` looks at it."""


def flood(world: PromiseWorld) -> None:
    """Promises of a few values, each with a charge, and all that sets one apart from the others."""
    for number, (name, value, amount, currency) in enumerate(
        product(NAMES, ["79900", "80000"], ["111860", "79900"], ["COP", "COP", "USD"])
    ):
        contract = f"K-{number}"
        at = NOW + timedelta(minutes=number % 3)
        world.contract(contract, status="active", plan="FIBRA-300")
        world.promise(
            f"P-{name}-{number}",
            value,
            at,
            subject_id=contract,
            currency="COP",
            customer_id=None if number % 5 == 0 else f"C-{number}",
            made_by=None if number % 4 == 0 else f"ventas {name}",
            evidence=None if number % 3 else "call 47",
            tax_included=None if number % 2 else True,
        )
        for line in range(1 + number % 2):
            world.charge(
                f"X-{name}-{number}-{line}",
                amount,
                at,
                contract_id=contract,
                currency=currency,
                tax_included=None if number % 7 else False,
                period_start=NOW if number % 4 == 1 else None,
                billed=line > 0,
                bill_at=None if number % 11 == 0 else NOW + (number % 13 - 2) * DAY,
            )


def amounts_of_their_own(world: PromiseWorld) -> None:
    """Amounts that nobody else has: above, at the tolerance, below, with decimals, negative, of two rows."""
    charges = ["80299.5", "80299.51", "111860.4321", "79900.03", "-3", "0", "99999999999990", "1.5"]
    for number, (amount, currency) in enumerate(product(charges, ["COP", "COP", "USD"])):
        contract, name = f"A-{number}", NAMES[number % 4]
        world.contract(contract, status="active")
        world.promise(
            f"PA-{name}-{number}",
            f"{99999999999900 + number}"  # SQL cannot tell whether it is within its tolerance
            if "999990" in amount
            else f"{79900 + number}"
            if number % 3
            else f"79900.{number + 1}",
            subject_id=contract,
            currency="COP",
            tax_included=True if number % 5 == 0 else None,
        )
        for line in range(1 + (number % 7 == 0)):
            world.charge(
                f"XA-{name}-{number}-{line}",
                str(Decimal(amount) - number) if Decimal(amount) > 1000 else amount,
                contract_id=contract,
                currency=currency,
                tax_included=False if number % 5 == 0 and number % 2 else None,
                period_start=NOW,
            )


def stored(world: PromiseWorld) -> Sequence[Any]:
    """All that stands of contradictions, which is deleted."""
    with world.engine.begin() as connection:
        found = []
        for table in ("contradiction_member", "contradiction_promise", "contradiction"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()
            texts = ({name: value for name, value in row.items() if name not in ALERTS} for row in rows)
            found += sorted(str(each) for each in texts)
            connection.execute(sa.text(f"DELETE FROM {table}"))
    return found


def test_what_opens_together_stands_there_as_what_is_opened_one_by_one(worlds: Worlds) -> None:
    world = worlds(*CHECKS)
    flood(world)
    amounts_of_their_own(world)
    opened: list[Any] = []
    for at_least in (0, 1_000):
        world.since, world.at_least = NOW - HOUR, at_least
        with world.engine.begin() as connection:
            passed = list(world.found(connection, NOW + HOUR, full=True))
            found = [each.together for each in passed if each.together]
            opened.append(sum(map(len, found)))
            for each in found:
                keys = {one.id: alert_key(one, NOW + HOUR) for one in each.all()}
                assert dict(zip(each.columns["id"], each.columns["alerted"], strict=True)) == keys
        world.tick(NOW + HOUR, full=True)
        opened.append(stored(world))
    together, rows, alone, the_same = opened
    assert rows == the_same
    assert (together > 75, alone) == (True, 0)


def test_what_shares_nothing_with_any_other_is_decided_alone(worlds: Worlds) -> None:
    world = worlds()
    world.at_least = 0
    for number in range(3):
        world.contract(f"K-{number}")
        world.promise(f"P-{number}", subject_id=f"K-{number}")
        currency = "COP" if number else "USD"
        world.charge(f"X-{number}", 111_860 + number, contract_id=f"K-{number}", currency=currency)
    with world.engine.begin() as connection:
        (found,) = world.found(connection, NOW + HOUR, full=True)
    assert [change.contradiction.promise_id for change in found.changes] == ["P-0"]
    assert found.together is not None
    assert sorted(found.together.columns["promise_id"]) == ["P-1", "P-2"]


def test_no_more_moulds_are_kept_than_fit(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening_together, "MOST_MOULDS", 1)
    world = worlds()
    world.at_least = 0
    for number in range(6):
        world.contract(f"K-{number}")
        world.promise(f"P-{number}", subject_id=f"K-{number}")
        world.charge(f"X-{number}", 111_860 + number % 2, contract_id=f"K-{number}")
    assert len(world.tick(NOW + HOUR, full=True)) == 6


def test_what_somebody_else_opened_meanwhile_is_a_conflict(worlds: Worlds) -> None:
    world = worlds()
    world.at_least = 0
    for number in range(2):
        world.contract(f"K-{number}")
        world.promise(f"P-{number}", subject_id=f"K-{number}")
        world.charge(f"X-{number}", contract_id=f"K-{number}")
    with world.engine.begin() as connection:
        (found,) = world.found(connection, NOW + HOUR, full=True)
    assert found.together is not None
    world.tick(NOW + HOUR, full=True)
    with pytest.raises(ConflictError, match="opened by someone else"), world.engine.begin() as connection:
        save_together(connection, found.together)
