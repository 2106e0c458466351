"""Why people got in touch, as rows: the last word counts, and what it replaced stays."""

from collections import Counter
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from notifier.model.reasons import DecidedBy, Label, Reason, Saying
from notifier.model.shares import Share
from notifier.reasons.deciding import Decider
from notifier.reasons.draws import span_of
from notifier.store.listening import came_in, give_reasons, heard_among, unlabelled
from notifier.store.reasons import add_labels, add_machine_labels, labels_of, reason_now
from notifier.store.reasons_learning import confirmed, draw, precision
from notifier.store.reports.dimensions import Period
from notifier.store.reports.reasons import reason_report
from notifier.store.state.changes import write_rows
from notifier.store.state.consumption import take_changes
from notifier.store.tables import CONTACT_REASON
from tests.support.drafts import NOW


def label(row: str = "K-1", reason: str = "bill-higher", **more: Any) -> Label:
    values: dict[str, Any] = {"entity": "contact", "decided_by": DecidedBy.WORDS, "decided_at": NOW}
    return Label(**values | {"row_id": row, "reason": reason, "decided_from": "cobran más", "digest": "w1"} | more)


def test_a_later_word_replaces_what_was_said_and_deletes_nothing(engine: sa.Engine) -> None:
    later = NOW + timedelta(days=1)
    first = [label(), label("K-2", "unclear"), label("K-1", "order-late", entity="feedback")]
    person = label(
        reason="bill-understand",
        others=("bill-higher",),
        decided_by=DecidedBy.PERSON,
        decided_from="Ana",
        digest=None,
        decided_at=later,
        was="bill-higher",
        was_by=DecidedBy.WORDS,
        draw="2026-W10",
    )
    with engine.begin() as connection:
        add_labels(connection, first)
        add_labels(connection, [person])
    with engine.connect() as connection:
        assert labels_of(connection, "contact", ["K-1", "K-2", "K-3"]) == {"K-1": person, "K-2": first[1]}
        assert labels_of(connection, "feedback", ["K-1"]) == {"K-1": first[2]}
        now = reason_now("contact")
        asked = sa.select(now.c.row_id, now.c.reason).order_by(now.c.row_id)
        assert [tuple(row) for row in connection.execute(asked)] == [("K-1", "bill-understand"), ("K-2", "unclear")]
        replaced = sa.select(CONTACT_REASON.c.reason).where(CONTACT_REASON.c.replaced_at == later)
        assert connection.execute(replaced).scalars().all() == ["bill-higher"]


REASONS = {
    key: Reason(key=key, object="o", step="s", failure="f", owner="care", sayings={"es": (Saying(phrases=(said,)),)})
    for key, said in (("bill", "cobro"), ("visit", "nadie vino"))
}
WEEK = "2026-W10"


def came(connection: sa.Connection, *, baseline: bool = False) -> None:
    """Ana called twice and wrote once, we called her once, and somebody answered a survey."""
    write_rows(connection, "customer", [{"id": "C-1", "name": "Ana Ruiz"}], NOW)
    contact = {"customer_id": "C-1", "at": NOW, "channel": "phone", "direction": "inbound"}
    rows: list[dict[str, Any]] = [
        {"id": "K-1", "attributes": {"text": "soy Ana, un cobro raro"}},
        {"id": "K-2", "subject": "nadie vino ayer", "at": NOW - timedelta(days=2)},
        {"id": "K-3", "subject": "order:O-1", "attributes": {"note": "otra cosa"}},
        {"id": "K-4", "direction": "outbound", "attributes": {"text": "cobro"}},
    ]
    write_rows(connection, "contact", [contact | row for row in rows], NOW, baseline=baseline)
    write_rows(connection, "feedback", [{"id": "F-1", "source": "survey", "at": NOW, "text": "el cobro"}], NOW)


def test_what_came_is_looked_at_once_and_what_we_began_never(engine: sa.Engine) -> None:
    decider = Decider(REASONS)
    with engine.begin() as connection:
        came(connection)
        take_changes(connection, "tick-1")
        given: Counter[str] = Counter()
        while heard := came_in(connection, "tick-1"):
            given.update(give_reasons(connection, decider, heard, NOW))
        assert given == {"bill": 2, "visit": 1, "unclear": 1}
        assert came_in(connection, "tick-2") == []
        assert unlabelled(connection, "contact", unclear_too=False, after="") == []
        again = unlabelled(connection, "contact", unclear_too=True, after="")
        assert [(each.id, each.text) for each in again] == [("K-3", "otra cosa")]
        texts = heard_among(connection, "contact", ["K-2", "K-4", "K-9"])
        assert {name: each.text for name, each in texts.items()} == {"K-2": "nadie vino ayer"}


