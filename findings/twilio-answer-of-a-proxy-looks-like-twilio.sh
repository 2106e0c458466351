#!/usr/bin/env bash
# Between us and Twilio a proxy answers: what the Twilio library makes of it, for one new message.
#
# One would guess: an answer that is not Twilio's JSON raises one exception of the library, and `code` holds a code of
#   Twilio's or nothing.
# What happens: for a gateway's page of 502 the exception is TwilioRestException with code=502, so the HTTP status stands
#   where a code of Twilio's is looked up. A page with status 200 raises JSONDecodeError, no class of the library. An
#   empty 201, or `{}`, is a success: a message whose sid is None. An error as application/problem+json raises
#   TwilioServiceException, which is no TwilioRestException.
# Versions: twilio 9.13.0. Seen on 2026-11-29.
# Who cares: notifier/delivery/twilio_client.py. What we do: its own transport judges every status that is not 2xx. What is
#   2xx and not Twilio's JSON, or has no sid, is a message of unknown fate, which is looked for at Twilio before anything
#   is sent again.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages twilio==9.13.0
python > "$seen" <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

PROBLEM = json.dumps({"type": "about:blank", "title": "Bad", "status": 400, "code": 70001, "detail": "no"}).encode()
ANSWERS = [
    (502, "text/html", b"<html>Bad gateway</html>"),
    (503, "text/plain", b""),
    (400, "application/json", b'{"code": 21610, "message": "unsubscribed"}'),
    (400, "application/problem+json", PROBLEM),
    (200, "text/html", b"<html>Please sign in</html>"),
    (201, "text/html", b""),
    (201, "application/json", b"{}"),
    (201, "application/json", b'{"sid": "SM1"}'),
]


class Proxy(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        status, content_type, content = ANSWERS[0]
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = Client("AC" + "0" * 32, "token", environment={"TWILIO_REGION": "", "TWILIO_EDGE": ""})
client.api.base_url = f"http://127.0.0.1:{server.server_port}"
while ANSWERS:
    status, content_type, content = ANSWERS[0]
    try:
        result = f"no exception, sid={client.messages.create(to='+573001234567', from_='+15005550006', body='Hola').sid}"
    except Exception as error:
        kind = "is" if isinstance(error, TwilioRestException) else "is no"
        result = f"{type(error).__name__} ({kind} TwilioRestException), code={getattr(error, 'code', 'none')}"
    print(f"{status} {content_type} {content[:26].decode()!r}: {result}")
    ANSWERS.pop(0)
PY
as_described <<'SEEN'
502 text/html '<html>Bad gateway</html>': TwilioRestException (is TwilioRestException), code=502
503 text/plain '': TwilioRestException (is TwilioRestException), code=503
400 application/json '{"code": 21610, "message":': TwilioRestException (is TwilioRestException), code=21610
400 application/problem+json '{"type": "about:blank", "t': TwilioServiceException (is no TwilioRestException), code=70001
200 text/html '<html>Please sign in</html': JSONDecodeError (is no TwilioRestException), code=none
201 text/html '': no exception, sid=None
201 application/json '{}': no exception, sid=None
201 application/json '{"sid": "SM1"}': no exception, sid=SM1
SEEN
