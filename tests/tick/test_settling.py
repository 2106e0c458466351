"""Contradictions that wait for somebody: steps, what comes back, waivers, causes, floods, and who is told first."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.answers.today import today
from notifier.answers.waiting import Matter
from notifier.decisions.closing import Closing, Credit, Given
from notifier.decisions.contradictions import Acknowledge, KeepFact, Waive
from notifier.decisions.decision import Decision
from notifier.decisions.groups import ApproveForGroup, ForGroup
from notifier.decisions.notices import Approve, ApproveForFlood
from notifier.decisions.settling import Honour, TellFirst
from notifier.drafting import check_pass
from notifier.model.contradictions import Contradiction
from notifier.model.types import ChannelName
from notifier.rules.checked_owners import Authority, Cause, Limit
from notifier.store import settling
from notifier.store.contradictions import ContradictionFilter, listed
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError
from notifier.tick import evaluate
from tests.meaning.street import (
    PRICE,
    TEMPLATES,
    alerts,
    charge,
    happen,
    in_force,
    price_promise,
    rule,
    template,
    too_dear,
)
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig, ana

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OWNERS = """
owners:
  field:
    name: Field
    email: field@example.com
    timezone: America/Bogota
    chat: field-slack
    back_after: 24h
    steps: [{ after: 2h, to: boss, by: [email] }, { after: 8h, to: boss, by: [sms, email] }]
  boss: { name: Boss, email: boss@example.com, phone: '+573001234999' }
