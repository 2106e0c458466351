"""What owners do so that something does not happen again: it opens again by itself, and each week they read of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.decisions.actions import About, CloseAction, DropAction, MoveAction, OpenAction
from notifier.decisions.closing import Closing
from notifier.decisions.contradictions import KeepFact
from notifier.decisions.decision import Decision
from notifier.drafting.actions_pass import action_batches, reasons_of, weekly_letter
from notifier.model.actions import Action, ActionStatus
from notifier.model.reasons import DecidedBy, Label
from notifier.model.weekly import WEEK, Counted, WeeklyMoment
from notifier.rules.checked_owners import Cause
from notifier.store.actions import OBJECT, ActionFilter, action_named, actions_listed
from notifier.store.contradictions import ContradictionFilter, listed
from notifier.store.database import read_only
from notifier.store.interventions import RefusedError, interventions_on
from notifier.store.next_due import next_due
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.store.reasons import add_labels
from notifier.tick import evaluate
from tests.meaning.street import PRICE, alerts, happen, in_force, price_promise, too_dear
from tests.support.deciding import a_person_decides
from tests.support.rig import NOW, Rig

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OWNERS = """
owners:
  field: { name: Field, email: field@example.com, timezone: America/Bogota, weekly: monday 08:00 }
  boss: { name: Boss, email: boss@example.com, locale: es-CO }
