"""Logs carry ids: no phone number, mail address, text or secret gets through, in no form."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from notifier.logs import configure_logs, redacted

PERSONAL = ("+573001234567", "+57 300 123 4567", "ana@example.com", "hunter2", "Ana Ruiz", "Su técnico llega")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the logs go during a test; everything is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def said_to(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def log_everything() -> None:
    """Every way in which something personal could reach a log line."""
    log = structlog.get_logger()
    log.info("keys", phone="+573001234567", email="ana@example.com", name="Ana Ruiz", text="Su técnico llega")
    log.debug("nested", row={"customer_name": "Ana Ruiz", "to": "x", "notes": ["call +57 300 123 4567", b"hunter2"]})
    log.warning("values", reason="no route to ana@example.com or +573001234567", auth_token="hunter2")
    log.error("url", error="postgresql://user:hunter2@db/x refused", header="Authorization: Bearer hunter2")
    try:
        int("for ana@example.com at +573001234567")
    except ValueError:
        log.exception("failed", message="0195")
    library = logging.getLogger("some.library")
    library.warning("wrote to %s", "ana@example.com")
    try:
        dict[str, str]()["+573001234567"]
    except (ValueError, KeyError):
        library.exception("broken")


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_personal_gets_through(stream: io.StringIO, as_json: bool) -> None:
    configure_logs(level="debug", json=as_json, stream=stream)
    log_everything()
    assert stream.getvalue().count("[redacted]") >= 10
    for personal in PERSONAL:
        assert personal not in stream.getvalue()


def test_ids_counts_and_instants_are_kept(stream: io.StringIO) -> None:
    configure_logs(json=True, stream=stream)
    notice = "019cb436-8d80-7fad-82ad-1f673cdbbd2a"
    structlog.get_logger().info(
        "message.accepted",
        message="0195",
        notice=notice,
        attempts=2,
        due="2026-03-05T15:00:00+00:00",
        reference="7K3QM-X9T2A",
    )
    (line,) = said_to(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "message.accepted",
        "level": "info",
        "message": "0195",
        "notice": notice,
        "attempts": 2,
        "due": "2026-03-05T15:00:00+00:00",
        "reference": "7K3QM-X9T2A",
    }


def test_the_level_and_the_chatter_of_libraries_are_kept_down(stream: io.StringIO) -> None:
    configure_logs(level="info", json=True, stream=stream)
    structlog.get_logger().debug("hidden")
    logging.getLogger("apscheduler.scheduler").info("Running job")
    logging.getLogger("apscheduler.scheduler").warning("missed")
    assert [line["event"] for line in said_to(stream)] == ["missed"]


def test_numbers_that_are_no_phone_numbers_stay_readable() -> None:
    for text in ("111860 COP", "2026-03-05 15:00 UTC", "019cb436-8d80-7fad-82ad-1f673cdbbd2a", "+40 % of 79900"):
        assert redacted(text) == text
