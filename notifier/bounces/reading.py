"""`read_bounce`: the bytes of a mail that came back -> what it says, of which mail.

Reports are read by the standard library and our own eyes (RFC 3464, RFC 6533, RFC 5965), because codes decide here.
What has no report is shown to flufl.bounce, which knows the forms of many servers. Nothing is guessed from the wording
of a language. Neither an empty envelope sender nor `Auto-Submitted` makes a mail a bounce: auto-replies have them, too.
"""

import logging
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from notifier.bounces.answers import answer_in, answer_in_report, answer_in_words
from notifier.bounces.automatic import is_automatic
from notifier.bounces.bounce import Bounce, BounceKind, Meaning
from notifier.bounces.codes import Answer, meaning_of
from notifier.bounces.parts import Fields, Parts, parts_of
from notifier.bounces.traces import addresses_in, envelope_ids_in, message_ids_in

MOST_READ = 1_048_576
"""Bytes: the report stands in front, and behind it there may be all of our mail, or of somebody's."""
MAIL_SYSTEMS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon", "mail.daemon", "mailerdaemon")
"""Who writes bounces; a person's machine writes with the person's own address."""
NO_COMPLAINTS = {"not-spam": "the one who got it calls it wanted", "auth-failure": "a report about signatures"}
"""Types of feedback that are none (RFC 5965, RFC 6591)."""
GIVEN_UP = "4.4.7"
"""Delivery time expired: some servers say it with the word `delayed` (OpenSMTPD)."""
YEARS = (2000, 2200)
"""A date outside of them is none."""
ACTIONS = {"failed": 0, "delayed": 1, "relayed": 2, "expanded": 2, "delivered": 2}
"""What may have become of a recipient's mail, the worst first."""


def read_bounce(content: bytes) -> Bounce:
    """What the mail says. Every input has an answer: what nobody can read is `unreadable`."""
    try:
        mail = message_from_bytes(content[:MOST_READ])
        parts = parts_of(mail)
        return Bounce(
            meaning=_meaning(mail, parts),
            addresses=addresses_in(mail, parts),
            message_ids=message_ids_in(mail, parts),
            envelope_ids=envelope_ids_in(parts),
            reporter=_reporter(parts),
            tries_until=_tries_until(parts),
        )
    except RecursionError:
        return Bounce(meaning=Meaning(kind=BounceKind.UNREADABLE, reason="its parts lie in each other without an end"))


def _meaning(mail: Message, parts: Parts) -> Meaning:
    return _complaint(parts) or _reported(parts) or _recognised(mail, parts) or _unreported(mail)


def _complaint(parts: Parts) -> Meaning | None:
    for block in parts.feedback:
        kind = block.get("feedback-type", "").strip().lower()
        if kind == "not-spam":
            return Meaning(kind=BounceKind.DELIVERED, reason=NO_COMPLAINTS[kind], code=kind)
        if kind in NO_COMPLAINTS:
            return Meaning(kind=BounceKind.UNREADABLE, reason=NO_COMPLAINTS[kind], code=kind)
        if kind:
            known = kind if kind.isalnum() and len(kind) <= 20 else "other"
            return Meaning(kind=BounceKind.COMPLAINT, reason=f"the one who got it complained ({known})", code=known)
    return None


def _reported(parts: Parts) -> Meaning | None:
    """What the report says of the recipient who fared worst; our mails have one each."""
    blocks = sorted(_recipients(parts), key=lambda block: ACTIONS[_action(block)])
    if not blocks:
        return None
    block, action = blocks[0], _action(blocks[0])
    if action == "failed":
        return meaning_of(answer_in_report(block, parts.text, _reporter(parts)))
    if action == "delayed":
        if block.get("status", "").startswith(GIVEN_UP):
            return meaning_of(Answer(status=GIVEN_UP))
        return _delayed(answer_in_report(block, parts.text, _reporter(parts)))
    return Meaning(kind=BounceKind.DELIVERED, reason=f"the mail was {action}", code=action)


def _delayed(answer: Answer) -> Meaning:
    reason = "the mail server still tries"
    said = answer.said
    return Meaning(kind=BounceKind.DELAYED, reason=f"{reason} ({said})" if said else reason, code=said)


def _recipients(parts: Parts) -> Iterator[Fields]:
    return (block for block in parts.delivery if _action(block) in ACTIONS)


def _action(block: Fields) -> str:
    words = block.get("action", "").lower().split()
    return words[0] if words else ""


def _reporter(parts: Parts) -> str | None:
    for block in parts.delivery:
        host = block.get("reporting-mta", "").rpartition(";")[2].strip()
        if host and len(host) <= 255 and all(character.isalnum() or character in ".-:" for character in host):
            return host
    return None


def _tries_until(parts: Parts) -> datetime | None:
    for block in parts.delivery:
        if date := block.get("will-retry-until"):
            try:
                found = parsedate_to_datetime(date)
            except ValueError:
                return None
            aware = found.replace(tzinfo=UTC) if found.tzinfo is None else found
            return aware.astimezone(UTC) if YEARS[0] <= aware.year <= YEARS[1] else None
    return None


def _recognised(mail: Message, parts: Parts) -> Meaning | None:
    """What a mail without a report says, as far as its form is a known one, or it quotes the answer of a server."""
    passing, lasting = _recognised_failures(mail) if not parts.sent_on else ((), ())
    addresses = [address.decode("utf-8", errors="replace") for address in lasting or passing]
    if lasting:
        return meaning_of(answer_in_words(addresses, parts.text))
    if passing:
        return _delayed(answer_in_words(addresses, parts.text))
    if _of_a_mail_system(mail):
        if (found := answer_in(parts.text)) is not None:
            return meaning_of(found)
        if parts.sent_on:  # a gateway put the whole report into a mail of its own
            return _meaning(parts.returned[0], parts_of(parts.returned[0]))
    return None


def _recognised_failures(mail: Message) -> tuple[Collection[bytes], Collection[bytes]]:
    """The addresses that fail for now, and those that fail for good, as flufl.bounce finds them."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").disabled = True  # it would print traces of its own mistakes
    try:
        passing, lasting = all_failures(mail)
    except Exception:  # noqa: BLE001 - it stumbles over a mail without From; what it does not find we look for
        return (), ()
    return passing, lasting


def _unreported(mail: Message) -> Meaning:
    if _of_a_mail_system(mail):
        return Meaning(kind=BounceKind.UNREADABLE, reason="a mail server wrote it in words that are not known")
    if is_automatic(mail):
        return Meaning(kind=BounceKind.AUTO_REPLY, reason="a machine in a person's place wrote it")
    return Meaning(kind=BounceKind.REPLY, reason="a person wrote it")


def _of_a_mail_system(mail: Message) -> bool:
    """Whether its author is a mail server; one that gives no address is one (dma)."""
    address = parseaddr(str(mail.get("From", "")))[1]
    return "@" not in address or address.partition("@")[0].lower() in MAIL_SYSTEMS
