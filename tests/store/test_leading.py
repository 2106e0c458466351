"""Who leads the evaluation on PostgreSQL, and who has which portion: refused is whoever was replaced."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from notifier.model.portions import PortionState, TakenPortion
from notifier.store.database import open_engine
from notifier.store.leading import LEASE, SupersededError, leading
from notifier.store.portions import LeadersPortions, give_back, is_led, keep_portion, offer_help, take_portion
from notifier.store.tables import EVALUATION_PORTION
from tests.support.interleaving import NeverWaits, time_passes
from tests.support.lent_databases import LentDatabases
from tests.support.people import NOW


@pytest.fixture
def database(lent_databases: LentDatabases) -> Iterator[sa.Engine]:
    with lent_databases.lend() as url:
        engine = open_engine(url.render_as_string(hide_password=False))
        yield engine
        engine.dispose()


def portions_of(database: sa.Engine, tick: str) -> LeadersPortions:
    return LeadersPortions(
        database, tick=tick, now=NOW, live=False, identity="I", snapshot="0-0-1", pause=NeverWaits().wait
    )


def taken(database: sa.Engine, identity: str = "I") -> TakenPortion | None:
    return take_portion(database, live=False, identity=identity, holder="helper")


def states(database: sa.Engine) -> list[str]:
    with database.connect() as connection:
        of = EVALUATION_PORTION.c
        return list(connection.execute(sa.select(of.state).order_by(of.number)).scalars())


def test_one_leads_until_it_ends_and_the_next_one_after_it(database: sa.Engine) -> None:
    with leading(database, "one") as one:
        assert one is not None
        assert is_led(database) == "one"
        with leading(database, "two") as two:
            assert two is None
        with database.begin() as connection:
            one.keep(connection)
            let_go = connection.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar_one()
            assert let_go == f"{LEASE.total_seconds():.0f}s"
        with database.begin() as connection:
            one.end(connection)
        assert is_led(database) is None
    with leading(database, "three") as three:
        assert three is not None


def stand_still_until_others_lead(database: sa.Engine) -> None:
    with leading(database, "one") as one:
        assert one is not None
        time_passes(database)
        with leading(database, "two") as two:
            assert two is not None
            assert is_led(database) == "two"
        with leading(database, "three") as three:  # and the lock of the first is free
            assert three is not None
        with database.begin() as connection:
            one.keep(connection)


def test_who_stands_still_is_replaced_and_writes_nothing_more(database: sa.Engine) -> None:
    with pytest.raises(SupersededError, match="another process leads"):
        stand_still_until_others_lead(database)
    assert is_led(database) is None


def test_a_pass_whose_process_died_is_nobodys(database: sa.Engine) -> None:
    with leading(database, "one"):
        pass
    with database.begin() as connection:  # as SIGKILL leaves it: the row says so, and no connection holds the lock
        connection.execute(sa.text("UPDATE evaluation_lead SET tick = 'dead', until = now() + interval '1 hour'"))
    with leading(database, "two") as two:
        assert two is not None


def test_each_portion_is_taken_once_whatever_the_statistics_say(database: sa.Engine) -> None:
    with leading(database, "one") as lead:
        assert lead is not None
        portions = portions_of(database, "one")
        assert not portions.wanted()
        offer_help(database)
        assert portions.wanted()
        portions.offer("rule", {0: "{}"})
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE evaluation_portion")
        portions.offer("other", {0: "{}", 3: "{}", 4: "{}"})
        assert portions.take("other") == 0
        assert states(database) == ["waiting", "taken", "waiting", "waiting"]
        assert taken(database, "other rules") is None
        of_helper = taken(database)
        assert of_helper is not None
        assert (of_helper.rule, of_helper.now) == ("rule", NOW)
        assert states(database) == ["taken", "taken", "waiting", "waiting"]
        with database.begin() as connection:
            keep_portion(connection, of_helper, done=True)
        another = taken(database)
        assert another is not None
        give_back(database, another)
        portions.put_back("other", 0)
        assert list(portions.left()) == [("other", 4), ("other", 0), ("other", 3)]
        with database.begin() as connection:
            portions.forget(connection)
        assert states(database) == []


def test_a_portion_that_is_somebody_elses_by_now_is_refused_and_a_pass_that_lacks_one_does_not_end(
    database: sa.Engine,
) -> None:
    with leading(database, "one") as lead:
        assert lead is not None
        portions = portions_of(database, "one")
        portions.offer("rule", {0: "{}", 1: "{}"})
        late = taken(database)
        assert late is not None
        with database.begin() as connection:
            keep_portion(connection, late, done=False)
            with pytest.raises(SupersededError):
                keep_portion(connection, replace(late, tick="another"), done=True)
        with database.connect() as connection, pytest.raises(SupersededError, match="2 portions"):
            portions.forget(connection)
        time_passes(database)
        assert list(portions.left()) == [("rule", 0), ("rule", 1)]
        with database.connect() as connection, pytest.raises(SupersededError):
            keep_portion(connection, late, done=True)
        assert states(database) == [PortionState.TAKEN, PortionState.TAKEN]


def test_who_was_replaced_offers_nothing(database: sa.Engine) -> None:
    with leading(database, "one") as lead:
        assert lead is not None
        portions_of(database, "one").offer("rule", {0: "{}"})
        with pytest.raises(SupersededError):
            portions_of(database, "before").offer("rule", {0: "{}"})
        assert states(database) == ["waiting"]


def test_portions_are_shared_within_seconds_of_an_offer(database: sa.Engine) -> None:
    with leading(database, "one"):
        offer_help(database)
        with database.begin() as connection:
            connection.execute(sa.text("UPDATE evaluation_lead SET wanted_at = wanted_at - interval '1 minute'"))
        assert not portions_of(database, "one").wanted()