def test_history_waits_for_the_command(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        came(connection, baseline=True)
        take_changes(connection, "tick-1")
        assert [each.id for each in came_in(connection, "tick-1")] == ["F-1"]
        waiting = unlabelled(connection, "contact", unclear_too=False, after="")
        assert [each.id for each in waiting] == ["K-1", "K-2", "K-3"]
        assert [each.id for each in unlabelled(connection, "contact", unclear_too=False, after="K-2")] == ["K-3"]


def test_a_machine_takes_the_place_of_its_own_unclear_and_of_nothing_else(engine: sa.Engine) -> None:
    later = NOW + timedelta(hours=1)
    person = {"decided_by": DecidedBy.PERSON, "digest": None}
    said = [label("K-1", "bill"), label("K-2", "unclear"), label("K-3", "unclear", **person), label("K-4", "unclear")]
    with engine.begin() as connection:
        add_labels(connection, said)
        news = [label(f"K-{number}", "visit", decided_at=later) for number in (1, 2, 3, 5)]
        add_machine_labels(connection, [*news, label("K-4", "unclear", decided_at=later)])
        now = labels_of(connection, "contact", [f"K-{number}" for number in range(1, 6)])
    assert {name: (each.reason, each.decided_at) for name, each in now.items()} == {
        "K-1": ("bill", NOW),
        "K-2": ("visit", later),
        "K-3": ("unclear", NOW),
        "K-4": ("unclear", NOW),
        "K-5": ("visit", later),
    }


def test_what_people_read_of_a_draw_says_how_often_labels_are_right(engine: sa.Engine) -> None:
    person = {"decided_by": DecidedBy.PERSON, "decided_from": "Ana", "was_by": DecidedBy.WORDS}
    with engine.begin() as connection:
        came(connection)
        for entity in ("contact", "feedback"):
            heard = unlabelled(connection, entity, unclear_too=False, after="")
            give_reasons(connection, Decider(REASONS), heard, NOW)
        drawn = draw(connection, WEEK, span_of(WEEK, "America/Bogota"))
        assert {(each.heard.id, each.label and each.label.reason) for each in drawn} == {
            ("K-1", "bill"),
            ("K-3", "unclear"),
            ("F-1", "bill"),
        }, "K-2 is of the week before"
        read = [("K-1", "bill", "bill", WEEK), ("K-2", "bill", "visit", WEEK), ("K-3", "visit", "unclear", None)]
        add_labels(connection, [label(row, is_, was=was, draw=lot, **person) for row, is_, was, lot in read])
        add_labels(connection, [label("F-1", "visit", entity="feedback", was="bill", draw=WEEK, **person)])
        assert precision(connection) == {"bill": Share(part=1, whole=2), "visit": Share(part=0, whole=1)}
        assert [(each.heard.id, each.reason) for each in confirmed(connection)] == [
            ("K-1", "bill"),
            ("K-2", "bill"),
            ("K-3", "visit"),
            ("F-1", "visit"),
        ]
        assert all(each.is_read for each in draw(connection, WEEK, span_of(WEEK, "America/Bogota")))


def test_a_report_counts_every_contact_once_and_names_nobody(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        came(connection)
        heard = unlabelled(connection, "contact", unclear_too=False, after="")
        give_reasons(connection, Decider(REASONS), heard, NOW)
        whole = Period(since=None, until=None, timezone="UTC")
        report = reason_report(connection, REASONS, now=NOW, period=whole)
        today = reason_report(connection, {}, now=NOW, period=Period(since=NOW, until=None, timezone="UTC"))
    assert (report.whole, report.not_looked_at) == (4, 1)
    assert [(each.reason, each.share.part, each.share.whole) for each in report.reasons] == [
        ("bill", 1, 4),
        ("visit", 1, 4),
    ]
    assert report.reasons[0].examples == ["soy [name], un cobro raro"]
    assert report.unclear is not None
    assert (report.unclear.share.part, report.unclear.examples) == (1, ["otra cosa"])
    assert [(each.reason, each.said) for each in today.reasons] == [("bill", None)]
    assert (today.whole, today.not_looked_at) == (3, 1)
