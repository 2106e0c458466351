"""Every code that Twilio answers with has its decision: on the wire, and against the list of codes in ../shared."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest

from notifier.delivery.outcomes import Accepted, Found, Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown
from notifier.delivery.twilio_codes import CODES, CodePhase, became, refused
from tests.support.outgoing import outgoing
from tests.support.twilio_calls import found, sent_one
from tests.support.twilio_server import ROOT, TwilioServer

LIST = ROOT.parent / "shared" / "data" / "twilio_error_codes.tsv"
HALF_AN_HOUR, HOUR = timedelta(minutes=30), timedelta(hours=1)

IN_THE_ANSWER: dict[tuple[int, int | None], type] = {
    (400, 20005): Halt,
    (400, 10001): Halt,
    (400, 30002): Halt,
    (401, 20003): Halt,
    (403, 20003): Halt,
    (404, 20404): Halt,
    (400, 21212): Halt,
    (400, 21601): Halt,
    (400, 21603): Halt,
    (400, 21606): Halt,
    (400, 21661): Halt,
    (400, 21703): Halt,
    (400, 21624): Halt,
    (400, 30045): Halt,
    (400, 90007): Halt,
    (400, 35114): Halt,
    (400, 35115): Halt,
    (400, 35118): Halt,
    (400, 21408): OtherChannel,
    (400, 21608): OtherChannel,
    (400, 572005): OtherChannel,
    (400, 21266): OtherChannel,
    (400, 21604): OtherChannel,
    (400, 21602): OtherChannel,
    (400, 21617): OtherChannel,
    (400, 21612): OtherChannel,
    (400, 21211): SuppressAddress,
    (400, 21265): SuppressAddress,
    (400, 21614): SuppressAddress,
    (400, 21635): SuppressAddress,
    (400, 21610): SuppressAddress,
    (400, 21611): Retry,
    (429, 20429): Retry,
    (429, 63038): Retry,
    (400, 21655): OtherChannel,
    (400, 21656): OtherChannel,
    (400, 63007): Halt,
    (400, 63016): OtherChannel,
    (429, None): Retry,
    (500, 20500): Unknown,
    (503, 20503): Unknown,
    (500, None): Unknown,
    (502, None): Unknown,
    (504, 99999): Unknown,
    (500, 21614): Unknown,
    (408, None): Unknown,
    (401, None): Halt,
    (404, None): Halt,
    (301, None): Halt,
    (400, 99999): OtherChannel,
    (409, None): OtherChannel,
    (422, 99999): OtherChannel,
}
"""By status and code; None where a proxy answers without Twilio's JSON."""

AFTERWARDS: dict[int | None, tuple[type, timedelta | None, int | None]] = {
    14107: (Halt, None, None),
    30002: (Halt, None, None),
    30032: (Halt, None, None),
    30034: (Halt, None, None),
    21610: (SuppressAddress, None, None),
    63014: (SuppressAddress, None, None),
    30004: (SuppressAddress, None, None),
    30005: (SuppressAddress, None, None),
    30006: (SuppressAddress, None, None),
    30007: (OtherChannel, None, None),
    30110: (OtherChannel, None, None),
    21612: (OtherChannel, None, None),  # a messaging service chooses its sender later
    30001: (Retry, HALF_AN_HOUR, None),
    30003: (Retry, timedelta(minutes=45), 3),
    30008: (Retry, HALF_AN_HOUR, 2),
    30036: (Retry, HALF_AN_HOUR, 2),
    30410: (Retry, HALF_AN_HOUR, 2),
    30500: (Retry, HALF_AN_HOUR, 2),
    63003: (SuppressAddress, None, None),
    63024: (SuppressAddress, None, None),
    63005: (OtherChannel, None, None),
    63013: (OtherChannel, None, None),
    63015: (OtherChannel, None, None),
    63016: (OtherChannel, None, None),
    63021: (OtherChannel, None, None),
    63027: (OtherChannel, None, None),
    63028: (OtherChannel, None, None),
    63032: (OtherChannel, None, None),
    63040: (OtherChannel, None, None),
    63041: (OtherChannel, None, None),
    63042: (OtherChannel, None, None),
    63049: (OtherChannel, None, None),
    63001: (Halt, None, None),
    63002: (Halt, None, None),
    63008: (Halt, None, None),
    63012: (Retry, HALF_AN_HOUR, 2),
    63018: (Retry, HALF_AN_HOUR, 2),
    39999: (Retry, HALF_AN_HOUR, 2),
    20500: (Retry, HALF_AN_HOUR, 2),
    None: (Retry, HALF_AN_HOUR, 2),
}
"""By error_code of a message that failed after acceptance: the decision, its pause, its limit of attempts."""


def pauses(outcome: Outcome, attempts: tuple[int | None, ...]) -> bool:
    """Whether it is retried after half an hour to an hour, up to this number of attempts."""
    return (
        isinstance(outcome, Retry)
        and outcome.after is not None
        and HALF_AN_HOUR <= outcome.after <= HOUR
        and outcome.attempts in attempts
    )


