"""`receive_bounce`: a mail that came back is read, kept as a row, and becomes a receipt of the mail that it is about.

Row and receipt are one transaction: what is brought again after a death is new, or known as a whole.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
import structlog

from notifier.bounces.bounce import LOST, Bounce, BounceKind
from notifier.bounces.reading import MOST_READ, read_bounce
from notifier.bounces.verp import BounceAddress
from notifier.model.digests import uuid7
from notifier.model.receipts import Permanence, Receipt, ReceiptState
from notifier.model.types import ChannelName
from notifier.receipts.taking import say, take_within
from notifier.store import bounces as rows
from notifier.store.bounces import KeptBounce, Lead
from notifier.store.database import read_only

log = structlog.get_logger()

SILENCE = timedelta(days=5)
"""After a warning without a limit of its own: servers try for four or five days (RFC 5321, 4.5.4.1)."""
LONGEST_SILENCE = timedelta(days=7)
"""However long a server says that it will try."""
KEPT_BYTES = 65_536
"""Of one that leads nowhere: enough to see what it is."""
KEPT_FOR = timedelta(days=30)
"""How long these bytes are kept; the row stays."""
PROVIDER = "smtp"
"""The name of the adapter that sent the mails (`delivery.smtp_email`)."""

STATES = {
    BounceKind.HARD: (ReceiptState.UNDELIVERED, Permanence.ADDRESS),
    BounceKind.SOFT: (ReceiptState.UNDELIVERED, Permanence.PASSING),
    BounceKind.OURS: (ReceiptState.UNDELIVERED, Permanence.OURS),
    BounceKind.DELAYED: (ReceiptState.DELAYED, Permanence.PASSING),
    BounceKind.COMPLAINT: (ReceiptState.COMPLAINT, None),
    BounceKind.DELIVERED: (ReceiptState.DELIVERED, None),
}
"""What a bounce of each kind says of the mail, and of its address. The other kinds say nothing of it."""
_OUR_ID = re.compile(r"([0-9a-z]{1,16}-[0-9a-z]{1,16})@", re.IGNORECASE)
"""Our Message-IDs begin with the reference (`rendering.mime`)."""


class Way(StrEnum):
    """How a bounce came to us."""

    PIPE = "pipe"
    MAILBOX = "mailbox"
    HTTP = "http"


@dataclass(frozen=True, kw_only=True)
class ReceivedBounce:
    """What became of a mail that was brought."""

    id: str
    kind: BounceKind
    reference: str | None
    """The notice that it leads to."""
    counts: bool
    """It said something of the mail, and was believed."""
    repeated: bool = False
    """The same bytes came before; nothing was done."""


def receive_bounce(
    database: sa.Engine, content: bytes, address: BounceAddress, *, way: Way, now: datetime
) -> ReceivedBounce:
    """Keep what came back, and let it count. Raises StoreError where the database is away: bring it again then.

    Of `content` the first megabyte is read. What bears no token of ours names a notice at best, which anybody can do:
    it is kept and listed, and changes nothing. A complaint alone counts even so: providers blot out addresses, but
    leave the Message-ID.
    """
    content = content[:MOST_READ]
    digest = hashlib.sha256(content).hexdigest()
    bounce = read_bounce(content)
    proven, named = references_in(bounce, address)
    with database.begin() as connection:
        lead = rows.lead_to(connection, proven)
        is_proven = lead is not None
        lead = lead or rows.lead_to(connection, named)
        counts = lead is not None and bounce.kind in STATES and (is_proven or bounce.kind is BounceKind.COMPLAINT)
        received = ReceivedBounce(
            id=uuid7(now, digest),
            kind=bounce.kind,
            reference=lead.reference if lead else None,
            counts=counts,
            repeated=rows.is_kept(connection, digest),
        )
        if received.repeated:
            return received
        kept = KeptBounce(
            id=received.id,
            received_at=now,
            way=way,
            meaning=bounce.meaning,
            reporter=bounce.reporter,
            notice_id=lead.notice_id if lead else None,
            proven=is_proven,
            lost_at=_lost_at(bounce, now) if is_proven else None,
        )
        rows.keep(connection, kept, digest=digest, content=None if lead else content[:KEPT_BYTES])
        receipts = [_receipt(bounce, lead, received.id)] if lead is not None and counts else []
        taken = take_within(connection, receipts, now=now)
    say(taken.moved)
    _say(received)
    return received


def look_after(database: sa.Engine, *, now: datetime) -> None:
    """What time does to bounces: warnings become failures, and bytes are forgotten."""
    age_warnings(database, now=now)
    forget_contents(database, now=now)


def age_warnings(database: sa.Engine, *, now: datetime) -> int:
    """Mails of which a warning was the last word are lost; how many. Some servers say no more when they give up.

    It says nothing against their addresses: other servers are silent because the mail arrived after all.
    """
    with read_only(database) as connection:
        silent = rows.silent(connection, now=now)
    if silent:
        with database.begin() as connection:
            taken = take_within(connection, [_silence(lead) for lead in silent], now=now)
            rows.end_waits(connection, [lead.notice_id for lead in silent])
        say(taken.moved)
        log.info("bounce.silence", count=len(silent))
    return len(silent)


def forget_contents(database: sa.Engine, *, now: datetime) -> int:
    """Delete the bytes of old bounces that lead nowhere; how many."""
    before = now - KEPT_FOR
    with read_only(database) as connection:
        if not rows.any_contents(connection, before=before):
            return 0
    with database.begin() as connection:
        return rows.forget_contents(connection, before=before)


def references_in(bounce: Bounce, address: BounceAddress) -> tuple[Sequence[str], Sequence[str]]:
    """(references with our token, references without one), the most reliable first."""
    proven = [address.reference_in(each) for each in bounce.addresses]
    proven += [address.reference_named(each) for each in bounce.envelope_ids]
    named = [found[1].upper() for each in bounce.message_ids if (found := _OUR_ID.match(each))]
    return [each for each in proven if each is not None], named


def _receipt(bounce: Bounce, lead: Lead, bounce_id: str) -> Receipt:
    state, permanence = STATES[bounce.kind]
    code = bounce.meaning.code
    return Receipt(
        provider=PROVIDER,
        channel=ChannelName.EMAIL,
        reference=lead.reference,
        status="failed" if bounce.kind in LOST else bounce.kind.value,
        state=state,
        code=code.rpartition(" ")[2] if code else None,
        meaning=bounce.meaning.reason,
        permanence=permanence,
        raw={"bounce": bounce_id},
    )


def _silence(lead: Lead) -> Receipt:
    return Receipt(
        provider=PROVIDER,
        channel=ChannelName.EMAIL,
        reference=lead.reference,
        status="silence after a warning",
        state=ReceiptState.UNDELIVERED,
        meaning="a mail server warned that the mail is late, and nothing followed",
        permanence=Permanence.MESSAGE,
    )


def _lost_at(bounce: Bounce, now: datetime) -> datetime | None:
    if bounce.kind is not BounceKind.DELAYED:
        return None
    limit = now + SILENCE if bounce.tries_until is None else bounce.tries_until + timedelta(hours=1)
    return min(max(limit, now + timedelta(hours=1)), now + LONGEST_SILENCE)


def _say(received: ReceivedBounce) -> None:
    what = {"bounce": received.id, "kind": received.kind.value, "notice": received.reference}
    if received.reference is None:
        log.warning("bounce.leads_nowhere", **what)
    else:
        log.info("bounce.received", counts=received.counts, **what)
