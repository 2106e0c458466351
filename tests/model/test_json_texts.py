"""JSON is written as the standard library writes it."""

import json
from enum import StrEnum

import pytest

from notifier.model.json_texts import writer_of


class Word(StrEnum):
    ONE = "uno"


DOCUMENTS: tuple[object, ...] = (
    {},
    [],
    "ñ \"'\u2028\n",
    None,
    [True, False, None, 0, -1, 10**20, 1.5],
    {"b": [Word.ONE], "a": {"ü": ("x", "y")}, "": {}},
)


@pytest.mark.parametrize("encoder", [json.JSONEncoder(ensure_ascii=False), json.JSONEncoder(sort_keys=True)])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_kept_writer_writes_what_its_encoder_does(encoder: json.JSONEncoder, document: object) -> None:
    write = writer_of(encoder)
    assert write(document) == encoder.encode(document)
    assert write(document) == encoder.encode(document)


def test_it_refuses_what_its_encoder_refuses() -> None:
    write = writer_of(json.JSONEncoder(allow_nan=False))
    with pytest.raises(TypeError):
        write({"when": object()})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write([float("nan")])
