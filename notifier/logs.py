"""Log events as lines: readable on a terminal, JSON elsewhere, never with personal data or secrets in them.

Events carry ids (`log.info("message.accepted", message=…, notice=…)`). Redaction is the net below that habit: it blanks
values under telling keys, and phone numbers, mail addresses and passwords in any text, tracebacks included.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"
TELLING_KEYS = re.compile(
    r"(?:^|_)(?:phone|email|mail|address|to|name|text|body|html|payload|subject_line|token|secret|password|passwd|"
    r"authorization|auth|api_key|credentials|database_url|url|dsn)$",
    re.IGNORECASE,
)
PHONE = re.compile(r"\+\d[\d\s().-]{6,20}\d")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
CHATTY = ("apscheduler", "sqlalchemy", "alembic", "urllib3", "twilio", "aiohttp", "asyncio")
"""Libraries whose own news nobody needs; their warnings stay."""


def configure_logs(*, level: str = "info", json: bool = False, stream: TextIO | None = None) -> None:
    """Send all log events, those of libraries too, to `stream` (default: stderr) from `level` (`debug`…) on."""
    output = stream if stream is not None else sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        # Before the renderers, which would print the local variables of every frame.
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=output.isatty(), timestamp_key="at", exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Whole lines at once: the library handler below writes to the same stream from other threads.
        logger_factory=structlog.WriteLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The same event without what must not be logged."""
    return {key: _clean(key, value) for key, value in event.items()}


def redacted(text: str) -> str:
    """The same text with phone numbers, mail addresses and credentials blanked."""
    text = CREDENTIALS.sub(f"{REDACTED}@", text)
    text = BEARER.sub(rf"\1 {REDACTED}", text)
    return PHONE.sub(REDACTED, MAIL.sub(REDACTED, text))


def _clean(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if TELLING_KEYS.search(key):
        return REDACTED
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, bytes):
        return REDACTED
    if isinstance(value, Mapping):
        return {name: _clean(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, inner) for inner in value]
    return redacted(str(value))
