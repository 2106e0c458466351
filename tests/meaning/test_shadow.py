"""A rule in shadow decides as a live one does and tells nobody: not now, and not as a past when it goes live."""

from collections.abc import Sequence
from datetime import timedelta

from notifier.answers.preview import preview
from notifier.cli.pages.preview_page import preview_page
from notifier.cli.shown.drafts import word_of
from notifier.cli.shown.shadow import shadow_report_parts
from notifier.drafting.ruleset import DraftOptions
from notifier.model.notices import ReasonCode
from notifier.model.shadow import ShadowFigures, ShadowReport
from notifier.pipeline import draft
from notifier.store.database import read_only
from notifier.store.reader import Reader
from notifier.store.reports.dimensions import Period
from notifier.store.reports.shadow import shadow_report
from tests.meaning.street import HELD_ORDER, PRICE, count, in_force, notice, play, rule, states, too_dear, utc
from tests.meaning.test_several_things_in_one_notice import EVENING, VISITS, calls
from tests.meaning.test_several_things_in_one_notice import FILES as GROUPED
from tests.support.rig import NOW, Rig, visit

DAY = timedelta(days=1)
ORDER = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW - DAY, "seller": "Marta"}
SHADOW = rule(mode="shadow")
CANCELLED = {"when": "appointment.status == 'cancelled'", "template": "cancelled"}


def shadows(rig: Rig) -> list[tuple[str, str]]:
    """Kind and state of what was recorded, in the order decided."""
    with read_only(rig.database) as connection:
        rows = connection.exec_driver_sql("SELECT kind, state FROM shadow_notice ORDER BY decided_at, kind").all()
    return [tuple(row) for row in rows]


def report(rig: Rig, live: bool = False) -> Sequence[ShadowFigures]:
    """The report of what was recorded."""
    with read_only(rig.database) as connection:
        found = shadow_report(
            connection,
            rig.ruleset.project.rules,
            rig.ruleset.project.schema,
            now=rig.clock(),
            period=Period(since=None, until=None, timezone="UTC"),
            live=live,
            merging=rig.ruleset.project.policy.contact.merging,
        )
    return found.rules


def test_it_records_what_would_go_to_whom_and_when_and_nothing_goes(rig: Rig) -> None:
    in_force(rig, SHADOW)
    assert play(rig, NOW, appointment=[visit()]) == []
    assert (states(rig), count(rig, "message"), rig.files()) == ([], 0, [])
    assert shadows(rig) == [("notice", "told")]
    (figures,) = report(rig)
    assert (figures.told, figures.customers, figures.messages) == (1, 1, {"email": 1, "sms": 1})
    (mail, sms) = sorted(figures.samples, key=lambda each: each.channel)
    assert (sms.at, sms.to, mail.to) == (NOW, "+573001234567", "ana@example.com")
    assert sms.text.startswith("Fibra: we come on")
    with read_only(rig.database) as connection:
        payloads = connection.exec_driver_sql("SELECT payload FROM shadow_message").scalars().all()
    assert all(payloads)


def test_what_it_says_is_byte_for_byte_what_the_live_rule_says(rig: Rig) -> None:
    in_force(rig, SHADOW)
    play(rig, NOW, appointment=[visit()])
    with read_only(rig.database) as connection:
        kept = set(connection.exec_driver_sql("SELECT text FROM shadow_message").scalars())
        in_shadow = connection.exec_driver_sql("SELECT reference FROM shadow_notice").scalar_one()
    in_force(rig, rule())
    (sent,) = play(rig)
    reference = notice(rig).reference
    assert {text.replace(reference, in_shadow) for text in sent.texts} == kept


def test_it_is_told_once_and_a_second_pass_records_nothing_more(rig: Rig) -> None:
    in_force(rig, SHADOW)
    play(rig, NOW, appointment=[visit()])
    assert rig.tick(full=True).in_shadow == 0
    assert shadows(rig) == [("notice", "told")]


