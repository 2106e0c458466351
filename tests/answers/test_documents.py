"""What `--json` promises to programs."""

import json
from dataclasses import replace
from decimal import Decimal

from notifier.answers.documents import claims_document, draft_document, json_text
from notifier.model.notices import ClaimValue, NoticeState, Reason, ReasonCode, Verdict
from notifier.model.types import TopicType
from tests.cli.samples import held, ready


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
