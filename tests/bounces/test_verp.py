"""The envelope sender names its notice; nobody else can make one up."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.bounces.verp import ADDED, BounceAddress
from notifier.model.digests import reference

OURS = BounceAddress(address="bounce@notices.example.com", key="a key of the tests")


@given(st.text(), st.sampled_from([str.upper, str.lower, str.swapcase, str]))
def test_an_envelope_sender_leads_to_its_notice_whatever_becomes_of_its_case(occurrence: str, change: object) -> None:
    name = reference(occurrence)
    assert callable(change)
    sender = OURS.sender(name)
    assert OURS.reference_in(change(sender)) == name
    assert len(sender.partition("@")[0]) == len("bounce") + ADDED
    assert OURS.reference_named(OURS.name_of(name)) == name


def test_it_looks_like_this_and_stays_so() -> None:
    """Bounces come back days later, perhaps after an upgrade."""
    assert OURS.sender("7K3QM-X9T2A") == "bounce+7K3QM-X9T2A-ozkiascbntvgnrlh@notices.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "bounce@notices.example.com",
        "bounce+7K3QM-X9T2A@notices.example.com",
        "bounce+7K3QM-X9T2A-@notices.example.com",
        "bounce+7K3QM-X9T2A-aaaaaaaaaaaaaaaa@notices.example.com",
        BounceAddress(address="bounce@notices.example.com", key="another").sender("7K3QM-X9T2A"),
        OURS.sender("7K3QM-X9T2A").replace("7K3QM", "7K3QN"),
        OURS.sender("7K3QM-X9T2A").replace("notices", "other"),
        OURS.sender("7K3QM-X9T2A").replace("bounce", "reply"),
        OURS.sender("7K3QM-X9T2A").replace("@", "-x@"),
        "",
        "+@",
        "bounce+ñ-ñ-ññññññññññ@notices.example.com",
    ],
)
def test_any_other_address_leads_nowhere(address: str) -> None:
    assert OURS.reference_in(address) is None


@given(st.text(alphabet=string.printable + "ñ\0", max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert OURS.reference_in(f"bounce+{text}@notices.example.com") is None


def test_the_key_is_not_shown() -> None:
    assert "a key" not in repr(OURS)
