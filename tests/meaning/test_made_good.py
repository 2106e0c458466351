"""Whatever was told last is true, or is made good by a word, or its owner hears: each sentence, through the runtime.

Ana was told of a visit. Then it is called off, is on again, becomes Bea's, is deleted, or moves to a new id.
"""

from datetime import timedelta
from typing import Any

import pytest

from notifier.drafting.ruleset import DraftOptions
from notifier.pipeline import draft
from notifier.store.database import read_only
from notifier.store.reader import Reader
from tests.meaning.street import HELD_ORDER, REMINDER, alerts, happen, in_force, notice, play, remove, rule, states
from tests.support.rig import NOW, Rig, ana, contract, visit

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CALLED_OFF = {"when": "appointment.status == 'cancelled'", "template": "cancelled"}
WITH_FOLLOW_UP = REMINDER | {"follow_up": [CALLED_OFF]}
BEA = ana(id="C-2", name="Bea Hill", phone="+573001234568", email="bea@example.com")


def following(*follow_ups: dict[str, str]) -> dict[str, Any]:
    return rule(REMINDER, follow_up=list(follow_ups))


def kinds(sent: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.to) for one in sent]


@pytest.fixture(autouse=True)
def full_pass_finds_nothing(rig: Rig) -> Any:
    """Whatever a test played, a full pass at its end decides nothing more."""
    yield
    rig.tick()
    with read_only(rig.database) as connection:
        batches = draft(rig.ruleset, Reader(connection, live=False), rig.clock(), DraftOptions(full=True))
        assert [one.occurrence for batch in batches for one in batch.drafts] == []


# -- the rule turns false ----------------------------------------------------------------------------------------------


def test_where_no_follow_up_fits_the_owner_is_alerted_once_with_who_was_told_what(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit(), visit(id="A-2")])
    off = [visit(status="cancelled"), visit(id="A-2", status="cancelled")]
    assert play(rig, NOW + HOUR, appointment=off) == []
    (alert,) = alerts(rig)
    assert alert.to == "field"
    assert "appointment:A-1" in alert.texts[0]
    assert "appointment:A-2" in alert.texts[0]
    assert "date and time: told was" in alert.texts[0]
    assert play(rig, NOW + 2 * HOUR) == []
    assert len(alerts(rig)) == 1


def test_each_change_of_truth_is_an_alert_of_its_own(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(status="cancelled")])
    assert play(rig, NOW + 2 * HOUR, appointment=[visit()]) == []
    play(rig, NOW + 3 * HOUR, appointment=[visit(status="cancelled")])
    assert len(alerts(rig)) == 2


def test_nobody_hears_of_an_end_that_needs_no_word(rig: Rig) -> None:
    in_force(rig, following({"when": "appointment.status == 'completed'", "tell": "nobody"}))
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, appointment=[visit(status="completed")]) == []
    assert states(rig) == [("notice", "told")]
    assert alerts(rig) == []


def test_tell_owner_is_an_end_that_a_person_sees_to(rig: Rig) -> None:
    in_force(
        rig, following({"when": "appointment.status == 'failed'", "tell": "owner"}, {"on": "ended", "tell": "nobody"})
    )
    play(rig, appointment=[visit(), visit(id="A-2")])
    play(rig, NOW + HOUR, appointment=[visit(status="failed"), visit(id="A-2", status="completed")])
    (alert,) = alerts(rig)
    assert "appointment:A-1" in alert.texts[0]
    assert "appointment:A-2" not in alert.texts[0]


def test_on_ended_is_told_at_every_end_that_no_when_names(rig: Rig) -> None:
    in_force(rig, following(CALLED_OFF, {"on": "ended", "template": "visit"}))
    play(rig, appointment=[visit(), visit(id="A-2")])
    off = [visit(status="cancelled"), visit(id="A-2", status="failed")]
    sent = play(rig, NOW + HOUR, appointment=off)
    assert [(one.kind, one.subject) for one in sent] == [("follow_up", "A-1"), ("follow_up", "A-2")]
    assert "cancelled" in sent[0].texts[1]
    assert "we come on" in sent[1].texts[0]


