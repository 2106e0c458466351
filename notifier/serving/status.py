"""`/twilio/status`: what Twilio says of our messages.

Every receipt is answered 204 once it is committed, also one that is doubled, late or about a message that is not ours:
any other answer would make Twilio say it again, and alarm people.
"""

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Request, Response

from notifier.delivery.twilio_receipts import channel_and_number, code_of, receipt_of
from notifier.model.receipts import Receipt
from notifier.receipts.taking import Taken, take
from notifier.serving.figures import RECEIPTS
from notifier.serving.parts import Parts
from notifier.serving.together import Together
from notifier.serving.twilio_requests import REFUSALS, said, signed_form, texts

PATH = "/twilio/status"
AT_ONCE = 3
"""Commits that are under way at the same time on PostgreSQL: where the machine is busy, each of them mostly waits."""


def status_routes(parts: Parts) -> APIRouter:
    """The route for Twilio's status callbacks."""
    router = APIRouter(tags=["Twilio"])

    def commit(receipts: Sequence[Receipt]) -> Taken:
        taken = take(parts.database, receipts, now=parts.clock())
        RECEIPTS.labels(provider="twilio", what="kept").inc(taken.kept)
        RECEIPTS.labels(provider="twilio", what="repeated").inc(taken.repeated)
        RECEIPTS.labels(provider="twilio", what="unmatched").inc(taken.unmatched)
        return taken

    together = Together(commit, at_once=1 if parts.database.dialect.name == "sqlite" else AT_ONCE)

    @router.post(PATH, status_code=204, responses=REFUSALS, openapi_extra=FORM)
    async def status(request: Request) -> Response:
        """Twilio calls it whenever a message of ours gets another status."""
        form = await signed_form(request, parts)
        sid, word = said(form, "MessageSid"), said(form, "MessageStatus")
        if not _is_id(sid) or not word:
            raise HTTPException(400, "MessageSid or MessageStatus is missing")
        channel, _ = channel_and_number(said(form, "To"))
        await together.stored(receipt_of(sid, word, code_of(said(form, "ErrorCode")), texts(form), channel=channel))
        return Response(status_code=204)

    return router


FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["MessageSid", "MessageStatus"],
                    "properties": {
                        "MessageSid": {"type": "string", "pattern": "^[A-Za-z0-9]{2,64}$"},
                        "MessageStatus": {"type": "string", "minLength": 1},
                        "ErrorCode": {"type": "string"},
                    },
                }
            }
        },
    },
    "parameters": [
        {"name": "X-Twilio-Signature", "in": "header", "required": True, "schema": {"type": "string"}},
    ],
}


def _is_id(text: str) -> bool:
    return 2 <= len(text) <= 64 and text.isascii() and text.isalnum()
