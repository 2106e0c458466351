"""Cells that cannot be read without another cell of their row: amounts, phone numbers, promises, and ranges."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from notifier.calendars.opening_hours import check_opening_hours
from notifier.calendars.public_holidays import check_subdivision
from notifier.intake import cells as read
from notifier.intake.cells import Cell
from notifier.intake.columns import CellProblems, is_empty, read_column, read_one, require
from notifier.intake.instants import calendar_date, instant, window
from notifier.intake.spreadsheets import IDS, trace
from notifier.model.phones import country_abroad, is_landline, phone_number
from notifier.model.problems import did_you_mean, one_of
from notifier.model.schema import CURRENCY_COLUMN
from notifier.model.types import TopicType
from notifier.model.values import StoredValue, parse_value, stored
from notifier.model.vocabulary import VALUES
from notifier.rules.checked_checks import Topic
from notifier.store.state.cancellations import CANCEL, CANCELLABLE

_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d\s*")
SUBJECT_TYPES = VALUES["promise"]["subject_type"]
ABSENT = object()
"""The value of a column that this row omits while other rows of the batch have it: the stored one is kept."""

LANDLINE = "to a landline, which takes no SMS"
ARGENTINE_LANDLINE = f"{LANDLINE}; a mobile is written with 9 or 15, +54 9 11 2345 6789"
OF_NOTHING = (
    "of cancellations that do not say what is cancelled, so nothing is held against them; write contract:K-1, "
    "order:O-1 or appointment:A-1"
)
ABROAD = "to another country than the customer's"
"""What is doubtful about phone numbers of customers that are taken."""

Columns = dict[str, list[Any]]


def minor_units(places: int | None) -> Callable[[Cell, str], Decimal]:
    """The reader of amounts in minor units; `places` overrides the currency's decimal places."""

    def read_minor(cell: Cell, currency: str) -> Decimal:
        whole = parse_value(TopicType.MONEY, cell, currency)
        assert isinstance(whole, Decimal)
        if whole != int(whole):
            raise ValueError(f"'{cell}' is not a whole number of minor units")
        return whole.scaleb(-(get_currency_precision(currency) if places is None else places))

    return read_minor


def read_amounts(
    name: str,
    cells: Sequence[Cell],
    currencies: Sequence[str | None],
    reader: Callable[[Cell, str], Decimal],
    problems: CellProblems,
) -> list[Decimal | None]:
    """Amounts, each in its row's currency."""
    try:
        return [
            None if cell is None or cell == "" else reader(cell, currency or "")
            for cell, currency in zip(cells, currencies, strict=True)
        ]
    except (ValueError, TypeError):  # TypeError: a list or a mapping, which no cache can look up
        pass
    values: list[Decimal | None] = []
    refused = problems.rows(CURRENCY_COLUMN)
    for index, (cell, currency) in enumerate(zip(cells, currencies, strict=True)):
        value, problem = None, None
        if currency is not None:
            value, problem = read_one(cell, reader, currency)
        elif index not in refused and not is_empty(cell):
            problem = "an amount needs its currency; fill the column 'currency'"
        values.append(value)
        problems.add(index, name, problem)
    return values


def read_phones(
    cells: Sequence[Cell],
    countries: Sequence[str | None] | None,
    default_country: str | None,
    problems: CellProblems,
    *,
    of_customers: bool,
) -> list[str | None]:
    """Phone numbers in E.164; one without a country code gets that of its row's country, else the default country.

    A customer's landline, or number of another country, is taken and doubted: notices go to customers.
    """
    values: list[str | None] = []
    for index, cell in enumerate(cells):
        country = (countries[index] if countries else None) or default_country
        value, problem = read_one(cell, lambda one, where: phone_number(read.text(one), where), country)
        values.append(value)
        problems.add(index, "phone", problem)
        if value is None or not of_customers:
            continue
        if is_landline(value):
            problems.doubt(index, "phone", ARGENTINE_LANDLINE if value.startswith("+54") else LANDLINE, value)
        if country and (abroad := country_abroad(value, country)):
            problems.doubt(index, "phone", ABROAD, f"{value} ({abroad}, not {country})")
    return values


def check_subdivisions(columns: Mapping[str, Sequence[Any]], problems: CellProblems) -> None:
    """Checks that each subdivision belongs to its row's country."""
    for index, (country, subdivision) in enumerate(zip(columns["country"], columns["subdivision"], strict=True)):
        if country and subdivision:
            _, problem = read_one(subdivision, partial(check_subdivision, country))
            problems.add(index, "subdivision", problem)


def check_order(first: str, second: str, columns: Mapping[str, Sequence[Any]], problems: CellProblems) -> None:
    """Checks that the second instant is not before the first."""
    for index, (start, end) in enumerate(zip(columns[first], columns[second], strict=True)):
        if start is not None and end is not None and end < start:
            problems.add(index, second, f"{end.isoformat()} is before {first} ({start.isoformat()})")


