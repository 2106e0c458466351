"""`rules/campaigns.yaml`: read by the topics' types, and refused with place, fact and remedy."""

from decimal import Decimal
from pathlib import Path

import pytest

from notifier.rules.checked import CalendarSpan
from notifier.rules.loader import load_project
from tests.rules.projects import write

FILE = "rules/campaigns.yaml"


def campaign(promise: str) -> str:
    return f"campaigns:\n  SUMMER26:\n    promises:\n      - {promise}\n"


def problem(folder: Path, promise: str) -> str:
    write(folder, FILE, campaign(promise))
    (found,) = load_project(folder).gaps
    return str(found)


def test_a_promise_is_read_by_its_topics_type_with_its_place(folder: Path) -> None:
    write(
        folder,
        FILE,
        campaign("{ topic: monthly_price, value: 79900 COP, tax_included: true, valid: 6 months }")
        + "      - { topic: speed, value: 400, valid: 1 year }\n      - { topic: cancelled, value: true }\n",
    )
    price, speed, cancelled = load_project(folder).campaigns["SUMMER26"].promises
    assert (price.value["value"], price.value["value_number"], price.currency) == ("79900", Decimal(79900), "COP")
    assert (price.tax_included, price.valid) == (True, CalendarSpan(number=6, unit="month"))
    assert (price.place.file, price.place.line) == (FILE, 4)
    assert (speed.value["value"], speed.currency, speed.valid) == ("400", None, CalendarSpan(number=1, unit="year"))
    assert cancelled.value["value"] == "true"


def test_without_the_file_there_are_no_campaigns(folder: Path) -> None:
    assert load_project(folder).campaigns == {}


@pytest.mark.parametrize(
    ("promise", "what"),
    [
        (
            "{ topic: monthly_prize, value: 79900 COP }",
            "4:18: unknown topic 'monthly_prize'; did you mean 'monthly_price'?",
        ),
        (
            "{ topic: monthly_price, value: 79900 }",
            "4:40: '79900' is an amount without its currency; write it like 79900 COP",
        ),
        ("{ topic: monthly_price, value: 79900 PESOS }", "write it like 79900 COP"),
        ("{ topic: monthly_price, value: 79.900 COP }", "'79.900' is ambiguous"),
        ("{ topic: speed, value: fast }", "'fast' is not a plain number"),
        ("{ topic: speed, value: 4, valid: a while }", "'a while' is no length of validity; write it like 6 months"),
        ("{ topic: speed, value: 4, valid: 0 months }", "is no length of validity"),
        ("{ topic: speed, value: 4, tax_included: true }", "'tax_included' means nothing for a number; remove it"),
        ("{ topic: speed, valeu: 4 }", "unknown key 'valeu'"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_nobody_is_told_anything(
    folder: Path, promise: str, what: str
) -> None:
    write(folder, FILE, campaign(promise))
    gaps = [str(gap) for gap in load_project(folder).gaps]
    assert any(what in gap for gap in gaps), gaps
    assert all(gap.startswith(FILE) for gap in gaps)


def test_a_topic_is_promised_once_by_a_campaign(folder: Path) -> None:
    twice = "{ topic: speed, value: 4 }\n      - { topic: speed, value: 5 }"
    assert "the campaign promises speed on line 4 already; leave one of them" in problem(folder, twice)
