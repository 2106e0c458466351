"""Segment counts against the 101 vectors that agree with Twilio's own calculator."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.rendering.segments import BASIC, EXTENDED, count_segments

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "sms_segment_vectors.json").read_text(encoding="utf-8")
)["vectors"]


def test_all_vectors_are_here() -> None:
    assert len(VECTORS) == 101


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_text_is_counted_as_the_provider_counts_it(vector: dict[str, Any]) -> None:
    counted = count_segments(vector["text"])
    assert (counted.encoding, counted.units, counted.segments) == (
        vector["encoding"],
        vector["units"],
        vector["segments"],
    )
    assert list(counted.outside_gsm) == vector["non_gsm"]
    assert count_segments(vector["text"], toll_free=True).segments == vector["segments_toll_free"]
    smart = count_segments(vector["text"], smart_encoding=True)
    assert (smart.encoding, smart.segments) == (vector["smart_encoding"], vector["smart_segments"])


@given(st.text(alphabet=BASIC + EXTENDED + "áíóú👍🇨🇴\u200d\u0301", max_size=400))
def test_a_longer_text_never_costs_less(text: str) -> None:
    shorter, longer = count_segments(text[:-1]), count_segments(text)
    assert shorter.segments <= longer.segments
    assert longer.segments >= -(-longer.units // (160 if longer.encoding == "GSM-7" else 70))