def doubt_cancellations(columns: Mapping[str, Sequence[Any]], problems: CellProblems) -> None:
    """Doubts a cancellation that does not say of what: nothing can be held against it."""
    subjects = columns.get("subject")
    for index, outcome in enumerate(columns["outcome"] if subjects is not None else ()):
        subject = (subjects or ())[index]
        if outcome == CANCEL and (subject or "").partition(":")[0] not in (*CANCELLABLE, "notice"):
            problems.doubt(index, "subject", OF_NOTHING, f"{columns['id'][index]}: '{subject or ''}'")


def topic_name(topics: Mapping[str, Topic], cell: Cell) -> str:
    """The name of a declared topic."""
    name = read.text(cell)
    if name not in topics:
        raise ValueError(f"unknown topic '{name}'{did_you_mean(name, topics) or '; declare it in rules/topics.yaml'}")
    return name


def add_subjects(cells: Sequence[Cell], columns: Columns, problems: CellProblems) -> None:
    """`contract:K-1` becomes subject_type and subject_id; a promise about a customer is made to that customer."""
    subjects = read_column("subject", cells, _subject, problems)
    require("subject", subjects, problems)
    columns["subject_type"] = [subject[0] if subject else None for subject in subjects]
    columns["subject_id"] = [subject[1] if subject else None for subject in subjects]
    named = columns.get("customer_id") or [ABSENT] * len(subjects)
    columns["customer_id"] = [
        subject[1] if subject and subject[0] == "customer" and customer in (None, ABSENT) else customer
        for subject, customer in zip(subjects, named, strict=True)
    ]


def add_promised_values(
    cells: Sequence[Cell],
    columns: Columns,
    topics: Mapping[str, Topic],
    zone: ZoneInfo | None,
    days_in: ZoneInfo | None,
    problems: CellProblems,
) -> None:
    """The promised values, read by the type of each row's topic, in the row's currency.

    `zone` is that of wall clocks, `days_in` that of days. A day as the value of a timestamp is its end: what comes by
    then was kept. As a window it is all of it.
    """

    def read_promised(given: tuple[str, Cell, str | None]) -> StoredValue:
        topic, cell, currency = given
        kind = topics[topic].type
        written: object = read.paragraphs(cell) if isinstance(cell, str) else cell
        match kind, written:
            case TopicType.TIMESTAMP, str() if _DAY.fullmatch(written) and days_in is not None:
                written = window(written, days_in).ends_at
            case TopicType.TIMESTAMP, _:
                written = instant(cell, zone)
            case TopicType.DATE, _:
                written = calendar_date(cell)
            case TopicType.WINDOW, str() | datetime():
                written = window(str(written), days_in)
            case TopicType.OPENING_HOURS, str():
                written = check_opening_hours(written)
        return stored(kind, parse_value(kind, written, currency, topics[topic].unit))

    currencies = columns.get(CURRENCY_COLUMN) or [None] * len(cells)
    given = [
        None if topic is None or is_empty(cell) else (topic, cell, currency)
        for topic, cell, currency in zip(columns["topic"], cells, currencies, strict=True)
    ]
    found = read_column("value", given, read_promised, problems)
    without_topic = {index for index, topic in enumerate(columns["topic"]) if topic is None}
    require("value", found, problems, reported_elsewhere=without_topic)
    for name in StoredValue.__annotations__:
        columns[name] = [one[name] if one else None for one in found]
    if any(topic is not None and topics[topic].due_by_value for topic in columns["topic"]):
        _add_due(columns, topics)


def _add_due(columns: Columns, topics: Mapping[str, Topic]) -> None:
    """When promises are due that name no `due_at`, where their topic says that their value tells it."""
    rows = len(columns["topic"])
    given, made = columns.get("due_at") or [ABSENT] * rows, columns.get("made_at") or [None] * rows
    due = []
    for index, (stated, topic, made_at) in enumerate(zip(given, columns["topic"], made, strict=True)):
        if stated not in (None, ABSENT) or topic is None or not topics[topic].due_by_value:
            due.append(stated)
            continue
        told = columns["value_until"][index] or columns["value_at"][index]
        seconds = columns["value_number"][index]
        if told is None and seconds is not None and made_at is not None:
            told = _after(made_at, timedelta(microseconds=int(seconds * 1_000_000)), topics[topic])
        due.append(stated if told is None else told)
    columns["due_at"] = due


def _after(made_at: datetime, length: timedelta, topic: Topic) -> datetime | None:
    return made_at + length if topic.counted_in is None else topic.counted_in.after(made_at, length)


def _subject(cell: Cell) -> tuple[str, str]:
    kind, colon, row_id = read.text(cell).partition(":")
    if not colon or not row_id.strip():
        raise ValueError(f"'{cell}' is no subject; write it like contract:K-1")
    if (what := trace(row_id, IDS)) is not None:
        raise ValueError(what)
    if kind not in SUBJECT_TYPES:
        close = did_you_mean(kind, SUBJECT_TYPES)
        raise ValueError(f"a promise cannot be about '{kind}'{close}; one of {one_of(SUBJECT_TYPES)}")
    return kind, row_id.strip()
