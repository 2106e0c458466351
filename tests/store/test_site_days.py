"""The days of a site: relative to its ordinary week, right across clock changes, recomputed when necessary."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.problems import Place
from notifier.rules.checked import HoursException
from notifier.store.state.changes import delete_rows, write_rows
from notifier.store.state.merging import WriteCounts
from notifier.store.state.site_days import SiteHours, refresh_site_days, site_days, site_days_are_current
from tests.support.drafts import NOW
from tests.support.state import changes, stored

SHOP = SiteHours(
    id="S-1",
    timezone="America/Bogota",
    country="CO",
    subdivision=None,
    opening_hours="Mo-Sa 08:00-20:00; PH off",
)
ROW = {
    "id": "S-1",
    "name": "Centro",
    "timezone": "America/Bogota",
    "country": "CO",
    "opening_hours": SHOP.opening_hours,
}
DAY = timedelta(days=1)


def exception(hours: str, *dates: date, sites: tuple[str, ...] = (), reason: str | None = None) -> HoursException:
    return HoursException(sites=sites, dates=dates, hours=hours, reason=reason, place=Place("rules/hours.yaml"))


def day(on: date, *exceptions: HoursException, **site: Any) -> dict[str, Any]:
    """The row of one date of the shop."""
    (row,) = site_days(replace(SHOP, **site), exceptions, on, days=1)
    return row


def test_an_ordinary_day_has_its_local_hours_as_instants() -> None:
    assert day(date(2026, 3, 2)) == {
        "id": "S-1/2026-03-02",
        "site_id": "S-1",
        "date": "2026-03-02",
        "starts_at": datetime(2026, 3, 2, 5, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 3, 5, tzinfo=UTC),
        "kind": "normal",
        "opens_at": datetime(2026, 3, 2, 13, tzinfo=UTC),
        "closes_at": datetime(2026, 3, 3, 1, tzinfo=UTC),
        "reason": None,
    }


def test_a_day_on_which_the_shop_never_opens_is_normal() -> None:
    sunday = day(date(2026, 3, 1))
    assert (sunday["kind"], sunday["opens_at"]) == ("normal", None)


def test_a_holiday_closes_a_shop_that_says_so_and_tells_its_name() -> None:
    holiday = day(date(2026, 11, 2))
    assert (holiday["kind"], holiday["opens_at"], holiday["reason"]) == (
        "closed",
        None,
        "Día de Todos los Santos",
    )


def test_a_shop_that_opens_on_holidays_is_normal_then() -> None:
    assert day(date(2026, 11, 2), opening_hours="Mo-Sa 08:00-20:00")["kind"] == "normal"


@pytest.mark.parametrize(
    ("hours", "kind"),
    [
        ("off", "closed"),
        ("08:00-14:00", "reduced"),
        ("08:00-20:00", "normal"),
        ("07:00-22:00", "extended"),
        ("10:00-22:00", "reduced"),
        ("08:00-12:00,13:00-20:00", "reduced"),
        ("Mo-Su 08:00-23:00", "extended"),
    ],
)
def test_kind_says_how_changed_hours_differ_from_the_ordinary_week(hours: str, kind: str) -> None:
    assert day(date(2026, 12, 24), exception(hours, date(2026, 12, 24)))["kind"] == kind


def test_an_exception_wins_over_the_holiday_and_gives_its_reason() -> None:
    open_anyway = exception("10:00-16:00", date(2026, 11, 2), reason="Puente: abrimos")
    row = day(date(2026, 11, 2), open_anyway)
    assert (row["kind"], row["reason"]) == ("reduced", "Puente: abrimos")


def test_of_two_exceptions_the_later_counts() -> None:
    on = date(2026, 12, 24)
    assert day(on, exception("off", on), exception("08:00-20:00", on))["kind"] == "normal"


def test_an_exception_for_other_sites_changes_nothing() -> None:
    assert day(date(2026, 12, 24), exception("off", date(2026, 12, 24), sites=("S-2",)))["kind"] == "normal"


def test_a_dated_rule_of_the_site_itself_is_no_ordinary_week() -> None:
    with_christmas_eve = "Mo-Sa 08:00-20:00; Dec 24 08:00-14:00"
    assert day(date(2026, 12, 24), opening_hours=with_christmas_eve)["kind"] == "reduced"


def test_a_season_is_an_ordinary_week_from_its_first_day() -> None:
    resort = replace(SHOP, opening_hours="10:00-18:00; Jul-Aug 10:00-22:00")
    kinds = {row["kind"] for row in site_days(resort, (), date(2026, 6, 1), days=120)}
    assert kinds == {"normal"}


def test_hours_past_midnight_close_on_the_next_date() -> None:
    row = day(date(2026, 3, 6), opening_hours="Fr,Sa 18:00-02:00")
    assert row["closes_at"] == datetime(2026, 3, 7, 7, tzinfo=UTC)


def test_a_night_is_not_cut_by_a_day_off_after_it() -> None:
    row = day(date(2026, 12, 24), opening_hours="18:00-02:00; Dec 25 off")
    assert (row["kind"], row["closes_at"]) == ("normal", datetime(2026, 12, 25, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("hours", "kind", "known"),
    [
        ('Mo-Sa 08:00-20:00; PH "hours may vary"', "normal", (False, False)),
        ("Mo-Sa 08:00-20:00; PH unknown", "normal", (False, False)),
        ("unknown", "normal", (False, False)),
        ("Mo-Sa 08:00-20:00; PH 10:00+", "reduced", (True, False)),
        ("Mo-Sa 08:00+; PH off", "closed", (False, False)),
        ("Mo-Sa 08:00+", "normal", (True, False)),
    ],
)
def test_an_hour_that_nobody_can_know_is_null_and_a_day_of_such_hours_is_no_special_one(
    hours: str, kind: str, known: tuple[bool, bool]
) -> None:
    holiday = day(date(2026, 11, 2), opening_hours=hours)
    assert holiday["kind"] == kind
    assert (holiday["opens_at"] is not None, holiday["closes_at"] is not None) == known


def test_hours_that_a_database_kept_from_before_and_that_are_now_refused_are_unknown() -> None:
    for kept in ('"temporarily closed"', "Mo-Fr 12:00-sunset"):
        row = day(date(2026, 3, 2), opening_hours=kept)
        assert (row["kind"], row["opens_at"], row["closes_at"]) == ("normal", None, None)


def test_a_local_day_has_23_or_25_hours_when_the_clock_changes() -> None:
    new_york = {"timezone": "America/New_York", "country": "US", "opening_hours": "24/7"}
    spring, autumn = day(date(2026, 3, 8), **new_york), day(date(2026, 11, 1), **new_york)
    assert spring["ends_at"] - spring["starts_at"] == timedelta(hours=23)
    assert autumn["ends_at"] - autumn["starts_at"] == timedelta(hours=25)
    assert autumn["closes_at"] == autumn["ends_at"]


def test_given_holidays_take_the_place_of_the_countrys() -> None:
    (row,) = site_days(SHOP, (), date(2026, 3, 2), days=1, holidays={date(2026, 3, 2): "Feria"})
    assert (row["kind"], row["reason"]) == ("closed", "Feria")


def refresh(engine: sa.Engine, now: datetime = NOW, *exceptions: HoursException) -> WriteCounts:
    with engine.begin() as connection:
        return refresh_site_days(connection, exceptions, now)


@pytest.fixture
def shop(engine: sa.Engine) -> sa.Engine:
    with engine.begin() as connection:
        write_rows(connection, "site", [ROW], NOW)
    return engine


def test_a_site_gets_sixty_days_from_its_local_today(shop: sa.Engine) -> None:
    just_after_midnight_utc = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
    assert refresh(shop, just_after_midnight_utc) == WriteCounts(inserted=60)
    assert min(stored(shop, "site_day")) == "S-1/2026-03-02"


def test_nothing_is_computed_or_recorded_when_nothing_changed(shop: sa.Engine) -> None:
    refresh(shop)
    recorded = len(changes(shop))
    assert refresh(shop, NOW + timedelta(hours=1)) == WriteCounts()
    assert len(changes(shop)) == recorded


def test_days_are_right_until_midnight_while_no_site_and_no_file_changes(shop: sa.Engine) -> None:
    def are_current(now: datetime, *exceptions: HoursException, changed: frozenset[str] = frozenset()) -> bool:
        with shop.connect() as connection:
            current = site_days_are_current(connection, exceptions, now, changed=changed)
            if not changed:  # whoever looks at every site finds the same
                assert current == site_days_are_current(connection, exceptions, now)
            return current

    assert not are_current(NOW)
    refresh(shop)
    midnight = datetime(2026, 3, 3, 5, tzinfo=UTC)  # in Bogotá
    instant = timedelta(microseconds=1)
    assert [are_current(at) for at in (NOW, midnight - instant, midnight)] == [True, True, False]
    assert not are_current(NOW, exception("off", date(2026, 3, 20)))
    with shop.begin() as connection:
        write_rows(connection, "site", [{"id": "S-1", "opening_hours": "Mo-Sa 09:00-20:00; PH off"}], NOW)
    assert not are_current(NOW, changed=frozenset({"site"}))


def test_days_are_looked_at_again_once_the_clock_was_set_back(shop: sa.Engine) -> None:
    refresh(shop)
    with shop.connect() as connection:
        assert not site_days_are_current(connection, (), NOW - DAY, changed=frozenset())


def test_only_the_days_that_changed_are_recorded(shop: sa.Engine) -> None:
    refresh(shop)
    on = date(2026, 3, 20)
    assert refresh(shop, NOW + timedelta(hours=1), exception("off", on)) == WriteCounts(updated=1, unchanged=59)
    assert changes(shop)[-1]["row_id"] == "S-1/2026-03-20"
    assert stored(shop, "site_day")["S-1/2026-03-20"]["kind"] == "closed"


def test_an_exception_for_other_sites_computes_nothing(shop: sa.Engine) -> None:
    refresh(shop)
    elsewhere = exception("off", date(2026, 3, 20), sites=("S-2",))
    assert refresh(shop, NOW + timedelta(hours=1), elsewhere) == WriteCounts()


def test_new_hours_of_the_site_change_its_days(shop: sa.Engine) -> None:
    refresh(shop)
    later = NOW + timedelta(hours=1)
    with shop.begin() as connection:
        write_rows(connection, "site", [{"id": "S-1", "opening_hours": "Mo-Sa 09:00-20:00; PH off"}], later)
    counts = refresh(shop, later)
    assert counts.updated > 40
    assert {row["kind"] for row in stored(shop, "site_day").values()} == {"normal", "closed"}


def test_at_day_rollover_a_day_comes_and_days_before_yesterday_go(shop: sa.Engine) -> None:
    refresh(shop)
    assert refresh(shop, NOW + DAY) == WriteCounts(inserted=1, unchanged=59)
    assert min(stored(shop, "site_day")) == "S-1/2026-03-02"
    assert refresh(shop, NOW + 2 * DAY) == WriteCounts(inserted=1, unchanged=59)
    assert min(stored(shop, "site_day")) == "S-1/2026-03-03"


def test_the_days_of_a_deleted_site_go(shop: sa.Engine) -> None:
    refresh(shop)
    with shop.begin() as connection:
        delete_rows(connection, "site", ["S-1"], NOW)
    refresh(shop, NOW + timedelta(hours=1))
    assert stored(shop, "site_day") == {}
