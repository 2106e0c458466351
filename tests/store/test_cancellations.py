"""A contact that cancels something is a promise that it stops, however it is written, and once."""

import pytest
import sqlalchemy as sa

from notifier.store.state.changes import delete_rows, write_rows
from tests.promises.conftest import Worlds
from tests.promises.conftest import worlds as worlds
from tests.promises.examples import DAY, HOUR, NOW
from tests.promises.world import PromiseWorld


def contact(world: PromiseWorld, **changes: object) -> None:
    said = {"customer_id": "C-1", "at": NOW - HOUR, "channel": "phone", "direction": "inbound", "outcome": "cancel"}
    world.write("contact", **{"id": "T-1", "subject": "contract:K-1"} | said | changes)


def heard(world: PromiseWorld) -> list[tuple[object, ...]]:
    columns = "id, customer_id, subject_type, subject_id, topic, value, source, channel, evidence, state"
    with world.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(f"SELECT {columns} FROM promise"))]


@pytest.mark.parametrize("subject", ["contract:K-1", "order:O-1", "appointment:A-1"])
def test_a_contact_that_cancels_is_a_promise_in_the_same_transaction(worlds: Worlds, subject: str) -> None:
    world = worlds()
    contact(world, subject=subject)
    kind, _, name = subject.partition(":")
    promise = ("heard:T-1", "C-1", kind, name, "cancelled", "true", "customer", "phone", "contact T-1", "open")
    assert heard(world) == [promise]
    with world.engine.connect() as connection:
        changes = connection.execute(sa.text("SELECT entity, row_id FROM change ORDER BY id")).all()
    assert [tuple(row) for row in changes][-1] == ("promise", "heard:T-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "solved"},
        {"subject": None},
        {"subject": "charge:X-1"},
        {"subject": "contract:"},
        {"subject": "the router"},
        {"subject": "notice:7K3QM-X9T2A"},
    ],
)
def test_what_cancels_nothing_that_can_be_cancelled_is_no_promise(worlds: Worlds, changes: dict[str, object]) -> None:
    world = worlds()
    contact(world, **changes)
    assert heard(world) == []


def test_what_happens_to_the_contact_later_takes_nothing_back(worlds: Worlds) -> None:
    world = worlds()
    contact(world)
    contact(world, outcome="solved")
    with world.engine.begin() as connection:
        delete_rows(connection, "contact", ["T-1"], NOW)
    assert [row[-1] for row in heard(world)] == ["open"]
    with world.engine.begin() as connection:
        write_rows(connection, "promise", [{"id": "heard:T-1", "state": "withdrawn"}], NOW + DAY)
    contact(world)
    assert [row[-1] for row in heard(world)] == ["withdrawn"], "a person decided"
