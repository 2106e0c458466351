"""A contradiction in words: its two values, the pair that identifies them, and the sentence for people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from notifier.model.contradictions import Contradiction, Member
from notifier.model.values import parse_canonical
from notifier.promises.compare import ComparedValue, tax_words


def promised_value(contradiction: Contradiction) -> ComparedValue:
    """What was promised."""
    return ComparedValue(
        type=contradiction.topic_type,
        value=parse_canonical(contradiction.topic_type, contradiction.promised),
        currency=contradiction.currency,
        tax_included=contradiction.tax_included,
    )


def actual_value(contradiction: Contradiction) -> ComparedValue:
    """The actual value, of the row that surfaces next; without a value where nothing happened."""
    actual = contradiction.actual
    return ComparedValue(
        type=contradiction.topic_type,
        value=None if actual is None else parse_canonical(contradiction.topic_type, actual),
        currency=contradiction.actual_currency,
        tax_included=contradiction.actual_tax_included,
        summands=() if actual is None else next_member(contradiction).summands,
    )


def next_member(contradiction: Contradiction) -> Member:
    """The member that surfaces next: its value is the contradiction's."""
    return next(
        member
        for member in contradiction.members
        if (member.actual, member.surfaces_at) == (contradiction.actual, contradiction.surfaces_at)
    )


def member_value(contradiction: Contradiction, member: Member) -> ComparedValue:
    """The value of one member row."""
    return ComparedValue(
        type=contradiction.topic_type,
        value=parse_canonical(contradiction.topic_type, member.actual),
        currency=member.currency,
        tax_included=member.tax_included,
        summands=member.summands,
    )


def pair_of(promised: ComparedValue, actual: ComparedValue) -> str:
    """`promised|actual` on one line: equal exactly when both values are, including currency and tax."""
    return f"{_one_line(promised.identity)}|{_one_line(actual.identity)}"


def value_pair(contradiction: Contradiction) -> str:
    """The contradiction's current pair of values: each pair alerts its owner once."""
    return pair_of(promised_value(contradiction), actual_value(contradiction))


def alert_key(contradiction: Contradiction, now: datetime) -> str:
    """What its owner is alerted of once: its pair of values; and again where a waiver of that pair came to its end."""
    pair, until = value_pair(contradiction), contradiction.waived_until
    return pair if until is None or until > now else f"{pair}|{until.isoformat()}"


def row_keys(contradiction: Contradiction, now: datetime) -> Sequence[tuple[str, str]]:
    """Where the owner hears of each row by itself: the key of the alert, and the id of the row, in their order."""
    key = alert_key(contradiction, now)
    return [(f"{key}|{member.fact_id}", member.fact_id) for member in contradiction.members]


def waivable_pairs(contradiction: Contradiction) -> tuple[str, ...]:
    """The pairs of all its rows: what a person sees, and waives."""
    promised = promised_value(contradiction)
    pairs = {pair_of(promised, member_value(contradiction, member)) for member in contradiction.members}
    return tuple(sorted(pairs | {value_pair(contradiction)}))


def with_pairs_accepted(found: Contradiction) -> Contradiction:
    """With the pairs of its values accepted, beside those that were accepted before."""
    pairs = set(waivable_pairs(found)) | set((found.waived_pair or "").split("\n")) - {""}
    return replace(found, waived_pair="\n".join(sorted(pairs)), waived_until=None)


def sentence(contradiction: Contradiction) -> str:
    """Both sides in one sentence: `charge X-9 is 111860 COP, promised 79900 COP by sales`."""
    promised, actual = promised_value(contradiction), actual_value(contradiction)
    if actual.value is None:
        topic = contradiction.topic
        return f"{topic} {promised.sentence}, promised by {contradiction.promised_by}, is not kept"
    said, is_now = in_words(contradiction.topic, promised), in_words(contradiction.topic, actual)
    if (word := next_member(contradiction).said) is not None:
        by = contradiction.source or contradiction.promised_by
        said, is_now = f"{said} {tax_words(promised.tax_included)}", f"{is_now} {tax_words(actual.tax_included)}"
        both = f"{by} says {said.strip()}, {word.source} says {is_now.strip()}"
        return f"{contradiction.topic}: {both}{_more(contradiction)}"
    if None not in (promised.tax_included, actual.tax_included) and promised.tax_included != actual.tax_included:
        said, is_now = f"{said} {tax_words(promised.tax_included)}", f"{is_now} {tax_words(actual.tax_included)}"
    made_of = summands_text(next_member(contradiction))
    return f"{_rows(contradiction)} {is_now}{made_of}, promised {said} by {contradiction.promised_by}"


def in_words(topic: str, value: ComparedValue) -> str:
    """A value within a sentence; a boolean is named by its topic: `cancelled`, `not cancelled`."""
    if isinstance(value.value, bool):
        return topic if value.value else f"not {topic}"
    return value.sentence


NAMED_SUMMANDS = 5
"""How many rows of a sum a sentence names."""


def summands_text(member: Member) -> str:
    """` in 2 rows (X-1, X-2)`, said after a sum or a count; empty for the value of one row."""
    names = [row.id for row in member.summands]
    if not names:
        return ""
    listed = ", ".join(names[:NAMED_SUMMANDS]) + (", …" if len(names) > NAMED_SUMMANDS else "")
    return f" in {len(names)} row{'s' if len(names) > 1 else ''} ({listed})"


def _rows(contradiction: Contradiction) -> str:
    """`charge X-1 is`, or `charge X-1 and 2 more rows disagree: X-1 is`.

    Members with the same sum, over the same rows, are not counted again: the sentence names those rows.
    """
    first = next_member(contradiction)
    others = [
        one
        for one in contradiction.members
        if one is not first and not (first.summands and one.summands == first.summands)
    ]
    row = f"{first.fact_type} {first.fact_id}"
    if not others:
        return f"{row} is"
    return f"{row} and {len(others)} more row{'s' if len(others) > 1 else ''} disagree: {first.fact_id} is"


def _more(contradiction: Contradiction) -> str:
    """` (and 2 more)`: other promises that disagree as well."""
    others = len(contradiction.members) - 1
    return f" (and {others} more)" if others else ""


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("|", "\\p")
