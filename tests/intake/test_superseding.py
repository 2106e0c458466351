"""What an import says of promises that take the place of others, of their values, and of when they are due."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from notifier.intake.columns import CellDoubt
from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.parsing import ImportContext, Reading, RowParser
from notifier.model.schema import Schema, entities
from notifier.model.types import TopicType
from notifier.model.windows import Window
from notifier.rules.checked_checks import Topic
from notifier.rules.promise_policy import DEFAULT_SUPERSEDES
from tests.promises.conftest import Worlds
from tests.promises.conftest import worlds as worlds
from tests.promises.examples import NOW

TOPICS = {
    "monthly_price": Topic(name="monthly_price", type=TopicType.MONEY),
    "fees": Topic(name="fees", type=TopicType.MONEY),
    "waiting_time": Topic(name="waiting_time", type=TopicType.DURATION, due_by_value=True),
    "callback": Topic(name="callback", type=TopicType.TIMESTAMP, due_by_value=True),
    "visit": Topic(name="visit", type=TopicType.WINDOW, due_by_value=True),
    "speed": Topic(name="speed", type=TopicType.QUANTITY, unit="Mbit/s"),
    "hours": Topic(name="hours", type=TopicType.OPENING_HOURS),
}
CONTEXT = ImportContext(schema=Schema(entities=entities()), topics=TOPICS, supersedes=DEFAULT_SUPERSEDES)
MADE = datetime(2026, 3, 2, 15, tzinfo=UTC)
BOGOTA = ZoneInfo("America/Bogota")


def parsed(**cells: object) -> tuple[dict[str, Any], list[str]]:
    row = {"id": "P-1", "subject": "contract:K-1", "made_at": MADE, "source": "sales"} | cells
    parser = RowParser(CONTEXT.schema.entities["promise"], CONTEXT, Reading(zone=BOGOTA))
    found = parser.parse({name: [cell] for name, cell in row.items()})
    return found.rows()[0], [problem.what for problem in found.problems]


@pytest.mark.parametrize(
    ("topic", "value", "due"),
    [
        ("waiting_time", "PT20M", MADE + timedelta(minutes=20)),
        ("callback", "2026-03-02T17:00:00-05:00", datetime(2026, 3, 2, 22, tzinfo=UTC)),
        ("visit", "2026-03-05T08:00/2026-03-05T12:00", datetime(2026, 3, 5, 17, tzinfo=UTC)),
        ("speed", "200", None),
    ],
)
def test_a_promise_without_due_at_is_due_by_its_value_where_its_topic_says_so(
    topic: str, value: str, due: datetime | None
) -> None:
    assert parsed(topic=topic, value=value)[0].get("due_at") == due
    stated = parsed(topic=topic, value=value, due_at="2026-03-09T09:00:00-05:00")[0]
    assert stated["due_at"] == datetime(2026, 3, 9, 14, tzinfo=UTC)


def test_a_day_is_all_of_it_and_by_a_day_is_by_its_end() -> None:
    ends = datetime(2026, 3, 6, 5, tzinfo=UTC)
    row, _ = parsed(topic="visit", value="2026-03-05")
    assert Window(row["value_at"], row["value_until"]) == Window(ends - timedelta(days=1), ends)
    assert parsed(topic="visit", value="2026-03-03/2026-03-05")[0]["value_until"] == ends
    assert parsed(topic="callback", value="2026-03-05")[0]["value_at"] == ends


@pytest.mark.parametrize(
    ("topic", "value", "why"),
    [
        ("speed", "fast", "'fast' is not a number of Mbit/s; write it like 200 Mbit/s"),
        ("visit", "soon", "'soon' is not an instant"),
        ("hours", "9 to 5", "is not opening hours in OSM syntax"),
    ],
)
def test_a_value_that_is_none_is_refused_with_how_to_write_it(topic: str, value: str, why: str) -> None:
    _, problems = parsed(topic=topic, value=value)
    assert len(problems) == 1
    assert why in problems[0]


@pytest.mark.parametrize(
    ("source", "topic", "said"),
    [
        ("contract", "monthly_price", []),
        ("robot", "monthly_price", ["of source robot may not take the place of one of source quote: both stand"]),
        ("contract", "fees", ["about fees cannot take the place of one about monthly_price: both stand"]),
    ],
)
def test_an_import_says_what_takes_the_place_of_nothing(
    worlds: Worlds, source: str, topic: str, said: list[str]
) -> None:
    world = worlds()
    world.promise("Q-1", source="quote")
    row = {"id": "P-1", "subject": "contract:K-1", "topic": topic, "value": 1, "currency": "COP", "made_at": MADE}
    later = {**row, "id": "P-2", "source": "sales", "replaces": "not-there-yet"}
    doubts: list[CellDoubt] = []
    with world.engine.begin() as connection:
        change = ChangeSet(at=NOW, set={"promise": [{**row, "source": source, "replaces": "Q-1"}, later]})
        apply_change_set(connection, change, CONTEXT, doubts=doubts)
    assert [doubt.what.startswith(each) for doubt, each in zip(doubts, said, strict=True)] == [True] * len(said)


def test_a_cancellation_that_does_not_say_of_what_is_doubted() -> None:
    parser = RowParser(CONTEXT.schema.entities["contact"], CONTEXT)
    row = {"id": "T-1", "customer_id": "C-1", "at": MADE, "channel": "phone", "direction": "inbound"}
    for subject, doubted in ((None, 1), ("contract:K-1", 0), ("the router", 1)):
        cells = {name: [cell] for name, cell in {**row, "outcome": "cancel", "subject": subject}.items()}
        assert len(parser.parse(cells).doubts) == doubted
