"""The reader reads one snapshot, in its own mode, with the same results on both databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from notifier.model.contradictions import Contradiction, ContradictionState, Member
from notifier.model.notices import NoticeKind, NoticeState, Reason, ReasonCode
from notifier.model.reading import CustomerRow, StateReader
from notifier.model.types import ChannelName, NoticeClass, TopicType
from notifier.store.contradictions import save
from notifier.store.database import read_only
from notifier.store.outbox import completion
from notifier.store.outbox.commit import commit
from notifier.store.reader import Reader
from notifier.store.reader.snapshot import MAYBE_EMPTY, OVERLAP
from notifier.store.state.changes import write_rows
from tests.support.drafts import NOW, again, batch, claims, draft, sms, verdict
from tests.support.leases import lease_due

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def reader(engine: sa.Engine) -> Iterator[Reader]:
    """Opened when the test requests it, so that the snapshot has what the test wrote before."""
    with read_only(engine) as connection:
        yield Reader(connection, live=False)


def write(engine: sa.Engine, *drafts: Any, now: datetime = NOW, live: bool = False, **changes: Any) -> None:
    with engine.begin() as connection:
        commit(connection, batch(*drafts, **changes), now=now, live=live)


def reading(engine: sa.Engine, live: bool = False) -> Any:
    """A new reader for each query."""

    class Fresh:
        def __getattr__(self, name: str) -> Any:
            def ask(*arguments: Any, **options: Any) -> Any:
                with read_only(engine) as connection:
                    return getattr(Reader(connection, live=live), name)(*arguments, **options)

            return ask

    return Fresh()


def tell(engine: sa.Engine, at: datetime = NOW) -> None:
    """Hand over everything that is queued."""
    with engine.begin() as connection:
        for number, message in enumerate(lease_due(connection, now=at, live=False, limit=100)):
            completion.record_accepted(connection, message, provider="test", provider_id=f"{at}-{number}", now=at)


def contradiction(promise: str = "P-1", **changes: Any) -> Contradiction:
    values: dict[str, Any] = {
        "id": f"X-{promise}",
        "check": "price",
        "promise_id": promise,
        "subject_type": "contract",
        "subject_id": "K-1",
        "customer_id": "C-1",
        "topic": "monthly_price",
        "topic_type": TopicType.MONEY,
        "promised": "79900",
        "actual": "111860",
        "currency": "COP",
        "promised_by": "sales",
        "promised_at": NOW,
        "evidence": None,
        "surfaces_at": LATER,
        "owner": "billing",
        "severity": "high",
        "state": ContradictionState.OPEN,
        "opened_at": NOW,
        "changed_at": NOW,
        "members": (Member(fact_type="charge", fact_id="CH-1", actual="111860", surfaces_at=LATER),),
    }
    return Contradiction(**(values | changes))


def test_it_is_the_reader_that_drafting_asks_for(reader: Reader) -> None:
    def drafting(_: StateReader) -> bool:
        return True

    assert drafting(reader)


def test_a_known_notice_comes_back_whole(engine: sa.Engine) -> None:
    first = draft(each_id="E-1")
    write(engine, first)
    tell(engine, LATER)
    (known,) = reading(engine).notices("reminder", ["A-1", "A-2"])
    assert (known.occurrence, known.reference, known.kind) == (first.occurrence, first.reference, NoticeKind.NOTICE)
    assert (known.subject_id, known.each_id, known.recipient_id) == ("A-1", "E-1", "C-1")
    assert (known.state, known.spent, known.told_at, known.version) == (NoticeState.TOLD, True, LATER, 1)
    assert known.claims == claims()
    assert known.claims["starts_at"].source == "appointment.starts_at"
    assert (known.claims_digest, known.content_digest) == (first.claims_digest, first.content_digest)
    assert set(known.told_channels) == {ChannelName.SMS, ChannelName.EMAIL}
    assert (known.anchor, known.until, known.passed_limits) == (first.anchor, first.until, True)


def test_only_channels_that_were_handed_over_count_as_told(engine: sa.Engine) -> None:
    write(engine, draft())
    with engine.begin() as connection:
        text, email = sorted(
            lease_due(connection, now=NOW, live=False, limit=9), key=lambda message: message.channel == "email"
        )
        completion.record_accepted(connection, text, provider="test", provider_id="1", now=NOW)
        completion.record_failed(connection, email, reason="no", decision="OtherChannel", now=NOW)
    (known,) = reading(engine).notices("reminder", ["A-1"])
    assert known.told_channels == (ChannelName.SMS,)


def test_notices_of_the_other_world_of_other_rules_and_alerts_are_not_seen(engine: sa.Engine) -> None:
    write(engine, draft("A-1", occurrence="live|1"), live=True)
    write(
        engine,
        draft("A-1", occurrence="other|1", rule="other"),
        draft("A-1", occurrence="alert|1", kind=NoticeKind.ALERT),
    )
    write(engine, draft("A-1"))
    assert [known.occurrence for known in reading(engine).notices("reminder", ["A-1"])] == [draft("A-1").occurrence]
    assert [known.occurrence for known in reading(engine, live=True).notices("reminder", ["A-1"])] == ["live|1"]
    assert reading(engine, live=True).subjects_unsent("reminder") == {"A-1"}
    assert reading(engine, live=True).subjects_apart("reminder") == set()


def test_more_subjects_than_fit_one_query_are_found(engine: sa.Engine) -> None:
    many = [draft(f"A-{number}", NoticeState.HELD) for number in range(1200)]
    write(engine, *many)
    found = reading(engine).notices("reminder", [f"A-{number}" for number in range(2000)])
    assert len(found) == 1200
    assert len(reading(engine).occurrences_of([each.reference for each in many])) == 1200


def test_subjects_are_due_when_a_deferral_or_the_time_ends_or_someone_was_told(engine: sa.Engine) -> None:
    late = NOW - timedelta(days=1)
    write(
        engine,
        draft("deferred", verdict=verdict(NoticeState.DEFERRED, send_at=LATER)),
        draft("later", verdict=verdict(NoticeState.DEFERRED, send_at=LATER + timedelta(seconds=1))),
        draft("over", NoticeState.HELD, until=LATER),
        draft("not over", NoticeState.HELD, until=LATER + timedelta(seconds=1)),
        draft("just suppressed", NoticeState.SUPPRESSED, until=LATER),
        draft("long suppressed", NoticeState.SUPPRESSED, until=late),
        draft("no end", NoticeState.HELD, until=None),
        draft("told", messages=(sms(),), until=None),
    )
    tell(engine)
    due = reading(engine).subjects_due
    assert due("reminder", LATER, NOW) == {"deferred", "over", "just suppressed", "told"}
    assert due("other", LATER, NOW) == set()
    # A transaction that read the clock before the last tick may have committed after it.
    assert "told" in due("reminder", LATER, NOW + OVERLAP)
    assert "told" not in due("reminder", LATER, NOW + OVERLAP + timedelta(seconds=1))


def test_subjects_by_what_planning_may_still_do(engine: sa.Engine) -> None:
    write(
        engine,
        draft("told", messages=(sms(),)),
        draft("expired", NoticeState.EXPIRED),
        draft("cancelled", NoticeState.CANCELLED),
    )
    tell(engine)
    write(engine, draft("held", NoticeState.HELD), draft("ready", messages=(sms(),)))
    ask = reading(engine)
    assert ask.subjects_with_notices("reminder") == {"told", "held", "ready"}
    assert ask.subjects_unsent("reminder") == {"held", "ready"}
    assert ask.subjects_told("reminder", NOW, NOW) == {"told"}
    assert ask.subjects_told("reminder", NOW + timedelta(seconds=1), LATER) == set()


def test_recipients_are_counted_who_passed_the_limits_or_wait_for_approval(engine: sa.Engine) -> None:
    limit = verdict(NoticeState.HELD, reason=Reason(code=ReasonCode.LIMIT, text="too many"), contradictions=())
    write(
        engine,
        draft("A-1", recipient=None, recipient_id="passed"),
        draft("A-2", recipient=None, recipient_id="waits", verdict=limit, messages=()),
        draft("A-3", NoticeState.HELD, recipient=None, recipient_id="held"),
    )
    ask = reading(engine)
    assert ask.recipients_counted("reminder", NOW - timedelta(seconds=1)) == {"passed", "waits"}
    assert ask.recipients_counted("reminder", NOW) == {"waits"}
    assert ask.recipients_known("reminder", ["A-1", "A-3", "A-404"]) == {"passed", "held"}
    assert ask.recipients_known("another", ["A-1"]) == set()


def test_alerts_and_references_are_known_by_their_names(engine: sa.Engine) -> None:
    alert = draft("A-1", occurrence="alert|1", kind=NoticeKind.ALERT)
    write(engine, alert, draft("A-2"))
    ask = reading(engine)
    assert ask.alerts_known(["alert|1", "alert|2", draft("A-2").occurrence]) == {"alert|1"}
    assert ask.occurrences_of([alert.reference, "00000-00000"]) == {alert.reference: "alert|1"}


def test_customers_and_what_they_allowed(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        write_rows(connection, "customer", [{"id": "C-1", "name": "Ana", "phone": "+573001234567"}], NOW)
        write_rows(connection, "customer", [{"id": "C-2", "name": "Luis", "preferred_channel": "email"}], NOW)
        consent = {"id": "C-1/sms/marketing", "customer_id": "C-1", "channel": "sms", "class": "marketing"}
        write_rows(connection, "consent", [consent | {"allowed": False, "at": NOW}], NOW)
    ask = reading(engine)
    assert ask.customer_count() == 2
    assert ask.customers(["C-1", "C-404"]) == {
        "C-1": CustomerRow(
            id="C-1",
            name="Ana",
            locale=None,
            timezone=None,
            country=None,
            phone="+573001234567",
            email=None,
            preferred_channel=None,
        )
    }
    assert ask.consents(["C-1", "C-2"]) == {("C-1", ChannelName.SMS, NoticeClass.MARKETING): False}
    assert ask.customers([]) == {}
    assert ask.changed_entities()


def test_contradictions_with_their_members_by_what_is_asked(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        settled = contradiction("P-2", state=ContradictionState.SETTLED, members=())
        save(connection, [contradiction(), settled, contradiction("P-3", check="other", surfaces_at=None)])
        charge = {"id": "CH-1", "customer_id": "C-1", "kind": "recurring", "amount": Decimal(1), "currency": "COP"}
        write_rows(connection, "charge", [charge | {"proration": False, "billed": False}], NOW)
    ask = reading(engine)
    assert [one.promise_id for one in ask.contradictions("price", ["P-1", "P-9"])] == ["P-1"]
    assert ask.contradictions("price", ["P-1"]) == [contradiction()]
    assert {one.promise_id for one in ask.contradictions("price")} == {"P-1", "P-2"}
    assert {one.promise_id for one in ask.holding_contradictions()} == {"P-1", "P-3"}
    assert ask.contradictions_due("price", LATER) == {"P-1"}
    assert ask.contradictions_due("price", LATER - timedelta(seconds=1)) == set()
    assert set(ask.contradictions_changed(NOW)) == {(each, "contract", "K-1") for each in ("price", "other")}
    assert not ask.contradictions_changed(NOW + OVERLAP + timedelta(seconds=1))


def test_a_part_that_fails_leaves_the_rest_readable(engine: sa.Engine) -> None:
    write(engine, draft("A-1", NoticeState.HELD))
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        with pytest.raises(sa.exc.DBAPIError), reader.attempt():
            list(reader.rows(sa.select(sa.literal_column("no_such_column")).select_from(sa.text("notice")), {}))
        assert reader.subjects_unsent("reminder") == {"A-1"}


def test_rows_are_streamed_and_a_second_question_may_come_in_between(engine: sa.Engine) -> None:
    write(engine, *(draft(f"A-{number:04}", NoticeState.HELD) for number in range(1500)))
    table = sa.table("notice", sa.column("subject_id"))
    statement = sa.select(table.c.subject_id).where(table.c.subject_id > sa.bindparam("after")).order_by(sa.text("1"))
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        seen = []
        for row in reader.rows(statement, {"after": "A-0009"}):
            seen.append(row.subject_id)
            if len(seen) == 700:
                assert reader.subjects_unsent("reminder") >= set(seen)
    assert seen == [f"A-{number:04}" for number in range(10, 1500)]


def test_everything_read_is_one_snapshot(engine: sa.Engine) -> None:
    write(engine, draft("A-1", NoticeState.HELD))
    with read_only(engine) as connection:
        reader = Reader(connection, live=False)
        (before,) = reader.notices("reminder", ["A-1"])
        write(engine, again(draft("A-1"), NoticeState.SUPPRESSED), draft("A-2", NoticeState.HELD))
        assert reader.notices("reminder", ["A-1", "A-2"]) == [before]
    assert len(reading(engine).notices("reminder", ["A-1", "A-2"])) == 2


def test_what_was_said_again_is_read_where_it_is_asked_for(engine: sa.Engine) -> None:
    write(engine, draft("A-1", NoticeState.HELD), draft("A-2", NoticeState.HELD))
    ask = reading(engine)
    (early,) = ask.notices("reminder", ["A-1"])
    write(engine, said_again=(early.id,))
    subjects, rows = ["A-1", "A-2"], {"A-1": {""}, "A-2": {""}}
    assert early in ask.notices("reminder", subjects)
    assert [notice.subject_id for notice in ask.notices("reminder", subjects, early=False)] == ["A-2"]
    assert ask.notices_of_rows("reminder", rows, early=False) == ask.notices_of_rows("reminder", rows)[1:]


def test_a_table_that_many_databases_never_fill_is_known_to_be_empty_until_it_has_a_row(engine: sa.Engine) -> None:
    def filled() -> set[str]:
        with read_only(engine) as connection:
            reader = Reader(connection, live=False)
            return {table.name for table in MAYBE_EMPTY if reader.has_any(table)}

    assert filled() == set()
    with engine.begin() as connection:
        write_rows(connection, "customer", [{"id": "C-1", "name": "Ana", "locale": "es-CO"}], NOW)
        allowed = {
            "id": "N-1",
            "customer_id": "C-1",
            "channel": ChannelName.SMS,
            "class": "service",
            "allowed": True,
            "at": NOW,
        }
        write_rows(connection, "consent", [allowed], NOW)
    write(engine, backlog_added=((("A-1", "", "C-1"), ReasonCode.BACKLOG),))
    assert filled() == {"backlog", "change", "consent"}


def test_a_case_is_who_it_is_what_was_said_last_and_what_was_told_in_this_mode(engine: sa.Engine) -> None:
    call = {"customer_id": "C-1", "channel": "phone", "direction": "inbound", "outcome": "open"}
    with engine.begin() as connection:
        write_rows(connection, "customer", [{"id": "C-1", "name": "Ana", "phone": "+573001234567"}], NOW)
        said = {"id": "T-1", "at": NOW, "subject": "order:O-1", "attributes": {"text": "no llegó"}}
        write_rows(connection, "contact", [call | said], NOW)
        scored = {"id": "F-1", "customer_id": "C-1", "source": "survey", "at": LATER, "score": 1, "text": "mal"}
        write_rows(connection, "feedback", [scored], NOW)
    write(engine, draft())
    tell(engine)
    case = reading(engine).case_of("C-1")
    assert (case.name, case.phone, case.email) == ("Ana", "+573001234567", None)
    assert [(word.text, word.score, word.outcome) for word in case.words] == [
        ("mal", 1, None),
        ("no llegó", None, "open"),
    ]
    assert [notice.told_at for notice in case.told] == [NOW]
    assert reading(engine, live=True).case_of("C-1").told == ()
    assert reading(engine).case_of("C-9") is None
