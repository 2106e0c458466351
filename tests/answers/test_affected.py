"""From an incident to all whom it touched: who heard of it and what they got, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.documents.affected import affected_document
from notifier.answers.speech import speech_for
from notifier.cli.sheets.affected import affected_sheet
from notifier.model.shares import Share
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError
from notifier.store.reports.affected import Affected, RemedyKind, WordKind, affected
from notifier.store.state.changes import write_rows
from tests.support.rig import Rig, ana, contract, open_rig

HOUR = timedelta(hours=1)


@pytest.fixture
def rig(migrated_url: str, tmp_path: Path) -> Iterator[Rig]:
    """Six contracts of the north; two that the outage of this morning did not touch."""
    with open_rig(tmp_path, migrated_url) as rig:
        began = rig.clock() - 5 * HOUR
        outage = {"id": "I-1", "kind": "outage", "zone": "north", "status": "resolved", "started_at": began}
        write(rig, "incident", [outage | {"ended_at": began + HOUR}])
        write(rig, "customer", [ana(), ana(id="C-2", name="Luis Mora")])
        touched = [contract(id=f"K-{number}", zone="north") for number in range(1, 7)]
        touched[5] |= {"customer_id": "C-2"}
        gone = contract(id="K-7", zone="north", cancelled_at=began - HOUR)
        write(rig, "contract", [*touched, gone, contract(id="K-8", zone="south")])
        yield rig


def write(rig: Rig, entity: str, rows: list[dict[str, Any]]) -> None:
    with rig.database.begin() as connection:
        write_rows(connection, entity, rows, rig.clock())


def read(rig: Rig) -> Affected:
    with read_only(rig.database) as connection:
        return affected(connection, "I-1", rig.clock(), live=False)


@pytest.mark.parametrize("migrated_url", ["sqlite", "postgresql"], indirect=True)
def test_each_one_whom_an_incident_touched_has_a_word_and_a_remedy_or_is_left_over(rig: Rig) -> None:
    at = rig.clock() - HOUR
    before = rig.clock() - 6 * HOUR
    call = {"customer_id": "C-1", "channel": "phone", "direction": "outbound", "at": at, "outcome": "answered"}
    calls = [
        call | {"id": "T-1", "subject": "incident:I-1"},
        call | {"id": "T-2", "customer_id": "C-2", "subject": "contract:K-6", "outcome": "unanswered"},
        call | {"id": "T-3", "customer_id": "C-2", "subject": "incident:I-1", "at": before},
    ]
    write(rig, "contact", calls)
    credit = {"customer_id": "C-1", "kind": "discount", "amount": -5000, "currency": "COP"}
    write(
        rig,
        "charge",
        [
            credit | {"id": "X-1", "contract_id": "K-1", "bill_at": at},
            credit | {"id": "X-2", "contract_id": "K-2", "bill_at": before},
            credit | {"id": "X-6", "contract_id": "K-6", "customer_id": "C-2", "bill_at": at, "kind": "one_off"},
        ],
    )
    promise: dict[str, Any] = {
        "source": "agent",
        "state": "open",
        "subject_type": "contract",
        "topic": "refund",
        "value": "5000",
    }
    promise |= {"value_number": 5000, "currency": "COP", "made_at": at, "customer_id": "C-1"}
    write(rig, "promise", [promise | {"id": "P-3", "subject_id": "K-3"}])
    admission: dict[str, Any] = {
        "customer_id": "C-1",
        "contradiction_id": "X",
        "topic": "made_good",
        "remedy": "a credit",
    }
    admission |= {"next_step": "a bill", "decided_at": at, "status": "decided"}
    of_a_price = admission | {"id": "A-5", "contract_id": "K-5", "topic": "monthly_price"}
    write(rig, "admission", [admission | {"id": "A-4", "contract_id": "K-4"}, of_a_price])

    found = read(rig)
    rows = {row.contract: (row.word, row.remedy) for row in found.rows}
    assert rows == {
        "K-1": (WordKind.CONTACT, RemedyKind.CREDIT),
        "K-2": (WordKind.CONTACT, None),
        "K-3": (WordKind.CONTACT, RemedyKind.PROMISE),
        "K-4": (WordKind.CONTACT, RemedyKind.ADMISSION),
        "K-5": (WordKind.CONTACT, None),
        "K-6": (None, RemedyKind.CREDIT),
    }
    assert [row.contract for row in found.left_over] == ["K-2", "K-5", "K-6"]
    assert [row.contract for row in found.rows][:3] == ["K-2", "K-5", "K-6"]
    assert (found.customers, found.word, found.remedy) == (2, Share(part=5, whole=6), Share(part=4, whole=6))
    document = affected_document(found)
    assert (document["left_over"], document["contracts"][2]["word"]) == (3, None)
    spanish = affected_sheet(found, speech_for("es-CO", "America/Bogota"), limit=2)
    left, done = spanish.sections
    assert (left.count, len(left.lines), left.note, done.count) == (3, 2, "1 más: --limit", 3)
    assert ("afectados", "6 contratos de 2 clientes") in spanish.facts
    with read_only(rig.database) as connection, pytest.raises(RefusedError, match="there is no incident I-9"):
        affected(connection, "I-9", rig.clock(), live=False)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_an_incident_without_a_zone_touches_the_contracts_of_its_site(rig: Rig) -> None:
    outage = {"id": "I-1", "zone": None, "site_id": "S-1"}
    write(rig, "incident", [outage])
    write(rig, "contract", [contract(id="K-9", zone="north", site_id="S-1")])
    found = read(rig)
    assert [row.contract for row in found.rows] == ["K-9"]
    assert found.site == "S-1"
