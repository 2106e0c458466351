"""The same words go once to an address, whoever shares it: two rows of one person, a family with one mailbox.

Each test ends with a full pass that must find nothing. A third of them run on both databases: they have every statement
that finds who shares an address.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.decisions.notices import Cancel
from notifier.delivery.outcomes import OtherChannel, SuppressAddress
from notifier.model.types import ChannelName
from notifier.store.tables import TOLD_THROUGH
from tests.meaning.street import (
    HELD_ORDER,
    REMINDER,
    happen,
    in_force,
    notice,
    play,
    remove,
    rule,
    states,
    template,
    utc,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana, contract, open_rig, visit
from tests.support.scripted import ScriptedChannel
from tests.support.sqlite_alone import migrated_url, on_both

__all__ = ["migrated_url"]

HOUR = timedelta(hours=1)
STARTS = NOW + 48 * HOUR
NIGHT = utc(4, 2)
"""21:00 in Bogotá."""
MORNING = utc(4, 13)
OUTAGE = rule(
    HELD_ORDER,
    rule="outage",
    about="incident",
    to="incident.contracts.customer",
    when="incident.status == 'in_progress'",
    claims={"expected_end_at": "incident.expected_end_at"},
    template="outage",
    follow_up=[{"when": "incident.status == 'resolved'", "template": "restored"}],
)
FILES = template("restored", "expected_end_at")
BOTH = ("email", "sms")


@pytest.fixture
def rig(tmp_path: Path, migrated_url: str) -> Iterator[Rig]:
    """Ana's old account, C-1, and her new one, C-2, each with a contract in the north."""
    with open_rig(tmp_path, migrated_url) as rig:
        rig.set(customer=[ana(), ana(id="C-2", name="Ana Ruiz-Paz", locale="en-GB")])
        rig.set(contract=[contract(zone="north"), contract(id="K-2", customer_id="C-2", zone="north")])
        in_force(rig, OUTAGE, files=FILES)
        rig.tick()
        yield rig
        rig.tick()
        again = rig.tick(full=True)
        assert (again.verdicts, again.contradictions, again.failures) == ({}, 0, ())


def power_cut(**changes: Any) -> list[dict[str, Any]]:
    cut = {"id": "I-1", "kind": "outage", "zone": "north", "status": "in_progress", "started_at": NOW}
    return [cut | {"expected_end_at": NOW + 24 * HOUR} | changes]


def heard(rig: Rig, at: Any = None, /, **set_: Any) -> list[tuple[str, str, tuple[str, ...]]]:
    """Who hears what kind of word by which channels."""
    return sorted((one.kind, one.to, one.channels) for one in play(rig, at, **set_))


def speakers(rig: Rig) -> Mapping[tuple[str, str], str]:
    """Who speaks for whom: customer and channel, and the customer in whose name it speaks."""
    recipients = {row.occurrence: row.recipient_id for row in rig.notices()}
    with rig.database.connect() as connection:
        rows = connection.execute(sa.select(TOLD_THROUGH)).all()
    return {(recipients[row.occurrence], row.channel): recipients[row.through] for row in rows}


@on_both
def test_two_rows_of_one_person_hear_it_once_and_both_are_recorded(rig: Rig) -> None:
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH)]
    through = notice(rig, recipient_id="C-2")
    told = notice(rig, recipient_id="C-1")
    assert (through.state, through.reason_code) == ("cancelled", "told_through")
    assert through.reason == f"said to C-1 at the same number and mail address (reference {told.reference})"
    assert speakers(rig) == {("C-2", "sms"): "C-1", ("C-2", "email"): "C-1"}


def test_the_name_in_the_greeting_makes_no_other_words(rig: Rig) -> None:
    """The mail begins with `Hello {{ customer.first_name }},`."""
    happen(rig, customer=[ana(id="C-2", name="Luis Ortega", locale="en-GB")])
    (told,) = play(rig, incident=power_cut())
    assert (told.to, "Hello Ana," in told.texts[0]) == ("C-1", True)
    assert notice(rig, recipient_id="C-2").reason_code == "told_through"


@on_both
def test_where_only_the_mailbox_is_shared_the_second_gets_the_sms_alone(rig: Rig) -> None:
    happen(rig, customer=[ana(id="C-2", phone="+573009999999")])
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH), ("notice", "C-2", ("sms",))]
    later = power_cut(expected_end_at=NOW + 30 * HOUR)
    assert heard(rig, NOW + HOUR, incident=later) == [("correction", "C-1", BOTH), ("correction", "C-2", ("sms",))]


