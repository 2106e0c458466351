"""Contradictions that open together: those of the same two values are decided once, and the others filled in.

`assess` decides one of them, in which marks stand for ids and names. Where it opens a contradiction, what it wrote is a
mould: its texts have a hole where a mark stands, and all else is the same for each of them. So a flood is judged and
worded by the same functions as one contradiction alone.

A promise opens so where it has one record and one fact, the fact has not surfaced yet, and nothing was known of it.

Amounts that nobody else has are compared one by one, and share a mould with all that differ in nothing but them: two
amounts stand in it that are as far apart as they can be, and each text has a hole where one of them is written.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import compress
from operator import itemgetter
from typing import Any

from notifier.model.json_texts import canonical_json
from notifier.model.opened_together import COLUMNS
from notifier.model.topic_values import TopicValue
from notifier.model.types import TopicType
from notifier.model.unread import Unread
from notifier.model.values import parse_canonical
from notifier.promises.assess import Event, PromiseFacts, assess, contradiction_ids
from notifier.promises.check_query import CheckQuery
from notifier.promises.compare import ComparedValue, disagree
from notifier.promises.found_rows import read_fact
from notifier.promises.found_values import decimal_text, typed
from notifier.promises.records import PromiseRow
from notifier.promises.wording import actual_value, alert_key, promised_value
from notifier.rules.checked_checks import Check

Columns = Mapping[str, Sequence[Any]]
Row = tuple[Any, ...]
"""A row of `CheckQuery.disagreeing`, as the driver gave it."""

ALIKE = 2
"""So many of a chunk have the same two values where a mould is made: it takes as long as to decide one of them."""
MOST_MOULDS = 2_000
"""Pairs of values of which one pass keeps what it made: it takes a kilobyte for each."""
_PROMISE, _FACT_ID, _VALUE, _SUMMANDS, _SURFACES_AT, _PROMISED_VALUE = 0, 2, 3, 7, 8, 12
_TWO_VALUES = itemgetter(3, 4, 5, 6, 12, 13, 14)
"""The fact's value, its end, currency and tax; the promise's value, currency and tax."""
_MARKS = [chr(code) for code in range(0xFDD0, 0xFDF0)]
"""Characters that no text should have (Unicode, 23.7: for internal use, not for interchange)."""
_MARK = re.compile(f"[{_MARKS[0]}-{_MARKS[-1]}]")
_FACT, _BY, _PROMISED, _ACTUAL, *_OF_SUMMANDS = _MARKS
_AMOUNTS = (TopicType.MONEY, TopicType.NUMBER)
"""Topics whose values are amounts that are written as nothing but their digits."""
_LOW, _HIGH = "83170.4629", "91827364509182.7365"
"""The two amounts of a mould: they are written like no other text."""

_BEGIN, _OF_ONE_ROW = '[["%s"', 2
"""How the rows that a fact adds up begin, and how many brackets open where it is one."""

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

    def filled(self, names: Sequence[Sequence[str]], count: int) -> list[str]:
        """The text for each of `count`; `names` has what stands for each mark, in all of them."""
        if not self.holes:
            return [self.pattern % ()] * count
        return [*map(self.pattern.__mod__, zip(*(names[hole] for hole in self.holes), strict=True))]


@dataclass(frozen=True, kw_only=True)
class _Mould:
    """What opens where these two values meet."""

    promised: ComparedValue
    fact: ComparedValue
    actual: _Text
    reason: _Text
    alerted: _Text
    summands: _Text | None

    def apart(self, check: Check, promised: str, value: TopicValue | None) -> str | None:
        """The text of a fact's amount; None where it agrees with what was promised."""
        said = parse_canonical(self.promised.type, promised)
        fact = _instead(self.fact, value)
        return fact.text if disagree(check, _instead(self.promised, said), fact) else None


def _instead(mould: ComparedValue, value: TopicValue | None) -> ComparedValue:
    return ComparedValue(type=mould.type, value=value, currency=mould.currency, tax_included=mould.tax_included)


