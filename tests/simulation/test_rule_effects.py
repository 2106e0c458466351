"""Two versions of the rules on one snapshot: who would be told more, less, something else or later, and why."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from notifier.drafting.ruleset import Ruleset
from notifier.model.rule_changes import Affected, Effect, RulesDiff
from notifier.simulation.rule_effects import rules_diff
from tests.meaning.street import HELD_ORDER, PRICE, count, happen, in_force, play, rule, too_dear
from tests.support.people import ANA, row_of
from tests.support.rig import FILES, NOW, Rig, contract, open_rig, visit

SOON = NOW - timedelta(hours=2)
"""Two hours before the reminder is due."""
FIRST = rule()


@pytest.fixture
def rig(tmp_path: Path, migrated_file: Path) -> Iterator[Rig]:
    """Ana, her contract and a visit in two days; the reminder is in force and has had its first pass."""
    shutil.copyfile(migrated_file, tmp_path / "notifier.db")
    with open_rig(tmp_path, f"sqlite:///{tmp_path / 'notifier.db'}") as rig:
        rig.set(customer=[row_of(ANA, locale="en-US")], contract=[contract()], appointment=[visit()])
        in_force(rig, FIRST)
        rig.clock.at = SOON
        rig.tick()
        yield rig


def versions(rig: Rig, *rules: dict[str, Any], **more: Any) -> tuple[Ruleset, Ruleset]:
    """What is in force, and these rules."""
    before = rig.ruleset
    in_force(rig, *rules, **more)
    return before, rig.ruleset


def differ(rig: Rig, *rules: dict[str, Any], days: int = 2, **more: Any) -> RulesDiff:
    """How these rules differ from what is in force."""
    before, after = versions(rig, *rules, **more)
    return rules_diff(rig.database, ("old", before), ("new", after), rig.clock(), days=days, live=False)


def only(found: RulesDiff) -> Affected:
    """The one notice that is affected."""
    (one,) = found.affected
    return one


def test_equal_rules_touch_nobody_and_nothing_is_played(rig: Rig) -> None:
    assert differ(rig, FIRST).changed == []


def test_a_remark_and_another_file_are_no_change(rig: Rig) -> None:
    before, _ = versions(rig, FIRST)
    (rig.folder / "rules/visits.yaml").rename(rig.folder / "rules/other.yaml")
    rig.reload_as_it_is()
    found = rules_diff(rig.database, ("old", before), ("new", rig.ruleset), rig.clock(), days=2, live=False)
    assert (found.changed, found.affected) == ([], [])


def test_who_is_dropped_is_said_with_what_they_would_have_heard_for(rig: Rig) -> None:
    before = count(rig, "notice")
    one = only(differ(rig, rule(when="appointment.status == 'initialized'")))
    assert (one.effect, one.recipient, one.at, one.pending) == (Effect.DROPPED, "C-1", NOW, False)
    assert one.why_before.startswith("48h before appointment.starts_at")
    assert one.why == "the rule does not say it"
    assert count(rig, "notice") == before  # nothing was written


def test_who_is_added_is_said_with_the_reason_and_the_cost(rig: Rig) -> None:
    found = differ(rig, FIRST, rule(rule="another"))
    assert (only(found).effect, only(found).rule) == (Effect.ADDED, "another")
    assert [(each.name, each.kind.value) for each in found.changed] == [("another", "new")]
    assert (found.bill_before.messages, found.bill_after.messages) == (0, 2)
    assert found.customers(Effect.ADDED) == {"C-1"}


def test_a_gate_that_keeps_it_back_is_the_reason(rig: Rig) -> None:
    one = only(differ(rig, rule(approval="one")))
    assert (one.effect, one.why) == (Effect.DROPPED, "held: a person must approve it")


def test_other_words_are_shown_where_no_claim_differs(rig: Rig) -> None:
    text = FILES["templates/visit/sms.en.txt.j2"]
    found = differ(rig, FIRST, files={"templates/visit/sms.en.txt.j2": text.replace("we come", "we will come")})
    one = only(found)
    assert (one.effect, one.texts, one.claims) == (Effect.OTHERWISE, ("sms",), {})
    assert [line[0] for line in one.lines] == ["-", "+"]
    assert "we will come" in one.lines[1]
    (changed,) = found.changed
    assert [part.name for part in changed.parts] == ["text templates/visit/sms.en.txt.j2"]


def test_a_claim_that_differs_is_named_with_both_values(rig: Rig) -> None:
    one = only(differ(rig, rule(claims={"starts_at": "appointment.starts_at + duration('1h')"})))
    assert one.effect is Effect.OTHERWISE
    assert one.claims == {"starts_at": ("2026-03-05T15:00:00Z", "2026-03-05T16:00:00Z")}


def test_another_moment_is_no_other_word(rig: Rig) -> None:
    one = only(differ(rig, rule(at="47h before appointment.starts_at")))
    assert one.effect is Effect.MOVED
    assert (one.was_at, one.at) == (NOW, NOW + timedelta(hours=1))


def test_what_a_rule_reads_is_its_change(rig: Rig) -> None:
    points = FILES["rules/contact_points.yaml"].replace("5501", "5502")
    found = differ(rig, FIRST, files={"rules/contact_points.yaml": points})
    parts = {each.name: [part.name for part in each.parts] for each in found.changed}
    assert parts["visit-reminder"] == ["exit desk"]
    assert only(found).effect is Effect.OTHERWISE


def test_rules_that_did_not_change_are_played_only_where_something_binds_them_together(rig: Rig) -> None:
    in_force(rig, FIRST, rule(rule="another"))
    assert differ(rig, rule(until="4h before appointment.starts_at"), rule(rule="another")).bill_before.notices == 1
    in_force(rig, FIRST, rule(rule="another"))
    capped = {"rules/policy.yaml": "contact_limits: [{ class: service, per_day: 2 }]\n"}
    found = differ(rig, FIRST, rule(rule="another"), files=capped)
    assert found.bill_before.notices == 2
    assert (only(found).effect, only(found).at.date()) == (Effect.MOVED, (NOW + timedelta(days=1)).date())


def test_a_check_that_holds_is_a_change_of_what_it_holds(rig: Rig) -> None:
    happen(rig, **too_dear())
    one = only(differ(rig, FIRST, checks=[PRICE]))
    assert one.effect is Effect.DROPPED
    assert one.why.startswith("held: ")


def test_what_waits_in_the_outbox_is_marked(rig: Rig) -> None:
    in_force(rig, rule(approval="one"))
    rig.clock.at = NOW
    rig.tick()
    one = only(differ(rig, FIRST))
    assert (one.effect, one.pending) == (Effect.ADDED, True)
    assert one.why_before == "held: a person must approve it"


def test_a_follow_up_of_the_coming_days_is_played_too(rig: Rig) -> None:
    soon = {"when": "appointment.starts_at < now + duration('24h')", "template": "cancelled"}
    found = differ(rig, rule(follow_up=[soon]))
    assert (only(found).effect, only(found).at.replace(microsecond=0)) == (Effect.ADDED, NOW + timedelta(hours=24))
    assert differ(rig, rule(follow_up=[soon, {"on": "deleted", "tell": "nobody"}]), days=0).affected == []


def test_shadow_drops_and_live_adds(rig: Rig) -> None:
    assert only(differ(rig, rule(mode="shadow"))).effect is Effect.DROPPED
    assert only(differ(rig, FIRST)).effect is Effect.ADDED


def test_a_rule_of_no_moment_tells_its_past_to_nobody(rig: Rig) -> None:
    order = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": SOON, "seller": "Marta"}
    play(rig, None, order=[order])
    assert differ(rig, FIRST, rule(HELD_ORDER)).affected == []
