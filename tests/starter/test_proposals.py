"""From contacts that no word of ours came before to the rule that would have spoken, or to why none is proposed."""

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifier.model.figures import Spans
from notifier.model.missing_words import Clue, Hanging, MissingWords, Preceded
from notifier.rules.checked import Project
from notifier.rules.loader import load_project
from notifier.rules.shipped import shipped
from notifier.starter.proposals import Proposal, proposal_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(shipped())


def spans(median: timedelta, count: int = 20) -> Spans:
    return Spans(count=count, tenth=median / 4, median=median, ninetieth=median * 2)


def clue(
    column: str, distance: timedelta, left: timedelta | None = None, *, ahead: bool = False, count: int = 20
) -> Clue:
    time_left = Spans() if left is None else spans(left)
    return Clue(column=column, is_ahead=ahead, distance=spans(distance, count), time_left=time_left)


LATE = clue("order.promised_at", 30 * HOUR, 30 * HOUR)
ORDERS = Hanging(entity="order", contacts=20, clues=[clue("order.placed_at", 7 * DAY, 7 * DAY), LATE])
WORDS = MissingWords(
    reason="order-late",
    title="pedido, el día prometido: no ha llegado a tiempo",
    owner="logistics",
    touchpoint=None,
    failure=None,
    rules=(),
    accepted=None,
    preceded=Preceded(contacts=20),
    hanging=[ORDERS],
)


def proposed(project: Project, words: MissingWords = WORDS, language: str = "es", **changes: Any) -> Proposal | str:
    return proposal_of(replace(words, **changes), project, language)


def test_the_nearest_instant_that_half_of_the_contacts_come_near_gives_the_moment_and_the_command(
    project: Project,
) -> None:
    found = proposed(project)
    assert isinstance(found, Proposal)
    assert found.clue == LATE
    assert shlex.split(found.command) == [
        *("notifier", "rules", "new", "tell-order-late", "--about", "order", "--at", "order.promised_at"),
        *("--says", "es=le escribimos antes de que pregunte por esto: " + WORDS.title),
        *("--owner", "logistics", "--exit", "orders-desk"),
    ]
    few = replace(ORDERS, clues=[*ORDERS.clues, clue("order.handed_over_at", HOUR, HOUR, count=9)])
    assert few.nearest[0] == LATE  # of twenty contacts nine lie near the other one
    done = replace(ORDERS, clues=[*ORDERS.clues, clue("order.completed_at", HOUR, HOUR)])
    found = proposed(project, hanging=[done])
    assert isinstance(found, Proposal)
    assert found.clue == LATE  # a rule about orders on their way does not speak of a completed one


@pytest.mark.parametrize(("longest", "moment"), [(15 * HOUR, "30h before"), (40 * HOUR, "4d before")])
def test_ahead_of_an_instant_it_speaks_before_nine_of_ten_contacts_came(
    project: Project, longest: timedelta, moment: str
) -> None:
    ahead = clue("appointment.starts_at", longest, 5 * DAY, ahead=True)
    visits = Hanging(entity="appointment", contacts=20, kinds={"repair": 17, "visit": 3}, clues=[ahead])
    found = proposed(project, hanging=[visits], title="step 3 of checkout")
    assert isinstance(found, Proposal)
    assert (found.answers.at, found.answers.kind) == (f"{moment} appointment.starts_at", "repair")
    assert found.answers.says == {}  # a figure in a text is a claim, and this one is none


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rules": ("late-order",)}, "late-order speaks of it, and did not of these"),
        ({"in_shadow": ("late-order",)}, "late-order would speak of it, and is in shadow"),
        ({"preceded": Preceded(contacts=20, told=16)}, "fewer than 5 contacts"),
        ({"hanging": []}, "most of its contacts name no row"),
        ({"hanging": [replace(ORDERS, contacts=9)]}, "most of its contacts name no row"),
        ({"hanging": [replace(ORDERS, entity="site")]}, "about rows of site, about which rules new writes no rule"),
        ({"hanging": [replace(ORDERS, clues=[])]}, "come near no instant of their order"),
        ({"hanging": [replace(ORDERS, clues=[clue("order.promised_at", HOUR)])]}, "nobody knows when"),
        ({"hanging": [replace(ORDERS, clues=[clue("order.promised_at", HOUR, HOUR)])]}, "within an hour"),
        (
            {"hanging": [replace(ORDERS, clues=[clue("order.completed_at", DAY, DAY)])]},
            "they come after order.completed_at, when order.status in",
        ),
        ({"owner": "nobody"}, "no owner answers for it"),
    ],
)
def test_where_no_rule_is_proposed_it_says_why(project: Project, changes: dict[str, Any], why: str) -> None:
    found = proposed(project, **changes)
    assert isinstance(found, str)
    assert why in found


def test_a_name_that_is_taken_gets_a_number_and_without_rules_of_the_owner_a_person_is_the_way_out(
    project: Project,
) -> None:
    taken = {"tell-order-late", "tell-order-late-2"}
    found = proposal_of(WORDS, project, "en", taken)
    assert isinstance(found, Proposal)
    assert found.answers.name == "tell-order-late-3"
    bare = replace(project, rules={})
    assert isinstance(proposed(bare), Proposal)
    assert proposed(replace(bare, contact_points={})) == "no contact point leads to a person"