class Moulds:
    """What one pass of a check makes of each two values."""

    def __init__(self, query: CheckQuery) -> None:
        self._query = query
        self._made: dict[Row, _Mould | None] = {}
        self._made_of_amounts: dict[Row, _Mould | None] = {}

    def opened(self, unread: Unread, linked: Collection[str], now: datetime) -> tuple[Columns, list[str]]:
        """What opens at `now`, and the promises that are to be decided one by one.

        `linked`: the promises of which something is known, or which are recorded more than once.
        """
        rows, others = _apart(unread, linked, now)
        alike = defaultdict[Row, list[tuple[Row, Sequence[str]]]](list)
        plain = set[str]()
        for row in rows:
            name, listed = row[_FACT_ID], row[_SUMMANDS]
            after = None if listed is None else listed.removeprefix(_BEGIN % name)
            if after in plain and "\\" not in name:  # as `_key` found before, of another row
                alike[*_TWO_VALUES(row), after].append((row, (name,)))
                continue
            key, summands = _key(row)
            if isinstance(key[-1], str):
                plain.add(key[-1])
            alike[key].append((row, summands))
        found: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        alone = defaultdict[Row, list[tuple[Row, Sequence[str]]]](list)
        for key, those in alike.items():
            if len(those) < ALIKE and key not in self._made:
                alone[_but_amounts(key)] += those
                continue
            mould = self._mould(key, those[0][0], unread, now)
            if mould is None:
                others |= dict.fromkeys(row[_PROMISE] for row, _ in those)
            else:
                _add(found, self._filled(mould, those, as_written=isinstance(key[-1], str)))
        for key, those in alone.items():
            mould = self._mould_of_amounts(key, those[0][0], unread, now) if len(those) >= ALIKE else None
            texts = [None if mould is None else self._apart(mould, row, unread) for row, _ in those]
            others |= dict.fromkeys(row[_PROMISE] for (row, _), text in zip(those, texts, strict=True) if text is None)
            if mould is not None and any(texts):
                opening = [*compress(those, texts)]
                _add(found, self._filled(mould, opening, [text for text in texts if text is not None]))
        return found, list(others)

    def _apart(self, mould: "_Mould", row: Row, unread: Unread) -> str | None:
        """The fact's amount as a text, where it disagrees, and is that of the one row that it adds up."""
        value = typed(self._query.check, unread.value(_VALUE, row[_VALUE]))
        text = mould.apart(self._query.check, row[_PROMISED_VALUE], value)
        if text is None or row[_SUMMANDS] is None:
            return text
        [[_, amount, *_]] = _read(row[_SUMMANDS])[0]
        assert self._query.check.actual is not None, "what adds up rows has a value"
        return text if decimal_text(amount, self._query.check.actual.scale) == text else None

    def _filled(
        self,
        mould: "_Mould",
        those: Sequence[tuple[Row, Sequence[str]]],
        amounts: Sequence[str] = (),
        *,
        as_written: bool = False,
    ) -> Columns:
        """The columns of those that open; `amounts`, where each has its own, are those of their facts.

        `as_written`: the ids of the rows that their facts add up are the same in JSON.
        """
        columns = [*zip(*(row for row, _ in those), strict=True)]
        promises, facts, surfaces_at = columns[_PROMISE], columns[_FACT_ID], columns[_SURFACES_AT]
        customers, types, subjects, promised, _, _, made_at, made_by, sources, evidence = columns[_SURFACES_AT + 1 :]
        by = [name or source for name, source in zip(made_by, sources, strict=True)]
        summands = [*zip(*(names for _, names in those), strict=True)]
        names = [facts, by, promised, amounts, *summands]
        in_json = summands if as_written else [[_quoted(name)[1:-1] for name in each] for each in summands]
        quoted = [(), (), promised, amounts, *in_json]
        check, count = self._query.check.name, len(those)
        return {
            "id": contradiction_ids(check, promises),
            "promise_id": promises,
            "subject_type": types,
            "subject_id": subjects,
            "customer_id": customers,
            "promised": promised,
            "currency": [mould.promised.currency] * count,
            "tax_included": [mould.promised.tax_included] * count,
            "actual": mould.actual.filled(names, count),
            "actual_currency": [mould.fact.currency] * count,
            "actual_tax_included": [mould.fact.tax_included] * count,
            "promised_by": by,
            "promised_at": made_at,
            "evidence": evidence,
            "source": sources,
            "surfaces_at": surfaces_at,
            "reason": mould.reason.filled(names, count),
            "alerted": mould.alerted.filled(names, count),
            "group_id": [None] * count,
            "fact_id": facts,
            "summands": [None] * count if mould.summands is None else mould.summands.filled(quoted, count),
        }

    def _mould(self, key: Row, row: Row, unread: Unread, now: datetime) -> _Mould | None:
        if key not in self._made:
            if len(self._made) >= MOST_MOULDS:
                self._made.clear()
            self._made[key] = self._made_of(key, row, unread, now)
        return self._made[key]

    def _mould_of_amounts(self, key: Row, row: Row, unread: Unread, now: datetime) -> _Mould | None:
        """Of all that differ in nothing but their two amounts; None where they are no amounts, or of several rows."""
        if key not in self._made_of_amounts:
            fits = self._query.check.topic_type in _AMOUNTS and len(_amounts(key)) <= 1
            both = (_HIGH, _LOW) if self._query.check.worse == "lower" else (_LOW, _HIGH)
            self._made_of_amounts[key] = self._made_of(key, row, unread, now, both) if fits else None
        return self._made_of_amounts[key]

    def _made_of(
        self, key: Row, row: Row, unread: Unread, now: datetime, both: tuple[str, str] | None = None
    ) -> _Mould | None:
        """None where nothing opens, and where it cannot be told where the marks would be.

        `both`: the promised amount and the fact's, instead of those of the row.
        """
        amounts = _amounts(key)
        marked = _MARK.search(json.dumps(key, ensure_ascii=False, default=str))
        if marked or len(amounts) > len(_OF_SUMMANDS):
            return None
        read = unread.read(row)
        read.fact_id = _FACT
        if both is not None:
            read.promised, read.actual = both[0], Decimal(both[1])
            amounts = [(both[1], *each) for each in amounts]
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
        fact = replace(read_fact(self._query.check, read), surfaces_at=None)
        facts = PromiseFacts(promise_id=promise.id, promise=promise, records=(promise,), disagreeing=(fact,))
        change = assess(self._query.check, facts, None, now=now, since=None)
        if change is None or change.event is not Event.OPENED:
            return None
        opened = change.contradiction
        [member] = opened.members
        summands = canonical_json([vars(each) for each in member.summands]) if member.summands else None
        promised, actual = both or ("", "")

        def text(written: str) -> _Text:
            if both is not None:
                written = written.replace(promised, _PROMISED).replace(actual, _ACTUAL)
            return _Text.of(written)

        return _Mould(
            promised=promised_value(opened),
            fact=actual_value(opened),
            actual=text(opened.actual or ""),
            reason=text(opened.reason),
            alerted=text(alert_key(opened, now)),
            summands=None if summands is None else text(summands),
        )


