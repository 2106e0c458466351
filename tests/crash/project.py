"""The project that the processes of a crash test work on, and customers with visits to be told about."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.model.types import USUAL_CHANNELS, ChannelName, NoticeClass
from notifier.settings_variables import Driver
from tests.support.rig import write_project
from tests.support.smtp_server import SmtpServerProcess
from tests.support.twilio_server import TwilioServer

KINDS: Mapping[NoticeClass, str] = {NoticeClass.SERVICE: "installation", NoticeClass.SAFETY: "repair"}
"""The kinds of visit, by the class of the notice about them."""

RULE = """
  - rule: {kind}-visit
    about: appointment
    owner: field
    class: {notice_class}
    when: appointment.status == 'confirmed' && appointment.kind == '{kind}'
    at: 48h before appointment.starts_at
    until: 1h before appointment.starts_at
    born_late: tell
    claims: {{ starts_at: appointment.starts_at }}
    template: visit
    channels: [sms, email]
    exit: desk
"""
RULES: Mapping[str, str] = {
    "rules/topics.yaml": "topics: {}\n",
    "rules/policy.yaml": "quiet_hours: [{ class: service, allowed: always }]\n",
    "rules/visits.yaml": "rules:"
    + "".join(RULE.format(kind=kind, notice_class=each.value) for each, kind in KINDS.items()),
}


def write(
    folder: Path,
    rules: Mapping[str, str],
    database_url: str,
    twilio: TwilioServer,
    smtp: SmtpServerProcess,
    driver: Driver = Driver.LOCAL,
) -> None:
    """The folder of a live project: its settings name the two servers."""
    write_project(folder, rules)
    settings = {
        "DATABASE_URL": database_url,
        "LIVE": "true",
        "COMPANY": "Fibra",
        "TWILIO_ACCOUNT_SID": twilio.account.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.account.auth_token,
        "TWILIO_FROM": twilio.account.sender,
        "TWILIO_BASE_URL": twilio.account.base_url,
        "FROM_ADDRESS": smtp.server.sender,
        "SMTP_HOST": smtp.server.host,
        "SMTP_PORT": smtp.server.port,
        "SMTP_SECURITY": smtp.server.security.value,
        # What is measured here is what a death does, not how a queue is paced.
        "SMS_SEGMENTS_PER_SECOND": 10_000,
        "RULES_REST_SECONDS": 0,
        "TICK_SECONDS": 0.2,
        "DISPATCH_SECONDS": 0.05,
        "DRIVER": driver.value,
    }
    lines = (f"NOTIFIER_{name}={value}\n" for name, value in settings.items())
    (folder / ".env").write_text("".join(lines), encoding="utf-8")


def customer(number: int, channels: Collection[ChannelName] = USUAL_CHANNELS) -> dict[str, Any]:
    """A customer in Bogotá, with an address of their own for each of these channels."""
    addresses = {
        ChannelName.SMS: ("phone", f"+57300{1_000_000 + number}"),
        ChannelName.EMAIL: ("email", f"c{number}@example.com"),
    }
    return {
        "id": f"C-{number}",
        "name": f"Customer {number}",
        "locale": "en-US",
        "timezone": "America/Bogota",
        "country": "CO",
        **dict(addresses[channel] for channel in channels),
    }


def visits(number: int, classes: Mapping[NoticeClass, int], now: datetime) -> Iterator[dict[str, Any]]:
    """So many visits of each class to this customer, all of which are to be told about at `now`."""
    for notice_class, count in classes.items():
        for place in range(count):
            yield {
                "id": f"A-{number}-{KINDS[notice_class]}-{place}",
                "customer_id": f"C-{number}",
                "kind": KINDS[notice_class],
                "status": "confirmed",
                "starts_at": now + timedelta(hours=46, minutes=place),
            }
