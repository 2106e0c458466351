"""Whoever is forgotten is named nowhere in the database, is not told again, and that they were told stays proven."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.documents.customers import customer_document
from notifier.answers.documents.values import json_text
from notifier.answers.exports import everything_of
from notifier.answers.records import Directory
from notifier.bounces.bounce import BounceKind, Meaning
from notifier.decisions.closing import Given
from notifier.decisions.customers import Forget, Readmit
from notifier.decisions.reasons import ConfirmReasons, Said
from notifier.decisions.settling import TellFirst
from notifier.model.consent import Source, Word
from notifier.model.reading import StoreError
from notifier.model.state import Contact
from notifier.model.types import ChannelName, NoticeClass
from notifier.planning.addressing import Defaults
from notifier.store import tombstones
from notifier.store.bounces import KeptBounce, keep
from notifier.store.consent import append
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, intervene
from notifier.store.naming import customer_named
from notifier.store.reply_answers import ReplyAnswer, queue_answer
from notifier.store.sql import table_of
from notifier.store.state.changes import delete_rows, write_rows
from notifier.store.tables import CONTRADICTION, INTERVENTION, MESSAGE, NOTICE, PAST_VERDICT, REPLY
from notifier.store.tombstones import digests
from tests.support.deciding import a_person_decides
from tests.support.rig import Rig, ana, contract, open_rig, visit
from tests.support.schemas import problems_of
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

PERSONAL = (
    "Ana",
    "Ruiz",
    "3001234567",
    "ana@example.com",
    "llego tarde",
    "call 88",
    "C-1",
    "A-1",
    "K-1",
    "case of Ana",
)
"""What names Ana or what she wrote, in whatever column it stands."""
LUIS = ana(id="C-2", name="Luis Mora", phone="+573001234568", email="luis@example.com")


def promised() -> dict[str, Any]:
    return {
        "id": "P-1",
        "customer_id": "C-1",
        "subject_type": "contract",
        "subject_id": "K-1",
        "topic": "monthly_price",
        "value": "79900",
        "value_number": 79900,
        "currency": "COP",
        "made_by": "agent 7",
        "source": "sales",
        "evidence": "call 88",
    }


@contextmanager
def told(folder: Path, url: str) -> Iterator[Rig]:
    """Ana was told of a visit, has another one ahead and a price that is not as promised, and has written to us."""
    with open_rig(folder, url) as rig:
        now = rig.clock()
        charge = {"id": "X-1", "customer_id": "C-1", "contract_id": "K-1", "kind": "recurring", "amount": 111860}
        charge |= {"currency": "COP", "bill_at": now + timedelta(days=2)}
        rig.set(customer=[ana(attributes={"nick": "Anita Ruiz"}), LUIS], contract=[contract()])
        rig.set(appointment=[visit(), visit(id="A-2", customer_id="C-2", contract_id=None)])
        rig.tick()
        rig.dispatch()
        rig.clock.forward(minutes=10)
        rig.set(promise=[promised() | {"made_at": now - timedelta(days=1)}], charge=[charge])
        rig.set(appointment=[visit(id="A-3")])
        reply = {"id": "sms:SM1", "customer_id": "C-1", "at": now, "channel": "sms", "direction": "inbound"}
        rig.set(contact=[reply | {"attributes": {"text": "llego tarde"}}])
        rig.tick()
        with rig.database.begin() as connection:
            append(
                connection,
                address="+573001234567",
                channel=ChannelName.SMS,
                classes=[NoticeClass.MARKETING],
                word=Word.OUT,
                source=Source.PERSON,
                register=None,
                by="marta",
                reason="case of Ana",
                now=now,
                live=None,
            )
            mail = connection.execute(sa.select(NOTICE.c.id).where(NOTICE.c.recipient_id == "C-1")).scalars().first()
            about = {"actor": "luz", "verb": "approve", "object_type": "notice", "object_id": str(mail)}
            intervene(connection, **about, reason="Ana Ruiz called", at=now)
            wrote = {"id": "sms:SM1", "at": now, "channel": "sms", "address": "+573001234567", "live": False}
            wrote |= {"notice_id": mail, "meaning": "other", "note": "Ana Ruiz asks", "waits_since": now}
            connection.execute(sa.insert(REPLY).values(**wrote, confirmed=False, answered=False))
            by_mail = wrote | {"id": "email:M1", "channel": "email", "address": "ana@example.com", "notice_id": None}
            by_mail |= {"text": "Ana Ruiz writes"}
            connection.execute(sa.insert(REPLY).values(**by_mail, confirmed=False, answered=True))
            answer = ReplyAnswer(
                reply_id="email:M1", reference="R", address="ana@example.com", subject="Re: Ana Ruiz", text="Ana"
            )
            queue_answer(connection, answer, live=False, now=now)
            verdict = {"notice_id": mail, "version": 99, "at": now, "state": "held", "reason_code": "due"}
            connection.execute(sa.insert(PAST_VERDICT).values(**verdict, reason="Ana Ruiz", evidence={"id": "C-1"}))
            meaning = Meaning(kind=BounceKind.SOFT, reason="full", code="452")
            back = KeptBounce(
                id="B-1", received_at=now, way="pipe", meaning=meaning, reporter="mx.ruiz.example", notice_id=mail
            )
            keep(connection, back, digest="d1", content=None)
            lost = KeptBounce(id="B-2", received_at=now, way="pipe", meaning=meaning)
            keep(connection, lost, digest="d2", content=b"To: Ana@Example.com\r\n")
            opened = str(connection.execute(sa.select(CONTRADICTION.c.id)).scalars().first())
        way_out = TellFirst(
            opened,
            given=Given(override="Ana Ruiz is the mayor"),
            remedy="Ana Ruiz pays what was promised",
            next_step="we call Ana Ruiz",
            rule="promise-not-kept",
        )
        a_person_decides(rig.database, way_out, reason="Ana Ruiz called", now=rig.clock())
        asked = ConfirmReasons([Said("sms:SM1", ("llego tarde",))], known=["llego tarde"], drawn={})
        a_person_decides(rig.database, asked, reason="Ana Ruiz called", now=rig.clock())
        yield rig


@pytest.fixture
def rig(migrated_url: str, tmp_path: Path) -> Iterator[Rig]:
    with told(tmp_path, migrated_url) as rig:
        yield rig


def forget(rig: Rig, customer: str = "C-1", reason: str = "asked for it in writing") -> str:
    return a_person_decides(rig.database, Forget(customer), reason=reason, now=rig.clock()).sentence


def names(one: str, text: str) -> bool:
    """Whether the text has it. Ids and short names count as words alone: any random id may have their letters."""
    pattern = re.escape(one)
    return re.search(rf"(?<![\w-]){pattern}(?![\w-])" if len(one) < 5 else pattern, text, re.IGNORECASE) is not None


def found_in(rig: Rig) -> set[str]:
    """`table.column: value` of everything in the database that names Ana."""
    found = set()
    with read_only(rig.database) as connection:
        for name in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{name}"')).mappings():
                for column, value in row.items():
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    found |= {f"{name}.{column}: {each}" for each in PERSONAL if names(each, text)}
    return found


def bytes_of(rig: Rig) -> bytes:
    """The file of a SQLite database: nothing of what was deleted lies about in it."""
    if rig.database.dialect.name != "sqlite":
        return b""
    rig.database.dispose()  # who closes it last writes the log into the file
    return Path(str(rig.database.url.database)).read_bytes()


def of(rig: Rig, table: sa.Table) -> list[sa.Row[Any]]:
    with read_only(rig.database) as connection:
        return list(connection.execute(sa.select(table)))


@on_both
def test_a_person_is_exported_whole_and_then_forgotten(rig: Rig) -> None:
    directory = Directory(defaults=Defaults(), owners={})
    with read_only(rig.database) as connection:
        whole = everything_of(connection, "C-1", directory, live=False, now=rig.clock())
    document = customer_document(whole)
    assert problems_of("customer export", document) == []
    text = json_text(document)
    assert [each for each in (*PERSONAL, "Anita Ruiz") if each not in text] == []
    assert "Luis" not in json_text(document | {"alerts": []})
    assert {entity for entity, rows in document["rows"].items() if rows} == {
        "customer", "contract", "appointment", "charge", "promise", "contact", "admission",
    }  # fmt: skip
    assert [each["id"] for each in document["bounces"]] == ["B-1"]
    assert len(document["contradictions"]) == 1
    before = {row.reference: row for row in rig.notices() if row.recipient_id == "C-1"}
    assert {row.state for row in before.values()} == {"told", "held"}

    said = forget(rig)
    assert "8 rows are deleted, and 2 notices blanked" in said
    rig.tick()
    rig.dispatch()
    assert found_in(rig) == set()
    assert [each for each in ("Ana Ruiz", "llego tarde", "+573001234567") if each.encode() in bytes_of(rig)] == []
    after = {row.reference: row for row in rig.notices() if row.reference in before}
    kept = ("rule", "kind", "notice_class", "told_at", "claims_digest", "channels")
    assert [[getattr(after[name], each) for each in kept] for name in before] == [
        [getattr(row, each) for each in kept] for row in before.values()
    ]
    assert {row.state for row in after.values()} == {"told", "cancelled"}
    assert [row.state for row in of(rig, MESSAGE)].count("accepted") >= 4
    (contradiction,) = of(rig, CONTRADICTION)
    assert (contradiction.state, contradiction.reason) == ("lapsed", "forgotten by marta: asked for it in writing")
    assert [(row.verb, row.actor) for row in of(rig, INTERVENTION)] == [
        ("approve", "luz"),
        ("tell the customer first", "marta"),
        ("confirm", "marta"),
        ("forget", "marta"),
    ]
    assert {row.recipient_id for row in rig.notices() if row.kind != "alert"} == {None, "C-2"}


@on_both
def test_who_was_forgotten_is_not_told_again_by_whatever_is_written(rig: Rig) -> None:
    forget(rig)
    told = len(rig.messages())
    for asked in ("C-1", "300 123 4567", "ana@example.com"):
        with read_only(rig.database) as connection, pytest.raises(RefusedError, match="was forgotten on 2026-03-03"):
            customer_named(connection, asked, "CO")
    at = rig.clock()
    rows = [ana(), ana(id="C-9"), ana(id="C-10", phone=None, email="ANA@example.com"), ana(id="C-11", email=None)]
    with rig.database.begin() as connection:
        counted = write_rows(connection, "customer", [*rows, LUIS], at)
        assert (counted.forgotten, counted.inserted, counted.rows) == (4, 0, 5)
        visits = [visit(), visit(id="A-7"), visit(id="A-8", customer_id="C-2", contract_id=None)]
        assert write_rows(connection, "appointment", visits, at).forgotten == 2
        assert write_rows(connection, "contract", [{"id": "K-1", "status": "ended"}], at).forgotten == 1
        assert delete_rows(connection, "appointment", ["A-1"], at).missing == 1
    rig.tick(full=True)
    rig.dispatch()
    assert found_in(rig) == set()
    assert {row.address for row in rig.messages()[told:]} <= {LUIS["phone"], LUIS["email"], "field@example.com"}


def test_who_comes_back_is_readmitted_id_by_id(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tombstones, "FEW", 0)  # as if each batch were a large one
    forget(rig)
    back = ana(id="C-1", email=None)
    for asked in ("C-1", "300 123 4567"):
        rig.set(customer=[back])
        assert "customer.id: C-1" not in found_in(rig)
        a_person_decides(rig.database, Readmit(asked, "CO"), reason="a customer again", now=rig.clock())
    rig.set(customer=[back])
    assert "customer.id: C-1" in found_in(rig)
    with pytest.raises(RefusedError, match="nobody with 'C-1' was forgotten"):
        a_person_decides(rig.database, Readmit("C-1", "CO"), reason="again", now=rig.clock())


def test_who_has_the_same_address_stays_with_what_was_said_there(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-3", name="Rosa", email=None)])
    assert "Others are at the same address and stay: C-3." in forget(rig)
    with read_only(rig.database) as connection:
        entries = connection.execute(sa.text("SELECT address FROM consent_entry")).scalars().all()
    assert entries == ["+573001234567"]
    assert {each for each in found_in(rig) if "3001234567" in each} == {
        "consent_entry.address: 3001234567", "customer.phone: 3001234567", "reply.address: 3001234567",
    }  # fmt: skip


def test_nobody_is_forgotten_while_a_message_to_them_is_on_its_way_or_for_a_reason_that_names_them(rig: Rig) -> None:
    with pytest.raises(RefusedError, match="must not name the person"):
        forget(rig, reason="ana ruiz asked for it")
    with rig.database.begin() as connection:
        started = {"state": "unknown", "started_at": rig.clock()}
        connection.execute(sa.update(MESSAGE).where(MESSAGE.c.address == "ana@example.com").values(**started))
    with pytest.raises(RefusedError, match="notices list --unknown"):
        forget(rig)
    assert "customer.name: Ana" in found_in(rig)
    assert of(rig, table_of(Contact)) != []


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_who_forgets_waits_for_imports_that_began_before(rig: Rig) -> None:
    with rig.database.begin() as importing, rig.database.begin() as forgetting:
        write_rows(importing, "contract", [contract(id="K-9")], rig.clock())
        forgetting.exec_driver_sql("SET LOCAL lock_timeout = '20ms'")
        with pytest.raises(StoreError, match="stayed locked"):
            digests(forgetting)
        forgetting.rollback()