BY_CLASS: dict[str, Callable[[Outcome], bool]] = {
    "RETRY_SAFE": lambda outcome: isinstance(outcome, Retry) and outcome.attempts is None,
    "AMBIGUOUS": lambda outcome: isinstance(outcome, Unknown),
    "HALT_CHANNEL": lambda outcome: isinstance(outcome, Halt),
    "PERMANENT_CONFIG": lambda outcome: isinstance(outcome, Halt),
    "PERMANENT_ADDRESS": lambda outcome: isinstance(outcome, SuppressAddress),
    "OPT_OUT": lambda outcome: isinstance(outcome, SuppressAddress),
    "PERMANENT_CONTENT": lambda outcome: isinstance(outcome, OtherChannel),
    "PERMANENT_ROUTE": lambda outcome: isinstance(outcome, OtherChannel),
    "PERMANENT_UNKNOWN": lambda outcome: isinstance(outcome, OtherChannel),
    "RETRY_LATER": lambda outcome: pauses(outcome, (None,)),
    "RETRY_LIMITED": lambda outcome: pauses(outcome, (2, 3)),
    "RETRY_LIMITED(1)": lambda outcome: pauses(outcome, (2,)),
}
"""The decision for each class of the list."""
ONE_RECIPIENT = {21408: "country", 21608: "trial account", 572005: "trial account"}
"""PERMANENT_CONFIG that stops one country or number, not the channel."""
OUR_MISTAKE = {21266: "the same number", 21604: "missing"}
"""PERMANENT_ADDRESS that says nothing about the number, so that it stays writable."""
OF_WHATSAPP = {21655, 21656, *range(63001, 63050)} - {63014}
"""The list is of SMS. These are from Twilio's pages on each code (https://www.twilio.com/docs/api/errors/63024)."""
PHASES = {
    "sync": CodePhase.SYNC,
    "callback": CodePhase.CALLBACK,
    "both": CodePhase.BOTH,
    "sync or callback": CodePhase.BOTH,
}


@pytest.mark.parametrize(("status", "code"), IN_THE_ANSWER)
def test_an_answer_with_this_status_and_code_is_this_decision(
    twilio: TwilioServer, status: int, code: int | None
) -> None:
    twilio.fault("answer" if code else "raw", status=status, code=code, text="<html>no</html>")
    outcome = sent_one(twilio.account, outgoing())
    assert not isinstance(outcome, Accepted)
    assert type(outcome) is IN_THE_ANSWER[status, code]
    assert str(code or status) in outcome.reason
    assert twilio.posts() == 1
    assert twilio.messages() == []


@pytest.mark.parametrize("code", AFTERWARDS)
def test_a_message_that_failed_with_this_code_is_this_decision(twilio: TwilioServer, code: int | None) -> None:
    message = outgoing()
    sid = twilio.plant(to=message.address, body=message.text, status="undelivered", error_code=code)
    finding = found(twilio.account, message)
    assert isinstance(finding, Found)
    assert finding.provider_id == sid
    outcome, (kind, after, attempts) = finding.outcome, AFTERWARDS[code]
    assert outcome is not None
    assert type(outcome) is kind
    assert str(code or "missing") in outcome.reason
    if isinstance(outcome, Retry):
        assert (outcome.after, outcome.attempts) == (after, attempts)


def test_every_code_of_the_table_is_tried_on_the_wire() -> None:
    assert {code for _, code in IN_THE_ANSWER if code} | {code for code in AFTERWARDS if code} >= CODES.keys()


def test_reasons_are_one_sentence_that_begins_with_the_code() -> None:
    for number, code in CODES.items():
        assert code.outcome.reason.startswith(f"Twilio {number}: ")
        assert "\n" not in code.outcome.reason


# -- the list in ../shared ---------------------------------------------------------------------------------------------


def listed() -> list[dict[str, str]]:
    """The rows of the list. Skips without it."""
    if not LIST.exists():
        pytest.skip("the list of Twilio's codes is not here (../shared/data/twilio_error_codes.tsv)")
    with LIST.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_list_is_decided_row_by_row(twilio: TwilioServer) -> None:
    for row in listed():
        outcomes = _decided(row["code"], twilio)
        assert outcomes, row
        for code, outcome in outcomes:
            if code in ONE_RECIPIENT or code in OUR_MISTAKE:
                assert isinstance(outcome, OtherChannel), row
                assert (ONE_RECIPIENT | OUR_MISTAKE)[code] in outcome.reason
            else:
                assert BY_CLASS[row["class"]](outcome), (row, outcome)
            if code in CODES:
                assert CODES[code].phase == PHASES[row["phase"]], row


def test_the_table_has_no_code_that_the_list_does_not_know() -> None:
    known = {int(word) for row in listed() for word in row["code"].replace("/", " ").split() if word.isdigit()}
    assert CODES.keys() - OF_WHATSAPP <= known


def _decided(what: str, twilio: TwilioServer) -> list[tuple[int, Outcome]]:
    """The decisions on everything that one row names: `21606/21661/21601`, `HTTP 5xx/20500`, `read timeout/reset`."""
    if what == "read timeout/reset/kill -9":
        twilio.fault("accept_then_reset")
    generic: dict[str, Callable[[], list[Outcome]]] = {
        "connect refused/DNS/TLS handshake": lambda: [
            sent_one(twilio.account_with(base_url="http://127.0.0.1:9"), outgoing()),
            sent_one(twilio.account_with(base_url=twilio.url.replace("http:", "https:")), outgoing()),
        ],
        "read timeout/reset/kill -9": lambda: [sent_one(twilio.account, outgoing())],
        "other 4xx": lambda: [refused(400, 99999), refused(409, None), refused(451, 12345)],
        "other callback failed/undelivered": lambda: [became(39999), became(None)],
        "HTTP 429/20429": lambda: [refused(429, None), refused(429, 20429)],
        "HTTP 5xx/20500": lambda: [refused(status, code) for status in range(500, 600) for code in (None, 20500)],
        "HTTP 503/20503": lambda: [refused(503, None), refused(503, 20503)],
        "HTTP 401/20003": lambda: [refused(401, None), refused(401, 20003)],
    }
    if what in generic:
        return [(0, outcome) for outcome in generic[what]()]
    return [(int(code), CODES[int(code)].outcome) for code in what.split("/")]
