"""`/bounces/TOKEN`: mails that came back, as a service that takes mail for us posts them, one a request.

The token is in the URL, because such services sign in no common way; `notifier bounces address` prints it.
"""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from notifier.bounces.verp import BY_HTTP, BounceAddress
from notifier.model.tokens import is_token
from notifier.receipts.bounces import Way, receive_bounce
from notifier.serving.bodies import Allowed
from notifier.serving.parts import Parts, Responses

PATH = "/bounces/"
MAILS = Allowed(kinds=("message/rfc822", "application/octet-stream"), largest=4 * 1024 * 1024)
"""What a body may be: the mail as it came, with its head. A mail of ours that comes back whole is far smaller."""
REFUSALS: Responses = {
    403: {"description": "the token is not that of this installation"},
    413: {"description": "too large"},
    415: {"description": "it is no mail"},
    503: {"description": "it could not be stored; it is to be sent again"},
}
_MAIL = {"schema": {"type": "string", "contentMediaType": "message/rfc822"}}

Token = Annotated[str, Path(pattern=r"^[a-z2-7]{1,40}$")]


def bounce_routes(parts: Parts) -> APIRouter:
    """The route; none where the settings name no address for bounces."""
    router = APIRouter(tags=["Bounces"])
    if parts.bounces is None:
        return router
    address = parts.bounces

    @router.post(
        PATH + "{token}",
        status_code=204,
        responses=REFUSALS,
        openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MAILS.kinds, _MAIL)}},
    )
    async def take(request: Request, token: Token) -> Response:
        """Keep a mail that came back. The answer is the same whether it leads to a notice, or came before."""
        if not is_token(token, address.key, BY_HTTP):
            raise HTTPException(403, "the token is not that of this installation")
        await run_in_threadpool(_receive, parts, address, await request.body())
        return Response(status_code=204)

    return router


def _receive(parts: Parts, address: BounceAddress, content: bytes) -> None:
    receive_bounce(parts.database, content, address, way=Way.HTTP, now=parts.clock())
