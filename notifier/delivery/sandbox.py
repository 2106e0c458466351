"""Writes messages into a folder: an SMS as .txt, a mail as .eml, a WhatsApp message as .json, each with the exact bytes
that would be sent.

It is the default channel, so that nothing is sent by accident. A file appears whole or not at all, under a name derived
from the message, so that after a crash the file is found again instead of written twice. At some addresses
(`delivery.simulated`) more becomes of it.
"""

import contextlib
import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from notifier.delivery.outcomes import Absent, Accepted, Finding, Found, Halt, Outcome, Retry, Unknown
from notifier.delivery.simulated import refusal, simulated
from notifier.model.outgoing import Outgoing
from notifier.model.receipts import SIMULATOR
from notifier.model.types import ChannelName

SUFFIXES = {
    ChannelName.SMS: "txt",
    ChannelName.EMAIL: "eml",
    ChannelName.WHATSAPP: "json",
    ChannelName.CHAT: "txt",
}


class SandboxChannel:
    """Writes messages of every channel into one folder, which is created on the first write."""

    name = "sandbox"
    concurrency = 16

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: Outgoing) -> Outcome:
        """Accepted once the file is safe on disk; the same message again is accepted without a second file."""
        if (refused := refusal(message.channel, message.address)) is not None:
            return refused
        target = self.folder / file_name(message)
        try:
            if target.exists():
                return _already_there(target, message)
            _write_whole(target, message.payload, temporary=self.folder / f".{message.id}.part")
        except OSError as error:
            return Retry(reason=f"{target.name} could not be written: {error.strerror}")
        return _accepted(target, message)

    async def find(
        self,
        message: Outgoing,
        owned: Collection[str] = (),  # noqa: ARG002 - its ids are its own
        *,
        now: datetime | None = None,  # noqa: ARG002 - and so is its clock
    ) -> Finding:
        """Always certain: the file of this attempt exists with these bytes, or the message never arrived."""
        target = self.folder / file_name(message)
        if target.is_file() and target.read_bytes() == message.payload:
            return Found(provider_id=target.name, provider=_provider(message))
        return Absent()

    async def aclose(self) -> None:
        """Nothing is kept open."""


def file_name(message: Outgoing) -> str:
    """`2026-03-02T140000Z-7K3QM-X9T2A-sms.txt`: start of the attempt, reference of the notice, channel."""
    return f"{message.started_at:%Y-%m-%dT%H%M%SZ}-{message.reference}-{message.channel}.{SUFFIXES[message.channel]}"


def _already_there(target: Path, message: Outgoing) -> Outcome:
    if target.read_bytes() == message.payload:
        return _accepted(target, message)
    return Halt(reason=f"{target.name} exists with other bytes; move it out of the sandbox folder")


def _accepted(target: Path, message: Outgoing) -> Accepted | Unknown:
    played = simulated(message.channel, message.address)
    if played is not None and played.is_lost:
        return Unknown(reason="the answer of the provider got lost, as it does at this address of the sandbox")
    return Accepted(provider_id=target.name, provider=_provider(message))


def _provider(message: Outgoing) -> str | None:
    """Who has the message: at addresses of ours something becomes of it, and a provider that says so is played."""
    return None if simulated(message.channel, message.address) is None else SIMULATOR


def _write_whole(target: Path, payload: bytes, temporary: Path) -> None:
    """Makes `target` appear with all of `payload`, safe on disk, or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError:
        with contextlib.suppress(OSError):  # on a full disk, free at least what this attempt took
            temporary.unlink()
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the directory entry must survive a power cut, too
    finally:
        os.close(folder)
