"""Promises by HTTP: all or none of a request, once for each id, and only from who has the token."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from notifier.serving.promises import MOST, PATH, PROMISE_LISTS
from tests.serving.conftest import API_TOKEN, FORM, Answer, Service, running
from tests.support.state import stored

JSON = "application/json"
PROMISE = {
    "id": "CRM-1",
    "subject": "contract:K-1",
    "topic": "monthly_price",
    "value": "79900",
    "currency": "COP",
    "made_at": "2026-03-01T10:00:00-05:00",
    "source": "sales",
    "evidence": "call 8841, 03:10",
}


def post(service: Service, body: object, *, token: str | None = API_TOKEN, kind: str = JSON) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers: Mapping[str, str] = {} if token is None else {"Authorization": f"Bearer {token}"}
    return service.call("POST", PATH, content, Content_Type=kind, **headers)


def promises(service: Service) -> dict[str, dict[str, Any]]:
    return stored(service.rig.database, "promise")


def problems(answer: Answer) -> list[tuple[str, str]]:
    return [(each["place"], each["what"]) for each in json.loads(answer.text)["problems"]]


def test_a_promise_is_kept_once_and_read_as_an_import_reads_it(service: Service) -> None:
    first, again = post(service, PROMISE), post(service, PROMISE)
    assert (first.status, again.status) == (200, 200)
    assert (json.loads(first.text)["inserted"], json.loads(again.text)["unchanged"]) == (1, 1)
    assert json.loads(first.text)["not_there_yet"] == ["promise.contract: 1"]
    row = promises(service)["CRM-1"]
    assert (row["subject_type"], row["subject_id"], row["value"], row["state"]) == ("contract", "K-1", "79900", "open")


def test_a_later_version_of_a_promise_takes_its_place_and_a_persons_withdrawal_stays(service: Service) -> None:
    post(service, {**PROMISE, "id": "CRM-2"})
    service.rig.clock.forward(minutes=1)
    service.rig.set(promise=[{"id": "CRM-2", "state": "withdrawn"}])
    service.rig.clock.forward(minutes=1)
    assert json.loads(post(service, {**PROMISE, "id": "CRM-2", "value": 89900}).text)["updated"] == 1
    assert (promises(service)["CRM-2"]["value"], promises(service)["CRM-2"]["state"]) == ("89900", "withdrawn")


def test_of_a_list_with_a_problem_nothing_is_kept_and_every_problem_has_its_place(service: Service) -> None:
    answer = post(
        service,
        [
            {**PROMISE, "id": "CRM-3"},
            {**PROMISE, "id": "CRM-4", "topic": "monthly_prize"},
            {**PROMISE, "id": "CRM-5", "value": "cheap", "colour": "red"},
            {name: value for name, value in PROMISE.items() if name != "id"},
        ],
    )
    assert answer.status == 422
    assert problems(answer) == [
        ("promises[1]", "promise CRM-4: topic: unknown topic 'monthly_prize'; did you mean 'monthly_price'?"),
        ("promises[2]", "promise CRM-5: promise has no column 'colour'"),
        ("promises[3]", "promise, row 4: the column 'id' is missing: it says which promise a row is"),
    ]
    assert "CRM-3" not in promises(service)


def test_a_new_promise_that_lacks_something_is_named_with_its_place(service: Service) -> None:
    lacking = {name: value for name, value in PROMISE.items() if name != "made_at"} | {"id": "CRM-6"}
    answer = post(service, [{**PROMISE, "id": "CRM-7"}, lacking])
    assert problems(answer) == [("promises[1]", "promise CRM-6 is not there yet, and a new one needs made_at")]
    assert "CRM-7" not in promises(service)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"id": 1, "id": 2}', "given twice"),
        (b"[NaN]", "NaN is not a number of JSON"),
        (b"[]", "the list is empty"),
        (b"[1]", "one JSON object"),
        (b"[" * 100_000, "not JSON"),
        (json.dumps([PROMISE] * (MOST + 1)).encode(), "send 1,000 at a time"),
    ],
)
def test_what_is_no_list_of_promises_is_refused_with_a_sentence(service: Service, body: bytes, what: str) -> None:
    answer = post(service, body)
    assert answer.status == 422
    assert what in problems(answer)[0][1]


@pytest.mark.parametrize(
    ("token", "kind", "status"),
    [(None, JSON, 401), ("wrong", JSON, 401), ("ñ", JSON, 401), (API_TOKEN, FORM, 415)],
)
def test_without_the_token_or_as_a_form_it_is_refused(
    service: Service, token: str | None, kind: str, status: int
) -> None:
    before = promises(service)
    assert (post(service, PROMISE, token=token, kind=kind).status, promises(service)) == (status, before)


def test_what_is_too_large_is_refused_before_it_is_read(service: Service) -> None:
    said = service.call("POST", PATH, b"[]", Content_Type=JSON, Content_Length=str(PROMISE_LISTS.largest + 1))
    assert said.status == 413


@pytest.fixture
def bare(service: Service) -> Iterator[Service]:
    """A service without a token in its settings."""
    with running(replace(service.parts, api_token=None)) as port:
        yield replace(service, port=port)


def test_without_a_token_in_the_settings_nothing_is_taken_and_the_answer_says_what_to_do(bare: Service) -> None:
    answer = post(bare, PROMISE)
    assert answer.status == 403
    assert "set NOTIFIER_API_TOKEN" in answer.text


def test_before_rules_are_in_force_it_is_to_be_sent_again(service: Service) -> None:
    with running(replace(service.parts, imports=lambda: None)) as port:
        answer = post(replace(service, port=port), PROMISE)
    assert answer.status == 503
    assert "no rules are in force yet" in answer.text