@on_both
def test_it_is_corrected_and_followed_up_once(rig: Rig) -> None:
    play(rig, incident=power_cut())
    assert heard(rig, NOW + HOUR, incident=power_cut(expected_end_at=NOW + 30 * HOUR)) == [("correction", "C-1", BOTH)]
    assert heard(rig, NOW + 2 * HOUR, incident=power_cut(expected_end_at=NOW + 30 * HOUR, status="resolved")) == [
        ("follow_up", "C-1", BOTH)
    ]


def test_who_comes_later_hears_nothing_that_the_address_knows(rig: Rig) -> None:
    play(rig, incident=power_cut())
    happen(rig, customer=[ana(id="C-3")])
    assert heard(rig, NOW + HOUR, contract=[contract(id="K-3", customer_id="C-3", zone="north")]) == []
    assert notice(rig, recipient_id="C-3").reason_code == "told_through"


def test_once_the_address_was_told_something_else_a_newcomer_hears_what_is_so(rig: Rig) -> None:
    play(rig, incident=power_cut())
    play(rig, NOW + HOUR, incident=power_cut(status="resolved"))
    happen(rig, customer=[ana(id="C-3")])
    happen(rig, incident=power_cut(id="I-2"), contract=[contract(id="K-3", customer_id="C-3", zone="north")])
    assert heard(rig, NOW + 2 * HOUR) == [("notice", "C-1", BOTH)]


def test_where_one_channel_is_shared_the_other_one_speaks(rig: Rig) -> None:
    happen(rig, customer=[ana(id="C-2", email="luis@example.com")])
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH), ("notice", "C-2", ("email",))]
    row = notice(rig, recipient_id="C-2")
    reference = notice(rig, recipient_id="C-1").reference
    assert row.reason == f"what the rule says is true; said to C-1 at the same number (reference {reference})"
    later = power_cut(expected_end_at=NOW + 30 * HOUR)
    assert heard(rig, NOW + HOUR, incident=later) == [("correction", "C-1", BOTH), ("correction", "C-2", ("email",))]


@pytest.mark.parametrize(
    "other",
    [
        {"phone": "+573009999999", "email": "luis@example.com"},
        {"locale": "es-CO"},
    ],
)
def test_another_address_or_language_hears_its_own(rig: Rig, other: dict[str, Any]) -> None:
    happen(rig, customer=[ana(id="C-2", **other)])
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH), ("notice", "C-2", BOTH)]


def test_other_claims_are_other_words(rig: Rig) -> None:
    of_contract = OUTAGE | {"each": {"contract": "incident.contracts"}, "to": "contract.customer", "follow_up": []}
    in_force(rig, of_contract | {"claims": {"seller": "contract.id"}, "template": "seller"})
    play(rig)
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH), ("notice", "C-2", BOTH)]


def test_merge_never_tells_each(rig: Rig) -> None:
    in_force(rig, OUTAGE | {"merge": "never"}, files=FILES)
    play(rig)
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH), ("notice", "C-2", BOTH)]


def test_one_who_waits_waits_for_both(rig: Rig) -> None:
    assert heard(rig, NIGHT, incident=power_cut(expected_end_at=NIGHT + 24 * HOUR)) == []
    assert states(rig) == [("notice", "cancelled"), ("notice", "deferred")]
    assert heard(rig, MORNING) == [("notice", "C-1", BOTH)]


@on_both
def test_once_the_speaker_is_not_to_be_told_the_other_one_is(rig: Rig) -> None:
    play(rig, NIGHT, incident=power_cut(expected_end_at=NIGHT + 24 * HOUR))
    remove(rig, contract=["K-1"])
    assert heard(rig, MORNING) == [("notice", "C-2", BOTH)]


def test_when_the_speaker_is_gone_the_other_one_hears_corrections(rig: Rig) -> None:
    play(rig, incident=power_cut())
    remove(rig, customer=["C-1"], contract=["K-1"])
    assert heard(rig, NOW + HOUR, incident=power_cut(expected_end_at=NOW + 30 * HOUR)) == [("correction", "C-2", BOTH)]


def test_who_parts_is_corrected_apart(rig: Rig) -> None:
    play(rig, incident=power_cut())
    happen(rig, customer=[ana(id="C-2", phone="+573009999999", email="luis@example.com")])
    assert heard(rig, NOW + HOUR, incident=power_cut(expected_end_at=NOW + 30 * HOUR)) == [
        ("correction", "C-1", BOTH),
        ("correction", "C-2", BOTH),
    ]