"""
CAUSES = "causes: { price-list: { about: the price list was loaded wrongly, owner: boss, again_within: 30d } }\n"
FILES = {"rules/owners.yaml": OWNERS, "rules/causes.yaml": CAUSES}
CHECK = {**PRICE, "hold": {"topics": ["monthly_price"]}}
PRICE_LIST = Cause(id="price-list", about="the price list was loaded wrongly", owner="boss", again_within=30 * DAY)
CAUSE = Closing(cause="price-list", action="two people check the list", known={"price-list": PRICE_LIST})
ADMISSION = rule(
    rule="promise-not-kept",
    about="admission",
    when="admission.status == 'decided'",
    at=None,
    until=None,
    claims={
        "price": "admission.promised_amount",
        "actual": "admission.actual_amount",
        "remedy": "admission.remedy",
        "next_step": "admission.next_step",
    },
    template="sorry",
    limits={"recipients": 0},
)
SORRY = template("sorry", "price", "remedy", "next_step")
SORRY = {name: text.replace("{{ price", "{{ actual | money }} and not {{ price") for name, text in SORRY.items()}


@pytest.fixture
def opened(rig: Rig) -> Rig:
    """A price of 111,860 that was promised as 79,900, and nobody has taken it."""
    in_force(rig, ADMISSION, checks=[CHECK], files=FILES | SORRY)
    happen(rig, **too_dear())
    tick(rig)
    return rig


def tick(rig: Rig, after: timedelta = timedelta()) -> None:
    """So much later, a pass and a round of sending."""
    rig.clock.at += after
    report = evaluate(rig.database, rig.ruleset, rig.clock(), live=False)
    assert report.failures == ()
    rig.dispatch()


def only(rig: Rig) -> Contradiction:
    with read_only(rig.database) as connection:
        (found,) = listed(connection, ContradictionFilter())
    return found


def decide(rig: Rig, decision: Decision[Any], by: str = "marta", reason: str = "so decided") -> str:
    return a_person_decides(rig.database, decision, by=by, reason=reason, now=rig.clock()).sentence


def told(rig: Rig) -> list[tuple[str, tuple[str, ...]]]:
    """To which owner on which channels, the earliest first."""
    return [(each.to, each.channels) for each in sorted(alerts(rig), key=lambda each: each.texts)]


def test_a_step_tells_another_owner_on_its_channels_once_and_not_before(opened: Rig) -> None:
    assert told(opened) == [("field", ("chat", "email"))]
    tick(opened, 2 * HOUR - timedelta(minutes=1))
    assert len(told(opened)) == 1
    tick(opened, timedelta(minutes=1))
    tick(opened, HOUR)
    (step,) = [each for each in alerts(opened) if each.to == "boss"]
    assert step.channels == ("email",)
    assert "Field" in step.texts[0]
    assert only(opened).id in step.texts[0]
    tick(opened, 5 * HOUR)
    assert [each.channels for each in alerts(opened) if each.to == "boss"] == [("email",), ("email", "sms")]
    assert only(opened).steps_said == 2


def test_whoever_takes_it_ends_every_step_even_one_that_waits_to_be_sent(opened: Rig) -> None:
    opened.clock.at += 2 * HOUR
    evaluate(opened.database, opened.ruleset, opened.clock(), live=False)  # drafted, and not sent yet
    decide(opened, Acknowledge(only(opened).id))
    opened.dispatch()
    tick(opened, 9 * HOUR)
    assert [each for each in alerts(opened) if each.to == "boss"] == []
    assert only(opened).acknowledged_by == "marta"


def test_steps_are_read_again_when_due(opened: Rig) -> None:
    in_force(opened, ADMISSION, checks=[CHECK], files=FILES | SORRY | {"rules/owners.yaml": OWNERS.replace("2h", "5h")})
    tick(opened, 3 * HOUR)
    assert [each for each in alerts(opened) if each.to == "boss"] == []
    tick(opened, 2 * HOUR)
    assert len([each for each in alerts(opened) if each.to == "boss"]) == 1


def test_an_acknowledgement_that_nobody_follows_up_comes_back_and_its_steps_begin_anew(opened: Rig) -> None:
    decide(opened, Acknowledge(only(opened).id))
    tick(opened, 24 * HOUR - timedelta(minutes=1))
    assert only(opened).state == "acknowledged"
    tick(opened, timedelta(minutes=1))
    found = only(opened)
    assert (found.state, found.acknowledged_by) == ("open", None)
    assert found.reason == "acknowledged by marta, and nobody followed it up"
    assert len([each for each in alerts(opened) if each.to == "field"]) == 2
    tick(opened, 2 * HOUR)
    assert [each.to for each in alerts(opened) if each.to == "boss"] == ["boss"]


def test_what_somebody_was_to_correct_comes_back_when_it_was_not(opened: Rig) -> None:
    until = opened.clock() + 30 * HOUR
    said = decide(opened, Honour(only(opened).id, CAUSE, owner="field", until=until))
    assert "field corrects the fact until" in said
    tick(opened, 29 * HOUR)  # longer than an acknowledgement alone would hold
    assert only(opened).state == "acknowledged"
    tick(opened, HOUR)
    assert only(opened).state == "open"


def test_a_promise_that_is_honoured_closes_when_both_sides_agree(opened: Rig) -> None:
    decide(opened, Honour(only(opened).id, CAUSE, owner="field", until=opened.clock() + DAY))
    happen(opened, charge=[charge(amount=79900)])
    tick(opened, HOUR)
    assert only(opened).state == "settled"
    tick(opened, 2 * DAY)
    assert only(opened).state == "settled"


def test_a_waiver_with_an_end_opens_it_again_and_its_owner_hears_of_the_same_values(opened: Rig) -> None:
    decide(opened, Waive(only(opened).id, opened.clock() + DAY))
    tick(opened, DAY - timedelta(minutes=1))
    assert only(opened).state == "waived"
    tick(opened, timedelta(minutes=1))
    assert only(opened).state == "open"
    assert len([each for each in alerts(opened) if each.to == "field"]) == 2


def test_a_waiver_that_ends_when_both_sides_agree_is_settled(opened: Rig) -> None:
    decide(opened, Waive(only(opened).id, opened.clock() + DAY))
    happen(opened, charge=[charge(amount=79900)])
    tick(opened, HOUR)
    tick(opened, DAY)
    assert (only(opened).state, only(opened).reason) == ("settled", "the two sides agree again; the waiver is over")


def test_a_waiver_that_ends_on_a_weekend_is_told_on_friday_once(opened: Rig) -> None:
    friday = NOW + (4 - NOW.weekday()) % 7 * DAY
    decide(opened, Waive(only(opened).id, friday + DAY))
    opened.clock.at = friday - DAY
    tick(opened)
    assert len([each for each in alerts(opened) if each.to == "field"]) == 1
    opened.clock.at = friday
    tick(opened)
    tick(opened, HOUR)
    (warned,) = [each for each in alerts(opened) if "working day" in "".join(each.texts)]
    assert warned.to == "field"


def test_the_same_cause_again_within_its_time_reaches_its_owner_with_the_count(opened: Rig) -> None:
    decide(opened, KeepFact(only(opened).id, CAUSE))
    tick(opened, HOUR)
    assert [each for each in alerts(opened) if each.to == "boss"] == []
    happen(opened, promise=[price_promise(id="P-2", subject="contract:K-1", made_at=NOW, value=70000)])
    tick(opened, HOUR)
    with read_only(opened.database) as connection:
        (second,) = listed(connection, ContradictionFilter(states=["open"]))  # type: ignore[list-item]
    decide(opened, KeepFact(second.id, CAUSE))
    tick(opened, HOUR)
    tick(opened, HOUR)
    (again,) = [each for each in alerts(opened) if each.to == "boss"]
    assert "price-list came back: 2 times in 30 days" in " ".join(again.texts)


def test_the_customer_is_told_first_by_a_notice_that_a_person_approves_and_then_it_is_over(opened: Rig) -> None:
    terms: Mapping[str, Any] = {"remedy": "You pay 79,900 this month", "next_step": "We mail you the corrected bill"}
    decide(opened, TellFirst(only(opened).id, CAUSE, rule="promise-not-kept", **terms))
    tick(opened, HOUR)
    held = next(row for row in opened.notices() if row.rule == "promise-not-kept" and row.kind == "notice")
    assert (held.state, held.reason_code) == ("held", "limit")
    tick(opened, HOUR)
    assert only(opened).state == "acknowledged"  # the alert that it waits is no word to the customer
    decide(opened, Approve(held.reference))
    tick(opened, HOUR)
    tick(opened, HOUR)
    found = only(opened)
    assert (found.state, found.reason) == ("settled", "the customer was told first, by marta: so decided")
    texts = [row.text for row in opened.messages() if row.notice_id == held.id]
    assert texts
    assert all("You pay 79,900 this month" in text and "We mail you the corrected bill" in text for text in texts)
    with read_only(opened.database) as connection:
        (row,) = settling.settlings_of(connection, [found.id])[found.id]
        promise = connection.execute(sa.text("SELECT state FROM promise WHERE id = 'P-1'")).scalar_one()
    assert (row.told_at is not None, promise) == (True, "withdrawn")
    tick(opened, DAY)
    assert only(opened).state == "settled"


# -- floods


@pytest.fixture
def flood(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """Five contracts of one plan, charged wrongly by one import: more than are told one by one."""
    monkeypatch.setattr(check_pass, "ALONE", 3)
    monkeypatch.setattr(check_pass, "TOGETHER", 2)
    in_force(rig, ADMISSION, checks=[CHECK], files=FILES | SORRY)
    happen(rig, **many(5))
    tick(rig)
    return rig


def many(number: int) -> dict[str, list[dict[str, Any]]]:
    names = range(1, number + 1)
    return {
        "contract": [{"id": f"K-{n}", "customer_id": f"C-{n}", "status": "active", "plan": "FIBRA"} for n in names],
        "promise": [price_promise(id=f"P-{n}", subject=f"contract:K-{n}", customer_id=f"C-{n}") for n in names],
        "charge": [charge(id=f"X-{n}", contract_id=f"K-{n}", customer_id=f"C-{n}") for n in names],
    }


def group(rig: Rig) -> str:
    with read_only(rig.database) as connection:
        ((found, _),) = settling.groups(connection)
    return found.id


def test_a_flood_is_one_alert_with_count_sample_and_common_cause(flood: Rig) -> None:
    (alert,) = alerts(flood)
    (chat, mail) = alert.texts
    assert chat == mail
    for part in (
        "5 promises",
        "plan: FIBRA (all of them)",
        "written at once (charge)",
        group(flood),
        "promised COP 79,900",
    ):
        assert part in mail
    with read_only(flood.database) as connection:
        ((found, left),) = settling.groups(connection)
    assert (found.count, left, found.causes[0].what) == (5, 5, "charge.written_at")
    tick(flood, HOUR)
    assert len(alerts(flood)) == 1


@pytest.mark.parametrize("together", [0, 9])
def test_a_flood_is_marked_alike_whether_it_opens_together_or_one_by_one(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(check_pass, "ALONE", 3)
    monkeypatch.setattr(check_pass, "TOGETHER", together)
    in_force(rig, ADMISSION, checks=[CHECK], files=FILES | SORRY)
    happen(rig, **many(4))
    tick(rig)
    with read_only(rig.database) as connection:
        found = listed(connection, ContradictionFilter())
    assert [(each.alerted, each.version) for each in found] == [("79900 COP|111860 COP", 1)] * 4
    assert {each.group_id for each in found} == {group(rig)}
    assert len({each.steps_from for each in found}) == 1
    assert "charge X-1 is 111860 COP, promised 79900 COP by sales" in {each.reason for each in found}


def test_what_opens_together_holds_the_notices_of_the_same_pass(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_pass, "ALONE", 3)
    monkeypatch.setattr(check_pass, "TOGETHER", 0)
    price = {"price": {"value": "charge.amount", "topic": "monthly_price"}}
    bill = rule(about="charge", when="charge.billed == false", at=None, until=None, claims=price, template="price")
    in_force(rig, bill, checks=[CHECK], files=FILES)
    tick(rig)
    customers = [{"id": f"C-{n}", "name": "Ana", "phone": f"+57300123456{n}"} for n in range(1, 5)]
    happen(rig, customer=customers, **many(4))
    tick(rig)
    with read_only(rig.database) as connection:
        opened = {each.subject_id: each.id for each in listed(connection, ContradictionFilter())}
    held = {each.each_id or each.subject_id: each for each in rig.notices() if each.rule == bill["rule"]}
    assert {name: (each.state, each.contradictions) for name, each in held.items()} == {
        f"X-{n}": ("held", [opened[f"K-{n}"]]) for n in range(1, 5)
    }


def test_those_of_which_the_owner_has_an_alert_wait_for_none(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their rows were lost, and the alerts were not."""
    in_force(rig, ADMISSION, checks=[CHECK], files=FILES | SORRY)
    happen(rig, **many(4))
    tick(rig)
    assert len(alerts(rig)) == 4
    with rig.database.begin() as connection:
        for table in ("contradiction_member", "contradiction_promise", "contradiction"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    monkeypatch.setattr(check_pass, "ALONE", 3)
    monkeypatch.setattr(check_pass, "TOGETHER", 0)
    evaluate(rig.database, rig.ruleset, rig.clock(), live=False, full=True)
    with read_only(rig.database) as connection:
        found = listed(connection, ContradictionFilter())
    assert [(each.alerted, each.group_id) for each in found] == [(None, None)] * 4
    tick(rig)
    assert len(alerts(rig)) == 4


def test_a_flood_whose_pass_was_cut_short_is_alerted_of_by_the_next_one(flood: Rig) -> None:
    name = group(flood)
    with flood.database.begin() as connection:
        connection.execute(sa.text("UPDATE contradiction_group SET alert_waits = true"))
    with read_only(flood.database) as connection:
        assert settling.groups(connection) == []
        assert settling.group_of(connection, name) is None
    tick(flood, HOUR)
    assert len(alerts(flood)) == 2
    with read_only(flood.database) as connection:
        assert [left for _, left in settling.groups(connection)] == [5]


def test_a_flood_is_decided_as_one_with_its_count_as_a_guard(flood: Rig) -> None:
    name = group(flood)
    for count in (None, 4):
        with pytest.raises(RefusedError, match="has 5 contradictions"):
            decide(flood, ForGroup(name, count, Acknowledge("")))
    assert decide(flood, ForGroup(name, 5, Acknowledge(""))) == f"5 contradictions of {name}: acknowledge."
    until = flood.clock() + DAY
    decide(flood, ForGroup(name, 5, Honour("", CAUSE, owner="field", until=until)))
    tick(flood, 2 * DAY)
    with read_only(flood.database) as connection:
        states = {each.state for each in listed(connection, ContradictionFilter())}
        records = connection.execute(sa.text("SELECT verb FROM intervention ORDER BY id")).scalars().all()
    assert (states, records) == ({"open"}, ["acknowledge (5)", "honour (5)"])
    decide(flood, ForGroup(name, 5, KeepFact("", CAUSE)))
    tick(flood, HOUR)
    with read_only(flood.database) as connection:
        assert {each.state for each in listed(connection, ContradictionFilter())} == {"settled"}


def customers(number: int) -> list[dict[str, Any]]:
    return [ana(id=f"C-{n}", email=f"c{n}@example.com", phone=f"+5730012340{n:02}") for n in range(1, number + 1)]


def test_each_customer_of_a_flood_is_told_first_by_one_decision_and_one_approval(flood: Rig) -> None:
    happen(flood, customer=customers(5))
    name = group(flood)
    terms: Mapping[str, Any] = {"remedy": "You pay 79,900 this month", "next_step": "We mail you the corrected bill"}
    said = decide(flood, ForGroup(name, 5, TellFirst("", CAUSE, rule="promise-not-kept", **terms)))
    assert said.endswith(f"notifier notices approve --group {name}")
    with pytest.raises(RefusedError, match="waits for an approval"):
        decide(flood, ApproveForFlood(name, live=False))  # nothing is drafted yet
    tick(flood, HOUR)
    with read_only(flood.database) as connection:
        waiting = today(connection, flood.ruleset.project, flood.clock(), live=False, limit=2).waiting
    (to_approve,) = [each for each in waiting if each.matter is Matter.TO_APPROVE]
    assert {task.command for task in to_approve.tasks} == {f"notifier notices approve --group {name} --by … --reason …"}
    assert "5 notices are approved" in decide(flood, ApproveForFlood(name.lower(), live=False))
    with pytest.raises(RefusedError, match="there is no group"):
        decide(flood, ApproveForFlood("G-0", live=False))
    tick(flood, HOUR)
    tick(flood, HOUR)
    with read_only(flood.database) as connection:
        over = listed(connection, ContradictionFilter())
        told = [
            row.told_at is not None
            for of in settling.settlings_of(connection, [each.id for each in over]).values()
            for row in of
        ]
        (cause,) = settling.causes_counted(connection, flood.clock(), {})
    assert {(each.state, each.reason) for each in over} == {
        ("settled", "the customer was told first, by marta: so decided")
    }
    spoken = [row for row in flood.notices() if row.rule == "promise-not-kept" and row.kind == "notice"]
    assert ({row.recipient_id for row in spoken}, {row.state for row in spoken}) == (
        {f"C-{number}" for number in range(1, 6)},
        {"told"},
    )
    assert (told.count(True), told.count(False), cause.count) == (5, 5, 1)  # their own, and the one of the flood


def test_what_a_flood_gets_together_is_what_its_authority_is_asked_for(flood: Rig) -> None:
    happen(flood, customer=customers(5))
    limits = (
        Limit(credit=Decimal(20_000), currency="COP", needs=None),
        Limit(credit=Decimal(100_000), currency="COP", needs="second"),
    )
    authority = Authority(limits=limits)
    terms: Mapping[str, Any] = {"remedy": "A credit", "next_step": "It is on your next bill"}

    def told_with(credit: int, name: str) -> str:
        given = Given(credit=Credit(amount=Decimal(credit), currency="COP"), authority=authority)
        return decide(flood, ForGroup(name, 5, TellFirst("", CAUSE, given, rule="promise-not-kept", **terms)))

    name = group(flood)
    with pytest.raises(RefusedError, match="21000 COP for each of 5: 105000 COP is more than anybody may give"):
        told_with(21_000, name)
    assert f"approve --group {name} --count 5" in told_with(10_000, name)  # 10,000 alone; 50,000 by two
    tick(flood, HOUR)
    assert [row for row in flood.notices() if row.rule == "promise-not-kept"] == []
    decide(flood, ApproveForGroup(name, 5, authority), by="luisa")
    tick(flood, HOUR)
    held = [row for row in flood.notices() if row.rule == "promise-not-kept" and row.kind == "notice"]
    assert {(row.state, row.reason_code) for row in held} == {("held", "limit")}
    assert len(held) == 5


def test_steps_and_what_comes_back_of_a_flood_are_one_alert_each(flood: Rig) -> None:
    tick(flood, 2 * HOUR)
    (step,) = [each for each in alerts(flood) if each.to == "boss"]
    assert "nobody has taken: 5" in step.texts[0]
    decide(flood, ForGroup(group(flood), 5, Acknowledge("")))
    tick(flood, DAY)
    back = [each for each in alerts(flood) if "nobody followed up" in "".join(each.texts)]
    assert len(back) == 1


def test_alerts_by_chat_go_to_the_name_of_the_chat_and_no_customer_is_told_there(opened: Rig) -> None:
    by_chat = [row for row in opened.messages() if row.channel == ChannelName.CHAT]
    assert [(row.address, row.state) for row in by_chat] == [("field-slack", "accepted")]
    assert TEMPLATES
