"""`/status/REFERENCE/TOKEN`: a customer's own page: what is done, what is so now, what comes next and by when.

The link is signed, so nobody can guess another one; a link that is not ours is answered before anything is read. It
shows nothing but what its reader was told, was promised or said (`answers.progress`).
"""

import time
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html import escape
from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from notifier.answers.progress import Progress, Step, page_of, progress
from notifier.answers.progress_words import HEADINGS, by_when
from notifier.answers.speech import Speech, speech_for
from notifier.answers.who import who_is
from notifier.model.digests import heard_reference
from notifier.model.texts import shown
from notifier.model.tokens import STATUS, is_token
from notifier.planning.addressing import Defaults
from notifier.serving.parts import Parts, Responses
from notifier.store.database import read_only

log = structlog.get_logger()

PATH = "/status/"
Reference = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,40}$")]
Token = Annotated[str, Path(pattern=r"^[a-z2-7]{1,40}$")]
A_SECOND, AT_ONCE = 20, 60
"""Pages of one process: more than people open, and too few to keep a database busy."""
_ANSWERS: Responses = {
    404: {"description": "the link shows nothing: it is not ours, it is too old, or its address is another's now"},
    429: {"description": "too many pages were asked for; try again in a moment"},
    503: {"description": "the database is away"},
}
_STYLE = (
    "body{margin:0;background:#f4f5f7;color:#1f2933;font:17px/1.5 system-ui,sans-serif}"
    "main{box-sizing:border-box;max-width:38rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:12px}"
    "h1{margin:0 0 .25rem;font-size:1.4rem}h2{margin:1.5rem 0 .5rem;font-size:1.05rem}"
    "ul{list-style:none;margin:0;padding:0}li{padding:.6rem 0;border-top:1px solid #e4e7eb;overflow-wrap:anywhere}"
    "p{margin:0}.soft{color:#52606d;font-size:.9rem}.by{font-weight:600}"
)
_HEADERS = {
    "Cache-Control": "no-store",
    # A page may hold its own style alone, known by its digest.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1>{body}</main></body></html>
"""


class Turnstile:
    """Lets a bounded number pass in a second. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left, self._seen = float(AT_ONCE), clock()

    def passes(self) -> bool:
        """Whether one more may pass now."""
        now = self._clock()
        self._left = min(AT_ONCE, self._left + (now - self._seen) * A_SECOND)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def status_page_routes(parts: Parts, turnstile: Turnstile | None = None) -> APIRouter:
    """The page behind `{{ status_page }}`; none where links have no key."""
    router = APIRouter(tags=["Status page"])
    if parts.token_key is None:
        return router
    key, gate = parts.token_key, turnstile or Turnstile()

    @router.get(PATH + "{reference}/{token}", response_class=HTMLResponse, responses=_ANSWERS)
    async def show(reference: Reference, token: Token) -> HTMLResponse:
        """How things stand for whoever was told by this notice. It changes nothing."""
        asked = heard_reference(reference)
        if not is_token(token, key, STATUS, asked):
            log.info("status_page.unknown")
            return _gone(parts)
        if not gate.passes():
            return HTMLResponse("", 429, {**_HEADERS, "Retry-After": "1"})
        found = await run_in_threadpool(_read, parts, asked)
        return _gone(parts) if found is None else found

    return router


def _read(parts: Parts, reference: str) -> HTMLResponse | None:
    now, project = parts.clock(), parts.project()
    defaults = Defaults(locale=parts.language, timezone=parts.timezone)
    with read_only(parts.database) as connection:
        customer = page_of(connection, reference, now, live=parts.live)
        if customer is None:
            return None
        who = who_is(connection, customer, defaults, {}, live=parts.live)
        speech = speech_for(who.locale, who.timezone, None if project is None else project.topic_labels)
        found = progress(connection, customer, project, speech, now, live=parts.live)
    log.info("status_page.shown", steps=len(found.steps))
    return _page(found, speech, parts.company)


def _page(found: Progress, speech: Speech, company: str) -> HTMLResponse:
    stamp = speech.instant(found.now)
    parts = [f'<p class="soft">{_text(speech.pick(f"As of {stamp}", f"Al {stamp}"))}</p>']
    for stage, words in HEADINGS.items():
        steps = found.of(stage)
        if steps:
            lines = "".join(_line(step, speech) for step in steps)
            parts.append(f"<section><h2>{_text(speech.pick(*words))}</h2><ul>{lines}</ul></section>")
    if not found.steps:
        parts.append(f"<p>{_text(speech.pick('Nothing is open.', 'No hay nada pendiente.'))}</p>")
    return _html(speech, company, "".join(parts))


def _line(step: Step, speech: Speech) -> str:
    by = by_when(step, speech)
    reference = f" · ref. {step.reference}" if step.reference else ""
    told = f"{speech.instant(step.at)}{reference}"
    due = f'<p class="by">{_text(by[:1].upper() + by[1:])}</p>' if by else ""
    return f'<li><p>{_text(step.text)}</p>{due}<p class="soft">{_text(told)}</p></li>'


def _gone(parts: Parts) -> HTMLResponse:
    """The same for a forged link, one that is over and one of somebody who was forgotten."""
    speech = speech_for(parts.language, None)
    text = speech.pick("This link shows nothing any more.", "Este enlace ya no muestra nada.")
    return _html(speech, parts.company, f"<p>{_text(text)}</p>", status=404)


def _html(speech: Speech, company: str, body: str, status: int = 200) -> HTMLResponse:
    title = _text(f"{company}: {speech.pick('how things stand', 'cómo va lo suyo')}")
    html = _PAGE.format(language=speech.language, style=_STYLE, title=title, body=body)
    return HTMLResponse(html, status, headers=_HEADERS)


def _text(text: str) -> str:
    """Escaped, and without what turns its letters around."""
    return escape(shown(text, lines=True))
