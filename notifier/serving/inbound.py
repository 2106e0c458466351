"""`/twilio/inbound`: what people answer becomes a row of `contact`, with the notice that it answers.

A text that Twilio sends twice is kept once. The one automatic answer, if there is any, is in the response.
"""

from datetime import datetime

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool
from twilio.twiml.messaging_response import MessagingResponse

from notifier.consent.hearing import Reply, hear
from notifier.delivery.twilio_receipts import channel_and_number
from notifier.serving.parts import Parts
from notifier.serving.twilio_requests import REFUSALS, said, signed_form

log = structlog.get_logger()

PATH = "/twilio/inbound"


def inbound_routes(parts: Parts) -> APIRouter:
    """The route for messages that people send to our number."""
    router = APIRouter(tags=["Twilio"])

    @router.post(PATH, responses={200: {"content": {"text/xml": {}}}, **REFUSALS}, openapi_extra=FORM)
    async def inbound(request: Request) -> Response:
        """Twilio calls it with every message that comes in; the answer is TwiML, mostly empty."""
        form = await signed_form(request, parts)
        sid, sender = said(form, "MessageSid"), said(form, "From")
        if not sid or not sender:
            raise HTTPException(400, "MessageSid or From is missing")
        channel, number = channel_and_number(sender)
        reply = Reply(
            channel=channel,
            address=number,
            text=said(form, "Body"),
            provider_id=sid,
            opt_out_type=said(form, "OptOutType") or None,
        )
        text = await run_in_threadpool(heard, parts, reply, parts.clock())
        answer = MessagingResponse()
        if text is not None:
            answer.message(text)
        return Response(str(answer), media_type="text/xml")

    return router


def heard(parts: Parts, reply: Reply, now: datetime) -> str | None:
    """Keep the reply, and decide what it means; returns the one answer that is to be sent, if any."""
    if reply.address in parts.our_numbers:
        log.warning("reply.from_ourselves", provider_id=reply.provider_id)  # two machines would answer each other
        return None
    project = parts.project()  # before the transaction: it may be read anew
    with parts.database.begin() as connection:
        return hear(connection, reply, now, project=project, live=parts.live, company=parts.company)


FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["MessageSid", "From"],
                    "properties": {
                        "MessageSid": {"type": "string", "minLength": 1},
                        "From": {"type": "string", "minLength": 1},
                        "Body": {"type": "string"},
                        "OptOutType": {"type": "string"},
                    },
                }
            }
        },
    },
    "parameters": [
        {"name": "X-Twilio-Signature", "in": "header", "required": True, "schema": {"type": "string"}},
    ],
}
