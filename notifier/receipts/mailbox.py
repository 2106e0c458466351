"""A mailbox in which bounces and replies lie, read over IMAP: what is new in it is taken as if a mail server piped it.

Nothing in the mailbox is changed, so other programs and people may read it, too. How far it was read is a row of ours.
A mail counts as read when its row is committed; after a death the rest is read, and what was kept is known by
its bytes.
"""

import contextlib
import imaplib
import re
import ssl
from collections import Counter
from collections.abc import Callable, Iterator

import sqlalchemy as sa
import structlog

from notifier.bounces.reading import MOST_READ
from notifier.delivery.accounts import ImapMailbox, SmtpSecurity
from notifier.model.clock import Clock
from notifier.receipts.bounces import ReceivedBounce
from notifier.store import bounces as rows
from notifier.store.database import read_only

log = structlog.get_logger()

AT_ONCE = 50
"""Mails that are read in one session; the rest is read in the next, at once. A daemon that is to end waits for one."""
_NUMBER = re.compile(rb"\d+")


class MailboxError(Exception):
    """The mailbox cannot be read; the message says why, and repeats neither its user nor what the server said."""


class ReadReport(Counter[str]):
    """How many mails of each kind were new; `more` says whether some are left."""

    more: bool = False


Take = Callable[[bytes], ReceivedBounce]
"""What is done with a mail: it is kept when that returns."""


def read_mailbox(database: sa.Engine, mailbox: ImapMailbox, take: Take, clock: Clock) -> ReadReport:
    """Take what is new. Raises MailboxError, and StoreError where the database is away: both lose nothing."""
    report = ReadReport()
    with _explained(), _opened(mailbox) as (session, validity):
        with read_only(database) as connection:
            known, last = rows.read_up_to(connection, mailbox.name)
        new = _newer(session, last if known == validity else 0)
        for uid in new[:AT_ONCE]:
            content = _content(session, uid)
            if content is not None:  # else another program has deleted it meanwhile
                received = take(content)
                report["repeated" if received.repeated else received.kind.value] += 1
            with database.begin() as connection:
                rows.note_read(connection, mailbox.name, validity=validity, last_uid=uid, now=clock())
        if not new:  # that it was read is said also where nothing was in it: whoever watches waits for that
            last = last if known == validity else 0
            with database.begin() as connection:
                rows.note_read(connection, mailbox.name, validity=validity, last_uid=last, now=clock())
        report.more = len(new) > AT_ONCE
    return report


def try_mailbox(mailbox: ImapMailbox) -> None:
    """Log in and open the folder. Raises MailboxError where that cannot be done."""
    with _explained(), _opened(mailbox):
        pass


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turns what goes wrong on the wire into a MailboxError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(f"the certificate of the mailbox's server is not trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise MailboxError(f"encryption with the mailbox's server failed ({error.reason}); check its port") from error
    except OSError as error:
        raise MailboxError(f"the mailbox's server cannot be reached ({type(error).__name__})") from error
    except imaplib.IMAP4.error as error:
        raise MailboxError("the mailbox's server gave an answer outside of the protocol") from error


@contextlib.contextmanager
def _opened(mailbox: ImapMailbox) -> Iterator[tuple[imaplib.IMAP4, int]]:
    """A session that only reads, and the UIDVALIDITY of the folder."""
    session = _connected(mailbox)
    try:
        try:
            session.login(mailbox.username, mailbox.password)
        except imaplib.IMAP4.error:
            # Not chained: the server's words may repeat the user.
            raise MailboxError("the mailbox's server refused the login") from None
        quoted = mailbox.folder.replace("\\", "\\\\").replace('"', '\\"')
        status, _ = session.select(f'"{quoted}"', readonly=True)
        if status != "OK":
            raise MailboxError("the mailbox has no such folder; NOTIFIER_BOUNCE_IMAP_FOLDER names it")
        _, answer = session.response("UIDVALIDITY")
        yield session, int((answer or [b"0"])[0] or 0)
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            session.logout()
        _hang_up(session)  # where the server had, the goodbye did not get so far


def _connected(mailbox: ImapMailbox) -> imaplib.IMAP4:
    seconds = mailbox.timeout.total_seconds()
    if mailbox.security is SmtpSecurity.TLS:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=seconds)
    session = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=seconds)
    if mailbox.security is SmtpSecurity.STARTTLS:
        try:
            session.starttls(ssl.create_default_context())
        except BaseException as error:
            _hang_up(session)
            if isinstance(error, imaplib.IMAP4.error):
                what = "the mailbox's server offers no STARTTLS; nothing was said in the clear"
                raise MailboxError(what) from None
            raise
    return session


def _hang_up(session: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError):  # where the other side has done so, or encryption failed
        session.shutdown()


def _newer(session: imaplib.IMAP4, last: int) -> list[int]:
    """The UIDs after `last`. For a range behind the end a server names the last mail (RFC 9051, 6.4.4)."""
    _, answer = session.uid("SEARCH", f"UID {last + 1}:*")
    found = {int(number) for line in answer if line for number in _NUMBER.findall(line)}
    return sorted(uid for uid in found if uid > last)


def _content(session: imaplib.IMAP4, uid: int) -> bytes | None:
    """The bytes of a mail, the first megabyte; the mail stays unread."""
    _, answer = session.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_READ}>)")
    return next((part[1] for part in answer if isinstance(part, tuple)), None)


class FollowedMailbox:
    """A mailbox that the daemon looks into every so many `seconds`."""

    def __init__(self, database: sa.Engine, mailbox: ImapMailbox, take: Take, clock: Clock, seconds: float) -> None:
        self._database = database
        self._mailbox = mailbox
        self._take = take
        self._clock = clock
        self.seconds = seconds
        self._away = False

    def look(self) -> bool:
        """Take what is new; whether some is left. That it cannot be read is said where it begins and where it ends."""
        try:
            report = read_mailbox(self._database, self._mailbox, self._take, self._clock)
        except MailboxError as error:
            self._unreachable(str(error))
            return False
        if self._away:
            log.info("mailbox.back")
        self._away = False
        return report.more

    def _unreachable(self, why: str) -> None:
        if not self._away:
            log.error("mailbox.unreachable", error=why)
        self._away = True
