"""What campaigns promise: derived from rows and files, again whenever one of them changes, and never over a person."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.problems import Place
from notifier.model.types import TopicType
from notifier.model.values import parse_value
from notifier.model.values import stored as stored_value
from notifier.rules.checked import CalendarSpan, Campaign, CampaignPromise
from notifier.store.state.campaign_promises import (
    campaign_promises_are_current,
    refresh_campaign_promises,
    valid_until,
)
from notifier.store.state.changes import delete_rows, write_rows
from notifier.store.state.merging import WriteCounts
from notifier.store.tables import CHANGE
from tests.support.drafts import NOW
from tests.support.state import changes, stored

HOUR = timedelta(hours=1)
STARTED = datetime(2026, 1, 31, 15, tzinfo=UTC)
SIX_MONTHS = CalendarSpan(number=6, unit="month")


def money(topic: str, amount: str, valid: CalendarSpan | None = None, line: int = 4) -> CampaignPromise:
    value = stored_value(TopicType.MONEY, parse_value(TopicType.MONEY, amount, "COP"))
    return CampaignPromise(
        topic=topic, value=value, currency="COP", valid=valid, place=Place("rules/campaigns.yaml", line)
    )


def campaigns(**promised: tuple[CampaignPromise, ...]) -> Mapping[str, Campaign]:
    return {
        code: Campaign(code=code, promises=each, place=Place("rules/campaigns.yaml")) for code, each in promised.items()
    }


SUMMER = campaigns(SUMMER=(money("monthly_price", "79900", SIX_MONTHS), money("installation_fee", "0")))
BOTH = campaigns(SUMMER=SUMMER["SUMMER"].promises, WINTER=(money("monthly_price", "69900", line=8),))
PRICE, FEE = (f"campaign:SUMMER:contract:K-1:{topic}" for topic in ("monthly_price", "installation_fee"))


def contract(**changed: Any) -> dict[str, Any]:
    return {
        "id": "K-1",
        "customer_id": "C-1",
        "status": "active",
        "campaign": "SUMMER",
        "started_at": STARTED,
        **changed,
    }


def write(engine: sa.Engine, at: datetime = NOW, entity: str = "contract", **row: Any) -> None:
    with engine.begin() as connection:
        write_rows(connection, entity, [row], at)


def refresh(
    engine: sa.Engine, known: Mapping[str, Campaign], now: datetime = NOW, *, full: bool = False
) -> WriteCounts:
    """As a tick does: derive, and consume the changes."""
    with engine.begin() as connection:
        counts = refresh_campaign_promises(connection, known, now, default_zone="America/Bogota", full=full)
        assert campaign_promises_are_current(connection, known, now, default_zone="America/Bogota")
        connection.execute(sa.delete(CHANGE))
    return counts


def states(engine: sa.Engine) -> dict[str, str]:
    return {name: row["state"] for name, row in stored(engine, "promise").items()}


@pytest.fixture
def sold(engine: sa.Engine) -> sa.Engine:
    write(engine, **contract())
    refresh(engine, SUMMER)
    return engine


def test_a_contract_with_a_code_is_promised_what_its_campaign_says(sold: sa.Engine) -> None:
    row = stored(sold, "promise")[PRICE]
    assert {
        name: row[name] for name in ("customer_id", "subject_type", "subject_id", "topic", "value", "currency")
    } == {
        "customer_id": "C-1",
        "subject_type": "contract",
        "subject_id": "K-1",
        "topic": "monthly_price",
        "value": "79900",
        "currency": "COP",
    }
    assert (row["source"], row["made_by"], row["evidence"]) == ("campaign", "campaign SUMMER", "rules/campaigns.yaml:4")
    assert (row["made_at"], row["valid_from"]) == (STARTED, STARTED)
    assert row["valid_until"] == datetime(2026, 7, 31, 15, tzinfo=UTC)
    assert "valid_until" not in stored(sold, "promise")[FEE]


def test_an_order_with_a_code_likewise_from_its_placing_on(engine: sa.Engine) -> None:
    write(
        engine, entity="order", id="O-1", customer_id="C-1", status="acknowledged", placed_at=STARTED, campaign="SUMMER"
    )
    refresh(engine, SUMMER)
    assert stored(engine, "promise")["campaign:SUMMER:order:O-1:installation_fee"]["valid_from"] == STARTED


def test_nothing_is_written_where_nothing_changed(sold: sa.Engine) -> None:
    assert refresh(sold, SUMMER, NOW + HOUR) == WriteCounts()
    assert refresh(sold, SUMMER, NOW + HOUR, full=True) == WriteCounts()
    assert changes(sold) == []


def test_without_campaigns_nothing_is_even_looked_for(engine: sa.Engine) -> None:
    write(engine, **contract())
    with engine.begin() as connection:
        assert campaign_promises_are_current(connection, {}, NOW)
    assert refresh(engine, {}) == WriteCounts()


def test_another_code_supersedes_what_the_first_one_promised(sold: sa.Engine) -> None:
    write(sold, NOW + HOUR, **contract(campaign="WINTER"))
    refresh(sold, BOTH, NOW + HOUR)
    winter = "campaign:WINTER:contract:K-1:monthly_price"
    assert states(sold) == {PRICE: "superseded", FEE: "superseded", winter: "open"}
    assert [each["row_id"] for each in changes(sold)] == []


@pytest.mark.parametrize("gone", ["code", "contract", "campaign"])
def test_what_is_no_longer_sold_is_superseded_and_comes_back_with_it(sold: sa.Engine, gone: str) -> None:
    later = NOW + HOUR
    if gone == "code":
        write(sold, later, **contract(campaign=None))
    elif gone == "contract":
        with sold.begin() as connection:
            delete_rows(connection, "contract", ["K-1"], later)
    refresh(sold, {} if gone == "campaign" else SUMMER, later)
    assert states(sold) == {PRICE: "superseded", FEE: "superseded"}
    write(sold, later + HOUR, **contract())
    refresh(sold, SUMMER, later + HOUR)
    assert states(sold) == {PRICE: "open", FEE: "open"}


def test_an_edit_of_the_file_corrects_what_it_promises(sold: sa.Engine) -> None:
    cheaper = campaigns(SUMMER=(money("monthly_price", "75900", SIX_MONTHS, line=5),))
    refresh(sold, cheaper, NOW + HOUR)
    row = stored(sold, "promise")[PRICE]
    assert (row["value"], row["evidence"], row["made_at"]) == ("75900", "rules/campaigns.yaml:5", STARTED)
    assert states(sold)[FEE] == "superseded"


def test_what_a_person_withdrew_stays_withdrawn(sold: sa.Engine) -> None:
    write(sold, NOW + HOUR, entity="promise", id=PRICE, state="withdrawn")
    write(sold, NOW + HOUR, **contract(started_at=STARTED - HOUR))
    refresh(sold, campaigns(SUMMER=(money("monthly_price", "1"),)), NOW + 2 * HOUR)
    row = stored(sold, "promise")[PRICE]
    assert (row["state"], row["value"]) == ("withdrawn", "79900")


def test_the_calendar_is_that_of_the_site_else_of_the_customer(sold: sa.Engine) -> None:
    madrid = {"id": "C-1", "name": "Ana", "timezone": "Europe/Madrid"}
    write(sold, NOW + HOUR, entity="customer", **madrid)
    refresh(sold, SUMMER, NOW + HOUR)
    assert stored(sold, "promise")[PRICE]["valid_until"] == datetime(2026, 7, 31, 14, tzinfo=UTC)  # summer time


def test_without_a_start_there_is_no_end(engine: sa.Engine) -> None:
    write(engine, **contract(started_at=None))
    refresh(engine, SUMMER)
    row = stored(engine, "promise")[PRICE]
    assert (row["made_at"], "valid_from" in row, "valid_until" in row) == (NOW, False, False)
    write(engine, NOW + HOUR, **contract())
    refresh(engine, SUMMER, NOW + HOUR)
    assert stored(engine, "promise")[PRICE]["valid_until"] == datetime(2026, 7, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "end"),
    [
        (CalendarSpan(number=1, unit="month"), datetime(2026, 2, 28, 15, tzinfo=UTC)),
        (CalendarSpan(number=1, unit="year"), datetime(2027, 1, 31, 15, tzinfo=UTC)),
        (CalendarSpan(number=2, unit="week"), datetime(2026, 2, 14, 15, tzinfo=UTC)),
        (CalendarSpan(number=30, unit="day"), datetime(2026, 3, 2, 15, tzinfo=UTC)),
    ],
)
def test_a_validity_ends_after_so_many_units_of_the_calendar(span: CalendarSpan, end: datetime) -> None:
    from zoneinfo import ZoneInfo

    assert valid_until(STARTED, span, ZoneInfo("America/Bogota")) == end


def test_what_changed_is_derived_as_everything_would_be(engine: sa.Engine) -> None:
    """After any history, a full derivation finds nothing that the incremental ones did not."""
    random = Random(7)
    sets: tuple[Mapping[str, Campaign], ...] = (
        {},
        SUMMER,
        BOTH,
        campaigns(WINTER=(money("installation_fee", "5000"),)),
    )
    for step in range(60):
        now = NOW + step * HOUR
        row = f"K-{random.randint(1, 4)}"
        match random.randint(0, 4):
            case 0:
                with engine.begin() as connection:
                    delete_rows(connection, "contract", [row], now)
            case 1:
                write(
                    engine,
                    now,
                    entity="customer",
                    id="C-1",
                    name="Ana",
                    timezone=random.choice(["Europe/Madrid", None]),
                )
            case _:
                started = random.choice([None, STARTED, STARTED + random.randint(1, 900) * HOUR])
                write(
                    engine,
                    now,
                    **contract(id=row, campaign=random.choice([None, "SUMMER", "WINTER", "OTHER"]), started_at=started),
                )
        if random.random() < 0.6:
            known = random.choice(sets) if random.random() < 0.2 else BOTH
            refresh(engine, known, now)
            assert refresh(engine, known, now, full=True) == WriteCounts(), f"step {step}"
