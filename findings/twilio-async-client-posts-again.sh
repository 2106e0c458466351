#!/usr/bin/env bash
# The two HTTP clients of the Twilio library, with the same options: one sends a message three times, and one waits for ever.
#
# One would guess: max_retries and timeout mean the same in TwilioHttpClient and AsyncTwilioHttpClient. A new message
#   is not posted again after a 500, since nobody knows whether the first one went out.
# What happens: with max_retries=3 and an answer of 500 the synchronous client posts once, the asynchronous one three times:
#   three SMS, if the failure came after the message was taken. With timeout=1 and an answer after two seconds the synchronous
#   client gives up after one, and the asynchronous one waits: its timeout is stored and not used.
# Versions: twilio 9.13.0, aiohttp 3.14.5. Seen on 2026-11-29.
# Who cares: notifier/delivery/twilio_client.py. What we do: it has its own transport on aiohttp, with one attempt a call and a
#   time-out for all of it.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages twilio==9.13.0 aiohttp==3.14.5
python > "$seen" <<'PY'
import asyncio
import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

posts = []


class Provider(BaseHTTPRequestHandler):
    status, delay = 500, 0

    def do_POST(self):
        posts.append(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.delay)
        content = b'{"sid": "SM1"}' if self.status == 201 else b'{"code": 20500, "message": "failed"}'
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client may have gone
            self.wfile.write(content)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
threading.Thread(target=server.serve_forever, daemon=True).start()
MESSAGE = {"to": "+573001234567", "from_": "+15005550006", "body": "Hola"}


def client(transport):
    made = Client("AC" + "0" * 32, "token", http_client=transport, environment={"TWILIO_REGION": "", "TWILIO_EDGE": ""})
    made.api.base_url = f"http://127.0.0.1:{server.server_port}"
    return made


def synchronous(**options):
    return client(TwilioHttpClient(**options)).messages.create(**MESSAGE)


def asynchronous(**options):
    async def create():
        async with AsyncTwilioHttpClient(**options) as transport:
            return await client(transport).messages.create_async(**MESSAGE)

    return asyncio.run(create())


for options, Provider.status, Provider.delay in (({"max_retries": 3}, 500, 0), ({"timeout": 1}, 201, 2)):
    for create in (synchronous, asynchronous):
        posts.clear()
        try:
            result = f"sid {create(**options).sid}"
        except Exception as error:
            result = type(error).__name__
        print(options, f"{create.__name__}: {result}, posts: {len(posts)}")
PY
as_described <<'SEEN'
{'max_retries': 3} synchronous: TwilioRestException, posts: 1
{'max_retries': 3} asynchronous: TwilioRestException, posts: 3
{'timeout': 1} synchronous: ReadTimeout, posts: 1
{'timeout': 1} asynchronous: sid SM1, posts: 1
SEEN
