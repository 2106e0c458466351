"""What is set aside for a while loses nothing of what changed meanwhile, and those who run it hear of it once.

What keeps changes, baselines and alerts runs on both databases; in which ways a file can break is no matter of SQL.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext
from notifier.model.contradictions import ContradictionState
from notifier.model.notices import NoticeKind, NoticeState
from notifier.model.setting_aside import Part
from notifier.pipeline import draft
from notifier.rules.checked_owners import Owner
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.tick import TickReport
from tests.support.rig import FILES, NOW, Rig, ana, visit
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

RULES = "rules/visits.yaml"
OWNERS = "rules/owners.yaml"
PROMISE = {
    "id": "P-1",
    "customer_id": "C-1",
    "subject": "contract:K-1",
    "topic": "monthly_price",
    "value": 79900,
    "currency": "COP",
    "made_at": NOW - timedelta(days=9),
    "source": "sales",
}
CHARGE = {
    "id": "X-1",
    "customer_id": "C-1",
    "contract_id": "K-1",
    "kind": "recurring",
    "amount": 111860,
    "currency": "COP",
    "bill_at": NOW + timedelta(days=9),
    "billed": False,
    "proration": False,
}
HELD = """
  - rule: order-held
    about: order
    owner: field
    class: service
    when: order.status == 'held'
    claims: { starts_at: order.placed_at }
    template: visit
    exit: desk
