"""Logs carry ids: no phone number, mail address, text or secret gets through, in no form."""

import base64
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


def raised(error: Exception) -> Exception:
    """The same with a frame: its source line names nothing."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


@pytest.mark.parametrize("as_json", [True, False])
def test_an_exception_is_told_by_its_frames_and_types_alone(stream: io.StringIO, as_json: bool) -> None:
    configure_logs(json=as_json, stream=stream)
    first, second = ValueError(PERSONAL[-1]), KeyError(PERSONAL[-2])
    first.__cause__ = second
    second.__context__ = first  # a circle ends
    structlog.get_logger().error("failed", exc_info=raised(first))
    several = ExceptionGroup(PERSONAL[-1], [RuntimeError(PERSONAL[-2]), ValueError(PERSONAL[-1])])
    logging.getLogger("some.library").error("broken", exc_info=raised(several))
    said = stream.getvalue()
    for kept in ("test_logs.py", "KeyError: [redacted]", "which led to", "ValueError: [redacted]", "RuntimeError"):
        assert kept in said
    for personal in PERSONAL:
        assert personal not in said


def test_what_an_exception_says_of_the_program_is_kept(stream: io.StringIO) -> None:
    configure_logs(json=True, stream=stream)
    try:
        None.send()  # type: ignore[attr-defined]  # the mistake is meant
    except AttributeError:
        structlog.get_logger().exception("failed")
    assert "'NoneType' object has no attribute 'send'" in stream.getvalue()


def test_the_secrets_of_the_installation_are_blanked_wherever_they_turn_up(stream: io.StringIO) -> None:
    secret = "f0e1d2c3b4a5"
    configure_logs(json=True, stream=stream, secrets=[secret, f"AC1:{secret}", ""])
    encoded = base64.b64encode(f"AC1:{secret}".encode()).decode()
    structlog.get_logger().info("sent", header=f"x {encoded}", detail=[{"raw": f"with {secret}!"}], sid="SM1")
    logging.getLogger("some.library").warning("%s and %s", secret, "SM1")
    first, second = said_to(stream)
    assert (first["header"], first["detail"], first["sid"]) == (
        "x [redacted]",
        [{"raw": "with [redacted]!"}],
        "SM1",
    )
    assert second["event"] == "[redacted] and SM1"


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
    logging.getLogger("aiohttp.access").info("GET /")
    logging.getLogger("asyncio").warning("slow")
    logging.getLogger("asyncio").error("broken")
    assert [line["event"] for line in said_to(stream)] == ["slow", "broken"]


def test_numbers_that_are_no_phone_numbers_stay_readable() -> None:
    for text in ("111860 COP", "2026-03-05 15:00 UTC", "019cb436-8d80-7fad-82ad-1f673cdbbd2a", "+40 % of 79900"):
        assert redacted(text) == text
    for text in ("573001234567 is not mobile", "to (3001234567)", "number +57 300 123 4567."):
        assert redacted(text).count("[redacted]") == 1
    for text in ("SM0123456789012345", "took 0.1234567890123 s", "at 1700000000-1700000001", "a-1234567890-b"):
        assert redacted(text) == text


@pytest.mark.parametrize("json_lines", [True, False])
def test_no_logged_value_adds_a_line_moves_the_cursor_or_turns_letters_around(
    stream: io.StringIO, json_lines: bool
) -> None:
    configure_logs(json=json_lines, stream=stream)
    structlog.get_logger().info("rules.edited", file="a\nb.yaml", why="x \x1b[2K \u202e09,95")
    (line,) = stream.getvalue().splitlines()
    assert "\x1b" not in line
    assert "\u202e" not in line
