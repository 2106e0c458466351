"""What follows from rows and files is brought up to date before a tick looks at anything."""

import pytest
import sqlalchemy as sa

from notifier import tick as tick_module
from notifier.store.database import read_only
from notifier.store.state.consumption import LeftToDo, left_to_do
from tests.support.rig import Rig, contract
from tests.support.state import stored

CAMPAIGNS = "campaigns:\n  SUMMER:\n    promises:\n      - { topic: monthly_price, value: 79900 COP }\n"


def test_what_a_campaign_promises_is_derived_of_a_row_that_comes_while_a_tick_looks(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.reload({"rules/campaigns.yaml": CAMPAIGNS})
    rig.tick()
    coming = [contract(campaign="SUMMER")]

    def interrupted(connection: sa.Connection) -> LeftToDo:
        found = left_to_do(connection)
        while coming:
            rig.set(contract=[coming.pop()])
        return found

    rig.set(customer=[{"id": "C-1", "name": "Ana Gómez"}])  # so that the tick takes changes
    monkeypatch.setattr(tick_module, "left_to_do", interrupted)
    rig.tick()
    rig.tick()
    assert list(stored(rig.database, "promise")) == ["campaign:SUMMER:contract:K-1:monthly_price"]


def test_a_tick_of_an_unchanged_state_looks_at_no_site(rig: Rig) -> None:
    site = {"name": "Centro", "timezone": "America/Bogota", "country": "CO", "opening_hours": "Mo-Sa 08:00-20:00"}
    rig.set(site=[{"id": f"S-{number}", **site} for number in range(3)])
    rig.tick()
    asked: list[str] = []
    sa.event.listen(rig.database, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rig.clock.forward(minutes=5)
    rig.tick()
    assert asked
    assert not [statement for statement in asked if "FROM site_calendar" in statement or "FROM site " in statement]
    with read_only(rig.database) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM site_day")) == 180
