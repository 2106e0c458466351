"""`/gateway/status`: what a company's own SMS gateway says of our messages, believed with the token of the settings."""

import hmac
import json
from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.requests import ClientDisconnect

from notifier.delivery.http_gateway_receipts import PROVIDER, gateway_receipt
from notifier.model.receipts import Receipt
from notifier.receipts.taking import Taken, take
from notifier.serving.bodies import Allowed
from notifier.serving.figures import RECEIPTS
from notifier.serving.parts import Parts, Responses
from notifier.serving.together import Together

PATH = "/gateway/status"
DOCUMENTS = Allowed(kinds=("application/json",))
REFUSALS: Responses = {
    400: {"description": "it is no JSON object with `id` and `status`"},
    401: {"description": "the token is missing, or another one"},
    403: {"description": "no receipts are taken here: there is no token in the settings"},
    413: {"description": "the body is too large"},
    415: {"description": "it is no JSON"},
    503: {"description": "it could not be stored; it is to be sent again"},
}
_DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["id", "status"],
                    "properties": {
                        "id": {"type": "string", "pattern": r"^[\w.-]{1,64}$"},
                        "status": {"type": "string", "pattern": r"^[\w.-]{1,64}$"},
                        "code": {"type": "string"},
                    },
                }
            }
        },
    },
    "parameters": [{"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}}],
}


def gateway_routes(parts: Parts) -> APIRouter:
    """The route for receipts of the gateway."""
    router = APIRouter(tags=["Gateway"])

    def commit(receipts: Sequence[Receipt]) -> Taken:
        taken = take(parts.database, receipts, now=parts.clock())
        RECEIPTS.labels(provider=PROVIDER, what="kept").inc(taken.kept)
        RECEIPTS.labels(provider=PROVIDER, what="repeated").inc(taken.repeated)
        RECEIPTS.labels(provider=PROVIDER, what="unmatched").inc(taken.unmatched)
        return taken

    together = Together(commit, at_once=1)

    @router.post(PATH, status_code=204, responses=REFUSALS, openapi_extra=_DESCRIPTION)
    async def status(request: Request) -> Response:
        """The gateway calls it whenever a message of ours gets another status."""
        if parts.gateway_token is None:
            raise HTTPException(403, "no receipts are taken here: set NOTIFIER_SMS_GATEWAY_RECEIPTS_TOKEN")
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, f"Bearer {parts.gateway_token}".encode()):
            raise HTTPException(401, "the token is missing, or another one", {"WWW-Authenticate": "Bearer"})
        try:
            said = json.loads(await request.body())
        except ClientDisconnect:
            raise HTTPException(400, "the request ended before its body did") from None
        except (ValueError, RecursionError):
            raise HTTPException(400, "it is no JSON") from None
        receipt = gateway_receipt(said) if isinstance(said, dict) else None
        if receipt is None:
            raise HTTPException(400, "'id' or 'status' is missing, or is no word of up to 64 letters and digits")
        await together.stored(receipt)
        return Response(status_code=204)

    return router
