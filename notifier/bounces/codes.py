"""The code of a failed delivery -> what it means, in one table (RFC 3463, RFC 5248).

The answer of the server that refused the mail decides, not the field `Status` alone: Exim, OpenSMTPD and Courier write
5.0.0 there for everything. The first row that matches counts. Two principles are behind the rows:

- An address is dead only where a server says unmistakably that nobody is there. A customer whose address is suppressed
  by mistake hears nothing more by mail.
- A refusal of what we send, or of how we send it, is never charged to the address.
"""

import re
from dataclasses import dataclass

from notifier.bounces.bounce import BounceKind, Meaning

WORDS = (
    (r"\b(no such|unknown|invalid) (user|mailbox|recipient)\b|\b(user|mailbox|recipient) (is )?unknown\b", "1.1"),
    (r"\b(user|mailbox|recipient|account|address) (was )?(not found|does not exist|doesn't exist)\b", "1.1"),
    (r"\b(over|exceed(s|ed)?) (his |her |the |its )?quota\b|\bquota exceeded\b|\b(mailbox|user) (is )?full\b", "2.2"),
    (r"\bgr[ae]y-?list", "7.1"),
)
"""Texts of servers without enhanced status codes, and the code (without its class) that each means."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server that refused the mail said, as far as it is known."""

    code: str | None = None
    """`550`"""
    status: str | None = None
    """`5.1.1`; never one that says nothing, such as 5.0.0."""
    text: str = ""

    @property
    def said(self) -> str | None:
        """`550 5.1.1`, or the part of it that is there."""
        return " ".join(part for part in (self.code, self.status) if part) or None


@dataclass(frozen=True, kw_only=True)
class CodeRow:
    """What failures of this code mean. `answer` is matched with `550 5.1.1`; what is not known is `-`."""

    answer: str
    kind: BounceKind
    reason: str


ROWS = (
    CodeRow(answer=r".* 4\.4\.7", kind=BounceKind.SOFT, reason="the mail server gave up after many attempts"),
    CodeRow(answer=r".* 4\.2\.2|452 -", kind=BounceKind.SOFT, reason="the mailbox is full, and stayed so"),
    CodeRow(answer=r".* 4\..*|4.. -", kind=BounceKind.SOFT, reason="the mail was not taken, again and again"),
    CodeRow(answer=r".* 5\.1\.[78]", kind=BounceKind.OURS, reason="our sender address is refused"),
    CodeRow(answer=r".* 5\.1\.([1236]|10)|556 -", kind=BounceKind.HARD, reason="nobody receives mail at this address"),
    CodeRow(answer=r".* 5\.2\.2|552 -", kind=BounceKind.SOFT, reason="the mailbox is full"),
    CodeRow(answer=r".* 5\.(2\.3|3\.4)", kind=BounceKind.OURS, reason="the mail is too big"),
    CodeRow(answer=r".* 5\.7\..*", kind=BounceKind.OURS, reason="a policy is against this mail"),
    CodeRow(answer=r".* 5\.5\..*|50. -", kind=BounceKind.OURS, reason="the protocol was not kept"),
    CodeRow(answer=r".* 5\.6\..*", kind=BounceKind.OURS, reason="the content of the mail is refused"),
    CodeRow(answer=r".* 5\.4\..*", kind=BounceKind.SOFT, reason="no way to this address is known"),
    CodeRow(answer=r".* 5\.2\..*", kind=BounceKind.SOFT, reason="the mailbox takes no mail"),
    CodeRow(answer=".*", kind=BounceKind.SOFT, reason="the mail was refused, and nobody says why"),
)


def meaning_of(answer: Answer) -> Meaning:
    """What a failed delivery with this answer means."""
    status = answer.status or implied_status(answer.code, answer.text)
    wanted = f"{answer.code or '-'} {status or '-'}"
    row = next(row for row in ROWS if re.fullmatch(row.answer, wanted))
    said = answer.said
    return Meaning(kind=row.kind, reason=f"{row.reason} ({said})" if said else row.reason, code=said)


def implied_status(code: str | None, text: str) -> str | None:
    """The status that the words of an answer imply: of the class of its code, or of a failure for good."""
    kind = code[0] if code else "5"
    return next((f"{kind}.{detail}" for words, detail in WORDS if re.search(words, text, re.IGNORECASE)), None)