def test_after_its_moment_nobody_is_alerted(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    play(rig, NOW + 49 * HOUR, appointment=[visit(status="completed")])
    assert alerts(rig) == []


def test_an_edit_of_the_rule_makes_nothing_untrue(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    in_force(rig, rule(when=["appointment.status == 'confirmed'", "appointment.kind == 'repair'"]))
    assert play(rig, NOW + HOUR) == []
    assert alerts(rig) == []


# -- our own word is a promise -----------------------------------------------------------------------------------------


def test_what_is_on_again_is_a_correction_that_says_so_first_even_where_nothing_changed(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(status="cancelled")])
    (again,) = play(rig, NOW + 2 * HOUR, appointment=[visit()])
    assert again.kind == "correction"
    assert all("Our last message no longer holds; this does." in text for text in again.texts)
    assert "is true again" in notice(rig, kind="correction").reason
    assert play(rig, NOW + 3 * HOUR) == []


def test_called_off_and_on_any_number_of_times_each_change_is_told_once(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    heard = []
    for hour in range(1, 7):
        state = "cancelled" if hour % 2 else "confirmed"
        heard += play(rig, NOW + hour * HOUR, appointment=[visit(status=state)])
    assert [one.kind for one in heard] == ["follow_up", "correction"] * 3


def test_one_word_says_that_it_is_on_again_and_what_changed(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(status="cancelled")])
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(status="cancelled", starts_at=NOW + 50 * HOUR)]) == []
    (again,) = play(rig, NOW + 3 * HOUR, appointment=[visit(starts_at=NOW + 50 * HOUR)])
    assert again.kind == "correction"
    assert all("10:00" in text and "12:00" in text for text in again.texts)
    assert play(rig, NOW + 5 * HOUR) == []  # the reminder that fell due meanwhile was said by it


def test_what_turns_and_turns_back_before_anybody_heard_is_not_told(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    happen(rig, appointment=[visit(status="cancelled")])
    assert play(rig, NOW + HOUR, appointment=[visit()]) == []
    night = NOW + 11 * HOUR
    assert play(rig, night, appointment=[visit(status="cancelled")]) == []
    assert play(rig, night + HOUR, appointment=[visit()]) == []
    assert play(rig, NOW + DAY) == []


def test_on_reinstated_says_it_in_words_of_its_own(rig: Rig) -> None:
    in_force(rig, following(CALLED_OFF, {"on": "reinstated", "template": "visit"}))
    play(rig, appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(status="cancelled")])
    (again,) = play(rig, NOW + 2 * HOUR, appointment=[visit()])
    assert (again.kind, "we come on" in again.texts[0]) == ("follow_up", True)
    (off,) = play(rig, NOW + 3 * HOUR, appointment=[visit(status="cancelled")])
    assert "cancelled" in off.texts[1]


def test_without_at_it_is_a_new_notice_at_once_whatever_repeat_says(rig: Rig) -> None:
    order = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW - DAY, "seller": "Marta"}
    shipped = {"when": "order.status == 'shipped'", "template": "seller"}
    in_force(rig, rule(HELD_ORDER, repeat="24h", follow_up=[shipped]))
    play(rig)
    heard = []
    for hour in range(1, 6):
        state = "held" if hour % 2 else "shipped"
        heard += play(rig, NOW + hour * HOUR, order=[order | {"status": state}])
    assert [one.kind for one in heard] == ["notice", "follow_up", "notice", "follow_up", "notice"]
    assert [one.kind for one in play(rig, NOW + 29 * HOUR)] == ["notice"]


# -- a thread belongs to its recipient ---------------------------------------------------------------------------------


def test_whoever_lost_the_row_hears_once_that_it_is_no_longer_theirs_and_nothing_else(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, customer=[BEA], appointment=[visit()])
    sent = play(rig, NOW + HOUR, appointment=[visit(customer_id="C-2", starts_at=NOW + 47 * HOUR)])
    assert sorted(kinds(sent)) == [("follow_up", "C-1"), ("notice", "C-2")]
    (lost,) = (one for one in sent if one.to == "C-1")
    assert all("is no longer yours" in text and "10:00" in text and "9:00" not in text for text in lost.texts)
    moved = visit(customer_id="C-2", starts_at=NOW + 46 * HOUR)
    assert kinds(play(rig, NOW + 2 * HOUR, appointment=[moved])) == [("correction", "C-2")]
    off = moved | {"status": "cancelled"}
    assert kinds(play(rig, NOW + 3 * HOUR, appointment=[off])) == [("follow_up", "C-2")]


