"""Callbacks as Twilio makes them, at a steady rate, to a service in a process of its own beside a sending daemon."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import sqlalchemy as sa
from twilio.request_validator import RequestValidator

from bench.harness import cpu_of
from bench.outbox_state import Outbox
from bench.project import REPOSITORY
from bench.sending import BEGIN
from bench.stubs import ACCOUNT_SID, AUTH_TOKEN
from notifier.model.notices import MessageState, NoticeState
from notifier.model.types import ChannelName
from notifier.store.tables import MESSAGE, NOTICE

PUBLIC_URL = "https://notices.example.com"
PATH = "/twilio/status"
STEPS = ("queued", "sent", "delivered")
"""What is said of each message, one after the other."""
KEPT_OPEN = 30
"""Seconds for which an idle connection is kept open by the service, as by `notifier serve`."""
WARMING = 50
"""Callbacks about other people's messages before anything is measured: statements and threads are made once."""


class LostCallbackError(Exception):
    """A callback was refused, or what it said is not in the database."""


@dataclass(frozen=True, kw_only=True)
class Callback:
    """One request, signed."""

    body: bytes
    signature: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a run went."""

    seconds: Sequence[float]
    """From the instant that a callback was due until it was answered, the shortest first."""
    cpu: float
    """Processor seconds of the process that serves."""

    def share(self, part: float) -> float:
        """The time within which this part of them was answered."""
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * part))]


def callback(sid: str, status: str) -> Callback:
    """What Twilio says of a message of ours."""
    form = {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": "+15005550006",
        "MessageSid": sid,
        "MessageStatus": status,
        "SmsSid": sid,
        "SmsStatus": status,
        "To": "+573100000000",
    }
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC_URL + PATH, form)
    return Callback(body=urlencode(form).encode(), signature=signature)


def accept_all(outbox: Outbox, notices: int) -> list[str]:
    """Have Twilio hold the SMS of so many notices, while their mails still wait; returns Twilio's ids."""
    with outbox.database.begin() as connection:
        for table in ("receipt", "pace", "channel_halt"):  # what the run before left behind
            connection.exec_driver_sql(f"DELETE FROM {table}")
    outbox.restore(notices)
    with outbox.database.begin() as connection:
        found = connection.execute(sa.select(MESSAGE.c.id).where(MESSAGE.c.channel == ChannelName.SMS))
        sids = {each: f"SM{number:032x}" for number, each in enumerate(found.scalars())}
        accepted = {"state": MessageState.ACCEPTED, "provider": "twilio", "accepted_at": BEGIN, "attempts": 1}
        statement = sa.update(MESSAGE).where(MESSAGE.c.id == sa.bindparam("message"))
        connection.execute(
            statement.values(**accepted, provider_id=sa.bindparam("sid")),
            [{"message": each, "sid": sid} for each, sid in sids.items()],
        )
        connection.execute(sa.update(NOTICE).values(state=NoticeState.TOLD, told_at=BEGIN, spent=True))
    outbox.refresh_statistics()
    return list(sids.values())


class Child:
    """A process of `bench.callback_processes`, until the block ends."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def said(self) -> str:
        """The next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """Ask it to end."""
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def child(role: str, database: sa.Engine, *arguments: object) -> Iterator[Child]:
    """Start a process in this role, on this database."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "bench.callback_processes", role, url, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=REPOSITORY) as process:
        one = Child(process)
        try:
            yield one
        finally:
            one.end()


def measured(
    service: str, outbox: Outbox, callbacks: Sequence[Callback], rate: float, *, relay: int, project: Path
) -> tuple[Course, int]:
    """How the callbacks were answered, and how many mails a daemon sent meanwhile through the relay at that port."""
    lasts = timedelta(seconds=len(callbacks) / rate)
    with (
        child(service, outbox.database) as serving,
        child("send", outbox.database, relay, project, lasts.total_seconds()) as sending,
    ):
        port = int(serving.said())
        sending.said()
        asyncio.run(call(port, [callback(f"SMwarming{number}", "sent") for number in range(WARMING)], rate))
        before = cpu_of(serving.process.pid)
        seconds = asyncio.run(call(port, callbacks, rate))
        cpu = cpu_of(serving.process.pid) - before
        sending.end()
        sent = int(sending.said())
    return Course(seconds=sorted(seconds), cpu=cpu), sent


async def call(port: int, callbacks: Sequence[Callback], rate: float) -> list[float]:
    """Make each at its instant, whether those before it are answered or not. Raises LostCallbackError."""
    # Else one that the server closes, since nothing came for a while, may be used again at that very instant.
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_OPEN / 10)
    timeout = aiohttp.ClientTimeout(total=300)  # a starved machine is late, and that is the figure
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector, timeout=timeout) as session:
        began = time.perf_counter()

        async def one(number: int, made: Callback) -> float:
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": made.signature}
            async with session.post(PATH, data=made.body, headers=headers) as answer:
                await answer.read()
                if answer.status != 204:
                    raise LostCallbackError(f"callback {number} was answered {answer.status}")
            return time.perf_counter() - due

        return list(await asyncio.gather(*(one(number, made) for number, made in enumerate(callbacks))))
