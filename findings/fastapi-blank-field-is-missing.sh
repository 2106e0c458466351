#!/usr/bin/env bash
# A receipt of Twilio's with a blank field (`Body=`): a FastAPI endpoint that declares the field answers 422.
#
# One would guess: a field that is declared as a text and arrives blank is the empty text. The OpenAPI description says the
#   same: the type is string, with no least length.
# What happens: FastAPI takes a blank form field for one that was not sent. A required one is refused with "Field required", an
#   optional one is its default, None. Only `await request.form()` tells a blank field from a missing one, and the
#   signature needs the blank ones.
# Versions: fastapi 0.165.0, starlette 1.10.0, python-multipart 0.0.34. Seen on 2026-11-29.
# Who cares: the receipts of `notifier serve` that is to come. What we do: there are none yet. The endpoint must read the form
#   itself, and name 400, 403 and 422 in its description.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages fastapi==0.165.0 starlette==1.10.0 python-multipart==0.0.34
python > "$seen" <<'PY'
import asyncio
import json
from typing import Annotated

from fastapi import FastAPI, Form, Request

app = FastAPI()


@app.post("/required")
async def required(Body: Annotated[str, Form()]):
    return Body


@app.post("/optional")
async def optional(Body: Annotated[str | None, Form()] = None):
    return Body


@app.post("/form")
async def form(request: Request):
    return (await request.form())["Body"]


async def post(path, content):
    sent = []

    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


schemas = app.openapi()["components"]["schemas"]
print("described as:", schemas["Body_required_required_post"]["properties"]["Body"])
for path in ("/required", "/optional", "/form"):
    status, answer = asyncio.run(post(path, b"MessageSid=SM1&Body="))
    print(path, status, repr(answer["detail"][0]["msg"] if status == 422 else answer))
PY
as_described <<'SEEN'
described as: {'type': 'string', 'title': 'Body'}
/required 422 'Field required'
/optional 200 None
/form 200 ''
SEEN
