"""What changes after a notice was planned stops or replaces it before it leaves: daemon processes, real adapters.

One process plans, one opens the contradiction, and one that does not evaluate at all sends. So what stops a message is
what is looked at between its claim and its sending.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.notices import NoticeKind
from notifier.model.types import ChannelName
from notifier.store.state.changes import write_rows
from tests.crash import project
from tests.crash.worker import Job
from tests.crash.world import CrashWorld, open_world
from tests.support.rig import NOW

UNCHANGED, CANCELLED, MOVED, HELD, REFUSED, ELSEWHERE, OPTED_OUT, SHARES = range(8)
"""Customers, by what befalls them. The last shares the phone of whom opted out."""
NEW_PHONE = "+573009999999"
SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashWorld]:
    """Everything has happened; each test looks at one customer."""
    folder = tmp_path_factory.mktemp("never-stale")
    with open_world(folder, request.getfixturevalue(f"module_{request.param}"), {}) as world:
        rows = {number: project.customer(number) for number in range(8)}
        rows[SHARES]["phone"] = rows[OPTED_OUT]["phone"]
        write(
            world,
            customer=list(rows.values()),
            contract=[{"id": f"K-{n}", "customer_id": f"C-{n}", "status": "active"} for n in rows],
            appointment=[visit(number) for number in rows],
        )
        world.booked = len(rows)
        world.plan()
        write(world, promise=[PROMISE], charge=[CHARGE])
        world.plan()
        write(
            world,
            appointment=[visit(CANCELLED, status="cancelled"), visit(MOVED, starts_at=NOW + timedelta(hours=30))],
            consent=[REFUSAL],
            customer=[rows[ELSEWHERE] | {"phone": NEW_PHONE}],
        )
        world.twilio.fault("answer", to=rows[OPTED_OUT]["phone"], status=400, code=21610)
        sender = world.begin(jobs=[Job.DISPATCH])
        world.watch(sender)
        world.end(sender)
        yield world


def write(world: CrashWorld, **entities: list[dict[str, Any]]) -> None:
    with world.database.begin() as connection:
        for entity, rows in entities.items():
            write_rows(connection, entity, rows, world.clock())


def visit(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"A-{number}",
        "customer_id": f"C-{number}",
        "contract_id": f"K-{number}",
        "kind": "installation",
        "status": "confirmed",
        "starts_at": NOW + timedelta(hours=47),
        **changes,
    }


PROMISE = {
    "id": "P-1",
    "customer_id": f"C-{HELD}",
    "subject_type": "contract",
    "subject_id": f"K-{HELD}",
    "topic": "monthly_price",
    "value": "79900",
    "value_number": Decimal(79900),
    "currency": "COP",
    "made_at": NOW - timedelta(days=9),
    "source": "sales",
}
CHARGE = {
    "id": "X-1",
    "customer_id": f"C-{HELD}",
    "contract_id": f"K-{HELD}",
    "kind": "recurring",
    "amount": Decimal(111860),
    "currency": "COP",
    "bill_at": NOW + timedelta(days=9),
    "billed": False,
    "proration": False,
}
REFUSAL = {
    "id": f"C-{REFUSED}/sms/service",
    "customer_id": f"C-{REFUSED}",
    "channel": "sms",
    "class": "service",
    "allowed": False,
    "at": NOW,
}


def notices(world: CrashWorld, number: int) -> list[sa.Row[Any]]:
    """The customer's notices in the order in which they were decided."""
    return [row for row in world.notices() if row.recipient_id == f"C-{number}" and row.kind == NoticeKind.NOTICE]


def stopped(world: CrashWorld, number: int) -> dict[str, str]:
    """Why which of the customer's messages did not go, by channel."""
    ids = {notice.id for notice in notices(world, number)}
    return {row.channel: row.error for row in world.messages() if row.notice_id in ids and row.state == "cancelled"}


def received(world: CrashWorld, number: int) -> dict[ChannelName, list[str]]:
    """What the providers hold for the customer's addresses."""
    row = project.customer(number)
    return {
        SMS: [held.body for held in world.twilio.messages() if held.to == row["phone"]],
        EMAIL: [mail.content.decode() for mail in world.smtp.mails() if mail.recipient == row["email"]],
    }


def counts(world: CrashWorld, number: int) -> tuple[int, int]:
    """How many SMS and mails the customer got."""
    texts = received(world, number)
    return len(texts[SMS]), len(texts[EMAIL])


def test_what_did_not_change_is_told(world: CrashWorld) -> None:
    assert counts(world, UNCHANGED) == (1, 1)
    assert [row.state for row in notices(world, UNCHANGED)] == ["told"]


def test_a_cancelled_appointment_stops_the_message(world: CrashWorld) -> None:
    assert counts(world, CANCELLED) == (0, 0)
    (notice,) = notices(world, CANCELLED)
    assert notice.state == "cancelled"
    assert stopped(world, CANCELLED) == {SMS: notice.reason, EMAIL: notice.reason}


def test_a_changed_claim_replaces_the_message(world: CrashWorld) -> None:
    assert counts(world, MOVED) == (1, 1)
    assert all("March 4" in text for texts in received(world, MOVED).values() for text in texts)
    replaced, told = notices(world, MOVED)
    assert (replaced.state, told.state) == ("cancelled", "told")
    assert stopped(world, MOVED) == {SMS: replaced.reason, EMAIL: replaced.reason}


def test_a_new_contradiction_holds_the_message(world: CrashWorld) -> None:
    assert counts(world, HELD) == (0, 0)
    (notice,) = notices(world, HELD)
    assert notice.state == "held"
    assert notice.reason.startswith("held by promised-price")
    assert stopped(world, HELD) == {SMS: notice.reason, EMAIL: notice.reason}


def test_a_withdrawn_consent_stops_its_channel(world: CrashWorld) -> None:
    assert counts(world, REFUSED) == (0, 1)
    assert stopped(world, REFUSED)[SMS].endswith("no consent for sms")


def test_a_changed_address_gets_the_message_in_place_of_the_old_one(world: CrashWorld) -> None:
    assert counts(world, ELSEWHERE) == (0, 1)
    assert len([held for held in world.twilio.messages() if held.to == NEW_PHONE]) == 1
    # Whichever channel is claimed first finds it out for both.
    assert stopped(world, ELSEWHERE)[SMS].startswith(("the customer's address for sms changed", "planned anew"))


def test_an_address_that_opted_out_meanwhile_is_not_written_to_again(world: CrashWorld) -> None:
    assert counts(world, OPTED_OUT) == (0, 1)
    assert counts(world, SHARES) == (0, 1)
    assert [row.state for number in (OPTED_OUT, SHARES) for row in notices(world, number)] == ["told", "told"]
    (why,) = (stopped(world, number)[SMS] for number in (OPTED_OUT, SHARES) if stopped(world, number))
    assert "Twilio 21610: the customer opted out" in why
