"""Addresses of the sandbox at which something becomes of a message: it arrives, it comes back, somebody answers.

For those who connect their systems: while nothing is live they see what Twilio, mail servers and customers will do.
What a provider refuses at once, the sandbox refuses; the rest is said later, as a receipt (`consent.simulated`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from notifier.bounces.codes import Answer
from notifier.delivery.outcomes import Outcome
from notifier.delivery.twilio_codes import CODES
from notifier.model.types import TO_PHONES, ChannelName

DOMAIN = "sandbox.example"
"""Reserved (RFC 2606): no mail ever goes there."""
NUMBERS = "+1500555"
"""What our numbers begin with. Nobody has a number with the code 500 and 555; Twilio tests with a few of them."""
AT_ONCE = timedelta(minutes=1)
"""As soon as a provider of receipts is first asked."""


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What becomes of the messages to some addresses: `name@`, `name+anything@` and a hundred numbers."""

    name: str
    digits: str | None
    """Between `NUMBERS` and the last two digits, which are free; None where it happens to mails alone."""
    says: str
    """In words, for the documents."""
    is_silent: bool = False
    """Nobody ever says what became of it."""
    after: timedelta = AT_ONCE
    """How long after it was taken it is known what became of it."""
    code: int | None = None
    """Twilio's, for an SMS that does not arrive."""
    answer: Answer | None = None
    """The mail server's, for a mail that does not arrive."""
    reply: str | None = None
    """What is written back."""
    is_complaint: bool = False
    """Who got it marks it as unwanted."""
    is_lost: bool = False
    """It is taken, and the answer that says so gets lost: the provider has to be asked."""

    @property
    def mailbox(self) -> str:
        """`bounced@sandbox.example`"""
        return f"{self.name}@{DOMAIN}"

    @property
    def numbers(self) -> tuple[str, str] | None:
        """The first and the last one."""
        return None if self.digits is None else (f"{NUMBERS}{self.digits}00", f"{NUMBERS}{self.digits}99")


OUTCOMES = (
    Simulated(name="delivered", digits="10", says="it arrives"),
    Simulated(
        name="late-10m", digits="11", says="it arrives, which is known after ten minutes", after=timedelta(minutes=10)
    ),
    Simulated(name="silent", digits="12", says="nobody ever says whether it arrived", is_silent=True),
    Simulated(
        name="bounced",
        digits="13",
        says="it does not arrive, since nobody is there: the address is suppressed",
        code=30005,
        answer=Answer(code="550", status="5.1.1"),
    ),
    Simulated(
        name="full",
        digits="14",
        says="it does not arrive this time: the handset is off, the mailbox full",
        code=30003,
        answer=Answer(code="552", status="5.2.2"),
    ),
    Simulated(
        name="refused",
        digits="15",
        says="it does not arrive because of what it says, or who says it",
        code=30007,
        answer=Answer(code="550", status="5.7.1"),
    ),
    Simulated(name="stop", digits="16", says="it arrives, and is answered `STOP`", reply="STOP"),
    Simulated(
        name="wants-no-more",
        digits="17",
        says="it arrives, and is answered by a sentence that sounds like an opt-out",
        reply="Por favor no me escriban más",
    ),
    Simulated(name="confirms", digits="18", says="it arrives, and is answered `1`", reply="1"),
    Simulated(
        name="replies",
        digits="19",
        says="it arrives, and is answered by a question",
        reply="Gracias. ¿A qué hora llegan?",
    ),
    Simulated(
        name="times-out",
        digits="20",
        says="the answer of the provider gets lost: it is asked, and has it; then it arrives",
        is_lost=True,
    ),
    Simulated(
        name="complains",
        digits=None,
        says="it arrives, and is marked as unwanted: the address gets nothing more but what concerns safety",
        is_complaint=True,
    ),
)
REFUSED: Mapping[str, int] = {
    f"{NUMBERS}0001": 21211,
    f"{NUMBERS}0002": 21612,
    f"{NUMBERS}0003": 21408,
    f"{NUMBERS}0004": 21610,
    f"{NUMBERS}0009": 21614,
}
"""The numbers at which Twilio's own test credentials refuse a message, each with the code of the refusal."""

_BY_NAME = {each.name: each for each in OUTCOMES}
_BY_DIGITS = {each.digits: each for each in OUTCOMES if each.digits is not None}


def simulated(channel: ChannelName, address: str) -> Simulated | None:
    """What becomes of a message to this address; None where nobody says anything of it, as at every other address."""
    if channel in TO_PHONES:
        digits = address.removeprefix(NUMBERS)
        return _BY_DIGITS.get(digits[:2]) if len(digits) == len("1000") and digits != address else None
    name, _, domain = address.lower().rpartition("@")
    return _BY_NAME.get(name.partition("+")[0]) if domain == DOMAIN else None


def refusal(channel: ChannelName, address: str) -> Outcome | None:
    """What Twilio answers at once where this is one of its test numbers that refuse."""
    code = REFUSED.get(address) if channel in TO_PHONES else None
    return None if code is None else CODES[code].outcome
