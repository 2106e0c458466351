"""Every statement of the pages about customers and of today runs on both databases, and says the same."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.brief import Brief, brief
from notifier.answers.explain import LinkKind, explain
from notifier.answers.given import given_of
from notifier.answers.next_words import Why, next_words
from notifier.answers.progress import page_of, progress, reference_for
from notifier.answers.records import Directory
from notifier.answers.speech import speech_for
from notifier.answers.timeline import timeline
from notifier.answers.today import today
from notifier.answers.waiting import Matter
from notifier.decisions.contradictions import Acknowledge
from notifier.decisions.decision import Signature, decide
from notifier.model.consent import Source, Word
from notifier.model.types import ChannelName, NoticeClass
from notifier.model.writers import Way, Writer
from notifier.planning.addressing import Defaults
from notifier.promises.watched import watched_columns
from notifier.store.consent import append
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.state.changes import write_rows
from notifier.store.state.provenance import sign
from tests.support.rig import Rig, ana, contract, open_rig, visit

BOTH = pytest.mark.parametrize("migrated_url", ["sqlite", "postgresql"], indirect=True)
SPEECH = speech_for("en-US", "America/Bogota")


@pytest.fixture
def rig(migrated_url: str, tmp_path: Path) -> Iterator[Rig]:
    """Ana was told of a visit; a price that was promised to her is about to be broken."""
    with open_rig(tmp_path, migrated_url) as rig:
        incident = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": rig.clock()}
        signed(rig, "state.jsonl", customer=[ana()], contract=[contract(zone="north")], incident=[incident])
        signed(rig, "visits.csv", appointment=[visit()])
        rig.tick()
        rig.dispatch()
        promise: dict[str, Any] = {
            "id": "P-1",
            "subject_type": "contract",
            "subject_id": "K-1",
            "source": "sales",
            "state": "open",
        }
        promise |= {"topic": "monthly_price", "value": "79900", "value_number": 79900, "currency": "COP"}
        charge = {"id": "X-1", "customer_id": "C-1", "contract_id": "K-1", "kind": "recurring", "currency": "COP"}
        bill = {"bill_at": rig.clock() + timedelta(days=2)}
        signed(rig, "promises.csv", promise=[promise | {"made_at": rig.clock(), "made_by": "agent 7"}])
        signed(rig, "march.csv", charge=[charge | bill | {"amount": 79900}])
        rig.clock.forward(hours=1)
        signed(rig, "april.csv", charge=[{"id": "X-1", "amount": 111860, "currency": "COP"}])
        contact = {"customer_id": "C-1", "direction": "inbound", "subject": "contract:K-1", "reason": "asks the price"}
        channels = {"T-1": "chat", "T-2": "phone"}
        rows = [contact | {"id": name, "channel": on, "at": rig.clock()} for name, on in channels.items()]
        signed(rig, "contacts.csv", contact=rows)
        with rig.database.begin() as connection:
            append(
                connection,
                address="+573001234567",
                channel=ChannelName.SMS,
                classes=[NoticeClass.SERVICE],
                word=Word.PROBABLE,
                source=Source.REPLY,
                by="the customer",
                reason="enough",
                now=rig.clock(),
                live=False,
            )
        rig.clock.forward(minutes=1)
        rig.tick()
        rig.dispatch()
        yield rig


def signed(rig: Rig, name: str, **entities: Any) -> None:
    """Write rows as an import of this file does."""
    with rig.database.begin() as connection:
        writer = Writer(way=Way.IMPORT, name=name, by="marta", at=rig.clock())
        sign(connection, writer, watched_columns(rig.ruleset.project.checks.values()))
        for entity, rows in entities.items():
            write_rows(connection, entity, rows, rig.clock())


def read_brief(rig: Rig) -> Brief:
    directory = Directory(defaults=Defaults(), owners=rig.ruleset.project.owners)
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        return brief(reader, "C-1", rig.ruleset.project, directory, rig.clock(), ruleset=rig.ruleset)


@BOTH
def test_the_pages_say_who_it_is_what_is_so_and_what_waits(rig: Rig) -> None:
    found = read_brief(rig)
    (contradiction,) = found.open
    (promised,) = found.promises
    assert (promised.contradiction, promised.actual and promised.actual.text) == (contradiction.id, "111860")
    assert {fact.about for fact in found.facts.rows} == {
        *("contract:K-1", "appointment:A-1", "charge:X-1", "incident:I-1"),
    }
    (case,) = found.conversations
    assert (case.case, sorted(case.channels)) == ("contract:K-1", ["chat", "phone"])
    assert "asks the price" in {each.value for each in given_of(found)}
    say = next_words(found, SPEECH, rig.ruleset.project.owners)
    assert {each.why for each in say} == {Why.IN_DOUBT, Why.NO_MORE}
    assert not any(side in each.text for each in say for side in ("79,900", "111,860"))
    # Another check about the same price: the customer hears one sentence, the more urgent.
    second = contradiction.changed(id="X-0", check="another", surfaces_at=None)
    twice = next_words(replace(found, open=(second, contradiction)), SPEECH, rig.ruleset.project.owners)
    assert [each.reference for each in twice if each.why is Why.IN_DOUBT] == [contradiction.id]

    with read_only(rig.database) as connection:
        waiting = today(connection, rig.ruleset.project, rig.clock(), live=False)
        theirs = today(connection, rig.ruleset.project, rig.clock(), live=False, owner="field")
        nobodys = today(connection, rig.ruleset.project, rig.clock(), live=False, owner="billing")
    assert {each.matter: each.count for each in waiting.waiting} == {Matter.SURFACING: 1, Matter.OPT_OUTS: 1}
    assert [each.matter for each in theirs.waiting] == [Matter.SURFACING]
    assert nobodys.waiting == []


@BOTH
def test_the_log_says_how_it_came_about_and_the_timeline_what_happened(rig: Rig) -> None:
    (contradiction,) = read_brief(rig).open
    with rig.database.begin() as connection:
        decide(
            connection,
            Acknowledge(contradiction.id),
            Signature(by="marta", reason="billing looks", now=rig.clock() + timedelta(minutes=1)),
        )
    with read_only(rig.database) as connection:
        found = explain(connection, contradiction.id, rig.ruleset.project, live=False)
        entries = timeline(connection, "C-1", {}, live=False, limit=100).entries
        page = reference_for(connection, "C-1", rig.clock(), live=False)
        assert page is not None
        assert page_of(connection, page, rig.clock(), live=False) == "C-1"
        assert progress(connection, "C-1", rig.ruleset.project, SPEECH, rig.clock(), live=False).steps
    assert found is not None
    chain = [(link.kind, link.write.writer.name if link.write and link.write.writer else None) for link in found.links]
    assert chain == [
        (LinkKind.PROMISE, "promises.csv"),
        (LinkKind.FACT, "march.csv"),
        (LinkKind.FACT, "april.csv"),
        (LinkKind.FOUND, None),
        (LinkKind.ALERT, None),
        (LinkKind.DECIDED, None),
    ]
    writes = [link.write for link in found.links if link.kind is LinkKind.FACT and link.write]
    assert [dict(each.after).get("amount") for each in writes] == ["79900", "111860"]
    assert dict(writes[1].before) == {"amount": "79900"}
    kinds: Mapping[str, int] = {kind: [each.kind for each in entries].count(kind) for kind in {e.kind for e in entries}}
    assert kinds == {"promised": 1, "told": 1, "found": 1, "decided": 1, "asked": 2, "consent": 1}