def test_what_a_person_cancels_is_cancelled_for_both(rig: Rig) -> None:
    play(rig, NIGHT, incident=power_cut(expected_end_at=NIGHT + 24 * HOUR))
    speaker = notice(rig, recipient_id="C-1")
    a_person_decides(rig.database, Cancel(speaker.reference), reason="told at the shop", now=rig.clock())
    assert heard(rig, MORNING) == []


@on_both
def test_what_an_address_refuses_failed_for_all_who_share_it(rig: Rig) -> None:
    happen(rig, customer=[ana(email=None), ana(id="C-2", email=None)])
    rig.play(ChannelName.SMS, ScriptedChannel(OtherChannel(reason="not in service")))
    play(rig, incident=power_cut())
    play(rig, NOW + HOUR)
    assert states(rig) == [("notice", "failed"), ("notice", "failed")]
    assert len([message for message in rig.messages() if message.channel == "sms"]) == 1
    (alert,) = [row for row in rig.notices() if row.kind == "alert"]
    assert alert.claims["count"]["value"] == "2"


def test_whom_the_other_channel_of_the_speaker_does_not_reach_is_told_apart(rig: Rig) -> None:
    happen(rig, customer=[ana(), ana(id="C-2", email=None)])
    rig.play(ChannelName.SMS, ScriptedChannel(OtherChannel(reason="not in service"), OtherChannel(reason="not there")))
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", ("email",))]
    play(rig, NOW + HOUR)
    play(rig, NOW + 2 * HOUR)
    assert notice(rig, recipient_id="C-2").state == "failed"


@on_both
def test_an_opt_out_at_the_provider_holds_for_all_who_share_the_address(rig: Rig) -> None:
    rig.play(ChannelName.SMS, ScriptedChannel(SuppressAddress(reason="opted out")))
    play(rig, incident=power_cut())
    happen(rig, customer=[ana(id="C-2", email="luis@example.com")])
    assert heard(rig, NOW + HOUR, incident=power_cut(id="I-2")) == [
        ("notice", "C-1", ("email",)),
        ("notice", "C-2", ("email",)),
    ]


@on_both
def test_a_refused_consent_holds_for_all_who_share_the_address(rig: Rig) -> None:
    no_sms = {"customer_id": "C-1", "channel": "sms", "class": "service", "allowed": False, "at": NOW}
    happen(rig, consent=[no_sms], customer=[ana(id="C-2", email="luis@example.com")])
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", ("email",)), ("notice", "C-2", ("email",))]
    assert notice(rig, recipient_id="C-2").reason.endswith("; C-1 refused it at the same number")


def test_limits_count_who_is_told_and_not_who_is_told_through_another(rig: Rig) -> None:
    in_force(rig, OUTAGE | {"limits": {"recipients": 1}}, files=FILES)
    play(rig)
    assert heard(rig, incident=power_cut()) == [("notice", "C-1", BOTH)]


def test_a_row_that_goes_to_another_record_of_the_same_person_is_not_told_again(rig: Rig) -> None:
    in_force(rig, REMINDER)
    assert heard(rig, appointment=[visit()]) == [("notice", "C-1", BOTH)]
    assert heard(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")]) == []
    moved = [visit(customer_id="C-2", starts_at=STARTS + HOUR)]
    assert heard(rig, NOW + 2 * HOUR, appointment=moved) == [("correction", "C-2", BOTH)]


def test_another_moment_of_the_row_is_told_to_whose_it_is_then(rig: Rig) -> None:
    twice = ["48h before appointment.starts_at", "24h before appointment.starts_at"]
    in_force(rig, REMINDER | {"at": twice})
    play(rig, appointment=[visit()])
    assert heard(rig, NOW + HOUR, appointment=[visit(customer_id="C-2")]) == []
    assert heard(rig, NOW + 24 * HOUR) == [("notice", "C-2", BOTH)]


@on_both
def test_a_rule_with_repeat_speaks_again_once_for_both(rig: Rig) -> None:
    in_force(rig, OUTAGE | {"repeat": "24h"}, files=FILES)
    play(rig)
    play(rig, incident=power_cut())
    assert heard(rig, NOW + 23 * HOUR) == []
    assert heard(rig, NOW + 24 * HOUR) == [("notice", "C-1", BOTH)]
