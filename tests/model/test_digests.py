"""References, ids and digests: equal for equal input, different for different input."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from notifier.model.digests import (
    READABLE,
    approval_digest,
    claims_digest,
    heard_reference,
    reference,
    references,
    uuid7,
)
from notifier.model.notices import ClaimValue
from notifier.model.types import TopicType

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def amount(value: str, currency: str = "COP") -> dict[str, ClaimValue]:
    return {"amount": ClaimValue(type=TopicType.MONEY, value=Decimal(value), currency=currency)}


@given(st.text())
def test_a_reference_is_two_groups_of_letters_that_cannot_be_misheard(occurrence: str) -> None:
    first, second = reference(occurrence).split("-")
    assert len(first) == len(second) == 5
    assert not set("ILOU") & set(first + second)
    assert set(first + second) <= set(READABLE)


@given(st.text())
def test_a_reference_is_found_however_it_is_typed(occurrence: str) -> None:
    true = reference(occurrence)
    misread = true.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert heard_reference(misread) == heard_reference(f" {true} ") == true


def test_what_is_no_reference_comes_back_as_it_is() -> None:
    assert heard_reference("not a reference") == "not a reference"
    assert heard_reference("7K3QM-X9T2") == "7K3QM-X9T2"


def test_the_next_salt_gives_another_reference() -> None:
    assert len({reference("an occurrence", salt) for salt in range(100)}) == 100


def test_ids_sort_by_time_and_follow_from_their_seed() -> None:
    ids = [uuid7(NOW + timedelta(milliseconds=number), "seed") for number in range(5)]
    assert ids == sorted(ids)
    assert uuid7(NOW, "seed") == ids[0] != uuid7(NOW, "other")
    assert uuid7(NOW) != uuid7(NOW)
    assert uuid.UUID(ids[0]).version == 7
    assert uuid.UUID(ids[0]).variant == uuid.RFC_4122


def test_ids_of_one_instant_sort_by_their_place_and_are_others_for_other_seeds() -> None:
    ids = [uuid7(NOW, f"seed {number}", number) for number in (0, 1, 255, 256, 4_095, 4_096, 1_000_000)]
    assert ids == sorted(ids)
    assert uuid7(NOW, "seed", 3) == uuid7(NOW, "seed", 3) != uuid7(NOW, "other", 3)
    assert {(uuid.UUID(each).version, uuid.UUID(each).variant) for each in ids} == {(7, uuid.RFC_4122)}


def test_a_claims_digest_is_about_what_is_asserted_not_how_it_is_written_or_shown() -> None:
    assert claims_digest(amount("79900")) == claims_digest(amount("79900.00"))
    assert claims_digest(amount("79900")) != claims_digest(amount("79901"))
    assert claims_digest(amount("79900")) != claims_digest(amount("79900", "USD"))
    bogota = NOW.astimezone(timezone(timedelta(hours=-5)))
    here, there = (
        {"at": ClaimValue(type=TopicType.TIMESTAMP, value=value, timezone=zone)}
        for value, zone in ((NOW, "UTC"), (bogota, "America/Bogota"))
    )
    assert claims_digest(here) == claims_digest(there)


def test_a_claims_digest_tells_zero_nothing_and_false_apart() -> None:
    values = (
        ClaimValue(type=TopicType.NUMBER, value=Decimal(0)),
        ClaimValue(type=TopicType.NUMBER, value=None),
        ClaimValue(type=TopicType.BOOL, value=False),
        ClaimValue(type=TopicType.TEXT, value="0"),
    )
    assert len({claims_digest({"value": value}) for value in values}) == len(values)


def test_an_approval_ends_with_the_rule_or_the_claims_it_was_given_for() -> None:
    assert len({approval_digest("r", "c"), approval_digest("r2", "c"), approval_digest("r", "c2")}) == 3


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_many_references_are_those_of_each(occurrences: list[str]) -> None:
    assert references(occurrences) == [reference(each) for each in occurrences]