def test_the_owner_sees_who_lost_it_what_was_told_and_whose_it_is_now(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[BEA], appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")])
    (alert,) = alerts(rig)
    assert "customer C-1" in alert.texts[0]
    assert "now of C-2" in alert.texts[0]
    assert "date and time: " in alert.texts[0]


def test_the_row_that_comes_back_is_theirs_again(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[BEA], appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")])
    sent = play(rig, NOW + 2 * HOUR, appointment=[visit()])
    assert sorted(kinds(sent)) == [("correction", "C-1"), ("follow_up", "C-2")]


def test_a_word_that_waits_is_cancelled_where_the_row_is_lost(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, customer=[BEA], appointment=[visit()])
    night = NOW + 11 * HOUR
    play(rig, night, appointment=[visit(starts_at=NOW + 60 * HOUR)])
    play(rig, night + HOUR, appointment=[visit(starts_at=NOW + 60 * HOUR, customer_id="C-2")])
    sent = play(rig, NOW + DAY)
    assert ("follow_up", "C-1") in kinds(sent)
    assert ("correction", "C-1") not in kinds(sent)


def test_on_reassigned_is_said_instead_and_may_be_nobody(rig: Rig) -> None:
    in_force(rig, following({"on": "reassigned", "template": "cancelled"}))
    play(rig, customer=[BEA], appointment=[visit()])
    sent = play(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")])
    assert any("cancelled" in one.texts[1] for one in sent if one.to == "C-1")
    in_force(rig, following({"on": "reassigned", "tell": "nobody"}))
    sent = play(rig, NOW + 2 * HOUR, appointment=[visit()])
    assert ("follow_up", "C-2") not in kinds(sent)


def test_a_holder_at_the_same_addresses_is_the_same_reader(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    happen(rig, customer=[ana(id="C-2")])
    remove(rig, customer=["C-1"])
    assert play(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")]) == []
    assert alerts(rig) == []
    moved = visit(customer_id="C-2", starts_at=NOW + 46 * HOUR)
    assert kinds(play(rig, NOW + 2 * HOUR, appointment=[moved])) == [("correction", "C-2")]
    assert kinds(play(rig, NOW + 3 * HOUR, appointment=[moved | {"status": "cancelled"}])) == [("follow_up", "C-2")]


FILTERED = "incident.contracts.filter(c, c.status == 'active')"


@pytest.mark.parametrize("filtered_in", ["each", "to"])
def test_whose_a_row_is_does_not_depend_on_the_filters_on_the_way(rig: Rig, filtered_in: str) -> None:
    """A contract that ends leaves the filter, not its customer; one in another zone is the incident's no longer."""
    in_force(
        rig,
        rule(
            HELD_ORDER,
            rule="outage",
            about="incident",
            each={"contract": FILTERED} if filtered_in == "each" else None,
            to="contract.customer" if filtered_in == "each" else f"{FILTERED}.customer",
            when="incident.status == 'in_progress'",
            claims={"expected_end_at": "incident.expected_end_at"},
            template="outage",
            follow_up=[{"on": "ended", "tell": "nobody"}],
        ),
    )
    play(rig, customer=[BEA])
    cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    two = [contract(zone="north"), contract(id="K-2", customer_id="C-2", zone="north")]
    assert len(play(rig, contract=two, incident=[cut | {"expected_end_at": NOW + DAY}])) == 2
    assert play(rig, NOW + HOUR, contract=[contract(zone="north", status="cancelled")]) == []
    assert alerts(rig) == []
    (lost,) = play(rig, NOW + 2 * HOUR, contract=[contract(id="K-2", customer_id="C-2", zone="south")])
    assert (lost.kind, lost.to, "is no longer yours" in lost.texts[0]) == ("follow_up", "C-2", True)


# -- a row that is gone, or goes on under another id -------------------------------------------------------------------


def test_a_deleted_row_is_an_alert_or_the_follow_up_on_deleted_with_what_was_told(rig: Rig) -> None:
    in_force(rig, rule())
    play(rig, appointment=[visit()])
    remove(rig, appointment=["A-1"])
    assert play(rig, NOW + HOUR) == []
    (alert,) = alerts(rig)
    assert "is deleted" in alert.texts[0]
    assert play(rig, NOW + 2 * HOUR, appointment=[visit()]) == []  # it is so again, as was told


def test_on_deleted_speaks_of_what_was_told_and_a_row_that_returns_is_on_again(rig: Rig) -> None:
    in_force(rig, following({"on": "deleted", "template": "cancelled"}))
    play(rig, appointment=[visit()])
    remove(rig, appointment=["A-1"])
    (gone,) = play(rig, NOW + HOUR)
    assert (gone.kind, "10:00" in gone.texts[0]) == ("follow_up", True)
    assert alerts(rig) == []
    (again,) = play(rig, NOW + 2 * HOUR, appointment=[visit()])
    assert again.kind == "correction"


NEW = {"id": "A-2", "replaces": "A-1", "starts_at": NOW + 47 * HOUR}


@pytest.mark.parametrize("old", ["left", "cancelled", "deleted"])
def test_a_row_that_replaces_another_one_is_told_as_a_move_and_the_old_one_ends_silently(rig: Rig, old: str) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    happen(rig, appointment=[visit(**NEW)])
    if old == "cancelled":
        happen(rig, appointment=[visit(status="cancelled")])
    elif old == "deleted":
        remove(rig, appointment=["A-1"])
    (move,) = play(rig, NOW + HOUR)
    assert (move.kind, move.subject) == ("correction", "A-2")
    assert all("10:00" in text and "9:00" in text for text in move.texts)
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(status="cancelled")]) == []
    remove(rig, appointment=["A-1"])
    assert play(rig, NOW + 3 * HOUR) == []
    assert alerts(rig) == []


def test_an_order_that_replaces_another_one_goes_on_in_its_thread(rig: Rig) -> None:
    in_force(rig, rule(HELD_ORDER, follow_up=[{"when": "order.status == 'cancelled'", "template": "over"}]))
    play(rig)
    order = {"id": "O-1", "customer_id": "C-1", "status": "held", "placed_at": NOW, "seller": "Marta"}
    play(rig, order=[order])
    (move,) = play(rig, NOW + HOUR, order=[order | {"id": "O-2", "replaces": "O-1", "seller": "Luz"}])
    assert (move.kind, move.subject) == ("correction", "O-2")
    assert all("Marta" in text and "Luz" in text for text in move.texts)
    assert play(rig, NOW + 2 * HOUR, order=[order | {"status": "cancelled"}]) == []
    assert alerts(rig) == []


@pytest.mark.parametrize("at", ["48h before appointment.starts_at", None])
def test_a_row_that_replaces_another_one_and_says_the_same_is_silent(rig: Rig, at: str | None) -> None:
    """A system that numbers its bookings anew moves nobody."""
    in_force(rig, rule(WITH_FOLLOW_UP, at=at, until=None))
    play(rig)
    play(rig, appointment=[visit()])
    assert play(rig, NOW + HOUR, appointment=[visit(id="A-2", replaces="A-1")]) == []
    assert play(rig, NOW + 2 * HOUR, appointment=[visit(status="cancelled")]) == []
    assert play(rig, NOW + 3 * HOUR, appointment=[visit(id="A-2", replaces="A-1", place="Calle 9")]) == []
    off = visit(id="A-2", replaces="A-1", status="cancelled")
    assert kinds(play(rig, NOW + 4 * HOUR, appointment=[off])) == [("follow_up", "C-1")]


def test_a_row_that_replaces_what_was_told_to_be_off_is_on_again(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    play(rig, NOW + HOUR, appointment=[visit(status="cancelled")])
    (again,) = play(rig, NOW + 2 * HOUR, appointment=[visit(**NEW)])
    assert again.kind == "correction"
    assert "Our last message no longer holds" in again.texts[0]


def test_a_chain_of_replacements_goes_on_in_its_last_row(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    play(rig, appointment=[visit()])
    rows = [visit(**NEW), visit(id="A-3", replaces="A-2", starts_at=NOW + 46 * HOUR)]
    (move,) = play(rig, NOW + HOUR, appointment=rows)
    assert (move.kind, move.subject) == ("correction", "A-3")
    assert all("8:00" in text and "9:00" not in text for text in move.texts)


def test_a_replaced_row_that_was_not_told_is_told_no_more(rig: Rig) -> None:
    in_force(rig, rule(WITH_FOLLOW_UP))
    early = visit(starts_at=NOW + 60 * HOUR)
    assert play(rig, appointment=[early]) == []
    sent = play(rig, NOW + DAY, appointment=[visit(id="A-2", replaces="A-1", starts_at=NOW + 61 * HOUR)])
    assert [one.subject for one in sent] == ["A-2"]


@pytest.mark.parametrize("event", ["deleted", "reassigned"])
def test_a_former_holder_who_gets_an_address_hears_it_then(rig: Rig, event: str) -> None:
    in_force(rig, following({"on": event, "template": "cancelled"}))
    play(rig, customer=[BEA], appointment=[visit()])
    happen(rig, customer=[ana(phone=None, email=None)])
    if event == "deleted":
        remove(rig, appointment=["A-1"])
    else:
        happen(rig, appointment=[visit(customer_id="C-2")])
    assert "C-1" not in [one.to for one in play(rig, NOW + HOUR)]
    assert ("follow_up", "C-1") in kinds(play(rig, NOW + 2 * HOUR, customer=[ana()]))
