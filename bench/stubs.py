"""Stubs for Twilio and a mail relay that cost almost nothing: `python -m bench.stubs sms|email SECONDS`.

They answer like the real ones in the good case, each message after SECONDS, and count what they took; the tests have
fakes for failures. A stub prints its port, answers each line on its standard input with what it took since the
previous line, and ends with that input.
"""

import asyncio
import base64
import json
import re
import sys
import zlib
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote_plus

ACCOUNT_SID = "AC" + "0f" * 16
AUTH_TOKEN = "twilio-token-of-the-benchmark"
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"

_ALLOWED = b"Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode())
_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"<([^>]*)>")
_MESSAGE = {
    "account_sid": ACCOUNT_SID,
    "api_version": "2010-04-01",
    "date_created": "Mon, 15 Jun 2026 15:03:31 +0000",
    "date_sent": None,
    "date_updated": "Mon, 15 Jun 2026 15:03:31 +0000",
    "direction": "outbound-api",
    "error_code": None,
    "error_message": None,
    "from": "+15005550006",
    "messaging_service_sid": None,
    "num_media": "0",
    "num_segments": "1",
    "price": None,
    "price_unit": "USD",
    "status": "queued",
    "subresource_uris": {"media": f"{PATH.removesuffix('.json')}/SM{'0' * 32}/Media.json"},
    "uri": f"{PATH.removesuffix('.json')}/SM{'0' * 32}.json",
}
"""The constant part of Twilio's answers; id, number and text come before it."""
_ALIKE = json.dumps(_MESSAGE)[1:]
_EHLO = b"250-stub\r\n250-SIZE 33554432\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"


@dataclass
class Ledger:
    """The number of messages that came, and a checksum over all of them."""

    count: int = 0
    checksum: int = 0

    def take(self, to: bytes, content: bytes) -> None:
        """One message was handed over."""
        self.count += 1
        self.checksum = (self.checksum + checksum(to, content)) % (1 << 64)


def checksum(to: bytes, content: bytes) -> int:
    """The contribution of one message to the checksum."""
    return (zlib.crc32(content) << 32) + zlib.crc32(to)


class _Connection(asyncio.Protocol):
    """One client."""

    ids = count(1)

    def __init__(self, ledger: Ledger, latency: float) -> None:
        self._ledger = ledger
        self._latency = latency
        self._transport: asyncio.Transport
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._read():
            pass

    def _read(self) -> bool:
        """Handle the next request or line; False if it is not complete yet."""
        raise NotImplementedError

    def _answer_late(self, answer: bytes) -> None:
        if self._latency:
            asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


class SmsConnection(_Connection):
    """Twilio's Messages resource, for POST."""

    def _read(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[:end])
        length = _LENGTH.search(head)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return False
        body = bytes(self._buffer[end + 4 : whole])
        del self._buffer[:whole]
        self._answer_late(self._answer(head, body))
        return True

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if not head.startswith(f"POST {PATH} ".encode()):
            return _http("404 Not Found", '{"code": 20404, "message": "not found", "status": 404}')
        if _ALLOWED not in head:
            return _http("401 Unauthorized", '{"code": 20003, "message": "Authenticate", "status": 401}')
        form = dict(pair.split(b"=", 1) for pair in body.split(b"&"))
        to, text = (unquote_plus(form[name].decode()) for name in (b"To", b"Body"))
        self._ledger.take(to.encode(), text.encode())
        own = f'{{"sid": "SM{next(self.ids):032x}", "to": {json.dumps(to)}, "body": {json.dumps(text)}, '
        return _http("201 Created", own + _ALIKE)


class MailConnection(_Connection):
    """A relay that takes one mail after the other."""

    def __init__(self, ledger: Ledger, latency: float) -> None:
        super().__init__(ledger, latency)
        self._recipient: bytes | None = None
        self._in_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transport.write(b"220 stub ESMTP\r\n")

    def _read(self) -> bool:
        end = self._buffer.find(b"\r\n.\r\n" if self._in_content else b"\r\n")
        if end < 0:
            return False
        told = bytes(self._buffer[:end])
        if self._in_content:
            del self._buffer[: end + 5]
            self._take(told + b"\r\n")
        else:
            del self._buffer[: end + 2]
            self._transport.write(self._reply(told))
        return True

    def _take(self, content: bytes) -> None:
        assert self._recipient is not None
        self._ledger.take(self._recipient, content.replace(b"\r\n..", b"\r\n."))
        self._in_content, self._recipient = False, None
        self._answer_late(b"250 2.0.0 taken as %d\r\n" % next(self.ids))

    def _reply(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"EHLO":
                return _EHLO
            case b"MAIL" if _ADDRESS.search(line):
                return b"250 2.1.0 fine\r\n"
            case b"RCPT" if found := _ADDRESS.search(line):
                self._recipient = found[1]
                return b"250 2.1.5 fine\r\n"
            case b"DATA" if self._recipient is not None:
                self._in_content = True
                return b"354 go on\r\n"
            case b"RSET":
                self._recipient = None
                return b"250 2.0.0 fine\r\n"
            case b"QUIT":
                return b"221 2.0.0 goodbye\r\n"
            case _:
                return b"503 5.5.1 not now\r\n"


def _http(status: str, answer: str) -> bytes:
    body = answer.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: keep-alive\r\nTwilio-Request-Id: RQ{'0' * 32}\r\nTwilio-Concurrent-Requests: 1\r\n\r\n"
    )
    return head.encode() + body


async def serve(kind: type[_Connection], latency: float) -> None:
    """Serve until standard input ends."""
    ledger = Ledger()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: kind(ledger, latency), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps([ledger.count, ledger.checksum]), flush=True)
        ledger.count = ledger.checksum = 0


if __name__ == "__main__":
    asyncio.run(serve({"sms": SmsConnection, "email": MailConnection}[sys.argv[1]], float(sys.argv[2])))
