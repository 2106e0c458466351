"""The map of the journey and the missing notices on both databases: what is counted, of how much, and what is not."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.missing_words import MissingReport, MissingWords, Preceded
from notifier.model.notices import NoticeKind
from notifier.model.reasons import DecidedBy, Label
from notifier.model.touchpoints import Heard
from notifier.rules.checked import Project
from notifier.rules.loader import load_project
from notifier.store.outbox.notice_rows import notice_row
from notifier.store.reasons import add_labels
from notifier.store.reports.dimensions import Period
from notifier.store.reports.journey import journey_report
from notifier.store.reports.missing import missing_report, unpreceded
from notifier.store.state.changes import write_rows
from notifier.store.tables import NOTICE
from tests.rules.test_journey_files import REASONS
from tests.support.drafts import NOW, draft
from tests.support.people import ANA

ALWAYS = Period(since=None, until=None, timezone="America/Bogota")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MAP = """
stages: { receiving: Hasta recibirlo }
touchpoints:
  delivery:
    stage: receiving
    owner: billing
    foreseen:
      - { failure: it comes late, severity: 4, reasons: order-late, check: good-price }
      - { failure: the visit is a surprise, severity: 2, reasons: visit-when, rule: good }
  shop: { stage: receiving, owner: billing, nothing_foreseen: because nobody goes there yet }
