"""Starts the Twilio fake in a process of its own, and lets a test break it and read its ledger.

What a test asserts about sending it reads here, from what the other side holds, never from what we believe we sent.
"""

import dataclasses
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from notifier.delivery.accounts import TwilioAccount
from tests.support.world_clock import WorldClock

ROOT = Path(__file__).parents[2]
ACCOUNT_SID = "AC" + "0f" * 16
AUTH_TOKEN = "twilio-token-of-the-tests"
SENDER = "+15005550006"
"""The sender that Twilio's own test credentials accept."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """One message as the fake's ledger has it."""

    sid: str
    to: str
    sender: str | None
    messaging_service_sid: str | None
    body: str
    date_created: datetime
    validity_period: int | None
    status: str
    error_code: int | None
    content_sid: str | None = None
    content_variables: str | None = None


@dataclass(frozen=True, kw_only=True)
class TwilioServer:
    """A running fake. Its methods speak to it past Twilio's paths, so they are counted nowhere."""

    port: int

    @property
    def url(self) -> str:
        """The base address for a client: what `https://api.twilio.com` is in life."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def account(self) -> TwilioAccount:
        """The account that the fake knows, served at its own address."""
        return TwilioAccount(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            sender=SENDER,
            base_url=self.url,
            timeout=timedelta(seconds=5),
        )

    def account_with(self, **changes: Any) -> TwilioAccount:
        """The same account, differently: `base_url` of Prism, a wrong token, a shorter timeout."""
        return dataclasses.replace(self.account, **changes)

    def messages(self) -> list[Held]:
        """Everything accepted, in the order in which it came."""
        return [_held(row) for row in self._ask("messages")]

    def posts(self) -> int:
        """How often somebody asked for a message to be sent, refusals and failures included."""
        return self.counts().get("POST", 0)

    def counts(self) -> dict[str, int]:
        """Calls of Twilio's paths by method, and under `connections` how many TCP connections they came over."""
        return dict(self._ask("counts"))

    def fault(self, kind: str, times: int = 1, to: str | None = None, *, on: str = "create", **options: Any) -> None:
        """The next `times` calls fail; faults of one kind of call strike in the order in which they were asked for.

        Nothing is accepted: `reset`, `reject_429` (retry_after: seconds or an HTTP date), `answer` (status, code,
        headers), `slow_answer` (seconds, status, code), `raw` (status, text). Accepted, but the answer is lost or late:
        `accept_then_reset`, `accept_then_5xx` (status, code), `accept_then_raw` (status, text), `slow` (seconds;
        accept=False: nothing is accepted). `late_listing` (seconds on the fake's clock; reset=True also loses the
        answer) hides what was accepted from the list at first. `status_later` and `code_later` with any of these, or
        with `fine`, say what becomes of the message. `on="list"` strikes the list instead: reset, reject_429, answer,
        raw, slow, `endless` (the next page is this one).
        """
        self._ask("fault", {"kind": kind, "times": times, "to": to, "on": on, "options": options})

    def becomes(self, sid: str, status: str, error_code: int | None = None) -> int | None:
        """What the network made of a message since: `delivered`, `undelivered` with 30003…

        Said at the address that the message asked for; the status of the answer, None where it asked for none.
        """
        answer: int | None = self._ask("becomes", {"sid": sid, "values": {"status": status, "error_code": error_code}})
        return answer

    def list_all(self) -> None:
        """Ends every `late_listing`: the list shows what was accepted."""
        self._ask("list_all")

    def largest_page(self, size: int) -> None:
        """Pages of the list are no larger than this, whatever is asked for: Twilio's own limit is 1,000."""
        self._ask("largest_page", size)

    def clocks(self, *, ahead: float = 0, dates_ahead: float = 0, list_lag: float = 0) -> None:
        """Its clock is ahead of the world's by so many seconds (behind, where negative), and the clock that dates
        messages ahead of that; its list shows a message only so many seconds after it took it."""
        self._ask("clocks", [ahead, dates_ahead, list_lag])

    def plant(self, *, to: str, body: str | None, **values: Any) -> str:
        """A message that is there without our sending, shown with Twilio's fields `values`. Returns its SID."""
        form = {"To": to, "From": SENDER, "Body": body or "withheld"}
        return str(self._ask("plant", {"form": form, "values": {"body": body, **values}}))

    def content(self, **bodies: str) -> None:
        """Content templates that it has, by ContentSid."""
        self._ask("content", bodies)

    def clear(self) -> None:
        """Forgets messages, faults and counts: a server for many tests."""
        self._ask("clear")

    def _ask(self, wanted: str, given: Any = None) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("POST", f"/control/{wanted}", json.dumps(given) if given is not None else None)
            response = connection.getresponse()
            answer = response.read()
        assert response.status == 200, f"the fake answered {response.status} to {wanted}: {answer.decode()}"
        return json.loads(answer)


@contextmanager
def twilio_server(folder: Path, *, clock: WorldClock | None = None) -> Iterator[TwilioServer]:
    """A fresh fake; what it complains about is in `folder/twilio_fake.log`.

    Its clock is the real one, unless it shares the `clock` of the world that the test makes.
    """
    knows = {"account": ACCOUNT_SID, "token": AUTH_TOKEN, "clock": None if clock is None else str(clock.file)}
    with (folder / "twilio_fake.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.twilio_fake"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(knows) + "\n")
            process.stdin.flush()
            port = process.stdout.readline()
            assert port, f"the fake did not start, see {log.name}"
            try:
                yield TwilioServer(port=int(port))
            finally:
                process.kill()  # it has nothing to save; by itself it ends when we are gone


def _held(row: dict[str, Any]) -> Held:
    message, validity = row["message"], row["validity_period"]
    return Held(
        sid=message["sid"],
        to=message["to"],
        sender=message["from"],
        messaging_service_sid=message["messaging_service_sid"],
        body=message["body"],
        date_created=parsedate_to_datetime(message["date_created"]),
        validity_period=int(validity) if validity is not None else None,
        status=message["status"],
        error_code=message["error_code"],
        content_sid=row["content_sid"],
        content_variables=row["content_variables"],
    )
