"""Claims survive conversion to JSON and back exactly."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.model.notices import ClaimValue
from notifier.model.types import NoticeClass, TopicType
from notifier.store.codec import claims_from_json, claims_to_json, evidence_to_json

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4)
values = st.one_of(
    st.tuples(st.sampled_from([TopicType.MONEY, TopicType.NUMBER, TopicType.DURATION]), decimals),
    st.tuples(st.just(TopicType.TIMESTAMP), st.datetimes(timezones=st.just(UTC))),
    st.tuples(st.just(TopicType.DATE), st.dates().map(date.isoformat)),
    st.tuples(st.just(TopicType.BOOL), st.booleans()),
    st.tuples(st.just(TopicType.TEXT), st.text()),
    st.tuples(st.sampled_from(TopicType), st.none()),
)


@given(st.dictionaries(st.text(min_size=1), values))
def test_claims_come_back_as_they_were_also_through_text(claims: dict[str, tuple[TopicType, object]]) -> None:
    given_claims = {
        name: ClaimValue(type=topic, value=value, currency="COP", timezone="America/Bogota", source="a.b")  # type: ignore[arg-type]  # the strategy pairs them rightly
        for name, (topic, value) in claims.items()
    }
    back = claims_from_json(json.loads(json.dumps(claims_to_json(given_claims))))
    assert back == given_claims
    assert all(claim.timezone == "America/Bogota" and claim.source == "a.b" for claim in back.values())


def test_amounts_are_text_so_that_no_float_touches_them() -> None:
    document = claims_to_json({"amount": ClaimValue(type=TopicType.MONEY, value=Decimal("0.10"), currency="USD")})
    assert document == {"amount": {"type": "money", "value": "0.10", "currency": "USD"}}


def test_evidence_of_every_kind_becomes_json() -> None:
    evidence = {
        "at": datetime(2026, 3, 2, 14, tzinfo=UTC),
        "amount": Decimal("1.5"),
        "rows": [{"id": "A-1", "on": date(2026, 3, 2)}],
        "pause": timedelta(hours=48),
        "class": NoticeClass.SAFETY,
        "nothing": None,
        "count": 3,
    }
    assert json.loads(json.dumps(evidence_to_json(evidence))) == {
        "at": "2026-03-02T14:00:00+00:00",
        "amount": "1.5",
        "rows": [{"id": "A-1", "on": "2026-03-02"}],
        "pause": "2 days, 0:00:00",
        "class": "safety",
        "nothing": None,
        "count": 3,
    }


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        evidence_to_json({"part": object()})


def test_equal_claims_are_one_value_and_others_are_not() -> None:
    at = {"type": "timestamp", "value": "2026-03-05T10:00:00+00:00", "timezone": "America/Bogota"}
    elsewhere = at | {"timezone": "America/Lima"}
    found = claims_from_json({"a": at, "b": dict(at), "c": elsewhere, "d": at | {"seen": True}})
    assert found["a"] is found["b"]
    assert [found[name].timezone for name in "abcd"] == [
        "America/Bogota",
        "America/Bogota",
        "America/Lima",
        "America/Bogota",
    ]
    assert [found[name].seen for name in "abcd"] == [False, False, False, True]
    numbers = claims_from_json({"a": {"type": "number", "value": "10.5"}, "b": {"type": "text", "value": "10.5"}})
    assert [numbers["a"].value, numbers["b"].value] == [Decimal("10.5"), "10.5"]