def _add(found: Mapping[str, list[Any]], columns: Columns) -> None:
    for name, column in columns.items():
        found[name] += column


def _apart(unread: Unread, linked: Collection[str], now: datetime) -> tuple[Sequence[Row], dict[str, None]]:
    """The rows that may open together, and the promises of the others: those that are linked, have several facts, or
    one that has surfaced."""
    late = set()
    for surfaces_at in {row[_SURFACES_AT] for row in unread.rows}:
        at = unread.value(_SURFACES_AT, surfaces_at)
        if at is not None and at <= now:
            late.add(surfaces_at)
    facts = Counter([row[_PROMISE] for row in unread.rows])
    alone = {*linked} if len(facts) == len(unread.rows) else {*linked, *(name for name, n in facts.items() if n > 1)}
    if not late and alone.isdisjoint(facts):
        return unread.rows, {}
    others = dict[str, None]()
    rows = list[Row]()
    for row in unread.rows:
        if row[_PROMISE] in alone or row[_SURFACES_AT] in late:
            others[row[_PROMISE]] = None
        else:
            rows.append(row)
    return rows, others


def _but_amounts(key: Row) -> Row:
    """What decides all but names and the two amounts."""
    _, until, currency, tax, _, promised_currency, promised_tax, _ = key
    return until, currency, tax, promised_currency, promised_tax, tuple(each[1:] for each in _amounts(key))


def _amounts(key: Row) -> Sequence[Row]:
    """Amount, currency and tax of each row that the fact adds up or counts."""
    listed = key[-1]
    if not isinstance(listed, str):
        amounts: Sequence[Row] = listed
        return amounts
    [[_, *amount]] = _read(_BEGIN % "" + listed)[0]
    return (tuple(amount),)


def _key(row: Row) -> tuple[Row, tuple[str, ...]]:
    """What decides all but names, and the ids of the rows that the fact adds up or counts, in their order.

    Where that is the fact's row alone, its JSON is not parsed: what follows on the id is the same for all of them.
    """
    listed = row[_SUMMANDS]
    if listed is None:
        return (*_TWO_VALUES(row), ()), ()
    begin = _BEGIN % row[_FACT_ID]
    if listed.startswith(begin) and listed.count("[") == _OF_ONE_ROW and "\\" not in listed:
        return (*_TWO_VALUES(row), listed[len(begin) :]), (row[_FACT_ID],)
    amounts = {name: tuple(amount) for name, *amount in _read(listed)[0]}
    ids = tuple(sorted(amounts))
    return (*_TWO_VALUES(row), tuple([amounts[name] for name in ids])), ids
