"""A connection pool for one mail relay: open sessions, kept between mails and lent to one mail at a time.

A session costs several round trips and, with encryption, milliseconds of CPU, so it is reused. Sessions are opened one
after the other, so that a wrong password is tried once, not once for each waiting mail.
"""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta

from aiosmtplib import SMTP

from notifier.delivery.accounts import SmtpSecurity, SmtpServer
from notifier.delivery.outcomes import Halt, Retry
from notifier.delivery.smtp_codes import SmtpPhase
from notifier.delivery.smtp_session import NotSentError, Session, hang_up, saying

AT_MOST = 8
"""Concurrent sessions: enough to saturate a small relay (a local Exim took 870 mails a second over 8)."""
IDLE = timedelta(minutes=1)
"""A session unused for longer is closed: relays, and firewalls on the way, drop idle ones, often silently."""
CROWDED = timedelta(minutes=1)
"""How long no further session is tried after the relay refused one while serving others."""


class Connections:
    """All sessions of one process with one relay. Use it from one event loop."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._context: ssl.SSLContext | None = None
        self._free: list[Session] = []
        self._count = 0
        """Open sessions, free or lent."""
        self._opening = False
        self._crowded_until = 0.0
        self._last_failure: NotSentError | None = None
        self._changed = asyncio.Event()

    @contextlib.asynccontextmanager
    async def lend(self, until: float) -> AsyncIterator[Session]:
        """A session for one mail. Waits while all are lent, until the loop's time is `until` (TimeoutError).

        Raises NotSentError where none can be opened; every caller that waited for the failed attempt shares its
        outcome.
        """
        async with asyncio.timeout_at(until):
            session = await self._take()
        try:
            yield session
        except NotSentError:
            raise
        except BaseException:
            session.close()  # interrupted: an answer may still be on its way
            raise
        finally:
            self._take_back(session)

    async def aclose(self) -> None:
        """Close all free sessions with QUIT."""
        leaving, self._free = self._free, []
        self._count -= len(leaving)
        await asyncio.gather(*(session.quit() for session in leaving))

    async def _take(self) -> Session:
        known_failure = self._last_failure
        while True:
            if self._last_failure is not None and self._last_failure is not known_failure:
                raise NotSentError(self._last_failure.outcome)
            if self._any_free():
                return self._free.pop()
            if self._may_open():
                session = await self._open()
                if session is not None:
                    return session
            else:
                await self._changed.wait()

    def _take_back(self, session: Session) -> None:
        session.rest()
        self._free.append(session)
        self._tell_who_waits()

    def _tell_who_waits(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _any_free(self) -> bool:
        """Whether one is free, after removing those that ended."""
        alive = [session for session in self._free if session.is_usable(IDLE)]
        for session in self._free:
            if session not in alive:
                session.close()
        self._count -= len(self._free) - len(alive)
        self._free = alive
        return bool(alive)

    def _may_open(self) -> bool:
        if self._opening or self._count >= AT_MOST:
            return False
        return self._count == 0 or asyncio.get_running_loop().time() >= self._crowded_until

    async def _open(self) -> Session | None:
        """One more session; None where the relay refuses more than it has, so that the caller waits for one of them."""
        self._opening = True
        try:
            session = await open_session(self._server, self._tls())
        except NotSentError as error:
            if self._count and isinstance(error.outcome, Retry):
                self._crowded_until = asyncio.get_running_loop().time() + CROWDED.total_seconds()
                return None
            self._last_failure = NotSentError(error.outcome)  # without its traceback, which holds the connection
            raise
        else:
            self._count += 1
            return session
        finally:
            self._opening = False
            self._tell_who_waits()

    def _tls(self) -> ssl.SSLContext | None:
        """Trusts the system's certificate authorities, or those that SSL_CERT_FILE names."""
        if self._context is None and self._server.security is not SmtpSecurity.NONE:
            self._context = ssl.create_default_context()
        return self._context


async def open_session(server: SmtpServer, context: ssl.SSLContext | None) -> Session:
    """Connect, encrypt as the settings ask, and log in. Raises NotSentError."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security is SmtpSecurity.TLS,
        start_tls=False,  # done below, where its failures can be told apart
        tls_context=context,
        timeout=server.timeout.total_seconds(),
        # Our domain instead of this machine's name, which may not be a domain, or not be public.
        local_hostname=server.sender.rpartition("@")[2],
    )
    try:
        with saying(SmtpPhase.CONNECT, client):
            await client.connect()
        with saying(SmtpPhase.HELLO, client):
            await client.ehlo()
        if server.security is SmtpSecurity.STARTTLS:
            await _encrypt(client)
        if server.username is not None:
            await _log_in(client, server.username, server.password or "")
        return Session(client)
    except BaseException:
        hang_up(client, client.transport)
        raise


async def _encrypt(client: SMTP) -> None:
    if not client.supports_extension("starttls"):
        raise NotSentError(Halt(reason="the mail relay offers no STARTTLS; nothing is said to it in the clear"))
    with saying(SmtpPhase.TLS, client):
        await client.starttls()
    with saying(SmtpPhase.HELLO, client):
        await client.ehlo()


async def _log_in(client: SMTP, username: str, password: str) -> None:
    with saying(SmtpPhase.LOGIN, client):
        if client.get_transport_info("sslcontext") is None and not _is_local(client):
            raise NotSentError(
                Halt(reason="the password is not said in the clear; choose starttls or tls for the mail relay")
            )
        if not client.supported_auth_methods:
            raise NotSentError(Halt(reason="the mail relay offers no way to log in that is known here"))
        await client.login(username, password)


def _is_local(client: SMTP) -> bool:
    peer = client.get_transport_info("peername")
    return ipaddress.ip_address(peer[0].partition("%")[0]).is_loopback