def test_corrections_and_follow_ups_come_as_they_would(rig: Rig) -> None:
    in_force(rig, rule(mode="shadow", follow_up=[CANCELLED]))
    play(rig, NOW, appointment=[visit()])
    moved = visit(starts_at=NOW + timedelta(hours=47))
    play(rig, NOW + timedelta(minutes=5), appointment=[moved])
    play(rig, NOW + timedelta(minutes=10), appointment=[{**moved, "status": "cancelled"}])
    assert [each for each in shadows(rig) if each[1] == "told"] == [
        ("notice", "told"),
        ("correction", "told"),
        ("follow_up", "told"),
    ]
    (figures,) = report(rig)
    assert (figures.corrections, figures.follow_ups, figures.followed.part, figures.corrected.part) == (1, 1, 1, 1)
    assert play(rig) == []


def test_its_gates_are_the_same_and_its_owner_hears_nothing(rig: Rig) -> None:
    in_force(rig, SHADOW, checks=[PRICE])
    assert play(rig, NOW, appointment=[visit()], **too_dear()) == []
    assert ("notice", "held") in shadows(rig)
    rig.set(customer=[{"id": "C-1", "name": "Ana", "phone": None, "email": None}])
    in_force(rig, SHADOW)
    play(rig, NOW + timedelta(minutes=1))
    assert ("notice", "suppressed") in shadows(rig)
    assert [row for row in rig.notices() if row.rule == "visit-reminder"] == []
    (figures,) = report(rig)
    assert figures.alerts > 0


def test_it_takes_no_place_in_the_limits_of_live_rules_nor_in_their_day(rig: Rig) -> None:
    limits = "contact_limits: [{ class: service, per_day: 2 }]\n"
    other = rule(HELD_ORDER, backlog="tell")
    in_force(rig, SHADOW, other, files={"rules/policy.yaml": limits})
    (sent,) = play(rig, NOW, appointment=[visit()], order=[ORDER])
    assert (sent.rule, len(sent.channels)) == ("order-held", 2)
    assert shadows(rig)[0] == ("notice", "told")


def test_going_live_does_not_tell_the_past(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, mode="shadow"))
    play(rig, NOW)
    play(rig, NOW + DAY, order=[ORDER])
    assert shadows(rig) == [("notice", "told")]
    in_force(rig, rule(HELD_ORDER))
    assert play(rig, NOW + 2 * DAY) == []
    assert count(rig, "backlog") == 1
    (sent,) = play(rig, NOW + 3 * DAY, order=[{**ORDER, "id": "O-2"}])
    assert sent.subject == "O-2"


def test_going_into_shadow_ends_what_waits_and_nothing_of_it_goes(rig: Rig) -> None:
    in_force(rig, rule())
    rig.set(appointment=[visit()])
    rig.clock.at = NOW
    rig.tick()
    assert states(rig) == [("notice", "ready")]
    in_force(rig, SHADOW)
    rig.dispatch()  # the recheck knows before any tick
    assert [row.state for row in rig.messages()] == ["cancelled", "cancelled"]
    rig.tick()
    assert states(rig) == [("notice", "cancelled")]
    assert play(rig, NOW + timedelta(minutes=1)) == []


def test_rows_of_a_rule_with_a_group_are_one_message_there_too(rig: Rig) -> None:
    grouped = {key: value for key, value in VISITS.items() if key != "mode"}
    in_force(rig, {**grouped, "mode": "shadow"}, files=GROUPED)
    assert play(rig, EVENING, appointment=calls(9, 11)) == []
    assert [state for kind, state in shadows(rig) if kind == "notice"] == ["told", "told"]
    with read_only(rig.database) as connection:
        texts = connection.exec_driver_sql("SELECT text FROM shadow_message ORDER BY channel").scalars().all()
    assert [("Street A" in text, "Street C" in text) for text in texts] == [(True, True)] * 2
    play(rig, EVENING + timedelta(minutes=1), appointment=calls(9, status="cancelled"))
    assert ("follow_up", "told") in shadows(rig)


