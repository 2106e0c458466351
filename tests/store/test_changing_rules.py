"""What rules in shadow record, what became of the first, and the copy of a database: the same on both databases."""

from datetime import timedelta
from pathlib import Path

from notifier.model.retention import Kept
from notifier.store.copying import copy_into, opened_copy
from notifier.store.database import read_only
from notifier.store.privacy.person import person
from notifier.store.privacy.shadow import blank_shadow, forget_shadow
from notifier.store.reader import Reader
from notifier.store.reports.dimensions import Period
from notifier.store.reports.shadow import shadow_report
from tests.meaning.street import in_force, play, rule
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit

SHADOW = rule(
    rule="in-shadow",
    mode="shadow",
    limits={"first": 5, "then_wait": "30m"},
    came_true="appointment.status == 'completed'",
    follow_up=[{"when": "appointment.status == 'cancelled'", "template": "cancelled"}],
)


def test_shadow_canary_and_copy(tmp_path: Path, migrated_url: str) -> None:
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana()], contract=[contract()])
        in_force(rig, SHADOW, rule(limits={"first": 1, "then_wait": "30m"}))
        play(rig, NOW, appointment=[visit()])
        play(rig, NOW + timedelta(minutes=1), appointment=[visit(starts_at=NOW + timedelta(hours=47))])
        play(rig, NOW + timedelta(minutes=2), appointment=[visit(status="cancelled")])
        _reported(rig)
        _heard(rig)
        _copied(rig, tmp_path / "copy.db")
        _forgotten(rig)


def _reported(rig: Rig) -> None:
    period = Period(since=None, until=None, timezone="UTC")
    project = rig.ruleset.project
    with read_only(rig.database) as connection:
        (found,) = shadow_report(
            connection, project.rules, project.schema, now=rig.clock(), period=period, live=False
        ).rules
    assert (found.told, found.corrections, found.follow_ups, found.customers) == (1, 1, 1, 1)
    assert (found.came_true.part, found.came_true.whole, found.followed.part) == (0, 1, 1)
    assert [(each.rule, each.about_the_same) for each in found.overlaps] == [("visit-reminder", 1)]
    assert found.messages == {"email": 3, "sms": 3}


def _heard(rig: Rig) -> None:
    rules = rig.ruleset.project.rules
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=False)
        live = reader.heard_first("visit-reminder", rules["visit-reminder"].digest)
        in_shadow = reader.in_shadow().heard_first("in-shadow", rules["in-shadow"].digest)
    assert live.recipients == in_shadow.recipients == {"C-1"}
    assert (live.told, live.waiting, live.failures, live.last_told_at) == (1, 0, (), NOW)


def _copied(rig: Rig, path: Path) -> None:
    copy_into(path, rig.database)
    copy = opened_copy(path)
    subjects = {"A-1"}
    with read_only(rig.database) as one, read_only(copy) as other:
        kept = [Reader(connection, live=False).notices("visit-reminder", subjects) for connection in (one, other)]
        shadow = [
            Reader(connection, live=False).in_shadow().notices("in-shadow", subjects) for connection in (one, other)
        ]
    copy.dispose()
    assert kept[0] == kept[1]
    assert shadow[0] == shadow[1]
    assert len(shadow[0]) == 4  # told, corrected, planned anew and called off, followed up


def _forgotten(rig: Rig) -> None:
    def count(what: str) -> int:
        with read_only(rig.database) as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar_one())

    with rig.database.begin() as connection:
        assert blank_shadow(connection, Kept.BODIES, before=NOW + timedelta(seconds=1)) == 2
        assert blank_shadow(connection, Kept.BODIES, before=NOW + timedelta(seconds=1)) == 0
    assert count("shadow_message WHERE text = ''") == 2
    with rig.database.begin() as connection:
        forget_shadow(connection, person(connection, "C-1"))
    assert (count("shadow_message"), count("shadow_notice")) == (0, 0)
