"""A mail that came back is kept and counts: once, only where it is proven, and also where a death came between."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from notifier.bounces.bounce import BounceKind
from notifier.bounces.verp import BounceAddress
from notifier.model.receipts import Permanence, ReceiptState
from notifier.receipts import bounces as receiving
from notifier.receipts.bounces import KEPT_BYTES, SILENCE, ReceivedBounce, Way, age_warnings, receive_bounce
from notifier.store.bounces import (
    KeptBounce,
    Lead,
    bounces,
    content_of,
    counts,
    note_read,
    read_up_to,
)
from notifier.store.database import open_engine, read_only
from notifier.store.our_faults import our_faults
from notifier.store.tables import BOUNCE, MESSAGE
from tests.bounces.conftest import send_mail
from tests.bounces.mails import ADDRESS, names, real
from tests.bounces.test_reading import failed, letter, report
from tests.bounces.test_real_bounces import SAYS
from tests.support.drafts import NOW

LATER = NOW + timedelta(minutes=5)


def receive(engine: sa.Engine, content: bytes, **changes: object) -> ReceivedBounce:
    values: dict[str, object] = {"address": ADDRESS, "way": Way.PIPE, "now": LATER} | changes
    return receive_bounce(engine, content, **values)  # type: ignore[arg-type] # whatever the test changes


def kept(engine: sa.Engine) -> list[KeptBounce]:
    with read_only(engine) as connection:
        return list(bounces(connection))


def state(engine: sa.Engine, reference: str) -> str:
    """Of the mail of this notice."""
    statement = sa.select(MESSAGE.c.state).where(MESSAGE.c.provider_id == f"{reference.lower()}@example.com")
    with read_only(engine) as connection:
        return str(connection.execute(statement).scalar_one())


def test_each_real_bounce_leads_to_its_own_notice_and_does_what_it_says(migrated_url: str) -> None:
    engine = open_engine(migrated_url)
    for number, name in enumerate(names()):
        reference = send_mail(engine, f"A-{number}")
        received = receive(engine, real(name, reference=reference))
        kind, code = SAYS[name]
        assert (received.reference, received.kind) == (reference, kind), name
        lost = kind in (BounceKind.HARD, BounceKind.SOFT, BounceKind.OURS)
        assert state(engine, reference) == ("undelivered" if lost else "accepted"), name
        [row] = [each for each in kept(engine) if each.reference == reference]
        assert (row.meaning.kind, row.meaning.code, row.proven, row.has_content) == (kind, code, True, False)
        assert (row.lost_at is not None) == (kind is BounceKind.DELAYED)
    with read_only(engine) as connection:
        found = counts(connection, since=NOW)
        assert (sum(found.values()), found[None]) == (len(SAYS), 0)
        faults = [our_faults(connection, live=True, since=NOW, owner=owner) for owner in (None, "operations")]
        assert [(each.owner, each.count) for both in faults for each in both] == [
            ("field-operations", 2),
            ("operations", 2),
        ]
    warned = sum(kind is BounceKind.DELAYED for kind, _ in SAYS.values())
    assert age_warnings(engine, now=LATER + SILENCE + timedelta(days=2)) == warned
    receive(engine, b"Hola")
    assert receiving.forget_contents(engine, now=LATER + timedelta(days=31)) == 1
    for uid in (1, 2):
        with engine.begin() as connection:
            note_read(connection, "bounces@imap/INBOX", validity=2**32 - 1, last_uid=uid, now=NOW)
    with read_only(engine) as connection:
        assert read_up_to(connection, "bounces@imap/INBOX") == (2**32 - 1, 2)
    engine.dispose()


def test_what_is_brought_twice_is_kept_once(engine: sa.Engine) -> None:
    reference = send_mail(engine)
    content = real("postfix-550-unknown", reference=reference)
    first, second = receive(engine, content), receive(engine, content, way=Way.MAILBOX)
    assert (first.repeated, second.repeated, len(kept(engine))) == (False, True, 1)


def test_a_failure_midway_leaves_nothing_and_the_next_try_does_all(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = send_mail(engine)
    content = real("postfix-550-unknown", reference=reference)
    with monkeypatch.context() as patch:
        patch.setattr(receiving, "take_within", lambda *_arguments, **_options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            receive(engine, content)
    assert (kept(engine), state(engine, reference)) == ([], "accepted")
    assert receive(engine, content).counts
    assert (state(engine, reference), len(kept(engine))) == ("undelivered", 1)


@pytest.mark.parametrize(
    "address",
    [
        BounceAddress(address=ADDRESS.address, key="the key of somebody else"),
        BounceAddress(address="bounce@elsewhere.example.com", key=ADDRESS.key),
    ],
)
def test_who_knows_a_reference_alone_can_bounce_nobodys_mail(engine: sa.Engine, address: BounceAddress) -> None:
    """The reference is read out and printed; our Message-ID is made of it."""
    reference = send_mail(engine)
    forged = real("exim-550-unknown", reference=reference, address=address)
    received = receive(engine, forged)
    assert (received.reference, received.counts) == (reference, False)
    assert state(engine, reference) == "accepted"
    [row] = kept(engine)
    assert (row.reference, row.proven) == (reference, False)


def test_a_complaint_counts_by_its_message_id(engine: sa.Engine) -> None:
    """Providers blot out addresses, also our envelope sender."""
    reference = send_mail(engine)
    content = report("Feedback-Type: abuse", kind="feedback-report").replace(
        ADDRESS.sender("7K3QM-X9T2A").encode(), b"x@y"
    )
    received = receive(engine, content.replace(b"7k3qm-x9t2a", reference.lower().encode()))
    assert (received.reference, received.kind, received.counts) == (reference, BounceKind.COMPLAINT, True)


@pytest.mark.parametrize("content", [real("postfix-550-unknown"), letter("Hola"), b"", b"\0" * 100_000])
def test_what_leads_nowhere_is_kept_for_a_person_and_forgotten_after_a_month(engine: sa.Engine, content: bytes) -> None:
    received = receive(engine, content)
    assert (received.reference, received.counts) == (None, False)
    with read_only(engine) as connection:
        assert content_of(connection, received.id) == content[:KEPT_BYTES]
        assert counts(connection, since=NOW)[None] == 1
    assert receiving.forget_contents(engine, now=LATER + timedelta(days=29)) == 0
    assert receiving.forget_contents(engine, now=LATER + timedelta(days=31)) == 1
    assert [each.has_content for each in kept(engine)] == [False]


def test_a_warning_that_nothing_follows_ages_into_a_failure(engine: sa.Engine) -> None:
    reference = send_mail(engine)
    receive(engine, real("nullmailer-451-given-up", reference=reference))
    assert age_warnings(engine, now=LATER + SILENCE - timedelta(minutes=1)) == 0
    assert state(engine, reference) == "accepted"
    assert age_warnings(engine, now=LATER + SILENCE) == 1
    assert state(engine, reference) == "undelivered"
    assert age_warnings(engine, now=LATER + SILENCE) == 0


def test_a_warning_that_says_how_long_is_waited_for_so_long(engine: sa.Engine) -> None:
    reference = send_mail(engine)
    until = LATER + timedelta(days=2)
    date = f"{until:%d %b %Y %H:%M:%S} +0000"
    fields = f"Final-Recipient: rfc822; a@x\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: {date}"
    receive(engine, report(fields).replace(ADDRESS.sender("7K3QM-X9T2A").encode(), ADDRESS.sender(reference).encode()))
    assert age_warnings(engine, now=until) == 0
    assert age_warnings(engine, now=until + timedelta(hours=1)) == 1


def test_a_warning_is_over_once_the_last_word_is_known(engine: sa.Engine) -> None:
    reference = send_mail(engine)
    receive(engine, real("postfix-451-delay", reference=reference))
    receive(engine, real("postfix-451-given-up", reference=reference))
    assert [each.lost_at for each in kept(engine)] == [None, None]
    assert age_warnings(engine, now=LATER + timedelta(days=30)) == 0


def test_three_lost_warnings_condemn_no_address() -> None:
    """Silence says nothing of an address: most servers are silent because the mail arrived after all."""
    silence = receiving._silence(Lead(notice_id="0195", reference="7K3QM-X9T2A"))
    assert (silence.state, silence.permanence) == (ReceiptState.UNDELIVERED, Permanence.MESSAGE)


def test_nothing_of_a_mail_gets_into_the_row(engine: sa.Engine) -> None:
    reference = send_mail(engine)
    reporter = "ana@example.org"
    content = report(
        failed("Status: 5.1.1", "Diagnostic-Code: smtp; 550 <ana@example.org> Calle 12", reporter=reporter)
    )
    receive(engine, content.replace(ADDRESS.sender("7K3QM-X9T2A").encode(), ADDRESS.sender(reference).encode()))
    with read_only(engine) as connection:
        [row] = connection.execute(sa.select(BOUNCE)).all()
    assert not [value for value in row if "ana" in str(value) or "Calle" in str(value)]


def test_a_database_that_is_away_raises(tmp_path: Path) -> None:
    from notifier.model.reading import StoreError

    engine = open_engine(f"sqlite:///{tmp_path / 'nowhere' / 'notifier.db'}")
    with pytest.raises(StoreError):
        receive(engine, letter("Hola"))