checks:"""
"""A rule without a moment, beside the one of the rig."""
WITH_HELD = FILES[RULES].replace("\nchecks:", HELD)
LATE = HELD.replace("order.status == 'held'", "order.status == 'held' and order.promised_at <= now")
"""The same, and it turns true by the clock."""
BREAK: Mapping[str, Callable[[Rig], None]] = {
    "a typo in the check": lambda rig: rig.reload({RULES: WITH_HELD.replace("charge.amount", "charge.amont")}),
    "a typo in the rule": lambda rig: rig.reload({RULES: WITH_HELD.replace("'confirmed'", "'confirmd'")}),
    "a typo in the rule without a moment": lambda rig: rig.reload({RULES: WITH_HELD.replace("'held'", "'hold'")}),
    "an owner with another name": lambda rig: rig.reload({OWNERS: FILES[OWNERS].replace("field:", "feild:")}),
    "no owners at all": lambda rig: rig.reload({OWNERS: "owners: ["}),
    "a topic with another type": lambda rig: rig.reload(
        {"rules/topics.yaml": "topics: { monthly_price: { type: mony } }\n"}
    ),
    "a way out that is gone": lambda rig: rig.reload({"rules/contact_points.yaml": "contact_points: {}\n"}),
    "a file that is no YAML": lambda rig: rig.reload({RULES: "rules: ["}),
    "a template that is gone": lambda rig: without(rig, "templates"),
    "a file that is away": lambda rig: without(rig, RULES),
    "a name and back": lambda rig: rig.reload({RULES: WITH_HELD.replace("rule: order-held", "rule: held-order")}),
}

ANYWHERE = ("a typo in the check", "no owners at all")
"""Those of which the tables are the same on both databases."""


def without(rig: Rig, name: str) -> None:
    """Load the project while a file or folder of it is elsewhere."""
    away = rig.folder / "away"
    shutil.move(rig.folder / name, away)
    try:
        rig.reload_as_it_is()
    finally:
        shutil.move(away, rig.folder / name)


def mend(rig: Rig) -> None:
    rig.reload({**FILES, RULES: WITH_HELD})


def tick(rig: Rig, minutes: int = 10) -> TickReport:
    rig.clock.forward(minutes=minutes)
    return rig.tick()


def held(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {"id": f"O-{number}", "customer_id": "C-1", "status": "held", "placed_at": NOW, **changes}


def come(rig: Rig, *, baseline: bool = False, **entities: list[dict[str, Any]]) -> None:
    """Write rows as an import does."""
    with rig.database.begin() as connection:
        context = ImportContext.of(rig.ruleset.project, "CO")
        apply_change_set(connection, ChangeSet(at=rig.clock(), set=entities), context, baseline=baseline)


def load_baseline(rig: Rig, **entities: list[dict[str, Any]]) -> None:
    come(rig, baseline=True, **entities)


def told(rig: Rig) -> list[tuple[str, str]]:
    """Rule and row of every notice to a customer that is to go out or has gone."""
    return sorted(
        (row.rule, row.subject_id)
        for row in rig.notices()
        if row.kind != NoticeKind.ALERT and row.state in (NoticeState.READY, NoticeState.TOLD)
    )


def alerts(rig: Rig) -> list[tuple[str, str, str]]:
    """To whom, about what kind of thing, and the reason, in the order decided."""
    rows = [row for row in rig.notices() if row.kind == NoticeKind.ALERT and row.subject_type in list(Part)]
    rows.sort(key=lambda row: row.decided_at)
    return [(row.recipient_id, row.subject_type, row.reason) for row in rows]


def rows(rig: Rig, table: str) -> int:
    with read_only(rig.database) as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def finds_nothing(rig: Rig) -> None:
    rig.dispatch()
    rig.tick()
    again = rig.tick(full=True)
    assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())


@pytest.fixture
def standing(rig: Rig) -> Rig:
    """Two rules and a check, whose first pass is over, and a promise that nothing contradicts yet."""
    mend(rig)
    come(rig, promise=[PROMISE])
    rig.tick()
    return rig


@pytest.mark.parametrize(
    ("migrated_url", "how"),
    [*(("sqlite", how) for how in BREAK), *(("postgresql", how) for how in ANYWHERE)],
    indirect=["migrated_url"],
)
def test_what_changed_while_something_was_set_aside_is_found_once_it_is_mended(standing: Rig, how: str) -> None:
    rig = standing
    BREAK[how](rig)
    tick(rig)
    come(rig, charge=[CHARGE], appointment=[visit(id="A-2")], order=[held()])
    tick(rig)
    tick(rig)
    mend(rig)
    tick(rig)
    with read_only(rig.database) as connection:
        (found,) = Reader(connection, live=False).contradictions("promised-price")
    assert found.state is ContradictionState.OPEN
    assert {("order-held", "O-1")} <= set(told(rig))
    # Its visit is held by the contradiction where that was found first, and told where it was not there yet.
    assert {row.subject_id for row in rig.notices() if row.rule == "visit-reminder"} >= {"A-2"}
    finds_nothing(rig)
    assert (rows(rig, "change"), rows(rig, "set_aside")) == (0, 0)


@on_both
def test_what_a_check_held_stays_held_while_it_is_set_aside_and_is_let_go_when_it_is_settled(standing: Rig) -> None:
    rig = standing
    come(rig, charge=[CHARGE], appointment=[visit(id="A-2")])
    tick(rig)
    BREAK["a typo in the check"](rig)
    tick(rig)
    states = {row.subject_id: row.state for row in rig.notices() if row.rule == "visit-reminder"}
    assert states["A-2"] == NoticeState.HELD
    come(rig, charge=[{**CHARGE, "amount": 79900}], order=[held(contract_id="K-1")])
    tick(rig)
    states = {row.subject_id: row.state for row in rig.notices() if row.kind == NoticeKind.NOTICE}
    assert (states["A-2"], states["O-1"]) == (NoticeState.HELD, NoticeState.HELD)  # what it would hold is unknown
    mend(rig)
    tick(rig)
    assert {("order-held", "O-1"), ("visit-reminder", "A-2")} <= set(told(rig))
    finds_nothing(rig)


def test_what_only_the_broken_check_held_is_let_go_when_it_is_back_unchanged(standing: Rig) -> None:
    rig = standing
    come(rig, charge=[CHARGE])
    tick(rig)
    BREAK["a typo in the check"](rig)
    come(rig, order=[held(contract_id="K-1")])
    tick(rig)
    assert [row.state for row in rig.notices() if row.rule == "order-held"] == [NoticeState.HELD]
    mend(rig)
    tick(rig)
    assert ("order-held", "O-1") in told(rig)
    finds_nothing(rig)


@on_both
def test_what_a_baseline_touched_meanwhile_is_not_told_because_of_it(standing: Rig) -> None:
    rig = standing
    BREAK["a typo in the rule without a moment"](rig)
    come(rig, order=[held(1)])
    tick(rig)
    load_baseline(rig, order=[held(1, seller="Norte"), held(2), held(3, status="in_progress"), held(4)])
    tick(rig)
    come(rig, order=[held(3), held(4, seller="Sur")])
    tick(rig)
    mend(rig)
    tick(rig)
    # 1 was held before the baseline, 3 was not yet held in it, another change touched 4 after it: only 2 is silent.
    assert [subject for name, subject in told(rig) if name == "order-held"] == ["O-1", "O-3", "O-4"]
    assert (rows(rig, "backlog"), rows(rig, "kept_change")) == (1, 0)
    finds_nothing(rig)


@on_both
def test_what_lay_ahead_of_a_baseline_is_told_when_the_rule_is_back(standing: Rig) -> None:
    rig = standing
    rig.reload({RULES: FILES[RULES].replace("\nchecks:", LATE)})
    tick(rig)
    rig.reload(
        {
            RULES: FILES[RULES]
            .replace("\nchecks:", LATE)
            .replace("order.status", "order.statu")
            .replace("confirmed", "x")
        }
    )
    now = rig.clock()
    soon, past = now + timedelta(hours=1), now - timedelta(hours=1)
    load_baseline(
        rig,
        order=[held(1, promised_at=soon), held(2, promised_at=past)],
        appointment=[
            visit(id="A-2", starts_at=now + timedelta(hours=49)),
            visit(id="A-3", starts_at=now + timedelta(hours=47)),
        ],
    )
    tick(rig)
    rig.reload({RULES: FILES[RULES].replace("\nchecks:", LATE)})
    tick(rig, minutes=120)
    assert told(rig) == [("order-held", "O-1"), ("visit-reminder", "A-1"), ("visit-reminder", "A-2")]
    finds_nothing(rig)


def test_a_rule_that_was_never_in_force_knows_the_baseline_that_came_before_it(rig: Rig) -> None:
    rig.reload({RULES: FILES[RULES].replace("'confirmed'", "'confirmd'")})
    load_baseline(
        rig,
        customer=[ana(id="C-9")],
        appointment=[visit(id="A-2", customer_id="C-9", starts_at=NOW + timedelta(hours=40))],
    )
    tick(rig)
    rig.reload(FILES)
    tick(rig)
    assert told(rig) == [("visit-reminder", "A-1")]


@on_both
def test_the_changes_of_a_week_with_a_typo_do_not_outgrow_the_state(standing: Rig) -> None:
    rig = standing
    BREAK["a typo in the check"](rig)
    for number in range(20):
        come(rig, order=[held(1, seller=str(number)), held(2, seller=str(number))])
        tick(rig)
    assert (rows(rig, "change"), rows(rig, "kept_change")) == (0, 2)


@on_both
def test_a_rule_that_fails_again_and_again_does_not_keep_the_others_busy(
    standing: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = standing

    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("it cannot be written")

    come(rig, appointment=[visit(id="A-2")])
    with monkeypatch.context() as broken:
        broken.setattr("notifier.store.outbox.commit.message_row", refuse)
        assert [tick(rig).changes for _ in range(3)] == [1, 0, 0]
    assert tick(rig).failures == ()
    assert ("visit-reminder", "A-2") in told(rig)
    assert rows(rig, "kept_change") == 0
    finds_nothing(rig)


@on_both
def test_a_rule_that_left_and_comes_back_later_than_a_day_starts_like_a_new_one(standing: Rig) -> None:
    rig = standing
    without(rig, RULES)
    come(rig, order=[held()])
    tick(rig)
    mend(rig)
    tick(rig, minutes=25 * 60)
    assert "order-held" not in {name for name, _ in told(rig)}
    assert rows(rig, "backlog") == 1


@on_both
def test_a_baseline_that_was_loaded_while_a_rule_was_away_is_not_told_when_it_is_back(standing: Rig) -> None:
    rig = standing
    without(rig, RULES)
    tick(rig)
    load_baseline(rig, order=[held()])
    tick(rig)
    mend(rig)
    tick(rig)
    assert "order-held" not in {name for name, _ in told(rig)}
    assert (rows(rig, "backlog"), rows(rig, "kept_change")) == (1, 0)


# -- who hears of it ---------------------------------------------------------------------------------------------------


@on_both
def test_its_owner_is_alerted_once_and_every_tick_says_it(standing: Rig) -> None:
    rig = standing
    BREAK["a typo in the check"](rig)
    first, second = tick(rig), tick(rig)
    for report in (first, second):
        (item,) = report.set_aside
        assert (item.kind, item.name, item.since) == (Part.CHECK, "promised-price", first.now)
        assert item.place.startswith("rules/visits.yaml:")
        assert item.why == "charge has no field 'amont'; did you mean 'amount'?"
    (alert,) = alerts(rig)
    assert alert[:2] == ("field", "check")
    assert "check promised-price is set aside: charge has no field 'amont'" in alert[2]

    mend(rig)
    assert tick(rig).set_aside == ()
    BREAK["a typo in the check"](rig)
    tick(rig)
    assert len(alerts(rig)) == 2  # it is news again


def test_only_what_is_new_is_an_alert_and_a_line_above_is_not(standing: Rig) -> None:
    rig = standing
    broken = WITH_HELD.replace("charge.amount", "charge.amont")
    rig.reload({RULES: broken})
    tick(rig)
    rig.reload({RULES: "\n\n" + broken})
    tick(rig)
    assert len(alerts(rig)) == 1
    rig.reload({RULES: broken.replace("'held'", "'hold'")})
    tick(rig)
    assert [(to, kind) for to, kind, _ in alerts(rig)] == [("field", "check"), ("field", "rule")]
    rig.reload({RULES: broken})
    tick(rig)
    assert len(alerts(rig)) == 2  # less than before is no news
    assert rows(rig, "set_aside") == 1


def test_of_a_file_that_cannot_be_read_the_owners_of_what_was_in_it_are_told(standing: Rig) -> None:
    rig = standing
    rig.reload({RULES: "rules: [", OWNERS: FILES[OWNERS] + "# more\n"})
    report = tick(rig)
    assert {(item.kind, item.name) for item in report.set_aside} == {
        (Part.CHECK, "promised-price"),
        (Part.RULE, "order-held"),
        (Part.RULE, "visit-reminder"),
        (Part.FILE, RULES),
    }
    assert [to for to, _, _ in alerts(rig)] == ["field"]


def test_where_its_owner_is_unknown_every_owner_is_told_and_where_there_is_none_the_log(
    standing: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = standing
    rig.reload({OWNERS: "owners: { other: { name: Other, email: other@example.com } }\n"})
    tick(rig)
    assert {to for to, _, _ in alerts(rig)} == {"other"}
    rig.reload({OWNERS: "owners: ["})
    tick(rig)
    assert alerts(rig)[-1][0] == "operations"
    assert [row.state for row in rig.notices() if row.recipient_id == "operations"] == [NoticeState.SUPPRESSED]
    assert "alert.reaches_nobody" in capsys.readouterr().out


def test_operations_is_told_in_place_of_owners_where_the_settings_name_it(standing: Rig) -> None:
    rig = standing
    rig.reload({OWNERS: "owners: ["})
    rig.ruleset = replace(rig.ruleset, operations=Owner(id="operations", name="operations", email="ops@example.com"))
    tick(rig)
    assert {to for to, _, _ in alerts(rig)} == {"operations"}
    assert {row.address for row in rig.messages() if row.address.startswith("ops")} == {"ops@example.com"}


def test_an_edit_that_a_daemon_did_not_take_up_is_an_alert_too_and_nothing_is_set_aside(standing: Rig) -> None:
    rig = standing
    good = rig.ruleset
    BREAK["a typo in the check"](rig)
    rig.ruleset = replace(good, edited=rig.ruleset.project)
    come(rig, charge=[CHARGE])
    report = tick(rig)
    assert report.contradictions == 1
    assert [(item.name, item.kept) for item in report.set_aside] == [("promised-price", True)]
    (alert,) = alerts(rig)
    assert "the version before stays in force" in alert[2]
    BREAK["a typo in the check"](rig)  # it is started again
    tick(rig)
    assert len(alerts(rig)) == 2
    finds_nothing(rig)


def test_a_preview_shows_the_alert_that_a_tick_would_write(standing: Rig) -> None:
    rig = standing
    BREAK["a typo in the check"](rig)
    with read_only(rig.database) as connection:
        batches = list(draft(rig.ruleset, Reader(connection, live=False), rig.clock()))
    shown = [each.verdict.reason.text for batch in batches for each in batch.drafts]
    tick(rig, minutes=0)
    assert shown == [reason for _, _, reason in alerts(rig)]
