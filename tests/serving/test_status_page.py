"""A customer's own page: what they were told, and nothing else; behind a link that nobody can guess."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from notifier.decisions.customers import Forget
from notifier.decisions.decision import Signature, decide
from notifier.model.tokens import STATUS, token
from notifier.serving.status_page import AT_ONCE, Turnstile
from notifier.store.database import read_only
from notifier.store.tables import NOTICE
from tests.serving.conftest import KEY, Answer, Service
from tests.support.rig import ana, visit


@pytest.fixture
def reference(service: Service) -> str:
    """Of the notice that Ana was told."""
    return told(service, "C-1")


def told(service: Service, customer: str) -> str:
    """The reference of the notice that the customer was told."""
    theirs = NOTICE.c.recipient_id == customer, NOTICE.c.told_at.is_not(None), NOTICE.c.kind == "notice"
    with read_only(service.rig.database) as connection:
        return str(connection.execute(sa.select(NOTICE.c.reference).where(*theirs)).scalar_one())


def opened(service: Service, reference: str, signature: str | None = None) -> Answer:
    return service.call("GET", f"/status/{reference}/{signature or token(KEY, STATUS, reference)}")


def test_the_page_says_what_was_told_and_when_it_is(service: Service, reference: str) -> None:
    page = opened(service, reference)
    assert page.status == 200
    assert "<h2>Next</h2>" in page.text
    assert "We visit you on" in page.text
    assert reference in page.text
    assert 'content="noindex"' in page.text
    for ours in ("owner", "visit-reminder", "field@", "ana@example.com", "+57300"):
        assert ours not in page.text


def test_a_forged_link_reads_nothing(service: Service, reference: str) -> None:
    executed: list[str] = []
    sa.event.listen(service.rig.database, "before_cursor_execute", lambda *each: executed.append(each[2]))
    answer = opened(service, reference, "a" * 16)
    assert (answer.status, executed) == (404, [])
    assert "shows nothing" in answer.text
    assert opened(service, reference, token(KEY, "unsubscribe", reference)).status == 404


def test_a_link_is_over_after_ninety_days_and_when_its_address_is_anothers(service: Service, reference: str) -> None:
    rig, before = service.rig, service.rig.clock()
    rig.clock.forward(days=91)
    assert opened(service, reference).status == 404
    rig.clock.at = before
    rig.set(customer=[{"id": "C-1", "phone": "+573009990000", "email": "new@example.com"}])
    assert opened(service, reference).status == 404
    rig.set(customer=[{"id": "C-1", "phone": "+573001234567", "email": "ana@example.com"}])


def test_no_more_pages_are_given_in_a_second_than_a_database_can_bear() -> None:
    at = [0.0]
    turnstile = Turnstile(lambda: at[0])
    assert [turnstile.passes() for _ in range(AT_ONCE)] == [True] * AT_ONCE
    assert not turnstile.passes()
    at[0] = 0.1
    assert [turnstile.passes() for _ in range(3)] == [True, True, False]


def test_somebody_who_was_forgotten_has_no_page(service: Service) -> None:
    rig = service.rig
    rig.set(
        customer=[ana(id="C-2", phone="+573005550000", email="bruno@example.com")],
        appointment=[visit(id="A-2", customer_id="C-2")],
    )
    rig.tick()
    rig.dispatch()
    reference = told(service, "C-2")
    assert opened(service, reference).status == 200
    now = rig.clock() + timedelta(minutes=1)
    with rig.database.begin() as connection:
        decide(connection, Forget("C-2"), Signature(by="marta", reason="asked for it", now=now))
    assert opened(service, reference).status == 404
