"""What takes the mails that come in, and the mailbox where they are looked for."""

from collections.abc import Callable

import sqlalchemy as sa

from notifier.consent.mails import MailDesk, receive_mail
from notifier.model.clock import Clock
from notifier.receipts.bounces import ReceivedBounce, Way
from notifier.receipts.mailbox import FollowedMailbox
from notifier.serving.in_force import ProjectInForce
from notifier.settings import Settings


def mail_desk(settings: Settings, project: ProjectInForce) -> MailDesk | None:
    """How mails that come in are taken; None where the settings name no address for bounces."""
    if settings.bounces is None:
        return None
    ours = (settings.from_address, settings.reply_to, settings.unsubscribe_mail)
    return MailDesk(
        bounces=settings.bounces,
        live=settings.live,
        company=settings.company,
        project=project,
        ours=frozenset(address for address in ours if address is not None),
        unsubscribing=settings.unsubscribe_mail,
    )


def take_mail(database: sa.Engine, content: bytes, desk: MailDesk | None, clock: Clock) -> ReceivedBounce:
    """What is done with a mail of the mailbox."""
    assert desk is not None, "nobody reads a mailbox without an address for bounces"
    return receive_mail(database, content, desk, way=Way.MAILBOX, now=clock())


def followed_mailbox(
    database: sa.Engine, settings: Settings, take: Callable[[bytes], ReceivedBounce], clock: Clock
) -> FollowedMailbox | None:
    """The mailbox with bounces; None where the settings name none."""
    if settings.bounce_mailbox is None or settings.bounces is None:
        return None
    return FollowedMailbox(database, settings.bounce_mailbox, take, clock, settings.bounce_imap_seconds)