def test_nothing_in_shadow_goes_together_with_live_ones(rig: Rig) -> None:
    merge = {"rules/policy.yaml": "merge: { within: 15m }\n"}
    in_force(rig, SHADOW, rule(rule="visit-soon"), files=merge)
    assert play(rig, NOW, appointment=[visit()]) == []
    (sent,) = play(rig, NOW + timedelta(minutes=15))
    assert all(text.count("we come on") == 1 for text in sent.texts)
    assert shadows(rig) == [("notice", "told")]


def test_the_report_says_how_many_would_have_gone_in_one_message_with_live_ones(rig: Rig) -> None:
    merge = {"rules/policy.yaml": "merge: { within: 15m }\n"}
    in_force(rig, SHADOW, rule(rule="visit-soon"), files=merge)
    play(rig, NOW, appointment=[visit()])
    play(rig, NOW + timedelta(minutes=15))
    (figures,) = report(rig)
    assert (figures.told, figures.joined) == (1, 1)
    lines = [str(part) for part in shadow_report_parts(ShadowReport(at=NOW, rules=[figures]), "UTC")]
    assert "  1 of them in one message with what live rules told (merge)" in lines
    # A live rule that lets nothing go with it takes nothing along, and what the policy leaves out is not asked about.
    in_force(rig, SHADOW, rule(rule="visit-soon", merge="never"), files=merge)
    assert report(rig)[0].joined == 0
    in_force(rig, SHADOW, files={"rules/policy.yaml": "merge: { within: 15m, classes: [billing] }\n"})
    assert report(rig)[0].joined is None


def test_what_went_a_wait_apart_met_nothing(rig: Rig) -> None:
    merge = {"rules/policy.yaml": "merge: { within: 15m }\n"}
    in_force(rig, SHADOW, rule(rule="visit-soon", at="47h before appointment.starts_at"), files=merge)
    for minutes in (0, 15, 60, 75):
        play(rig, NOW + timedelta(minutes=minutes), **({"appointment": [visit()]} if not minutes else {}))
    (figures,) = report(rig)
    assert (figures.told, figures.joined) == (1, 0)


def test_a_preview_shows_it_apart(rig: Rig) -> None:
    in_force(rig, SHADOW)
    rig.set(appointment=[visit()])
    with read_only(rig.database) as connection:
        seen = preview(rig.ruleset, Reader(connection, live=False), NOW)
    (one,) = seen.in_shadow
    assert word_of(one) == "in shadow"
    assert "en la sombra" in preview_page(seen, company="Fibra", locale="es")
    assert (seen.told, one.shadow, seen.totals.recipients) == ((), True, 0)
    assert one.messages


def test_what_other_rules_told_the_same_people_is_said(rig: Rig) -> None:
    in_force(rig, SHADOW, rule(rule="visit-soon"))
    play(rig, NOW, appointment=[visit()])
    (figures,) = report(rig)
    assert [(each.rule, each.customers, each.about_the_same) for each in figures.overlaps] == [("visit-soon", 1, 1)]


def test_how_often_it_would_have_been_right_is_what_came_true(rig: Rig) -> None:
    in_force(rig, rule(mode="shadow", came_true="appointment.status == 'completed'"))
    visits = [visit(id=f"A-{number}", contract_id=None) for number in range(1, 4)]
    play(rig, NOW, appointment=visits)
    play(rig, utc(6, 12), appointment=[{**visits[0], "status": "completed"}, {**visits[1], "status": "failed"}])
    (figures,) = report(rig)
    assert (figures.came_true.part, figures.came_true.whole) == (1, 3)


def test_the_sandbox_and_the_live_installation_have_shadows_of_their_own(rig: Rig) -> None:
    in_force(rig, SHADOW)
    play(rig, NOW, appointment=[visit()])
    assert report(rig, live=True)[0].since is None
    with read_only(rig.database) as connection:
        reader = Reader(connection, live=True)
        options = DraftOptions(live=True)
        (one,) = [each for batch in draft(rig.ruleset, reader, NOW, options) for each in batch.drafts]
    assert one.occurrence.startswith("shadow live|")
    assert one.verdict.reason.code is ReasonCode.DUE
