"""An IMAP server for one mailbox, in a thread: what RFC 9051 says of the few commands that read a folder.

A session that writes, or says anything else, gets `BAD`.
"""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from notifier.delivery.accounts import ImapMailbox, SmtpSecurity

USER, PASSWORD = "bounces", "secret of the tests"
_COMMAND = re.compile(rb"(\S+) (UID )?(\S+) ?(.*)\r\n", re.DOTALL)


@dataclass
class ImapServer:
    """The mailbox, and what its server is to do wrong."""

    port: int
    mails: dict[int, bytes] = field(default_factory=dict)
    """By UID."""
    validity: int = 7
    hangs_up_at: int | None = None
    """The UID at whose FETCH it closes the connection."""
    said: list[str] = field(default_factory=list)
    """The commands of all sessions, without their arguments."""

    def mailbox(self, **changes: object) -> ImapMailbox:
        """The account, with other values where a test wants them."""
        values: dict[str, object] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": SmtpSecurity.NONE,
            "username": USER,
            "password": PASSWORD,
        }
        return ImapMailbox(**(values | changes))  # type: ignore[arg-type] # whatever the test changes

    def deliver(self, content: bytes) -> None:
        """One more mail, with CRLF line ends as they are on the wire."""
        self.mails[max(self.mails, default=0) + 1] = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        held: ImapServer = self.server.held  # type: ignore[attr-defined] # set below
        self.wfile.write(b"* OK ready\r\n")
        while found := _COMMAND.fullmatch(self.rfile.readline()):
            tag, uid, verb, rest = found.groups()
            name = ((uid or b"") + verb).decode()
            held.said.append(name)
            answer = b"OK done"
            match name:
                case "CAPABILITY":
                    self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
                case "LOGIN" if rest != f'{USER} "{PASSWORD}"'.encode():
                    answer = b"NO no such user " + rest
                case "EXAMINE" if rest == b'"INBOX"':
                    self.wfile.write(b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] .\r\n" % (len(held.mails), held.validity))
                case "EXAMINE":
                    answer = b"NO no such folder"
                case "UID SEARCH":
                    first = int(rest.split()[1].partition(b":")[0])
                    # The last mail is in every range that ends with `*`.
                    uids = [uid for uid in held.mails if uid >= first] or list(held.mails)[-1:]
                    self.wfile.write(b"* SEARCH" + b"".join(b" %d" % uid for uid in uids) + b"\r\n")
                case "UID FETCH":
                    number = int(rest.split()[0])
                    if number == held.hangs_up_at:
                        return
                    if (content := held.mails.get(number)) is not None:
                        head = b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, len(content))
                        self.wfile.write(head + content + b")\r\n")
                case "LOGIN":
                    pass
                case "LOGOUT":
                    self.wfile.write(b"* BYE\r\n")
                case _:
                    answer = b"BAD no such command"
            self.wfile.write(tag + b" " + answer + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    held: ImapServer


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Runs until the block ends."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.held = ImapServer(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.held
        finally:
            server.shutdown()
            thread.join()
