"""Contradictions that open together: those of the same two values are decided once, and the others filled in.

`assess` decides one of them, in which marks stand for ids and names. Where it opens a contradiction, what it wrote is a
mould: its texts have a hole where a mark stands, and all else is the same for each of them. So a flood is judged and
worded by the same functions as one contradiction alone.

A promise opens so where it has one record and one fact, the fact has not surfaced yet, and nothing was known of it.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from notifier.model.json_texts import canonical_json
from notifier.model.opened_together import COLUMNS
from notifier.model.unread import Unread
from notifier.promises.assess import Event, PromiseFacts, assess, contradiction_id
from notifier.promises.check_query import CheckQuery
from notifier.promises.records import PromiseRow
from notifier.promises.wording import alert_key

Columns = Mapping[str, Sequence[Any]]
Row = tuple[Any, ...]
"""A row of `CheckQuery.disagreeing`, as the driver gave it."""

ALIKE = 2
"""So many of a chunk have the same two values where a mould is made: it takes as long as to decide one of them."""
MOST_MOULDS = 2_000
"""Pairs of values of which one pass keeps what it made: it takes a kilobyte for each."""
_PROMISE, _FACT_ID, _SUMMANDS, _SURFACES_AT = 0, 2, 7, 8
_TWO_VALUES = itemgetter(3, 4, 5, 6, 12, 13, 14)
"""The fact's value, its end, currency and tax; the promise's value, currency and tax."""
_MARKS = [chr(code) for code in range(0xFDD0, 0xFDF0)]
"""Characters that no text should have (Unicode, 23.7: for internal use, not for interchange)."""
_MARK = re.compile(f"[{_MARKS[0]}-{_MARKS[-1]}]")
_FACT, _BY, *_OF_SUMMANDS = _MARKS

_read = json.JSONDecoder().raw_decode
_quoted = json.encoder.encode_basestring
"""As `canonical_json` writes a text."""


@dataclass(frozen=True)
class _Text:
    """A text with holes."""

    pattern: str
    """For the operator `%`."""
    holes: Sequence[int]
    """Which mark stood in each."""

    @classmethod
    def of(cls, marked: str) -> "_Text":
        holes = [_MARKS.index(mark) for mark in _MARK.findall(marked)]
        return cls(_MARK.sub("%s", marked.replace("%", "%%")), holes)

    def filled(self, names: Sequence[Sequence[str]]) -> list[str]:
        """The text for each; `names` has what stands for each mark, in all of them."""
        return [self.pattern % each for each in zip(*(names[hole] for hole in self.holes), strict=True)]


@dataclass(frozen=True, kw_only=True)
class _Mould:
    """What opens where these two values meet."""

    currency: str | None
    tax_included: bool | None
    actual: str | None
    actual_currency: str | None
    actual_tax_included: bool | None
    reason: _Text
    alerted: str
    summands: _Text | None


class Moulds:
    """What one pass of a check makes of each two values."""

    def __init__(self, query: CheckQuery) -> None:
        self._query = query
        self._made: dict[Row, _Mould | None] = {}

    def opened(self, unread: Unread, linked: Collection[str], now: datetime) -> tuple[Columns, list[str]]:
        """What opens at `now`, and the promises that are to be decided one by one.

        `linked`: the promises of which something is known, or which are recorded more than once.
        """
        facts = Counter(row[_PROMISE] for row in unread.rows)
        alike = defaultdict[Row, list[tuple[Row, Sequence[str]]]](list)
        others, surfaced = dict[str, None](), dict[Any, bool]()
        for row in unread.rows:
            promise, surfaces_at = row[_PROMISE], row[_SURFACES_AT]
            if surfaces_at not in surfaced:
                at = unread.value(_SURFACES_AT, surfaces_at)
                surfaced[surfaces_at] = at is not None and at <= now
            if facts[promise] > 1 or promise in linked or surfaced[surfaces_at]:
                others[promise] = None
            else:
                key, summands = _key(row)
                alike[key].append((row, summands))
        found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        for key, those in alike.items():
            mould = self._mould(key, those[0][0], unread, now) if len(those) >= ALIKE or key in self._made else None
            if mould is None:
                others |= dict.fromkeys(row[_PROMISE] for row, _ in those)
                continue
            for name, column in self._filled(mould, those).items():
                found[name] += column
        return found, list(others)

    def _filled(self, mould: "_Mould", those: Sequence[tuple[Row, Sequence[str]]]) -> Columns:
        columns = [*zip(*(row for row, _ in those), strict=True)]
        promises, facts, surfaces_at = columns[_PROMISE], columns[_FACT_ID], columns[_SURFACES_AT]
        customers, types, subjects, promised, _, _, made_at, made_by, sources, evidence = columns[_SURFACES_AT + 1 :]
        by = [name or source for name, source in zip(made_by, sources, strict=True)]
        summands = [*zip(*(names for _, names in those), strict=True)]
        quoted = [[_quoted(name)[1:-1] for name in names] for names in summands]
        check, count = self._query.check.name, len(those)
        return {
            "id": [contradiction_id(check, promise) for promise in promises],
            "promise_id": promises,
            "subject_type": types,
            "subject_id": subjects,
            "customer_id": customers,
            "promised": promised,
            "currency": [mould.currency] * count,
            "tax_included": [mould.tax_included] * count,
            "actual": [mould.actual] * count,
            "actual_currency": [mould.actual_currency] * count,
            "actual_tax_included": [mould.actual_tax_included] * count,
            "promised_by": by,
            "promised_at": made_at,
            "evidence": evidence,
            "source": sources,
            "surfaces_at": surfaces_at,
            "reason": mould.reason.filled([facts, by, *summands]),
            "alerted": [mould.alerted] * count,
            "group_id": [None] * count,
            "fact_id": facts,
            "summands": [None] * count if mould.summands is None else mould.summands.filled([[], [], *quoted]),
        }

    def _mould(self, key: Row, row: Row, unread: Unread, now: datetime) -> _Mould | None:
        if key not in self._made:
            if len(self._made) >= MOST_MOULDS:
                self._made.clear()
            self._made[key] = self._made_of(key, row, unread, now)
        return self._made[key]

    def _made_of(self, key: Row, row: Row, unread: Unread, now: datetime) -> _Mould | None:
        """None where nothing opens, and where it cannot be told where the marks would be."""
        amounts = key[-1]
        marked = _MARK.search(json.dumps(key, ensure_ascii=False, default=str))
        if marked or len(amounts) > len(_OF_SUMMANDS):
            return None
        read = unread.read(row)
        read.fact_id = _FACT
        if amounts:
            read.summands = json.dumps([[mark, *each] for mark, each in zip(_OF_SUMMANDS, amounts, strict=False)])
        promise = PromiseRow(
            id=read.promise_id,
            customer_id=read.customer_id,
            subject_type=read.subject_type,
            subject_id=read.subject_id,
            topic=self._query.check.topic,
            value=read.promised,
            currency=read.promised_currency,
            tax_included=read.promised_tax_included,
            made_at=read.made_at,
            made_by=_BY,
            source=read.source,
            evidence=read.evidence,
            state="open",
        )
        fact = replace(self._query.read_fact(read), surfaces_at=None)
        facts = PromiseFacts(promise_id=promise.id, promise=promise, records=(promise,), disagreeing=(fact,))
        change = assess(self._query.check, facts, None, now=now, since=None)
        if change is None or change.event is not Event.OPENED:
            return None
        opened = change.contradiction
        [member] = opened.members
        summands = canonical_json([vars(each) for each in member.summands]) if member.summands else None
        return _Mould(
            currency=opened.currency,
            tax_included=opened.tax_included,
            actual=opened.actual,
            actual_currency=opened.actual_currency,
            actual_tax_included=opened.actual_tax_included,
            reason=_Text.of(opened.reason),
            alerted=alert_key(opened, now),
            summands=None if summands is None else _Text.of(summands),
        )


def _key(row: Row) -> tuple[Row, tuple[str, ...]]:
    """What decides all but names, and the ids of the rows that the fact adds up or counts, in their order."""
    listed = row[_SUMMANDS]
    if listed is None:
        return (*_TWO_VALUES(row), ()), ()
    summands = _read(listed)[0]
    if len(summands) == 1:
        [[name, *amount]] = summands
        return (*_TWO_VALUES(row), (tuple(amount),)), (name,)
    amounts = {name: tuple(amount) for name, *amount in summands}
    ids = tuple(sorted(amounts))
    return (*_TWO_VALUES(row), tuple([amounts[name] for name in ids])), ids
