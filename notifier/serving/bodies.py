"""Bodies of requests are small: what is larger, or of another kind, is refused before it is read as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 64 * 1024
"""Bytes. Twilio's largest callback has about two thousand; a text has at most 1,600 letters."""
FORM = "application/x-www-form-urlencoded"
_TOO_LARGE = (413, b"the body is too large")


class _TooLargeError(Exception):
    """The body is larger than it may be; found while it is read."""


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """What a body may be."""

    kinds: tuple[str, ...] = (FORM,)
    """Media types."""
    largest: int = LARGEST


class SmallBodies:
    """Answers 413 to a body that is too large, and 415 to one of another kind, whatever route it is for.

    `others` says what else may come, by the start of the path.
    """

    def __init__(self, app: ASGIApp, *, others: Mapping[str, Allowed] | None = None) -> None:
        self._app = app
        self._others = others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("POST", "PUT", "PATCH"):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        allowed = next((each for start, each in self._others.items() if scope["path"].startswith(start)), Allowed())
        largest = allowed.largest
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > largest:
            await _answer(send, *_TOO_LARGE)
            return
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().decode("latin-1").lower()
        if kind not in allowed.kinds:
            await _answer(send, 415, f"what is expected: {' or '.join(allowed.kinds)}".encode())
            return
        read, began = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > largest:
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLargeError:
            if not began:
                await _answer(send, *_TOO_LARGE)


async def _answer(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    # What is left of the body is not read, so the connection cannot be used again.
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": text})
