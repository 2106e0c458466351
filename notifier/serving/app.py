"""The service: what providers and people tell us comes in here, each by a route of its own.

Every answer is given after the commit. What could not be stored is answered 503, so that it is sent again. Nothing of a
request gets into the log but ids: bodies, addresses and queries hold what people wrote, and who they are.
"""

import time

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notifier import __version__
from notifier.model.problems import ProblemsError
from notifier.model.reading import StoreError
from notifier.serving.bodies import Allowed, SmallBodies
from notifier.serving.bounces import MAILS, PATHS, bounce_routes
from notifier.serving.figures import REQUESTS, SECONDS, UNMATCHED
from notifier.serving.gateway import DOCUMENTS, gateway_routes
from notifier.serving.gateway import PATH as GATEWAY
from notifier.serving.inbound import inbound_routes
from notifier.serving.parts import Parts
from notifier.serving.promises import PATH as PROMISES
from notifier.serving.promises import PROMISE_LISTS, promise_routes, refused
from notifier.serving.status import status_routes
from notifier.serving.status_page import status_page_routes
from notifier.serving.unsubscribe import ONE_CLICK, unsubscribe_routes
from notifier.serving.watching import watching_routes

log = structlog.get_logger()

ABOUT = """What providers and people tell the notifier: receipts, replies, that somebody wants no more of it, promises.
Promises come from systems that have the token in `NOTIFIER_API_TOKEN`.
Twilio's routes take what Twilio has signed, for the address in `NOTIFIER_PUBLIC_URL`. The probes and figures are for
the machine's own network: a proxy must not pass them on."""


def build(parts: Parts) -> FastAPI:
    """The application of one process."""
    app = FastAPI(title="Notifier", version=__version__, description=ABOUT, redoc_url=None)
    app.include_router(status_routes(parts))
    app.include_router(gateway_routes(parts))
    app.include_router(inbound_routes(parts))
    app.include_router(unsubscribe_routes(parts))
    app.include_router(status_page_routes(parts))
    app.include_router(bounce_routes(parts))
    app.include_router(promise_routes(parts))
    app.include_router(watching_routes(parts))
    app.add_exception_handler(StoreError, _not_stored)
    app.add_exception_handler(ProblemsError, refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    others = {
        "/unsubscribe/": Allowed(kinds=ONE_CLICK),
        PROMISES: PROMISE_LISTS,
        GATEWAY: DOCUMENTS,
        **dict.fromkeys(PATHS, MAILS),
    }
    app.add_middleware(SmallBodies, others=others)
    app.add_middleware(Measured)
    return app


class Measured:
    """Counts each answer, and the time until it began, by route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                SECONDS.labels(route=_route(scope)).observe(time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            REQUESTS.labels(route=_route(scope), status=str(status)).inc()


def _route(scope: Scope) -> str:
    path: str = getattr(scope.get("route"), "path", UNMATCHED)
    return path


async def _not_stored(request: Request, error: Exception) -> Response:
    log.error("request.not_stored", route=_route(request.scope), error=str(error))
    return PlainTextResponse("it could not be stored; send it again", 503, {"Retry-After": "5"})


async def _unreadable(_request: Request, _error: Exception) -> Response:
    """Without what was wrong: it would repeat what was sent."""
    return PlainTextResponse("the request cannot be read", 422)
