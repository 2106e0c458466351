"""Every row of the table of SMTP answers has an answer that it decides."""

import pytest

from notifier.delivery.outcomes import Halt, OtherChannel, Outcome, Retry, SuppressAddress, Unknown
from notifier.delivery.smtp_codes import CONFUSED, FULL, MUCH_LATER, ROWS, SLOW_DOWN, Phase, broken, decide, row_for

CASES: list[tuple[Phase, str, type[Outcome]]] = [
    (Phase.CONNECT, "421 4.3.2 too busy", Retry),
    (Phase.CONNECT, "450 come back", Retry),
    (Phase.CONNECT, "554 5.7.1 your address is on a block list", Halt),
    (Phase.CONNECT, "521 this host takes no mail", Halt),
    (Phase.HELLO, "450 4.3.2 not now", Retry),
    (Phase.HELLO, "502 command not implemented", Halt),
    (Phase.HELLO, "550 5.7.1 who are you", Halt),
    (Phase.TLS, "454 4.7.0 TLS not available due to temporary reason", Retry),
    (Phase.TLS, "502 5.5.1 no", Halt),
    (Phase.LOGIN, "454 4.7.0 temporary authentication failure", Retry),
    (Phase.LOGIN, "421 4.7.0 too many attempts", Retry),
    (Phase.LOGIN, "432 4.7.12 a password transition is needed", Halt),
    (Phase.LOGIN, "535 5.7.8 credentials invalid", Halt),
    (Phase.LOGIN, "534 5.7.9 mechanism is too weak", Halt),
    (Phase.LOGIN, "538 5.7.11 encryption required", Halt),
    (Phase.LOGIN, "504 5.5.4 unrecognized mechanism", Halt),
    (Phase.SENDER, "451 4.1.8 sender's domain does not resolve just now", Retry),
    (Phase.SENDER, "452 4.3.1 insufficient system storage", Retry),
    (Phase.SENDER, "530 5.7.0 authentication required", Halt),
    (Phase.SENDER, "550 5.7.60 client does not have permission to send as this sender", Halt),
    (Phase.SENDER, "553 5.1.8 sender rejected", Halt),
    (Phase.SENDER, "552 message size exceeds fixed maximum", OtherChannel),
    (Phase.SENDER, "552 5.3.4 too big", OtherChannel),
    (Phase.SENDER, "550 5.4.5 daily sending quota exceeded", Retry),
    (Phase.RECIPIENT, "421 4.7.28 unusual rate", Retry),
    (Phase.RECIPIENT, "450 4.2.0 mailbox busy", Retry),
    (Phase.RECIPIENT, "450 4.7.1 <ana@example.com> greylisted", Retry),
    (Phase.RECIPIENT, "451 you are greylisted, try again in five minutes", Retry),
    (Phase.RECIPIENT, "452 4.2.2 over quota", Retry),
    (Phase.RECIPIENT, "452 4.5.3 too many recipients", Retry),
    (Phase.RECIPIENT, "550 5.1.1 <ana@example.com>: user unknown in local table", SuppressAddress),
    (Phase.RECIPIENT, "550 5.1.2 no such domain", SuppressAddress),
    (Phase.RECIPIENT, "501 5.1.3 bad address syntax", SuppressAddress),
    (Phase.RECIPIENT, "551 5.1.6 moved", SuppressAddress),
    (Phase.RECIPIENT, "556 5.1.10 domain takes no mail", SuppressAddress),
    (Phase.RECIPIENT, "556 domain takes no mail", SuppressAddress),
    (Phase.RECIPIENT, "550 Unknown user", SuppressAddress),
    (Phase.RECIPIENT, "550 No such user here", SuppressAddress),
    (Phase.RECIPIENT, "550 <ana@example.com>: recipient unknown", SuppressAddress),
    (Phase.RECIPIENT, "550 sorry, no mailbox here by that name. (#5.1.1)", SuppressAddress),
    (Phase.RECIPIENT, "550 mailbox unavailable", OtherChannel),
    (Phase.RECIPIENT, "550 relay not permitted", OtherChannel),
    (Phase.RECIPIENT, "550 #5.1.0 address rejected", OtherChannel),
    (Phase.RECIPIENT, "551 user not local", OtherChannel),
    (Phase.RECIPIENT, "553 that domain is not in my list of allowed hosts (#5.7.1)", OtherChannel),
    (Phase.RECIPIENT, "554 5.7.1 <ana@example.com>: relay access denied", OtherChannel),
    (Phase.RECIPIENT, "550 5.7.1 unknown user blocked by policy", OtherChannel),
    (Phase.RECIPIENT, "550 5.4.1 access denied", OtherChannel),
    (Phase.RECIPIENT, "550 5.2.1 mailbox disabled", OtherChannel),
    (Phase.RECIPIENT, "550 5.1.8 our sender's domain is not known", Halt),
    (Phase.RECIPIENT, "530 authentication required", Halt),
    (Phase.RECIPIENT, "552 exceeded storage allocation", Retry),
    (Phase.RECIPIENT, "552 5.2.2 mailbox full", Retry),
    (Phase.RECIPIENT, "550 over his quota", Retry),
    (Phase.RECIPIENT, "503 5.5.1 need MAIL first", Retry),
    (Phase.RECIPIENT, "354 go ahead", Retry),
    (Phase.DATA, "451 4.3.0 queue file write error", Retry),
    (Phase.DATA, "503 bad sequence", Retry),
    (Phase.DATA, "554 5.5.1 no valid recipients", OtherChannel),
    (Phase.DATA, "250 done", Retry),
    (Phase.CONTENT, "421 timeout", Retry),
    (Phase.CONTENT, "451 4.7.1 greylisted", Retry),
    (Phase.CONTENT, "452 4.3.1 insufficient storage", Retry),
    (Phase.CONTENT, "552 5.2.3 too long", OtherChannel),
    (Phase.CONTENT, "552 too much mail data", OtherChannel),
    (Phase.CONTENT, "552 5.2.2 mailbox full", Retry),
    (Phase.CONTENT, "550 5.7.1 spam", OtherChannel),
    (Phase.CONTENT, "554 content rejected", OtherChannel),
    (Phase.CONTENT, "554 5.6.0 bad content", OtherChannel),
    (Phase.CONTENT, "550 5.1.1 user unknown", SuppressAddress),
    (Phase.CONTENT, "354 what?", Unknown),
    (Phase.CONTENT, "-1 not SMTP at all", Unknown),
]


