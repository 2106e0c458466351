#!/usr/bin/env bash
# The Twilio client with a base_url of one's own: a region in the environment changes that host too, even an IP address.
#
# One would guess: TWILIO_REGION and TWILIO_EDGE choose among Twilio's hosts. A base_url that was set to a proxy or to a test
#   server is used as it is.
# What happens: the client cuts every host at its dots and puts edge and region in. `http://127.0.0.1:8080` becomes
#   `http://127.us1.0.1:8080`, with one of the four numbers gone. An edge alone brings a region with it.
# Versions: twilio 9.13.0. Seen on 2026-11-29.
# Who cares: notifier/delivery/twilio_client.py, whose base_url is a setting. What we do: it gives the client an environment
#   of its own, in which both names are empty.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python_packages twilio==9.13.0
python > "$seen" <<'PY'
from twilio.rest import Client

for environment in ({"TWILIO_REGION": "us1"}, {"TWILIO_EDGE": "dublin"}, {"TWILIO_REGION": "", "TWILIO_EDGE": ""}):
    client = Client("AC" + "0" * 32, "token", environment=environment)
    print(environment)
    for base in ("https://api.twilio.com", "https://sms.example.com:8443", "http://127.0.0.1:8080"):
        print(" ", base, "->", client.get_hostname(base))
PY
as_described <<'SEEN'
{'TWILIO_REGION': 'us1'}
  https://api.twilio.com -> https://api.us1.twilio.com
  https://sms.example.com:8443 -> https://sms.us1.example.com:8443
  http://127.0.0.1:8080 -> http://127.us1.0.1:8080
{'TWILIO_EDGE': 'dublin'}
  https://api.twilio.com -> https://api.dublin.us1.twilio.com
  https://sms.example.com:8443 -> https://sms.dublin.us1.example.com:8443
  http://127.0.0.1:8080 -> http://127.dublin.0.0.1:8080
{'TWILIO_REGION': '', 'TWILIO_EDGE': ''}
  https://api.twilio.com -> https://api.twilio.com
  https://sms.example.com:8443 -> https://sms.example.com:8443
  http://127.0.0.1:8080 -> http://127.0.0.1:8080
SEEN
