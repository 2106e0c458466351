#!/usr/bin/env bash
# Apprise hides the token of a chat when it shows its address, and writes it into its log at DEBUG.
#
# One would guess: `secure_logging`, which is on by default ("hide sensitive information from the log"), and `url(privacy=True)`
#   mean the same: no token leaves by the log.
# What happens: the address is shown as `m...N`, but the line before the call has it whole: `Mattermost POST URL:
#   http://…/hooks/TOKEN`. With the root logger at DEBUG, urllib3 writes the path once more.
# Versions: Apprise 2.3.0, urllib3 as it comes with it. Seen on 2026-11-30.
# Who cares: whoever keeps the addresses of chats as secrets. What we do: notifier/delivery/apprise_chat.py stops all that
#   Apprise logs at a filter of its logger, takes nothing but the HTTP status from it, and keeps urllib3 at WARNING.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages apprise==2.3.0
python > "$seen" <<'PY'
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import apprise


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


lines = []


class Keep(logging.Handler):
    def emit(self, record):
        lines.append(f"{record.name} {record.levelname}: {record.getMessage()}")


logging.getLogger().addHandler(Keep())
logging.getLogger().setLevel(logging.DEBUG)
server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
chat = apprise.Apprise.instantiate(f"mmost://127.0.0.1:{server.server_address[1]}/TOKENTOKENTOKEN?image=no")
print("secure_logging:", apprise.AppriseAsset().secure_logging)
print("shown with privacy:", "TOKENTOKENTOKEN" not in chat.url(privacy=True))
lines.clear()
print("sent:", bool(chat.notify(body="text", title="title")))
for line in lines:
    if "TOKENTOKENTOKEN" in line:
        print("logged:", line.split(" http")[0].split(":", 1)[0], "with the token")
PY
as_described <<'SEEN'
secure_logging: True
shown with privacy: True
sent: True
logged: apprise DEBUG with the token
logged: urllib3.connectionpool DEBUG with the token
SEEN
