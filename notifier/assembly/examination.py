"""What `notifier doctor` looks at: all that this installation needs, and in which order."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from notifier.doctor import here, outside
from notifier.doctor.bounces import bounces_finding
from notifier.doctor.findings import Finding
from notifier.doctor.gateway import unheard_finding
from notifier.doctor.whatsapp import whatsapp_finding
from notifier.rules.checked import Project
from notifier.settings import Settings


def examine(
    settings: Settings, project: Project, database: Callable[[], sa.Engine], now: datetime
) -> Iterator[Finding]:
    """What is so, and what is wrong, one after the other; `database` may raise DatabaseError once its turn comes."""
    yield from here.settings_finding(settings.warnings, settings.incomplete, live=settings.live)
    yield here.rules_finding(len(project.rules), project.errors)
    yield here.zones_finding()
    tick = timedelta(seconds=settings.tick_seconds)
    yield from here.database_findings(database(), now, live=settings.live, tick=tick)
    if settings.twilio is not None:
        yield asyncio.run(outside.twilio_finding(settings.twilio))
    if settings.twilio is None and settings.twilio_whatsapp is not None:
        yield asyncio.run(outside.twilio_finding(replace(settings.twilio_whatsapp, sender=None)))
    if project.speaks_whatsapp:
        yield whatsapp_finding(project.approved_texts, sends=settings.twilio_whatsapp is not None)
    if settings.sms_gateway is not None:
        yield asyncio.run(outside.gateway_finding(settings.sms_gateway))
        yield from unheard_finding(project.rules.values())
    if settings.smtp is not None:
        yield asyncio.run(outside.smtp_finding(settings.smtp))
        yield bounces_finding(settings.bounces, settings.bounce_mailbox)
    account = settings.twilio or settings.twilio_whatsapp
    if account is not None and settings.public_url is not None:
        yield asyncio.run(outside.public_finding(settings.public_url, account.auth_token))
