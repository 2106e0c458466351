"""`notifier report contacts` as people read it: every rate has what it is of, and the page loads nothing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from notifier.cli.pages.contacts_page import contacts_page
from notifier.cli.shown.contacts import contact_report_parts
from notifier.model.contact_figures import (
    AfterNotice,
    ChannelFigures,
    Circle,
    ContactReport,
    Effort,
    Per,
    Question,
    ReasonFigures,
    Snowball,
    Week,
)
from notifier.model.figures import Spans
from notifier.model.rates import Rate, trend_of
from notifier.model.reasons import Reason, Worth
from notifier.model.shares import Share
from notifier.store.reports.listening.report import costs_by_owner

START = datetime(2026, 3, 2, 5, tzinfo=UTC)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
BASES = (100, 120, 110, 130)
REASONS = {
    name: Reason(
        key=name, object=name, step="at home", failure="slow <b>", owner="network", customer=customer, company=company,
        minutes=12, cost=Decimal(9000), currency="COP",
    )
    for name, customer, company in (
        ("line-slow", Worth.IRRITATING, Worth.IRRITATING),
        ("move", Worth.VALUABLE, Worth.VALUABLE),
        ("unsaid", None, None),
    )
}  # fmt: skip


def figures(reason: str | None, *counts: int, **more: Any) -> ReasonFigures:
    rates = [Rate(count=count, base=base) for count, base in zip(counts, BASES, strict=True)]
    whole = Rate(count=sum(counts), base=sum(BASES))
    values: dict[str, Any] = {"contacts": sum(counts), "customers": sum(counts) - 1, "rate": whole, "weeks": rates}
    return ReasonFigures(reason=reason, **values, trend=trend_of(rates), **more)


def report(**changes: Any) -> ContactReport:
    by_reason = [figures("line-slow", 10, 12, 30, 40), figures("move", 1, 2, 1, 2), figures("unsaid", 0, 0, 0, 1)]
    values: dict[str, Any] = {
        "at": START + 4 * WEEK,
        "since": START,
        "until": START + 4 * WEEK,
        "per": Per.ORDER,
        "again_within": timedelta(days=7),
        "asked_within": timedelta(hours=48),
        "weeks": [
            Week(start=START + n * WEEK, end=START + (n + 1) * WEEK, whole=True, base=base)
            for n, base in enumerate(BASES)
        ],
        "reasons": REASONS,
        "total": figures(None, 15, 18, 47, 48, again=Share(part=30, whole=110)),
        "by_reason": by_reason,
        "feedback": Share(part=12, whole=15),
        "unclear": Share(part=29, whole=128),
        "owners": costs_by_owner(by_reason, REASONS),
        "snowballs": [
            Snowball(
                customer="C-1", about="order:O-1", contacts=6, channels=3, first_at=START, last_at=START + 50 * HOUR
            )
        ],
        "channels": [
            ChannelFigures(
                reason="line-slow",
                channel="chat",
                solved=Share(part=0, whole=40),
                moved=Share(part=9, whole=40),
                to={"phone": 9},
            ),
            ChannelFigures(
                reason="move", channel="shop", solved=Share(part=20, whole=40), moved=Share(part=1, whole=40), to={}
            ),
        ],
        "circles": [Circle(path=("phone", "chat", "phone"), matters=4, customers=3, of=50)],
        "effort": [
            Effort(
                reason="line-slow",
                episodes=60,
                going=2,
                steps=2.25,
                questions=0.5,
                transfers=1,
                lasted=Spans(count=60, tenth=HOUR, median=50 * HOUR, ninetieth=90 * HOUR),
                median_points=5,
                ninetieth_points=9,
            )
        ],
        "after_notices": [
            AfterNotice(rule="bill-is-ready", replied=Share(part=3, whole=400), asked=Share(part=80, whole=400))
        ],
        "questions": [Question(rule="bill-is-ready", reason="line-slow", contacts=60, of=80)],
    }
    return ContactReport(**values | changes)


def printed(what: ContactReport) -> str:
    console = Console(width=180, record=True, file=StringIO())
    for part in contact_report_parts(what, "America/Bogota"):
        console.print(part)
    return console.export_text()


@pytest.mark.parametrize(
    "said",
    [
        "contacts: 128 of 127 customers; feedback: 12 of 15 with a reason",
        "per hundred orders: 27.8 (128 of 460)",
        "trend: rises: x2.64 (1.78-3.91), from 15.0 to 39.6 people per hundred, 4 weeks",
        "unclear: 22.7 % of 128, MORE THAN 15 %",
        "within 7 days: 27.3 % of 110",
        "per 100 of 460 orders",
        "line-slow   92         91       20.00",
        "line-slow: line-slow, at home: slow <b> (eliminate, network)",
        "(leverage, network)",
        "unsaid, at home: slow <b> (network)",
        "2026-03-02",
        "network",
        "19.8 of 99",
        "COP 891,000 of 99",
        "order:O-1",
        "0.0 % of 40",
        "phone 9",
        "phone > chat > phone: 4 of 50 matters",
        "60, 2 going on",
        "3 days 18 h of 60",
        "20.0 % of 400",
        "60 of 80",
    ],
)
def test_the_report_says_each_figure_with_what_it_is_of(said: str) -> None:
    assert said in printed(report())


def test_without_a_base_it_says_so_and_with_what_to_count_instead() -> None:
    text = printed(report(total=ReasonFigures(reason=None, contacts=5, customers=3), weeks=[], by_reason=[]))
    assert "per hundred orders: cannot be said (no order in the period: --per appointment or contract counts" in text


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "en-US",
            ["Eliminate", "What people want and cannot do on a channel", "Nobody has said", "27.83 of 460"],
        ),
        ("es-CO", ["Eliminar", "Lo que la gente quiere y no puede hacer en un canal", "sube", "3 d", "27.83 de 460"]),
        ("fr-FR", ["Eliminate"]),
    ],
)
def test_the_page_says_what_to_do_about_each_reason_and_loads_nothing(locale: str, said: list[str]) -> None:
    page = contacts_page(report(), company="Fibra & Co", timezone="America/Bogota", locale=locale)
    for text in said:
        assert text in page
    assert "Fibra &amp; Co" in page
    assert "slow &lt;b&gt;" in page
    assert "slow <b>" not in page
    assert page.count("<svg ") == 2
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert page == contacts_page(report(), company="Fibra & Co", timezone="America/Bogota", locale=locale)
