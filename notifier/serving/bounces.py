"""`/mails/TOKEN` and `/bounces/TOKEN`: mails as a service that takes mail for us posts them, one a request.

Bounces and what people wrote come in here alike, under either name: they are told apart when they are read.

The token is in the URL, because such services sign in no common way; `notifier bounces address` prints it.
"""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from notifier.bounces.reading import MOST_READ
from notifier.bounces.verp import BY_HTTP
from notifier.consent.mails import MailDesk, receive_mail
from notifier.model.tokens import is_token
from notifier.receipts.bounces import Way
from notifier.serving.bodies import Allowed
from notifier.serving.parts import Parts, Responses

PATHS = ("/bounces/", "/mails/")
MAILS = Allowed(kinds=("message/rfc822", "application/octet-stream"), largest=32 * 1024 * 1024)
"""What a body may be: the mail as it came, with its head. People answer with photographs; of those nothing is kept."""
REFUSALS: Responses = {
    400: {"description": "the request ended too soon"},
    403: {"description": "the token is not that of this installation"},
    413: {"description": "too large"},
    415: {"description": "it is no mail"},
    503: {"description": "it could not be stored; it is to be sent again"},
}
_MAIL = {"schema": {"type": "string", "contentMediaType": "message/rfc822"}}

Token = Annotated[str, Path(pattern=r"^[a-z2-7]{1,40}$")]


def bounce_routes(parts: Parts) -> APIRouter:
    """The route; none where the settings name no address for bounces."""
    router = APIRouter(tags=["Mails"])
    if parts.desk is None:
        return router
    desk = parts.desk

    async def take(request: Request, token: Token) -> Response:
        """Keep a mail: one that came back, or a reply. The answer is the same whether it leads to a notice, or came
        before."""
        if not is_token(token, desk.bounces.key, BY_HTTP):
            raise HTTPException(403, "the token is not that of this installation")
        content = bytearray()
        try:
            async for chunk in request.stream():
                content += chunk[: MOST_READ - len(content)]
        except ClientDisconnect:
            raise HTTPException(400, "the request ended before its mail did") from None
        await run_in_threadpool(_receive, parts, desk, bytes(content))
        return Response(status_code=204)

    for path in PATHS:
        router.add_api_route(
            path + "{token}",
            take,
            methods=["POST"],
            status_code=204,
            responses=REFUSALS,
            openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MAILS.kinds, _MAIL)}},
        )
    return router


def _receive(parts: Parts, desk: MailDesk, content: bytes) -> None:
    receive_mail(parts.database, content, desk, way=Way.HTTP, now=parts.clock())
