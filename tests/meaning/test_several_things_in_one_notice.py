"""What one rule says at once to one person is one message with rows, and each row stays a notice of its own.

Each test ends with a full pass that must find nothing. A few run on both databases: they have every new statement.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.answers.documents.drafts import draft_documents
from notifier.answers.preview import preview
from notifier.answers.speech import speech_for
from notifier.answers.timeline import timeline
from notifier.answers.timeline_words import sentence
from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import Retry
from notifier.model.types import ChannelName
from notifier.planning import dividing
from notifier.sending.dispatch import DispatchReport
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import (
    HELD_ORDER,
    PRICE,
    Sent,
    charge,
    happen,
    in_force,
    notice,
    play,
    price_promise,
    remove,
    rule,
    utc,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

EVENING = utc(3, 23)
"""18:00 in Bogotá, the day before most visits here."""
WAY_OUT = "{{ exit.address }}, ref. {{ reference }}"
ROWS = (
    "{% for visit in visits %}{{ visit.starts_at | datetime }} {{ visit.place }}"
    "{% if 'starts_at' in visit.changed %} not {{ visit.previous.starts_at | time }}{% endif %}; {% endfor %}"
)
OFF = "{% for visit in visits %}not {{ visit.starts_at | datetime }} {{ visit.place }}; {% endfor %}"
CUT = (
    "{% for k in contracts %}{{ k.number }}, {% endfor %}{{ started_at | datetime }}"
    "{% if back %}, {{ back | datetime }}{% endif %}"
)


def texts(name: str, rows: str) -> dict[str, str]:
    return {
        f"templates/{name}/sms.en.txt.j2": f"{{{{ company }}}}: {rows} {WAY_OUT}\n",
        f"templates/{name}/email.en.subject.j2": "News\n",
        f"templates/{name}/email.en.txt.j2": f"{{{{ company }}}} writes.\n\n{rows}\n\n{WAY_OUT}\n",
    }


FILES = texts("visits", ROWS) | texts("off", OFF) | texts("cut", CUT) | texts("back", CUT)
VISITS = rule(
    at="1d before appointment.starts_at at 18:00",
    until="1h before appointment.starts_at",
    group="day",
    claims={"visits": {"list": "appointment", "show": ["starts_at", "place"]}},
    template="visits",
    follow_up=[{"when": "appointment.status == 'cancelled'", "template": "off"}],
)
OUTAGE = rule(
    HELD_ORDER,
    rule="outage",
    about="incident",
    each={"contract": "incident.contracts.filter(c, c.status == 'active')"},
    to="contract.customer",
    when="incident.status == 'in_progress'",
    group="customer",
    claims={
        "contracts": {"list": "contract", "show": {"number": "contract.id"}},
        "started_at": "incident.started_at",
        "back": "incident.expected_end_at",
    },
    template="cut",
    follow_up=[{"when": "incident.status == 'resolved'", "template": "back"}],
)


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana, her three contracts in one zone and nothing decided yet."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana()], contract=[contract(id=f"K-{n}", zone="Z") for n in (1, 2, 3)])
        in_force(rig, VISITS, OUTAGE, files=FILES)
        rig.tick()
        yield rig
        rig.tick()
        before = [(row.state, row.text) for row in rig.messages()]
        again = rig.tick(full=True)
        assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())
        assert [(row.state, row.text) for row in rig.messages()] == before


def calls(*hours: int, **changes: Any) -> list[dict[str, Any]]:
    """Visits on Wednesday at these hours of Bogotá, each at a place of its own."""
    return [visit(id=f"A-{hour}", starts_at=utc(4, hour + 5), place=f"Street {'ABCDEFGHIJ'[hour - 9]}", **changes)
            for hour in hours]  # fmt: skip


def cut(**changes: Any) -> dict[str, Any]:
    return {"id": "I-1", "kind": "outage", "zone": "Z", "status": "in_progress", "started_at": NOW} | changes


def places(sent: Sent) -> list[str]:
    """The streets that each of its texts names; all the same."""
    named = [[letter for letter in "ABCDEFGHIJ" if f"Street {letter}" in text] for text in sent.texts]
    assert all(each == named[0] for each in named)
    return named[0]


def states(rig: Rig, kind: str = "notice") -> list[str]:
    return sorted(row.state for row in rig.notices() if row.kind == kind)


@on_both
def test_the_visits_of_one_day_are_one_message_and_those_of_another_day_are_another(rig: Rig) -> None:
    rig.set(appointment=[*calls(9, 11, 15), visit(id="B-1", starts_at=utc(5, 14), place="Street J")])
    (sent,) = play(rig, EVENING)
    assert (sent.rule, sent.channels, places(sent)) == ("visit-reminder", ("email", "sms"), ["A", "C", "G"])
    assert states(rig) == ["told", "told", "told"]
    assert len(rig.messages()) == 2
    (other,) = play(rig, EVENING + timedelta(days=1))
    assert places(other) == ["J"]


def test_one_outage_and_three_contracts_are_one_message(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2", phone="+573001234568", email="bea@example.com")],
            contract=[contract(id="K-9", customer_id="C-2", zone="Z")])  # fmt: skip
    sent = play(rig, incident=[cut()])
    assert [(one.to, [k for k in ("K-1", "K-2", "K-3", "K-9") if k in one.texts[1]]) for one in sent] == [
        ("C-1", ["K-1", "K-2", "K-3"]),
        ("C-2", ["K-9"]),
    ]


@on_both
def test_a_claim_that_is_said_once_is_corrected_once_and_the_end_is_told_once(rig: Rig) -> None:
    play(rig, incident=[cut(expected_end_at=utc(3, 18))])
    (correction,) = play(rig, NOW + timedelta(hours=1), incident=[cut(expected_end_at=utc(3, 20))])
    assert correction.kind == "correction"
    for text in correction.texts:
        assert text.count("1:00") == 1
        assert [k in text for k in ("K-1", "K-2", "K-3")] == [True] * 3
    (follow_up,) = play(rig, NOW + timedelta(hours=2), incident=[cut(status="resolved")])
    assert follow_up.kind == "follow_up"
    assert all(k in follow_up.texts[1] for k in ("K-1", "K-2", "K-3"))


def test_one_row_that_changed_is_corrected_alone_and_says_which_it_is(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11, 15))
    play(rig, EVENING)
    moved = [row | {"starts_at": utc(4, 17)} for row in calls(11)]
    (correction,) = play(rig, EVENING + timedelta(minutes=10), appointment=moved)
    assert (correction.kind, places(correction)) == ("correction", ["C"])
    assert all("12:00" in text and "not 11:00" in text for text in correction.texts)
    (built_in,) = play(rig, EVENING + timedelta(minutes=20), appointment=[moved[0] | {"place": "Street J"}])
    assert all("was Street C, now Street J" in text for text in built_in.texts)


def test_the_built_in_sentence_names_the_row_by_what_did_not_change(rig: Rig) -> None:
    plain = "{% for visit in visits %}{{ visit.starts_at | datetime }} {{ visit.place }}; {% endfor %}"
    in_force(rig, VISITS, OUTAGE, files=FILES | texts("visits", plain))
    rig.set(appointment=calls(9, 11))
    play(rig, EVENING)
    later = [row | {"starts_at": utc(4, 22)} for row in calls(9, 11)]
    (correction,) = play(rig, EVENING + timedelta(minutes=10), appointment=later)
    for text in correction.texts:
        sentence = text[text.index("Correction") : text.index(".", text.index("Street C")) + 1]
        assert sentence.index("Street A, date and time") < sentence.index("9:00")
        assert sentence.index("Street C, date and time") < sentence.index("11:00")


def test_several_rows_that_change_at_once_are_one_correction(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11, 15))
    play(rig, EVENING)
    moved = [row | {"starts_at": row["starts_at"] + timedelta(hours=1)} for row in calls(9, 15)]
    (correction,) = play(rig, EVENING + timedelta(minutes=10), appointment=moved)
    assert (correction.kind, places(correction)) == ("correction", ["A", "G"])
    assert states(rig, "correction") == ["told", "told"]


def test_one_that_is_cancelled_is_taken_back_alone_and_all_that_are_left_together(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11, 15))
    play(rig, EVENING)
    (one,) = play(rig, EVENING + timedelta(minutes=10), appointment=calls(11, status="cancelled"))
    assert (one.kind, places(one)) == ("follow_up", ["C"])
    (rest,) = play(rig, EVENING + timedelta(minutes=20), appointment=calls(9, 15, status="cancelled"))
    assert (rest.kind, places(rest)) == ("follow_up", ["A", "G"])


def test_rows_that_are_gone_and_rows_that_are_another_persons_are_said_together(rig: Rig) -> None:
    in_force(rig, rule(VISITS, follow_up=[{"on": "deleted", "template": "off"}]), files=FILES)
    rig.set(customer=[ana(id="C-2", phone="+573001234568", email="bea@example.com")], appointment=calls(9, 11, 15))
    play(rig, EVENING)
    remove(rig, appointment=["A-9", "A-11"])
    (gone,) = play(rig, EVENING + timedelta(minutes=10))
    assert (gone.kind, places(gone)) == ("follow_up", ["A", "C"])
    sent = play(rig, EVENING + timedelta(minutes=20), appointment=calls(15, customer_id="C-2"))
    assert sorted((one.to, one.kind) for one in sent) == [("C-1", "follow_up"), ("C-2", "notice")]


def test_a_row_that_falls_due_later_has_a_message_of_its_own(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11))
    play(rig, EVENING)
    (one_more,) = play(rig, EVENING + timedelta(minutes=10), appointment=calls(15))
    assert (one_more.kind, places(one_more)) == ("notice", ["G"])


def test_what_waits_for_the_morning_goes_with_what_falls_due_by_night(rig: Rig) -> None:
    rig.set(appointment=calls(15, 16))
    assert play(rig, utc(4, 2)) == []  # 21:00 in Bogotá
    assert play(rig, utc(4, 3), appointment=calls(17)) == []
    (sent,) = play(rig, utc(4, 13))
    assert places(sent) == ["G", "H", "I"]


def test_a_row_that_is_held_waits_alone_and_the_others_are_told(rig: Rig) -> None:
    about = [row | {"contract_id": f"K-{number}"} for number, row in enumerate(calls(9, 11, 15), start=1)]
    in_force(rig, VISITS, checks=[PRICE], files=FILES)
    happen(rig, appointment=about, promise=[price_promise(subject="contract:K-2")], charge=[charge(contract_id="K-2")])
    (others,) = play(rig, EVENING)
    assert places(others) == ["A", "G"]
    assert notice(rig, subject_id="A-11").state == "held"
    (released,) = play(rig, EVENING + timedelta(minutes=30), charge=[charge(contract_id="K-2", amount=79900)])
    assert places(released) == ["C"]


def test_a_topic_of_a_row_holds_that_row(rig: Rig) -> None:
    shown = {"starts_at": {"value": "appointment.starts_at", "topic": "monthly_price_at"}, "place": "appointment.place"}
    about = [row | {"contract_id": f"K-{number}"} for number, row in enumerate(calls(9, 11), start=1)]
    by_topic = PRICE | {"hold": {"topics": ["monthly_price_at"]}}
    topics = {
        "rules/topics.yaml": "topics: { monthly_price: { type: money }, monthly_price_at: { type: timestamp } }\n"
    }
    listed = rule(VISITS, claims={"visits": {"list": "appointment", "show": shown}})
    in_force(rig, listed, checks=[by_topic], files=FILES | topics)
    happen(rig, appointment=about, promise=[price_promise(subject="contract:K-2")], charge=[charge(contract_id="K-2")])
    (others,) = play(rig, EVENING)
    assert places(others) == ["A"]
    assert notice(rig, subject_id="A-11").state == "held"


@pytest.mark.parametrize("lost", ["A-11", "A-9"])
def test_a_row_that_is_untrue_before_the_message_goes_leaves_it(rig: Rig, lost: str) -> None:
    rig.set(appointment=calls(9, 11, 15))
    rig.clock.at = EVENING
    rig.tick()
    hour = int(lost.partition("-")[2])
    happen(rig, appointment=calls(hour, status="cancelled"))  # no tick sees it before it is sent
    assert rig.dispatch().stale >= 1
    play(rig)
    went = [row for row in rig.messages() if row.accepted_at is not None]
    assert sorted(row.channel for row in went) == ["email", "sms"]
    gone = {"A-9": "Street A", "A-11": "Street C"}[lost]
    assert all(gone not in row.text and "Street G" in row.text for row in went)
    assert states(rig) == ["cancelled", "told", "told"]


def test_what_a_row_says_is_written_anew_where_it_changed_before_it_went(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11))
    rig.clock.at = EVENING
    rig.tick()
    (sent,) = play(rig, EVENING, appointment=[row | {"place": "Street J"} for row in calls(11)])
    assert places(sent) == ["A", "J"]


def test_a_person_who_cancels_a_row_takes_it_out_of_the_message(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11, 15))
    rig.clock.at = EVENING
    rig.tick()
    for subject in ("A-11", "A-9"):
        row = notice(rig, subject_id=subject)
        a_person_decides(rig.database, Cancel(reference=row.reference), reason="not now", now=rig.clock())
    (sent,) = play(rig)
    assert places(sent) == ["G"]


@on_both
def test_the_message_on_the_other_channel_is_checked_with_all_its_rows(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="busy")))
    rig.set(appointment=calls(9, 11))
    (mail,) = play(rig, EVENING)
    assert mail.channels == ("email",)
    (sms,) = play(rig, EVENING + timedelta(minutes=10))
    assert (sms.channels, places(sms)) == (("sms",), ["A", "C"])


def test_a_row_that_changed_after_the_mail_went_stops_the_sms_and_is_corrected(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel(Retry(reason="busy")))
    rig.set(appointment=calls(9, 11))
    play(rig, EVENING)
    happen(rig, appointment=[row | {"place": "Street J"} for row in calls(11)])
    rig.clock.at = EVENING + timedelta(minutes=10)
    rig.dispatch()
    sent = play(rig)
    assert [(one.kind, places(one)) for one in sent if one.kind == "correction"] != []
    accepted = [row.text for row in rig.messages() if row.channel == "sms" and row.accepted_at is not None]
    assert all("Street C" not in text or "Street J" in text for text in accepted)


def test_only_what_says_the_same_once_goes_together(rig: Rig) -> None:
    sent = play(rig, incident=[cut(), cut(id="I-2", started_at=NOW - timedelta(hours=1))])
    assert len(sent) == 2
    assert all(all(k in one.texts[1] for k in ("K-1", "K-2", "K-3")) for one in sent)


def test_what_does_not_fit_goes_in_a_second_message(rig: Rig) -> None:
    rig.set(appointment=[row | {"place": f"{row['place']} {'x' * 500}"} for row in calls(9, 11, 14, 15, 16)])
    sent = play(rig, EVENING)
    assert sorted(places(one) for one in sent) == [["A", "C"], ["F", "G"], ["H"]]
    assert states(rig) == ["told"] * 5


def test_customers_who_share_an_address_hear_theirs_apart(rig: Rig) -> None:
    rig.set(customer=[ana(id="C-2")], contract=[contract(id="K-9", customer_id="C-2", zone="Z")])
    sent = play(rig, incident=[cut()])
    assert sorted(len([k for k in ("K-1", "K-2", "K-3", "K-9") if k in one.texts[1]]) for one in sent) == [1, 1, 1, 1]


def test_the_message_counts_as_one_contact_and_the_limit_counts_people(rig: Rig) -> None:
    limited = rule(VISITS, limits={"recipients": 1})
    in_force(rig, limited, files=FILES | {"rules/policy.yaml": "contact_limits: { class: service, per_day: 2 }\n"})
    rig.set(appointment=calls(9, 11, 15))
    (sent,) = play(rig, EVENING)
    assert places(sent) == ["A", "C", "G"]


@pytest.mark.parametrize("channels", ["channels: [sms], ", ""])
def test_with_merging_the_rows_are_one_section_of_the_message(rig: Rig, channels: str) -> None:
    order = {"id": "O-1", "customer_id": "C-1", "status": "held", "seller": "Acme", "placed_at": NOW}
    policy = {"rules/policy.yaml": f"merge: {{ {channels}within: 15m }}\n"}
    in_force(rig, VISITS, rule(HELD_ORDER), files=FILES | policy)
    rig.tick()
    rig.set(appointment=calls(9, 11))
    assert play(rig, EVENING) == []
    assert play(rig, EVENING + timedelta(minutes=5), order=[order]) == []
    sent = play(rig, EVENING + timedelta(minutes=15))
    (text,) = [row.text for row in rig.messages() if row.channel == "sms"]
    assert [[name in part for name in ("Street A", "Street C", "Acme")] for part in text.split("\n\n")] == [
        [True, True, False],
        [False, False, True],
    ]
    assert len([row for row in rig.messages() if row.channel == "email"]) == (2 if channels else 1)
    assert states(rig) == ["told"] * 3
    moved = [row | {"starts_at": utc(4, 22)} for row in calls(9, 11)]
    (correction,) = play(rig, EVENING + timedelta(minutes=30), appointment=moved)
    assert (correction.kind, places(correction)) == ("correction", ["A", "C"])
    assert sent != []


def test_preview_lists_each_row_and_all_rows_of_the_message(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11))
    rig.clock.at = EVENING
    with read_only(rig.database) as connection:
        shown = preview(rig.ruleset, Reader(connection, live=False), rig.clock())
    first, second = draft_documents(shown.told)
    speaker, part = (first, second) if first["messages"] else (second, first)
    assert speaker["claims"] == {
        "visits": [
            {"starts_at": "2026-03-04T14:00:00Z", "place": "Street A"},
            {"starts_at": "2026-03-04T16:00:00Z", "place": "Street C"},
        ]
    }
    assert part["claims"] == {"visits": [{"starts_at": "2026-03-04T16:00:00Z", "place": "Street C"}]}
    assert part["part_of"] == speaker["reference"]
    texts_of = [message["text"] for message in speaker["messages"]]
    rig.tick()
    assert sorted(row.text for row in rig.messages()) == sorted(texts_of)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_batch_divides_nobodys_rows(rig: Rig, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    people = [ana(id=f"C-{n}", phone=f"+57300123456{n}", email=f"c{n}@example.com") for n in (2, 3)]
    contracts = [contract(id=f"K-{n}", customer_id=f"C-{1 + n % 3}", zone="Z") for n in range(1, 8)]
    rig.set(customer=people, contract=contracts)
    monkeypatch.setattr("notifier.drafting.ruleset.DraftOptions.batch_size", size)
    sent = play(rig, incident=[cut()])
    assert sorted(one.to for one in sent) == ["C-1", "C-2", "C-3"]
    visits = [visit(id=f"V-{n}", customer_id=f"C-{1 + n % 3}", starts_at=utc(4, 15 + n), place="X") for n in range(7)]
    rig.set(appointment=visits)
    sent = play(rig, EVENING)
    assert sorted(one.to for one in sent) == ["C-1", "C-2", "C-3"]


def test_nobodys_units_are_divided() -> None:
    units = [(who, f"A-{n}", "") for who, n in (("a", 1), ("a", 2), ("b", 3), ("b", 4), ("b", 5), ("c", 6))]
    parts: Sequence[Sequence[tuple[str, str, str]]] = list(dividing._undivided(units, 3))
    assert [[who for who, _, _ in part] for part in parts] == [["a", "a"], ["b", "b", "b"], ["c"]]


def test_the_timeline_has_the_text_once_and_says_of_each_row_in_which_message_it_was(rig: Rig) -> None:
    rig.set(appointment=calls(9, 11))
    play(rig, EVENING)
    speaker, row = notice(rig, subject_id="A-9"), notice(rig, subject_id="A-11")
    with read_only(rig.database) as connection:
        page = timeline(connection, "C-1", {}, live=False)
    said = [sentence(entry, speech_for("en-US", "America/Bogota")) for entry in page.entries]
    assert sum("Street A" in each for each in said) == 1
    assert any(
        each.startswith(f"visit-reminder, {row.reference}: in the message of {speaker.reference}") for each in said
    )


def test_the_one_that_speaks_says_what_it_speaks_of(rig: Rig) -> None:
    rig.set(appointment=calls(*range(9, 16)))
    rig.clock.at = EVENING
    rig.tick()
    reasons = sorted(row.reason for row in rig.notices())
    assert sum("in one message with" in reason for reason in reasons) == 1
    assert any("and 2 more" in reason for reason in reasons)
    assert rig.dispatch() == DispatchReport(accepted=2)


def test_what_belongs_to_one_order_goes_together_and_a_row_without_one_by_itself(rig: Rig) -> None:
    parts = rule(
        HELD_ORDER,
        rule="parts",
        about="appointment",
        when="appointment.status == 'confirmed'",
        group="order",
        claims={"visits": {"list": "appointment", "show": ["id", "order.id", "starts_at"]}},
        template="parts",
    )
    row = "{{ visit.id }}{% if visit.order_id %} of {{ visit.order_id }}{% endif %}, {{ visit.starts_at | datetime }}; "
    in_force(rig, parts, files=texts("parts", f"{{% for visit in visits %}}{row}{{% endfor %}}"))
    play(rig)
    orders = [{"id": name, "customer_id": "C-1", "status": "in_progress", "placed_at": NOW} for name in ("O-1", "O-2")]
    visits = [
        visit(id=f"A-{number}", order_id=order, contract_id=None)
        for number, order in enumerate(("O-1", "O-1", "O-2", None, None), start=1)
    ]
    heard = play(rig, order=orders, appointment=visits)
    names = [each["id"] for each in visits]
    said = sorted(tuple(name for name in names if name in sent.texts[1]) for sent in heard)
    assert said == [("A-1", "A-2"), ("A-3",), ("A-4",), ("A-5",)]
