"""One-click unsubscribing (RFC 8058): a page that changes nothing, and a POST that stops one class to one address.

Filters of mail follow every link, so a GET stops nothing. A POST is answered 200 for a good token, a used one and one
that is no longer known alike: who reads a mail late, or after the filter, is not told that the link is broken. The
token is bound to the notice and its address; the notice names the class.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from notifier.model.digests import heard_reference
from notifier.model.tokens import UNSUBSCRIBE, is_token
from notifier.model.types import NoticeClass
from notifier.serving.bodies import FORM
from notifier.serving.parts import Parts, Responses
from notifier.store.unsubscribing import Subscribed, stop, subscribed

log = structlog.get_logger()

Reference = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$")]
Token = Annotated[str, Path(pattern=r"^[a-z2-7]{1,40}$")]
WORDS = {
    "en": {
        "title": "Stop these notices",
        "ask": "Do you want no more notices of this kind from {company} at this mail address?",
        "button": "Stop them",
        "done": "It is done: {company} sends no more notices of this kind to this mail address.",
        "safety": "What your safety depends on is still sent.",
    },
    "es": {
        "title": "No recibir más estos avisos",
        "ask": "¿Quiere que {company} no le envíe más avisos de este tipo a esta dirección de correo?",
        "button": "No recibir más",
        "done": "Listo: {company} no enviará más avisos de este tipo a esta dirección de correo.",
        "safety": "Lo que afecta a su seguridad se sigue enviando.",
    },
}
ONE_CLICK = (FORM, "multipart/form-data")
"""What a body may be, by RFC 8058. It always says the same, so it is not read."""
_FIELDS = {
    "schema": {
        "type": "object",
        "required": ["List-Unsubscribe"],
        "properties": {"List-Unsubscribe": {"type": "string", "enum": ["One-Click"]}},
    }
}
_STYLE = (
    "body{margin:0;background:#f4f5f7;color:#1f2933;font:18px/1.5 system-ui,sans-serif}"
    "main{box-sizing:border-box;max-width:34rem;margin:4rem auto;padding:2rem;background:#fff;border-radius:12px}"
    "h1{margin-top:0;font-size:1.5rem}"
    "button{padding:.75rem 1.5rem;border:0;border-radius:8px;background:#1a4fd6;color:#fff;font:inherit;cursor:pointer}"
    "p:last-child{color:#52606d;font-size:.9rem;margin-bottom:0}"
)
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1><p>{text}</p>{form}<p>{safety}</p></main></body></html>
"""
_BUTTON = (
    '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
    "<button>{button}</button></form>"
)
_HEADERS = {
    "Cache-Control": "no-store",
    # A page may hold its own style alone, known by its digest.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def unsubscribe_routes(parts: Parts) -> APIRouter:
    """The page behind the link in each mail, and what its button does."""
    router = APIRouter(tags=["Unsubscribing"])
    away: Responses = {503: {"description": "it could not be stored; it is to be sent again"}}

    @router.get("/unsubscribe/{reference}/{token}", response_class=HTMLResponse, responses=away)
    async def show(reference: Reference, token: Token) -> HTMLResponse:  # noqa: ARG001 - the same page for everybody
        """A page with one button. It changes nothing, and says nothing about the link."""
        return _page(parts, "ask", button=True)

    @router.post(
        "/unsubscribe/{reference}/{token}",
        response_class=HTMLResponse,
        responses={**away, 413: {"description": "too large"}, 415: {"description": "it is no form"}},
        openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(ONE_CLICK, _FIELDS)}},
    )
    async def act(reference: Reference, token: Token) -> HTMLResponse:
        """Stop the notice's class for its address. Clients of mail send it without asking further."""
        await run_in_threadpool(_stop, parts, heard_reference(reference), token)
        return _page(parts, "done", button=False)

    return router


def _stop(parts: Parts, reference: str, token: str) -> None:
    with parts.database.begin() as connection:
        known = subscribed(connection, reference)
        if known is None or not _is_good(parts, known, token):
            log.info("unsubscribe.unknown")
            return
        if known.notice_class is NoticeClass.SAFETY:
            return
        new = stop(connection, known, now=parts.clock())
    log.info("unsubscribe.done", notice=known.notice_id, notice_class=known.notice_class, new=new)


def _is_good(parts: Parts, known: Subscribed, token: str) -> bool:
    return parts.token_key is not None and is_token(token, parts.token_key, UNSUBSCRIBE, known.reference, known.address)


def _page(parts: Parts, text: str, *, button: bool) -> HTMLResponse:
    language = "es" if parts.language.startswith("es") else "en"
    words = WORDS[language]
    html = _PAGE.format(
        language=language,
        style=_STYLE,
        title=escape(words["title"]),
        text=escape(words[text].format(company=parts.company)),
        form=_BUTTON.format(button=escape(words["button"])) if button else "",
        safety=escape(words["safety"]),
    )
    return HTMLResponse(html, headers=_HEADERS)
