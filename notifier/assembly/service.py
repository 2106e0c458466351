"""What `notifier serve` is made of."""

from collections.abc import Callable

import sqlalchemy as sa

from notifier.consent.mails import MailDesk
from notifier.drivers.passes import Passes
from notifier.intake.parsing import ImportContext
from notifier.model.clock import Clock
from notifier.model.processes import Process
from notifier.rules.checked import Project
from notifier.serving.in_force import ProjectInForce
from notifier.serving.parts import Parts
from notifier.settings import Settings


def parts_of_service(
    database: sa.Engine,
    clock: Clock,
    settings: Settings,
    *,
    desk: MailDesk | None,
    project: ProjectInForce,
    imports: Callable[[Project], ImportContext],
) -> Parts:
    """The parts by which the routes work; `imports` says what imports need of the project in force."""
    key = settings.token_key
    passes = Passes(database, clock, live=settings.live)
    return Parts(
        database=database,
        clock=clock,
        live=settings.live,
        company=settings.company,
        public_url=settings.public_url,
        auth_tokens=settings.twilio_signing_tokens,
        shared_key=None if settings.twilio_shared_key is None else settings.twilio_shared_key.get_secret_value(),
        token_key=None if key is None else key.get_secret_value(),
        desk=desk,
        passed=lambda: passes.write_one(Process.SERVING),
        mailbox=None if settings.bounce_mailbox is None else settings.bounce_mailbox.name,
        language=settings.default_locale,
        api_token=None if settings.api_token is None else settings.api_token.get_secret_value(),
        gateway_token=settings.gateway_receipts_token,
        imports=lambda: None if (found := project()) is None else imports(found),
        timezone=settings.default_timezone,
        project=project,
        our_numbers=frozenset(filter(None, [settings.twilio_from, settings.twilio_whatsapp_from])),
    )