def answer(said: str) -> tuple[int, str]:
    code, _, text = said.partition(" ")
    return int(code), text


@pytest.mark.parametrize(("phase", "said", "decision"), CASES)
def test_an_answer_has_its_decision_and_a_reason_of_our_own(phase: Phase, said: str, decision: type[Outcome]) -> None:
    outcome = decide(phase, *answer(said))
    assert type(outcome) is decision
    reason = getattr(outcome, "reason")  # noqa: B009 - every outcome but Accepted has one
    assert reason
    assert "@" not in reason
    assert answer(said)[1] not in reason


def test_every_row_decides_something() -> None:
    deciding = [row_for(phase, *answer(said)) for phase, said, _ in CASES]
    assert [row for row in ROWS if row not in deciding] == []


def test_the_reason_names_the_codes_that_were_given() -> None:
    assert decide(Phase.RECIPIENT, 550, "5.1.1 <ana@example.com> unknown") == SuppressAddress(
        reason="nobody receives mail at this address (550 5.1.1)"
    )
    assert decide(Phase.RECIPIENT, 550, "Unknown user") == SuppressAddress(
        reason="nobody receives mail at this address (550)"
    )


def test_a_status_that_contradicts_its_code_is_not_believed() -> None:
    assert isinstance(decide(Phase.RECIPIENT, 450, "5.1.1 unknown, perhaps"), Retry)


def test_an_address_cannot_pass_for_a_status() -> None:
    assert isinstance(decide(Phase.RECIPIENT, 550, "<a#5.1.1@example.com> relay not permitted"), OtherChannel)


def test_greylisting_and_full_mailboxes_are_given_the_time_that_they_take() -> None:
    grey = decide(Phase.RECIPIENT, 451, "4.7.1 greylisted")
    assert grey == Retry(reason="the mail relay wants us to come later (451 4.7.1)", after=SLOW_DOWN)
    full = decide(Phase.RECIPIENT, 552, "5.2.2 over quota")
    assert full == Retry(reason="the mailbox is full (552 5.2.2)", after=MUCH_LATER, attempts=FULL)


def test_answers_out_of_the_protocol_are_not_waited_for_forever() -> None:
    assert decide(Phase.RECIPIENT, -1, "") == Retry(
        reason="the mail relay gave an answer outside of the protocol to RCPT", attempts=CONFUSED
    )


@pytest.mark.parametrize("phase", Phase)
def test_only_silence_about_the_content_leaves_doubt(phase: Phase) -> None:
    assert type(broken(phase)) is (Unknown if phase is Phase.CONTENT else Retry)
