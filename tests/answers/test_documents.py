"""What `--json` promises to programs."""

import json
from dataclasses import replace
from decimal import Decimal

from notifier.answers.documents.contradictions import contradiction_document
from notifier.answers.documents.drafts import draft_document
from notifier.answers.documents.ticks import tick_document
from notifier.answers.documents.values import claims_document, json_text
from notifier.model.contradictions import Member, PromiseRecord, Summand
from notifier.model.notices import ClaimValue, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.types import ChannelName, TopicType
from notifier.sending.dispatch import DispatchReport
from notifier.tick import Failure, TickReport, Unfinished
from tests.cli.samples import NOW, held, price_contradiction, ready


def test_a_draft_has_the_keys_of_the_contract_in_its_order() -> None:
    document = draft_document(ready())

    contract = ["rule", "subject", "customer", "class", "verdict", "reason", "send_at", "claims", "messages"]
    assert list(document)[: len(contract)] == contract
    assert document["subject"] == "appointment:A-1"
    assert document["customer"] == "C-01"
    assert document["verdict"] == "ready"
    assert document["send_at"] == "2026-03-03T15:00:00Z"


def test_an_sms_has_segments_and_cost_and_a_mail_has_its_subject_and_html() -> None:
    sms, mail = draft_document(ready())["messages"]

    assert (sms["channel"], sms["encoding"], sms["segments"]) == ("sms", "GSM-7", 2)
    assert sms["cost"] == {"amount": "50", "currency": "COP"}
    assert "subject" not in sms
    assert "html" not in sms
    assert mail["subject"].startswith("Lo visitamos")
    assert mail["html"].startswith("<!doctype html>")
    assert "cost" not in mail


def test_a_held_draft_says_hold_and_names_its_contradictions() -> None:
    document = draft_document(held())

    assert document["verdict"] == "hold"
    assert document["contradictions"] == ["0195-contradiction"]
    assert document["messages"] == []
    assert document["reason_code"] == "open_contradiction"


def test_the_verdict_words_are_those_of_the_contract() -> None:
    words = {
        NoticeState.READY: "ready",
        NoticeState.HELD: "hold",
        NoticeState.DEFERRED: "defer",
        NoticeState.SUPPRESSED: "suppress",
        NoticeState.EXPIRED: "expire",
    }
    for state, word in words.items():
        verdict = Verdict(state=state, reason=Reason(code=ReasonCode.DUE, text="because"))
        assert draft_document(ready(verdict=verdict))["verdict"] == word


def test_a_contradiction_has_both_sides_its_deadline_and_the_rows_that_disagree() -> None:
    summand = Summand(id="X-1", amount="111860", currency="COP")
    member = Member(
        fact_type="charge", fact_id="X-1", actual="111860", surfaces_at=NOW, currency="COP", summands=(summand,)
    )
    record = PromiseRecord(promise_id="P-1", promised_by="sales", promised_at=NOW)
    document = contradiction_document(price_contradiction(surfaces_at=NOW, members=(member,), records=(record,)))

    asked = {"id", "check", "subject", "customer", "topic", "promised", "actual", "promised_by", "surfaces_at"}
    assert asked | {"owner", "severity", "state"} <= document.keys()
    assert (document["subject"], document["promised"], document["actual"]) == ("contract:K-1", "79900", "111860")
    assert document["surfaces_at"] == "2026-03-03T15:00:00Z"
    assert document["members"] == [
        {
            "fact": "charge:X-1",
            "actual": "111860",
            "currency": "COP",
            "tax_included": None,
            "surfaces_at": "2026-03-03T15:00:00Z",
            "summands": [{"id": "X-1", "amount": "111860", "currency": "COP", "tax_included": None}],
            "said": None,
        }
    ]
    assert document["promise"] == "P-1"
    assert document["records"] == [{"promise": "P-1", "by": "sales", "at": "2026-03-03T15:00:00Z", "evidence": None}]


def test_what_the_state_promises_by_itself_has_no_promise() -> None:
    assert contradiction_document(price_contradiction())["promise"] is None


def test_a_tick_counts_under_keys_that_are_identifiers_and_says_why_it_is_unfinished() -> None:
    report = TickReport(
        now=NOW,
        verdicts={NoticeState.READY: 2, NoticeState.HELD: 1},
        failures=(Failure(kind="rule", name="bill-is-ready", why="no such table"),),
        unfinished=Unfinished.STOPPED,
    )
    sent = DispatchReport(accepted=1, retried=2, put_off=3, halted={ChannelName.SMS: "401"})

    assert json.loads(json_text(tick_document(report, sent))) == {
        "at": "2026-03-03T15:00:00Z",
        "verdicts": {"held": 1, "ready": 2},
        "contradictions": 0,
        "changes": 0,
        "in_shadow": 0,
        "conflicts": 0,
        "complete": False,
        "unfinished": "stopped",
        "messages": {"accepted": 1, "to_retry": 2, "failed": 0, "unknown": 0, "stale": 0, "put_off": 3},
        "halted": {"sms": "401"},
        "failures": [{"kind": "rule", "name": "bill-is-ready", "why": "no such table"}],
        "set_aside": [],
    }


def test_claims_are_plain_values_and_money_is_exact_text_with_its_currency() -> None:
    claims = {
        "price": ClaimValue(type=TopicType.MONEY, value=Decimal("111860.50"), currency="COP"),
        "waiting": ClaimValue(type=TopicType.NUMBER, value=Decimal("7.0000")),
        "share": ClaimValue(type=TopicType.NUMBER, value=Decimal("0.25")),
        "delay": ClaimValue(type=TopicType.DURATION, value=Decimal(3600)),
        "solved": ClaimValue(type=TopicType.BOOL, value=True),
        "place": ClaimValue(type=TopicType.TEXT, value=None),
        "date": ClaimValue(type=TopicType.DATE, value="2026-03-11"),
    }

    assert claims_document(claims) == {
        "price": {"amount": "111860.5", "currency": "COP"},
        "waiting": 7,
        "share": 0.25,
        "delay": "3600s",
        "solved": True,
        "place": None,
        "date": "2026-03-11",
    }


def test_the_same_draft_gives_the_same_bytes_and_letters_stay_letters() -> None:
    first = json_text([draft_document(ready())])
    second = json_text([draft_document(replace(ready()))])

    assert first == second
    assert "técnico" in first
    assert json.loads(first)[0]["messages"][0]["sha256"]
