"""`receive_mail`: what a mail server, a mailbox or a service brings is sorted: bounces, and what people wrote.

A mail of a person that answers a notice of ours, or comes from a customer, is a reply like a text message is
(`hearing`): kept, read, passed on, answered. Everything else goes the way of bounces (`receipts.bounces`), where it is
kept for a person to look at, and changes nothing that it must not. A machine that writes in a person's place is never
answered and is nobody's word.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

import sqlalchemy as sa
import structlog

from notifier.bounces.automatic import subject_of
from notifier.bounces.bounce import Bounce, BounceKind
from notifier.bounces.reading import MOST_READ, read_bounce
from notifier.bounces.verp import BounceAddress
from notifier.consent.hearing import Reply, hear
from notifier.consent.quoting import own_words, to_be_read
from notifier.consent.reading import read_reply
from notifier.model.digests import heard_reference, uuid7
from notifier.model.formats import is_sendable
from notifier.model.replies import Meaning
from notifier.model.texts import without_foreign
from notifier.model.types import ChannelName, NoticeClass
from notifier.receipts.bounces import ReceivedBounce, Way, receive_bounce, references_in
from notifier.rules.checked import Project
from notifier.store.contacts import RepliedTo, customers_at, told_as
from notifier.store.replies import is_heard
from notifier.store.reply_answers import ReplyAnswer, queue_answer
from notifier.store.unsubscribing import stop, subscribed

log = structlog.get_logger()

OPT_OUT = "STOP"
"""What every mail to the address for unsubscribing says."""
SUBJECT_KEPT = 150
"""Letters of a subject that an answer repeats."""
_MESSAGE_ID = re.compile(r"<([!-;=?-~]{1,250})>")
_ANSWERING = re.compile(r"\s*(?:re|aw|rv|fw|fwd|res|sv|tr|wg)\s*:", re.IGNORECASE)
"""How the subject of an answer begins: then it is ours, and says nothing of the one who writes."""


@dataclass(frozen=True, kw_only=True)
class MailDesk:
    """Where mail comes in: what of an installation decides how it is taken."""

    bounces: BounceAddress
    live: bool
    company: str
    project: Callable[[], Project | None] = lambda: None
    """The rules in force."""
    ours: frozenset[str] = field(default_factory=frozenset)
    """Our own addresses: from them nothing is heard, or two machines would answer each other."""
    unsubscribing: str | None = None
    """Where mail programs write to unsubscribe (`List-Unsubscribe: <mailto:…>`); None where nobody is told to."""

    def is_ours(self, address: str) -> bool:
        """Whether we write with this address."""
        return address.casefold() in {each.casefold() for each in (*self.ours, self.bounces.address)}


def receive_mail(database: sa.Engine, content: bytes, desk: MailDesk, *, way: Way, now: datetime) -> ReceivedBounce:
    """Keep what came, and let it count. Raises StoreError where the database is away: bring it again then.

    Of `content` the first megabyte is read. The same mail, brought twice, counts once.
    """
    content = content[:MOST_READ]
    bounce = read_bounce(content)
    written = bounce.kind in (BounceKind.REPLY, BounceKind.AUTO_REPLY)
    heard = _hear(database, content, bounce, desk, now) if written else None
    return heard or receive_bounce(database, content, desk.bounces, way=way, now=now)


def _hear(database: sa.Engine, content: bytes, bounce: Bounce, desk: MailDesk, now: datetime) -> ReceivedBounce | None:
    """Hear it as a reply; None where it is none: nobody wrote it whom we know, and it answers nothing of ours."""
    mail = message_from_bytes(content)
    sender = author_of(mail)
    if sender is None:
        return None
    if desk.is_ours(sender):
        log.warning("reply.from_ourselves")
        return None
    is_automatic = bounce.kind is BounceKind.AUTO_REPLY
    unsubscribes = desk.unsubscribing is not None and desk.unsubscribing.casefold() in recipients_of(mail)
    if is_automatic and not unsubscribes:
        return None  # to unsubscribe, a mail program writes by itself, and may say so
    text = own_words(mail) or (OPT_OUT if unsubscribes else _own_subject(mail))
    read_as = OPT_OUT if unsubscribes else to_be_read(text)
    proven, named = references_in(bounce, desk.bounces)
    if unsubscribes:
        named = (heard_reference(subject_of(mail)[:40]), *named)
    project = desk.project()  # before the transaction: it may be read anew
    with database.begin() as connection:
        if unsubscribes and (stopped := _unsubscribe(connection, named, sender, desk, now)) is not None:
            return stopped
        if is_automatic:
            return None
        notice = told_as(connection, (*proven, *named), ChannelName.EMAIL, live=desk.live)
        reply = _reply(mail, sender, text, read_as, notice)
        is_theirs = notice is not None and notice.address == reply.address
        is_customers = is_theirs or bool(customers_at(connection, ChannelName.EMAIL, reply.address))
        if notice is None and not is_customers and read_reply(read_as).meaning is not Meaning.STOP:
            return None
        repeated = is_heard(connection, reply.name)
        answer = hear(connection, reply, now, project=project, live=desk.live, company=desk.company)
        if answer is not None and is_customers and is_sendable(reply.address):  # else anybody could make us write
            queue_answer(connection, _answer(reply, mail, answer, notice), live=desk.live, now=now)
    return ReceivedBounce(
        id=uuid7(now, reply.provider_id),
        kind=BounceKind.REPLY,
        reference=None if notice is None else notice.reference,
        counts=not repeated,
        repeated=repeated,
    )


def recipients_of(mail: Message) -> frozenset[str]:
    """To whom the mail was sent, as its head says, folded."""
    fields = (
        value
        for name in ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
        for value in mail.get_all(name, ())
    )
    return frozenset(address.casefold() for _, address in getaddresses([str(each) for each in fields]))


def author_of(mail: Message) -> str | None:
    """The one address that the mail says it is from, with its domain in small letters; None where it is not one."""
    found = [address for _, address in getaddresses([str(each) for each in mail.get_all("From", ())])]
    local, at, domain = found[0].rpartition("@") if len(found) == 1 else ("", "", "")
    return f"{local}@{domain.lower()}" if at and local and domain else None


def _reply(mail: Message, sender: str, text: str, read_as: str, notice: RepliedTo | None) -> Reply:
    if notice is not None and notice.address.casefold() == sender.casefold():
        sender = notice.address  # as it is written everywhere else: case means nothing to any server that matters
    said = "\0".join((str(mail.get("Message-ID", "")), sender, text or str(mail.get("Date", ""))))
    return Reply(
        channel=ChannelName.EMAIL,
        address=sender,
        text=text,
        # Of all three: who repeats the Message-ID of somebody's mail cannot keep that mail from being heard.
        provider_id=hashlib.sha256(said.encode(errors="replace")).hexdigest()[:32],
        names=notice,
        read_as=read_as,
    )


def _unsubscribe(
    connection: sa.Connection, references: Sequence[str], sender: str, desk: MailDesk, now: datetime
) -> ReceivedBounce | None:
    """What the link in a mail does: no more of its class. None where the notice is not one of the writer's."""
    for reference in references:
        known = subscribed(connection, reference)
        if known is None or known.address.casefold() != sender.casefold() or known.live is not desk.live:
            continue
        new = known.notice_class is not NoticeClass.SAFETY and stop(connection, known, now=now)
        log.info("unsubscribe.done", notice=known.notice_id, notice_class=known.notice_class, new=new)
        return ReceivedBounce(
            id=uuid7(now, reference), kind=BounceKind.REPLY, reference=known.reference, counts=new, repeated=not new
        )
    return None


def _own_subject(mail: Message) -> str:
    """The subject of a mail that says nothing else: some write `BAJA` there alone."""
    subject = without_foreign(subject_of(mail))
    return "" if _ANSWERING.match(subject) else subject[:SUBJECT_KEPT]


def _answer(reply: Reply, mail: Message, text: str, notice: RepliedTo | None) -> ReplyAnswer:
    subject = without_foreign(subject_of(mail)).replace("\n", " ").replace("\t", " ")[:SUBJECT_KEPT].strip()
    answered = _MESSAGE_ID.search(str(mail.get("Message-ID", "")))
    return ReplyAnswer(
        reply_id=reply.name,
        reference="mail" if notice is None else notice.reference,
        address=reply.address,
        subject=subject if _ANSWERING.match(subject) else f"Re: {subject}".strip(),
        text=text,
        in_reply_to=None if answered is None else answered[1],
    )
