"""Log events as lines: readable on a terminal, JSON elsewhere, never with personal data or secrets in them.

Events carry ids (`log.info("message.accepted", message=…, notice=…)`). Redaction is the safety net below that rule. It
blanks values under telling keys; phone numbers, mail addresses and known secrets in any text; and the messages of
exceptions, which may hold a customer's name or a line of a text.
"""

import base64
import logging
import re
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from notifier.model.texts import shown

REDACTED = "[redacted]"
TELLING_KEYS = re.compile(
    r"(?:^|_)(?:phone|email|mail|address|to|name|text|body|html|payload|subject_line|token|secret|password|passwd|"
    r"authorization|auth|api_key|credentials|database_url|url|dsn)$",
    re.IGNORECASE,
)
PHONE = re.compile(r"\+\d[\d\s().-]{6,20}\d|(?<![\w.:+-])\d{10,15}(?![\w:-])")
"""A number with its country code; or, without a plus, a free-standing group of as many digits as a number has."""
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
CREDENTIALS = re.compile(r"(?<=://)[^/\s@]+@")
BEARER = re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE)
SPACE = re.compile(r"\s")
DIGITS = re.compile(r"\d{10}")
ABOUT_CODE = (AttributeError, ImportError, MemoryError, NameError, NotImplementedError, RecursionError, TypeError)
"""Exceptions about the program, not about its data: their messages are kept."""


class _Secrets:
    """Blanks the secrets of this installation wherever they appear."""

    def __init__(self, secrets: Collection[str]) -> None:
        encoded = (base64.b64encode(secret.encode()).decode() for secret in secrets)
        known = sorted({*secrets, *encoded} - {""}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, known))) if known else None

    def blanked(self, value: Any) -> Any:
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._pattern.sub(REDACTED, value)
        if isinstance(value, Mapping):
            return {name: self.blanked(inner) for name, inner in value.items()}
        return [self.blanked(inner) for inner in value] if isinstance(value, list) else value

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self.blanked(value) for key, value in event.items()}


def configure_logs(
    *, level: str = "info", json: bool = False, stream: TextIO | None = None, secrets: Collection[str] = ()
) -> None:
    """Send log events to `stream` (default: stderr): ours from `level` (`debug`…) up, warnings of libraries.

    `secrets` are blanked wherever they appear, also in Base64.
    """
    output = stream if stream is not None else sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        # Before the renderers, which would print the local variables of every frame.
        structlog.processors.ExceptionRenderer(traceback_text),
        redact,
        _Secrets(secrets),
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
        # Writes whole lines: the library handler below writes to the same stream from other threads.
        logger_factory=structlog.WriteLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))  # nobody needs the routine messages of libraries


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without what must not be logged."""
    return {key: _clean(key, value) for key, value in event.items()}


def redacted(text: str) -> str:
    """The text with phone numbers, mail addresses and credentials blanked."""
    # Each pattern is tried only where it can match: nearly all logged texts are ids and single words.
    if "@" in text:
        text = CREDENTIALS.sub(f"{REDACTED}@", text)
    if SPACE.search(text):
        text = BEARER.sub(rf"\1 {REDACTED}", text)
    if "@" in text:
        text = MAIL.sub(REDACTED, text)
    return PHONE.sub(REDACTED, text) if "+" in text or DIGITS.search(text) else text


def traceback_text(exc_info: ExcInfo) -> str:
    """The frames and types of an exception and its causes, without their messages."""
    return "\n".join(_chain(exc_info[1], set())).strip()


def _chain(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and id(earlier) not in seen:
        yield from _chain(earlier, seen)
        yield "\nwhich led to\n"
    yield from (line.rstrip("\n") for line in traceback.format_tb(error.__traceback__))
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    yield f"{name}: {error if isinstance(error, ABOUT_CODE) else REDACTED}"
    for inner in getattr(error, "exceptions", ()):
        yield from _chain(inner, seen)


def _clean(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if TELLING_KEYS.search(key):
        return REDACTED
    if isinstance(value, str):
        return shown(redacted(value), lines=key == "exception")
    if isinstance(value, bytes):
        return REDACTED
    if isinstance(value, Mapping):
        return {name: _clean(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, inner) for inner in value]
    return shown(redacted(str(value)))