"""
FILES = {
    "rules/owners.yaml": OWNERS,
    "rules/causes.yaml": "causes: { price-list: { about: the list was loaded wrongly, owner: boss } }\n",
    "rules/reasons.yaml": (
        "reasons: { visit-when: { object: technician visit, step: day of the visit, "
        "failure: nobody said the hour, owner: field } }\n"
    ),
}
CAUSES = {"price-list": Cause(id="price-list", about="a list", owner="boss", again_within=30 * DAY)}
CAUSE = Closing(cause="price-list", action="two people check the list", known=CAUSES)
VISITS = About(contacts="visit-when", reasons={"visit-when": "field"})
MONDAY = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
"""The first Monday after `NOW`, 08:00 in Bogotá."""


@pytest.fixture
def house(rig: Rig) -> Rig:
    """A check, and owners of whom one reads of the week on Mondays."""
    in_force(rig, checks=[{**PRICE, "hold": {"topics": ["monthly_price"]}}], files=FILES)
    return rig


def tick(rig: Rig, after: timedelta = timedelta()) -> None:
    rig.clock.at += after
    assert evaluate(rig.database, rig.ruleset, rig.clock(), live=False).failures == ()


def decide(rig: Rig, decision: Decision[Any], by: str = "marta") -> str:
    return a_person_decides(rig.database, decision, by=by, reason="so decided", now=rig.clock()).sentence


def actions(rig: Rig, **wanted: Any) -> list[Action]:
    with read_only(rig.database) as connection:
        return actions_listed(connection, ActionFilter(**wanted))


def only(rig: Rig) -> Action:
    (found,) = actions(rig)
    return found


def opened(rig: Rig, **changes: Any) -> str:
    """An action about the contacts for which `field` answers; its id."""
    terms: dict[str, Any] = {"until": rig.clock() + 10 * DAY, "owners": ("field", "boss")} | changes
    decide(rig, OpenAction("say the hour the evening before", terms.pop("about", VISITS), **terms))
    return only(rig).id


def contacts(rig: Rig, *names: str, reason: str = "visit-when") -> None:
    """Ana calls, once for each name, now."""
    rows = [
        {"id": name, "customer_id": "C-1", "at": rig.clock(), "channel": "phone", "direction": "inbound"}
        for name in names
    ]
    happen(rig, contact=rows)
    labels = [
        Label(
            entity="contact",
            row_id=name,
            reason=reason,
            decided_by=DecidedBy.WORDS,
            decided_from="words",
            decided_at=rig.clock(),
        )
        for name in names
    ]
    with rig.database.begin() as connection:
        add_labels(connection, labels)


def settle(rig: Rig) -> None:
    """Whatever is open ends, with its cause and what is done about it."""
    with read_only(rig.database) as connection:
        for found in listed(connection, ContradictionFilter(states=["open"])):  # type: ignore[list-item]
            name = found.id
    decide(rig, KeepFact(name, CAUSE))


REFUSED: list[tuple[Decision[Any], str]] = [
    (OpenAction("x", About()), "say what it is to end: --cause NAME"),
    (OpenAction("x", About(cause="a", contacts="b")), "say what it is to end: --cause NAME"),
    (OpenAction("x", About(cause="price-lst", causes=CAUSES)), "there is no cause 'price-lst' .*; did you mean"),
    (OpenAction(" ", VISITS), "WHAT is empty"),
    (OpenAction("x", VISITS, owner="nobody", owners=("field",)), "there is no owner 'nobody'"),
    (OpenAction("x", VISITS, owners=("field",)), "say by when: --until TIME"),
    (OpenAction("x", VISITS, NOW - HOUR, owners=("field",)), "is over already"),
    (CloseAction("AC-1", "a", "b"), "there is no action AC-1; notifier actions list"),
]


def test_what_is_not_said_or_not_known_opens_nothing(house: Rig) -> None:
    for decision, refused in REFUSED:
        with pytest.raises(RefusedError, match=refused):
            decide(house, decision)
    assert actions(house) == []


def test_nothing_is_done_without_why_it_happened_and_what_shows_that_it_is_over(house: Rig) -> None:
    name = opened(house)
    for cause, effect in (("", "none since"), ("one list", ""), ("", "")):
        with pytest.raises(RefusedError, match="say why it happened and what shows that it happens no more"):
            decide(house, CloseAction(name, cause, effect))
    said = decide(house, CloseAction(name.lower().replace("-", " ", 1), "nobody owned the hour", "no call in a week"))
    assert said.startswith(f"{name} is done. It opens again by itself if contacts visit-when comes back once until ")
    done = only(house)
    assert (done.status, done.found_cause, done.effect) == ("done", "nobody owned the hour", "no call in a week")
    with pytest.raises(RefusedError, match=f"{name} is done since"):
        decide(house, DropAction(name))
    with read_only(house.database) as connection:
        record = interventions_on(connection, OBJECT, name)
    assert [(each.actor, each.verb) for each in record] == [("marta", "open"), ("marta", "done")]


def test_a_cause_is_not_why_it_happened(house: Rig) -> None:
    name = opened(house, about=About(cause="price-list", causes=CAUSES))
    with pytest.raises(RefusedError, match="price-list is what it is about; say why that happened"):
        decide(house, CloseAction(name, "price-list", "none since"))


def test_an_action_goes_to_another_owner_or_day_and_its_record_says_from_where(house: Rig) -> None:
    name = opened(house)
    with pytest.raises(RefusedError, match="say who does it, or by when"):
        decide(house, MoveAction(name))
    assert decide(house, MoveAction(name, "boss", house.clock() + DAY, ("field", "boss"))).startswith(f"{name}: boss")
    with read_only(house.database) as connection:
        (_, moved) = interventions_on(connection, OBJECT, name)
    assert moved.verb == "move (from field, due 2026-03-13 15:00 UTC)"
    decide(house, DropAction(name))
    assert [each.id for each in actions(house, statuses=(ActionStatus.DROPPED,))] == [name]
    assert actions(house, statuses=(ActionStatus.OPEN,)) == []


def test_the_same_action_is_not_opened_twice(house: Rig) -> None:
    name = opened(house)
    with pytest.raises(RefusedError, match=f"{name} says just that already, and is open"):
        opened(house)


def test_what_a_settling_says_is_done_is_an_action_of_the_owner_of_its_cause_and_a_hundred_are_one(house: Rig) -> None:
    happen(house, **too_dear())
    tick(house)
    settle(house)
    action = only(house)
    assert (action.owner, action.what, action.cause) == ("boss", "two people check the list", "price-list")
    assert action.due_at == NOW + 30 * DAY
    happen(house, promise=[price_promise(id="P-2", made_at=NOW, value=70000)])
    tick(house, HOUR)
    settle(house)
    assert only(house) == action


def test_it_opens_again_when_a_contradiction_of_its_cause_comes_back_once_and_its_owner_hears(house: Rig) -> None:
    happen(house, **too_dear())
    tick(house)
    settle(house)
    name = only(house).id
    tick(house, HOUR)
    decide(house, CloseAction(name, "one list for two plans", "two lists"))
    tick(house, HOUR)
    assert only(house).status == "done"
    happen(house, promise=[price_promise(id="P-2", made_at=NOW, value=70000)])
    tick(house, HOUR)
    settle(house)
    tick(house, HOUR)
    tick(house, HOUR)
    back = only(house)
    assert (back.status, back.came_back_count, back.times_back) == ("open", 1, 1)
    assert back.due_at == back.came_back_at + 30 * DAY if back.came_back_at else False
    house.dispatch()
    (told,) = [each for each in alerts(house) if name in each.subject or any(name in text for text in each.texts)]
    assert told.to == "boss"
    assert "two lists" in " ".join(told.texts)
    with read_only(house.database) as connection:
        (_, again) = interventions_on(connection, OBJECT, name)
    assert (again.actor, again.verb) == ("notifier", "open again")
    assert again.reason == "cause price-list came back: once since it was done"


def test_contacts_open_it_again_at_their_number_within_their_time_and_not_before_or_after(house: Rig) -> None:
    name = opened(house, again_within=7 * DAY, again_at=3)
    contacts(house, "T-0")
    house.clock.at += HOUR
    decide(house, CloseAction(name, "nobody owned the hour", "no call in a week"))
    house.clock.at += HOUR
    contacts(house, "T-1", "T-2")
    contacts(house, "T-9", reason="unclear")
    tick(house, HOUR)
    assert only(house).status == "done"
    contacts(house, "T-3")
    tick(house, HOUR)
    assert (only(house).status, only(house).came_back_count) == ("open", 3)
    decide(house, CloseAction(name, "nobody owned the hour", "this time for good"))
    house.clock.at += 8 * DAY
    contacts(house, "T-4", "T-5", "T-6")
    tick(house)
    assert only(house).status == "done"


def letters(rig: Rig) -> list[Any]:
    return [row for row in rig.notices() if row.rule == "weekly"]


def test_the_week_is_told_once_by_mail_at_its_hour_in_the_owners_zone(house: Rig) -> None:
    house.clock.at = MONDAY - timedelta(minutes=1)
    tick(house)
    assert letters(house) == []
    with read_only(house.database) as connection:
        assert next_due(connection, house.ruleset, after=house.clock(), before=MONDAY + DAY) == MONDAY
    tick(house, timedelta(minutes=1))
    tick(house, HOUR)
    evaluate(house.database, house.ruleset, house.clock(), live=False, full=True)
    (letter,) = letters(house)
    assert (letter.recipient_id, letter.channels, letter.state) == ("field", ["email"], "ready")
    tick(house, WEEK)
    assert len(letters(house)) == 2


def test_two_processes_that_come_to_it_together_write_one_letter(house: Rig) -> None:
    house.clock.at = MONDAY
    with read_only(house.database) as connection:
        reader = Reader(connection, live=False)
        one, other = (list(action_batches(house.ruleset, reader, MONDAY, live=False)) for _ in range(2))
    for batch in (*one, *other):
        with house.database.begin() as connection:
            commit(connection, batch, now=MONDAY, live=False)
    assert len(letters(house)) == 1
    assert len([row for row in house.messages() if row.channel == "email"]) == 1


def test_a_letter_is_written_up_to_two_days_late_and_no_later(house: Rig) -> None:
    house.clock.at = MONDAY + 2 * DAY
    tick(house)
    assert letters(house) == []
    house.clock.at = MONDAY + WEEK + 2 * DAY - HOUR
    tick(house)
    assert len(letters(house)) == 1


def test_the_letter_says_what_went_wrong_what_is_open_what_was_done_and_what_came_back(house: Rig) -> None:
    house.clock.at = NOW - WEEK
    contacts(house, "T-1")
    house.clock.at = NOW
    name = opened(house, until=NOW + 2 * DAY)
    happen(house, **too_dear())
    tick(house)
    contacts(house, "T-2", "T-3")
    decide(house, CloseAction(name, "nobody owned the hour", "none since"))
    tick(house, HOUR)
    contacts(house, "T-4")
    house.clock.at = MONDAY
    tick(house)
    with read_only(house.database) as connection:
        reader = Reader(connection, live=False)
        reasons = reasons_of(house.ruleset.project, "field")
        week = reader.week_of("field", MONDAY - WEEK, MONDAY, reasons=reasons)
        owner = house.ruleset.project.owners["field"]
        draft = weekly_letter(house.ruleset, reader, owner, MONDAY, MONDAY, live=False)
    assert week.contradictions == (Counted(name="promised-price", count=1, before=0),)
    assert week.contacts == (Counted(name="visit-when", count=3, before=1, people=1),)
    assert week.customers == 1
    assert [each.id for each in week.done] == [name]
    assert (week.open, week.back) == ((), ())  # it came back in this very pass, which the next letter says
    (mail,) = draft.messages
    for said in (
        "Contradictions that opened: 1",
        "- promised-price: 1 (0)",
        "- visit-when: 3 (1)",
        f"{name} say the hour the evening before",
        "Cause: nobody owned the hour. Effect: none since",
    ):
        assert said in mail.text
    with read_only(house.database) as connection:
        (action,) = [action_named(connection, name)]
        later = Reader(connection, live=False).week_of("field", MONDAY, MONDAY + WEEK, reasons=reasons)
    assert action is not None
    assert action.status == "open"
    assert [each.id for each in later.back] == [each.id for each in later.open] == [name]


def test_a_quiet_week_says_so(house: Rig) -> None:
    house.clock.at = MONDAY
    tick(house)
    (letter,) = letters(house)
    (mail,) = [row for row in house.messages() if row.notice_id == letter.id]
    assert "Nothing went wrong, and no action is open." in mail.text


@pytest.mark.parametrize(
    ("now", "latest"),
    [
        ("2026-03-09T13:00:00+00:00", "2026-03-09T13:00:00+00:00"),
        ("2026-03-09T12:59:59+00:00", "2026-03-02T13:00:00+00:00"),
        ("2026-03-08T03:00:00+00:00", "2026-03-02T13:00:00+00:00"),
    ],
)
def test_the_last_moment_is_in_the_zone_of_the_owner(now: str, latest: str) -> None:
    moment, zone = WeeklyMoment(weekday=0, at=datetime(2026, 1, 1, 8, tzinfo=UTC).time()), ZoneInfo("America/Bogota")
    at = datetime.fromisoformat(now)
    assert moment.latest(at, zone).isoformat() == latest
    assert moment.following(moment.latest(at, zone), zone) == datetime.fromisoformat(latest) + WEEK