"""
MORE_REASONS = (
    "  visit-when: { object: visita, step: antes de la cita, failure: no sabe a qué hora vienen, owner: field }\n"
)
ORDER: dict[str, Any] = {"status": "in_progress", "promised_at": NOW, "placed_at": NOW - 9 * DAY}
VISIT: dict[str, Any] = {
    "kind": "repair",
    "status": "confirmed",
    "starts_at": NOW + 3 * DAY,
    "booked_at": NOW - 5 * DAY,
}
ROWS: dict[str, list[dict[str, Any]]] = {
    "customer": [{"id": f"C-{number}", "name": "Ana"} for number in (1, 2, 3)],
    "order": [{"id": f"O-{number}", "customer_id": f"C-{number}"} | ORDER for number in (1, 2, 3)],
    "appointment": [{"id": f"A-{number}", "customer_id": f"C-{number}"} | VISIT for number in (1, 2, 3)],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("journey") / "project"
    shutil.copytree(Path(__file__).parents[1] / "rules" / "project", folder)
    (folder / "rules" / "reasons.yaml").write_text(REASONS + MORE_REASONS, encoding="utf-8")
    (folder / "rules" / "journey.yaml").write_text(MAP, encoding="utf-8")
    found = load_project(folder)
    assert (found.problems, found.map_problems) == ((), ())
    return found


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.connect() as connection:
        for entity, rows in ROWS.items():
            write_rows(connection, entity, rows, NOW - 6 * DAY)
        yield connection


def said(
    connection: sa.Connection, row: str, customer: str, at: datetime, about: str | None, reason: str | None
) -> None:
    """Somebody wrote to us, for a reason that somebody or something knows or not."""
    contact = {
        "id": row,
        "customer_id": customer,
        "at": at,
        "channel": "phone",
        "direction": "inbound",
        "subject": about,
    }
    write_rows(connection, "contact", [contact], NOW)
    labelled(connection, row, reason)


def labelled(connection: sa.Connection, row: str, reason: str | None, entity: str = "contact") -> None:
    if reason is not None:
        add_labels(
            connection,
            [Label(entity=entity, row_id=row, reason=reason, decided_by=DecidedBy.WORDS, decided_at=NOW)],
        )


def told(connection: sa.Connection, name: str, customer: str, at: datetime, **changes: Any) -> str:
    """A notice of the rule `good` about an appointment; its reference."""
    values: dict[str, Any] = {
        "rule": "good",
        "recipient": replace(ANA, id=customer),
        "recipient_id": customer,
        "occurrence": f"{name} {customer} {at}",
        "reference": f"REF-{name}-{customer}-{at:%d%H}",
    }
    found = draft(name, **(values | changes))
    row = notice_row(found, now=at, live=False, index=1)
    connection.execute(sa.insert(NOTICE), {**row, "id": found.reference, "state": "told", "told_at": at, "spent": True})
    return found.reference


def test_a_failure_is_as_red_as_what_was_said_of_it_times_severity_times_how_often_each_had_to_come_back(
    connection: sa.Connection, project: Project
) -> None:
    said(connection, "K-1", "C-1", NOW, "order:O-1", "order-late")
    said(connection, "K-2", "C-1", NOW + DAY, "order:O-1", "order-late")
    said(connection, "K-3", "C-2", NOW, "order:O-2", "order-late")
    said(connection, "K-4", "C-2", NOW, "order:O-2", None)
    said(connection, "K-5", "C-3", NOW, None, "order-where")
    outbound = {"id": "K-6", "customer_id": "C-1", "at": NOW, "channel": "phone", "direction": "outbound"}
    write_rows(connection, "contact", [outbound], NOW)
    labelled(connection, "K-6", "order-late")
    feedback = {"id": "F-1", "order_id": "O-2", "source": "survey", "at": NOW, "score": 1}
    write_rows(connection, "feedback", [feedback], NOW)
    labelled(connection, "F-1", "order-late", "feedback")
    told(connection, "A-1", "C-1", NOW)

    report = journey_report(connection, project, now=NOW, period=ALWAYS, live=False)
    delivery, shop = report.touchpoints
    late, visit = delivery.failures
    assert late.heard == Heard(contacts=3, feedback=1, matters=2, repeated=2)  # the feedback is about O-2, as K-3 is
    assert (late.heard.repetition, late.score) == (2.0, 4 * 4 * 2.0)
    assert (visit.heard.total, visit.score, visit.told) == (0, 0, 1)
    assert [(point.id, failure.failure) for point, failure in report.red_points] == [("delivery", "it comes late")]
    assert (delivery.rules, delivery.told, delivery.claims) == (("good",), 1, ("starts_at",))
    assert [point.id for point in report.unreached] == ["shop"]
    assert shop.nothing_foreseen == "because nobody goes there yet"
    assert (report.elsewhere["order-where"].contacts, report.unclear) == (1, 1)
    assert (report.rules_elsewhere, report.checks_elsewhere) == ((), ())
    of_a_day = Period(since=NOW + HOUR, until=None, timezone="UTC")
    later = journey_report(connection, project, now=NOW, period=of_a_day, live=False)
    assert later.touchpoints[0].heard == Heard(contacts=1, matters=1)
    assert later.touchpoints[0].told == 0


def missing(connection: sa.Connection, project: Project, within: timedelta = 14 * DAY) -> MissingReport:
    return missing_report(connection, project, now=NOW, period=ALWAYS, within=within, live=False)


def of(report: MissingReport, reason: str) -> MissingWords:
    return next(each for each in report.reasons if each.reason == reason)


def test_a_word_counts_that_the_same_customer_had_about_the_same_row_in_the_time_before_from_a_rule_of_the_reason(
    connection: sa.Connection, project: Project
) -> None:
    for about in ("appointment:A-1", None, "contract:K-1"):
        said(connection, f"C-1 {about}", "C-1", NOW, about, "visit-when")
    for number in (2, 3):
        said(connection, f"V-{number}", f"C-{number}", NOW, f"appointment:A-{number}", "visit-when")
    told(connection, "A-1", "C-1", NOW - DAY)
    told(connection, "A-1", "C-2", NOW - DAY)  # another appointment than the one of the contact
    told(connection, "A-3", "C-3", NOW + HOUR)  # too late
    told(connection, "A-3", "C-3", NOW - 15 * DAY)  # too long ago
    told(connection, "A-3", "C-3", NOW - DAY, kind=NoticeKind.ALERT)
    said(connection, "K-1", "C-1", NOW, "appointment:A-1", "order-late")
    said(connection, "K-2", "C-1", NOW, "order:O-1", "order-late")
    said(connection, "K-3", "C-1", NOW, "order:O-1", "unclear")

    report = missing(connection, project)
    visits, late = of(report, "visit-when"), of(report, "order-late")
    assert visits.preceded == Preceded(contacts=5, told=3, told_otherwise=0)
    assert [each.id for each in visits.examples] == ["V-2", "V-3"]
    assert late.preceded == Preceded(contacts=2, told=0, told_otherwise=1)  # no rule speaks of it; one told of the row
    assert (late.rules, visits.rules, visits.touchpoint) == ((), ("good",), "delivery")
    assert (report.total, report.unclear) == (Preceded(contacts=7, told=3, told_otherwise=1), 1)
    assert report.unanswered == [("delivery", "it comes late", 2)]
    assert of(missing(connection, project, 20 * DAY), "visit-when").preceded.told == 4

    without = missing(connection, replace(project, journey=None))
    assert not without.has_map
    assert of(without, "visit-when").preceded == Preceded(contacts=5, told=2, told_otherwise=0)


def test_a_reply_to_a_notice_came_after_it_and_feedback_counts_where_its_customer_is_known(
    connection: sa.Connection, project: Project
) -> None:
    reference = told(connection, "A-1", "C-1", NOW - DAY)
    said(connection, "K-1", "C-1", NOW, f"notice:{reference}", "visit-when")
    rows = [{"id": "F-1", "order_id": "O-2"}, {"id": "F-2", "customer_id": "C-3"}, {"id": "F-3"}]
    write_rows(connection, "feedback", [{**row, "source": "survey", "at": NOW} for row in rows], NOW)
    for row in ("F-1", "F-2", "F-3"):
        labelled(connection, row, "order-late", "feedback")
    report = missing(connection, project)
    assert of(report, "visit-when").preceded == Preceded(contacts=1, told=1, told_otherwise=0)
    late = of(report, "order-late")
    assert (late.preceded.contacts, late.preceded.silent, report.of_nobody) == (2, 2, 1)
    assert {(each.id, each.customer, each.subject) for each in late.examples} == {
        ("F-1", "C-2", "order:O-2"),
        ("F-2", "C-3", None),
    }


def test_contacts_hang_on_rows_and_come_near_an_instant_of_them_after_it_was_known(
    connection: sa.Connection, project: Project
) -> None:
    for number, hours in ((1, 5), (2, 10), (3, 30)):
        said(connection, f"K-{number}", f"C-{number}", NOW + hours * HOUR, f"order:O-{number}", "order-late")
        said(connection, f"V-{number}", f"C-{number}", NOW + hours * HOUR, f"appointment:A-{number}", "visit-when")
    moved = {"id": "O-3", "customer_id": "C-3", "promised_at": NOW + 20 * HOUR}
    write_rows(connection, "order", [{**ROWS["order"][2], **moved}], NOW + 26 * HOUR)

    report = missing(connection, project)
    (orders,) = of(report, "order-late").hanging
    assert (orders.entity, orders.contacts, orders.kinds) == ("order", 3, {})
    clue = orders.nearest[0]
    assert (clue.column, clue.is_ahead) == ("order.promised_at", False)
    # The third was promised anew for hour 20, and we knew it at hour 26: four hours before the contact.
    distance, time_left = clue.distance, clue.time_left
    assert (distance.tenth, distance.median, distance.ninetieth) == (5 * HOUR, 10 * HOUR, 10 * HOUR)
    assert (time_left.tenth, time_left.median, time_left.ninetieth) == (4 * HOUR, 5 * HOUR, 10 * HOUR)
    (visits,) = of(report, "visit-when").hanging
    assert (visits.kind, visits.kinds) == ("repair", {"repair": 3})
    ahead = visits.nearest[0]
    assert (ahead.column, ahead.is_ahead) == ("appointment.starts_at", True)
    assert ahead.distance.median == 62 * HOUR
    assert ahead.time_left.median == 5 * DAY + 10 * HOUR  # since it was booked
    page = unpreceded(connection, project, "order-late", period=ALWAYS, within=DAY, live=False, limit=2, skip=1)
    assert [each.id for each in page] == ["K-2", "K-1"]
