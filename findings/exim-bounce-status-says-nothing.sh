#!/usr/bin/env bash
# The bounce of an unknown mailbox, written by Exim: the status is 5.0.0, though the other server said 5.1.1.
#
# One would guess: `Status:` of a delivery report repeats the enhanced code that the remote server gave, so that 5.1.1
#   (no such mailbox) can be told from 5.7.1 (refused by policy).
# What happens: Exim writes 5.0.0 for all of them. The remote server's code stands in Diagnostic-Code alone, and where
#   Exim itself finds no way to the address there is no Diagnostic-Code either. `References:` holds our
#   Message-ID, which RFC 3464 does not speak of.
# Versions: Exim 4.96 (Debian 12), aiosmtpd 1.4.6 as the remote server. Seen on 2026-11-29.
# Who cares: notifier/bounces/answers.py. What we do: the code in Diagnostic-Code, or in the text, goes before the status;
#   5.0.0 alone calls no address dead.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need exim4 exim4-daemon-light
[ "$(id -u)" = 0 ] || cannot_run "Exim changes its user by itself, so this must be run as root"
PATH=$PATH:/usr/sbin
python_packages aiosmtpd==1.4.6
port=$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

cat > "$work/exim.conf" <<CONF
primary_hostname = mx.example.net
spool_directory = $work/spool
log_file_path = $work/spool/%slog
deliver_drop_privilege
keep_environment =
begin routers
remote:
  driver = manualroute
  domains = corp.example.com
  route_list = * 127.0.0.1
  self = send
  transport = smtp
ours:
  driver = accept
  domains = notices.example.com
  transport = file
begin transports
smtp:
  driver = smtp
  port = $port
  allow_localhost
  hosts_avoid_tls = *
file:
  driver = appendfile
  file = $work/spool/bounces
CONF
mkdir "$work/spool"
chmod 755 "$work"
chown Debian-exim "$work/spool"

python - "$port" > "$work/server" <<'PY' &
import sys
import time

from aiosmtpd.controller import Controller


class Refusing:
    async def handle_RCPT(self, server, session, envelope, address, options):
        return "550 5.1.1 no such user here" if address.startswith("ana@") else "550 5.7.1 refused by policy"


Controller(Refusing(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("ready", flush=True)
time.sleep(60)
PY
server=$!
clean_up() {
    kill "$server"
    rm -rf "$work"
}
for _ in $(seq 100); do
    grep -q ready "$work/server" && break
    sleep 0.1
done

for recipient in ana@corp.example.com luis@corp.example.com ana@nowhere.example.net; do
    exim4 -C "$work/exim.conf" -odf -f "bounce@notices.example.com" "$recipient" <<MAIL
From: avisos@notices.example.com
To: $recipient
Subject: Su cita
Message-ID: <N-1@notices.example.com>

Su cita es el jueves.
MAIL
done

exim4 -bV | sed -n 's/^Exim version \([0-9.]*\).*/Exim \1/p' > "$seen"
python - "$work/spool/bounces" >> "$seen" <<'PY'
import mailbox
import sys

for bounce in mailbox.mbox(sys.argv[1]):
    report = next(part for part in bounce.walk() if part.get_content_type() == "message/delivery-status")
    print("References:", bounce["References"])
    for name, value in report.get_payload()[1].items():
        print(f"  {name}: {value}")
PY
as_described <<'SEEN'
Exim 4.96
References: <N-1@notices.example.com>
  Action: failed
  Final-Recipient: rfc822;ana@corp.example.com
  Status: 5.0.0
  Remote-MTA: dns; 127.0.0.1
  Diagnostic-Code: smtp; 550 5.1.1 no such user here
References: <N-1@notices.example.com>
  Action: failed
  Final-Recipient: rfc822;luis@corp.example.com
  Status: 5.0.0
  Remote-MTA: dns; 127.0.0.1
  Diagnostic-Code: smtp; 550 5.7.1 refused by policy
References: <N-1@notices.example.com>
  Action: failed
  Final-Recipient: rfc822;ana@nowhere.example.net
  Status: 5.0.0
SEEN
