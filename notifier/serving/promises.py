"""`/v1/promises`: other systems say here what they promised, by the same way as an import of a file.

Of one request either all promises are kept or none, and every problem is named with its place. A promise that comes
again is kept once: its id is that of the sender. The body is believed only with the token of the settings.
"""

import hmac
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from typing_extensions import TypedDict

from notifier.intake.events import ChangeSet, apply_change_set
from notifier.intake.exact_json import exact_json
from notifier.intake.parsing import ImportContext
from notifier.intake.report import DanglingLog
from notifier.model.problems import Place, Problem, ProblemsError
from notifier.model.vocabulary import VALUES
from notifier.serving.bodies import Allowed
from notifier.serving.parts import Parts, Responses
from notifier.store.state.merging import WriteCounts

PATH = "/v1/promises"
PROMISE_LISTS = Allowed(kinds=("application/json",), largest=1024 * 1024)
"""What a body may be."""
MOST = 1_000
"""Promises of one request: one transaction, in which nobody else writes."""
_BEARER = "Bearer "
_EXAMPLE = {
    "id": "CRM-8841-1",
    "subject": "contract:K-1",
    "topic": "monthly_price",
    "value": "79900",
    "currency": "COP",
    "made_at": "2026-03-05T10:00:00-05:00",
    "source": "sales",
    "made_by": "agent 4471",
    "channel": "phone",
    "evidence": "call 8841, 03:10",
}


class Taken(TypedDict):
    """What became of the promises of a request; the five add up to those that were sent."""

    inserted: int
    updated: int
    unchanged: int
    ignored_older: int
    """Somebody wrote them with a later time."""
    forgotten: int
    """Of people who were forgotten: they are not written."""
    not_there_yet: list[str]
    """References to rows that are not there yet: allowed, and compared with nothing until they come."""


class Wrong(TypedDict):
    """One problem. Nothing of the request was kept."""

    place: str
    """`promises[3]`, counted from 0, or `body`."""
    what: str


class Refused(TypedDict):
    """Every problem of a request."""

    problems: list[Wrong]


REFUSALS: Responses = {
    400: {"description": "the request ended before its body did"},
    401: {"description": "the token is missing, or another one"},
    403: {"description": "no promises are taken here: there is no token in the settings"},
    413: {"description": "the body is too large"},
    415: {"description": "it is no JSON"},
    422: {"description": "some promise cannot be read; none was kept", "model": Refused},
    503: {"description": "it could not be stored, or no rules are in force yet; it is to be sent again"},
}


def promise_routes(parts: Parts) -> APIRouter:
    """The route for promises."""
    router = APIRouter(tags=["Promises"])

    @router.post(PATH, responses=REFUSALS, openapi_extra=_DESCRIPTION)
    async def take(request: Request) -> Taken:
        """Keep one promise, or a list of them: all, or none."""
        _believe(request, parts)
        context = parts.imports()
        if context is None:
            raise HTTPException(
                503, "no rules are in force yet, so no topic is known: start `notifier run`", {"Retry-After": "60"}
            )
        try:
            rows = _rows(await request.body())
        except ClientDisconnect:
            raise HTTPException(400, "the request ended before its body did") from None
        return await run_in_threadpool(_keep, parts, context, rows)

    return router


def refused(_request: Request, error: Exception) -> Response:
    """The answer to a request with problems."""
    assert isinstance(error, ProblemsError)
    problems = [Wrong(place=each.place.file, what=each.what) for each in error.problems]
    return JSONResponse(Refused(problems=problems), 422)


def _believe(request: Request, parts: Parts) -> None:
    """Raises HTTPException for a request without the token."""
    if parts.api_token is None:
        raise HTTPException(403, "no promises are taken here: set NOTIFIER_API_TOKEN (openssl rand -hex 32 makes one)")
    given = request.headers.get("authorization", "")
    expected = f"{_BEARER}{parts.api_token}"
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise HTTPException(
            401,
            "the token is missing, or another one: send 'Authorization: Bearer TOKEN'",
            {"WWW-Authenticate": "Bearer"},
        )


def _rows(body: bytes) -> list[dict[str, Any]]:
    """The promises as they were written. Raises ProblemsError for what is no list of them."""
    try:
        given = exact_json(body)
    except (ValueError, RecursionError) as error:
        raise ProblemsError([Problem(Place("body"), f"not JSON: {error}")]) from error
    rows = given if isinstance(given, list) else [given]
    if not rows:
        raise ProblemsError([Problem(Place("body"), "the list is empty; send a promise, or a list of them")])
    if len(rows) > MOST:
        raise ProblemsError([Problem(Place("body"), f"there are {len(rows):,} promises; send {MOST:,} at a time")])
    wrong = [at for at, row in enumerate(rows) if not isinstance(row, dict)]
    if wrong:
        what = 'a promise is one JSON object, like {"id": "P-1", "subject": "contract:K-1", …}'
        raise ProblemsError(Problem(_place("promise", at), what) for at in wrong)
    return rows


def _keep(parts: Parts, context: ImportContext, rows: list[dict[str, Any]]) -> Taken:
    change = ChangeSet(at=parts.clock(), set={"promise": rows})
    dangling = DanglingLog(context.tables)
    with parts.database.begin() as connection:
        applied = apply_change_set(connection, change, context, place=Place("body"), place_of=_place, dangling=dangling)
        missing = dangling.report(connection)
    return _taken(applied.counts, [f"{each.relation}: {each.count}" for each in missing])


def _place(_entity: str, position: int) -> Place:
    return Place(f"promises[{position}]")


def _taken(counts: WriteCounts, missing: list[str]) -> Taken:
    return Taken(
        inserted=counts.inserted,
        updated=counts.updated,
        unchanged=counts.unchanged,
        ignored_older=counts.ignored_older,
        forgotten=counts.forgotten,
        not_there_yet=missing,
    )


_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_PROMISE = {
    "type": "object",
    "required": ["id", "subject", "topic", "value", "made_at", "source"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "pattern": "^[a-z]+:.+$"},
        "topic": {"type": "string", "minLength": 1},
        "value": {"type": ["string", "number", "boolean"]},
        "source": {"type": "string", "enum": list(VALUES["promise"]["source"])},
        **dict.fromkeys(("made_at", "due_at", "valid_from", "valid_until"), _INSTANT),
        **dict.fromkeys(("currency", "made_by", "channel", "evidence", "customer_id"), _TEXT),
        "tax_included": {"type": "boolean"},
    },
    "example": _EXAMPLE,
}
_DESCRIPTION = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [_PROMISE, {"type": "array", "items": _PROMISE, "minItems": 1, "maxItems": MOST}],
                }
            }
        },
    },
    "parameters": [{"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string"}}],
}
