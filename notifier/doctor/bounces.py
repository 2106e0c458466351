"""Whether mails that come back are heard of: an address of their own, and a mailbox that can be read."""

from notifier.bounces.verp import BounceAddress
from notifier.delivery.accounts import ImapMailbox
from notifier.doctor.findings import Finding, doubtful, fine, wrong
from notifier.receipts.mailbox import MailboxError, try_mailbox


def bounces_finding(address: BounceAddress | None, mailbox: ImapMailbox | None) -> Finding:
    """Asked only where mails are sent. Nothing in the mailbox is changed."""
    if address is None:
        what = "mails that cannot be delivered come back to the sender's address, and nobody reads them here"
        return doubtful("bounces", what, "set NOTIFIER_BOUNCE_ADDRESS and NOTIFIER_TOKEN_KEY")
    if mailbox is None:
        return fine("bounces", f"mails come back to {address.address}, by a pipe or by HTTP")
    try:
        try_mailbox(mailbox)
    except MailboxError as error:
        return wrong("bounces", str(error), "check the settings NOTIFIER_BOUNCE_IMAP_…, and the way to that server")
    return fine("bounces", f"mails come back to {address.address}, and its mailbox can be read")
