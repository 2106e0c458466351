"""Alerts to owners in Slack, Teams or by a webhook, through Apprise: one module for all that it speaks to.

Apprise is an extra of this package (`pip install notifier[chat]`), and imported by the first alert. Its addresses hold
secrets: they come from the settings, and neither a reason nor a log has one. It answers yes or no, and says why in its
log alone; the HTTP status in there decides what comes next. No chat can be asked what it has, so an alert of which
nobody can say whether it arrived is not sent there again.
"""

import asyncio
import logging
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from notifier.delivery.outcomes import Accepted, Finding, Halt, OtherChannel, Outcome, Retry, Unclear, Unknown
from notifier.model.outgoing import Outgoing

if TYPE_CHECKING:
    import apprise

TRIES = 20
"""After so many attempts the alert is told by the owner's other channels alone: about a day."""
SOON = timedelta(minutes=1)
_STATUS = re.compile(r"error=(\d{3})\b|\bHTTP[ :]*(\d{3})\b|\b(\d{3})\)")
_REFUSED = re.compile(r"refused|getaddrinfo|name resolution|NewConnectionError|certificate", re.IGNORECASE)
_NOT_THERE = "Apprise is not installed: pip install 'notifier[chat]'"


class AppriseChat:
    """Sends to the chats of these secret addresses, by name."""

    name = "apprise"
    concurrency = 4

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = dict(addresses)
        self._ready: dict[str, apprise.NotifyBase] = {}

    async def send(self, message: Outgoing) -> Outcome:
        """Hand the alert over once."""
        address = self._addresses.get(message.address)
        if address is None:
            return OtherChannel(reason=f"NOTIFIER_CHATS has no chat '{message.address}'")
        try:
            import apprise  # noqa: F401 - half a second: only where there is something to send
        except ModuleNotFoundError:
            return Halt(reason=_NOT_THERE)
        return await asyncio.to_thread(self._hand_over, message, address)

    async def find(
        self,
        message: Outgoing,  # noqa: ARG002 - no chat can be asked
        owned: Collection[str] = (),  # noqa: ARG002
        *,
        now: datetime,  # noqa: ARG002
    ) -> Finding:
        """No chat can be asked what it has."""
        return Unclear(reason="a chat cannot be asked whether it has an alert")

    async def aclose(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, message: Outgoing, address: str) -> Outcome:
        chat = self._chat(message.address, address)
        if chat is None:
            return OtherChannel(reason=f"the address of chat '{message.address}' is none that Apprise can read")
        with _SAID.heard() as said:
            taken = chat.notify(body=message.text, title=message.subject or "")
        if taken:
            return Accepted(provider_id=f"{message.id}.{message.attempt}")
        return _outcome(message.address, "\n".join(said))

    def _chat(self, name: str, address: str) -> "apprise.NotifyBase | None":
        """The service of this address. It is asked itself: an `Apprise` would send in a thread of its own, and what it
        logs there could be another alert's."""
        if name not in self._ready:
            import apprise

            with _SAID.heard():
                chat = apprise.Apprise.instantiate(address)
            if chat is None:
                return None
            self._ready[name] = chat
        return self._ready[name]


class _Said(logging.Filter):
    """Keeps what Apprise logs, apart for each thread, and lets none of it through: it may hold parts of an address."""

    def __init__(self) -> None:
        super().__init__()
        self._own = threading.local()

    @contextmanager
    def heard(self) -> Iterator[list[str]]:
        """The lines that are logged in this thread meanwhile."""
        logger = logging.getLogger("apprise")
        logger.addFilter(self)  # once: it is not added again
        logger.setLevel(logging.DEBUG)
        logging.getLogger("urllib3").setLevel(logging.WARNING)  # else it logs the path, which is a secret
        lines: list[str] = []
        self._own.lines = lines
        try:
            yield lines
        finally:
            self._own.lines = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, and stop it."""
        lines: list[str] | None = getattr(self._own, "lines", None)
        if lines is not None:
            lines.append(record.getMessage())
        return False


_SAID = _Said()


def _outcome(name: str, said: str) -> Outcome:
    """What a no means, by the HTTP status or the error that Apprise logged."""
    status = next((int(code) for match in _STATUS.finditer(said) for code in match.groups() if code), None)
    if status is not None and 400 <= status < 500 and status not in (408, 425, 429):
        return OtherChannel(reason=f"chat '{name}' refuses the alert (HTTP {status})")
    if status is not None:
        return Retry(reason=f"chat '{name}' answers HTTP {status}", attempts=TRIES)
    if _REFUSED.search(said):
        return Retry(reason=f"chat '{name}' cannot be reached", after=SOON, attempts=TRIES)
    return Unknown(reason=f"nobody can say whether chat '{name}' has the alert")
