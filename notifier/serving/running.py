"""Runs the service on one address until SIGTERM: uvicorn, without its own log of addresses."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from notifier.model.reading import StoreError
from notifier.serving.app import build
from notifier.serving.parts import Parts

log = structlog.get_logger()

ENDS_WITHIN = 20
"""Seconds in which requests in hand are answered after SIGTERM."""
TELLS_EVERY = 15.0
"""Seconds between two words to the database that this process serves."""
AT_ONCE = 1_000
"""Connections; more are answered 503."""


def run(parts: Parts, *, host: str, port: int) -> None:
    """Serve until a signal. The address of the caller is of no interest, so no header of a proxy is believed."""
    parts.project()  # read now, so that the first reply does not wait for it
    log.info("serve.started", host=host, port=port, live=parts.live)
    config = uvicorn.Config(
        build(parts),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=ENDS_WITHIN,
        timeout_keep_alive=30,
        limit_concurrency=AT_ONCE,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)
    with _ended_by_signals(server), _telling(parts):
        server.run()


@contextmanager
def _telling(parts: Parts) -> Iterator[None]:
    """While the block runs, the database is told every few seconds that this process serves."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.is_set():
            try:
                if parts.passed is not None:
                    parts.passed()
            except StoreError as error:
                log.warning("serve.pass_not_written", error=str(error))  # who watches sees that it is old
            ended.wait(TELLS_EVERY)

    thread = threading.Thread(target=tell, name="passes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()


@contextmanager
def _ended_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """uvicorn raises a signal again once it has ended; to a service manager that looks like a kill."""
    ending = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, server.handle_exit) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
