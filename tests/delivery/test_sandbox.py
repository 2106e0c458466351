"""The sandbox: exact bytes in a folder, whole or not at all, never twice."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from notifier.delivery.outcomes import Absent, Accepted, Found, Halt, Retry
from notifier.delivery.sandbox import SandboxChannel
from notifier.model.types import ChannelName
from tests.support.outgoing import outgoing

SMS_FILE = "2026-03-02T140000Z-7K3QM-X9T2A-sms.txt"


def test_an_sms_becomes_a_text_file_with_its_exact_bytes(tmp_path: Path) -> None:
    sandbox = SandboxChannel(tmp_path / "outbox")
    assert asyncio.run(sandbox.send(outgoing())) == Accepted(provider_id=SMS_FILE)
    assert (tmp_path / "outbox" / SMS_FILE).read_bytes() == "Su técnico llega el 5 de marzo".encode()


def test_a_mail_becomes_an_eml_file_with_its_exact_bytes(tmp_path: Path) -> None:
    payload = b"Subject: =?utf-8?q?Visita?=\r\n\r\nHola\r\n"
    message = outgoing(channel=ChannelName.EMAIL, address="ana@example.com", payload=payload)
    outcome = asyncio.run(SandboxChannel(tmp_path).send(message))
    assert outcome == Accepted(provider_id="2026-03-02T140000Z-7K3QM-X9T2A-email.eml")
    assert (tmp_path / "2026-03-02T140000Z-7K3QM-X9T2A-email.eml").read_bytes() == payload


def test_the_same_message_again_is_accepted_without_a_second_file(tmp_path: Path) -> None:
    sandbox = SandboxChannel(tmp_path)
    first = asyncio.run(sandbox.send(outgoing()))
    written = (tmp_path / SMS_FILE).stat().st_ino
    assert asyncio.run(sandbox.send(outgoing())) == first
    assert [path.name for path in tmp_path.iterdir()] == [SMS_FILE]
    assert (tmp_path / SMS_FILE).stat().st_ino == written


def test_a_file_with_other_bytes_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / SMS_FILE).write_text("something else")
    outcome = asyncio.run(SandboxChannel(tmp_path).send(outgoing()))
    assert outcome == Halt(reason=f"{SMS_FILE} exists with other bytes; move it out of the sandbox folder")
    assert (tmp_path / SMS_FILE).read_text() == "something else"


def test_reconciliation_finds_what_was_written_before_a_crash(tmp_path: Path) -> None:
    sandbox = SandboxChannel(tmp_path)
    assert asyncio.run(sandbox.find(outgoing())) == Absent()
    asyncio.run(sandbox.send(outgoing()))
    assert asyncio.run(sandbox.find(outgoing())) == Found(provider_id=SMS_FILE)
    assert asyncio.run(sandbox.find(outgoing(payload=b"other bytes"))) == Absent()


def test_a_full_disk_asks_for_a_retry_and_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        outcome = asyncio.run(SandboxChannel(tmp_path).send(outgoing()))
    assert outcome == Retry(reason=f"{SMS_FILE} could not be written: No space left on device")
    assert list(tmp_path.iterdir()) == []
    assert asyncio.run(SandboxChannel(tmp_path).send(outgoing())) == Accepted(provider_id=SMS_FILE)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    outcome = asyncio.run(SandboxChannel(tmp_path / "outbox").send(outgoing()))
    assert isinstance(outcome, Retry)
    assert SMS_FILE in outcome.reason
