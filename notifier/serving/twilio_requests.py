"""Requests that say they are Twilio's: read whole, and believed only with Twilio's signature.

Twilio signs the address that it calls, so the configured public address is what counts, with the path and the query as
they came. What a framework makes of them (sorted, decoded, of another host behind a proxy) is not what was signed.
"""

from fastapi import HTTPException, Request
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from notifier.serving.parts import Parts, Responses

FIELDS = 500
"""More than Twilio ever sends."""
FORGED: Responses = {403: {"description": "it is not signed by Twilio for this address"}}
REFUSALS: Responses = {
    **FORGED,
    400: {"description": "the form cannot be read, or lacks what it is about"},
    413: {"description": "the body is too large"},
    415: {"description": "it is no form"},
    503: {"description": "it could not be stored, or Twilio is not set up: it is to be sent again"},
}
"""What a route for Twilio answers besides 2xx."""


async def signed_form(request: Request, parts: Parts) -> FormData:
    """The form of a request that Twilio signed. Raises HTTPException for any other."""
    if not parts.auth_tokens or parts.public_url is None:
        raise HTTPException(503, "Twilio's credentials and NOTIFIER_PUBLIC_URL are not set")
    try:
        form = await request.form(max_files=0, max_fields=FIELDS)
    except ClientDisconnect:
        raise HTTPException(400, "the request ended before its form did") from None
    except UnicodeError:
        raise HTTPException(400, "the form cannot be read") from None
    if not _is_signed(request, form, parts, called_url(request, parts.public_url)):
        raise HTTPException(403, "it is not signed by Twilio for this address")
    return form


def _is_signed(request: Request, form: FormData, parts: Parts, url: str) -> bool:
    """By one of our auth tokens (SHA-1), or, where the request says so, by our shared key (SHA-256)."""
    signature = request.headers.get("X-Twilio-Signature", "")
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER))
    if algorithm.upper() == HMAC_SHA1:
        return any(RequestValidator(token).validate(url, form, signature) for token in parts.auth_tokens)
    if algorithm.upper() != HMAC_SHA256 or parts.shared_key is None:
        return False
    return bool(RequestValidator(parts.shared_key).validate(url, form, signature, HMAC_SHA256))


def called_url(request: Request, public_url: str) -> str:
    """The address that Twilio called, byte for byte."""
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    called: bytes = path + b"?" + query if query else path
    return public_url + called.decode("latin-1")


def said(form: FormData, name: str) -> str:
    """One field of the form; empty where it is missing."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts(form: FormData) -> dict[str, str]:
    """The fields of the form, of several with one name the last."""
    return {name: value for name, value in form.items() if isinstance(value, str)}
