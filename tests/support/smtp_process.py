"""A mail server in a process of its own, for tests: aiosmtpd that keeps every mail and fails as it is told.

`python -m tests.support.smtp_process OPTIONS` (JSON; see `SmtpOptions`) prints `{"port": …}` and then answers one line
of JSON on stdin with one on stdout. It ends with its stdin, so it never outlives the test that started it. Mails are
appended to the ledger, a file of JSON lines, before the server says anything about them.
"""

import asyncio
import base64
import json
import logging
import os
import re
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.ports import listens_at

PHASES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "rset", "noop", "quit")
"""`data` is the command, `content` what is answered once the mail was transferred; else, the verb's answer."""


@dataclass(frozen=True, kw_only=True)
class SmtpOptions:
    """How the server is set up; `certificate` (with its key, PEM) switches encryption on."""

    ledger: str
    port: int = 0
    certificate: str | None = None
    encrypted_from_start: bool = False
    username: str | None = None
    password: str | None = None
    size_limit: int = 1 << 25
    smtputf8: bool = False


@dataclass(kw_only=True)
class Fault:
    """What the server does instead of its duty, the next `times` times a mail (to `to`, if named) gets to `phase`."""

    phase: str
    action: str
    """`answer` (says `answer`), `close` (hangs up) or `slow` (waits `seconds`, then does its duty)."""
    times: int = 1
    to: str | None = None
    answer: str = ""
    seconds: float = 0
    taken: bool = False
    """At `content`: the mail is in the ledger all the same."""


@dataclass
class Post:
    """What all connections share: the faults to come, what was said, and the ledger."""

    options: SmtpOptions
    faults: list[Fault] = field(default_factory=list)
    said: list[tuple[int, str]] = field(default_factory=list)
    connections: list["Connection"] = field(default_factory=list)

    def fault(self, phase: str, recipient: str | None) -> Fault | None:
        """The next fault for this, used up by that."""
        for fault in self.faults:
            if fault.phase == phase and fault.to in (None, recipient):
                fault.times -= 1
                if fault.times == 0:
                    self.faults.remove(fault)
                return fault
        return None

    def keep(self, connection: "Connection", session: Session, envelope: Envelope) -> None:
        """Append the mail to the ledger, once for each recipient; it survives this process from here on."""
        login: LoginPassword | None = getattr(session, "auth_data", None)
        lines = [
            json.dumps(
                {
                    "connection": connection.number,
                    "sender": envelope.mail_from,
                    "recipient": recipient,
                    "content": base64.b64encode(envelope.original_content or b"").decode(),
                    "encrypted": session.ssl is not None or self.options.encrypted_from_start,
                    "username": login.login.decode() if login else None,
                }
            )
            for recipient in envelope.rcpt_tos
        ]
        ledger = os.open(self.options.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(ledger, "".join(f"{line}\n" for line in lines).encode())
        finally:
            os.close(ledger)

    async def handle_DATA(self, server: "Connection", session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        fault = self.fault("content", envelope.rcpt_tos[0])
        if fault is None or fault.taken:
            self.keep(server, session, envelope)
        if fault is not None and not await server.undergo(fault):
            return fault.answer
        return "250 2.0.0 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = (self.options.username or "").encode(), (self.options.password or "").encode()
        return AuthResult(success=(data.login, data.password) == known, handled=False, auth_data=data)


class Connection(SMTP):
    """One client's connection: every verb is noted, and a fault may come in its place."""

    def __init__(self, post: Post, context: ssl.SSLContext | None) -> None:
        options = post.options
        super().__init__(
            post,
            data_size_limit=options.size_limit,
            enable_SMTPUTF8=options.smtputf8,
            hostname="mail.example.com",
            tls_context=None if options.encrypted_from_start else context,
            require_starttls=context is not None and not options.encrypted_from_start,
            auth_required=options.username is not None,
            auth_require_tls=context is not None and not options.encrypted_from_start,
            authenticator=post.authenticate,
            auth_exclude_mechanism=[] if options.username else ["LOGIN", "PLAIN"],
        )
        self.post = post
        post.connections.append(self)
        self.number = len(post.connections)
        self._smtp_methods = {verb: self._faulty(verb, method) for verb, method in self._smtp_methods.items()}

    async def undergo(self, fault: Fault) -> bool:
        """Whether the server's duty follows all the same. An `answer` is left to the caller."""
        if fault.action == "slow":
            await asyncio.sleep(fault.seconds)
            return True
        if fault.action == "close":
            self.hang_up()
            await asyncio.Event().wait()  # until the closed connection cancels this
        return False

    def hang_up(self) -> None:
        """Close the connection without a word."""
        if self.transport is not None:
            self.transport.close()

    async def _handle_client(self) -> None:
        fault = self.post.fault("connect", None)
        if fault is not None and not await self.undergo(fault):
            await self.push(fault.answer)
            self.hang_up()
            return
        await super()._handle_client()

    def _faulty(self, verb: str, method: Callable[[str | None], Awaitable[None]]) -> Callable[[str | None], Any]:
        async def answer(argument: str | None) -> None:
            self.post.said.append((self.number, verb))
            fault = self.post.fault("ehlo" if verb == "HELO" else verb.lower(), self._recipient(verb, argument))
            if fault is None or await self.undergo(fault):
                await method(argument)
                return
            await self.push(fault.answer)
            if fault.answer.startswith("421"):
                self.hang_up()

        return answer

    def _recipient(self, verb: str, argument: str | None) -> str | None:
        if verb == "RCPT":
            named = re.search(r"<(.*)>", argument or "")
            return named and named[1]
        return self.envelope.rcpt_tos[0] if self.envelope and self.envelope.rcpt_tos else None


async def serve(options: SmtpOptions) -> None:
    """Serve until stdin ends."""
    context = None
    if options.certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate)
    post = Post(options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(post, context),
        listens_at(),
        options.port,
        ssl=context if options.encrypted_from_start else None,
    )
    _say({"port": server.sockets[0].getsockname()[1]})
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    while line := await told.readline():
        _say(_obey(post, json.loads(line)))
    server.close()


def _obey(post: Post, order: dict[str, Any]) -> Any:
    match order.pop("do"):
        case "fault":
            post.faults.append(Fault(**order))
        case "heal":
            post.faults.clear()
        case "said":
            return post.said
        case "hang up":
            for connection in post.connections:
                connection.hang_up()
        case unknown:
            raise ValueError(f"no such order: {unknown}")
    return None


def _say(value: Any) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of deprecations within itself
    asyncio.run(serve(SmtpOptions(**json.loads(sys.argv[1]))))
