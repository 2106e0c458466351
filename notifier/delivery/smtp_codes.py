"""What a mail relay answered, and when -> the decision that it means, in one table (RFC 5321, RFC 3463, RFC 5248).

The first row that matches decides. Three principles are behind the rows:

- Before the content is sent, the relay certainly does not have the mail. After that, no answer means doubt.
- A refusal that would meet every mail (login, our sender address) halts the channel. A refusal that may be about one
  recipient never does, whatever its wording: that one mail would halt the channel again and again.
- An address is suppressed only where the relay says unmistakably that nobody is there. Relays answer `550` alone to
  strangers and to spam, too, and a customer suppressed by mistake hears nothing more.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from notifier.bounces.codes import implied_status
from notifier.delivery.outcomes import Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown


class SmtpPhase(StrEnum):
    """The command an answer is about: the last one sent."""

    CONNECT = "connect"
    """No command yet: we wait for the greeting."""
    HELLO = "EHLO"
    TLS = "STARTTLS"
    LOGIN = "AUTH"
    SENDER = "MAIL"
    RECIPIENT = "RCPT"
    DATA = "DATA"
    """The command; `354` asks for the content."""
    CONTENT = "content"
    """The mail itself: the answer says whether the relay has it."""


EVERYWHERE = frozenset(SmtpPhase)
CONNECTING = frozenset({SmtpPhase.CONNECT, SmtpPhase.HELLO, SmtpPhase.TLS})
MAIL = frozenset({SmtpPhase.RECIPIENT, SmtpPhase.DATA, SmtpPhase.CONTENT})
"""Phases whose answer may be about this one mail or its recipient."""

SLOW_DOWN = timedelta(minutes=6)
"""Pause for greylisting, which usually wants five minutes, and rate limits, which want one or more."""
MUCH_LATER = timedelta(hours=1)
"""Pause for what needs a person or the end of a day: a full mailbox, a quota."""
FULL = 3
"""Attempts at a full mailbox: after two hours another channel is better."""
CONFUSED = 3
"""Attempts where the relay violates the protocol."""


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """The decision for answers (`550 5.1.1`; `550 -` without an enhanced status code) that match in these phases."""

    at: Collection[SmtpPhase] = EVERYWHERE
    answer: str
    decision: type[Retry | OtherChannel | SuppressAddress | Halt]
    because: str
    after: timedelta | None = None
    attempts: int | None = None

    def fits(self, phase: SmtpPhase, answer: str) -> bool:
        return phase in self.at and re.fullmatch(self.answer, answer) is not None

    def outcome(self, said: str) -> Outcome:
        reason = f"{self.because} ({said})"
        code = said.rpartition(" ")[2]
        if self.decision is Retry:
            return Retry(reason=reason, after=self.after, attempts=self.attempts, code=code)
        return self.decision(reason=reason, code=code)


ROWS = (
    # -- later, and nothing is wrong with the mail
    AnswerRow(
        at={SmtpPhase.LOGIN}, answer="432 .*", decision=Halt, because="the mail relay wants the password changed"
    ),
    AnswerRow(
        answer=r"4\d\d 4\.7\..*", decision=Retry, because="the mail relay wants us to come later", after=SLOW_DOWN
    ),
    AnswerRow(answer="421 .*", decision=Retry, because="the mail relay closed the connection"),
    AnswerRow(
        at=MAIL,
        answer=r"4\d\d 4\.2\.2|5\d\d 5\.2\.2",
        decision=Retry,
        because="the mailbox is full",
        after=MUCH_LATER,
        attempts=FULL,
    ),
    AnswerRow(at={SmtpPhase.RECIPIENT}, answer="4.*", decision=Retry, because="the recipient is not taken just now"),
    AnswerRow(answer="4.*", decision=Retry, because="the mail relay cannot take mail just now"),
    AnswerRow(
        at={SmtpPhase.SENDER, *MAIL},
        answer=r"5\d\d 5\.4\.5",  # congestion in the RFC; large providers use it for an exhausted daily quota
        decision=Retry,
        because="the mail relay takes no more mails for now",
        after=MUCH_LATER,
    ),
    # -- the mail is too big: answered to MAIL, which announces its size, or later
    AnswerRow(
        at={SmtpPhase.SENDER, *MAIL},
        answer=r"5\d\d 5\.(2\.3|3\.4)",
        decision=OtherChannel,
        because="the mail is too big for the mail relay",
    ),
    AnswerRow(
        at={SmtpPhase.SENDER, SmtpPhase.DATA, SmtpPhase.CONTENT},
        answer="552 .*",
        decision=OtherChannel,
        because="the mail is too big for the mail relay",
    ),
    # -- the relay accepts nothing from us
    AnswerRow(at=CONNECTING, answer="5.*", decision=Halt, because="the mail relay does not talk to us"),
    AnswerRow(at={SmtpPhase.LOGIN}, answer="5.*", decision=Halt, because="the mail relay refused the login"),
    AnswerRow(answer="53[058] .*", decision=Halt, because="the mail relay wants a login, or encryption, first"),
    AnswerRow(at={SmtpPhase.SENDER}, answer="5.*", decision=Halt, because="the mail relay refused our sender address"),
    AnswerRow(answer=r"5\d\d 5\.1\.[78]", decision=Halt, because="the mail relay refused our sender address"),
    # -- nobody is there: no such mailbox, domain or address, moved away, a domain without mail (RFC 7505)
    AnswerRow(
        answer=r"5\d\d 5\.1\.([1236]|10)|556 .*",
        decision=SuppressAddress,
        because="nobody receives mail at this address",
    ),
    # -- not this mail, or not this way
    AnswerRow(
        answer="552 .*",  # answered to RCPT: exceeded storage (RFC 5321)
        decision=Retry,
        because="the mailbox is full",
        after=MUCH_LATER,
        attempts=FULL,
    ),
    AnswerRow(
        answer=r"50[03] (-|5\.5\..*)",
        decision=Retry,
        because="the mail relay lost the thread of the conversation",
        attempts=CONFUSED,
    ),
    AnswerRow(answer=r"5\d\d 5\.7\..*", decision=OtherChannel, because="the mail relay's policy is against this mail"),
    AnswerRow(answer=r"5\d\d 5\.4\..*", decision=OtherChannel, because="the mail relay knows no way to this address"),
    AnswerRow(answer=r"5\d\d 5\.2\..*", decision=OtherChannel, because="the mailbox takes no mail"),
    AnswerRow(
        at={SmtpPhase.RECIPIENT}, answer="5.*", decision=OtherChannel, because="the mail relay refused the recipient"
    ),
    AnswerRow(answer="5.*", decision=OtherChannel, because="the mail relay refused the mail"),
)


def decide(phase: SmtpPhase, code: int, text: str) -> Outcome:
    """What an answer other than success means. Its text repeats addresses, so none of it gets into the reason."""
    row = row_for(phase, code, text)
    if row is not None:
        status = _status(code, text)
        return row.outcome(f"{code} {status}" if status else str(code))
    because = f"the mail relay gave an answer outside of the protocol to {phase}"
    if phase is SmtpPhase.CONTENT:
        return Unknown(reason=because)
    return Retry(reason=because, attempts=CONFUSED)


def row_for(phase: SmtpPhase, code: int, text: str) -> AnswerRow | None:
    """The row that decides; None where the answer is not a refusal."""
    answer = f"{code} {_status(code, text) or _implied(phase, code, text) or '-'}"
    return next((row for row in ROWS if row.fits(phase, answer)), None)


def broken(phase: SmtpPhase) -> Outcome:
    """What a broken connection, or no answer in time, means."""
    if phase is SmtpPhase.CONTENT:
        return Unknown(reason="the mail was handed over, but the mail relay's answer was lost")
    if phase is SmtpPhase.CONNECT:
        return Retry(reason="the mail relay cannot be reached")
    return Retry(reason=f"the connection to the mail relay broke at {phase}, before the mail was handed over")


def _status(code: int, text: str) -> str | None:
    """The enhanced status code, if its class agrees with the code: at the start (RFC 2034), or after a `#`."""
    found = re.search(r"(?:^|#)(([245])\.\d{1,3}\.\d{1,3})(?![\w.@])", text)
    return found[1] if found and found[2] == str(code)[0] else None


def _implied(phase: SmtpPhase, code: int, text: str) -> str | None:
    """The status that the words of an answer about a mail imply."""
    if phase not in MAIL:
        return None
    return implied_status(str(code), text)
